"""The real bot as the sandbox's child process, run exactly as `gub run` runs it."""

import asyncio
import os
import re
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Literal

from gub.store import child

Phase = Literal["stopped", "starting", "running", "stopping", "exited", "killed", "failed"]

LINES_KEPT = 200
Environment = Mapping[str, str]
Provide = Callable[["BotProcess"], Awaitable[bool]]

_FOLLOW_PARENT = Path(child.__file__)
_STOP_GRACE = 20.0
_DRAIN_GRACE = 1.0
_LINE_LENGTH = 2000
_TOKEN = re.compile(r"\b[0-9]{3,}:[A-Za-z0-9_-]{6,}")
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def run_command() -> tuple[str, ...]:
    """Give the command line of `gub run`, which on Linux also ends when this process is killed (gub/store/child.py)."""
    return (*(sys.executable, "-I", "-S", str(_FOLLOW_PARENT), str(os.getpid())), *(sys.executable, "-m", "gub", "run"))


def bot_environment(
    token: str,
    *,
    telegram_api: str,
    platform_gateway: str,
    data_dir: Path,
    owner_ids: Sequence[int] = (),
    base: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Build the bot's environment: the caller's without any GUB_ variable, and the sandbox's own."""
    inherited = os.environ if base is None else base
    return {
        **{name: value for name, value in inherited.items() if not name.upper().startswith("GUB_")},
        "GUB_BOT_TOKEN": token,
        "GUB_TELEGRAM_API": telegram_api,
        "GUB_PLATFORM_GATEWAY": platform_gateway,
        "GUB_DATA_DIR": str(data_dir),
        "GUB_OWNER_IDS": ",".join(map(str, owner_ids)),
        "GUB_DONATIONS": "on",  # nothing here costs anything
        "GUB_POLL_SECONDS": "5",  # what is changed on the page is soon seen on a board
        "NO_COLOR": "1",
        "PYTHONUNBUFFERED": "1",
    }


def clean_line(raw: bytes, secrets: Sequence[str] = ()) -> str:
    """Make a line fit to show: no tokens, no terminal escapes, a bounded length."""
    text = _UNPRINTABLE.sub("", _ESCAPES.sub("", raw.decode(errors="replace"))).rstrip()
    for secret in secrets:
        text = text.replace(secret, "***")
    text = _TOKEN.sub("***", text)
    return text if len(text) <= _LINE_LENGTH else text[:_LINE_LENGTH] + " ..."


class BotProcess:
    """Starts, stops, kills and watches one child process. Await `aclose` in the end.

    The child runs in `cwd`, where no `.env` of the caller's can reach it, and in a process group of its own, so that a
    Ctrl-C in the terminal reaches only the sandbox, which then stops its bot in order.
    """

    def __init__(
        self,
        environment: Callable[[], Environment],
        *,
        cwd: Path,
        command: Sequence[str] | None = None,
        provide: Provide | None = None,
        on_change: Callable[[], None] = lambda: None,
        echo: Callable[[str], None] = lambda _line: None,
        mode: str = "polling",
    ) -> None:
        """Remember how to run it; nothing is started.

        `environment` is asked at each start. `provide` gives the running bot what it needs; it is awaited after each
        start until it has said True.
        """
        self._environment = environment
        self._secrets: list[str] = []
        self._cwd = cwd
        self._command = run_command() if command is None else tuple(command)
        self._provide = provide
        self._on_change = on_change
        self._echo = echo
        self._mode = mode
        self._phase: Phase = "stopped"
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._exit_code: int | None = None
        self._turn = asyncio.Lock()

    @property
    def running(self) -> bool:
        """Say whether the process is there."""
        return self._watching is not None and not self._watching.done()

    @property
    def pid(self) -> int | None:
        """Give the process id while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    @property
    def lines(self) -> list[str]:
        """Give the last lines it wrote."""
        return list(self._lines)

    @property
    def exit_code(self) -> int | None:
        """Give the code of its last end (negative: the signal), None while it runs or before its first start."""
        return self._exit_code

    def state(self) -> dict[str, object]:
        """Describe it for the page."""
        return {
            "running": self.running,
            "pid": self.pid,
            "mode": self._mode,
            "phase": self._phase,
            "exit_code": self._exit_code,
            "lines": self.lines,
        }

    async def start(self) -> None:
        """Start it unless it runs. A command that cannot be started is a line in the log and the phase `failed`."""
        async with self._turn:
            await self._start()

    async def stop(self) -> None:
        """Ask it to end (SIGTERM), wait, and kill it when it takes too long."""
        async with self._turn:
            await self._stop()

    async def restart(self) -> None:
        """Stop it in order and start it again."""
        async with self._turn:
            await self._stop()
            await self._start()

    async def kill(self) -> None:
        """Kill it at once (SIGKILL), as a crash or a power cut would: nothing is finished or closed."""
        if self._process is None or not self.running:
            return
        self._enter("killed")
        with suppress(ProcessLookupError):
            self._process.kill()
        await self.wait()

    async def wait(self) -> None:
        """Return when it has ended."""
        if self._watching is not None:
            await asyncio.shield(self._watching)

    async def do(self, what: str) -> None:
        """Carry out `start`, `stop`, `kill` or `restart`; ValueError for anything else."""
        actions = {"start": self.start, "stop": self.stop, "kill": self.kill, "restart": self.restart}
        if what not in actions:
            raise ValueError(f"the bot can {', '.join(actions)}")
        await actions[what]()

    async def aclose(self) -> None:
        """End the process."""
        await self.stop()

    async def _start(self) -> None:
        if self.running:
            return
        self._exit_code = None
        self._enter("starting")
        environment = dict(self._environment())
        self._secrets = [token] if (token := environment.get("GUB_BOT_TOKEN")) else []
        reading, writing = os.pipe()
        with ExitStack() as pipe:
            pipe.callback(os.close, reading)
            process = await self._spawn(environment, writing)
            if process is None:
                return
            pipe.pop_all()  # from here on the watch closes it
        self._process = process
        self._watching = asyncio.create_task(self._watch(process, reading), name="the sandbox's bot process")
        self._enter("running")
        if self._provide is not None and await self._provide(self):
            self._provide = None

    async def _spawn(self, environment: Environment, writing: int) -> asyncio.subprocess.Process | None:
        """Start the process with its output into `writing`, which is closed here; None when it cannot be started."""
        try:
            return await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                cwd=self._cwd,
                env=environment,
                start_new_session=True,
            )
        except OSError as error:
            self.note(f"The bot cannot be started: {error.strerror or error}")
            self._enter("failed")
            return None
        finally:
            os.close(writing)

    async def _stop(self) -> None:
        if self._process is None or not self.running:
            return
        self._enter("stopping")
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            async with asyncio.timeout(_STOP_GRACE):
                await self.wait()
        except TimeoutError:
            self.note(f"The bot did not stop within {_STOP_GRACE:.0f} s and was killed.")
            await self.kill()

    async def _watch(self, process: asyncio.subprocess.Process, reading: int) -> None:
        """Keep the lines until the process ends. Its children may hold the pipe longer; they are not waited for."""
        stream = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), os.fdopen(reading, "rb", buffering=0)
        )
        reader = asyncio.create_task(self._read(stream), name="the bot's lines")
        try:
            code = await process.wait()
            await asyncio.wait([reader], timeout=_DRAIN_GRACE)
        finally:
            transport.close()
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        self._exit_code = code
        self._ended(code)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        rest = b""
        while chunk := await stream.read(65536):
            *whole, rest = (rest + chunk).split(b"\n")
            for line in whole:
                self._note_raw(line)
            if len(rest) > 4 * _LINE_LENGTH:
                self._note_raw(rest)
                rest = b""
        if rest:
            self._note_raw(rest)

    def _ended(self, code: int) -> None:
        if self._phase == "killed":
            self.note("The bot was killed.")
            self._on_change()
        elif self._phase == "stopping":
            self.note("The bot stopped." if code == 0 else f"The bot stopped with code {code}.")
            self._enter("stopped")
        else:
            how = f"by signal {-code}" if code < 0 else f"with code {code}"
            self.note(f"The bot ended by itself {how}.")
            self._enter("exited")

    def _note_raw(self, raw: bytes) -> None:
        if line := clean_line(raw, self._secrets):
            self.note(line)

    def note(self, line: str) -> None:
        """Add a line to what it wrote."""
        self._lines.append(line)
        self._echo(line)
        self._on_change()

    def _enter(self, phase: Phase) -> None:
        self._phase = phase
        self._on_change()

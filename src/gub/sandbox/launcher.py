"""`gub sandbox`: the simulated world, the page and the real bot, from start to a clean end."""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

from gub.clock import SystemClock
from gub.sandbox.bot_process import BotProcess, bot_environment
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import Psn
from gub.sandbox.seed import plant
from gub.sandbox.server import SimServer
from gub.sandbox.sign_in import SignIn
from gub.sandbox.steam import Steam
from gub.sandbox.telegram import World
from gub.sandbox.xbox import Xbox
from gub.signals import asked_to_end
from gub.store.datadir import end_leftover

DEFAULT_PORT = 8090


class Sandbox:
    """One running sandbox: the world, its server and the bot's process. Made by `sandbox`."""

    def __init__(self, data_dir: Path, *, port: int = 0, echo: Callable[[str], None] = lambda _line: None) -> None:
        self._clock = SystemClock()
        self.world = World(self._clock)
        self.steam = Steam(self._clock, on_change=self.world.touch)
        self.xbox = Xbox(self._clock, on_change=self.world.touch)
        self.psn = Psn(self._clock, on_change=self.world.touch)
        self.owner = plant(self.world, self.steam, self.xbox, self.psn)
        self.data_dir = data_dir
        sign_in = SignIn(data_dir, self._environment, self._clock, steam=self.steam, xbox=self.xbox, psn=self.psn)
        self.bot = BotProcess(self._environment, cwd=data_dir, provide=sign_in, on_change=self.world.touch, echo=echo)
        platforms = SimulatedPlatforms(self.steam, self.xbox, self.psn)
        self.server = SimServer(self.world, platforms=platforms, controller=self.bot, port=port)

    @property
    def url(self) -> str:
        """The page's address."""
        return f"{self.server.url}/"

    async def aclose(self) -> None:
        """Stop the bot in order while it can still reach its Telegram, then the server."""
        try:
            await self.bot.aclose()
            end_leftover(self.data_dir)
        finally:
            await self.server.aclose()

    def _environment(self) -> dict[str, str]:
        return bot_environment(
            self.world.default_bot.token,
            telegram_api=self.server.url,
            platform_gateway=self.server.gateway,
            data_dir=self.data_dir,
            owner_ids=[self.owner.id],
        )


@contextlib.asynccontextmanager
async def sandbox(
    data_dir: Path, *, port: int = 0, echo: Callable[[str], None] = lambda _line: None
) -> AsyncIterator[Sandbox]:
    """Serve a planted world; the bot is not started yet. When `port` is taken, any free one is used."""
    made = Sandbox(data_dir, port=port, echo=echo)
    try:
        try:
            await made.server.start()
        except OSError:
            if port == 0:
                raise
            await made.aclose()
            made = Sandbox(data_dir, port=0, echo=echo)
            await made.server.start()
        yield made
    finally:
        await made.aclose()


async def run_sandbox(port: int = DEFAULT_PORT, data_dir: Path | None = None) -> int:
    """Run until Ctrl-C or SIGTERM and give the exit code.

    The simulated Telegram lives in memory, so the bot's database is new each time and deleted at the end, unless
    `data_dir` says where to keep it.
    """
    with _directory(data_dir) as directory, asked_to_end() as ending:
        async with sandbox(directory, port=port, echo=_echo) as running:
            _greet(running, port)
            starting = asyncio.create_task(running.bot.start(), name="the bot's first start")
            try:
                await ending.wait()
                _say("Ending the sandbox ...")
            finally:
                starting.cancel()
                await asyncio.gather(starting, return_exceptions=True)
    return 0


def _greet(running: Sandbox, wanted: int) -> None:
    if wanted not in (0, running.server.port):
        _say(f"Port {wanted} is taken, so another one is used.")
    _say(f"The GUB sandbox is ready: open {running.url} in a browser (Ctrl-C ends it).")


@contextlib.contextmanager
def _directory(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        directory = kept.expanduser().absolute()
        directory.mkdir(parents=True, exist_ok=True)
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="gub-sandbox-", ignore_cleanup_errors=True) as temporary:
        yield Path(temporary)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _echo(line: str) -> None:
    sys.stderr.write(f"bot | {line}\n")
    sys.stderr.flush()

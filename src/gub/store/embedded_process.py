"""One process of the embedded server: launched until it answers, ended in order. `embedded.py` keeps it alive."""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from gub.clock import Clock
from gub.store.datadir import DataDir, Running, address, end, in_use, mismatch
from gub.store.errors import EmbeddedError, EmbeddedFailed, StoreRefused, StoreUnavailable
from gub.store.mongo import connect, wait_until_up
from gub.waiting import Interrupted, unless

OPTIONS: Final = ("--sync-on-commit", "--cache-size", "64M", "--oplog-max-entries", "5000", "--log-level", "INFO")
PRIVATE: Final = ("--auth",)

_START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
_REQUESTS: Final = 3
_KNOCK_SECONDS: Final = 0.1
_PATIENCE_SECONDS: Final = 3.0
_PANIC: Final = "WT_PANIC"
_PANIC_SECONDS: Final = 5.0


class PortTaken(EmbeddedFailed):
    """Another program listens on the port now."""


class PasswordRefused(EmbeddedFailed):
    """The server does not know its user by this password."""


class ServerProcess:
    """One process. `launch`, then `wait` and `end` as often as wanted."""

    def __init__(self, directory: DataDir, version: str, clock: Clock) -> None:
        self._dir = directory
        self._version = version
        self._clock = clock
        self._process: Process | None = None
        self._log_start = 0
        self.port: int | None = None

    @property
    def pid(self) -> int | None:
        """The process; None when it does not run."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    @property
    def returncode(self) -> int | None:
        """How it ended; None when it runs, or never did."""
        return None if self._process is None else self._process.returncode

    async def wait(self) -> int:
        """Return when it has ended, with its code."""
        return 0 if self._process is None else await self._process.wait()

    async def lost(self) -> int:
        """Return when it serves no more, with its code: it has ended, or its engine has given up and it was killed.

        The engine gives up for good when it cannot write (a full disk) and then fails whatever is asked, but pings.
        """
        with contextlib.suppress(Interrupted):
            await unless(self.wait(), self._given_up())
            if self.pid is not None:
                end(self.pid, signal.SIGKILL)
        return await self.wait()

    async def launch(self, program: Sequence[str], port: int, password: str | None) -> int:
        """Start the program and wait until it answers; give its port. Without a password it asks nobody for one.

        Raises:
            PortTaken, PasswordRefused, DataDirInUse, FormatMismatch, EmbeddedFailed: it is not up, and has ended.
        """
        await self._spawn(arguments(program, self._dir, port, private=password is not None))
        try:
            self.port = port  # what an error names
            self.port = await self._listening()
            await self._answering(address(self.port, password))
        except BaseException:
            await self.end()
            raise
        return self.port

    async def end(self) -> None:
        """End it: SIGTERM, some patience, in the end SIGKILL. Harmless when it does not run."""
        if self._process is None:
            return
        death = asyncio.ensure_future(self._process.wait())
        try:
            for _ in range(_REQUESTS):
                if self.pid is not None:
                    await self._ask_to_end(self._process, death)
        finally:
            if self.pid is not None:
                end(self._process.pid, signal.SIGKILL)
            await death

    async def _ask_to_end(self, process: Process, death: asyncio.Future[int]) -> None:
        """Ask once, and wait for it.

        Two oddities of SecantusDB, a Python program with a thread for each connection. That one of them waits for
        connections and does not notice that its socket was closed: a stop waits two seconds for it in vain, unless
        somebody connects (2.1 s; 0.2 s with a knock). And a thread that is starting another takes a signal away from
        the main thread, which then sleeps on: so the knock comes a little later, and the request may be repeated.
        """
        end(process.pid, signal.SIGTERM)
        await asyncio.wait({death}, timeout=_KNOCK_SECONDS)
        if not death.done():
            await self._knock()
            await asyncio.wait({death}, timeout=_PATIENCE_SECONDS)

    async def _spawn(self, command: Sequence[str]) -> None:
        log, self._log_start = self._dir.open_log()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for GUB, which then stops the server in order
                env={name: value for name, value in os.environ.items() if not name.startswith("GUB_")},
            )
        finally:
            os.close(log)
        self._dir.note(Running(self._version, self._process.pid))

    async def _knock(self) -> None:
        """Open a connection and close it."""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_KNOCK_SECONDS):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port or 0)
                writer.close()
                await writer.wait_closed()

    async def _listening(self) -> int:
        until = self._clock.monotonic() + _START_SECONDS
        while (port := self._dir.port_logged(self._log_start)) is None:
            if self.pid is None:
                raise self._reason()
            if self._clock.monotonic() >= until:
                raise EmbeddedFailed(f"The embedded database did not come up; its last words are in {self._dir.log}.")
            await self._clock.sleep(_POLL_SECONDS)
        return port

    async def _answering(self, uri: str) -> None:
        """Return when it answers, or fail as soon as it has ended."""
        client = connect(uri)
        answer = asyncio.ensure_future(wait_until_up(client, self._clock, _START_SECONDS))
        death = asyncio.ensure_future(self.wait())
        try:
            await asyncio.wait({answer, death}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise self._reason()
            await answer
        except StoreRefused as error:
            raise PasswordRefused("The embedded database does not know its user.") from error
        except StoreUnavailable as error:
            raise EmbeddedFailed(f"The embedded database listens and does not answer: see {self._dir.log}.") from error
        finally:
            answer.cancel()
            death.cancel()
            await asyncio.gather(answer, death, return_exceptions=True)
            await client.close()

    async def _given_up(self) -> None:
        seen = self._log_start
        while _PANIC not in (words := self._dir.logged(seen)):
            seen += len(words.encode())
            await self._clock.sleep(_PANIC_SECONDS)

    def _reason(self) -> EmbeddedError:
        """Tell from what it logged why it ended."""
        words = self._dir.logged(self._log_start)
        if "Device or resource busy" in words or "already being managed by another process" in words:
            return in_use(self._dir.path)
        if "entryFormat" in words:
            return mismatch(self._dir.path, "another version", self._version)
        if "Address already in use" in words:
            return PortTaken(f"Port {self.port} of the embedded database was taken by another program meanwhile.")
        return EmbeddedFailed(f"The embedded database ended while starting; its last words are in {self._dir.log}.")


def arguments(program: Sequence[str], directory: DataDir, port: int, *, private: bool) -> tuple[str, ...]:
    """Give the command line; the module docstring of `embedded` has what was measured of the options."""
    return (
        *(sys.executable, "-I", "-S", str(Path(__file__).with_name("child.py")), str(os.getpid())),
        *program,
        *("--config", str(directory.config), "--host", "127.0.0.1", "--port", str(port)),
        *("--storage-path", str(directory.storage), *OPTIONS, *(PRIVATE if private else ())),
    )

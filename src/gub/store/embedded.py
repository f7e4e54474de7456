"""The embedded database: SecantusDB as a process of its own, started, watched and stopped. It is never imported.

Measured of its options (0.7.0b3): without `--sync-on-commit` a kill -9 loses the last 30 to 100 ms of acknowledged
writes, with it none in ten rounds of ten; without `--config` a stray file in the working directory changes the options.

Its port is open to every account of the machine, so it asks for a password, which a file in the data directory keeps
for this user alone. A user can be made only while the server asks for none: the first start of a directory launches it
twice (0.5 s more, once). Nothing but the server's own answer says whether that is done, so a death in between is
mended by the next start, and so is a password that was lost or could be read by others.
"""

import asyncio
import importlib.metadata
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog
from pymongo.errors import PyMongoError

from gub.clock import Clock
from gub.store import embedded_user
from gub.store.datadir import DataDir, Running, address, end, in_use, running_server
from gub.store.embedded_process import PasswordRefused, PortTaken, ServerProcess
from gub.store.errors import DataDirInUse, EmbeddedError, EmbeddedFailed, EmbeddedUnavailable, FormatMismatch

__all__ = [
    "DataDirInUse",
    "EmbeddedError",
    "EmbeddedFailed",
    "EmbeddedServer",
    "EmbeddedUnavailable",
    "FormatMismatch",
    "running_server",
]

_PACKAGE: Final = "secantusdb"
_PROGRAM: Final = "secantusd-py"

_LEFTOVER_SECONDS: Final = 0.5
_STOP_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.02
_BACKOFF: Final = (0.0, 0.5, 1.0, 2.0, 4.0)
_HEALTHY_SECONDS: Final = 60.0
"""A server that ran that long is no longer counted as one that keeps dying."""


class EmbeddedServer:
    """One embedded server on one data directory.

    `start`, then `watch` in a task of the owner, then `stop` (also when `start` or `watch` failed).
    """

    def __init__(self, data_dir: Path, *, clock: Clock, command: Sequence[str] | None = None) -> None:
        """Prepare; nothing is started. `command` replaces the program and gets the same options after it."""
        self._dir = DataDir(data_dir.expanduser().absolute())
        self._clock = clock
        self._command = command
        self._process: ServerProcess | None = None
        self._launching = asyncio.Lock()
        self._port: int | None = None
        self._password = ""
        self._version = ""
        self._lock: int | None = None
        self._stopping = False
        self._log = structlog.get_logger("gub.store").bind(data_dir=str(self._dir.path))

    @property
    def uri(self) -> str:
        """The address with the password, the same for as long as this object lives. EmbeddedFailed before `start`."""
        if self._port is None:
            raise EmbeddedFailed("The embedded database is not started.")
        return address(self._port, self._password)

    @property
    def pid(self) -> int | None:
        """The server's process; None when it does not run."""
        return None if self._process is None else self._process.pid

    async def start(self) -> str:
        """Start the server and wait until it answers; give its address.

        Raises:
            EmbeddedUnavailable: it is not installed or cannot run here.
            DataDirInUse: another process has the directory.
            FormatMismatch: another version wrote the directory.
            EmbeddedFailed: it did not come up.
        """
        program = self._program()
        self._version = f"{_PACKAGE} {_installed()}" if self._command is None else Path(program[0]).name
        self._stopping = False
        self._dir.prepare()
        self._lock = self._dir.lock()
        try:
            await self._end_leftover()
            self._dir.check_version(self._version)
            await self._open()
        except OSError as error:
            await self.stop()
            raise EmbeddedFailed(f"The data directory {self._dir.path} cannot be used: {error.strerror}.") from error
        except BaseException:
            await self.stop()
            raise
        return self.uri

    async def stop(self) -> None:
        """Stop the server in order, or kill it when it does not stop. Harmless when it is not running."""
        self._stopping = True
        await self._end_process()  # also one that is being launched, whose launch then fails at once
        async with self._launching:
            await self._end_process()
        if self._lock is not None:
            self._dir.forget()
            os.close(self._lock)
            self._lock = None

    async def watch(self) -> None:
        """Start the server again whenever it dies, on the same port; return when `stop` is called.

        Raises:
            EmbeddedFailed: its port was taken meanwhile, or it died too often.
        """
        deaths = 0
        while self._process is not None:
            since = self._clock.monotonic()
            code = await self._process.lost()
            if self._stopping:
                return
            if self._clock.monotonic() - since >= _HEALTHY_SECONDS:
                deaths = 0
            self._log.error("embedded database died", code=code)
            deaths = await self._revive(deaths)

    async def _revive(self, deaths: int) -> int:
        """Start it again; give how often it has died in a row."""
        while deaths < len(_BACKOFF) and not self._stopping:
            await self._clock.sleep(_BACKOFF[deaths])
            deaths += 1
            try:
                await self._launch(self._port or 0)
            except PortTaken:
                # Somebody's connection may have had the port for a moment; a server keeps it.
                if deaths == len(_BACKOFF):
                    raise
                continue
            except (EmbeddedError, OSError) as error:
                if not self._stopping:
                    self._log.warning("embedded database did not come up", attempt=deaths, problem=str(error))
                continue
            self._log.info("embedded database is back", attempt=deaths)
            return deaths
        if self._stopping:
            return deaths
        raise EmbeddedFailed(f"The embedded database keeps dying; its last words are in {self._dir.log}.")

    async def _open(self) -> None:
        """Launch it with the password; where it does not know its user by it, make that known first."""
        new = self._dir.is_new()
        self._password = self._dir.password()
        if not new:
            try:
                return await self._launch(0)
            except PasswordRefused:
                self._log.info("the embedded database gets a new password")
        await self._make_user()
        await self._launch(0)
        try:
            await embedded_user.expel_others(self.uri)
        except PyMongoError as error:
            raise EmbeddedFailed(f"The embedded database could not be made private: see {self._dir.log}.") from error

    async def _make_user(self) -> None:
        process = ServerProcess(self._dir, self._version, self._clock)
        try:
            port = await process.launch(self._program(), 0, None)
            await embedded_user.make(address(port), self._password)
        except PyMongoError as error:
            raise EmbeddedFailed(f"The embedded database could not make its user: see {self._dir.log}.") from error
        finally:
            await process.end()

    async def _launch(self, port: int) -> None:
        async with self._launching:
            if self._stopping:
                raise EmbeddedFailed("The embedded database is being stopped.")
            self._process = ServerProcess(self._dir, self._version, self._clock)
            self._port = await self._process.launch(self._program(), port, self._password)
            self._dir.note(Running(self._version, self._process.pid or 0, self._port))
            self._log.info("embedded database is up", port=self._port, pid=self._process.pid)

    async def _end_process(self) -> None:
        if self._process is not None:
            await self._process.end()

    async def _end_leftover(self) -> None:
        """End a server that outlived its GUB (killed, on a system that does not end children with their parent).

        Not taken over: a server that nobody waits for cannot be told from one that hangs, and a new one is up at once.
        """
        for number, patience in ((None, _LEFTOVER_SECONDS), (signal.SIGTERM, _STOP_SECONDS), (signal.SIGKILL, 2.0)):
            if (pid := self._dir.leftover()) is None:
                return
            if number is not None:
                self._log.warning("ending an embedded database that was left over", pid=pid, signal=number.name)
                end(pid, number)
            until = self._clock.monotonic() + patience
            while self._dir.leftover() is not None and self._clock.monotonic() < until:
                await self._clock.sleep(_POLL_SECONDS)
        if self._dir.leftover() is not None:
            raise in_use(self._dir.path)

    def _program(self) -> tuple[str, ...]:
        """Give the command, or find the server's program: beside this Python, else on the path."""
        if self._command is not None:
            return tuple(self._command)
        beside = Path(sys.executable).with_name(_PROGRAM)
        found = str(beside) if beside.exists() else shutil.which(_PROGRAM)
        if found is None:
            raise _not_installed()
        return (found,)


def _installed() -> str:
    try:
        return importlib.metadata.version(_PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise _not_installed() from error


def _not_installed() -> EmbeddedUnavailable:
    return EmbeddedUnavailable(
        "The embedded database is not installed (it is made for Python 3.11 to 3.13): run `make install` with such a "
        "Python, or set GUB_MONGODB_URI to a MongoDB of your own."
    )

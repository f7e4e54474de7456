"""The embedded database: SecantusDB as a process of its own, started, watched and stopped. It is never imported.

facts/mongodb.md section 1 has the measurements behind the options: without `--sync-on-commit` a kill loses writes that
were acknowledged; without `--config` a stray file in the working directory changes the options.
"""

import asyncio
import importlib.metadata
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from gub.clock import Clock
from gub.store.datadir import DataDir, Running, address, end, in_use, mismatch, running_server
from gub.store.errors import (
    DataDirInUse,
    EmbeddedError,
    EmbeddedFailed,
    EmbeddedUnavailable,
    FormatMismatch,
    StoreUnavailable,
)
from gub.store.mongo import connect, wait_until_up

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
_OPTIONS: Final = ("--sync-on-commit", "--cache-size", "64M", "--oplog-max-entries", "5000", "--log-level", "INFO")

_START_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 10.0
_LEFTOVER_SECONDS: Final = 0.5
_POLL_SECONDS: Final = 0.02
_BACKOFF: Final = (0.0, 0.5, 1.0, 2.0, 4.0)
_HEALTHY_SECONDS: Final = 60.0
"""A server that ran that long is no longer counted as one that keeps dying."""


class _PortTaken(EmbeddedFailed):
    pass


class EmbeddedServer:
    """One embedded server on one data directory.

    `start`, then `watch` in a task of the owner, then `stop` (also when `start` or `watch` failed).
    """

    def __init__(self, data_dir: Path, *, clock: Clock, command: Sequence[str] | None = None) -> None:
        """Prepare; nothing is started. `command` replaces the program and gets the same options after it."""
        self._dir = DataDir(data_dir.expanduser().absolute())
        self._clock = clock
        self._command = command
        self._process: Process | None = None
        self._port: int | None = None
        self._version = ""
        self._lock: int | None = None
        self._stopping = False
        self._log = structlog.get_logger("gub.store").bind(data_dir=str(self._dir.path))

    @property
    def uri(self) -> str:
        """The address, the same for as long as this object lives. Raises EmbeddedFailed before `start`."""
        if self._port is None:
            raise EmbeddedFailed("The embedded database is not started.")
        return address(self._port)

    @property
    def pid(self) -> int | None:
        """The server's process; None when it does not run."""
        return self._process.pid if self._process is not None and self._process.returncode is None else None

    async def start(self) -> str:
        """Start the server and wait until it answers; give its address.

        Raises:
            EmbeddedUnavailable: it is not installed or cannot run here.
            DataDirInUse: another process has the directory.
            FormatMismatch: another version wrote the directory.
            EmbeddedFailed: it did not come up.
        """
        program = _program() if self._command is None else tuple(self._command)
        self._version = f"{_PACKAGE} {_installed()}" if self._command is None else Path(program[0]).name
        self._stopping = False
        self._dir.prepare()
        self._lock = self._dir.lock()
        try:
            await self._end_leftover()
            self._dir.check_version(self._version)
            await self._launch(program, 0)
        except OSError as error:
            await self.stop()
            raise EmbeddedFailed(f"The data directory {self._dir.path} cannot be used: {error.strerror}.") from error
        except BaseException:
            await self.stop()
            raise
        return self.uri

    async def stop(self) -> None:
        """Stop the server: SIGTERM, ten seconds, then SIGKILL. Harmless when it is not running."""
        self._stopping = True
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
            code = await self._process.wait()
            if self._stopping:
                return
            if self._clock.monotonic() - since >= _HEALTHY_SECONDS:
                deaths = 0
            self._log.error("embedded database died", code=code)
            deaths = await self._revive(deaths)

    async def _revive(self, deaths: int) -> int:
        """Start it again; give how often it has died in a row."""
        program = _program() if self._command is None else tuple(self._command)
        while deaths < len(_BACKOFF) and not self._stopping:
            await self._clock.sleep(_BACKOFF[deaths])
            deaths += 1
            try:
                await self._launch(program, self._port or 0)
            except _PortTaken:
                raise
            except (EmbeddedError, OSError) as error:
                self._log.warning("embedded database did not come up", attempt=deaths, problem=str(error))
                continue
            self._log.info("embedded database is back", attempt=deaths)
            return deaths
        if self._stopping:
            return deaths
        raise EmbeddedFailed(f"The embedded database keeps dying; its last words are in {self._dir.log}.")

    async def _launch(self, program: Sequence[str], port: int) -> None:
        log, start = self._dir.open_log()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *_arguments(program, self._dir, port),
                stdin=DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for GUB, which then stops the server in order
                env={name: value for name, value in os.environ.items() if not name.startswith("GUB_")},
            )
        finally:
            os.close(log)
        self._dir.note(Running(self._version, self._process.pid))
        try:
            self._port = await self._listening(self._process, start)
            await self._answering(self._process, start)
        except BaseException:
            await self._end_process()
            raise
        self._dir.note(Running(self._version, self._process.pid, self._port))
        self._log.info("embedded database is up", port=self._port, pid=self._process.pid)

    async def _listening(self, process: Process, start: int) -> int:
        until = self._clock.monotonic() + _START_SECONDS
        while (port := self._dir.port_logged(start)) is None:
            if process.returncode is not None:
                raise self._reason(self._dir.logged(start))
            if self._clock.monotonic() >= until:
                raise EmbeddedFailed(f"The embedded database did not come up; its last words are in {self._dir.log}.")
            await self._clock.sleep(_POLL_SECONDS)
        return port

    async def _answering(self, process: Process, start: int) -> None:
        """Return when it answers, or fail as soon as it has ended."""
        client = connect(self.uri)
        answer = asyncio.ensure_future(wait_until_up(client, self._clock, _START_SECONDS))
        death = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait({answer, death}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise self._reason(self._dir.logged(start))
            await answer
        except StoreUnavailable as error:
            raise EmbeddedFailed(f"The embedded database listens and does not answer: see {self._dir.log}.") from error
        finally:
            answer.cancel()
            death.cancel()
            await asyncio.gather(answer, death, return_exceptions=True)
            await client.close()

    def _reason(self, words: str) -> EmbeddedError:
        """Tell from what it logged why it ended."""
        if "Device or resource busy" in words or "already being managed by another process" in words:
            return in_use(self._dir.path)
        if "entryFormat" in words:
            return mismatch(self._dir.path, "another version", self._version)
        if "Address already in use" in words:
            return _PortTaken(f"Port {self._port} of the embedded database was taken by another program meanwhile.")
        return EmbeddedFailed(f"The embedded database ended while starting; its last words are in {self._dir.log}.")

    async def _end_process(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        end(process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            end(process.pid, signal.SIGKILL)
            await process.wait()

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


def _arguments(program: Sequence[str], directory: DataDir, port: int) -> tuple[str, ...]:
    return (
        *(sys.executable, "-I", "-S", str(Path(__file__).with_name("child.py")), str(os.getpid())),
        *program,
        *("--config", str(directory.config), "--host", "127.0.0.1", "--port", str(port)),
        *("--storage-path", str(directory.storage), *_OPTIONS),
    )


def _program() -> tuple[str, ...]:
    """Find the server's program: beside this Python, else on the path."""
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

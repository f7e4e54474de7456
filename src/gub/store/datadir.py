"""The files of the embedded server: who holds the directory, which version wrote it, where the server listens."""

import contextlib
import json
import os
import re
import secrets
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from gub.store.errors import DataDirInUse, EmbeddedUnavailable, FormatMismatch

if sys.platform != "win32":
    import fcntl

USER: Final = "gub"
_LOG_LIMIT: Final = 1_000_000
_LISTENING: Final = re.compile(r"listening on [0-9.]+:(\d+)")


@dataclass(frozen=True, slots=True)
class Running:
    """What embedded.json says: the server's version, its process, and its port once it listens."""

    version: str
    pid: int
    port: int | None = None


class DataDir:
    """One data directory."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.storage = path / "data"
        self.config = path / "secantusd.toml"
        self.log = path / "embedded.log"
        self._record = path / "embedded.json"
        self._password = path / "embedded.password"
        self._version = path / "VERSION"
        self._lock = path / "embedded.lock"

    def prepare(self) -> None:
        """Make the directory (for this user's eyes only: it holds credentials) and the server's own settings file."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.storage.mkdir(mode=0o700, exist_ok=True)
            self.config.touch(mode=0o600)
        except OSError as error:
            raise EmbeddedUnavailable(f"The data directory {self.path} cannot be used: {error.strerror}.") from error

    def lock(self) -> int:
        """Take the directory for this process; the kernel frees it when the process ends, however it ends.

        Raises:
            DataDirInUse: another GUB has it.
        """
        if sys.platform == "win32":
            raise EmbeddedUnavailable("The embedded database does not run on Windows: set GUB_MONGODB_URI.")
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            raise in_use(self.path) from error
        return descriptor

    def check_version(self, version: str) -> None:
        """Make sure that this version wrote the directory, or note that it is the first to.

        Raises:
            FormatMismatch: another version wrote it; the on-disk format changes between versions.
        """
        written = self._version.read_text().strip() if self._version.exists() else None
        if written is None and self.is_new():
            _write(self._version, version + "\n")
        elif written != version:
            raise mismatch(self.path, written or "an unknown version", version)

    def is_new(self) -> bool:
        """Whether no server has written here yet."""
        return not any(self.storage.iterdir())

    def password(self) -> str:
        """Give the server's password; a new one when there is none, or when others could read it."""
        return self.noted_password() or self._new_password()

    def noted_password(self) -> str | None:
        """Read the server's password; None when there is none that is this user's secret."""
        try:
            with self._password.open() as file:
                others = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
                return None if others else file.read().strip() or None
        except OSError:
            return None

    def _new_password(self) -> str:
        password = secrets.token_urlsafe(32)
        _write(self._password, password + "\n")
        return password

    def note(self, running: Running) -> None:
        """Say where the server is, for other commands of GUB."""
        _write(self._record, json.dumps(asdict(running)) + "\n")

    def noted(self) -> Running | None:
        """Read what was noted; None when there is nothing, or nothing that makes sense."""
        try:
            found = json.loads(self._record.read_text())
            return Running(
                str(found["version"]), int(found["pid"]), None if found["port"] is None else int(found["port"])
            )
        except (OSError, ValueError, TypeError, LookupError):
            return None

    def forget(self) -> None:
        """Say that there is no server."""
        self._record.unlink(missing_ok=True)

    def open_log(self) -> tuple[int, int]:
        """Open the server's log for it to write to; give the descriptor and where its new part begins."""
        with contextlib.suppress(FileNotFoundError):
            if self.log.stat().st_size > _LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return descriptor, os.fstat(descriptor).st_size

    def logged(self, start: int) -> str:
        """Read what the server logged from there on."""
        with self.log.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")

    def port_logged(self, start: int) -> int | None:
        """Find the port in the log; None before the server listens."""
        found = _LISTENING.search(self.logged(start))
        return int(found[1]) if found else None

    def leftover(self) -> int | None:
        """Give the process of a server that outlived its GUB; None when there is none. Ask under the lock."""
        noted = self.noted()
        return noted.pid if noted is not None and str(self.storage) in _command_line(noted.pid) else None


def running_server(data_dir: Path) -> str | None:
    """Give the address of the server that another GUB runs on this directory; None when none answers."""
    directory = DataDir(data_dir)
    noted = directory.noted()
    password = directory.noted_password()
    if noted is None or noted.port is None or password is None:
        return None
    try:
        os.kill(noted.pid, 0)
        socket.create_connection(("127.0.0.1", noted.port), timeout=1).close()
    except OSError:
        return None
    return address(noted.port, password)


def end_leftover(data_dir: Path) -> None:
    """End the server of a GUB that was killed, on a system that does not end children with their parent.

    One whose GUB is alive is left alone.
    """
    directory = DataDir(data_dir)
    if directory.noted() is None:
        return
    with contextlib.suppress(DataDirInUse):
        lock = directory.lock()
        if (pid := directory.leftover()) is not None:
            end(pid, signal.SIGTERM)
        os.close(lock)


def address(port: int, password: str | None = None) -> str:
    """Give the URI of an embedded server. Connections idle for 300 s are hung up on by it (measured)."""
    user, source = (f"{USER}:{password}@", "&authSource=admin") if password else ("", "")
    return f"mongodb://{user}127.0.0.1:{port}/?directConnection=true&maxIdleTimeMS=240000{source}"


def end(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def in_use(path: Path) -> DataDirInUse:
    """Word the error."""
    return DataDirInUse(f"Another GUB is using {path}: stop it first, or set another GUB_DATA_DIR.")


def mismatch(path: Path, written: str, version: str) -> FormatMismatch:
    """Word the error."""
    return FormatMismatch(
        f"{path} was written by {written}, and this is {version}, which cannot read it: run `gub db export` with the "
        f"GUB that wrote it, move the directory away, then run `gub db import` with this one."
    )


def _write(path: Path, text: str) -> None:
    """Write a small file, for this user alone, so that a reader (and the next start) sees all of it or nothing."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _command_line(pid: int) -> str:
    """Say what a process runs: empty for one that is gone, or ended and not yet collected."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "".join(_ps(pid)) if not Path("/proc/self").exists() else ""


def _ps(pid: int) -> Iterator[str]:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = ["/bin/ps", "-o", "command=", "-p", str(pid)]
        yield subprocess.run(command, capture_output=True, text=True, check=False, timeout=5).stdout  # noqa: S603 - no text of others

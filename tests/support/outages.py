"""A database server of a test's own, to be killed, to hang, and to come back. It is the embedded one."""

import asyncio
import os
import signal
import time
from pathlib import Path

from gub.clock import SystemClock
from gub.store.embedded import EmbeddedServer
from tests.support.mongo import for_tests


def _stopped(pid: int) -> bool:
    """Say whether every thread of a process is stopped (proc(5): the state is the field after the name)."""
    states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in Path(f"/proc/{pid}/task").iterdir()]
    return all(state == "T" for state in states)


class Outages:
    """A database server of the test's own, to be killed and brought back on the same port."""

    def __init__(self, directory: Path) -> None:
        self._server = EmbeddedServer(directory, clock=SystemClock())
        self._watching: asyncio.Task[None] | None = None
        self._hanging = False
        self._gone = False
        self.uri = ""

    async def start(self) -> None:
        self.uri = for_tests(await self._server.start())

    async def away(self) -> None:
        """Kill it, and leave it so."""
        await self._look_away()
        assert self._server.pid is not None
        self._gone = True
        os.kill(self._server.pid, signal.SIGKILL)
        while self._server.pid is not None:  # noqa: ASYNC110 - a process gives no other sign
            await asyncio.sleep(0.01)

    def hangs(self, *, now: bool) -> None:
        """Let it take connections and answer nothing, or answer again."""
        pid = self._server.pid
        assert pid is not None
        self._hanging = now
        os.kill(pid, signal.SIGSTOP if now else signal.SIGCONT)
        # Its threads stop one by one: until the last of them has, a write can still get through.
        while now and not _stopped(pid):
            time.sleep(0.001)

    def back(self) -> None:
        """Bring it back, now and whenever it dies."""
        self._gone = False
        self._watching = asyncio.create_task(self._server.watch())

    def mend(self) -> None:
        """End whatever is wrong with it, if anything is."""
        if self._hanging:
            self.hangs(now=False)
        if self._gone:
            self.back()

    async def until_up(self) -> None:
        """Return when it runs (again)."""
        while self._server.pid is None:  # noqa: ASYNC110 - a process gives no other sign
            await asyncio.sleep(0.02)

    async def aclose(self) -> None:
        if self._server.pid is not None:
            os.kill(self._server.pid, signal.SIGKILL)  # an orderly stop takes it two seconds
        await self._server.stop()
        await self._look_away()

    async def _look_away(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.wait([self._watching])
            self._watching = None

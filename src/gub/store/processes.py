"""Processes as they are written down where several must not do the same: who, where, and whether they still run."""

import os
import socket
from dataclasses import dataclass
from typing import Final
from uuid import uuid4

from gub.store.documents import Document

TERM_SECONDS: Final = 15.0
"""How long what a process holds stays its own without a word from it."""

RENEWAL_SECONDS: Final = 5.0
"""How often it gives word."""

WORD_SECONDS: Final = 3.0
"""How long it waits for the database to take that: a hung one must not let the term run out between two tries, since
who is not sure of its right sends nothing, not even that an answer will be late."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process: a name of its own, and where it runs."""

    name: str
    host: str
    pid: int

    @classmethod
    def this_process(cls) -> "Holder":
        """Name this process anew."""
        return cls(uuid4().hex, socket.gethostname(), os.getpid())

    def knows_dead(self, document: Document) -> bool:
        """Say whether the one in `document` ran on this machine and runs no more; its number may be ours by now."""
        pid = document.get("pid")
        if document.get("host") != self.host or not isinstance(pid, int):
            return False
        return pid == self.pid or not _runs(pid)


def described(document: Document) -> str:
    """Name a process for an operator."""
    return f"process {document.get('pid')} on {document.get('host')}"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

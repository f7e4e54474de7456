"""What goes wrong unexpectedly, on its way to the owners: what kind it is and where, and never what it says.

Whoever meets such a failure calls `noted`; whoever runs the bot collects what is noted below a `noting`.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb
from typing import Final

_HERE: Final = Path(__file__).parent
_WAITING: Final = 100
"""As many wait to be told. In a storm the others are in the log alone."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure: the name of the exception, the line of ours that it came from, what the log knows it by."""

    error: str
    place: str
    reference: str

    @property
    def kind(self) -> str:
        """What makes two failures the same."""
        return f"{self.error} {self.place}"


class Faults:
    """The failures that nobody was told of yet."""

    def __init__(self) -> None:
        self.waiting: deque[Fault] = deque(maxlen=_WAITING)
        self.came = asyncio.Event()

    def add(self, fault: Fault) -> None:
        """Keep one, and wake who tells of them. Of too many, the oldest are given up."""
        self.waiting.append(fault)
        self.came.set()


_NOTING: ContextVar[Faults | None] = ContextVar("gub_faults", default=None)


@contextmanager
def noting(faults: Faults) -> Iterator[None]:
    """Collect what is noted in this block, and in tasks started in it."""
    token = _NOTING.set(faults)
    try:
        yield
    finally:
        _NOTING.reset(token)


def noted(error: BaseException) -> Fault:
    """Make a fault of an exception, to be logged by its reference; the owners will be told, where that is wished."""
    fault = Fault(type(error).__name__, _place(error), secrets.token_hex(3))
    faults = _NOTING.get()
    if faults is not None:
        faults.add(fault)
    return fault


def frames(error: BaseException) -> list[str]:
    """Give the lines of ours that the failure came through, the innermost last."""
    files = ((Path(frame.filename), frame.lineno) for frame in extract_tb(error.__traceback__))
    return [f"{file.relative_to(_HERE).as_posix()}:{line}" for file, line in files if file.is_relative_to(_HERE)]


def _place(error: BaseException) -> str:
    return (frames(error) or ["somewhere else"])[-1]

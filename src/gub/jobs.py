"""What goes on beside the updates has a name in every line that it logs."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from structlog.contextvars import bound_contextvars

T = TypeVar("T")


async def as_job(name: str, work: Callable[[], Awaitable[T]]) -> T:
    """Do the work; every line that it logs, and tasks that it starts, says `job=NAME`."""
    with bound_contextvars(job=name):
        return await work()


def name_of(work: Callable[..., object]) -> str:
    """Name work by its code: a method by its class, a function by its own name. `partial` is looked through."""
    while isinstance(work, partial):
        work = work.func
    owner = getattr(work, "__self__", None)
    return type(owner).__name__ if owner is not None else getattr(work, "__name__", "work")

"""What the gateway tells others about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass


async def _nobody_cares(*_ids: int) -> None:
    pass


def _nobody_counts(_method: str, _outcome: str, _seconds: float, _tries: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Hooks:
    """Called as things happen. The first two may fail: that is logged and changes nothing for the call."""

    on_unreachable_chat: Callable[[int], Awaitable[None]] = _nobody_cares
    """A 403 said that the bot may not write to this chat any more."""
    on_migrated: Callable[[int, int], Awaitable[None]] = _nobody_cares
    """A group (first) became a supergroup (second). Awaited before the call is repeated there."""
    on_called: Callable[[str, str, float, int], None] = _nobody_counts
    """A call ended: its method; `ok`, `cancelled` or the outcome's name; seconds, waiting included; tries."""

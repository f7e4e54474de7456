"""What has to be so for this process to be ready: its place, the database, Telegram, and the way of updates in."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from gub.clock import Clock
from gub.health import Check
from gub.pulse import Pulse
from gub.standing import Standing

STUCK_SECONDS: Final = 120.0
"""An update that has been in this process for longer is stuck: people were told long ago that it takes time."""

_POLLED_SECONDS: Final = 75.0
"""A long poll ends within 60 s, by Telegram's answer or ours."""

_WRITTEN_SECONDS: Final = 5.0


class TakesIn(Protocol):
    """What readiness asks of the intake."""

    @property
    def has_recovered(self) -> bool:
        """Whether what an earlier run left is in hand, so that new updates are taken."""

    @property
    def oldest(self) -> float:
        """For how many seconds the oldest update in hand has been here."""


class Gate:
    """Whether updates come in and are worked off. It hears of all calls to Telegram, and asks for nothing itself."""

    def __init__(self, clock: Clock) -> None:
        """Be closed."""
        self._clock = clock
        self._opened_at: float | None = None
        self._by_webhook = False
        self._intake: TakesIn | None = None

    def feel(self, method: str, outcome: str) -> None:
        """Take note of how a call of the Bot API ended: `ok`, `cancelled` or the name of the gateway's outcome.

        A poll that succeeds, or a webhook that is set, opens the gate; one that fails closes it, and so does taking
        the webhook away, unless polling follows.
        """
        if method not in ("getUpdates", "setWebhook", "deleteWebhook") or outcome == "cancelled":
            return
        self._by_webhook = method == "setWebhook"
        self._opened_at = self._clock.monotonic() if outcome == "ok" else None

    def lead_to(self, intake: TakesIn | None) -> None:
        """Note who takes the updates in now; None: nobody."""
        self._intake = intake
        if intake is None:
            self._opened_at = None

    async def is_open(self) -> bool:
        """Say whether updates come in, and none has been stuck in this process."""
        if self._intake is None or self._opened_at is None or not self._intake.has_recovered:
            return False
        quiet = self._clock.monotonic() - self._opened_at
        return (self._by_webhook or quiet < _POLLED_SECONDS) and self._intake.oldest < STUCK_SECONDS


class Writing:
    """Whether the database takes writes. One that went well is believed for some seconds."""

    def __init__(self, clock: Clock, is_writable: Check, write: Callable[[], Awaitable[None]]) -> None:
        """`is_writable` asks the server whether it would; `write` does it."""
        self._clock = clock
        self._is_writable = is_writable
        self._write = write
        self._wrote_at = float("-inf")

    async def works(self) -> bool:
        """Ask, and write if that is not known by now. Raises what the driver raises."""
        if not await self._is_writable():
            return False
        if self._clock.monotonic() - self._wrote_at >= _WRITTEN_SECONDS:
            await self._write()
            self._wrote_at = self._clock.monotonic()
        return True


def checks(standing: Standing, writing: Writing, pulse: Pulse, ask_telegram: Check, gate: Gate) -> dict[str, Check]:
    """Name what /readyz asks. A process that stands by is well and not ready; that is what its answer begins with."""

    async def has_place() -> bool:
        return not standing.ended

    async def telegram() -> bool:
        return await pulse.beats(ask_telegram)

    return {"standing by": has_place, "database": writing.works, "telegram": telegram, "intake": gate.is_open}

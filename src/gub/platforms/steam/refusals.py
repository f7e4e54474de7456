"""Tells a bad key from Steam in a bad mood.

Steam answers 403, with the page that says to verify the key, also to good keys: for minutes during maintenance and for
up to two days to an address that ignored 429s (home-assistant/core#179440, #179321). So a key counts as dead only when
the page comes several times with nothing between, and even then it is tried again now and then.
"""

from typing import Final

from gub.clock import Clock
from gub.platforms.errors import CredentialDead, PlatformError, Unavailable
from gub.platforms.reply import Reply

STRIKES: Final = 3
RETRIED_AFTER: Final = 900.0

_REFUSALS: Final = frozenset({401, 403})


def blames_the_key(reply: Reply) -> bool:
    """Say whether this is the page that Steam shows for a missing or wrong key."""
    page = reply.text().lower()
    return reply.status in _REFUSALS and "key=" in page and "verify" in page


class KeyHealth:
    """How often in a row Steam has refused the key."""

    def __init__(self, clock: Clock) -> None:
        """Nothing is held against any key yet."""
        self._clock = clock
        self._key: str | None = None
        self._strikes = 0
        self._asleep_until = 0.0

    def check(self, key: str) -> None:
        """Stop a question with a dead key before it is sent. A new key is always tried.

        Raises:
            CredentialDead: Steam has refused this key often enough, and not long ago.
        """
        self._meet(key)
        if self._strikes >= STRIKES and self._clock.monotonic() < self._asleep_until:
            raise CredentialDead("Steam keeps refusing the key", self._asleep_until - self._clock.monotonic())

    def accepted(self, key: str) -> None:
        """Forget what was held against the key: Steam answered, or was busy, which proves nothing."""
        self._meet(key)
        self._strikes = 0

    def refused(self, key: str, *, certain: bool = False) -> PlatformError:
        """Count a refusal that blames the key; return what to raise. `certain`: this is a fresh probe of the key."""
        self._meet(key)
        self._strikes = STRIKES if certain else self._strikes + 1
        if self._strikes < STRIKES:
            return Unavailable(f"Steam refused the key, for the {self._strikes}. time in a row")
        self._asleep_until = self._clock.monotonic() + RETRIED_AFTER
        return CredentialDead("Steam refuses the key")

    def _meet(self, key: str) -> None:
        if key != self._key:
            self._key, self._strikes = key, 0

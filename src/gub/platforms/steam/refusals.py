"""Tells a bad key from Steam in a bad mood.

Steam answers 403, with the page that says to verify the key, also to good keys: for minutes during maintenance and for
up to two days to an address that ignored 429s (home-assistant/core#179440, #179321). So a key counts as dead only when
the page comes several times, over longer than a maintenance's spell, with nothing between; and even then it is tried
again now and then.
"""

from typing import Final

from gub.clock import Clock
from gub.platforms.errors import CredentialDead, PlatformError, Unavailable
from gub.platforms.reply import Reply

STRIKES: Final = 3
SPELL_SECONDS: Final = 600.0
"""In a lively chat three refusals take a quarter of a minute; so long at least they have to go on."""

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
        self._first_at = 0.0
        self._asleep_until = float("-inf")

    def check(self, key: str) -> None:
        """Stop a question with a dead key before it is sent. A new key is always tried.

        Raises:
            CredentialDead: Steam has refused this key often enough, and not long ago.
        """
        self._meet(key)
        left = self._asleep_until - self._clock.monotonic()
        if left > 0:
            raise CredentialDead("Steam keeps refusing the key", left)

    def accepted(self, key: str) -> None:
        """Forget what was held against the key: Steam answered, or was busy, which proves nothing."""
        self._meet(key)
        self._forget()

    def refused(self, key: str, *, certain: bool = False) -> PlatformError:
        """Count a refusal that blames the key; return what to raise. `certain`: this is a fresh probe of the key."""
        self._meet(key)
        now = self._clock.monotonic()
        self._first_at = self._first_at if self._strikes else now
        self._strikes += 1
        if not certain and (self._strikes < STRIKES or now - self._first_at < SPELL_SECONDS):
            return Unavailable(f"Steam refused the key, for the {self._strikes}. time in a row")
        self._asleep_until = now + RETRIED_AFTER
        return CredentialDead("Steam refuses the key")

    def _meet(self, key: str) -> None:
        if key != self._key:
            self._key = key
            self._forget()

    def _forget(self) -> None:
        self._strikes = 0
        self._asleep_until = float("-inf")

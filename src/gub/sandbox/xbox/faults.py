"""The failures that the simulated Xbox Live can be told to commit, and where."""

from typing import Final

from gub.sandbox.faults import Offer

OAUTH_KINDS: Final = ("invalid_grant", "invalid_client", "unauthorized_client")
XERR_KINDS: Final = tuple(f"xerr_{number}" for number in (227, 229, 233, 234, 235, 236, 237, 238))
_GENERIC: Final = (
    "429",  # with the body that says the limit
    "429_bare",  # without a body, as some were seen
    "429_told",  # with Retry-After: `delay` seconds
    "400",
    "401",
    "403",
    "500",
    "502",
    "503",
    "html",
    "garbage",
    "drop",
    "slow",
    "down",
)
OFFER: Final = Offer(
    target="xbox",
    kinds=(*_GENERIC, *OAUTH_KINDS, *XERR_KINDS),
    parts=("login", "user", "xsts", "profile", "presence", "search"),
    only_at={**dict.fromkeys(OAUTH_KINDS, "login"), **dict.fromkeys(XERR_KINDS, "xsts")},
)

"""The failures that the simulated PlayStation Network can be told to commit, and where."""

from typing import Final

from gub.sandbox.faults import Offer

_COMMON: Final = ("429", "429_told", "400", "401", "403", "500", "503", "html", "garbage", "drop", "slow", "down")
_ONLY_AT: Final = {
    "4165": "authorize",  # the NPSSO expired
    "tosua": "authorize",  # new terms of service to accept
    "invalid_grant": "token",
    "persisted_query": "search",  # the app was updated: the query's hash is not known any more
    "batch_403": "presence",  # a batch call is forbidden as a whole; single ones are not touched
}
BATCHES_ONLY: Final = frozenset({"batch_403"})
OFFER: Final = Offer(
    target="psn",
    kinds=(*_COMMON, *_ONLY_AT),
    parts=("authorize", "token", "profile", "search", "presence"),
    only_at=_ONLY_AT,
    never_at={"401": "authorize"},
)

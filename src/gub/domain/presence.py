"""What an account does now, and what a person does over all their accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from gub.domain.names import fold, seen_part
from gub.domain.values import Platform


class Status(StrEnum):
    """What somebody does, best first: the order of the members is the order of preference."""

    PLAYING = "playing"
    ONLINE = "online"
    AWAY = "away"
    PHONE = "phone"
    OFFLINE = "offline"
    PRIVATE = "private"
    UNKNOWN = "unknown"

    @property
    def rank(self) -> int:
        """Say the place in the order; 0 is best."""
        return _RANKS[self]

    @property
    def present(self) -> bool:
        """Say whether somebody is there, be it with a phone in hand."""
        return self in _PRESENT


_RANKS: Final = {status: place for place, status in enumerate(Status)}
_PLATFORM_ORDER: Final = {platform: place for place, platform in enumerate(Platform)}
_PRESENT: Final = frozenset({Status.PLAYING, Status.ONLINE, Status.AWAY, Status.PHONE})

# The devices that Xbox and PSN name (`devices[].type`, `platform`), and PC for Steam; others rank after these
# and before phones.
_CONSOLES: Final = frozenset(
    {"scarlett", "xboxone", "xbox360", "ps5", "ps4", "ps3", "psvita", "nintendo", "playstation"}
)
_COMPUTERS: Final = frozenset({"pc", "pspc", "win32", "windowsonecore", "windows8"})
_PHONES: Final = frozenset({"ios", "android", "mobile_app", "web"})

_TRADE_SIGNS: Final = dict.fromkeys(map(ord, "\u00ae\u2122\u00a9\u2120"))

_TITLE_CHARACTERS: Final = 128

_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class AccountPresence:
    """What one account did when its platform was asked.

    `title` is None while somebody plays a game whose name is not known. `device` is the platform's own word.
    `since` is when this status or title was first seen, None when it began before GUB looked. `last_seen` is
    the last time the person is known to have been there. `fetched_at` is when the platform said so, None when
    it never did; `stale` marks an answer kept from earlier because the platform gave none now. `busy` and
    `away` tell what the person set beside playing or being online.
    """

    platform: Platform
    account_id: str
    status: Status
    title: str | None = None
    title_id: str | None = None
    activity: str | None = None
    device: str | None = None
    since: datetime | None = None
    last_seen: datetime | None = None
    fetched_at: datetime | None = None
    stale: bool = False
    busy: bool = False
    away: bool = False

    @property
    def unanswered(self) -> bool:
        """Say whether the platform has left us without an answer worth showing."""
        return self.status is Status.UNKNOWN and (self.fetched_at is None or self.stale)


@dataclass(frozen=True, slots=True)
class Past:
    """What an account was last seen doing: what is kept so that `since` and `last_seen` survive a restart.

    The fields mean what they mean in `AccountPresence`; `fetched_at` is when the platform last said that it does this.
    """

    platform: Platform
    account_id: str
    status: Status
    title: str | None
    title_id: str | None
    since: datetime | None
    last_seen: datetime | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class PersonPresence:
    """What a person does: the best over their accounts.

    `playing` holds every account in a game, `main` first. `main` is the account that the status comes from,
    None when the person is offline, private or unknown. `offline` names the platforms that say so.
    `stale_platforms` answered earlier but not now; `unanswered` have nothing to show.
    """

    status: Status
    playing: tuple[AccountPresence, ...] = ()
    main: AccountPresence | None = None
    last_seen: datetime | None = None
    offline: tuple[Platform, ...] = ()
    stale_platforms: tuple[Platform, ...] = ()
    unanswered: tuple[Platform, ...] = ()


def same_doing(one: AccountPresence | Past, other: AccountPresence | Past) -> bool:
    """Say whether two answers about an account tell of the same: the same status, and the same game if there is one."""
    if one.status is not other.status:
        return False
    if one.title_id and other.title_id:
        return one.title_id == other.title_id
    return title_key(one.title) == title_key(other.title)


def kept_title(title: str | None) -> str:
    """Give a title as it can be kept and shown: not endless, and without what cannot be seen; "" when nothing can.

    What cannot be seen may be what cannot be stored: half a character of a platform's JSON.
    """
    return seen_part((title or "")[:_TITLE_CHARACTERS])


def title_key(title: str | None) -> str:
    """Give the form in which two titles are the same game, on whichever platform; "" when there is none."""
    return " ".join(fold(seen_part(title or "").translate(_TRADE_SIGNS)).split())


def merge(presences: Iterable[AccountPresence]) -> PersonPresence:
    """Merge what a person's accounts do; at most one presence an account, in any order.

    The best status wins, so an account that is unknown or kept from earlier never makes another one look
    worse. Among equals the one that began last is shown first; then consoles before computers before phones.
    """
    accounts = sorted(dict.fromkeys(presences), key=_precedence)
    status = accounts[0].status if accounts else Status.UNKNOWN
    return PersonPresence(
        status=status,
        playing=tuple(one for one in accounts if one.status is Status.PLAYING),
        main=accounts[0] if status.present else None,
        last_seen=max((one.last_seen for one in accounts if one.last_seen), default=None),
        offline=_platforms(one for one in accounts if one.status is Status.OFFLINE),
        stale_platforms=_platforms(one for one in accounts if one.stale and not one.unanswered),
        unanswered=_platforms(one for one in accounts if one.unanswered),
    )


def _precedence(one: AccountPresence) -> tuple[int, float, int, int, str]:
    began = (one.since or _LONG_AGO) - _LONG_AGO
    order = _PLATFORM_ORDER[one.platform]
    return (one.status.rank, -began.total_seconds(), _device_rank(one), order, one.account_id)


def _device_rank(one: AccountPresence) -> int:
    device = (one.device or "").lower()
    if device in _CONSOLES:
        return 0
    if device in _COMPUTERS:
        return 1
    return 3 if device in _PHONES else 2


def _platforms(accounts: Iterable[AccountPresence]) -> tuple[Platform, ...]:
    named = {one.platform for one in accounts}
    return tuple(platform for platform in Platform if platform in named)

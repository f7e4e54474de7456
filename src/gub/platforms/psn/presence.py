"""Reads what `basicPresences` answers (userProfile v2), each account on its own. Every field of it is optional."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Platform
from gub.platforms import tolerant
from gub.platforms.errors import Malformed

_PHONE: Final = "mobile_app"
_BUSY: Final = "busy"
_GONE: Final = frozenset({"unavailable", "offline"})
_THERE: Final = frozenset({"availabletoplay", "availabletocommunicate", _BUSY, "online"})
_TALKING: Final = "availabletocommunicate"


@dataclass(frozen=True, slots=True)
class _Game:
    title: str | None
    title_id: str | None
    activity: str | None
    launched_on: str | None
    made_for: str | None


def read_presences(document: Any, wanted: Collection[str], now: datetime) -> dict[str, AccountPresence | None]:
    """Read what the wanted accounts do, by id and never by place; None for one without a usable answer.

    What a batch answers of a private account is nowhere recorded (facts 2.3). The likely way is to leave it out, so
    who is left out counts as private: they hide what they do from our account. But when there is an entry that does
    not say whose it is, it may be theirs, and what was known of them before still stands.

    Raises:
        Malformed: the document as a whole is not such an answer.
    """
    entries = tolerant.entry(document, "basicPresences")
    if not isinstance(entries, list):
        raise Malformed("an answer without presences")
    found: dict[str, AccountPresence | None] = {}
    nameless = False
    for item in entries:
        account_id = tolerant.digits(tolerant.entry(item, "accountId"))
        nameless = nameless or account_id is None
        if account_id is not None and account_id in wanted and found.get(account_id) is None:
            found[account_id] = read_presence(item, account_id, now)
    omitted = {one: None if nameless else untold(one, now) for one in wanted if one not in found}
    return found | omitted


def read_single(document: Any, account_id: str, now: datetime) -> AccountPresence | None:
    """Read the answer about one account alone, which need not repeat the id.

    Raises:
        Malformed: it is not such an answer, or about somebody else.
    """
    item = tolerant.entry(document, "basicPresence")
    if tolerant.digits(tolerant.entry(item, "accountId")) not in (None, account_id):
        raise Malformed("an answer about somebody else")
    return read_presence(item, account_id, now)


def untold(account_id: str, told_at: datetime, status: Status = Status.PRIVATE) -> AccountPresence:
    """Give the presence of an account of which PlayStation tells us nothing."""
    return AccountPresence(Platform.PSN, account_id, status, fetched_at=told_at)


def read_presence(item: Any, account_id: str, now: datetime) -> AccountPresence | None:
    """Read one entry; None when it says in no way whether they are there."""
    availability = _word(tolerant.entry(item, "availability"))
    device = tolerant.entry(item, "primaryPlatformInfo")
    words = {availability, _word(tolerant.entry(device, "onlineStatus"))}
    if words & _GONE:
        return AccountPresence(
            Platform.PSN, account_id, Status.OFFLINE, last_seen=_last_seen(item, device, now), fetched_at=now
        )
    # A game is told only of who plays it, so it says enough when all else is missing.
    game = _first_game(item)
    if game is None and not words & _THERE:
        return None
    console = _device(tolerant.entry(device, "platform"))
    return AccountPresence(
        Platform.PSN,
        account_id,
        Status.PLAYING if game else _without_game(availability, console),
        title=game.title if game else None,
        title_id=game.title_id if game else None,
        activity=game.activity if game else None,
        device=_device_of(game, console),
        last_seen=now,
        fetched_at=now,
        busy=availability == _BUSY,
    )


def _without_game(availability: str, device: str | None) -> Status:
    """Tell a phone from a console: the app on a phone is "available to communicate" and no more."""
    if device is None:
        return Status.PHONE if availability == _TALKING else Status.ONLINE
    return Status.PHONE if device.lower() == _PHONE else Status.ONLINE


def _first_game(item: Any) -> _Game | None:
    games = tolerant.entry(item, "gameTitleInfoList")
    read = (_game(one) for one in games) if isinstance(games, list) else ()
    return next((game for game in read if game is not None), None)


def _game(item: Any) -> _Game | None:
    title = tolerant.text(tolerant.entry(item, "titleName"))
    title_id = tolerant.text(tolerant.entry(item, "npTitleId"))
    if title is None and title_id is None:
        return None
    activity = tolerant.text(tolerant.entry(item, "gameStatus"))
    return _Game(
        title,
        title_id,
        activity if activity != title else None,
        _device(tolerant.entry(item, "launchPlatform")),
        _device(tolerant.entry(item, "format")),
    )


def _device_of(game: _Game | None, console: str | None) -> str | None:
    """Say where they are. A PS4 game can run on a PS5, so what a game was made for is the poorest hint."""
    return console if game is None else game.launched_on or console or game.made_for


def _last_seen(item: Any, device: Any, now: datetime) -> datetime | None:
    moments = (
        tolerant.past(tolerant.entry(item, "lastAvailableDate"), now),
        tolerant.past(tolerant.entry(device, "lastOnlineDate"), now),
    )
    return max((one for one in moments if one is not None), default=None)


def _device(value: Any) -> str | None:
    word = tolerant.text(value)
    return word.upper() if word and word.isascii() else None


def _word(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""

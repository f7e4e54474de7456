"""Reads what userpresence.xboxlive.com answers, each person on their own."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Platform
from gub.platforms import tolerant
from gub.platforms.errors import Malformed
from gub.platforms.xbox.surfaces import device_rank, is_media, is_phone, is_system

_STATES: Final = {"online": Status.ONLINE, "away": Status.AWAY, "offline": Status.OFFLINE}
_BACKGROUND: Final = "background"
_PLACEMENTS: Final = {"full": 0, "fill": 1, "snapped": 2}
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Title:
    """Something active that is in front on a device: a game, an app, or a surface of the system."""

    title_id: str | None
    name: str | None
    activity: str | None
    device: str | None
    placement: str
    modified: datetime | None

    @property
    def is_system(self) -> bool:
        """Say whether this is neither a game nor an app."""
        return is_system(self.title_id, self.name)

    @property
    def is_game(self) -> bool:
        """Say whether this is a game as far as is known; the name of one can be empty."""
        return not self.is_system and not is_media(self.name)

    @property
    def order(self) -> tuple[bool, int, int, bool, float]:
        """Give what to sort by: the game that somebody most likely plays comes first."""
        age = -((self.modified or _LONG_AGO) - _LONG_AGO).total_seconds()
        placement = _PLACEMENTS.get(self.placement, len(_PLACEMENTS))
        return (not self.is_game, device_rank(self.device), placement, self.name is None, age)


@dataclass(frozen=True, slots=True)
class Person:
    """One person of the answer. `state` is None when it cannot be read.

    `titles` are in order. A game of a PC is told for Win32 and again for WindowsOneCore; the first one alone is shown.
    """

    xuid: str
    state: Status | None
    titles: tuple[Title, ...]
    devices: tuple[str | None, ...]
    last_seen: datetime | None

    def presence(self, now: datetime) -> AccountPresence | None:
        """Say it in our words; None when nothing can be said.

        Somebody who appears offline cannot be told from one who is (their `lastSeen` stands still meanwhile).
        """
        status = self._status()
        if status is None:
            return None
        found = AccountPresence(Platform.XBOX, self.xuid, status, fetched_at=now)
        if not status.present:
            return replace(found, last_seen=self.last_seen)
        shown = next((title for title in self.titles if not title.is_system), None)
        if shown is not None:
            found = replace(found, title=shown.name, title_id=shown.title_id, activity=shown.activity)
        device = shown.device if shown is not None else next(iter(self.devices), None)
        return replace(found, device=device, last_seen=now, away=self.state is Status.AWAY)

    def _status(self) -> Status | None:
        if self.state is Status.OFFLINE:
            return self.state
        if any(title.is_game for title in self.titles):
            return Status.PLAYING
        if self.state is Status.ONLINE and self.devices and all(is_phone(device) for device in self.devices):
            return Status.PHONE
        return self.state


def read_people(
    document: Any, wanted: Collection[str], now: datetime
) -> tuple[dict[str, AccountPresence | None], bool]:
    """Read the wanted people by xuid, never by place; None for one who is there but cannot be read.

    Beside them stands whether everything in the answer had a readable xuid: only then is a missing person missing.

    Raises:
        Malformed: the document as a whole is not such an answer.
    """
    if not isinstance(document, list):
        raise Malformed("an answer without people")
    people: dict[str, AccountPresence | None] = {}
    complete = True
    for item in document:
        xuid = tolerant.digits(tolerant.entry(item, "xuid"))
        complete = complete and xuid is not None
        if xuid is not None and xuid in wanted and people.get(xuid) is None:
            people[xuid] = _read_person(xuid, item, now).presence(now)
    return people, complete


def _read_person(xuid: str, item: dict[str, Any], now: datetime) -> Person:
    devices = [one for one in _list(item.get("devices")) if isinstance(one, dict)]
    titles = sorted((title for device in devices for title in _read_titles(device)), key=lambda title: title.order)
    return Person(
        xuid=xuid,
        state=_read_state(item.get("state")),
        titles=tuple(titles),
        devices=_in_order(devices),
        last_seen=tolerant.past(tolerant.entry(item, "lastSeen", "timestamp"), now),
    )


def _read_state(value: Any) -> Status | None:
    """Read the state without regard to case; one that Microsoft has not told of is unknown, as in its own library."""
    word = tolerant.text(value)
    return None if word is None else _STATES.get(word.lower(), Status.UNKNOWN)


def _read_titles(device: dict[str, Any]) -> Iterable[Title]:
    """Read what is active and in front: what runs in the background, or ran before, is not what somebody does."""
    for item in _list(device.get("titles")):
        title_id, name = tolerant.digits(tolerant.entry(item, "id")), tolerant.text(tolerant.entry(item, "name"))
        placement = _word(tolerant.entry(item, "placement"))
        if _is_active(item) and placement != _BACKGROUND and (title_id or name):
            yield Title(
                title_id=title_id,
                name=name,
                activity=_read_activity(tolerant.entry(item, "activity")),
                device=tolerant.text(device.get("type")),
                placement=placement,
                modified=tolerant.instant(tolerant.entry(item, "lastModified")),
            )


def _read_activity(value: Any) -> str | None:
    """Read the text of an activity; old answers had a list of them (OpenXbox/xbox-webapi-python#102)."""
    first = value[0] if isinstance(value, list) and value else value
    return tolerant.text(tolerant.entry(first, "richPresence"))


def _in_order(devices: list[dict[str, Any]]) -> tuple[str | None, ...]:
    """Name the devices, best first; those on which nothing is active only when that is so on all of them."""
    active = [one for one in devices if any(_is_active(title) for title in _list(one.get("titles")))]
    return tuple(sorted((tolerant.text(device.get("type")) for device in active or devices), key=device_rank))


def _is_active(title: Any) -> bool:
    return _word(tolerant.entry(title, "state")) == "active"


def _word(value: Any) -> str:
    return (tolerant.text(value) or "").lower()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

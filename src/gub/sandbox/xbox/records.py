"""Presence records: what the simulated userpresence.xboxlive.com says of one player, by their oddity or as usual.

Every oddity shows itself whatever the player does: those of the last seen answer Offline, those of a game a game.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from gub.sandbox.xbox.accounts import XboxAccount
from gub.sandbox.xbox.state import surface_of
from gub.sandbox.xbox.times import ticks
from gub.sandbox.xbox.titles import HOME, XBOX_APP, title_id_of

Json = dict[str, Any]
Record = Json | None
"""None: the player is not in the answer."""

_ANY_GAME: Final = "Halo Infinite"
_ANY_ACTIVITY: Final = "Big Team Battle on Fragmentation"
_CONSOLES: Final = frozenset({"Scarlett", "XboxOne", "Xbox360"})


def record_of(account: XboxAccount, now: datetime) -> Record:
    """Give the whole record, as at level `all`."""
    odd = _ODD.get(account.oddity)
    return _usual(account, now) if odd is None else odd(account, now)


def _usual(account: XboxAccount, now: datetime) -> Json:
    if not account.visible:
        return _offline(account)
    return _present(account, [_device(account, now)])


def _present(account: XboxAccount, devices: list[Json], state: str | None = None) -> Json:
    return {"xuid": account.id, "state": state or account.state.capitalize(), "devices": devices}


def _offline(account: XboxAccount) -> Json:
    record: Json = {"xuid": account.id, "state": "Offline"}
    seen = account.last_seen
    if seen is not None:
        record["lastSeen"] = {
            "deviceType": seen.device,
            "titleId": seen.title_id,
            "titleName": seen.title,
            "timestamp": ticks(seen.at),
        }
    return record


def _seen(account: XboxAccount, now: datetime) -> Json:
    """Give an Offline record that has a last seen, made up when there is none."""
    record = _offline(account)
    usual = {"deviceType": account.device, "titleId": title_id_of(_ANY_GAME), "titleName": _ANY_GAME}
    record.setdefault("lastSeen", {**usual, "timestamp": ticks(account.since or now)})
    return record


def _title(title: tuple[str, str], now: datetime, placement: str = "Full", *, active: bool = True) -> Json:
    title_id, name = title
    state = "Active" if active else "Inactive"
    return {"id": title_id, "name": name, "placement": placement, "state": state, "lastModified": ticks(now)}


def _game(account: XboxAccount, now: datetime, *, active: bool = True) -> Json:
    """Give the title that is played; the oddities of games make one up when nothing is."""
    name = account.game or _ANY_GAME
    title = _title((title_id_of(name), name), account.since or now, active=active)
    activity = account.activity or (None if account.game else _ANY_ACTIVITY)
    if activity:
        title["activity"] = {"richPresence": activity}
    return title


def _device(account: XboxAccount, now: datetime) -> Json:
    """Give the device as it is: a game before the console's Home, or what runs without a game."""
    active = account.state != "away"  # away: signed in, but not active in any title
    if account.game is None:
        return {"type": account.device, "titles": [_title(surface_of(account.device), now, active=active)]}
    return _playing(account, now, active=active)


def _playing(account: XboxAccount, now: datetime, kind: str | None = None, *, active: bool = True) -> Json:
    kind = kind or account.device
    background = [_title(HOME, now, "Background", active=active)] if kind in _CONSOLES else []
    return {"type": kind, "titles": [*background, _game(account, now, active=active)]}


def _phone(now: datetime) -> Json:
    return {"type": "iOS", "titles": [_title(XBOX_APP, now)]}


def _two_devices(account: XboxAccount, now: datetime) -> Json:
    # The phone first: who reads the first device only sees the wrong one.
    return _present(account, [_phone(now), _playing(account, now)], "Online")


def _played_twice(account: XboxAccount, now: datetime) -> Json:
    home = {"type": "Scarlett", "titles": [_title(HOME, now)]}
    pcs = [_playing(account, now, kind) for kind in ("Win32", "WindowsOneCore")]
    return _present(account, [home, *pcs], "Online")


def _phone_only(account: XboxAccount, now: datetime) -> Json:
    return _present(account, [_phone(now)], "Online")


def _away(account: XboxAccount, now: datetime) -> Json:
    return _present(account, [_playing(account, now)], "Away")


def _seen_without_zone(account: XboxAccount, now: datetime) -> Json:
    record = _seen(account, now)
    record["lastSeen"]["timestamp"] = record["lastSeen"]["timestamp"].removesuffix("Z")
    return record


def _seen_untitled(account: XboxAccount, now: datetime) -> Json:
    record = _seen(account, now)
    del record["lastSeen"]["titleId"], record["lastSeen"]["titleName"]
    return record


def _empty_names(account: XboxAccount, now: datetime) -> Json:
    game = _game(account, now) | {"name": ""}
    invisible = _title((title_id_of("invisible"), "\u200b\ufeff"), now, "Fill")
    return _present(account, [{"type": account.device, "titles": [invisible, game]}], "Online")


def _rich_objects(account: XboxAccount, now: datetime) -> Json:
    device = _playing(account, now)
    device["titles"][-1]["activity"] = {
        "richPresence": account.activity or _ANY_ACTIVITY,
        "media": {"id": "test-media", "idType": "bing", "name": "A film"},
        "broadcast": {
            "id": "12345",
            "session": "00000000-0000-4000-8000-000000000001",
            "provider": "twitch",
            "viewers": 3,
            "started": ticks(now),
        },
    }
    return _present(account, [device], "Online")


def _unknown_device(account: XboxAccount, now: datetime) -> Json:
    return _present(account, [_playing(account, now, "Holodeck")], "Online")


def _lower_case(account: XboxAccount, now: datetime) -> Json:
    device = _playing(account, now)
    for title in device["titles"]:
        title["placement"], title["state"] = title["placement"].lower(), title["state"].lower()
    return _present(account, [device], "online")


def _numeric_ids(account: XboxAccount, now: datetime) -> Json:
    device = _playing(account, now)
    for title in device["titles"]:
        title["id"] = int(title["id"])
    return _present(account, [device], "Online")


def _malformed(account: XboxAccount, now: datetime) -> Json:
    del now
    return {"xuid": account.id, "state": 7, "devices": {"type": None, "titles": "none"}, "lastSeen": "yesterday"}


_ODD: Final[dict[str, Callable[[XboxAccount, datetime], Record]]] = {
    "two_devices": _two_devices,
    "played_twice": _played_twice,
    "phone_only": _phone_only,
    "away": _away,
    "last_seen_no_zone": _seen_without_zone,
    "last_seen_bare": lambda account, _: {"xuid": account.id, "state": "Offline"},
    "last_seen_untitled": _seen_untitled,
    "missing": lambda _account, _now: None,
    "empty_names": _empty_names,
    "rich_objects": _rich_objects,
    "unknown_device": _unknown_device,
    "lower_case": _lower_case,
    "numeric_ids": _numeric_ids,
    "malformed": _malformed,
}

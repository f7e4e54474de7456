"""The simulated userpresence.xboxlive.com: who may ask what, and how much of a record each level shows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from gub.sandbox.xbox.accounts import XboxAccount
from gub.sandbox.xbox.records import Json, record_of
from gub.sandbox.xbox.state import Xbox
from gub.sandbox.xbox.wire import Call, Reply, Route, are_texts, is_authorised, refusal

HOST: Final = "userpresence.xboxlive.com"
MOST_IDS: Final = 1100

_WHO: Final = re.compile(r"/users/(?:(me)|xuid\(([0-9]+)\))")
_LEVELS: Final = ("user", "device", "title", "all")
_FLAGS: Final = ("onlineOnly", "broadcastingOnly")
_FILTERS: Final = ("deviceTypes", "titles")
_MEMBERS: Final = frozenset({"users", "level", *_FLAGS, *_FILTERS})
_XUID: Final = re.compile(r"[0-9]{1,20}")


def route(call: Call) -> Route | None:
    """Name the call and give what answers it."""
    if call.path == "/users/batch":
        return "presence", _batch
    return ("presence_single", _single) if _WHO.fullmatch(call.path) else None


def _invalid(description: str) -> Reply:
    return refusal(400, 4000, "Presence", description)


def _refused(xbox: Xbox, call: Call, method: str) -> Reply | None:
    """Check what every request must bring. Which status the real server gives for each is not verified."""
    if call.method != method:
        return Reply(405)
    if not is_authorised(xbox, call):
        return Reply(401)
    if not call.is_version("3"):
        return _invalid("The header x-xbl-contract-version is missing or names no version that is served.")
    accepted = {one.partition(";")[0].strip().lower() for one in call.headers.get("Accept", "").split(",")}
    if "application/json" not in accepted:
        return Reply(406)
    if not call.headers.get("Accept-Language"):
        return _invalid("The header Accept-Language is missing.")
    return None


def _single(xbox: Xbox, call: Call) -> Reply:
    refused = _refused(xbox, call, "GET")
    if refused is not None:
        return refused
    level = call.query.get("level", "title")
    who = _WHO.fullmatch(call.path)
    if level not in _LEVELS or who is None:
        return _invalid("The level is none of user, device, title, all.")
    xuid = who[2] or xbox.service.id
    account = xbox.player(xuid)
    record = None if account is None else record_of(account, xbox.clock.now())
    # An unknown or hidden player looks as if nothing was ever stored: privacy never gives a 4xx here.
    return Reply(200, {"xuid": xuid, "state": "Offline"} if record is None else at_level(record, level))


def _batch(xbox: Xbox, call: Call) -> Reply:
    refused = _refused(xbox, call, "POST")
    if refused is not None:
        return refused
    if call.content_type != "application/json":
        return Reply(415)
    body = call.json_object() or {}
    complaint = _complaint(body)
    if complaint is not None:
        return _invalid(complaint)
    question = Question.of(body)
    # Never in the order of the question; that unknown ids are left out is not verified.
    known = [xbox.player(xuid) for xuid in reversed(list(dict.fromkeys(question.users)))]
    records = [question.answer(xbox, account) for account in known if account is not None]
    return Reply(200, [record for record in records if record is not None])


def _complaint(body: Mapping[str, Any]) -> str | None:
    """Say what is wrong with a body; None when nothing is. Any member that is not known is forbidden."""
    users = body.get("users")
    if not body or not body.keys() <= _MEMBERS:
        return "The body is no JSON object, or has a member that is not allowed."
    if not are_texts(users) or not all(_XUID.fullmatch(one) for one in users):
        return "users must be a list of XUIDs as strings."
    if len(users) > MOST_IDS:
        return f"At most {MOST_IDS} XUIDs may be asked for."
    if body.get("level", "title") not in _LEVELS:
        return "The level is none of user, device, title, all."
    if any(not isinstance(body.get(name, False), bool) for name in _FLAGS):
        return "A flag must be true or false."
    return "A filter must be a list." if any(not isinstance(body.get(name, []), list) for name in _FILTERS) else None


@dataclass(frozen=True, slots=True)
class Question:
    """The body of a batch request."""

    users: list[str]
    level: str
    online_only: bool
    devices: frozenset[str]
    titles: frozenset[str]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """Read a body that nothing is wrong with."""
        wanted = (frozenset(map(str, body.get(name, []))) for name in _FILTERS)
        return cls(body["users"], body.get("level", "title"), body.get("onlineOnly", False), *wanted)

    def answer(self, xbox: Xbox, account: XboxAccount) -> Json | None:
        """Give one player's record through the filters; None when they are left out."""
        record = record_of(account, xbox.clock.now())
        if record is None or (self.online_only and record["state"] == "Offline"):
            return None
        if not isinstance(record.get("devices"), list):
            return at_level(record, self.level)
        devices = [one for one in record["devices"] if not self.devices or one["type"] in self.devices]
        if self.titles:
            devices = [one for one in devices if self.titles & {str(title["id"]) for title in one["titles"]}]
        return at_level({**record, "devices": devices}, self.level) if devices else None


def at_level(record: Json, level: str) -> Json:
    """Leave out what the level does not show: `user` has no devices, `device` no titles, only `all` activities."""
    devices = record.get("devices")
    if level == "all" or not isinstance(devices, list):
        return record
    if level == "user":
        return {name: value for name, value in record.items() if name != "devices"}
    if level == "device":
        return {**record, "devices": [{"type": device["type"]} for device in devices]}
    bare = [
        {**device, "titles": [{k: v for k, v in title.items() if k != "activity"} for title in device["titles"]]}
        for device in devices
    ]
    return {**record, "devices": bare}

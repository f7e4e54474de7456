"""The simulated profile.xboxlive.com and usersearch.xboxlive.com: from a gamertag to its XUID."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import unquote

from gub.sandbox.xbox.accounts import XboxAccount
from gub.sandbox.xbox.state import Xbox
from gub.sandbox.xbox.wire import Call, Reply, Route, are_texts, is_authorised, refusal

PROFILE_HOST: Final = "profile.xboxlive.com"
SEARCH_HOST: Final = "usersearch.xboxlive.com"

_SOURCE: Final = "Profile"
_VERSIONS: Final = ("2", "3")
_WHO: Final = re.compile(r"/users/(?:(me)|xuid\(([0-9]+)\)|gt\(([^/]*)\))/profile/settings")
_PICTURE: Final = "https://images-eds-ssl.xboxlive.com/image?url=test&format=png"
_SUGGESTIONS: Final = 10
_SAME_FOR_ALL: Final = {
    "GameDisplayPicRaw": _PICTURE,
    "AppDisplayPicRaw": _PICTURE,
    "PublicGamerpic": _PICTURE,
    "Gamerscore": "1234",
    "AccountTier": "Gold",
    "TenureLevel": "3",
    "XboxOneRep": "GoodPlayer",
    "PreferredColor": "https://dlassets-ssl.xboxlive.com/public/content/ppl/colors/00001.json",
    "IsQuarantined": "0",
    "ShowUserAsAvatar": "0",
    "Location": "",
    "Bio": "",
    "Watermarks": "",
    "RealName": "",
    "RealNameOverride": "",
}


def profile_route(call: Call) -> Route | None:
    """Name the call and give what answers it."""
    if call.path == "/users/batch/profile/settings":
        return "profile_batch", _batch
    return ("profile", _single) if _WHO.fullmatch(call.path) else None


def search_route(call: Call) -> Route | None:
    """Name the call and give what answers it."""
    return ("search", _suggest) if call.path == "/suggest" else None


def _not_found() -> Reply:
    return refusal(404, 28, _SOURCE, "The server found no data for the requested entity.")


def _single(xbox: Xbox, call: Call) -> Reply:
    who = _WHO.fullmatch(call.path)
    if call.method != "GET" or who is None:
        return Reply(405)
    if not is_authorised(xbox, call):
        return Reply(401)
    wanted = [name for name in call.query.get("settings", "").split(",") if name]
    if not call.is_version(*_VERSIONS) or not _are_known(wanted):
        return refusal(400, 8, _SOURCE, "The request was invalid.")
    me, xuid, gamertag = who.groups()
    account = xbox.service if me else xbox.player(xuid) if xuid else xbox.by_gamertag(unquote(gamertag))
    return _not_found() if account is None else _profiles([account], wanted)


def _batch(xbox: Xbox, call: Call) -> Reply:
    if call.method != "POST":
        return Reply(405)
    if not is_authorised(xbox, call):
        return Reply(401)
    body = call.json_object() or {}
    asked, wanted = body.get("userIds"), body.get("settings")
    if not call.is_version(*_VERSIONS) or not are_texts(asked) or not are_texts(wanted) or not _are_known(wanted):
        return refusal(400, 8, _SOURCE, "The body of the request was invalid.")
    found = [xbox.player(xuid) for xuid in reversed(list(dict.fromkeys(asked)))]
    # That unknown ids are left out, and nothing else said of them, is not verified.
    return _profiles([account for account in found if account is not None], wanted)


def _suggest(xbox: Xbox, call: Call) -> Reply:
    if call.method != "GET":
        return Reply(405)
    if not is_authorised(xbox, call):
        return Reply(401)
    wanted = call.query.get("q", "").strip().casefold()
    if not call.is_version("1") or not wanted:
        return refusal(400, 8, "UserSearch", "The request was invalid.")
    found = [one for one in xbox.accounts.values() if one.unique.replace("#", "").casefold().startswith(wanted)]
    results = [
        {
            "text": account.gamertag,
            "result": {"id": account.id, "gamertag": account.gamertag, "displayPicUri": _PICTURE, "score": 0.0},
        }
        for account in found[:_SUGGESTIONS]
    ]
    return Reply(200, {"results": results})


def _are_known(settings: Sequence[str]) -> bool:
    names = {*_SAME_FOR_ALL, *_names(XboxAccount("", "", ""))}
    return bool(settings) and names.issuperset(settings)


def _names(account: XboxAccount) -> dict[str, str]:
    return {
        "Gamertag": account.gamertag,
        "GameDisplayName": account.gamertag,
        "AppDisplayName": account.gamertag,
        "ModernGamertag": account.modern,
        "ModernGamertagSuffix": account.suffix,
        "UniqueModernGamertag": account.unique,
    }


def _profiles(accounts: Sequence[XboxAccount], wanted: Sequence[str]) -> Reply:
    users = [
        {
            "id": account.id,
            "hostId": account.id,
            "settings": [{"id": name, "value": {**_SAME_FOR_ALL, **_names(account)}[name]} for name in wanted],
            "isSponsoredUser": False,
        }
        for account in accounts
    ]
    return Reply(200, {"profileUsers": users})

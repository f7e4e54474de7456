"""Who somebody is: profile2 of the older service, profiles by account id, and the service account itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gub.sandbox.psn.accounts import Availability, PsnAccount
from gub.sandbox.psn.games import title_id_of
from gub.sandbox.psn.network import Psn
from gub.sandbox.psn.replies import Reply, bad_request, no_such_user

_AVATARS: Final = "https://static-resource.np.community.playstation.net/avatar"
_SIZES: Final = ("s", "m", "l", "xl")


def profile2(psn: Psn, online_id: str, query: Mapping[str, str]) -> Reply:
    """GET userProfile/v1/users/<online id>/profile2: just the `fields` that were asked for."""
    account = psn.service if online_id == "me" else psn.by_online_id(online_id)
    if account is None:
        return no_such_user(online_id)
    asked = {name.partition("(")[0] for name in _outer_fields(query.get("fields", "onlineId,accountId"))}
    profile: dict[str, object] = {
        "onlineId": account.first_id or account.online_id,
        "accountId": account.id,
        "aboutMe": "",
        "plus": 0,
        "isOfficiallyVerified": False,
        "languagesUsed": ["en"],
        "avatarUrls": [{"size": size, "avatarUrl": f"{_AVATARS}/{size}.png"} for size in _SIZES],
    }
    if account.first_id is not None:
        profile["currentOnlineId"] = account.online_id
    if not account.is_private:
        profile["primaryOnlineStatus"] = account.state.value
        profile["presences"] = [_older_presence(account)]
    return Reply(200, {"profile": {name: value for name, value in profile.items() if name in asked}})


def profile(psn: Psn, account_id: str) -> Reply:
    """GET userProfile/v1/internal/users/<account id>/profiles."""
    account = psn.by_id(account_id)
    if account is None:
        return bad_request("path: accountId")
    body = {
        "onlineId": account.online_id,
        "aboutMe": "",
        "avatars": [{"size": size, "url": f"{_AVATARS}/{size}.png"} for size in _SIZES],
        "languages": ["en-US"],
        "isPlus": False,
        "isOfficiallyVerified": False,
        "isMe": account is psn.service,
    }
    return Reply(200, body)


def own_devices(psn: Psn) -> Reply:
    """GET devices/accounts/me: whose token it is."""
    return Reply(200, {"accountId": psn.service.id, "accountDevices": []})


def time_text(moment: datetime) -> str:
    """Write a time as the network does, with milliseconds and a Z."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _outer_fields(text: str) -> list[str]:
    """Split at the commas that no bracket holds: `a,b(@default,c)` has two fields."""
    fields, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            fields.append("")
        else:
            fields[-1] += letter
    return fields


def _older_presence(account: PsnAccount) -> dict[str, object]:
    """Build the presence that knows PS3 and Vita too."""
    presence: dict[str, object] = {"onlineStatus": account.state.value, "hasBroadcastData": False}
    if account.state is Availability.ONLINE:
        presence["platform"] = account.platform
    elif account.last_online is not None:
        presence["lastOnlineDate"] = time_text(account.last_online)
    if account.game is not None:
        presence["npTitleId"] = title_id_of(account.game, account.platform)
        presence["titleName"] = account.game
    return presence

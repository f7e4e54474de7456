"""What somebody does now: basicPresences of one account, or of up to a hundred."""

from collections.abc import Mapping
from typing import Final

from gub.sandbox.psn.accounts import Availability, PsnAccount
from gub.sandbox.psn.games import title_id_of
from gub.sandbox.psn.network import Psn
from gub.sandbox.psn.profiles import time_text
from gub.sandbox.psn.replies import Reply, bad_request, not_permitted

_MAX_IDS: Final = 100
_SEEN: Final = frozenset({"PS5", "PS4", "PSPC", "MOBILE_APP"})
_IN_BATCH: Final = frozenset({"private", "omitted"})
_ICONS: Final = "https://image.api.playstation.com"


def single(psn: Psn, account_id: str, query: Mapping[str, str]) -> Reply:
    """GET users/<account id>/basicPresences."""
    if query.get("type") != "primary":
        return bad_request("query: type")
    account = psn.by_id(account_id)
    if account is None:
        return bad_request("path: accountId")
    if account.is_private:
        return not_permitted()
    return Reply(200, {"basicPresence": presence(account, _platforms(query))})


def batch(psn: Psn, query: Mapping[str, str]) -> Reply:
    """GET users/basicPresences: people who are private or unknown are left out.

    The network documents no maximum: 100 is what clients keep to, and refusing makes one that asks for more noticed.
    What it does about somebody private is not recorded either: left out, or 403 for the whole batch.
    """
    if query.get("type") != "primary":
        return bad_request("query: type")
    asked = list(dict.fromkeys(query.get("accountIds", "").split(",")))
    well_formed = all(one.isascii() and one.isdigit() for one in asked)
    if not well_formed or len(asked) > _MAX_IDS:
        return bad_request("query: accountIds")
    known = [account for account in map(psn.by_id, asked) if account is not None]
    if any(account.oddity == "private_batch" for account in known):
        return not_permitted()
    platforms = _platforms(query)
    shown = [presence(account, platforms) for account in reversed(known) if account.oddity not in _IN_BATCH]
    return Reply(200, {"basicPresences": shown})


def presence(account: PsnAccount, platforms: frozenset[str]) -> dict[str, object]:
    """Build one presence with just the members that the network gives in that state; `platforms` are those asked for.

    Who plays on a console that is not asked for, or on one too old for this call, looks offline.
    """
    if account.oddity == "malformed":
        nonsense = {"availability": 7, "lastAvailableDate": ["x"], "primaryPlatformInfo": "PS5"}
        return {"accountId": account.id, **nonsense, "gameTitleInfoList": {"titleName": 5}}
    if account.state is Availability.ONLINE and _device(account) in platforms | {"PS6"}:
        return _online(account)
    return _offline(account)


def _online(account: PsnAccount) -> dict[str, object]:
    device = _device(account)
    on_phone = device == "MOBILE_APP"
    told: dict[str, object] = {"accountId": account.id}
    told["availability"] = "availableToCommunicate" if on_phone else "availableToPlay"
    if account.oddity == "busy":
        told["availability"] = "busy"
    primary: dict[str, object] = {"onlineStatus": "online", "platform": device}
    if account.oddity == "last_seen_online" and account.last_online is not None:
        primary["lastOnlineDate"] = time_text(account.last_online)
    _add_primary(told, account, primary)
    if account.oddity == "empty_games":
        told["gameTitleInfoList"] = []
    elif account.game is not None and not on_phone:
        told["gameTitleInfoList"] = [_game(account, account.game, device)]
    return told


def _offline(account: PsnAccount) -> dict[str, object]:
    told: dict[str, object] = {"accountId": account.id, "availability": "unavailable"}
    primary: dict[str, object] = {"onlineStatus": "offline", "platform": _device(account)}
    if account.last_online is not None and account.oddity != "no_last_seen":
        told["lastAvailableDate"] = primary["lastOnlineDate"] = time_text(account.last_online)
    _add_primary(told, account, primary)
    return told


def _add_primary(told: dict[str, object], account: PsnAccount, primary: dict[str, object]) -> None:
    if account.oddity == "no_platform":
        del primary["platform"]
    if account.oddity != "no_platform_info":
        told["primaryPlatformInfo"] = primary


def _game(account: PsnAccount, title: str, device: str) -> dict[str, object]:
    older = account.oddity == "ps4_on_ps5" or device == "PS4"
    title_id = title_id_of(title, "PS4" if older else device)
    game: dict[str, object] = {"npTitleId": title_id, "titleName": title, "format": "PS4" if older else device}
    game["launchPlatform"] = device
    if account.activity is not None:
        game["gameStatus"] = account.activity
    if older:
        game["npTitleIconUrl"] = f"http://gs2-sec.ww.prod.dl.playstation.net/{title_id}/icon0.png"
    else:
        game["conceptIconUrl"] = f"{_ICONS}/{title_id}.png"
    return game


def _device(account: PsnAccount) -> str:
    by_oddity = {"mobile_app": "MOBILE_APP", "pspc": "PSPC", "ps4_on_ps5": "PS5", "unknown_platform": "PS6"}
    return by_oddity.get(account.oddity, account.platform)


def _platforms(query: Mapping[str, str]) -> frozenset[str]:
    asked = query.get("platforms")
    return _SEEN if asked is None else _SEEN & frozenset(asked.split(","))

"""The app's search for people: fuzzy, with others before the one who was meant."""

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from gub.sandbox.psn.accounts import ONLINE_ID
from gub.sandbox.psn.network import Psn
from gub.sandbox.psn.replies import Reply, bad_request, unknown_query

# The hashes stand for the queries' text; they are those of the app, public in psnawp and psn-api.
FIRST_PAGE: Final = "ac5fb2b82c4d086ca0d272fba34418ab327a7762dd2cd620e63f175bbc5aff10"
NEXT_PAGE: Final = "23ece284bf8bdc50bfa30a4d97fd4d733e723beb7a42dff8c1ee883f8461a2e1"
PAGE: Final = 20

_LARGEST_PAGE: Final = 50
_ALIKE: Final = 3
_STRANGERS: Final = 2000000000000000000
_NO_CSRF: Final = "This operation has been blocked as a potential Cross-Site Request Forgery (CSRF)."


def search(psn: Psn, query: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    """GET api/graphql/v1/op: metGetContextSearchResults, and metGetDomainSearchResults for the pages after it."""
    if not headers.get("apollographql-client-name") or headers.get("Content-Type") != "application/json":
        return Reply(400, {"errors": [{"message": _NO_CSRF, "extensions": {"code": "BAD_REQUEST"}}]})
    variables = _object(query.get("variables"))
    term = variables.get("searchTerm")
    if not isinstance(term, str) or not term.strip():
        return bad_request("query: variables")
    found = _found(psn, term.strip())
    match query.get("operationName"), _hash(query):
        case "metGetContextSearchResults", str(given) if given == FIRST_PAGE:
            return _first_page(found, variables)
        case "metGetDomainSearchResults", str(given) if given == NEXT_PAGE:
            return _next_page(found, variables)
    return unknown_query()


def _first_page(found: list[dict[str, object]], variables: Mapping[str, Any]) -> Reply:
    if variables.get("searchContext") != "MobileUniversalSearchSocial":
        return bad_request("query: variables")
    frequency = {"__typename": "QueryFrequency", "filterDebounceMs": 250, "searchDebounceMs": 500}
    context = {"__typename": "UniversalContextSearchResponse", "queryFrequency": frequency}
    return Reply(200, {"data": {"universalContextSearch": context | {"results": [_page(found, 0, PAGE)]}}})


def _next_page(found: list[dict[str, object]], variables: Mapping[str, Any]) -> Reply:
    size, offset = variables.get("pageSize"), variables.get("pageOffset")
    if variables.get("searchDomain") != "SocialAllAccounts" or not isinstance(size, int) or not isinstance(offset, int):
        return bad_request("query: variables")
    page = _page(found, max(0, offset), max(0, min(size, _LARGEST_PAGE)))
    return Reply(200, {"data": {"universalDomainSearch": page}})


def _found(psn: Psn, term: str) -> list[dict[str, object]]:
    """List who is like the term: strangers first, then accounts, and last the one whose name it is."""
    wanted = term.casefold()
    alike = [one for one in psn.accounts.values() if _is_alike(one.online_id.casefold(), wanted)]
    alike.sort(key=lambda one: (one.online_id.casefold() == wanted, one.online_id.casefold()))
    strangers = [name for name in (f"{term[:13]}_77", f"x{term[:15]}") if ONLINE_ID.fullmatch(name)]
    taken = {one.online_id.casefold() for one in alike}
    items = [_item(_stranger_id(name), name) for name in strangers if name.casefold() not in taken]
    return items + [_item(one.id, one.online_id) for one in alike]


def _is_alike(name: str, wanted: str) -> bool:
    return wanted in name or name in wanted or name[:_ALIKE] == wanted[:_ALIKE]


def _stranger_id(name: str) -> str:
    """Give an account id of somebody who is found but is not in this world."""
    return str(_STRANGERS + zlib.crc32(name.encode()))


def _page(found: list[dict[str, object]], offset: int, size: int) -> dict[str, object]:
    end = offset + size
    return {
        "__typename": "UniversalDomainSearchResponse",
        "domain": "SocialAllAccounts",
        "domainTitle": "Players",
        "next": f"cursor-{end}" if end < len(found) else "",
        "searchResults": found[offset:end],
        "totalResultCount": len(found),
        "zeroState": False,
    }


def _item(account_id: str, online_id: str) -> dict[str, object]:
    highlight = {"__typename": "PlayerHighlight", "onlineId": [online_id], "firstName": [], "lastName": []}
    result = {
        "__typename": "Player",
        "id": account_id,
        "accountId": account_id,
        "onlineId": online_id,
        "displayName": online_id,
        "displayNameHighlighted": [online_id],
        "onlineIdHighlighted": [online_id],
        "avatarUrl": "https://static-resource.np.community.playstation.net/avatar/l.png",
        "profilePicUrl": "",
        "firstName": "",
        "middleName": None,
        "lastName": "",
        "isPsPlus": False,
        "itemType": "player",
        "relationshipState": None,
    }
    return {
        "__typename": "SearchResultItem",
        "highlight": highlight,
        "id": account_id,
        "result": result,
        "resultOriginFlag": None,
    }


def _object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _hash(query: Mapping[str, str]) -> object:
    persisted = _object(query.get("extensions")).get("persistedQuery")
    return persisted.get("sha256Hash") if isinstance(persisted, dict) and persisted.get("version") == 1 else None

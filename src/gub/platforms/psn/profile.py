"""From an online id to its account: the old profile page, and the app's search when that one does not say."""

import json
from typing import Any, Final
from urllib.parse import urlencode

from gub.domain.values import Account, Platform
from gub.platforms import tolerant
from gub.platforms.errors import Malformed, NotFound, PlatformError, Private, Unavailable
from gub.platforms.psn.envelopes import refusal
from gub.platforms.reply import Reply

SEARCH_HEADERS: Final = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "apollographql-client-name": "PlayStationApp-Android",
    "apollographql-client-version": "25.4.0",
}

_PROFILE: Final = "https://us-prof.np.community.playstation.net/userProfile/v1/users"
_SEARCH: Final = "https://m.np.playstation.com/api/graphql/v1/op"
# Names a query that the app's servers know; it may change with any new version of the app (facts 2.2).
_SEARCH_HASH: Final = "ac5fb2b82c4d086ca0d272fba34418ab327a7762dd2cd620e63f175bbc5aff10"
_OK: Final = 200
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404


def profile_url(online_id: str) -> str:
    """Say where the old profile of an online id is; `read_online_id` sees that it can stand in a path."""
    return f"{_PROFILE}/{online_id}/profile2?fields=accountId%2ConlineId%2CcurrentOnlineId"


def search_url(online_id: str) -> str:
    """Say how the app searches for people."""
    variables = {
        "searchTerm": online_id,
        "searchContext": "MobileUniversalSearchSocial",
        "displayTitleLocale": "en-US",
    }
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": _SEARCH_HASH}}
    query = {
        "operationName": "metGetContextSearchResults",
        "variables": json.dumps(variables),
        "extensions": json.dumps(extensions),
    }
    return f"{_SEARCH}?{urlencode(query)}"


def read_profile(reply: Reply, asked: str) -> Account:
    """Read the old profile's answer. Who was renamed is named as they are called now.

    Raises:
        NotFound: PlayStation itself says that there is no such online id.
        Private: it says that this is not for us.
        PlatformError: it says nothing of the kind.
    """
    if reply.status != _OK:
        raise _no(reply)
    profile = tolerant.entry(reply.json(), "profile")
    account_id = tolerant.digits(tolerant.entry(profile, "accountId"))
    if account_id is None:
        raise Malformed("a profile without an account id")
    name = tolerant.text(tolerant.entry(profile, "currentOnlineId")) or tolerant.text(
        tolerant.entry(profile, "onlineId")
    )
    return Account(Platform.PSN, account_id, name or asked)


def read_search(reply: Reply, asked: str) -> Account | None:
    """Read the search's answer: the one result that is exactly what was asked for, but for case; None without one.

    Raises:
        Malformed: it is no such answer, or two different accounts fit.
    """
    if reply.status != _OK:
        raise Malformed(f"status {reply.status} to a search")
    domains = tolerant.entry(reply.json(), "data", "universalContextSearch", "results")
    if not isinstance(domains, list):
        raise Malformed("an answer without results")
    exact = {
        account.account_id: account
        for account in _results(domains)
        if account.name.isascii() and account.name.lower() == asked.lower()
    }
    if len(exact) > 1:
        raise Malformed("two accounts of one online id")
    return next(iter(exact.values()), None)


def _results(domains: list[Any]) -> list[Account]:
    accounts = []
    for domain in domains:
        results = tolerant.entry(domain, "searchResults")
        for item in results if isinstance(results, list) else ():
            account_id = tolerant.digits(tolerant.entry(item, "result", "accountId"))
            name = tolerant.entry(item, "result", "onlineId")
            if account_id is not None and isinstance(name, str):
                accounts.append(Account(Platform.PSN, account_id, name))
    return accounts


def _no(reply: Reply) -> PlatformError:
    if refusal(reply) is None:  # not PlayStation's own words, so not about this person
        return Unavailable(f"status {reply.status} to a look-up")
    if reply.status == _NOT_FOUND:
        return NotFound("PlayStation knows no such online id")
    if reply.status == _FORBIDDEN:
        return Private("PlayStation does not show this account to ours")
    return Malformed(f"status {reply.status} to a look-up")

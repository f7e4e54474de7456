"""Searching the simulated PlayStation Network."""

import json

from gub.sandbox.psn import Psn
from gub.sandbox.psn.search import NEXT_PAGE
from tests.sandbox.psn.caller import GRAPHQL, Caller, found


async def test_search_puts_others_before_the_one_who_was_meant(caller: Caller, psn: Psn):
    exact, longer = psn.add_account("Nova"), psn.add_account("Nova_Storm")
    psn.add_account("Zed")
    hits = found(await caller.search("nova"))
    assert hits[-1] == ("Nova", exact.id)
    assert ("Nova_Storm", longer.id) in hits
    assert len(hits) > 2, "people who are not in this world are found as well"
    assert "Zed" not in [name for name, _ in hits]


async def test_search_for_nobody_still_finds_somebody(caller: Caller, psn: Psn):
    hits = found(await caller.search("Nobody"))
    assert hits
    assert "nobody" not in [name.casefold() for name, _ in hits]
    for _, account_id in hits:
        assert psn.by_id(account_id) is None
        assert len(account_id) == 19


async def test_search_goes_page_by_page(caller: Caller, psn: Psn):
    for number in range(30):
        psn.add_account(f"Nova_{number:02}")
    exact = psn.add_account("Nova")
    first = (await caller.search("Nova")).json()["data"]["universalContextSearch"]["results"][0]
    assert (len(first["searchResults"]), first["totalResultCount"]) == (20, 33)
    assert first["next"]
    variables = {"searchTerm": "Nova", "searchDomain": "SocialAllAccounts", "pageSize": 20, "pageOffset": 20}
    reply = await caller.search(
        "",
        "metGetDomainSearchResults",
        variables=json.dumps(variables | {"nextCursor": first["next"]}),
        extensions=json.dumps({"persistedQuery": {"version": 1, "sha256Hash": NEXT_PAGE}}),
    )
    second = reply.json()["data"]["universalDomainSearch"]
    assert (len(second["searchResults"]), second["next"]) == (13, "")
    assert second["searchResults"][-1]["result"]["accountId"] == exact.id


async def test_search_is_strict(caller: Caller):
    unknown = json.dumps({"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}})
    for reply in (await caller.search("Nova", extensions=unknown), await caller.search("Nova", "anotherOperation")):
        assert reply.status_code == 200
        assert reply.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    for variables in ("", "[]", "{}", '{"searchTerm": 5}', '{"searchTerm": "Nova"}'):
        assert (await caller.search("Nova", variables=variables)).status_code == 400
    bare = await caller.get(GRAPHQL, {"operationName": "metGetContextSearchResults"})
    assert (bare.status_code, bare.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")

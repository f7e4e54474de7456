"""The simulated PlayStation Network, asked over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.sandbox.psn import FIRST_ID, NPSSO, ODDITIES, OFFER, Psn, PsnApi
from gub.sandbox.psn.oauth import BASIC, CLIENT_ID, REDIRECT_URI
from gub.sandbox.psn.search import FIRST_PAGE, NEXT_PAGE
from tests.support.clock import FakeClock

AUTHORIZE = "/ca.account.sony.com/api/authz/v3/oauth/authorize"
TOKEN = "/ca.account.sony.com/api/authz/v3/oauth/token"
NPSSO_PAGE = "/ca.account.sony.com/api/v1/ssocookie"
ME = "/dms.api.playstation.com/api/v1/devices/accounts/me"
LEGACY = "/us-prof.np.community.playstation.net/userProfile/v1/users"
USERS_1 = "/m.np.playstation.com/api/userProfile/v1/internal/users"
USERS_2 = "/m.np.playstation.com/api/userProfile/v2/internal/users"
BATCH = f"{USERS_2}/basicPresences"
GRAPHQL = "/m.np.playstation.com/api/graphql/v1/op"
SCOPE = "psn:mobile.v2.core psn:clientapp"
PLATFORMS = "PS4,PS5,MOBILE_APP,PSPC"
ASKING = {"type": "primary", "platforms": PLATFORMS, "withOwnGameTitleInfo": "true"}
AT_AUTHORIZE = {
    "access_type": "offline",
    "client_id": CLIENT_ID,
    "redirect_uri": REDIRECT_URI,
    "response_type": "code",
    "scope": SCOPE,
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def psn(clock: FakeClock) -> Psn:
    return Psn(clock)


class Caller:
    """A client that signs in as the mobile app does."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.tokens: dict[str, Any] = {}

    async def authorize(self, npsso: str | None = NPSSO, **changed: str) -> httpx.Response:
        cookie = {} if npsso is None else {"Cookie": f"npsso={npsso}"}
        return await self.http.get(AUTHORIZE, params=AT_AUTHORIZE | changed, headers=cookie)

    async def code(self) -> str:
        answer = parse_qs(urlsplit((await self.authorize()).headers["location"]).query)
        return answer["code"][0]

    async def token(self, basic: str = BASIC, **form: str) -> httpx.Response:
        return await self.http.post(TOKEN, data={"token_format": "jwt", **form}, headers={"Authorization": basic})

    async def redeem(self, code: str) -> httpx.Response:
        return await self.token(code=code, grant_type="authorization_code", redirect_uri=REDIRECT_URI)

    async def refresh(self, refresh_token: object = None) -> httpx.Response:
        token = str(refresh_token or self.tokens["refresh_token"])
        return await self.token(refresh_token=token, grant_type="refresh_token", scope=SCOPE)

    async def sign_in(self) -> None:
        reply = await self.redeem(await self.code())
        assert reply.status_code == 200, reply.text
        self.tokens = reply.json()

    async def get(self, path: str, params: dict[str, str] | None = None, **changed: str | None) -> httpx.Response:
        usual = {
            "Authorization": f"Bearer {self.tokens.get('access_token')}",
            "Accept-Language": "en-US",
            "Country": "US",
        }
        headers = {name: value for name, value in (usual | changed).items() if value is not None}
        return await self.http.get(path, params=params, headers=headers)

    async def presence(self, account_id: str) -> httpx.Response:
        return await self.get(f"{USERS_2}/{account_id}/basicPresences", ASKING)

    async def batch(self, *ids: str, path: str = BATCH) -> httpx.Response:
        return await self.get(path, ASKING | {"accountIds": ",".join(ids)})

    async def profile2(self, online_id: str, fields: str = "accountId,onlineId,currentOnlineId") -> httpx.Response:
        return await self.get(f"{LEGACY}/{online_id}/profile2", {"fields": fields})

    async def search(self, term: str, operation: str = "metGetContextSearchResults", **changed: str) -> httpx.Response:
        variables = {"searchTerm": term, "searchContext": "MobileUniversalSearchSocial", "displayTitleLocale": "en-US"}
        extensions = {"persistedQuery": {"version": 1, "sha256Hash": FIRST_PAGE}}
        params = {
            "operationName": operation,
            "variables": json.dumps(variables),
            "extensions": json.dumps(extensions),
        } | changed
        headers = {"apollographql-client-name": "PlayStationApp-Android", "Content-Type": "application/json"}
        return await self.get(GRAPHQL, params, **headers)


@pytest.fixture
async def stranger(psn: Psn) -> AsyncIterator[Caller]:
    """A client that has not signed in."""
    api = PsnApi(psn)

    async def handle(request: web.Request) -> web.StreamResponse:
        host, _, path = request.rel_url.raw_path.removeprefix("/").partition("/")
        return await api.handle(host, path, request)

    app = web.Application()
    app.router.add_route("*", "/{all:.*}", handle)
    async with TestServer(app) as server, httpx.AsyncClient(base_url=str(server.make_url("/"))) as client:
        yield Caller(client)


@pytest.fixture
async def caller(stranger: Caller) -> Caller:
    await stranger.sign_in()
    return stranger


def only(reply: httpx.Response) -> dict[str, Any]:
    """The presence of a single answer."""
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()["basicPresence"]
    return found


def entries(reply: httpx.Response) -> list[dict[str, Any]]:
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["basicPresences"]
    return found


def found(reply: httpx.Response) -> list[tuple[str, str]]:
    """The online ids and account ids of a search."""
    assert reply.status_code == 200, reply.text
    (page,) = reply.json()["data"]["universalContextSearch"]["results"]
    return [(one["result"]["onlineId"], one["result"]["accountId"]) for one in page["searchResults"]]


# -- signing in


async def test_the_npsso_gives_a_code_and_the_code_gives_tokens(stranger: Caller, psn: Psn):
    redirect = await stranger.authorize(cid="11111111-2222-4333-8444-555555555555")
    assert (redirect.status_code, redirect.content) == (302, b"")
    where = urlsplit(redirect.headers["location"])
    assert f"{where.scheme}://{where.netloc}" == REDIRECT_URI
    query = parse_qs(where.query)
    assert query["code"][0].startswith("v3.")
    assert query["cid"] == ["11111111-2222-4333-8444-555555555555"]
    reply = await stranger.redeem(query["code"][0])
    body = reply.json()
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("bearer", 3599, SCOPE)
    assert body["refresh_token_expires_in"] == 5183999
    assert body["access_token"]
    assert body["id_token"]
    stranger.tokens = body
    assert (await stranger.get(ME)).json()["accountId"] == psn.service.id
    assert dict(psn.counts) == {"authorize": 1, "code": 1, "me": 1}


def test_the_npsso_has_64_characters(psn: Psn):
    assert len(NPSSO) == len(psn.new_npsso()) == 64


@pytest.mark.parametrize("npsso", [None, "", "x" * 64])
async def test_a_wrong_npsso_leads_to_the_sign_in_page(stranger: Caller, npsso: str | None):
    redirect = await stranger.authorize(npsso)
    where = urlsplit(redirect.headers["location"])
    assert (redirect.status_code, where.netloc) == (302, "my.account.sony.com")
    query = parse_qs(where.query)
    assert (query["error"], query["error_code"]) == (["login_required"], ["4165"])
    assert query["error_description"] == ["User is not authenticated"]


async def test_the_npsso_expires_and_is_replaced(stranger: Caller, psn: Psn):
    assert (await stranger.http.get(NPSSO_PAGE)).json() == {"npsso": NPSSO}
    psn.expire_npsso()
    assert "error_code=4165" in (await stranger.authorize()).headers["location"]
    page = await stranger.http.get(NPSSO_PAGE)
    assert (page.json()["error"], page.json()["error_code"]) == ("invalid_grant", 20)
    fresh = psn.new_npsso()
    assert "code=v3." in (await stranger.authorize(fresh)).headers["location"]
    assert "error_code=4165" in (await stranger.authorize(NPSSO)).headers["location"]
    assert (psn.npsso, psn.state()["npsso"], psn.state()["npsso_works"]) == (fresh, fresh, True)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"client_id": "another"}, "invalid_client"),
        ({"access_type": "online"}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"redirect_uri": "https://example.org"}, "invalid_request"),
        ({"scope": "psn:clientapp"}, "invalid_request"),
    ],
)
async def test_authorize_needs_its_parameters(stranger: Caller, changed: dict[str, str], word: str):
    refused = await stranger.authorize(NPSSO, **changed)
    assert (refused.status_code, refused.json()["error"]) == (400, word)


async def test_a_code_works_once_and_not_for_long(stranger: Caller, clock: FakeClock):
    code = await stranger.code()
    late = await stranger.code()
    assert (await stranger.redeem(code)).status_code == 200
    again = await stranger.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    await clock.advance(601)
    for useless in (late, "v3.never"):
        refused = await stranger.redeem(useless)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_the_token_page_needs_basic_a_form_and_its_fields(stranger: Caller):
    code = await stranger.code()
    good = {"code": code, "grant_type": "authorization_code", "redirect_uri": REDIRECT_URI}
    wrong = await stranger.token("Basic d3Jvbmc=", **good)
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    as_json = await stranger.http.post(TOKEN, json=good, headers={"Authorization": BASIC})
    assert as_json.status_code == 400
    for changed in (
        {"token_format": "opaque"},
        {"grant_type": "password"},
        {"redirect_uri": "elsewhere"},
        {"scope": "psn:clientapp"},
    ):
        assert (await stranger.token(**good | changed)).status_code == 400
    asked = await stranger.http.get(TOKEN, headers={"Authorization": BASIC})
    assert (asked.status_code, asked.headers["allow"]) == (405, "POST")
    assert (await stranger.redeem(code)).status_code == 200


async def test_an_access_token_lasts_an_hour_and_a_refresh_token_60_days_from_the_sign_in(
    caller: Caller, psn: Psn, clock: FakeClock
):
    first = dict(caller.tokens)
    await clock.advance(3598)
    assert (await caller.get(ME)).status_code == 200
    await clock.advance(1)
    assert (await caller.get(ME)).status_code == 401
    renewed = (await caller.refresh()).json()
    assert renewed["refresh_token"] == first["refresh_token"]
    assert renewed["access_token"] != first["access_token"]
    assert (renewed["expires_in"], renewed["refresh_token_expires_in"]) == (3599, 5183999 - 3599)
    caller.tokens = renewed
    assert (await caller.get(ME)).status_code == 200
    await clock.advance(5183999 - 3599)
    ended = await caller.refresh()
    assert ended.status_code == 400
    assert ended.json()["error"] == "invalid_grant"
    assert (ended.json()["error_code"], ended.json()["error_description"]) == (4159, "Invalid refresh token")
    assert psn.counts["refresh"] == 1


async def test_in_rotating_mode_a_refresh_token_works_once_and_the_end_stays(
    caller: Caller, psn: Psn, clock: FakeClock
):
    psn.rotating = True
    await clock.advance(9)
    old = caller.tokens["refresh_token"]
    renewed = (await caller.refresh()).json()
    assert renewed["refresh_token"] != old
    assert renewed["refresh_token_expires_in"] == 5183990
    assert (await caller.refresh(old)).json()["error_code"] == 4159
    assert (await caller.refresh(renewed["refresh_token"])).status_code == 200


async def test_a_renewal_needs_the_scope(caller: Caller):
    refused = await caller.token(refresh_token=str(caller.tokens["refresh_token"]), grant_type="refresh_token")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


async def test_tokens_can_be_killed(caller: Caller, psn: Psn):
    psn.revoke_refresh_tokens()
    assert (await caller.get(ME)).status_code == 200
    assert (await caller.refresh()).json()["error_code"] == 4159
    psn.expire_access_tokens()
    assert (await caller.get(ME)).status_code == 401


# -- what every call needs


@pytest.mark.parametrize(
    "path", [ME, f"{LEGACY}/me/profile2", f"{USERS_1}/1/profiles", GRAPHQL, BATCH, f"{USERS_2}/1/basicPresences"]
)
async def test_every_call_needs_a_token_and_the_two_headers(caller: Caller, path: str):
    for wrong in (None, "Bearer another", f"Basic {caller.tokens['access_token']}"):
        refused = await caller.get(path, Authorization=wrong)
        assert refused.status_code == 401
        assert isinstance(refused.json()["error"], dict)
    for header in ("Accept-Language", "Country"):
        assert header in (await caller.get(path, **{header: None})).json()["error"]["message"]
    assert (await caller.http.post(path)).status_code == 405


async def test_the_older_service_has_a_code_for_a_wrong_token(stranger: Caller):
    refused = await stranger.get(f"{LEGACY}/me/profile2")
    assert refused.json() == {"error": {"code": 2105857, "message": "Invalid access token"}}


async def test_nobody_answers_elsewhere(caller: Caller):
    for path in ("/m.np.playstation.com/api/nothing", "/dms.api.playstation.com/api/graphql/v1/op"):
        assert (await caller.get(path)).status_code == 404


# -- who somebody is


async def test_an_online_id_is_found_whatever_its_case(caller: Caller, psn: Psn):
    account = psn.add_account("Nova_Storm-1")
    reply = await caller.profile2("nOVA_sTORM-1")
    assert reply.json() == {"profile": {"accountId": account.id, "onlineId": "Nova_Storm-1"}}
    assert (await caller.profile2("me")).json()["profile"]["accountId"] == psn.service.id


async def test_nobody_of_that_name(caller: Caller):
    reply = await caller.profile2("nope")
    assert reply.status_code == 404
    assert reply.json() == {"error": {"code": 2105356, "message": "User not found (user: 'nope')"}}
    assert "(user: 'n ø')" in (await caller.profile2("n%20%C3%B8")).json()["error"]["message"]


async def test_somebody_renamed_is_found_by_both_names_and_carries_both(caller: Caller, psn: Psn):
    account = psn.add_account("OldName")
    psn.set_presence(account.id, name="NewName")
    psn.set_presence(psn.add_account("Nova").id, oddity="renamed")
    expected = {"accountId": account.id, "onlineId": "OldName", "currentOnlineId": "NewName"}
    for name in ("oldname", "NewName"):
        assert (await caller.profile2(name)).json() == {"profile": expected}
    assert (await caller.get(f"{USERS_1}/{account.id}/profiles")).json()["onlineId"] == "NewName"
    renamed = (await caller.profile2("OldNova")).json()["profile"]
    assert (renamed["onlineId"], renamed["currentOnlineId"]) == ("OldNova", "Nova")


async def test_a_name_given_up_can_be_taken_and_leads_to_who_has_it_now(caller: Caller, psn: Psn):
    first = psn.add_account("Nova")
    psn.set_presence(first.id, name="Nova2")
    psn.set_presence(first.id, name="Nova")
    assert psn.by_online_id("Nova2") is None
    assert first.first_id == "Nova"
    assert (await caller.profile2("Nova")).json()["profile"]["currentOnlineId"] == "Nova"


async def test_just_the_fields_that_were_asked_for(caller: Caller, psn: Psn):
    account = psn.add_account("Retro", game="Some PS3 Game", platform="PS3")
    fields = "onlineId,trophySummary(@default,level),primaryOnlineStatus,presences(@default,@titleInfo,platform)"
    profile = (await caller.profile2("Retro", fields)).json()["profile"]
    assert profile.keys() == {"onlineId", "primaryOnlineStatus", "presences"}
    (presence,) = profile["presences"]
    assert (presence["platform"], presence["titleName"]) == ("PS3", "Some PS3 Game")
    assert only(await caller.presence(account.id))["availability"] == "unavailable", "the newer call knows no PS3"
    psn.set_presence(account.id, state="offline")
    (presence,) = (await caller.profile2("Retro", fields)).json()["profile"]["presences"]
    assert (presence["onlineStatus"], presence["lastOnlineDate"]) == ("offline", "2026-11-22T18:00:00.000Z")
    psn.set_presence(account.id, oddity="private")
    assert (await caller.profile2("Retro", fields)).json()["profile"].keys() == {"onlineId"}


async def test_a_profile_by_account_id(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    body = (await caller.get(f"{USERS_1}/{account.id}/profiles")).json()
    assert (body["onlineId"], body["isMe"]) == ("Nova", False)
    assert (await caller.get(f"{USERS_1}/{psn.service.id}/profiles")).json()["isMe"] is True
    for unknown in ("1", "rubbish"):
        refused = await caller.get(f"{USERS_1}/{unknown}/profiles")
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, 2281473)
        assert refused.json()["error"]["message"] == "Bad Request (path: accountId)"


# -- searching


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


# -- presence


async def test_playing_on_a_ps5(caller: Caller, psn: Psn):
    account = psn.add_account("Nova", game="astro bot")
    psn.set_presence(account.id, activity="In the hub")
    told = only(await caller.presence(account.id))
    assert told["accountId"] == account.id
    assert told["availability"] == "availableToPlay"
    assert told["primaryPlatformInfo"] == {"onlineStatus": "online", "platform": "PS5"}
    assert told["gameTitleInfoList"] == [
        {
            "npTitleId": "PPSA21564_00",
            "titleName": "ASTRO BOT",
            "format": "PS5",
            "launchPlatform": "PS5",
            "gameStatus": "In the hub",
            "conceptIconUrl": "https://image.api.playstation.com/PPSA21564_00.png",
        }
    ]


async def test_going_offline_ends_the_game_and_leaves_a_time(caller: Caller, psn: Psn, clock: FakeClock):
    account = psn.add_account("Nova", game="Returnal")
    await clock.advance(60.377)
    psn.set_presence(account.id, state="offline")
    await clock.advance(60)
    expected = {
        "accountId": account.id,
        "availability": "unavailable",
        "lastAvailableDate": "2026-11-22T18:01:00.377Z",
        "primaryPlatformInfo": {
            "onlineStatus": "offline",
            "platform": "PS5",
            "lastOnlineDate": "2026-11-22T18:01:00.377Z",
        },
    }
    assert only(await caller.presence(account.id)) == expected
    assert entries(await caller.batch(account.id)) == [expected]
    psn.set_presence(account.id, state="online")
    assert "gameTitleInfoList" not in only(await caller.presence(account.id))


async def odd(caller: Caller, psn: Psn, oddity: str, **changes: str) -> dict[str, Any]:
    account = psn.add_account("Odd")
    psn.set_presence(account.id, oddity=oddity, **{"game": "Returnal", **changes})
    told = only(await caller.presence(account.id))
    assert entries(await caller.batch(account.id)) == [told]
    return told


async def test_the_phone_app_is_no_console(caller: Caller, psn: Psn):
    told = await odd(caller, psn, "mobile_app")
    assert told["availability"] == "availableToCommunicate"
    assert told["primaryPlatformInfo"] == {"onlineStatus": "online", "platform": "MOBILE_APP"}
    assert "gameTitleInfoList" not in told


@pytest.mark.parametrize(
    ("oddity", "machine", "form", "icon"),
    [
        ("pspc", "PSPC", "PSPC", "conceptIconUrl"),
        ("ps4_on_ps5", "PS5", "PS4", "npTitleIconUrl"),
        ("unknown_platform", "PS6", "PS6", "conceptIconUrl"),
    ],
)
async def test_other_machines(caller: Caller, psn: Psn, *, oddity: str, machine: str, form: str, icon: str):
    told = await odd(caller, psn, oddity)
    assert told["primaryPlatformInfo"] == {"onlineStatus": "online", "platform": machine}
    (game,) = told["gameTitleInfoList"]
    assert (game["format"], game["launchPlatform"]) == (form, machine)
    assert icon in game


async def test_members_may_be_missing_or_empty(caller: Caller, psn: Psn):
    assert (await odd(caller, psn, "no_platform"))["primaryPlatformInfo"] == {"onlineStatus": "online"}
    psn.accounts.clear()
    assert "primaryPlatformInfo" not in await odd(caller, psn, "no_platform_info")
    psn.accounts.clear()
    assert (await odd(caller, psn, "empty_games"))["gameTitleInfoList"] == []
    psn.accounts.clear()
    assert (await odd(caller, psn, "busy"))["availability"] == "busy"
    psn.accounts.clear()
    online = await odd(caller, psn, "last_seen_online")
    assert online["primaryPlatformInfo"] == {
        "onlineStatus": "online",
        "platform": "PS5",
        "lastOnlineDate": "2026-11-22T18:00:00.000Z",
    }
    psn.accounts.clear()
    assert await odd(caller, psn, "no_last_seen", game="", state="offline") == {
        "accountId": str(FIRST_ID),
        "availability": "unavailable",
        "primaryPlatformInfo": {"onlineStatus": "offline", "platform": "PS5"},
    }


async def test_an_answer_of_wrong_types_costs_only_itself(caller: Caller, psn: Psn):
    told = await odd(caller, psn, "malformed")
    assert told["accountId"]
    assert not isinstance(told["availability"], str)
    assert not isinstance(told["primaryPlatformInfo"], dict)
    assert not isinstance(told["gameTitleInfoList"], list)


async def test_a_private_account(caller: Caller, psn: Psn):
    shy, open_one = psn.add_account("Shy", game="Returnal"), psn.add_account("Open")
    psn.set_presence(shy.id, oddity="private")
    refused = await caller.presence(shy.id)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, 2281486)
    assert refused.json()["error"]["message"] == "Not permitted by access control"
    assert [one["accountId"] for one in entries(await caller.batch(shy.id, open_one.id))] == [open_one.id]
    psn.set_presence(shy.id, oddity="private_batch")
    assert (await caller.presence(shy.id)).status_code == 403
    assert (await caller.batch(shy.id, open_one.id)).status_code == 403
    assert (await caller.batch(open_one.id)).status_code == 200
    psn.set_presence(shy.id, oddity="omitted")
    assert (await caller.presence(shy.id)).status_code == 200
    assert [one["accountId"] for one in entries(await caller.batch(shy.id, open_one.id))] == [open_one.id]


@pytest.mark.parametrize("path", [BATCH, f"{USERS_2}//basicPresences", f"{USERS_1}/basicPresences"])
async def test_a_batch_has_its_own_order_and_leaves_out_who_is_unknown(caller: Caller, psn: Psn, path: str):
    ids = [psn.add_account(f"Nova{number}").id for number in range(3)]
    reply = await caller.batch(ids[0], "1234567890", *ids[1:], ids[0], path=path)
    assert [one["accountId"] for one in entries(reply)] == ids[::-1]


async def test_a_hundred_ids_are_answered_and_a_hundred_and_one_are_not(caller: Caller, psn: Psn):
    ids = [psn.add_account(f"Nova{number}").id for number in range(101)]
    assert len(entries(await caller.batch(*ids[:100]))) == 100
    for wrong in (ids, ["rubbish"], [""]):
        refused = await caller.batch(*wrong)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, 2281473)


async def test_only_the_machines_that_are_asked_for_are_told_of(caller: Caller, psn: Psn):
    account = psn.add_account("Nova", game="Returnal")
    only_ps4 = ASKING | {"platforms": "PS4"}
    told = only(await caller.get(f"{USERS_2}/{account.id}/basicPresences", only_ps4))
    assert told["availability"] == "unavailable"
    without = only(await caller.get(f"{USERS_1}/{account.id}/basicPresences", {"type": "primary"}))
    assert without["availability"] == "availableToPlay"


async def test_wrong_presence_requests(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    assert (await caller.get(f"{USERS_2}/{account.id}/basicPresences")).status_code == 400
    assert (await caller.get(BATCH, {"accountIds": account.id})).status_code == 400
    assert (await caller.presence("1")).status_code == 400


# -- faults


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("400", 400, 2281473),
        ("403", 403, 2281486),
        ("401", 401, None),
        ("429", 429, 2138635),
        ("429_told", 429, 2138635),
    ],
)
async def test_a_fault_lasts_as_often_as_told(caller: Caller, psn: Psn, kind: str, status: int, code: int | None):
    account = psn.add_account("Nova")
    psn.fail(kind, times=2, where="presence", delay=7)
    for _ in range(2):
        assert (await caller.profile2("Nova")).status_code == 200, "another part works"
        failed = await caller.presence(account.id)
        assert (failed.status_code, failed.json()["error"].get("code")) == (status, code)
        assert failed.headers.get("retry-after") == ("7" if kind == "429_told" else None)
    assert only(await caller.presence(account.id))


async def test_each_service_has_its_own_code_for_too_many_requests(caller: Caller, psn: Psn):
    psn.fail("429", times=5)
    limited = [await caller.profile2("Nova"), await caller.search("Nova"), await caller.presence("1")]
    assert [reply.json()["error"]["code"] for reply in limited] == [2105867, 2122251, 2138635]
    assert [(await caller.authorize()).status_code, (await caller.refresh()).status_code] == [429, 429]


async def test_faults_of_signing_in(stranger: Caller, psn: Psn):
    psn.fail("4165")
    assert "error_code=4165" in (await stranger.authorize()).headers["location"]
    psn.fail("tosua", times=2)
    for _ in range(2):
        redirect = parse_qs(urlsplit((await stranger.authorize()).headers["location"]).query)
        assert redirect["error_code"] == ["103"]
        assert "ToSUA" in redirect["error_description"][0]
    for kind in ("400", "403", "500"):
        psn.fail(kind, where="authorize")
        assert (await stranger.authorize()).status_code == int(kind)
    await stranger.sign_in()
    psn.fail("invalid_grant")
    assert (await stranger.refresh()).json()["error_code"] == 4159
    psn.fail("401", where="token")
    assert (await stranger.refresh()).json()["error"] == "invalid_client"
    assert (await stranger.refresh()).status_code == 200


async def test_a_batch_can_be_forbidden_as_a_whole(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    psn.fail("batch_403")
    assert only(await caller.presence(account.id))
    assert (await caller.batch(account.id)).status_code == 403
    assert entries(await caller.batch(account.id))


async def test_the_query_of_the_search_may_be_gone(caller: Caller, psn: Psn):
    psn.fail("persisted_query", times=-1)
    assert (await caller.search("Nova")).json()["errors"][0]["message"] == "PersistedQueryNotFound"
    psn.clear_faults()
    assert found(await caller.search("Nova"))


async def test_html_and_cut_json_come_with_200(caller: Caller, psn: Psn):
    for kind in ("html", "garbage"):
        psn.fail(kind)
        broken = await caller.presence("1")
        assert broken.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            broken.json()


async def test_a_dropped_connection(caller: Caller, psn: Psn):
    psn.fail("drop")
    with pytest.raises(httpx.TransportError):
        await caller.get(ME)
    assert psn.requests[-1].status == 0
    assert psn.counts["me"] == 0


async def test_a_slow_answer_takes_its_time(caller: Caller, psn: Psn, clock: FakeClock):
    psn.fail("slow", delay=5)
    assert psn.state()["up"] is True
    asking = asyncio.create_task(caller.get(ME))
    await clock.until_sleeping()
    await clock.advance(5)
    assert (await asking).status_code == 200


async def test_down_lasts_until_cleared(caller: Caller, psn: Psn):
    psn.fail("down", times=1)
    for _ in range(3):
        assert (await caller.get(ME)).status_code == 503
        assert (await caller.authorize()).status_code == 503
    assert psn.state()["up"] is False
    psn.clear_faults()
    assert (await caller.get(ME)).status_code == 200


# -- what is remembered


async def test_the_log_says_what_was_asked_but_no_secret(caller: Caller, psn: Psn):
    account = psn.add_account("Nova")
    await caller.batch(account.id)
    await caller.refresh()
    await caller.get("/m.np.playstation.com/api/nothing")
    batch = psn.requests[2]
    assert (batch.host, batch.path) == ("m.np.playstation.com", "/api/userProfile/v2/internal/users/basicPresences")
    assert (batch.call, batch.status, dict(batch.params)["accountIds"]) == ("batch", 200, account.id)
    assert psn.requests[0].params == (), "nothing of signing in is kept"
    assert [request.call for request in psn.requests] == ["authorize", "code", "batch", "refresh", ""]
    assert dict(psn.counts) == {"authorize": 1, "code": 1, "batch": 1, "refresh": 1}
    for secret in (NPSSO, *map(str, caller.tokens.values())):
        assert secret not in repr(list(psn.requests)) or secret in {"bearer", "3599", "5183999", SCOPE}


def test_every_change_is_told(clock: FakeClock):
    told: list[int] = []
    psn = Psn(clock, on_change=lambda: told.append(1))
    account = psn.add_account("Nova")
    psn.set_presence(account.id, game="Returnal")
    psn.fail("slow", times=-1, delay=3)
    psn.clear_faults()
    psn.expire_access_tokens()
    psn.revoke_refresh_tokens()
    psn.expire_npsso()
    psn.new_npsso()
    psn.rotating = True
    assert len(told) == 9


def test_what_will_not_do_is_refused(psn: Psn):
    taken = psn.add_account("Nova")
    refusals = [
        (lambda: psn.add_account("x"), "3 to 16"),
        (lambda: psn.add_account("1up"), "starts with a letter"),
        (lambda: psn.add_account("NOVA"), "ID is taken"),
        (lambda: psn.add_account("Another", account_id="12a"), "19 digits"),
        (lambda: psn.add_account("Another", account_id=str(2**63)), "19 digits"),
        (lambda: psn.add_account("Another", account_id=taken.id), "id is taken"),
        (lambda: psn.add_account("Another", account_id=psn.service.id), "id is taken"),
        (lambda: psn.add_account("Another", platform="Xbox"), "no such device"),
        (lambda: psn.add_account("Another", state="dancing"), "no such state"),
        (lambda: psn.set_presence(taken.id, state="dancing"), "no such state"),
        (lambda: psn.set_presence(taken.id, oddity="odd"), "no such oddity"),
        (lambda: psn.set_presence(taken.id, platform="Xbox"), "no such device"),
        (lambda: psn.set_presence(taken.id, name="a b"), "3 to 16"),
        (lambda: psn.set_presence("1", state="online"), "no such PlayStation account"),
        (lambda: psn.fail("rain"), "no such fault"),
        (lambda: psn.fail("429", where="xsts"), "no such part"),
        (lambda: psn.fail("4165", where="token"), "happens only at: authorize"),
        (lambda: psn.fail("401", where="authorize"), "everywhere but"),
        (lambda: psn.fail("429", times=0), "positive"),
    ]
    before = psn.state()
    for attempt, text in refusals:
        with pytest.raises(ValueError, match=text):
            attempt()
    assert psn.state() == before


def test_the_page_is_told_everything_it_offers(psn: Psn):
    account = psn.add_account("Nova", game="Returnal", platform="ps4")
    psn.fail("429", where="search", times=3)
    state = psn.state()
    assert state["accounts"] == [account.as_json()]
    assert (
        account.as_json().items()
        >= {
            "id": account.id,
            "name": "Nova",
            "state": "online",
            "game": "Returnal",
            "device": "PS4",
            "oddity": "none",
        }.items()
    )
    assert [value for value, _ in state["oddities"]] == list(ODDITIES)
    assert state["states"] == [["online", "Online"], ["offline", "Offline"]]
    assert state["fault_parts"] == ["*", *OFFER.parts]
    assert state["faults"] == [{"target": "psn", "kind": "429", "where": "search", "times": 3, "delay": 2.0}]
    json.dumps(state)

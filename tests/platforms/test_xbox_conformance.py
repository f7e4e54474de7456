"""The client and the simulated Xbox Live were written apart, each from what is known of Xbox; here they meet."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gub.domain.credentials import XboxCredential
from gub.domain.presence import AccountPresence, Status
from gub.platforms.errors import CredentialDead, Malformed, NotFound, PlatformError, RateLimited, Unavailable
from gub.platforms.keeper import DEAD_RETRIED_AFTER
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, XboxOAuth, read_redirect, xbox_budgets
from gub.sandbox.xbox import HOSTS, XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox, XboxApi
from tests.platforms.clocks import SkippingClock
from tests.platforms.shelf import FakeShelf

Shelf = FakeShelf[XboxCredential]

REDIRECT = "http://localhost:8765/auth/callback"
SIGN_IN = ("refresh", "user", "xsts")


@pytest.fixture
def xbox(clock: SkippingClock) -> Xbox:
    """A refresh token works once here, so that a renewed one that got lost would show; and the real limits hold."""
    return Xbox(clock, uses_up_refresh_tokens=True, limited=True)


@pytest.fixture
async def transport(xbox: Xbox, clock: SkippingClock) -> AsyncIterator[Transport]:
    api = XboxApi(xbox)

    async def handle(request: web.Request) -> web.StreamResponse:
        host, _, path = request.raw_path.removeprefix("/platforms/").partition("/")
        assert host in HOSTS
        return await api.handle(host, urlsplit(path).path, request)

    app = web.Application()
    app.router.add_route("*", "/platforms/{target:.*}", handle)
    async with TestServer(app, host="127.0.0.1") as server:
        transport = Transport(str(server.make_url("/platforms")), clock)
        yield transport
        await transport.aclose()


@pytest.fixture
async def shelf(transport: Transport, clock: SkippingClock) -> Shelf:
    """Signed in as an owner does it: over the page, and with the address that it ended at."""
    oauth = XboxOAuth(transport, xbox_budgets(clock).sign_in, clock)
    page = oauth.authorize_url(XBOX_CLIENT_ID, REDIRECT, "the-state")
    reply = await transport.request("GET", page)
    code = read_redirect(reply.headers["location"], "the-state")
    tokens = await oauth.exchange(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, code, REDIRECT)
    assert tokens.refresh_expires_at == clock.now() + timedelta(days=90)
    return FakeShelf(XboxCredential(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, tokens, "grant-1"))


@pytest.fixture
async def client(transport: Transport, shelf: Shelf, clock: SkippingClock) -> AsyncIterator[XboxClient]:
    client = XboxClient(transport, xbox_budgets(clock), shelf, clock)
    yield client
    await client.aclose()


def asked(xbox: Xbox) -> Counter[str]:
    return Counter(request.call for request in xbox.requests)


def words(presence: AccountPresence) -> tuple[Status, str | None, str | None]:
    return presence.status, presence.title, presence.device


async def test_the_whole_chain_from_the_page_to_a_friend_in_a_game(
    client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    nova = xbox.add_account("Nova Storm", game="Halo Infinite")
    await client.probe()
    account = await client.look_up("nova storm")
    assert (account.account_id, account.name) == (nova.id, "Nova Storm")
    assert words((await client.presences([nova.id]))[nova.id]) == (Status.PLAYING, "Halo Infinite", "Scarlett")
    assert [asked(xbox)[call] for call in ("authorize", "code", *SIGN_IN)] == [1, 1, 0, 1, 1]
    await clock.advance(20 * 86_400)
    assert (await client.presences([nova.id]))[nova.id].status is Status.PLAYING
    assert [asked(xbox)[call] for call in SIGN_IN] == [1, 2, 2]


async def test_everybody_is_what_the_panel_says(client: XboxClient, xbox: Xbox, clock: SkippingClock) -> None:
    nova = xbox.add_account("Nova", game="Halo Infinite")
    xbox.set_presence(nova.id, activity="Big Team Battle")
    people = {
        nova.id: (Status.PLAYING, "Halo Infinite", "Scarlett"),
        xbox.add_account("At home", state="online").id: (Status.ONLINE, None, "Scarlett"),
        xbox.add_account("At a desk", state="online", device="WindowsOneCore").id: (
            Status.ONLINE,
            None,
            "WindowsOneCore",
        ),
        xbox.add_account("On a phone", state="online", device="Android").id: (Status.PHONE, None, "Android"),
        xbox.add_account("Away", state="away").id: (Status.AWAY, None, "Scarlett"),
        xbox.add_account("Never seen").id: (Status.OFFLINE, None, None),
        "2533279999999999": (Status.PRIVATE, None, None),
    }
    found = await client.presences(list(people))
    assert {xuid: words(it) for xuid, it in found.items()} == people
    assert found[nova.id].activity == "Big Team Battle"
    xbox.set_presence(nova.id, state="cloaked")
    seen = clock.now()
    await clock.advance(3600)
    it = (await client.presences([nova.id]))[nova.id]
    assert (words(it), it.last_seen) == ((Status.OFFLINE, None, None), seen)


async def test_every_odd_answer_is_read_and_costs_nobody_else(
    client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    halo = (Status.PLAYING, "Halo Infinite", "Scarlett")
    now = clock.now()
    expected: dict[str, tuple[tuple[Status, str | None, str | None], datetime | None]] = {
        "none": (halo, now),
        "two_devices": (halo, now),
        "played_twice": ((Status.PLAYING, "Halo Infinite", "Win32"), now),
        "phone_only": ((Status.PHONE, None, "iOS"), now),
        "away": (halo, now),
        "last_seen_no_zone": ((Status.OFFLINE, None, None), now),
        "last_seen_bare": ((Status.OFFLINE, None, None), None),
        "last_seen_untitled": ((Status.OFFLINE, None, None), now),
        "missing": ((Status.PRIVATE, None, None), None),
        "empty_names": ((Status.PLAYING, None, "Scarlett"), now),
        "rich_objects": (halo, now),
        "unknown_device": ((Status.PLAYING, "Halo Infinite", "Holodeck"), now),
        "lower_case": (halo, now),
        "numeric_ids": (halo, now),
    }
    accounts = {}
    for number, oddity in enumerate([*expected, "malformed"]):
        account = xbox.add_account(f"Odd {number}", game="Halo Infinite")
        xbox.set_presence(account.id, oddity=oddity)
        accounts[oddity] = account.id
    found = await client.presences(list(accounts.values()))
    assert {odd: (words(found[one]), found[one].last_seen) for odd, one in accounts.items() if one in found} == expected
    assert found[accounts["away"]].away
    assert found[accounts["rich_objects"]].activity == "Big Team Battle on Fragmentation"
    assert asked(xbox)["presence"] == 1


async def test_two_batches_for_more_than_eleven_hundred(client: XboxClient, xbox: Xbox) -> None:
    ids = [xbox.add_account(f"p{number}", state="online").id for number in range(1101)]
    found = await client.presences(ids)
    assert {it.status for it in found.values()} == {Status.ONLINE}
    assert asked(xbox)["presence"] == 2


async def test_people_are_found_by_every_form_of_their_gamertag(
    client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    plain = xbox.add_account("Nova1234")
    suffixed = xbox.add_account("VIPGamer77", modern="Nova", suffix="1234")
    glued = xbox.add_account("Orbit#881")
    other = xbox.add_account("VIPGamer78", modern="Ñandú")
    for text, account in [
        ("Nova1234", plain),
        ("NOVA#1234", suffixed),
        ("vipgamer77", suffixed),
        ("orbit #881", glued),
        ("Orbit881", glued),
        ("N\u0303andu\u0301", other),
    ]:
        await clock.advance(10)
        found = await client.look_up(text)
        assert (found.account_id, found.name) == (account.id, account.unique), text
    for text in ("nobody", "Nova#9", "Ñand"):
        await clock.advance(10)
        with pytest.raises(NotFound):
            await client.look_up(text)


@pytest.mark.parametrize(
    ("ends", "calls"),
    [
        ("expire_xsts_tokens", (0, 1, 2)),
        ("expire_user_tokens", (0, 2, 3)),
        ("expire_access_tokens", (1, 3, 3)),
    ],
)
async def test_whatever_link_breaks_is_mended_once_for_all(
    client: XboxClient, xbox: Xbox, shelf: Shelf, ends: str, calls: tuple[int, int, int]
) -> None:
    nova = xbox.add_account("Nova", state="online")
    await client.sign_in()
    getattr(xbox, ends)()
    answers = await asyncio.gather(*(client.presences([nova.id]) for _ in range(12)))
    assert {one[nova.id].status for one in answers} == {Status.ONLINE}
    assert tuple(asked(xbox)[call] for call in SIGN_IN) == calls
    assert len(shelf.kept) == calls[0]


async def test_twenty_callers_with_an_expired_token_cause_one_refresh_and_one_stored_token(
    client: XboxClient, xbox: Xbox, shelf: Shelf, clock: SkippingClock
) -> None:
    nova = xbox.add_account("Nova", state="online")
    await clock.advance(7200)
    await asyncio.gather(*(client.presences([nova.id]) for _ in range(20)))
    assert tuple(xbox.counts[call] for call in SIGN_IN) == (1, 1, 1)
    assert len(shelf.kept) == 1


async def test_another_process_comes_back_signed_in_with_what_was_stored(
    transport: Transport, client: XboxClient, xbox: Xbox, shelf: Shelf, clock: SkippingClock
) -> None:
    """As after a kill -9: nothing but the shelf is left, and old refresh tokens are used up."""
    nova = xbox.add_account("Nova", state="online")
    for _ in range(3):
        await clock.advance(7200)
        await client.sign_in()
    again = XboxClient(transport, xbox_budgets(clock), shelf, clock)
    await clock.advance(7200)
    assert (await again.presences([nova.id]))[nova.id].status is Status.ONLINE
    await again.aclose()
    assert shelf.deaths == []


async def test_our_budgets_never_meet_microsofts_limits(client: XboxClient, xbox: Xbox, clock: SkippingClock) -> None:
    nova = xbox.add_account("Nova", state="online")
    for _ in range(300):
        await clock.advance(1)
        for asking in (client.look_up("Nova"), client.presences([nova.id])):
            with suppress(RateLimited, Unavailable):  # no leave in time, or none left to wait for the answer
                await asking
    assert 429 not in {request.status for request in xbox.requests}
    assert xbox.counts["profile"] >= 25
    assert xbox.counts["presence"] > 50


@pytest.mark.parametrize("number", [227, 229, 233, 234, 235, 236, 238])
async def test_an_account_that_xbox_refuses_is_dead(
    client: XboxClient, xbox: Xbox, shelf: Shelf, clock: SkippingClock, number: int
) -> None:
    xbox.fail(f"xerr_{number}", where="xsts", times=-1)
    for _ in range(2):
        with pytest.raises(CredentialDead):
            await client.sign_in()
    assert asked(xbox)["xsts"] == 1
    assert shelf.deaths == ["grant-1"]
    xbox.clear_faults()
    await clock.advance(DEAD_RETRIED_AFTER)
    await client.sign_in()


async def test_a_consent_that_was_taken_back_is_dead(
    client: XboxClient, xbox: Xbox, shelf: Shelf, clock: SkippingClock
) -> None:
    await client.sign_in()
    xbox.revoke_refresh_tokens()
    await client.sign_in()
    await clock.advance(3600)
    with pytest.raises(CredentialDead, match="invalid_grant"):
        await client.sign_in()
    assert shelf.deaths == ["grant-1"]


FAULTS: dict[str, type[PlatformError]] = {
    "429": RateLimited,
    "429_bare": RateLimited,
    "429_told": RateLimited,
    "400": Malformed,
    "403": Unavailable,
    "500": Unavailable,
    "502": Unavailable,
    "503": Unavailable,
    "html": Malformed,
    "garbage": Malformed,
    "drop": Unavailable,
    "down": Unavailable,
}


@pytest.mark.parametrize("kind", [*FAULTS, "401"])
@pytest.mark.parametrize("where", ["profile", "presence", "xsts", "user", "login"])
async def test_every_fault_is_a_typed_error_and_passes(
    client: XboxClient, xbox: Xbox, clock: SkippingClock, kind: str, where: str
) -> None:
    nova = xbox.add_account("Nova", state="online")
    if where in {"profile", "presence"}:
        await client.sign_in()
    if where == "login":
        await clock.advance(7200)
    xbox.fail(kind, where=where, times=-1)

    async def ask() -> Status:
        await client.look_up("Nova") if where == "profile" else None
        return (await client.presences([nova.id]))[nova.id].status

    with pytest.raises(PlatformError) as caught:
        await ask()
    assert not isinstance(caught.value, CredentialDead)
    if kind in FAULTS and not (where in {"login", "user", "xsts"} and kind == "403"):
        assert type(caught.value).reason == FAULTS[kind].reason
    xbox.clear_faults()
    await clock.advance(400)
    assert await ask() is Status.ONLINE

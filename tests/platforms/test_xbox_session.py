import asyncio
import json

import pytest

from gub.domain.credentials import XboxCredential
from gub.domain.presence import Status
from gub.platforms.errors import CredentialDead, NoCredential, Unavailable
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, xbox_budgets
from gub.platforms.xbox.session import MISTRUSTED_SECONDS, _Rung
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.platforms.shelf import FakeShelf
from tests.platforms.xbox_answers import NOVA, Xbox, a_credential, person, profile, xerr

Shelf = FakeShelf[XboxCredential]


@pytest.fixture(autouse=True)
def somebody(xbox: Xbox) -> None:
    xbox.people = [person(NOVA)]


def chain(xbox: Xbox) -> tuple[int, int, int]:
    """How often each token was asked for."""
    return xbox.counts["login"], xbox.counts["user"], xbox.counts["xsts"]


async def status(client: XboxClient) -> Status:
    return (await client.presences([NOVA]))[NOVA].status


async def test_the_requests_of_the_sign_in_are_the_documented_ones(
    server: Server, xbox_client: XboxClient, xbox: Xbox
) -> None:
    await xbox_client.sign_in()
    login, user, xsts = server.seen
    assert (login.method, login.target) == ("POST", "/platforms/login.live.com/oauth20_token.srf")
    assert xbox.bodies["login"] == {
        "grant_type": "refresh_token",
        "scope": "Xboxlive.signin Xboxlive.offline_access",
        "refresh_token": "SECRET-refresh-0",
        "client_id": "00000000-test-test-test-000000000001",
        "client_secret": "SECRET-client",
    }
    assert (user.method, user.target) == ("POST", "/platforms/user.auth.xboxlive.com/user/authenticate")
    assert json.loads(user.body) == {
        "RelyingParty": "http://auth.xboxlive.com",
        "TokenType": "JWT",
        "Properties": {"AuthMethod": "RPS", "SiteName": "user.auth.xboxlive.com", "RpsTicket": "d=SECRET-access-1"},
    }
    assert (xsts.method, xsts.target) == ("POST", "/platforms/xsts.auth.xboxlive.com/xsts/authorize")
    assert json.loads(xsts.body) == {
        "RelyingParty": "http://xboxlive.com",
        "TokenType": "JWT",
        "Properties": {"UserTokens": ["SECRET-user-1<SECRET-access-1"], "SandboxId": "RETAIL"},
    }


async def test_d67_twenty_askers_sign_in_once_and_the_next_ones_not_at_all(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf
) -> None:
    await asyncio.gather(*(xbox_client.presences([NOVA]) for _ in range(20)))
    assert chain(xbox) == (1, 1, 1)
    assert len(xbox_shelf.kept) == 1
    for _ in range(5):
        await xbox_client.presences([NOVA])
    assert chain(xbox) == (1, 1, 1)
    assert len(xbox_shelf.kept) == 1


async def test_each_token_is_renewed_when_it_ends_and_no_other(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    await status(xbox_client)
    await clock.advance(16 * 3600 - 301)
    await status(xbox_client)
    assert chain(xbox) == (1, 1, 1)
    xbox.not_after["xsts"] = "2026-12-06T17:00:00.0000000Z"
    await clock.advance(2)
    await status(xbox_client)
    assert chain(xbox) == (1, 1, 2)
    xbox.not_after = {"user": "2027-01-01T00:00:00.1234567", "xsts": "2027-01-01T00:00:00.1234567"}
    await clock.advance(14 * 86_400 - 16 * 3600)
    await status(xbox_client)
    assert chain(xbox) == (2, 2, 3)


async def test_a_token_for_the_services_is_used_while_microsoft_is_down(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    await status(xbox_client)
    xbox.always["login"] = answer(503)
    await clock.advance(7200)
    assert await status(xbox_client) is Status.OFFLINE
    await xbox_client.sign_in()
    # Even with the upper sign-in down, the token is used to its end.
    xbox.always["xsts"] = xbox.always["user"] = answer(503)
    await clock.advance(14 * 3600 - 200)
    assert await status(xbox_client) is Status.OFFLINE
    await clock.advance(200)
    with pytest.raises(Unavailable):
        await status(xbox_client)


async def test_a_user_token_that_ends_soon_serves_while_microsoft_is_down(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    xbox.not_after = {"user": "2026-11-23T10:03:00Z", "xsts": "2026-11-23T10:00:00Z"}
    await status(xbox_client)
    xbox.always["login"] = answer(503)
    await clock.advance(16 * 3600 - 100)
    assert await status(xbox_client) is Status.OFFLINE
    assert xbox.counts["xsts"] == 2


async def test_sign_in_keeps_microsofts_tokens_fresh(xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock) -> None:
    for _ in range(180):
        await xbox_client.sign_in()
        await clock.advance(60)
    assert chain(xbox) == (4, 1, 1)  # the first, and one each hour


async def test_a_consent_that_was_taken_back_is_noticed_although_the_upper_tokens_last(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf, clock: SkippingClock
) -> None:
    await xbox_client.sign_in()
    await clock.advance(3600)
    xbox.always["login"] = answer(400, {"error": "invalid_grant", "error_description": "SECRET"})
    with pytest.raises(CredentialDead, match=r"^invalid_grant$"):
        await xbox_client.sign_in()
    with pytest.raises(CredentialDead):
        await status(xbox_client)
    assert xbox_shelf.deaths == ["grant-1"]


@pytest.mark.parametrize(
    ("dead", "asked", "presences"),
    [
        ({"SECRET-xsts-1"}, (1, 1, 2), 2),
        ({"SECRET-user-1"}, (1, 2, 3), 2),
        ({"SECRET-access-1"}, (2, 3, 3), 2),
    ],
    ids=["xsts", "user", "access"],
)
async def test_a_401_costs_the_tokens_from_the_top_each_once(
    xbox_client: XboxClient, xbox: Xbox, dead: set[str], asked: tuple[int, int, int], presences: int
) -> None:
    """What is below a dead token's place is kept; a dead one below shows when the next one is made of it."""
    await xbox_client.sign_in()
    xbox.dead_tokens |= dead
    assert await status(xbox_client) is Status.OFFLINE
    assert chain(xbox) == asked
    assert xbox.counts["presence"] == presences


async def test_a_service_that_refuses_tokens_that_the_sign_in_takes_gets_new_ones_rung_by_rung(
    xbox_client: XboxClient, xbox: Xbox
) -> None:
    for refusals, asked in [(1, (1, 1, 2)), (2, (1, 2, 4)), (3, (2, 4, 7))]:
        xbox.scripts["presence"] = [answer(401)] * refusals
        assert await status(xbox_client) is Status.OFFLINE
        assert chain(xbox) == asked


async def test_twenty_askers_with_a_dead_token_renew_it_once(xbox_client: XboxClient, xbox: Xbox) -> None:
    await xbox_client.sign_in()
    xbox.dead_tokens.add("SECRET-xsts-1")
    answers = await asyncio.gather(*(xbox_client.presences([NOVA]) for _ in range(14)))
    assert all(one[NOVA].status is Status.OFFLINE for one in answers)
    assert chain(xbox) == (1, 1, 2)


async def test_late_news_of_an_old_token_costs_no_new_one(xbox_client: XboxClient, xbox: Xbox) -> None:
    await xbox_client.sign_in()
    session = xbox_client._session
    old = session._signed
    assert old is not None
    xbox.dead_tokens.add("SECRET-user-1")
    await status(xbox_client)
    for rung in (_Rung.XSTS, _Rung.USER):
        session._give_up(old, rung)
    await status(xbox_client)
    assert chain(xbox) == (1, 2, 3)


async def test_a_service_in_a_bad_mood_does_not_make_us_sign_in_for_ever(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf, clock: SkippingClock
) -> None:
    xbox.always["presence"] = answer(401)
    for _ in range(5):
        with pytest.raises(Unavailable, match="401"):
            await status(xbox_client)
    assert chain(xbox) == (2, 3, 4)
    assert xbox_shelf.deaths == []
    await clock.advance(MISTRUSTED_SECONDS)
    xbox.always.clear()
    xbox.dead_tokens.add("SECRET-xsts-4")
    assert await status(xbox_client) is Status.OFFLINE


async def test_a_new_credential_holds_at_once(xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf) -> None:
    await status(xbox_client)
    xbox_shelf.credential = a_credential("grant-2", left=3600)
    await status(xbox_client)
    assert chain(xbox) == (1, 2, 2)
    assert xbox.bodies["user"]["Properties"]["RpsTicket"] == "d=SECRET-access-0"
    xbox.always["xsts"] = xerr(2148916227)
    xbox_shelf.credential = a_credential("grant-3", left=3600)
    with pytest.raises(CredentialDead):
        await status(xbox_client)
    assert xbox_shelf.deaths == ["grant-3"]
    xbox.always.clear()
    xbox_shelf.credential = a_credential("grant-4", left=3600)
    assert await status(xbox_client) is Status.OFFLINE
    xbox_shelf.credential = None
    with pytest.raises(NoCredential):
        await status(xbox_client)


async def test_a_cancelled_asker_does_not_undo_the_sign_in(server: Server, xbox_client: XboxClient, xbox: Xbox) -> None:
    server.release.clear()
    asking = asyncio.create_task(status(xbox_client))
    await server.until_seen(1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    server.release.set()
    assert await status(xbox_client) is Status.OFFLINE
    assert chain(xbox) == (1, 1, 1)


async def test_d73_a_client_whose_first_sign_in_failed_is_whole(
    transport: Transport, clock: SkippingClock, xbox: Xbox
) -> None:
    """Nothing is registered anywhere: every client stands for itself."""
    shelf: Shelf = FakeShelf(None)
    client = XboxClient(transport, xbox_budgets(clock), shelf, clock)
    xbox.profiles = [profile(NOVA, "Nova")]
    with pytest.raises(NoCredential):
        await client.sign_in()
    other: Shelf = FakeShelf(a_credential())
    second = XboxClient(transport, xbox_budgets(clock), other, clock)
    assert (await second.look_up("Nova")).account_id == NOVA
    with pytest.raises(NoCredential):
        await client.look_up("Nova")
    shelf.credential = a_credential("later")
    assert (await client.look_up("Nova")).account_id == NOVA
    await client.aclose()
    await second.aclose()

import asyncio
from dataclasses import replace

import pytest

from gub.domain.credentials import XboxCredential
from gub.domain.presence import Status
from gub.platforms.errors import CredentialDead, Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.keeper import DEAD_RETRIED_AFTER
from gub.platforms.xbox import XboxClient
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.platforms.shelf import FakeShelf
from tests.platforms.xbox_answers import NOVA, Xbox, a_credential, person, xerr

Shelf = FakeShelf[XboxCredential]


@pytest.fixture(autouse=True)
def somebody(xbox: Xbox) -> None:
    xbox.people = [person(NOVA)]


def chain(xbox: Xbox) -> tuple[int, int, int]:
    """How often each token was asked for."""
    return xbox.counts["login"], xbox.counts["user"], xbox.counts["xsts"]


async def status(client: XboxClient) -> Status:
    return (await client.presences([NOVA]))[NOVA].status


@pytest.mark.parametrize(
    "refusal",
    [
        (2148916227, "banned"),
        (2148916229, "guardian"),
        (2148916233, "no Xbox profile"),
        (2148916234, "terms"),
        (2148916235, "region"),
        (2148916236, "age"),
        (2148916238, "child"),
    ],
)
@pytest.mark.parametrize("part", ["xsts", "user"])
async def test_an_account_that_xbox_refuses_is_dead_until_its_owner_acts(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock, part: str, refusal: tuple[int, str]
) -> None:
    number, words = refusal
    xbox.always[part] = xerr(number)
    for _ in range(3):
        with pytest.raises(CredentialDead, match=words):
            await xbox_client.sign_in()
    assert xbox.counts[part] == 1
    xbox.always.clear()
    with pytest.raises(CredentialDead):
        await status(xbox_client)
    await clock.advance(DEAD_RETRIED_AFTER)
    assert await status(xbox_client) is Status.OFFLINE


async def test_a_new_credential_is_not_taken_for_the_dead_one_that_it_replaced(
    server: Server, xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf
) -> None:
    xbox.scripts["xsts"] = [xerr(2148916227)]
    server.release.clear()
    asking = asyncio.create_task(xbox_client.sign_in())
    await server.until_seen(1)
    xbox_shelf.credential = a_credential("grant-2", left=3600)
    server.release.set()
    with pytest.raises(PlatformError) as caught:
        await asking
    assert not isinstance(caught.value, CredentialDead)
    assert xbox_shelf.deaths == []


@pytest.mark.parametrize("number", [2148916237, 2148916999, 10**30])
async def test_another_number_is_no_proof_against_the_account(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf, clock: SkippingClock, number: int
) -> None:
    xbox.always["xsts"] = xerr(number)
    with pytest.raises(Unavailable):
        await status(xbox_client)
    assert xbox_shelf.deaths == []
    xbox.always.clear()
    await clock.advance(5)
    assert await status(xbox_client) is Status.OFFLINE


async def test_a_sign_in_that_fails_is_followed_by_rests(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    xbox.always["xsts"] = answer(400)
    for rest in (5, 15, 30, 60, 300, 300):
        asked = xbox.counts["xsts"]
        for _ in range(3):
            with pytest.raises(Malformed):
                await status(xbox_client)
        assert xbox.counts["xsts"] == asked + 1
        await clock.advance(rest - 1)
        with pytest.raises(Malformed) as caught:
            await status(xbox_client)
        assert (xbox.counts["xsts"], caught.value.retry_after) == (asked + 1, pytest.approx(1))
        await clock.advance(1)
    assert chain(xbox)[:2] == (1, 1)


async def test_a_user_page_that_refuses_a_new_token_too_is_no_death_and_is_left_alone_for_a_while(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf, clock: SkippingClock
) -> None:
    """OpenXbox/xbox-webapi-python#6: an app of the wrong kind, or a spell of Xbox Live's."""
    xbox.always["user"] = answer(401)
    for _ in range(3):
        with pytest.raises(Unavailable, match="refuses the app"):
            await xbox_client.sign_in()
    assert chain(xbox) == (2, 2, 0)
    assert xbox_shelf.deaths == []
    xbox.always.clear()
    await clock.advance(5)
    assert await status(xbox_client) is Status.OFFLINE


@pytest.mark.parametrize(
    "fault",
    [
        ("user", answer(400), Malformed),
        ("user", answer(429, Retry_After="100"), RateLimited),
        ("user", answer(500), Unavailable),
        ("user", answer(200, "<html>"), Malformed),
        ("user", answer(200, {"Token": "x"}), Malformed),
        ("user", answer(200, []), Malformed),
        ("xsts", answer(401), Unavailable),
        ("xsts", answer(401, "<html>"), Unavailable),
        ("xsts", answer(401, {"XErr": "none"}), Unavailable),
        ("xsts", answer(503), Unavailable),
        ("xsts", answer(200, {"Token": "a b", "NotAfter": "2027-01-01T00:00:00Z"}), Malformed),
        ("xsts", None, Unavailable),
        ("login", answer(400, {"error": "temporarily"}), Malformed),
        ("login", answer(400, "<html>"), Malformed),
        ("login", answer(429, Retry_After="100"), RateLimited),
        ("login", answer(500), Unavailable),
        ("login", None, Unavailable),
    ],
)
async def test_every_failing_sign_in_is_a_typed_error_and_no_death(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf, fault: tuple[str, bytes | None, type[PlatformError]]
) -> None:
    part, reply, error = fault
    xbox.always[part] = reply
    for asking in (xbox_client.sign_in, xbox_client.probe, lambda: xbox_client.presences([NOVA])):
        with pytest.raises(PlatformError) as caught:
            await asking()
        assert caught.value.reason == error.reason
    assert xbox_shelf.deaths == []


@pytest.mark.parametrize("word", ["invalid_grant", "invalid_client", "unauthorized_client"])
async def test_what_microsoft_refuses_is_dead_and_not_asked_for_again(
    xbox_client: XboxClient, xbox: Xbox, xbox_shelf: Shelf, word: str
) -> None:
    """OpenXbox/xbox-webapi-python#96, #106."""
    xbox.always["login"] = answer(400, {"error": word})
    for _ in range(3):
        with pytest.raises(CredentialDead, match=f"^{word}$"):
            await status(xbox_client)
    assert chain(xbox) == (1, 0, 0)
    assert xbox_shelf.deaths == ["grant-1"]


async def test_probe_asks_for_the_own_profile(server: Server, xbox_client: XboxClient) -> None:
    await xbox_client.probe()
    assert server.seen[-1].target == ("/platforms/profile.xboxlive.com/users/me/profile/settings?settings=Gamertag")


@pytest.mark.parametrize("reply", [answer(200, {"profileUsers": []}), answer(404), answer(403), answer(200, "x")])
async def test_an_own_profile_that_cannot_be_read_proves_nothing(
    xbox_client: XboxClient, xbox: Xbox, reply: bytes
) -> None:
    xbox.always["profile"] = reply
    with pytest.raises(PlatformError) as caught:
        await xbox_client.probe()
    assert not isinstance(caught.value, CredentialDead)


async def test_a_credential_that_never_had_tokens_is_dead(
    server: Server, xbox_client: XboxClient, xbox_shelf: Shelf
) -> None:
    xbox_shelf.credential = replace(a_credential(), tokens=None)
    with pytest.raises(CredentialDead, match="no refresh token"):
        await xbox_client.sign_in()
    assert server.seen == []


async def test_a_shelf_out_of_reach_is_a_typed_error(xbox_client: XboxClient, xbox_shelf: Shelf) -> None:
    xbox_shelf.unreachable = Unavailable("database")
    for asking in (xbox_client.sign_in(), xbox_client.presences([NOVA]), xbox_client.look_up("Nova")):
        with pytest.raises(Unavailable, match="database"):
            await asking

"""python-xbox and our own client read the same simulated Xbox Live, and say the same of it.

Where an odd answer is more than the library can read, our client must still tell it from a usual one.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pythonxbox.api.client import XboxLiveClient
from pythonxbox.api.provider.presence.models import PresenceItem, PresenceLevel

from gub.clock import SystemClock
from gub.domain.credentials import Tokens, XboxCredential
from gub.domain.presence import AccountPresence, Status
from gub.platforms.errors import CredentialDead, NotFound, PlatformError
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, XboxOAuth, read_redirect, xbox_budgets
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from tests.outside.pythonxbox import REDIRECT, ToGateway, python_xbox
from tests.sandbox.xbox.asker import serving

SYSTEM = {"Home", "Xbox App", "Online"}
# The presence that both can read; what else there is, is our client's alone.
READABLE = [
    "none",
    "two_devices",
    "played_twice",
    "phone_only",
    "away",
    "last_seen_no_zone",
    "last_seen_bare",
    "unknown_device",
    "lower_case",
]


class Shelf:
    """Keeps one credential in memory."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self.credential = XboxCredential(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, tokens, grant="test")
        self.dead = False

    async def read(self) -> XboxCredential:
        return self.credential

    async def keep(self, of: XboxCredential, tokens: Tokens) -> XboxCredential:
        self.credential = replace(of, tokens=tokens, revision=of.revision + 1)
        return self.credential

    async def died(self, of: XboxCredential) -> None:
        assert of == self.credential
        self.dead = True

    def renewing(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()


@pytest.fixture
def xbox() -> Xbox:
    return Xbox(SystemClock())


@pytest.fixture
async def gateway(xbox: Xbox) -> AsyncIterator[str]:
    async with serving(xbox) as url:
        yield url


@pytest.fixture
async def transport(gateway: str) -> AsyncIterator[Transport]:
    transport = Transport(gateway, SystemClock())
    yield transport
    await transport.aclose()


@pytest.fixture
async def shelf(transport: Transport, gateway: str) -> Shelf:
    """Holds what our own sign-in gave: the browser sent to our address, the code exchanged."""
    clock = SystemClock()
    oauth = XboxOAuth(transport, xbox_budgets(clock).sign_in, clock)
    async with httpx.AsyncClient(transport=ToGateway(gateway)) as browser:
        page = await browser.get(oauth.authorize_url(XBOX_CLIENT_ID, REDIRECT, "state 1"))
    code = read_redirect(page.headers["Location"], "state 1")
    return Shelf(await oauth.exchange(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, code, REDIRECT))


@pytest.fixture
async def ours(transport: Transport, shelf: Shelf) -> AsyncIterator[XboxClient]:
    clock = SystemClock()
    client = XboxClient(transport, xbox_budgets(clock), shelf, clock)
    yield client
    await client.aclose()


@pytest.fixture
async def theirs(gateway: str, xbox: Xbox) -> AsyncIterator[XboxLiveClient]:
    async with python_xbox(gateway) as client:
        address = xbox.authorise(None, REDIRECT)
        await client._auth_mgr.request_tokens(parse_qs(urlsplit(address).query)["code"][0])
        yield client


async def test_both_find_the_same_people(ours: XboxClient, theirs: XboxLiveClient, xbox: Xbox):
    spellings = {"nova storm": "nova storm", "Major#881": "Major881", "žofka#12": "Zofie12"}
    xbox.add_account("Nova Storm")
    xbox.add_account("Major#881")
    xbox.add_account("Zofie12", modern="Žofka", suffix="12")
    for typed, classic in spellings.items():
        found = await ours.look_up(typed)
        (their,) = (await theirs.profile.get_profile_by_gamertag(classic)).profile_users
        names = {setting.id: setting.value for setting in their.settings}
        assert (found.account_id, found.name) == (their.id, names["UniqueModernGamertag"])
    with pytest.raises(NotFound):
        await ours.look_up("Nobody")
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await theirs.profile.get_profile_by_gamertag("Nobody")


async def test_both_see_the_same_people_do_the_same(ours: XboxClient, theirs: XboxLiveClient, xbox: Xbox):
    for number, oddity in enumerate(READABLE):
        account = xbox.add_account(f"Playing {number}", game="Fortnite")
        xbox.set_presence(account.id, activity="In the lobby", oddity=oddity)
    for state in ("online", "away", "cloaked", "offline"):
        for device in ("Scarlett", "WindowsOneCore", "iOS"):
            gone = xbox.add_account(f"{state} {device[:6]}", state="online", game="Minecraft", device=device)
            xbox.set_presence(gone.id, state=state, game="")
    ids = list(xbox.accounts)
    our_answers = await ours.presences(ids)
    their_answers = await theirs.presence.get_presence_batch(ids, presence_level=PresenceLevel.ALL)
    assert {item.xuid for item in their_answers} == set(our_answers) == set(ids)
    for item in their_answers:
        agrees(our_answers[item.xuid], item, xbox)
    assert {one.status for one in our_answers.values()} == set(Status) - {Status.PRIVATE, Status.UNKNOWN}
    assert xbox.counts["presence"] == 2


def agrees(our: AccountPresence, their: PresenceItem, xbox: Xbox) -> None:
    what = (xbox.accounts[their.xuid].gamertag, xbox.accounts[their.xuid].oddity, our, their)
    state = "away" if our.away or our.status is Status.AWAY else "online" if our.status.present else "offline"
    assert state == their.state.lower(), what
    fore = {
        (title.name, title.id, title.activity.richPresence if title.activity else None)
        for device in their.devices or []
        for title in device.titles or []
        if (title.placement or "").lower() != "background" and (title.state or "").lower() == "active"
    }
    games = {title for title in fore if title[0] not in SYSTEM}
    assert games == ({(our.title, our.title_id, our.activity)} if our.title else set()), what
    assert (our.status is Status.PLAYING) == bool(games), what
    if their.last_seen is not None:
        assert our.last_seen is not None, what
        assert their.last_seen.timestamp.startswith(f"{our.last_seen:%Y-%m-%dT%H:%M:%S}"), what


@pytest.mark.parametrize(
    ("oddity", "status", "title"),
    [
        ("missing", Status.PRIVATE, None),
        ("empty_names", Status.PLAYING, None),
        ("rich_objects", Status.PLAYING, "Fortnite"),
        ("numeric_ids", Status.PLAYING, "Fortnite"),
        ("last_seen_untitled", Status.OFFLINE, None),
        ("malformed", None, None),
    ],
)
async def test_what_python_xbox_cannot_read_costs_us_that_player_only(
    ours: XboxClient, xbox: Xbox, oddity: str, status: Status | None, title: str | None
):
    odd, usual = xbox.add_account("Odd", game="Fortnite"), xbox.add_account("Usual", game="Minecraft")
    xbox.set_presence(odd.id, oddity=oddity)
    found = await ours.presences([odd.id, usual.id])
    assert found[usual.id].title == "Minecraft"
    if status is not None:
        assert (found[odd.id].status, found[odd.id].title) == (status, title)
    else:
        assert odd.id not in found or found[odd.id].status is Status.UNKNOWN


# -- our chain of tokens, link by link


@pytest.mark.parametrize("end", ["expire_xsts_tokens", "expire_user_tokens", "expire_access_tokens"])
async def test_our_client_mends_whatever_link_broke(ours: XboxClient, xbox: Xbox, shelf: Shelf, end: str):
    account = xbox.add_account("Nova", game="Fortnite")
    await ours.presences([account.id])
    before = xbox.counts["refresh"]
    getattr(xbox, end)()
    assert (await ours.presences([account.id]))[account.id].title == "Fortnite"
    assert xbox.counts["refresh"] - before == (1 if end == "expire_access_tokens" else 0)
    assert not shelf.dead


async def test_our_client_proves_its_credential(ours: XboxClient, xbox: Xbox):
    await ours.probe()
    assert xbox.requests[-1].path == "/users/me/profile/settings"


async def test_a_consent_taken_back_is_the_end(ours: XboxClient, xbox: Xbox, shelf: Shelf):
    await ours.sign_in()
    xbox.revoke_refresh_tokens()
    xbox.expire_access_tokens()
    with pytest.raises(CredentialDead):
        await ours.presences([xbox.add_account("Nova").id])
    assert shelf.dead


@pytest.mark.parametrize("number", [227, 229, 233, 234, 235, 236, 238])
async def test_an_account_that_xbox_refuses_is_dead(ours: XboxClient, xbox: Xbox, shelf: Shelf, number: int):
    xbox.fail(f"xerr_{number}")
    with pytest.raises(CredentialDead):
        await ours.sign_in()
    assert shelf.dead


async def test_playing_time_used_up_is_no_death(ours: XboxClient, xbox: Xbox, shelf: Shelf):
    xbox.fail("xerr_237")
    with pytest.raises(PlatformError) as refused:
        await ours.sign_in()
    assert not isinstance(refused.value, CredentialDead)
    assert not shelf.dead


async def test_our_device_code_ends_in_tokens(transport: Transport, xbox: Xbox):
    clock = SystemClock()
    oauth = XboxOAuth(transport, xbox_budgets(clock).sign_in, clock)
    device = await oauth.device_code(XBOX_CLIENT_ID)
    asked = (XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, device.device_code, device.cookies)
    assert device.cookies == "uaid=test"
    assert await oauth.device_tokens(*asked) is None
    xbox.approve_device(device.user_code)
    tokens = await oauth.device_tokens(*asked)
    assert tokens is not None
    assert tokens.refresh_token

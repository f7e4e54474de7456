import pytest

from gub.domain.errors import AccountTextInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.platforms.transport import Transport
from gub.services.credentials import PROVED, Credentials
from gub.store.store import Store
from tests.platforms.clocks import SkippingClock
from tests.platforms.conftest import clock, server, transport  # noqa: F401 - fixtures
from tests.platforms.server import Server, answer

KEY = "0123456789abcdefABCDEF0123456789"
OTHER = "f" * 32


@pytest.fixture
def credentials(store: Store, transport: Transport, clock: SkippingClock) -> Credentials:  # noqa: F811 - fixtures
    return Credentials(store.credentials, transport, clock)


async def test_a_key_that_steam_accepts_is_stored(store: Store, credentials: Credentials, server: Server):  # noqa: F811
    server.handler = lambda _: answer(200, {"response": {"players": []}})
    await credentials.set_steam_key(f" {KEY}\n")
    assert await store.credentials.steam_key() == KEY
    (state,) = await store.credentials.states()
    assert (state.platform, state.status) == (Platform.STEAM, PROVED)
    assert KEY in server.seen[0].target + str(server.seen[0].headers)


@pytest.mark.parametrize(("status", "reason"), [(403, "credential_dead"), (503, "unavailable")])
async def test_a_key_that_is_not_proved_replaces_nothing(
    store: Store,
    credentials: Credentials,
    server: Server,  # noqa: F811
    status: int,
    reason: str,
):
    await store.credentials.set_steam_key(OTHER)
    server.handler = lambda _: answer(
        status,
        "<html>Access is denied. Retrying will not help. Please verify your <pre>key=</pre> parameter.</html>",
        content_type="text/html",
    )
    with pytest.raises(PlatformTrouble) as caught:
        await credentials.set_steam_key(KEY)
    assert caught.value.reason == reason
    assert KEY not in repr(caught.value)
    assert await store.credentials.steam_key() == OTHER


@pytest.mark.parametrize("key", ["", "abc", "g" * 32, KEY + "0", "token\nsecond"])
async def test_what_is_no_key_is_not_even_tried(
    store: Store,
    credentials: Credentials,
    server: Server,  # noqa: F811
    key: str,
):
    with pytest.raises(AccountTextInvalid) as caught:
        await credentials.set_steam_key(key)
    assert not caught.value.text
    assert not server.seen
    assert await store.credentials.steam_key() is None

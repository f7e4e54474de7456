"""The watch with the real clients and the simulated platforms, over restarts."""

import pytest

from gub.domain.credentials import CredentialStatus
from gub.domain.values import Platform
from gub.services.credentials import Access, Credentials, new_clients
from gub.services.credentials.watch import CredentialWatch, News, Notice
from gub.store.store import Store
from tests.services.credentials.conftest import Platforms


async def a_life(store: Store, platforms: Platforms, heard: list[Notice], hours: int) -> None:
    """Let a bot look after its credentials for so long, from its start to its end."""

    async def tell(notice: Notice) -> bool:
        heard.append(notice)
        return True

    clients = new_clients(Access.over(platforms.transport, platforms.clock), store.credentials)
    watch = CredentialWatch(store.credentials, clients, dict, tell, platforms.clock)
    for _ in range(hours):
        await watch.look()
        await platforms.clock.sleep(3600)
    for client in clients.values():
        await client.aclose()


async def status(store: Store, platform: Platform) -> CredentialStatus:
    return next(state.status for state in await store.credentials.states() if state.platform is platform)


async def test_an_account_that_xbox_live_refuses_is_told_once_however_often_microsoft_gives_it_tokens(
    store: Store, platforms: Platforms, credentials: Credentials
) -> None:
    await platforms.give_xbox(credentials)
    platforms.xbox.fail("xerr_227", times=-1)
    heard: list[Notice] = []
    refreshed = platforms.xbox.counts["refresh"]
    for _ in range(3):
        await a_life(store, platforms, heard, 20)
    assert platforms.xbox.counts["refresh"] >= refreshed + 2
    assert [(notice.platform, notice.news) for notice in heard] == [(Platform.XBOX, News.DEAD)]
    assert await status(store, Platform.XBOX) is CredentialStatus.DEAD
    platforms.xbox.clear_faults()
    await a_life(store, platforms, heard, 8)
    assert await status(store, Platform.XBOX) is CredentialStatus.OK
    platforms.xbox.fail("xerr_233", times=-1)
    await a_life(store, platforms, heard, 20)
    assert [notice.news for notice in heard] == [News.DEAD, News.DEAD]


@pytest.mark.parametrize("rotating", [False, True])
async def test_an_idle_bot_stays_signed_in_and_never_needs_the_npsso(
    store: Store, platforms: Platforms, credentials: Credentials, rotating: bool
) -> None:
    platforms.psn.tokens.rotating = rotating
    await credentials.set_psn(platforms.psn.tokens.npsso)
    codes = platforms.psn.counts["code"]
    heard: list[Notice] = []
    for _ in range(4):
        await a_life(store, platforms, heard, 24)
    assert platforms.psn.counts["code"] == codes
    assert platforms.psn.counts["refresh"] >= 4 * 20
    assert heard == []
    assert await status(store, Platform.PSN) is CredentialStatus.OK

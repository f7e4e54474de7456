import pytest

from gub.domain.presence import Status
from gub.domain.values import Platform
from gub.platforms.errors import Unavailable
from gub.presence.desk import PresenceDesk
from gub.services.status import StatusList
from gub.store.store import Store
from tests.support.clock import FakeClock
from tests.support.people import KnownPlatform

SQUAD, ANN = -1001, 1
STEAM = Platform.STEAM


@pytest.fixture
def steam() -> KnownPlatform:
    return KnownPlatform()


@pytest.fixture
def status_list(store: Store, steam: KnownPlatform) -> StatusList:
    return StatusList(store, PresenceDesk({STEAM: steam}, FakeClock(), gather=0))


async def test_d66_who_plays_comes_first_then_by_name(store: Store, status_list: StatusList, steam: KnownPlatform):
    for name, status in (
        ("zoe", Status.PLAYING),
        ("bob", Status.OFFLINE),
        ("Al", Status.OFFLINE),
        ("eve", Status.AWAY),
    ):
        await store.statususers.add(SQUAD, ANN, name, {STEAM: steam.know(name, status)}, None)
    assert [person.display_name for person, _ in await status_list.of_chat(SQUAD)] == ["zoe", "eve", "Al", "bob"]


async def test_d62_a_platform_that_is_down_hides_nobody(store: Store, status_list: StatusList, steam: KnownPlatform):
    await store.statususers.add(SQUAD, ANN, "Ann", {STEAM: steam.know("ann", Status.PLAYING)}, None)
    steam.trouble = Unavailable("x")
    ((person, presence),) = await status_list.of_chat(SQUAD)
    assert person.display_name == "Ann"
    assert presence.status is Status.UNKNOWN
    assert presence.unanswered == (STEAM,)


async def test_nobody_is_nobody(status_list: StatusList, steam: KnownPlatform):
    assert await status_list.of_chat(SQUAD) == []
    assert steam.questions == 0

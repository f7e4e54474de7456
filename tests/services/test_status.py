from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from gub.domain.presence import AccountPresence, Status, merge
from gub.domain.values import Platform, StatusUser, Visibility
from gub.platforms.errors import Unavailable
from gub.presence.desk import PresenceDesk
from gub.presence.health import Health
from gub.services.status import StatusList, Told, in_order
from gub.store.store import Store
from tests.support.clock import START, FakeClock
from tests.support.people import KnownPlatform

SQUAD, ANN = -1001, 1
STEAM = Platform.STEAM


@pytest.fixture
def steam() -> KnownPlatform:
    return KnownPlatform()


@pytest.fixture
def status_list(store: Store, steam: KnownPlatform) -> StatusList:
    return StatusList(store, PresenceDesk({STEAM: steam}, FakeClock(), gather=0))


async def names(status_list: StatusList) -> list[str]:
    return [person.display_name for person, _ in (await status_list.of_chat(SQUAD)).people]


async def test_d66_who_plays_comes_first_then_by_name(store: Store, status_list: StatusList, steam: KnownPlatform):
    for name, status in (
        ("zoe", Status.PLAYING),
        ("Bob", Status.OFFLINE),
        ("al", Status.OFFLINE),
        ("eve", Status.AWAY),
    ):
        await store.statususers.add(SQUAD, ANN, name, {STEAM: steam.know(name, status)}, None)
    assert await names(status_list) == ["zoe", "eve", "al", "Bob"]


def test_d66_who_plays_the_same_stands_together_and_who_left_last_comes_first_of_the_gone():
    def told(name: str, status: Status, **facts: object) -> Told:
        presence = merge([AccountPresence(STEAM, name, status, **facts)])  # type: ignore[arg-type]
        return StatusUser(name, -1, 1, name), presence

    people = [
        told("Al", Status.PLAYING, title="Chess"),
        told("bob", Status.PLAYING, title="HALO\u00ae"),
        told("Cid", Status.PLAYING),
        told("dee", Status.PLAYING, title="Halo"),
        told("Eve", Status.ONLINE),
        told("Fay", Status.OFFLINE),
        told("Gus", Status.OFFLINE, last_seen=START - timedelta(days=2)),
        told("hal", Status.OFFLINE, last_seen=START - timedelta(hours=2)),
        told("Ivy", Status.PRIVATE),
        told("jon", Status.UNKNOWN),
    ]
    expected = ["bob", "dee", "Al", "Cid", "Eve", "hal", "Gus", "Fay", "Ivy", "jon"]
    for order in (people, people[::-1], people[5:] + people[:5]):
        assert [person.display_name for person, _ in in_order(order)] == expected


async def test_d62_a_platform_that_is_down_hides_nobody(store: Store, status_list: StatusList, steam: KnownPlatform):
    await store.statususers.add(SQUAD, ANN, "Ann", {STEAM: steam.know("ann", Status.PLAYING)}, None)
    steam.trouble = Unavailable("x")
    told = await status_list.of_chat(SQUAD)
    ((person, presence),) = told.people
    assert person.display_name == "Ann"
    assert presence.status is Status.UNKNOWN
    assert presence.unanswered == (STEAM,)
    assert told.health == {
        STEAM: Health.DEGRADED,
        Platform.XBOX: Health.NO_CREDENTIAL,
        Platform.PSN: Health.NO_CREDENTIAL,
    }


async def test_d69_who_does_not_want_to_be_seen_is_neither_shown_nor_asked_about(
    store: Store, status_list: StatusList, steam: KnownPlatform, monkeypatch: pytest.MonkeyPatch
):
    people = [
        StatusUser(name, SQUAD, ANN, name, {STEAM: steam.know(name, status)}, visibility=visibility)
        for name, status, visibility in (
            ("hidden", Status.PLAYING, Visibility.HIDDEN),
            ("player", Status.PLAYING, Visibility.PLAYING),
            ("shy", Status.ONLINE, Visibility.PLAYING),
            ("ann", Status.OFFLINE, Visibility.EVERYONE),
        )
    ]
    asked: list[str] = []
    presences = steam.presences

    async def of_chat(*_: object) -> list[StatusUser]:
        return people

    async def note(ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        asked.extend(ids)
        return await presences(ids)

    monkeypatch.setattr(type(store.statususers), "of_chat", of_chat)
    steam.presences = note  # type: ignore[method-assign]
    told = await status_list.of_chat(SQUAD)
    assert [person.display_name for person, _ in told.people] == ["player", "ann"]
    assert told.unseen == 2
    assert people[0].accounts[STEAM].account_id not in asked


async def test_nobody_is_nobody(status_list: StatusList, steam: KnownPlatform):
    told = await status_list.of_chat(SQUAD)
    assert (told.people, told.unseen) == ((), 0)
    assert steam.questions == 0

import pytest

from gub.domain.commands import AddRequest
from gub.domain.errors import AccountNotFound, AccountsMissing, AskedTooOften, BadName, NameTaken, PlatformTrouble
from gub.domain.limits import LOOK_UPS
from gub.domain.values import ChatFacts, Platform
from gub.platforms.errors import Malformed, Private, Unavailable
from gub.services.people import People
from gub.store.store import Store
from tests.support.clock import FakeClock
from tests.support.people import KnownPlatform

SQUAD, ANN = ChatFacts(-1001, "supergroup", "Squad"), 1
STEAM = Platform.STEAM


@pytest.fixture
def steam() -> KnownPlatform:
    return KnownPlatform()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def people(store: Store, steam: KnownPlatform, clock: FakeClock) -> People:
    return People(store, {STEAM: steam}, clock)


async def test_a_person_is_added_with_what_the_platform_says(people: People, steam: KnownPlatform):
    account = steam.know("ann")
    person = await people.add(SQUAD, ANN, AddRequest("  Big  Ann ", {STEAM: "ann"}))
    assert person.display_name == "Big Ann"
    assert person.accounts == {STEAM: account}
    assert (person.chat_id, person.keeper_id, person.group_name) == (SQUAD.chat_id, ANN, "Squad")


async def test_d64_nothing_is_stored_from_a_look_up_that_failed(store: Store, people: People, steam: KnownPlatform):
    steam.know("ann")
    with pytest.raises(AccountNotFound):
        await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "nobody"}))
    for trouble, reason in (
        (Unavailable("x"), "unavailable"),
        (Malformed("x"), "unavailable"),
        (Private("x"), "private"),
    ):
        steam.trouble = trouble
        with pytest.raises(PlatformTrouble) as caught:
            await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}))
        assert caught.value.reason == reason
    assert not await store.statususers.of_chat(SQUAD.chat_id)


async def test_what_can_be_said_without_asking_is(store: Store, people: People, steam: KnownPlatform):
    steam.know("ann")
    with pytest.raises(BadName):
        await people.add(SQUAD, ANN, AddRequest("\u200b", {STEAM: "ann"}))
    with pytest.raises(AccountsMissing):
        await people.add(SQUAD, ANN, AddRequest("Ann", {}))
    with pytest.raises(PlatformTrouble) as caught:
        await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann", Platform.XBOX: "ann"}))
    assert (caught.value.platform, caught.value.reason) == ("xbox", "not_connected")
    assert not await store.statususers.of_chat(SQUAD.chat_id)


async def test_d26_a_name_is_taken_in_any_case(people: People, steam: KnownPlatform):
    steam.know("ann")
    await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}))
    with pytest.raises(NameTaken):
        await people.add(SQUAD, ANN, AddRequest("ANN", {STEAM: "ann"}))


async def test_one_user_has_only_so_many_look_ups_in_a_while(people: People, steam: KnownPlatform, clock: FakeClock):
    steam.know("ann")
    for _ in range(LOOK_UPS):
        with pytest.raises(AccountNotFound):
            await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "nobody"}))
    await clock.advance(60)
    with pytest.raises(AskedTooOften) as caught:
        await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}))
    assert caught.value.wait_seconds == 240
    assert await people.add(SQUAD, 2, AddRequest("Bob", {STEAM: "ann"})), "others may still ask"
    await clock.advance(240)
    assert await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}))


async def test_what_needs_no_look_up_costs_none(people: People, steam: KnownPlatform):
    steam.know("ann")
    for _ in range(LOOK_UPS + 1):
        with pytest.raises(BadName):
            await people.add(SQUAD, ANN, AddRequest("", {STEAM: "ann"}))
    assert await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}))


async def test_a_command_that_is_handled_again_gives_the_same_person(people: People, steam: KnownPlatform):
    steam.know("ann")
    first = await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}), message_id=7)
    assert await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}), message_id=7) == first
    with pytest.raises(NameTaken):
        await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}), message_id=8)

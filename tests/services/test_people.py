import asyncio

import pytest

from gub.domain.commands import AddRequest
from gub.domain.credentials import Tokens
from gub.domain.errors import (
    AccountNotFound,
    AccountsMissing,
    AskedTooOften,
    BadName,
    NameTaken,
    NotAllowed,
    PersonNotFound,
    PlatformTrouble,
)
from gub.domain.limits import LOOK_UPS
from gub.domain.values import Account, Allowance, ChatFacts, Platform, Visibility
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


async def test_a_command_that_is_handled_again_gives_the_same_person_whatever_the_platform_says_by_now(
    people: People, steam: KnownPlatform
):
    steam.know("ann")
    request = AddRequest("Ann", {STEAM: "ann"})
    first = await people.add(SQUAD, ANN, request, message_id=7)
    steam.trouble = Unavailable("down")
    assert await people.add(SQUAD, ANN, request, message_id=7) == first
    for again in ({"message_id": 8}, {}):
        with pytest.raises(PlatformTrouble):
            await people.add(SQUAD, ANN, request, **again)


async def test_the_look_ups_of_one_command_run_side_by_side(store: Store, clock: FakeClock):
    began = asyncio.Barrier(3)

    class Waiting(KnownPlatform):
        async def look_up(self, text: str) -> Account:
            await asyncio.wait_for(began.wait(), 10)
            return await super().look_up(text)

    clients = {platform: Waiting(platform) for platform in Platform}
    for client in clients.values():
        client.know("zed")
    request = AddRequest("Zed", dict.fromkeys(Platform, "zed"))
    person = await People(store, clients, clock).add(SQUAD, ANN, request)
    assert set(person.accounts) == set(Platform)


async def test_of_several_failures_the_first_is_told_and_nothing_is_stored(store: Store, clock: FakeClock):
    clients = {platform: KnownPlatform(platform) for platform in Platform}
    clients[Platform.PSN].trouble = Unavailable("x")
    request = AddRequest("Zed", {STEAM: "nobody", Platform.PSN: "zed"})
    with pytest.raises(AccountNotFound) as caught:
        await People(store, clients, clock).add(SQUAD, ANN, request)
    assert caught.value.platform == "steam"
    assert not await store.statususers.of_chat(SQUAD.chat_id)


async def test_what_is_connected_has_a_credential_that_is_not_dead(store: Store, clock: FakeClock):
    people = People(store, {platform: KnownPlatform(platform) for platform in Platform}, clock)
    assert await people.connected() == ()
    await store.credentials.set_psn("test-npsso", Tokens("a", "r", clock.now(), 60), clock.now())
    await store.credentials.set_steam_key("test-key")
    assert await people.connected() == (Platform.PSN, STEAM)
    psn = await store.credentials.psn()
    assert psn is not None
    await store.credentials.died(Platform.PSN, psn.grant, clock.now())
    assert await people.connected() == (STEAM,)
    assert await People(store, {}, clock).connected() == ()


async def test_d69_claiming_and_hiding_just_before_wins_over_the_keeper(people: People, steam: KnownPlatform):
    steam.know("ann")
    seen_by_keeper = await people.add(SQUAD, ANN, AddRequest("Bob", {STEAM: "ann"}))
    mine = await people.claim(seen_by_keeper, 2)
    await people.show(mine, 2, Visibility.HIDDEN)
    with pytest.raises(NotAllowed):
        await people.show(seen_by_keeper, ANN, Visibility.EVERYONE)
    assert (await people.anywhere(mine.id)).visibility is Visibility.HIDDEN


async def test_d69_a_keeper_who_is_an_admin_undoes_no_claim_of_somebody_who_just_hid(
    people: People, steam: KnownPlatform
):
    steam.know("ann")
    person = await people.add(SQUAD, ANN, AddRequest("Bob", {STEAM: "ann"}))
    seen_by_keeper = await people.claim(person, 2)
    hidden = await people.show(seen_by_keeper, 2, Visibility.HIDDEN)
    with pytest.raises(NotAllowed):
        await people.unclaim(seen_by_keeper, ANN, is_admin=True)
    assert await people.anywhere(person.id) == hidden
    assert (await people.unclaim(hidden, 3, is_admin=True)).person_id is None, "an admin who is not the keeper may"


async def test_who_claimed_meanwhile_stays_who_it_is(people: People, steam: KnownPlatform):
    steam.know("ann")
    person = await people.add(SQUAD, ANN, AddRequest("Bob", {STEAM: "ann"}))
    seen_by_admin = await people.claim(person, 2)
    await people.unclaim(seen_by_admin, 2, is_admin=False)
    claimed = await people.claim(person, 3)
    with pytest.raises(NotAllowed):
        await people.unclaim(seen_by_admin, 4, is_admin=True)
    assert await people.anywhere(person.id) == claimed


async def test_nothing_is_changed_by_who_may_not(people: People, steam: KnownPlatform):
    account = steam.know("ann")
    person = await people.add(SQUAD, ANN, AddRequest("Zed", {STEAM: "ann"}))
    for change in (
        people.rename(person, 2, "Evil"),
        people.set_account(person, 2, account),
        people.unlink(person, 2, STEAM),
        people.show(person, 2, Visibility.HIDDEN),
        people.unclaim(person, 2, is_admin=True),
        people.delete(person, 2, is_admin=False),
    ):
        with pytest.raises(NotAllowed):
            await change
    assert await people.anywhere(person.id) == person
    await people.delete(person, 2, is_admin=True)
    for gone in (
        people.delete(person, ANN, is_admin=False),
        people.rename(person, ANN, "Zoe"),
        people.claim(person, 2),
    ):
        with pytest.raises(PersonNotFound):
            await gone


async def test_whoever_listens_hears_of_every_change_of_a_list_once_it_is_stored(
    store: Store, steam: KnownPlatform, clock: FakeClock
):
    heard: list[tuple[int, list[str]]] = []

    async def hear(chat_id: int) -> None:
        heard.append((chat_id, [one.display_name for one in await store.statususers.of_chat(chat_id)]))

    people = People(store, {STEAM: steam}, clock, [hear])
    account = steam.know("ann")
    person = await people.add(SQUAD, ANN, AddRequest("Ann", {STEAM: "ann"}))
    assert heard == [(SQUAD.chat_id, ["Ann"])]
    person = await people.rename(person, ANN, "Anna")
    assert heard[-1] == (SQUAD.chat_id, ["Anna"])
    await people.set_account(person, ANN, account)
    await people.show(person, ANN, Visibility.HIDDEN)
    await people.claim(person, ANN)
    person = await people.by_id(SQUAD.chat_id, person.id)
    await people.allow(person, ANN, Allowance.WATCHES, allowed=True)
    await people.unclaim(person, ANN, is_admin=False)
    assert len(heard) == 7
    await people.delete(person, ANN, is_admin=False)
    assert heard[7:] == [(SQUAD.chat_id, [])]
    with pytest.raises(PersonNotFound):
        await people.rename(person, ANN, "Ann")
    assert len(heard) == 8

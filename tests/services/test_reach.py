"""Whom a call pings."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gub.domain.hours import Snooze
from gub.domain.presence import Status
from gub.domain.values import KnownUser, NotifyGroup, Platform, Visibility
from gub.platforms.errors import Unavailable
from gub.presence.desk import PresenceDesk
from gub.services.hours import HoursBook
from gub.services.reach import Reach, Reaching
from gub.store.store import Store
from tests.support.clock import START, FakeClock
from tests.support.people import KnownPlatform

CHAT = -100_200_300
ANN, BOB, CEM, DEE = 1, 2, 3, 4
GROUP = NotifyGroup("0" * 24, CHAT, ANN, "raiders", None, (ANN, BOB, CEM, DEE))
STEAM = Platform.STEAM


class Squad:
    """Four friends, of whom Ann calls the others; it is a Sunday, six in the evening (UTC)."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.steam = KnownPlatform()
        self.hours = HoursBook(store, self.clock)
        self._reaching = Reaching(store, PresenceDesk({STEAM: self.steam}, self.clock, gather=0), self.hours)

    async def reach(self, *, only_on: bool = False, group: NotifyGroup = GROUP) -> Reach:
        return await self._reaching.of(group, ANN, self.clock.now(), only_on=only_on)

    async def quiet(self, *user_ids: int) -> frozenset[int]:
        return await self.hours.quiet(user_ids)

    async def does(
        self, user_id: int, status: Status, visibility: Visibility = Visibility.EVERYONE, *, chat_id: int = CHAT
    ) -> None:
        account = {STEAM: self.steam.know(f"player {user_id} {chat_id}", status)}
        name = f"player {user_id}"
        await self.store.statususers.add(chat_id, ANN, name, account, None, person_id=user_id, visibility=visibility)


@pytest.fixture
async def squad(store: Store) -> Squad:
    await store.users.learn([KnownUser(one, f"Person {one}") for one in (ANN, BOB, CEM, DEE)])
    return Squad(store)


async def test_everybody_but_the_caller_is_pinged(squad: Squad):
    assert await squad.reach() == Reach((BOB, CEM, DEE))


async def test_who_muted_the_group_or_sleeps_is_not(squad: Squad):
    group = replace(GROUP, mutes={BOB: None})
    await squad.hours.choose_zone(CEM, "Asia/Tokyo")
    await squad.hours.choose_quiet(CEM, (23 * 60, 8 * 60))
    await squad.hours.snooze(DEE, Snooze.HOUR)
    assert await squad.reach(group=group) == Reach((), (BOB,), (CEM, DEE))
    await squad.clock.advance(5 * 3600)
    assert await squad.reach(group=group) == Reach((CEM, DEE), (BOB,)), "it is eight in the morning there"


async def test_a_call_for_who_is_on_leaves_the_others_out(squad: Squad):
    await squad.does(BOB, Status.PLAYING)
    await squad.does(CEM, Status.OFFLINE)
    assert await squad.reach(only_on=True) == Reach((BOB,), away=(CEM, DEE))
    assert await squad.reach() == Reach((BOB, CEM, DEE))


@pytest.mark.parametrize(
    ("status", "reached"),
    [(Status.ONLINE, True), (Status.AWAY, True), (Status.PHONE, False), (Status.PRIVATE, False)],
)
async def test_on_is_where_one_could_play(squad: Squad, status: Status, *, reached: bool):
    await squad.does(BOB, status)
    assert (BOB in (await squad.reach(only_on=True)).ping) is reached


async def test_hours_that_somebody_chose_count_as_well(squad: Squad):
    await squad.hours.choose_zone(BOB, "Europe/Berlin")
    assert BOB in (await squad.reach(only_on=True)).away, "a time zone alone says nothing"
    await squad.hours.choose_days(BOB, [6])
    assert BOB in (await squad.reach(only_on=True)).ping
    await squad.clock.advance(24 * 3600)
    assert BOB in (await squad.reach(only_on=True)).asleep, "Monday is none of their days"
    await squad.hours.clear(BOB)
    assert BOB in (await squad.reach(only_on=True)).away


async def test_presence_that_is_hidden_counts_for_nothing(squad: Squad):
    await squad.does(BOB, Status.PLAYING, Visibility.HIDDEN)
    await squad.does(CEM, Status.ONLINE, Visibility.PLAYING)
    await squad.does(DEE, Status.PLAYING, Visibility.PLAYING)
    assert await squad.reach(only_on=True) == Reach((DEE,), away=(BOB, CEM))
    squad.steam.trouble = Unavailable("down")
    assert BOB in (await squad.reach(only_on=True)).away, "nobody asks about them, so nothing is unknown"


async def test_presence_in_another_chat_counts_for_nothing(squad: Squad):
    await squad.does(BOB, Status.PLAYING, chat_id=CHAT - 1)
    assert BOB in (await squad.reach(only_on=True)).away


async def test_a_platform_that_does_not_answer_leaves_nobody_out(squad: Squad):
    await squad.does(BOB, Status.OFFLINE)
    squad.steam.trouble = Unavailable("down")
    assert await squad.reach(only_on=True) == Reach((BOB,), away=(CEM, DEE))


async def test_nor_anybody_who_is_seen_only_while_they_play(squad: Squad):
    await squad.does(BOB, Status.PLAYING, Visibility.PLAYING)
    await squad.does(CEM, Status.ONLINE, Visibility.PLAYING)
    squad.steam.trouble = Unavailable("down")
    assert await squad.reach(only_on=True) == Reach((BOB, CEM), away=(DEE,)), "nothing tells the two apart"


async def test_a_night_is_by_the_clocks_of_the_chat_while_nobody_knows_theirs(squad: Squad):
    assert await squad.hours.snooze(BOB, Snooze.NIGHT, "America/New_York") == START + timedelta(hours=19)
    assert await squad.quiet(ANN, BOB) == {BOB}
    assert await squad.hours.snooze(BOB, Snooze.OFF) is None
    assert await squad.quiet(ANN, BOB) == frozenset()


async def test_one_choice_leaves_the_others_alone(squad: Squad):
    await squad.hours.choose_zone(BOB, "Europe/Berlin")
    await squad.hours.choose_days(BOB, [4, 5])
    await squad.hours.choose_quiet(BOB, (60, 120))
    await squad.hours.snooze(BOB, Snooze.HOUR)
    mine = await squad.hours.mine(BOB)
    assert (mine.time_zone, mine.quiet, mine.days) == ("Europe/Berlin", (60, 120), {4, 5})
    await squad.hours.choose_quiet(BOB, (60, 60))
    await squad.hours.choose_days(BOB, [])
    mine = await squad.hours.mine(BOB)
    assert (mine.quiet, len(mine.days), mine.snoozed_until) == (None, 7, START + timedelta(hours=1))

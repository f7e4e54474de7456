"""/hours in private, and the snoozes under whatever pings."""

from datetime import timedelta

import pytest

from gub.domain.choices import Setting
from gub.domain.hours import Hours
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.support.clock import START
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.test_calls import a_group


async def hours_of(stage: Stage, user: User) -> Hours:
    return await stage.parts.hours.mine(user.id)


@pytest.fixture
async def menu(stage: Stage, bob: User) -> SimMessage:
    stage.world.start(bob)
    await stage.settle()
    return await stage.answer(bob, bob, "/hours")


async def test_in_a_group_it_leads_into_private(stage: Stage, squad: Chat, bob: User):
    answer = await stage.answer(bob, squad, "/hours")
    assert answer.buttons[0]["url"].endswith("?start=hours")
    stage.world.start(bob)
    await stage.settle()
    assert "When you want to be called" in (await stage.answer(bob, bob, "/start hours")).text


async def test_a_time_zone_comes_first(stage: Stage, menu: SimMessage, bob: User):
    assert "First tell me your time zone" in menu.text
    assert [button["text"] for button in menu.buttons] == ["🕐 Time zone", "🔕 1 hour", "🌙 Tonight"]
    await stage.press(bob, menu, "Time zone")
    await stage.press(bob, menu, "Europe")
    await stage.press(bob, menu, "Berlin")
    assert (await hours_of(stage, bob)).time_zone == "Europe/Berlin"
    again = await stage.answer(bob, bob, "/hours")
    assert "Time zone: Berlin, 19:00\nQuiet hours: none\nDays: every day" in again.text


async def test_quiet_hours_and_days_by_buttons(stage: Stage, bob: User):
    stage.world.start(bob)
    await stage.settle()
    await stage.parts.hours.choose_zone(bob.id, "Europe/Berlin")
    menu = await stage.answer(bob, bob, "/hours")
    await stage.press(bob, menu, "Quiet hours")
    await stage.press(bob, menu, "23:00")
    assert "Quiet from 23:00. Until when?" in menu.text
    await stage.press(bob, menu, "08:00")
    assert "Quiet hours: 23:00 to 08:00" in menu.text
    await stage.press(bob, menu, "Days")
    for day in ("Mon", "Tue"):
        await stage.press(bob, menu, day)
    await stage.press(bob, menu, "Back")
    assert "Days: Wed, Thu, Fri, Sat, Sun" in menu.text
    assert await hours_of(stage, bob) == Hours("Europe/Berlin", (23 * 60, 8 * 60), frozenset({2, 3, 4, 5, 6}))
    await stage.press(bob, menu, "Forget my hours")
    assert await hours_of(stage, bob) == Hours("Europe/Berlin")


async def test_the_last_day_stays(stage: Stage, bob: User):
    stage.world.start(bob)
    await stage.settle()
    await stage.parts.hours.choose_zone(bob.id, "Europe/Berlin")
    await stage.parts.hours.choose_days(bob.id, [4])
    menu = await stage.answer(bob, bob, "/hours")
    await stage.press(bob, menu, "Days")
    seen = await stage.press(bob, menu, "Fri")
    assert seen is not None
    assert seen.alert
    assert (await hours_of(stage, bob)).days == {4}


async def test_a_snooze_begins_and_ends_there(stage: Stage, menu: SimMessage, bob: User):
    await stage.press(bob, menu, "1 hour")
    assert "Snoozed until 19:00 UTC" in menu.text
    await stage.press(bob, menu, "End the snooze")
    assert "Snoozed" not in menu.text
    assert await hours_of(stage, bob) == Hours()


@pytest.mark.parametrize(
    "data", ["h:quiet:24-8", "h:quiet:8", "h:day:7", "h:to:x", "h:zz:ever", "h:quiet:-1-2", "h:day:\u0661"]
)
async def test_a_forged_button_changes_nothing(stage: Stage, menu: SimMessage, bob: User, data: str):
    seen = await stage.press_data(bob, menu, data, forged=True)
    assert seen is not None
    assert seen.alert
    assert await hours_of(stage, bob) == Hours()


async def test_in_a_group_the_buttons_of_hours_do_nothing(stage: Stage, squad: Chat, ann: User, bob: User):
    answer = await stage.answer(ann, squad, "/hours")
    seen = await stage.press_data(bob, answer, "h:zz:hour", forged=True)
    assert seen is not None
    assert seen.alert
    assert await hours_of(stage, bob) == Hours()


async def test_a_snooze_under_a_call_counts_everywhere_and_passes(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    call = await stage.answer(ann, squad, "/notify Warzone")
    seen = await stage.press(bob, call, "1 hour")
    assert seen is not None
    assert seen.text == "🔕 All quiet until 19:00 UTC. /hours in private ends it."
    await stage.clock.advance(120)
    assert "wants some peace right now" in (await stage.answer(ann, squad, "/notify Warzone")).text
    await stage.clock.advance(3600)
    assert stage.pinged(await stage.answer(ann, squad, "/notify Warzone")) == {bob.id}


async def test_a_night_under_a_call_is_by_the_chats_clocks(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    await stage.parts.choices.choose(squad.id, Setting.TIME_ZONE, "Europe/Berlin")
    call = await stage.answer(ann, squad, "/notify Warzone")
    seen = await stage.press(bob, call, "Tonight")
    assert seen is not None
    assert "until 08:00." in seen.text
    assert (await hours_of(stage, bob)).snoozed_until == START + timedelta(hours=13)


async def test_who_sleeps_is_named_and_not_pinged(stage: Stage, squad: Chat, ann: User, bob: User):
    cem = stage.world.add_user("@cem <b>")
    stage.world.join(cem, squad)
    await a_group(stage, squad, ann, bob, cem)
    await stage.parts.hours.choose_zone(cem.id, "Asia/Tokyo")
    await stage.parts.hours.choose_quiet(cem.id, (22 * 60, 8 * 60))
    call = await stage.answer(ann, squad, "/notify Warzone")
    assert stage.pinged(call) == {bob.id}
    assert "😴 Not now: @cem <b>" in call.text
    await stage.clock.advance(5 * 3600)
    later = await stage.answer(ann, squad, "/notify Warzone")
    assert stage.pinged(later) == {bob.id, cem.id}
    assert "😴" not in later.text


async def test_old_buttons_of_calls_go_on_working(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    call = await stage.answer(ann, squad, "/notify Warzone")
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    await stage.press_data(bob, call, f"g:m1:{group.id}", forged=True)
    await stage.clock.advance(61)
    assert "has muted its calls" in (await stage.answer(ann, squad, "/notify Warzone")).text

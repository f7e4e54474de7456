"""Calls that are answered: who comes, in which order, until it is closed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gub.domain.calls import Answer
from gub.domain.limits import CALL_OPEN
from gub.domain.presence import Status
from gub.domain.values import Joining, Platform
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.answering import Calling, answering
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.ringing import warzone
from tests.telegram.views.support import HOSTILE

CLOSE = "🏁 Close"


@pytest.fixture
async def calls(stage: Stage, sim: SimServer) -> AsyncIterator[Calling]:
    async with answering(stage, sim) as made:
        yield made


@pytest.fixture
def people(stage: Stage) -> list[User]:
    """Ann, who calls, Bob, Cyd and Dee."""
    return [stage.world.add_user(name) for name in ("Ann", "Bob", "Cyd", "Dee")]


@pytest.fixture
async def chat(stage: Stage, people: list[User]) -> Chat:
    """A chat with all of them, who are in the group Warzone, but for Dee."""
    chat = await stage.group(*people)
    announcement = await stage.answer(people[0], chat, "/newgroup Warzone")
    for one in people[1:3]:
        await stage.press(one, announcement, "Join")
    return chat


def labels(message: SimMessage) -> list[str]:
    return [button["text"] for button in message.buttons]


def rows(message: SimMessage) -> list[str]:
    """Give the lines of a call between what it is for and whom it mentions."""
    return [line for line in message.text.splitlines() if line.startswith(tuple("✋⏳👋🔕😴🌙"))]


async def test_an_answer_changes_the_message_and_is_changed_by_the_next(
    calls: Calling, stage: Stage, chat: Chat, people: list[User]
):
    ann, bob, cyd, _ = people
    call = await stage.answer(ann, chat, "/notify Warzone at nine")
    assert rows(call) == ["✋ In: Ann"]
    assert await calls.press(bob, call, "✋ In") == "You're in!"
    assert await calls.press(cyd, call, "Can't") == "Maybe next time!"
    assert rows(call) == ["✋ In: Ann, Bob", "👋 Can't: Cyd"]
    await calls.press(bob, call, "Can't")
    await calls.press(cyd, call, "✋ In")
    await calls.press(ann, call, "In 15 min")
    assert rows(call)[0].startswith("✋ In: Ann at ")
    assert rows(call)[0].endswith(", Cyd")
    assert rows(call)[1:] == ["👋 Can't: Bob"]
    assert "at nine" in call.text
    assert stage.pinged(call) == {bob.id, cyd.id}
    assert len([push for push in stage.world.pushes if push.message_id == call.id and push.reason == "mention"]) == 2


async def test_the_same_answer_again_costs_no_edit(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone")
    for _ in range(3):
        assert await calls.press(people[1], call, "✋ In") == "You're in!"
    assert len(calls.messenger.edits) == 1


async def test_many_taps_at_once_are_few_edits_and_none_is_lost(calls: Calling, stage: Stage, ann: User):
    others = [stage.world.add_user(f"P{number}") for number in range(30)]
    chat = await stage.group(ann, *others)
    announcement = await stage.answer(ann, chat, "/newgroup Warzone")
    await stage.press(others[0], announcement, "Join")
    call = await stage.answer(ann, chat, "/notify Warzone 20: raid")
    data = call.button("✋ In")
    await asyncio.gather(*(stage.press_data(one, call, data) for one in others))
    await calls.show()
    assert "✋ 20 of 20 in: Ann, P" in call.text
    assert "⏳ Wait-list: P" in call.text
    assert len(calls.messenger.edits) <= 3
    (kept,) = await stage.store.calls.stale(1) or [await stage.store.calls.get(data.split(":")[2])]
    assert sorted(kept.coming) == sorted(one.id for one in (ann, *others))


async def test_a_full_squad_is_told_to_who_called_once(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    ann, bob, cyd, dee = people
    call = await stage.answer(ann, chat, "/notify Warzone 3: raid")
    assert rows(call) == ["✋ 1 of 3 in: Ann"]
    assert "raid" in call.text
    assert "3:" not in call.text
    await calls.press(bob, call, "✋ In")
    before = stage.calls("sendMessage")
    await calls.press(cyd, call, "✋ In")
    assert stage.calls("sendMessage") == before + 1
    told = stage.by_bot(chat)[-1]
    assert told.text == "✅ Warzone is full: Ann, Bob, Cyd. Have fun, Ann!"
    assert stage.pinged(told) == {ann.id}
    assert told.reply_to is not None
    assert labels(call)[0] == "Wait-list"
    assert await calls.press(dee, call, "Wait-list") == "The squad is full. You're number 1 on the wait-list."
    assert rows(call) == ["✋ 3 of 3 in: Ann, Bob, Cyd", "⏳ Wait-list: Dee"]
    await calls.press(bob, call, "Can't")
    assert rows(call) == ["✋ 3 of 3 in: Ann, Cyd, Dee", "👋 Can't: Bob"]
    assert stage.calls("sendMessage") == before + 1, "who moves up pings nobody, and the squad is full once"


async def test_whoever_is_not_in_the_group_may_answer_and_is_offered_to_join(
    calls: Calling, stage: Stage, chat: Chat, people: list[User]
):
    call = await stage.answer(people[0], chat, "/notify Warzone")
    told = await calls.press(people[3], call, "✋ In")
    assert told == "You're in! Tap Join, and the next calls of Warzone ping you too."
    assert rows(call) == ["✋ In: Ann, Dee"]
    await stage.press(people[3], call, "Join")
    assert people[3].id in (await warzone(stage, chat)).members


async def test_a_closed_group_offers_nobody_to_join(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    group = await warzone(stage, chat)
    await stage.store.notifygroups.set_joining(group.id, chat.id, Joining.INVITE, by=people[0].id)
    call = await stage.answer(people[0], chat, "/notify Warzone")
    assert "Join" not in labels(call)
    assert await calls.press(people[3], call, "✋ In") == "You're in!"


async def test_who_called_closes_it_and_others_do_not(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    ann, bob, cyd, _ = people
    call = await stage.answer(ann, chat, "/notify Warzone raid")
    await calls.press(bob, call, "✋ In")
    assert await calls.press(bob, call, CLOSE) == "That's for whoever called."
    stale = call.button("✋ In")
    assert await calls.press(ann, call, CLOSE) == "The call is closed."
    assert call.text.startswith("🏁 Ann called Warzone. The call is closed.\n\nraid")
    assert rows(call) == ["✋ In: Ann, Bob"]
    assert labels(call) == ["Join", "Leave"]
    answer = await stage.press_data(cyd, call, stale, forged=True)
    assert answer is not None
    assert answer.text == "This call is closed. A new one: /notify"
    assert answer.alert


async def test_an_admin_may_close_it(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    stage.world.promote(people[3], chat)
    assert await calls.press(people[3], call, CLOSE) == "The call is closed."


async def test_it_closes_in_time(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    await stage.clock.advance(CALL_OPEN.total_seconds() - 120)
    await calls.press(people[1], call, "✋ In")
    assert not call.text.startswith("🏁")
    await stage.clock.advance(240)
    await calls.until(lambda: call.text.startswith("🏁"))


async def test_a_chat_chooses_how_long_calls_take_answers(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    await stage.said(people[0], people[0], f"/start settings_{chat.id}")
    menu = stage.by_bot(people[0])[-1]
    await stage.press(people[0], menu, "End of calls")
    await stage.press(people[0], menu, "30 minutes")
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    await stage.clock.advance(timedelta(minutes=32).total_seconds())
    await calls.until(lambda: call.text.startswith("🏁"))


async def test_who_left_the_chat_cannot_answer(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    data = call.button("✋ In")
    query = stage.world.press(people[1], chat.id, call.id, data)
    stage.world.leave(people[1], chat)
    await stage.settle()
    answer = stage.world.callback_answer(query)
    await calls.show()
    assert answer is not None
    assert answer.alert
    assert rows(call) == ["✋ In: Ann"]


@pytest.mark.usefixtures("calls")
async def test_a_call_of_another_chat_is_over(stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    other = await stage.group(people[0], people[1], title="Other")
    announcement = await stage.answer(people[0], other, "/newgroup Warzone")
    answer = await stage.press_data(people[1], announcement, call.button("✋ In"), forged=True)
    assert answer is not None
    assert "closed" in (answer.text or "")
    assert rows(call) == ["✋ In: Ann"]


async def test_a_text_too_long_stands_before_the_call(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    text = "🎮" * 1500
    before, call = await stage.said(people[0], chat, f"/notify Warzone 2: {text}")
    assert before.text == text
    assert before.buttons == []
    await calls.press(people[1], call, "✋ In")
    assert rows(call) == ["✋ 2 of 2 in: Ann, Bob"]
    assert before.text == text


async def test_the_looks_of_the_text_are_kept_by_an_edit(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    looks = [{"type": "bold", "offset": 16, "length": 5}, {"type": "spoiler", "offset": 22, "length": 4}]
    call = await stage.answer(people[0], chat, "/notify Warzone quick 🎮ok", entities=looks)
    await calls.press(people[1], call, "✋ In")
    kept = [
        (one["type"], call.text.encode("utf-16-le")[2 * one["offset"] :][: 2 * one["length"]]) for one in call.entities
    ]
    assert ("bold", "quick".encode("utf-16-le")) in kept
    assert ("spoiler", "🎮ok".encode("utf-16-le")) in kept


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
async def test_hostile_names_answer_like_others(
    calls: Calling, stage: Stage, chat: Chat, people: list[User], name: str
):
    stranger = stage.world.add_user(name)
    stage.world.join(stranger, chat)
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    await calls.press(stranger, call, "✋ In")
    assert rows(call)[0].startswith("✋ In: Ann, ")
    assert stage.pinged(call) == {people[1].id, people[2].id}


async def test_a_restart_keeps_everything(stage: Stage, sim: SimServer, chat: Chat, people: list[User]):
    async with answering(stage, sim) as calls:
        call = await stage.answer(people[0], chat, "/notify Warzone 3: raid")
        await calls.press(people[1], call, "✋ In")
    await stage.press(people[2], call, "✋ In")  # the process died before it was shown
    async with answering(stage, sim) as calls:
        await calls.show()
        assert rows(call) == ["✋ 3 of 3 in: Ann, Bob, Cyd"]
        assert stage.by_bot(chat)[-1].text.startswith("✅ Warzone is full")


async def test_a_deleted_message_ends_it(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    data = call.button("✋ In")
    kept = data.split(":")[2]
    stage.world.delete_message(chat, call.id)
    await stage.store.calls.answer(kept, people[1].id, Answer.IN, stage.clock.now())
    await calls.show()
    assert await stage.store.calls.get(kept) is None


async def test_a_chat_that_became_a_supergroup_has_it_posted_anew(
    calls: Calling, stage: Stage, people: list[User], sim: SimServer
):
    del sim
    old = stage.world.add_group("Small", people)
    stage.world.add_bot(old, people[0])
    await stage.settle()
    announcement = await stage.answer(people[0], old, "/newgroup Warzone")
    await stage.press(people[1], announcement, "Join")
    call = await stage.answer(people[0], old, "/notify Warzone raid")
    await calls.press(people[1], call, "✋ In")
    new = stage.world.migrate(old)
    await stage.settle()
    await calls.until(lambda: any("calls Warzone" in one.text for one in stage.by_bot(new)))
    (anew,) = [one for one in stage.by_bot(new) if "calls Warzone" in one.text]
    assert rows(anew) == ["✋ In: Ann, Bob"]
    assert stage.pinged(anew) == set()
    await calls.press(people[2], anew, "✋ In")
    assert rows(anew) == ["✋ In: Ann, Bob, Cyd"]


async def test_a_refused_edit_does_not_stop_the_next_call(calls: Calling, stage: Stage, chat: Chat, people: list[User]):
    call = await stage.answer(people[0], chat, "/notify Warzone raid")
    stage.world.fail("editMessageText", "429", 1)
    await calls.press(people[1], call, "✋ In")
    assert rows(call) == ["✋ In: Ann, Bob"]


class TestNow:
    """Calls for who is on."""

    @pytest.fixture
    async def cyd_is_on(self, stage: Stage, chat: Chat, people: list[User]) -> None:
        """Cyd plays and Bob does not; both have said who of the list they are."""
        for user, status in ((people[1], Status.OFFLINE), (people[2], Status.PLAYING)):
            account = stage.steam.know(user.first_name, status, title="Chess" if status is Status.PLAYING else None)
            await stage.store.statususers.add(
                chat.id, user.id, user.first_name, {Platform.STEAM: account}, "Squad", person_id=user.id
            )

    @pytest.mark.usefixtures("cyd_is_on")
    async def test_it_pings_who_is_on_and_names_the_rest(
        self, calls: Calling, stage: Stage, chat: Chat, people: list[User]
    ):
        ann, bob, cyd, _ = people
        call = await stage.answer(ann, chat, "/notify Warzone now raid")
        assert call.text.startswith("📣 Ann calls Warzone, whoever is on\n\nraid")
        assert rows(call) == ["✋ In: Ann", "🌙 Not seen on: Bob"]
        assert stage.pinged(call) == {cyd.id}
        assert await calls.press(cyd, call, "Ping the rest (1)") == "That's for whoever called."
        assert await calls.press(ann, call, "Ping the rest (1)") == "I'm pinging 1 more person."
        assert stage.pinged(stage.by_bot(chat)[-1]) == {bob.id}
        assert "Ping the rest (1)" not in labels(call)
        assert rows(call) == ["✋ In: Ann"]

    @pytest.mark.usefixtures("cyd_is_on")
    async def test_who_has_answered_is_no_part_of_the_rest(
        self, calls: Calling, stage: Stage, chat: Chat, people: list[User]
    ):
        call = await stage.answer(people[0], chat, "/notify Warzone now")
        data = call.button("Ping the rest (1)")
        await calls.press(people[1], call, "✋ In")
        assert rows(call) == ["✋ In: Ann, Bob"]
        answer = await stage.press_data(people[0], call, data, forged=True)
        assert answer is not None
        assert answer.text == "The rest has been pinged, or has answered."

    @pytest.mark.usefixtures("cyd_is_on")
    async def test_the_same_tap_twice_pings_once(self, calls: Calling, stage: Stage, chat: Chat, people: list[User]):
        call = await stage.answer(people[0], chat, "/notify Warzone now")
        data = call.button("Ping the rest (1)")
        for _ in range(3):
            await stage.press_data(people[0], call, data, forged=True)
        await calls.show()
        assert [push.user_id for push in stage.world.pushes if push.reason == "mention"] == [people[2].id, people[1].id]

    @pytest.mark.usefixtures("cyd_is_on", "calls")
    async def test_a_group_may_always_call_so(self, stage: Stage, chat: Chat, people: list[User]):
        ann, _, cyd, _ = people
        group = await warzone(stage, chat)
        await stage.said(ann, ann, f"/start group_{group.id}")
        card = stage.by_bot(ann)[-1]
        await stage.press(ann, card, "Edit")
        await stage.press(ann, card, "Ping who's on")
        assert "Its calls ping only who's on." in card.text
        assert stage.by_bot(chat)[-1].text == "🟢 From now on calls of Warzone ping only who's on. Ann chose it."
        call = await stage.answer(ann, chat, "/notify Warzone raid")
        assert stage.pinged(call) == {cyd.id}
        await stage.press(ann, card, "Ping everybody")
        assert not (await warzone(stage, chat)).only_on

    @pytest.mark.usefixtures("calls")
    async def test_where_nobody_is_on_it_is_said_and_can_be_answered(
        self, stage: Stage, chat: Chat, people: list[User]
    ):
        call = await stage.answer(people[0], chat, "/notify Warzone now")
        assert stage.pinged(call) == set()
        assert rows(call) == ["✋ In: Ann", "🌙 Not seen on: Bob, Cyd"]
        assert "🔔 Ping the rest (2)" in labels(call)

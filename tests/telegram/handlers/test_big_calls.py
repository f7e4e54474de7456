"""Calls of very many: confirmed first, by whoever calls, under the rules of that moment."""

import asyncio
from typing import Any

import pytest

from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.handlers.big_calls import BIG_CALL
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.ringing import calls_in, crowd, pinged, reborn, warzone

TEXT = "tick ` tick, *star* <b>bold</b> (.*) C++ 夜 🎮\n\nbe quick"


async def a_big_call(
    stage: Stage, people: int = 27, text: str = "go", **more: object
) -> tuple[Chat, list[User], SimMessage]:
    chat, everybody = await crowd(stage, people)
    question = await stage.answer(everybody[0], chat, f"/notify Warzone {text}", **more)
    return chat, everybody, question


def is_there(stage: Stage, message: SimMessage) -> bool:
    return message in stage.world.messages(message.chat_id)


async def test_a_hundred_members_are_asked_for_once_and_called_by_twenty_messages(stage: Stage):
    chat, people = await crowd(stage, 100)
    stage.world.promote(stage.world.default_bot.user, chat)
    await stage.settle()
    since = len(stage.world.requests)
    question = await stage.answer(people[0], chat, "/notify Warzone tonight?")
    assert question.text == "📣 That pings 99 people in Warzone. Call them all?"
    assert [button["text"] for button in question.buttons] == ["📣 Confirm", "Cancel"]
    assert pinged(stage, chat) == []
    await stage.press(people[0], question, "📣 Confirm")
    assert sorted(pinged(stage, chat)) == sorted(user.id for user in people[1:])
    methods = [request.method for request in list(stage.world.requests)[since:] if request.method != "getUpdates"]
    assert methods.count("sendMessage") == 21
    assert methods.count("getChatMember") == 1, "of who confirms"
    assert len(methods) <= 25
    assert not is_there(stage, question)
    assert not [one for one in stage.world.messages(chat) if one.text == "/notify Warzone tonight?"]


async def test_what_was_typed_is_said_to_the_letter_after_the_confirmation(stage: Stage):
    typed = f"/notify Warzone {TEXT}"
    entities = [{"type": "bold", "offset": len(typed.encode("utf-16-le")) // 2 - 5, "length": 5}]
    chat, people, question = await a_big_call(stage, text=TEXT, entities=entities)
    await stage.press(people[0], question, "📣 Confirm")
    first = calls_in(stage, chat)[-6]
    assert TEXT in first.text
    bold = [e for e in first.entities if e["type"] == "bold"]
    words = [first.text.encode("utf-16-le")[2 * e["offset"] : 2 * (e["offset"] + e["length"])] for e in bold]
    assert words[-1].decode("utf-16-le") == "quick"


async def test_others_get_an_alert_and_change_nothing(stage: Stage):
    chat, people, question = await a_big_call(stage)
    for label in ("📣 Confirm", "Cancel"):
        seen = await stage.press(people[1], question, label)
        assert seen is not None
        assert seen.alert
        assert seen.text == "That's for whoever wants to call."
    assert is_there(stage, question)
    assert pinged(stage, chat) == []
    await stage.press(people[0], question, "📣 Confirm")
    assert len(pinged(stage, chat)) == 26


async def test_cancel_calls_nobody_and_says_so(stage: Stage):
    chat, people, question = await a_big_call(stage)
    seen = await stage.press(people[0], question, "Cancel")
    assert seen is not None
    assert "Nobody was called" in seen.text
    assert not is_there(stage, question)
    assert pinged(stage, chat) == []
    assert (await warzone(stage, chat)).last_call_at is None


async def test_a_second_confirmation_calls_nobody_again(stage: Stage):
    chat, people, question = await a_big_call(stage)
    data = question.button("📣 Confirm")
    presses = [stage.world.press(people[0], chat.id, question.id, data) for _ in range(2)]
    await stage.settle()
    assert len(pinged(stage, chat)) == 26
    second = stage.world.callback_answer(presses[1])
    assert second is not None
    assert second.alert


async def test_what_holds_is_the_group_of_the_confirmation(stage: Stage):
    chat, people, question = await a_big_call(stage)
    group = await warzone(stage, chat)
    await stage.store.notifygroups.rename(group.id, chat.id, "Peacezone", by=people[0].id)
    for user in people[6:]:
        await stage.store.notifygroups.leave(group.id, chat.id, user.id)
    await stage.store.notifygroups.mute(group.id, chat.id, people[5].id, None)
    await stage.press(people[0], question, "📣 Confirm")
    assert sorted(pinged(stage, chat)) == sorted(user.id for user in people[1:5])
    call = calls_in(stage, chat)[-1]
    assert call.text.startswith(f"📣 {people[0].first_name} calls Peacezone")
    assert f"🔕 Muted: {people[5].first_name}" in call.text


async def test_who_is_no_member_any_more_calls_nobody(stage: Stage):
    chat, people = await crowd(stage, 27)
    question = await stage.answer(people[1], chat, "/notify Warzone go")
    group = await warzone(stage, chat)
    await stage.store.notifygroups.leave(group.id, chat.id, people[1].id)
    seen = await stage.press(people[1], question, "📣 Confirm")
    assert seen is not None
    assert seen.alert
    assert "Only members can call Warzone" in seen.text
    assert pinged(stage, chat) == []


async def test_who_left_the_chat_calls_nobody(stage: Stage):
    chat, people = await crowd(stage, 27)
    question = await stage.answer(people[1], chat, "/notify Warzone go")
    query_id = stage.world.press(people[1], chat.id, question.id, question.button("📣 Confirm"))
    (tap,) = await stage.api.take()
    stage.world.leave(people[1], chat)
    await stage.feed(tap)
    seen = stage.world.callback_answer(query_id)
    assert seen is not None
    assert seen.alert
    assert pinged(stage, chat) == []


async def test_a_group_that_was_deleted_takes_its_question_along(stage: Stage):
    chat, people, question = await a_big_call(stage)
    group = await warzone(stage, chat)
    await stage.store.notifygroups.delete(group.id, chat.id, by=None)
    seen = await stage.press(people[0], question, "📣 Confirm")
    assert seen is not None
    assert seen.text == "That group isn't here any more."
    assert not is_there(stage, question)


async def test_the_cool_down_of_the_confirmation_counts_and_the_question_stays(stage: Stage):
    chat, people, question = await a_big_call(stage)
    second = await stage.answer(people[1], chat, "/notify Warzone me too")
    await stage.press(people[0], question, "📣 Confirm")
    seen = await stage.press(people[1], second, "📣 Confirm")
    assert seen is not None
    assert "Again in 60 seconds" in seen.text
    assert "Again in" in (await stage.answer(people[1], chat, "/notify Warzone me too")).text, "nothing to confirm"
    await stage.clock.advance(60)
    before = len(pinged(stage, chat))
    await stage.press(people[1], second, "📣 Confirm")
    assert len(pinged(stage, chat)) == before + 26


async def test_a_command_that_is_handled_again_asks_once(stage: Stage):
    chat, people = await crowd(stage, 27)
    stage.world.say(people[0], chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    before = len(stage.by_bot(chat))
    await stage.feed(update)
    await stage.feed(update)
    assert len(stage.by_bot(chat)) == before + 1


async def test_a_question_that_cannot_be_asked_leaves_nothing_open(stage: Stage):
    chat, people = await crowd(stage, 27)
    stage.world.fail("sendMessage", "400", 2)
    await stage.said(people[0], chat, "/notify Warzone go")
    assert await stage.parts.dialogs.all(stage.parts.me.id, people[0].id, chat.id) == []


async def test_a_confirmation_that_is_handled_again_after_a_death_pings_nobody_twice(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    chat, people, question = await a_big_call(stage)
    stage.world.press(people[0], chat.id, question.id, question.button("📣 Confirm"))
    (update,) = await stage.api.take()
    close = DialogBook.close

    class Died(BaseException):
        """Before the dialog is closed."""

    async def dies(*_: Any) -> bool:
        raise Died

    monkeypatch.setattr(DialogBook, "close", dies)
    with pytest.raises(Died):
        await stage.feed(update)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    monkeypatch.setattr(DialogBook, "close", close)
    reborn(stage)
    await stage.feed(update)
    assert sorted(pinged(stage, chat)) == sorted(user.id for user in people[1:])
    assert not is_there(stage, question)


async def test_a_question_of_yesterday_is_over_and_goes(stage: Stage):
    chat, people, question = await a_big_call(stage)
    (dialog,) = await stage.parts.dialogs.all(stage.parts.me.id, people[0].id, chat.id)
    assert dialog.kind == BIG_CALL
    await stage.parts.dialogs.close(dialog)
    seen = await stage.press(people[0], question, "📣 Confirm")
    assert seen is not None
    assert seen.alert
    assert not is_there(stage, question)
    assert pinged(stage, chat) == []


async def test_it_is_asked_and_called_in_the_topic(stage: Stage):
    chat, people = await crowd(stage, 27, forum=True)
    topic = stage.world.open_topic(chat, "Evenings")
    await stage.settle()
    question = await stage.answer(people[0], chat, "/notify Warzone go", thread_id=topic.id)
    assert question.thread_id == topic.id
    await stage.press(people[0], question, "📣 Confirm")
    assert {message.thread_id for message in calls_in(stage, chat)} == {topic.id}


async def test_twenty_five_are_called_at_once(stage: Stage):
    chat, people = await crowd(stage, 26)
    first, *_ = await stage.said(people[0], chat, "/notify Warzone go")
    assert first.text.startswith("📣 Squad 0 calls Warzone")
    assert len(pinged(stage, chat)) == 25

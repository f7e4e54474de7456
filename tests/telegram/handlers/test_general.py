import asyncio

import pytest
from pymongo.errors import AutoReconnect

from gub import __version__
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage


@pytest.mark.parametrize("payload", ["", " foo", " asu_-100123", " ../../x", " 🎮<b>", " " + "x" * 64])
async def test_d40_start_takes_any_payload(stage: Stage, ann: User, payload: str):
    answer = await stage.answer(ann, ann, f"/start{payload}")
    assert "Ann" in answer.text
    assert answer.buttons[0]["url"].startswith("https://t.me/gub_test_bot?startgroup=")


async def test_start_works_in_a_group(stage: Stage, squad: Chat, ann: User):
    assert "Squad" in (await stage.answer(ann, squad, "/start")).text


async def test_adding_by_our_link_greets_once_in_either_order(stage: Stage, ann: User):
    for order in (1, -1):
        chat = stage.world.add_group(f"Squad {order}", [ann], supergroup=True)
        stage.world.add_bot(chat, ann)
        stage.world.say(ann, chat, "/start@gub_test_bot hello")
        for update in (await stage.api.take())[::order]:
            await stage.feed(update)
        assert len(stage.by_bot(chat)) == 1


async def test_about_works_everywhere(stage: Stage, squad: Chat, ann: User):
    for place in (ann, squad):
        assert __version__ in (await stage.answer(ann, place, "/about@GUB_TEST_BOT")).text


async def test_what_is_not_known_gets_a_hint_in_private_and_silence_in_groups(stage: Stage, squad: Chat, ann: User):
    assert "/help" in (await stage.answer(ann, ann, "/frobnicate now")).text
    assert "/help" in (await stage.answer(ann, ann, "hello there")).text
    assert await stage.said(ann, squad, "/frobnicate@gub_test_bot") == []
    assert await stage.said(ann, ann, "/status@other_bot") == []


async def test_d34_edited_messages_do_nothing(stage: Stage, squad: Chat, ann: User):
    message = stage.world.say(ann, squad, "/help")
    await stage.settle()
    before = len(stage.by_bot(squad))
    await stage.api.take(allowed_updates=["message", "edited_message"])
    stage.world.edit_message(ann, squad, message.id, "/status")
    updates = await stage.api.take()
    assert any("edited_message" in update for update in updates)
    for update in updates:
        await stage.feed(update)
    assert len(stage.by_bot(squad)) == before
    assert all(outcome == "ok" for _, outcome in stage.outcomes)


async def test_captions_are_no_commands(stage: Stage, ann: User):
    await stage.said(ann, ann, "/help")
    before = len(stage.by_bot(ann))
    stage.world.deliver_raw(
        {
            "message": {
                "message_id": 99,
                "date": 1,
                "chat": {"id": ann.id, "type": "private", "first_name": "Ann"},
                "from": {"id": ann.id, "is_bot": False, "first_name": "Ann"},
                "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
                "caption": "/help",
            }
        }
    )
    await stage.settle()
    assert len(stage.by_bot(ann)) == before


async def test_channels_and_auto_forwards_are_nobody(stage: Stage, squad: Chat, ann: User):
    assert await stage.said(ann, squad, "/help", as_channel="News") == []
    stage.world.auto_forward(squad, "/help@gub_test_bot")
    await stage.settle()
    assert not any("in private" in message.text for message in stage.by_bot(squad))


async def test_an_anonymous_admin_may_ask(stage: Stage, squad: Chat, ann: User):
    assert "/add" in (await stage.answer(ann, squad, "/status", anonymous=True)).text


async def test_d48_a_memory_that_is_away_is_said(stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")

    async def away(*_: object, **__: object) -> None:
        raise AutoReconnect("secret-host:27017: connection closed")

    monkeypatch.setattr(type(stage.store.statususers), "of_chat", away)
    monkeypatch.setattr(type(stage.store.notifygroups), "get", away)
    assert "My memory is not answering" in (await stage.answer(ann, squad, "/status")).text
    answer = await stage.press(ann, announcement, "Join")
    assert answer is not None
    assert answer.alert
    assert "My memory is not answering" in answer.text


async def test_d48_what_nobody_expected_is_told_with_a_reference_that_the_log_has(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("private words of a person")

    monkeypatch.setattr(type(stage.store.statususers), "of_chat", broken)
    answer = await stage.answer(ann, squad, "/status")
    assert "Something went wrong on my side" in answer.text
    reference = answer.text.rstrip(".").rpartition(" ")[2]
    printed = "".join(capsys.readouterr())
    assert reference in printed
    assert "ZeroDivisionError" in printed
    assert "private words" not in printed + answer.text


async def test_an_error_that_cannot_be_told_stops_nothing(stage: Stage, squad: Chat, ann: User):
    stage.world.restrict_bot(squad)
    await stage.settle()
    assert await stage.said(ann, squad, "/status") == []
    assert stage.outcomes[-1] == ("message", "refused")


async def test_what_became_of_an_update_is_told_apart(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    async def outcome_of(text: str) -> tuple[str, str]:
        await stage.said(ann, squad, text)
        return stage.outcomes[-1]

    assert await outcome_of("/help") == ("message", "ok")
    assert await outcome_of("/join nothing") == ("message", "refused")

    async def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(type(stage.store.statususers), "of_chat", broken)
    assert await outcome_of("/status") == ("message", "failed")

    async def away(*_: object, **__: object) -> None:
        raise AutoReconnect("x")

    monkeypatch.setattr(type(stage.store.statususers), "of_chat", away)
    assert await outcome_of("/status") == ("message", "failed")

    await stage.feed({"update_id": 1, "message": {"text": "half of a message"}})
    assert stage.outcomes[-1] == ("message", "undecodable")
    await stage.feed({"update_id": 2, "telepathy": {"thought": "x"}})
    assert stage.outcomes[-1] == ("telepathy", "ok")


async def test_no_answer_to_what_is_said_to_another_bot_while_the_memory_is_away(
    stage: Stage, squad: Chat, monkeypatch: pytest.MonkeyPatch
):
    stage.world.promote(stage.world.default_bot.user, squad)
    await stage.settle()

    async def away(*_: object, **__: object) -> None:
        raise AutoReconnect("x")

    monkeypatch.setattr(type(stage.store.users), "learn", away)
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await stage.api.take()
    for text in ("/status@other_bot", "what is /status"):
        stage.world.say(carl, squad, text)
        handling = asyncio.ensure_future(stage.settle())
        for seconds in (1, 5, 15, 30):
            await stage.clock.until_sleeping()
            await stage.clock.advance(seconds)
        await handling
    assert len(stage.by_bot(squad)) == 1, "the greeting"
    assert "My memory is not answering" in (await stage.answer(carl, squad, "/status@gub_test_bot")).text


@pytest.mark.filterwarnings("error")
async def test_an_update_of_a_kind_to_come_is_passed_over_in_silence(stage: Stage, capsys: pytest.CaptureFixture[str]):
    stage.world.deliver_raw({"telepathy": {"thought": "private words"}})
    await stage.settle()
    assert "private words" not in "".join(capsys.readouterr())


async def test_a_name_of_markup_comes_through_as_it_is(stage: Stage):
    user = stage.world.add_user("<b>&_*[x](y)`")
    answer = await stage.answer(user, user, "/start")
    assert "<b>&_*[x](y)`" in answer.text


async def test_a_coming_or_going_is_noted_when_the_memory_is_back(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    failures = iter([AutoReconnect("x"), AutoReconnect("x")])
    forget = type(stage.store.chats).forget

    async def away_for_a_while(*args: int) -> bool:
        for failure in failures:
            raise failure
        return await forget(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(type(stage.store.chats), "forget", away_for_a_while)
    stage.world.remove_bot(squad, ann)
    settling = asyncio.ensure_future(stage.settle())
    for seconds in (1, 5):
        await stage.clock.until_sleeping()
        await stage.clock.advance(seconds)
    await settling
    assert not await stage.store.chats.exists(squad.id)


async def test_a_delay_is_told_to_whom_it_concerns(stage: Stage, squad: Chat, ann: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    query = stage.world.press(ann, squad, announcement.id, announcement.button("Join"))
    stage.world.say(ann, squad, "/status")
    stage.world.say(ann, squad, "hello everybody", reply_to=announcement.id)
    stage.world.say(ann, ann, "hello bot")
    before = len(stage.by_bot(squad))
    for update in await stage.api.take():
        await stage.delay_notice(update)
    answer = stage.world.callback_answer(query)
    assert answer is not None
    assert answer.alert
    assert "I'll do that as soon as I can" in answer.text
    assert len(stage.by_bot(squad)) == before + 1
    assert len(stage.by_bot(ann)) == 1

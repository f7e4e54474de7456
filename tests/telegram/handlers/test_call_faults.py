"""Calls under faults: deaths, commands handled again, closings, groups that move, and too much of everything."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from gub.domain.calls import Answer
from gub.domain.choices import Setting
from gub.domain.limits import CALL_OPEN, GROUP_MEMBERS, MESSAGE_UNITS
from gub.domain.splitting import utf16_length
from gub.domain.values import KnownUser
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.store.calls import CallsMade
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.notifygroups import NotifyGroups
from gub.telegram.gateway.outcomes import StoodDown, Unreachable
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from tests.telegram.handlers.answering import Calling, answering
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.ringing import Held, Killed, calls_in, crowd, pinged, warzone

CLOSE, IN, REST = "🏁 Close", "✋ In", "Ping the rest (2)"


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    async with connect(mongo_uri) as client:
        yield client[database_name]


@pytest.fixture
async def calls(stage: Stage, sim: SimServer) -> AsyncIterator[Calling]:
    async with answering(stage, sim) as made:
        yield made


async def said_to(stage: Stage, user: User, chat: Chat, text: str) -> dict[str, Any]:
    """Let somebody write; give the update, which nobody has handled."""
    stage.world.say(user, chat, text)
    (update,) = await stage.api.take()
    return update


def dies(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, *, after: bool = False) -> None:
    """Let the process die once, before a step or after it."""
    step = getattr(owner, name)

    async def dying(*args: Any, **more: Any) -> None:
        monkeypatch.setattr(owner, name, step)
        if after:
            await step(*args, **more)
        raise Killed

    monkeypatch.setattr(owner, name, dying)


async def handled(stage: Stage, update: dict[str, Any]) -> None:
    """Handle an update, to the end or until the process dies; another process goes on."""
    with suppress(Killed):
        await stage.feed(update)
        await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    stage.restart()


async def posted_unnoted(stage: Stage, user: User, chat: Chat, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Let somebody call, and the process die when that is posted and not noted; give the update."""
    update = await said_to(stage, user, chat, "/notify Warzone go")
    dies(monkeypatch, CallsMade, "posted")
    await handled(stage, update)
    return update


async def half_rung(
    stage: Stage, user: User, chat: Chat, monkeypatch: pytest.MonkeyPatch
) -> tuple[Held, asyncio.Future[None]]:
    """Let somebody call, and hold back all but the first message of it."""
    held = Held(monkeypatch)
    stage.world.say(user, chat, "/notify Warzone go")
    settling = asyncio.ensure_future(stage.settle())
    await held.let_one()
    return held, settling


def of(message: SimMessage) -> str:
    """Give the id of the call that a message shows."""
    return message.button(IN).split(":")[2]


class TestWhatRingsOn:
    """The further messages of a call, while people answer."""

    async def test_a_closed_call_pings_nobody_any_more(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        chat, people = await crowd(stage, 21)
        held, settling = await half_rung(stage, people[0], chat, monkeypatch)
        assert await stage.store.calls.end(of(calls_in(stage, chat)[0]))
        held.let_all()
        await settling
        assert len(pinged(stage, chat)) == 10, "that which waited, and none after it"

    async def test_who_has_answered_is_not_pinged(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        chat, people = await crowd(stage, 21)
        held, settling = await half_rung(stage, people[0], chat, monkeypatch)
        (call,) = calls_in(stage, chat)
        await stage.store.calls.answer(of(call), people[20].id, Answer.IN, stage.clock.now())
        await stage.store.calls.answer(of(call), people[19].id, Answer.CANT, stage.clock.now())
        held.let_all()
        await settling
        assert sorted(pinged(stage, chat)) == sorted(one.id for one in people[1:19])

    async def test_the_rest_of_a_closed_call_is_left_in_peace(self, calls: Calling, stage: Stage):
        chat, people = await crowd(stage, 3)
        call = await stage.answer(people[0], chat, "/notify Warzone now")
        data = call.button(REST)
        await calls.press(people[0], call, CLOSE)
        answer = await stage.press_data(people[0], call, data, forged=True)
        assert answer is not None
        assert "closed" in (answer.text or "")
        assert pinged(stage, chat) == []

    async def test_the_rest_of_a_deleted_group_is_not_promised_a_ping(self, calls: Calling, stage: Stage):
        chat, people = await crowd(stage, 3)
        call = await stage.answer(people[0], chat, "/notify Warzone now")
        data = call.button(REST)
        group = await warzone(stage, chat)
        await stage.store.notifygroups.delete(group.id, chat.id, by=people[0].id)
        answer = await stage.press_data(people[0], call, data)
        assert answer is not None
        assert "Warzone" in (answer.text or "")
        assert "pinging" not in (answer.text or "")
        await calls.press(people[1], call, IN)
        assert not [one for one in call.buttons if "Ping" in one["text"]]
        assert pinged(stage, chat) == []

    async def test_who_left_the_group_is_no_part_of_the_rest(self, calls: Calling, stage: Stage):
        chat, people = await crowd(stage, 3)
        call = await stage.answer(people[0], chat, "/notify Warzone now")
        await stage.press(people[1], call, "Leave")
        assert await calls.press(people[0], call, REST) == "I'm pinging 1 more person."
        assert pinged(stage, chat) == [people[2].id]

    async def test_who_may_not_call_any_more_pings_no_rest(self, calls: Calling, stage: Stage):
        chat, people = await crowd(stage, 4)
        call = await stage.answer(people[1], chat, "/notify Warzone now")
        await stage.press(people[1], call, "Leave")
        told = await calls.press(people[1], call, "Ping the rest (3)")
        assert told.startswith("Only members can call Warzone.")
        await stage.press(people[1], call, "Join")
        await stage.parts.choices.choose(chat.id, Setting.WHO_CALLS, "admins")
        told = await calls.press(people[1], call, "Ping the rest (3)")
        assert told == "Only admins of the chat can call groups. Ask one of them."
        assert pinged(stage, chat) == []


class TestRefused:
    """Messages that Telegram does not take, for a while or as they are."""

    async def test_a_tap_on_a_closed_call_closes_the_message_that_could_not_be_changed(
        self, calls: Calling, stage: Stage
    ):
        chat, people = await crowd(stage, 3)
        call = await stage.answer(people[0], chat, "/notify Warzone go")
        refusal = "Bad Request: not enough rights to send text messages to the chat"
        stage.world.fail("editMessageText", "400", 1, description=refusal)
        await calls.press(people[0], call, CLOSE)
        assert not call.text.startswith("🏁")
        assert await calls.press(people[1], call, IN) == "This call is closed. A new one: /notify"
        assert call.text.startswith("🏁")

    async def test_of_a_call_that_had_to_be_divided_one_message_is_its_own(self, calls: Calling, stage: Stage):
        chat, people = await crowd(stage, 6)
        stage.world.fail("sendMessage", "400", 1, description="Bad Request: user not found")
        await stage.said(people[0], chat, "/notify Warzone go")
        await calls.show()
        call, further = calls_in(stage, chat)
        assert await calls.press(people[5], call, IN) == "You're in!"
        assert "go\n\n✋ In: Squad 0, Squad 5" in call.text
        assert "go" not in further.text
        assert sorted(pinged(stage, chat)) == sorted(one.id for one in people[1:])

    async def test_a_text_keeps_its_looks_where_mentions_are_refused(self, calls: Calling, stage: Stage):
        chat, people = await crowd(stage, 3)
        looks = [{"type": "spoiler", "offset": len("/notify Warzone "), "length": len("he dies")}]
        call = await stage.answer(people[0], chat, "/notify Warzone he dies", entities=looks)
        stage.world.fail("editMessageText", "400", 1, description="Bad Request: user not found")
        await calls.press(people[1], call, IN)
        assert "✋ In: Squad 0, Squad 1" in call.text
        assert [one["type"] for one in call.entities if one["type"] == "spoiler"] == ["spoiler"]


class TestHandledAgain:
    """A command whose process died over it."""

    @pytest.mark.parametrize("tidied", [True, False], ids=["tidied before", "at once"])
    async def test_hours_later_it_calls_as_if_it_were_typed_then(
        self, stage: Stage, sim: SimServer, monkeypatch: pytest.MonkeyPatch, *, tidied: bool
    ):
        chat, people = await crowd(stage, 3)
        update = await said_to(stage, people[0], chat, "/notify Warzone go")
        dies(monkeypatch, Messenger, "send")
        await handled(stage, update)
        await stage.clock.advance(CALL_OPEN.total_seconds() + 600)
        if tidied:
            async with answering(stage, sim) as calls:
                await calls.show()
        await handled(stage, update)
        (call,) = calls_in(stage, chat)
        assert call.text.startswith("📣 Squad 0 calls Warzone\n\ngo")
        async with answering(stage, sim) as calls:
            await stage.clock.advance(120)
            await calls.show()
            assert await calls.press(people[1], call, IN) == "You're in!"

    async def test_it_is_for_who_is_in_the_group_then(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        chat, people = await crowd(stage, 3)
        update = await said_to(stage, people[0], chat, "/notify Warzone go")
        dies(monkeypatch, Messenger, "send")
        await handled(stage, update)
        group = await warzone(stage, chat)
        await stage.store.notifygroups.leave(group.id, chat.id, people[1].id)
        await handled(stage, update)
        assert pinged(stage, chat) == [people[2].id]

    async def test_what_stands_in_the_chat_is_not_said_again(self, stage: Stage, monkeypatch: pytest.MonkeyPatch):
        chat, people = await crowd(stage, 9)
        update = await said_to(stage, people[0], chat, "/notify Warzone go")
        dies(monkeypatch, CallsMade, "posted", after=True)
        await handled(stage, update)
        assert len(pinged(stage, chat)) == 5
        await handled(stage, update)
        assert sorted(pinged(stage, chat)) == sorted(one.id for one in people[1:])

    async def test_after_it_was_closed_it_calls_nobody(
        self, calls: Calling, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ):
        chat, people = await crowd(stage, 9)
        update = await posted_unnoted(stage, people[0], chat, monkeypatch)
        (call,) = calls_in(stage, chat)
        assert await calls.press(people[0], call, CLOSE) == "The call is closed."
        assert call.text.startswith("🏁 Squad 0 called Warzone.")
        before, written = pinged(stage, chat), stage.by_bot(chat)
        await stage.clock.advance(timedelta(minutes=5).total_seconds())
        await handled(stage, update)
        assert pinged(stage, chat) == before
        assert stage.by_bot(chat) == written

    async def test_what_people_see_is_kept_when_saying_it_again_is_refused(
        self, calls: Calling, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ):
        chat, people = await crowd(stage, 3)
        update = await posted_unnoted(stage, people[0], chat, monkeypatch)
        stage.world.fail("sendMessage", "400", 1, description="Bad Request: not enough rights to send text messages")
        await handled(stage, update)
        call = calls_in(stage, chat)[0]
        assert await calls.press(people[1], call, IN) == "You're in!"
        assert "✋ In: Squad 0, Squad 1" in call.text

    async def test_what_may_stand_in_the_chat_is_kept_when_telegram_does_not_say(
        self, calls: Calling, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ):
        chat, people = await crowd(stage, 3)
        send = Messenger.send

        async def unheard(messenger: Messenger, chat_id: int, *args: Any, **more: Any) -> None:
            monkeypatch.setattr(Messenger, "send", send)
            await send(messenger, chat_id, *args, **more)
            raise Unreachable("sendMessage", chat_id, "no answer in time")

        monkeypatch.setattr(Messenger, "send", unheard)
        call = await stage.answer(people[0], chat, "/notify Warzone go")
        assert await calls.press(people[1], call, IN) == "You're in!"
        assert "✋ In: Squad 0, Squad 1" in call.text

    async def test_who_stood_down_gives_nothing_back_that_is_another_workers(
        self, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ):
        chat, people = await crowd(stage, 3)

        async def standing_down(_: Messenger, chat_id: int, *_args: Any, **_more: Any) -> None:
            raise StoodDown("sendMessage", chat_id)

        update = await said_to(stage, people[0], chat, "/notify Warzone go")
        with monkeypatch.context() as frozen:
            frozen.setattr(Messenger, "send", standing_down)
            await stage.feed(update)
        assert (await warzone(stage, chat)).last_call_at is not None
        await handled(stage, update)
        assert sorted(pinged(stage, chat)) == sorted(one.id for one in people[1:])

    async def test_what_was_never_said_is_forgotten_when_it_is_refused(self, stage: Stage, database: Database):
        chat, people = await crowd(stage, 3)
        stage.world.fail("sendMessage", "400", 1, description="Bad Request: not enough rights to send text messages")
        await stage.said(people[0], chat, "/notify Warzone go")
        assert await database["calls"].find().to_list() == []


class TestAGroupThatBecomesASupergroup:
    """While it is called, and after."""

    async def test_a_call_begun_just_then_is_answered_there(
        self, calls: Calling, stage: Stage, monkeypatch: pytest.MonkeyPatch
    ):
        old, ann, bob = await self._small(stage)
        claim, new = NotifyGroups.claim_call, list[Chat]()

        async def moving(*args: Any, **more: Any) -> Any:
            claimed = await claim(*args, **more)
            new.append(stage.world.migrate(old, tell=False))
            await stage.parts.messenger.send(old.id, View(["Something else that is written there, and moves all."]))
            return claimed

        monkeypatch.setattr(NotifyGroups, "claim_call", moving)
        await stage.said(ann, old, "/notify Warzone go")
        await calls.show()
        (call,) = calls_in(stage, new[0])
        assert await calls.press(bob, call, IN) == "You're in!"
        assert "✋ In: Ann, Bob" in call.text
        assert len(calls_in(stage, new[0])) == 1

    async def test_an_at_name_in_its_text_pings_nobody_again(self, calls: Calling, stage: Stage):
        old, ann, bob = await self._small(stage)
        call = await stage.answer(ann, old, "/notify Warzone with @bob_b *again*")
        assert bob.id in stage.pinged(call)
        new = stage.world.migrate(old)
        await stage.settle()
        await calls.until(lambda: calls_in(stage, new))
        (anew,) = calls_in(stage, new)
        assert "with @bob_b *again*" in anew.text
        assert stage.pinged(anew) == set()

    @staticmethod
    async def _small(stage: Stage) -> tuple[Chat, User, User]:
        ann, bob = stage.world.add_user("Ann"), stage.world.add_user("Bob", username="bob_b")
        old = stage.world.add_group("Small", [ann, bob])
        stage.world.add_bot(old, ann)
        await stage.settle()
        announcement = await stage.answer(ann, old, "/newgroup Warzone")
        await stage.press(bob, announcement, "Join")
        return old, ann, bob


class TestTooMuch:
    """Of people, of names, of text."""

    async def test_who_is_not_counted_is_told_so(self, calls: Calling, stage: Stage, database: Database):
        chat, people = await crowd(stage, 3)
        call = await stage.answer(people[0], chat, "/notify Warzone go")
        many = list(range(9000, 9000 + GROUP_MEMBERS))
        await database["calls"].update_one({}, {"$set": {"cant": [*many[1:], people[1].id], "coming": many}})
        told = "So many have answered that I stopped counting."
        assert await calls.press(people[1], call, IN) == told
        assert await calls.press(people[1], call, "In 15 min") == told
        assert await calls.press(people[1], call, "Can't") == "Maybe next time!"
        assert await calls.press(people[2], call, "Can't") == told

    @pytest.mark.parametrize("name", ["W" * 64, "@name" * 12, "🎮" * 32])
    async def test_a_call_is_one_message_whatever_people_are_called(
        self, calls: Calling, stage: Stage, database: Database, name: str
    ):
        chat, people = await crowd(stage, 6, title=name)
        ids = list(range(9000, 9120))
        await stage.store.users.learn([KnownUser(one, name) for one in ids])
        call = await stage.answer(people[0], chat, f"/notify Warzone 25: {'go ' * 660}")
        answered = {"coming": ids[:50], "cant": ids[50:70], "muted": ids[70:85], "asleep": ids[85:100]}
        late = {str(one): stage.clock.now() for one in ids[:50]}
        await database["calls"].update_one({}, {"$set": answered | {"away": ids[100:], "late": late, "stale": True}})
        before = calls_in(stage, chat)
        await calls.show()
        assert calls_in(stage, chat) == before
        assert "✋ 25 of 25 in: " in call.text
        assert "⏳" in call.text
        assert "👋" in call.text
        assert "🌙 Not seen on: " in call.text
        assert not call.text.endswith("\n…"), "nothing is cut off"
        assert utf16_length(call.text) <= MESSAGE_UNITS


async def test_the_database_away_while_it_is_posted_is_made_good(
    calls: Calling, stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    chat, people = await crowd(stage, 9)
    posted, failures = CallsMade.posted, iter([True, True])

    async def away(*args: Any, **more: Any) -> bool:
        if next(failures, False):
            raise AutoReconnect
        return await posted(*args, **more)

    monkeypatch.setattr(CallsMade, "posted", away)
    await stage.feed(await said_to(stage, people[0], chat, "/notify Warzone go"))
    await stage.clock.advance(10)
    await asyncio.wait_for(stage.parts.ringer.quiet(), 10)
    assert sorted(pinged(stage, chat)) == sorted(one.id for one in people[1:])
    call = calls_in(stage, chat)[0]
    kept = await stage.store.calls.get(of(call))
    assert kept is not None
    assert kept.message_id == call.id
    await calls.press(people[1], call, IN)
    assert "✋ In: Squad 0, Squad 1" in call.text


async def test_from_its_deadline_on_it_takes_no_answer_though_nobody_has_closed_it_yet(stage: Stage):
    chat, people = await crowd(stage, 3)
    call = await stage.answer(people[0], chat, "/notify Warzone go")
    await stage.clock.advance(CALL_OPEN.total_seconds())
    answer = await stage.press(people[1], call, IN)
    assert answer is not None
    assert answer.text == "This call is closed. A new one: /notify"
    kept = await stage.store.calls.get(of(call))
    assert kept is not None
    assert (kept.ended, kept.coming) == (True, (people[0].id,))


async def test_a_new_call_costs_no_edit(calls: Calling, stage: Stage):
    chat, people = await crowd(stage, 4)
    call = await stage.answer(people[0], chat, "/notify Warzone go")
    await calls.show()
    assert calls.messenger.edits == []
    await calls.press(people[1], call, IN)
    assert len(calls.messenger.edits) == 1


async def test_it_ends_with_a_mention_of_who_has_not_answered(calls: Calling, stage: Stage):
    chat, people = await crowd(stage, 3)
    call = await stage.answer(people[0], chat, "/notify Warzone go")
    assert call.text.endswith("Squad 1, Squad 2")
    await calls.press(people[1], call, "Can't")
    assert call.text.endswith("👋 Can't: Squad 1\n\nSquad 2")
    await calls.press(people[2], call, IN)
    assert call.text.endswith("👋 Can't: Squad 1")

"""/announce: made ready and confirmed by an owner, sent beside, steered, taken back."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest

from gub.domain.values import ChatFacts
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.services.announcements import AnnouncementBook
from gub.store.announcements import Announcement, Phase, TargetState
from gub.telegram.announcer import Announcer
from tests.telegram.handlers.conftest import Stage

OWNER = 1001
TEXT = "Tonight I move house"


@pytest.fixture
def owner_ids() -> frozenset[int]:
    return frozenset({OWNER})


@pytest.fixture
def owner(stage: Stage) -> User:
    made = stage.world.add_user("Olga")
    assert made.id == OWNER
    stage.world.start(made)
    return made


@dataclass
class Desk:
    """An owner with some groups, and the announcer, which works only while it is let."""

    stage: Stage
    owner: User
    groups: list[Chat]

    @property
    def book(self) -> AnnouncementBook:
        return self.stage.parts.announcements

    def announcer(self) -> Announcer:
        parts = self.stage.parts
        return Announcer(
            self.stage.store,
            parts.chats,
            parts.messenger,
            self.stage.bot,
            parts.languages,
            changed=self.book.changed,
            clock=self.stage.clock,
        )

    async def work(self, until: Callable[[], object] | None = None) -> None:
        """Let the announcer work until there is nothing to do, or until something is so."""
        working = asyncio.ensure_future(self.announcer().run())
        if until is None:
            await self.idle(working)
        else:
            await self.stage.world.wait_for(until)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    async def idle(self, working: "asyncio.Future[None]") -> None:
        while True:
            sleeping = asyncio.ensure_future(self.stage.clock.until_sleeping(self._asleep + 1))
            await asyncio.wait({sleeping, working}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
            await sleeping
            if await self.stage.store.announcements.first_under_way() is None:
                return
            await self.stage.clock.advance(5)

    _asleep: int = 0

    def got(self, chat: Chat | User, text: str = TEXT) -> list[SimMessage]:
        return [message for message in self.stage.by_bot(chat) if message.text == text]

    async def panel(self) -> SimMessage:
        return self.stage.by_bot(self.owner)[-1]

    async def confirmed(self, text: str = f"/announce {TEXT}") -> SimMessage:
        *_, question = await self.stage.said(self.owner, self.owner, text)
        await self.stage.press(self.owner, question, "Confirm")
        return question

    async def state(self) -> dict[str, int]:
        (document,) = [one async for one in self.stage.store.announcements._collection.find({})]
        counts = await self.stage.store.announcement_targets.counts(str(document["_id"]))
        return {str(state): count for state, count in counts.by_state.items() if count}


@pytest.fixture
async def desk(stage: Stage, owner: User) -> Desk:
    await stage.settle()
    people = [stage.world.add_user(f"Person {number}") for number in range(3)]
    groups = [await stage.group(person, title=f"Group {person.id}") for person in people]
    return Desk(stage, owner, groups, stage.clock.sleepers)


async def test_it_is_shown_first_with_the_number_of_chats_and_nothing_is_sent_before_confirm(desk: Desk):
    preview, question = await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}\nsecond *line*")
    assert preview.text == f"{TEXT}\nsecond *line*"
    assert question.text.startswith("📢 3 chats get the message above.")
    await desk.work()
    assert not any(desk.got(chat) for chat in desk.groups)
    await desk.stage.press(desk.owner, question, "Cancel")
    assert question.text == "Cancelled: nobody was told anything."
    assert question.keyboard is None


async def test_d55_the_text_goes_as_it_was_written(desk: Desk):
    text = f"/announce  {TEXT}\n\n*not bold* [x](y) and _so on_ 🎮 bold"
    entity = {"type": "bold", "offset": len(text.encode("utf-16-le")) // 2 - 4, "length": 4}
    *_, question = await desk.stage.said(desk.owner, desk.owner, text, entities=[entity])
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    for chat in desk.groups:
        message = desk.stage.by_bot(chat)[-1]
        assert message.text == f"{TEXT}\n\n*not bold* [x](y) and _so on_ 🎮 bold"
        (bold,) = [one for one in message.entities if one["type"] == "bold"]
        assert message.text.encode("utf-16-le")[bold["offset"] * 2 :].decode("utf-16-le") == "bold"


async def test_all_chats_get_it_once_and_the_owner_sees_it(desk: Desk):
    question = await desk.confirmed()
    assert question.text.startswith("📢 Getting ready …")
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]
    assert question.text == "✅ Announced\nSent: 3"
    assert [button["text"] for row in question.keyboard or [] for button in row] == ["↩️ Recall"]
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]


async def test_confirm_tapped_twice_is_no_mistake(desk: Desk):
    *_, question = await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}")
    data = question.button("Confirm")
    await desk.stage.press_data(desk.owner, question, data)
    await desk.work()
    again = await desk.stage.press_data(desk.owner, question, data, forged=True)
    assert again is not None
    assert not again.alert
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]


async def test_an_answered_message_of_any_kind_is_copied(desk: Desk):
    said = desk.stage.world.say(desk.owner, desk.owner, "A picture, say")
    await desk.stage.settle()
    *_, question = await desk.stage.said(desk.owner, desk.owner, "/announce", reply_to=said.id)
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    assert [len(desk.got(chat, "A picture, say")) for chat in desk.groups] == [1, 1, 1]
    assert desk.stage.calls("copyMessage") == 4


async def test_a_source_that_is_deleted_meanwhile_stops_it_and_says_so(desk: Desk):
    said = desk.stage.world.say(desk.owner, desk.owner, "Soon gone")
    await desk.stage.settle()
    *_, question = await desk.stage.said(desk.owner, desk.owner, "/announce", reply_to=said.id)
    await desk.stage.press(desk.owner, question, "Confirm")
    desk.stage.world.fail("copyMessage", "400", -1, description="Bad Request: message to copy not found")
    await desk.work()
    assert question.text.startswith("⏹ Stopped\nSent: 0\nLeft: 3")
    assert "is gone" in question.text


async def test_silent_is_a_choice(desk: Desk):
    *_, question = await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}")
    await desk.stage.press(desk.owner, question, "Silent")
    assert "rings nowhere" in question.text
    await desk.stage.press(desk.owner, question, "Ring")
    await desk.stage.press(desk.owner, question, "Silent")
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    sends = [request for request in desk.stage.world.requests if request.method == "sendMessage"]
    told = [one for one in sends if one.params.get("text") == TEXT]
    assert len(told) == 4
    assert all(one.params.get("disable_notification") in ("true", True) for one in told)


async def test_only_owners_in_private(desk: Desk, ann: User):
    desk.stage.world.start(ann)
    await desk.stage.settle()
    assert "I don't know" in (await desk.stage.answer(ann, ann, f"/announce {TEXT}")).text
    desk.stage.world.join(desk.owner, desk.groups[0])
    assert "private chat" in (await desk.stage.answer(desk.owner, desk.groups[0], f"/announce {TEXT}")).text
    assert "Like this" in (await desk.stage.answer(desk.owner, desk.owner, "/announce  ")).text
    *_, question = await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}")
    answer = await desk.stage.press_data(ann, question, question.button("Confirm"), forged=True)
    assert answer is not None
    assert await desk.stage.store.announcements.first_under_way() is None


async def test_d79_chats_that_cannot_be_told_stop_nobody(desk: Desk):
    blocked, muted, gone = desk.groups[0], desk.groups[1], desk.stage.world.add_user("Leaver")
    desk.stage.world.start(gone)
    await desk.stage.settle()
    desk.stage.world.fail(
        "sendMessage", "403", -1, chat_id=blocked.id, description="Forbidden: bot was kicked from the supergroup chat"
    )
    desk.stage.world.fail(
        "sendMessage",
        "400",
        -1,
        chat_id=muted.id,
        description="Bad Request: not enough rights to send text messages to the chat",
    )
    desk.stage.world.block(gone)
    await desk.stage.settle()
    await desk.stage.store.chats.remember(ChatFacts(gone.id, "private"))  # as if nobody had told
    question = await desk.confirmed()
    await desk.work()
    assert question.text == "✅ Announced\nSent: 1\nSkipped, because I can't write there: 3"
    assert not await desk.stage.store.chats.exists(blocked.id)
    assert not await desk.stage.store.chats.exists(gone.id)
    assert await desk.stage.store.chats.exists(muted.id)


async def test_a_group_that_became_a_supergroup_is_told_there(desk: Desk):
    small = desk.stage.world.add_group("Small", [desk.owner])
    desk.stage.world.add_bot(small, desk.owner)
    await desk.stage.settle()
    await desk.confirmed()
    async for _ in desk.stage.store.announcement_targets.gather(
        (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    ):
        pass
    big = desk.stage.world.migrate(small, tell=False)
    await desk.work()
    assert len(desk.got(big)) == 1
    assert (await desk.state())["sent"] == 4


@pytest.mark.parametrize(("copied", "deleted"), [(False, 4), (True, 3)])
async def test_only_what_surely_is_the_announcement_is_deleted_where_a_group_moved(
    desk: Desk, copied: bool, deleted: int
):
    """Of a copy Telegram says the number only: from before the move or after it?"""
    said = desk.stage.world.say(desk.owner, desk.owner, TEXT)
    small = desk.stage.world.add_group("Small", [desk.owner])
    desk.stage.world.add_bot(small, desk.owner)
    await desk.stage.settle()
    *_, question = await desk.stage.said(
        desk.owner, desk.owner, "/announce" if copied else f"/announce {TEXT}", reply_to=said.id if copied else None
    )
    await desk.stage.press(desk.owner, question, "Confirm")
    announcement = (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    async for _ in desk.stage.store.announcement_targets.gather(announcement):
        pass
    big = desk.stage.world.migrate(small, tell=False)
    await desk.work()
    await desk.stage.press(desk.owner, question, "Recall")
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    assert f"Deleted again: {deleted}" in question.text
    assert len(desk.got(big)) == 4 - deleted


async def test_a_chat_that_moved_while_chats_were_gathered_is_told_once(desk: Desk):
    small = desk.stage.world.add_group("Small", [desk.owner])
    desk.stage.world.add_bot(small, desk.owner)
    await desk.stage.settle()
    question = await desk.confirmed()
    announcement = (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    async for _ in desk.stage.store.announcement_targets.gather(announcement):
        pass
    big = desk.stage.world.migrate(small)
    await desk.stage.settle()
    await desk.work()  # gathers once more, as after a death: the moved chat is found under its new id as well
    assert len(desk.got(big)) == 1
    assert question.text == "✅ Announced\nSent: 4"


async def test_a_pause_that_is_taken_back_at_once_does_not_end_it(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    store = desk.stage.store.announcements
    look = store.get
    paused: list[bool] = []

    async def look_while_paused(id_: str) -> Announcement | None:
        if paused or not any(desk.got(chat) for chat in desk.groups):
            return await look(id_)
        paused.append(await store.step(id_, Phase.PAUSED))
        found = await look(id_)
        await store.step(id_, Phase.SENDING, since=[Phase.PAUSED])
        return found

    monkeypatch.setattr(store, "get", look_while_paused)
    question = await desk.confirmed()
    await desk.work()
    assert paused == [True]
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]
    assert question.text == "✅ Announced\nSent: 3"


async def test_a_chat_at_which_the_work_breaks_is_unknown_and_the_others_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    async def break_down(*_: object) -> None:
        raise RuntimeError("nobody expected this")

    desk.stage.world.fail(
        "sendMessage", "400", -1, chat_id=desk.groups[1].id, description="Bad Request: chat not found"
    )
    monkeypatch.setattr(desk.stage.parts.chats, "left", break_down)
    question = await desk.confirmed()
    await desk.work()
    assert question.text == "✅ Announced\nSent: 2\nUnknown, perhaps sent, so not repeated: 1"


async def test_what_may_have_arrived_is_unknown_and_not_repeated(desk: Desk):
    desk.stage.world.fail("sendMessage", "drop_after", 1, chat_id=desk.groups[1].id)
    question = await desk.confirmed()
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]
    assert "Unknown, perhaps sent, so not repeated: 1" in question.text


async def test_pause_resume_stop_and_recall(desk: Desk):
    question = await desk.confirmed()
    first = (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    async for _ in desk.stage.store.announcement_targets.gather(first):
        pass
    await desk.stage.store.announcements.step(first.id, Phase.SENDING)
    await desk.stage.press_data(desk.owner, question, f"an:pause:{first.id}", forged=True)
    assert question.text.startswith("⏸ Paused\nSent: 0\nLeft: 3")
    await desk.work()
    assert not any(desk.got(chat) for chat in desk.groups)
    await desk.stage.press(desk.owner, question, "Resume")
    assert question.text.startswith("📢 On its way")
    await desk.work()
    assert question.text == "✅ Announced\nSent: 3"
    again = await desk.stage.press_data(desk.owner, question, f"an:on:{first.id}", forged=True)
    assert again is not None
    assert again.alert

    await desk.stage.press(desk.owner, question, "Recall")
    assert "in 3 chats" in question.text
    await desk.stage.press(desk.owner, question, "Cancel")
    assert question.text == "✅ Announced\nSent: 3"
    await desk.stage.press(desk.owner, question, "Recall")
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    assert question.text == "↩️ Taken back\nSent: 3\nDeleted again: 3"
    assert not any(desk.got(chat) for chat in desk.groups)


async def test_one_that_is_stopped_tells_nobody_else(desk: Desk):
    question = await desk.confirmed()
    await desk.stage.press(desk.owner, question, "Stop")
    await desk.work()
    assert not any(desk.got(chat) for chat in desk.groups)
    assert question.text.startswith("⏹ Stopped")


async def test_after_two_days_it_stays(desk: Desk):
    question = await desk.confirmed()
    await desk.work()
    old = {"$set": {"sent_at": desk.stage.clock.now() - timedelta(hours=49)}}
    await desk.stage.store.announcement_targets._collection.update_many({}, old)
    await desk.stage.press(desk.owner, question, "Recall")
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    assert question.text == "↩️ Taken back\nSent: 3\nDeleted again: 0\nToo old or not to be deleted: 3"
    assert all(desk.got(chat) for chat in desk.groups)


async def test_a_chat_that_opted_out_is_not_told(desk: Desk):
    out = desk.groups[0]
    await desk.stage.store.chats._collection.update_one(
        {"chat_id": out.id}, {"$set": {"settings": {"announcements": False}}}
    )
    await desk.confirmed()
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [0, 1, 1]


async def test_two_announcements_go_one_after_the_other(desk: Desk):
    await desk.confirmed("/announce one")
    await desk.confirmed("/announce two")
    await desk.work()
    for chat in desk.groups:
        assert [message.text for message in desk.stage.by_bot(chat)][-2:] == ["one", "two"]


async def test_a_death_leaves_what_was_sent_sent_and_the_rest_to_be_sent(desk: Desk):
    await desk.confirmed()
    await desk.work(until=lambda: any(desk.got(chat) for chat in desk.groups))
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]
    counted = await desk.state()
    assert counted.get("sent", 0) + counted.get("unknown", 0) == 3
    assert counted.get("unknown", 0) <= 1
    assert set(counted) <= {str(TargetState.SENT), str(TargetState.UNKNOWN)}


async def test_the_same_command_handled_again_makes_no_second_announcement(desk: Desk):
    await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}")
    taken = desk.stage.world.messages(desk.owner)
    assert sum(message.text.startswith("/announce") for message in taken) == 1
    assert await desk.stage.store.announcements._collection.count_documents({}) == 1


async def test_resume_tapped_twice_is_no_mistake(desk: Desk):
    question = await desk.confirmed()
    first = (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    await desk.book.go(first.id, Phase.SENDING)
    await desk.book.go(first.id, Phase.PAUSED)
    for _ in range(2):
        answer = await desk.stage.press_data(desk.owner, question, f"an:on:{first.id}", forged=True)
        assert answer is not None
        assert not answer.alert
    assert question.text.startswith("📢 On its way")

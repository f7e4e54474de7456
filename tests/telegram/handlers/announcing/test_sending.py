"""An announcement on its way: every chat once, whatever becomes of it there."""

import pytest

from gub.domain.values import ChatFacts
from gub.store.announcements import TargetState
from gub.store.chats import SettingsField
from tests.telegram.handlers.announcing.conftest import Desk


async def test_all_chats_get_it_once_and_the_owner_sees_it(desk: Desk):
    question = await desk.confirmed()
    assert question.text.startswith("📢 Getting ready …")
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]
    assert question.text == "✅ Announced\nSent: 3"
    assert [button["text"] for row in question.keyboard or [] for button in row] == ["↩️ Recall"]
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]


async def test_a_source_that_is_deleted_meanwhile_stops_it_and_says_so(desk: Desk):
    said = desk.stage.world.say(desk.owner, desk.owner, "Soon gone")
    await desk.stage.settle()
    *_, question = await desk.stage.said(desk.owner, desk.owner, "/announce", reply_to=said.id)
    await desk.stage.press(desk.owner, question, "Confirm")
    desk.stage.world.fail("copyMessage", "400", -1, description="Bad Request: message to copy not found")
    await desk.work()
    assert question.text.startswith("⏹ Stopped\nSent: 0\nLeft: 3")
    assert "is gone" in question.text


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


async def test_a_chat_that_opted_out_is_not_told(desk: Desk):
    out = desk.groups[0]
    await desk.stage.store.chats._collection.update_one(
        {"chat_id": out.id}, {"$set": {"settings": {"announcements": False}}}
    )
    await desk.confirmed()
    await desk.work()
    assert [len(desk.got(chat)) for chat in desk.groups] == [0, 1, 1]


async def test_a_chat_that_opts_out_while_it_goes_out_is_not_told(desk: Desk):
    await desk.confirmed()
    first = (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    async for _ in desk.stage.store.announcement_targets.gather(first):
        pass
    await desk.stage.store.chats.choose(desk.groups[0].id, SettingsField.ANNOUNCEMENTS, value=False)
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

"""An announcement that is confirmed, paused, resumed, stopped and taken back."""

from datetime import timedelta

import pytest

from gub.store.announcements import Announcement, Phase
from tests.telegram.handlers.announcing.conftest import TEXT, Desk


async def test_confirm_tapped_twice_is_no_mistake(desk: Desk):
    *_, question = await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}")
    data = question.button("Confirm")
    await desk.stage.press_data(desk.owner, question, data)
    await desk.work()
    again = await desk.stage.press_data(desk.owner, question, data, forged=True)
    assert again is not None
    assert not again.alert
    assert [len(desk.got(chat)) for chat in desk.groups] == [1, 1, 1]


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


async def test_resume_tapped_twice_is_no_mistake(desk: Desk):
    question = await desk.confirmed()
    first = (await desk.stage.store.announcements.first_under_way()) or pytest.fail("nothing to do")
    await desk.stage.store.announcements.step(first.id, Phase.SENDING)
    await desk.book.go(first.id, Phase.PAUSED)
    for _ in range(2):
        answer = await desk.stage.press_data(desk.owner, question, f"an:on:{first.id}", forged=True)
        assert answer is not None
        assert not answer.alert
    assert question.text.startswith("📢 On its way")

"""/announce: how an announcement is made ready, and by whom."""

from gub.sandbox.telegram.models import User
from tests.telegram.handlers.announcing.conftest import TEXT, Desk


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


async def test_an_answered_message_of_any_kind_is_copied(desk: Desk):
    said = desk.stage.world.say(desk.owner, desk.owner, "A picture, say")
    await desk.stage.settle()
    *_, question = await desk.stage.said(desk.owner, desk.owner, "/announce", reply_to=said.id)
    await desk.stage.press(desk.owner, question, "Confirm")
    await desk.work()
    assert [len(desk.got(chat, "A picture, say")) for chat in desk.groups] == [1, 1, 1]
    assert desk.stage.calls("copyMessage") == 4


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


async def test_the_same_command_handled_again_makes_no_second_announcement(desk: Desk):
    await desk.stage.said(desk.owner, desk.owner, f"/announce {TEXT}")
    taken = desk.stage.world.messages(desk.owner)
    assert sum(message.text.startswith("/announce") for message in taken) == 1
    assert await desk.stage.store.announcements._collection.count_documents({}) == 1

"""Edits, deletions, pins, reactions."""

import pytest

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import User
from tests.support.clock import FakeClock
from tests.support.world import Api

KEYBOARD = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
NOT_MODIFIED = (
    "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ann(world: World) -> User:
    ann = world.add_user("Ann")
    world.start(ann)
    return ann


async def test_an_edit_without_a_keyboard_takes_it_away(api: Api, world: World, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="one", reply_markup=KEYBOARD)
    edited = await api("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="two")
    assert "reply_markup" not in edited
    assert edited["edit_date"] >= edited["date"]
    assert world.messages(ann)[-1].text == "two"


async def test_an_edit_that_changes_nothing_is_refused(api: Api, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="one", reply_markup=KEYBOARD)
    where = {"chat_id": ann.id, "message_id": sent["message_id"]}
    same = {**where, "text": " one ", "reply_markup": KEYBOARD}
    assert await api.refusal("editMessageText", **same) == NOT_MODIFIED
    assert await api.refusal("editMessageReplyMarkup", **where, reply_markup=KEYBOARD) == NOT_MODIFIED
    assert "reply_markup" not in await api("editMessageReplyMarkup", **where)
    assert await api.refusal("editMessageReplyMarkup", **where) == NOT_MODIFIED


async def test_what_cannot_be_edited(api: Api, world: World, ann: User) -> None:
    said = world.say(ann, ann, "mine")
    sent = await api("sendMessage", chat_id=ann.id, text="one")
    where = {"chat_id": ann.id, "message_id": sent["message_id"]}
    too_long = await api.refusal("editMessageText", **where, text="x" * 4097)
    assert too_long == "400 Bad Request: MESSAGE_TOO_LONG"
    other = await api.refusal("editMessageText", chat_id=ann.id, message_id=said.id, text="x")
    assert other == "400 Bad Request: message can't be edited"
    lost = await api.refusal("editMessageText", chat_id=ann.id, message_id=999, text="x")
    assert lost == "400 Bad Request: message to edit not found"
    world.delete_message(ann, sent["message_id"])
    assert await api.refusal("editMessageText", **where, text="x") == "400 Bad Request: message to edit not found"
    nothing = await api.refusal("editMessageText", chat_id=ann.id, text="x")
    assert nothing == "400 Bad Request: message identifier is not specified"


async def test_edits_reach_nobody_s_phone(api: Api, world: World, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="one")
    before = list(world.pushes)
    await api("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="two")
    assert world.pushes == before


async def test_deletion_and_its_rights(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann], supergroup=True)
    world.add_bot(group)
    said = world.say(ann, group, "/hello")
    sent = await api("sendMessage", chat_id=group.id, text="own")
    there = {"chat_id": group.id}
    refused = await api.refusal("deleteMessage", **there, message_id=said.id)
    assert refused == "400 Bad Request: message can't be deleted"
    assert await api("deleteMessage", **there, message_id=sent["message_id"]) is True
    gone = await api.refusal("deleteMessage", **there, message_id=sent["message_id"])
    assert gone == "400 Bad Request: message to delete not found"
    world.promote(world.default_bot.user, group, ["can_delete_messages"])
    assert await api("deleteMessages", **there, message_ids=[said.id, 9999]) is True
    assert said.deleted
    assert "too many message identifiers" in await api.refusal(
        "deleteMessages", **there, message_ids=list(range(1, 102))
    )


async def test_after_two_days_a_message_stays(api: Api, world_clock: FakeClock, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="own")
    await world_clock.advance(48 * 3600)
    refused = await api.refusal("deleteMessage", chat_id=ann.id, message_id=sent["message_id"])
    assert refused == "400 Bad Request: message can't be deleted for everyone"


async def test_nobody_tells_the_bot_of_a_deletion(api: Api, world: World, ann: User) -> None:
    said = world.say(ann, ann, "x")
    await api.take()
    world.delete_message(ann, said.id)
    assert await api.take() == []


async def test_a_pin_is_told_to_the_bot_as_well(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann], with_bot=True)
    sent = await api("sendMessage", chat_id=group.id, text="board")
    await api.take()
    pin = {"chat_id": group.id, "message_id": sent["message_id"]}
    refused = await api.refusal("pinChatMessage", **pin)
    assert refused == "400 Bad Request: not enough rights to manage pinned messages in the chat"
    world.promote(world.default_bot.user, group)
    assert await api("pinChatMessage", **pin) is True
    updates = await api.take()
    assert updates[-1]["message"]["pinned_message"]["text"] == "board"
    assert (await api("getChat", chat_id=group.id))["pinned_message"]["message_id"] == sent["message_id"]
    assert await api("unpinChatMessage", **pin) is True
    assert await api.refusal("unpinChatMessage", **pin) == "400 Bad Request: message to unpin not found"


async def test_reactions(api: Api, world: World, ann: User) -> None:
    said = world.say(ann, ann, "x")
    where = {"chat_id": ann.id, "message_id": said.id}
    thumb, heart = {"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "❤"}
    assert await api("setMessageReaction", **where, reaction=[thumb]) is True
    assert said.reactions[world.default_bot.id] == [thumb]
    assert "REACTIONS_TOO_MANY" in await api.refusal("setMessageReaction", **where, reaction=[thumb, heart])
    odd = [{"type": "emoji", "emoji": "🎮"}]
    assert "REACTION_INVALID" in await api.refusal("setMessageReaction", **where, reaction=odd)


async def test_late_answers_to_presses(api: Api, world: World, world_clock: FakeClock, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="x", reply_markup=KEYBOARD)
    query = world.press(ann, ann, sent["message_id"], "x")
    too_long = await api.refusal("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert too_long == "400 Bad Request: MESSAGE_TOO_LONG"
    await world_clock.advance(world.query_deadline + 1)
    assert await api.refusal("answerCallbackQuery", callback_query_id=query) == (
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    )


async def test_forged_presses(api: Api, world: World, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="x", reply_markup=KEYBOARD)
    world.delete_message(ann, sent["message_id"])
    await api.take()
    world.press(ann, ann, sent["message_id"], "evil", forged=True)
    [update] = await api.take()
    assert update["callback_query"]["data"] == "evil"
    assert update["callback_query"]["message"]["date"] == 0

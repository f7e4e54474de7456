"""Reply keyboards, forced replies, and people chosen for the bot."""

from typing import Any

import pytest
from aiogram.types import KeyboardButton, KeyboardButtonRequestUsers, Message, ReplyKeyboardMarkup, ReplyKeyboardRemove

from gub.sandbox.telegram import World
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, User
from tests.support.world import Api

PICKER: dict[str, Any] = {
    "request_id": -7, "user_is_bot": False, "max_quantity": 2, "request_name": True, "request_username": True,
}  # fmt: skip
PRIVATELY = "in private chats only"
CHAT = {"request_id": 1, "chat_is_channel": False}
UNPARSED = "can't parse keyboard button: "


@pytest.fixture
def ann(world: World) -> User:
    ann = world.add_user("Ann", username="ann")
    world.start(ann)
    return ann


@pytest.fixture
def friends(world: World, ann: User) -> Chat:
    return world.add_group("Friends", [ann, world.add_user("Bob", username="bob")], with_bot=True)


def keys(*buttons: Any, **fields: Any) -> dict[str, Any]:
    return {"keyboard": [list(buttons)], **fields}


def picker(**fields: Any) -> dict[str, Any]:
    return {"text": "Choose people", "request_users": {**PICKER, **fields}}


async def shared(api: Api) -> dict[str, Any]:
    (told,) = [update["message"]["users_shared"] for update in await api.take() if "users_shared" in update["message"]]
    return dict(told)


@pytest.mark.parametrize(
    ("markup", "refusal"),
    [
        ({"keyboard": "x"}, 'field "keyboard" of the ReplyKeyboardMarkup must be an Array'),
        ({"keyboard": ["x"]}, 'field "keyboard" of the ReplyKeyboardMarkup must be an Array of Arrays'),
        (keys(5), UNPARSED + "KeyboardButton must be a String or an Object"),
        (keys({}), UNPARSED + 'field "text" must be of type String'),
        (keys({"text": "x", "callback_data": "x"}), UNPARSED + "unknown field 'callback_data' of the KeyboardButton"),
        (keys({"text": "x", "style": "loud"}), UNPARSED + "invalid button style specified"),
        (keys({**picker(), "request_contact": True}), UNPARSED + "at most one request must be specified"),
        (keys({"text": "x", "request_users": {}}), UNPARSED + 'can\'t find field "request_id"'),
        (keys({"text": "x", "request_users": 5}), UNPARSED + 'field "request_users" must be of type Object'),
        (keys(picker(request_id="1")), UNPARSED + 'field "request_id" must be of type Number'),
        (keys(picker(request_id=2**31)), UNPARSED + 'field "request_id" must be a valid Number'),
        (keys(picker(max_quantity=0)), UNPARSED + "max_quantity must be from 1 to 10"),
        (keys(picker(max_quantity=11)), UNPARSED + "max_quantity must be from 1 to 10"),
        (keys(picker(user_is_bot="no")), UNPARSED + 'field "user_is_bot" must be of type Boolean'),
        (keys(picker(names=True)), UNPARSED + "unknown field 'names' of the KeyboardButtonRequestUsers"),
        (keys(picker(), picker()), UNPARSED + "request_id must be unique within the message"),
        (keys(*"abcdefghijklm"), "reply markup is too long"),
        (keys("x", resize=True), "unknown field 'resize' of the ReplyKeyboardMarkup"),
        (keys("x", resize_keyboard=1), 'field "resize_keyboard" must be of type Boolean'),
        (keys("x", input_field_placeholder=""), "input_field_placeholder must have from 1 to 64 characters"),
        (keys("x", input_field_placeholder="x" * 65), "input_field_placeholder must have from 1 to 64 characters"),
        ({"remove_keyboard": False}, 'field "remove_keyboard" of the reply markup must be True'),
        ({"remove_keyboard": True, "is_persistent": True}, "unknown field 'is_persistent' of the reply markup"),
        ({"force_reply": "yes"}, 'field "force_reply" must be of type Boolean'),
    ],
)
async def test_what_is_wrong_is_refused(api: Api, ann: User, markup: Any, refusal: str) -> None:
    said = await api.refusal("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
    assert said == f"400 Bad Request: {refusal}"


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        (picker(), f"Users can be requested {PRIVATELY}"),
        ({"text": "x", "request_chat": CHAT}, f"Chats can be requested {PRIVATELY}"),
        ({"text": "x", "request_contact": True}, f"Phone number can be requested {PRIVATELY}"),
    ],
)  # fmt: skip
async def test_groups_take_no_requests(api: Api, friends: Chat, button: Any, refusal: str) -> None:
    said = await api.refusal("sendMessage", chat_id=friends.id, text="x", reply_markup=keys(button))
    assert said == f"400 Bad Request: {refusal}"


async def test_what_aiogram_writes_is_taken_and_shown_to_nobody_as_inline(api: Api, world: World, ann: User) -> None:
    asked = KeyboardButtonRequestUsers(**PICKER)
    markup = ReplyKeyboardMarkup(
        keyboard=[[KeyboardButton(text="Choose people", request_users=asked)], [KeyboardButton(text="Cancel")]],
        resize_keyboard=True,
        is_persistent=True,
        input_field_placeholder="@ana @bea",
    ).model_dump(exclude_none=True, mode="json")
    sent = await api("sendMessage", chat_id=ann.id, text="Whom?", reply_markup=markup)
    assert "reply_markup" not in sent
    assert world.private(ann).interfaces[ann.id].markup == markup
    removal = ReplyKeyboardRemove().model_dump(exclude_none=True, mode="json")
    await api("sendMessage", chat_id=ann.id, text="Done", reply_markup=removal)
    assert world.private(ann).interfaces == {}


async def test_a_text_button_writes_for_its_person(api: Api, world: World, ann: User) -> None:
    await api("sendMessage", chat_id=ann.id, text="x", reply_markup=keys("Yes", {"text": "Cancel"}))
    await api.take()
    world.tap_key(ann, ann, "cancel")
    (update,) = await api.take()
    assert update["message"]["text"] == "Cancel"
    with pytest.raises(WorldError, match="2 buttons like ''"):
        world.tap_key(ann, ann, "")


async def test_a_group_bot_sees_the_button_of_its_keyboard(api: Api, world: World, ann: User, friends: Chat) -> None:
    sent = await api("sendMessage", chat_id=friends.id, text="x", reply_markup=keys("Yes"))
    await api.take()
    world.tap_key(ann, friends, "Yes")
    (update,) = await api.take()
    assert update["message"]["reply_to_message"]["message_id"] == sent["message_id"]


async def test_chosen_people_are_told_with_what_was_asked_for(api: Api, world: World, ann: User) -> None:
    bob = world.add_user("Bob", username="bob", last_name="B.")
    eve = world.add_user("Eve")
    await api("sendMessage", chat_id=ann.id, text="Whom?", reply_markup=keys(picker()))
    await api.take()
    world.share_users(ann, ann, -7, [bob, eve, bob])
    (update,) = await api.take()
    told = Message.model_validate(update["message"]).users_shared
    assert told is not None
    assert (told.request_id, [each.user_id for each in told.users]) == (-7, [bob.id, eve.id])
    assert update["message"]["users_shared"]["users"] == [
        {"user_id": bob.id, "first_name": "Bob", "last_name": "B.", "username": "bob"},
        {"user_id": eve.id, "first_name": "Eve"},
    ]
    bare = keys(picker(request_name=False, request_username=False))
    await api("sendMessage", chat_id=ann.id, text="Whom?", reply_markup=bare)
    world.share_users(ann, ann, -7, [bob])
    assert (await shared(api))["users"] == [{"user_id": bob.id}]


async def test_a_bot_does_not_know_whom_it_was_told_of_by_sharing(api: Api, world: World, ann: User) -> None:
    """Bot API, SharedUser.user_id: the bot may not have access to the user."""
    bob = world.add_user("Bob", username="bob")
    await api("sendMessage", chat_id=ann.id, text="Whom?", reply_markup=keys(picker()))
    world.share_users(ann, ann, -7, [bob])
    entity = {"type": "text_mention", "offset": 0, "length": 3, "user": {"id": bob.id}}
    assert "entities" not in await api("sendMessage", chat_id=ann.id, text="Bob", entities=[entity])


async def test_only_who_was_asked_for_can_be_chosen(api: Api, world: World, ann: User) -> None:
    people = [world.add_user(name) for name in ("Bob", "Cem", "Eve")]
    with pytest.raises(WorldError, match="no keyboard"):
        world.share_users(ann, ann, -7, people[:1])
    await api("sendMessage", chat_id=ann.id, text="Whom?", reply_markup=keys(picker()))
    for request_id, chosen, refusal in (
        (1, people[:1], "asks nobody"),
        (-7, [], "from 1 to 2"),
        (-7, people, "from 1 to 2"),
        (-7, [world.default_bot.user], "Bots cannot"),
    ):
        with pytest.raises(WorldError, match=refusal):
            world.share_users(ann, ann, request_id, chosen)
    with pytest.raises(WorldError, match="sends no text"):
        world.tap_key(ann, ann, "choose")
    await api.take()
    world.share_users(ann, ann, 99, people, forged=True)
    assert (await shared(api))["request_id"] == 99


async def test_a_one_time_keyboard_is_used_but_not_gone(api: Api, world: World, ann: User) -> None:
    for one_time in (False, True):
        markup = keys("Yes", one_time_keyboard=one_time)
        await api("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
        world.tap_key(ann, ann, "Yes")
        assert world.private(ann).interfaces[ann.id].used is one_time
    world.tap_key(ann, ann, "Yes")


async def test_a_keyboard_goes_with_its_message_and_is_replaced_by_the_next(api: Api, world: World, ann: User) -> None:
    first = await api("sendMessage", chat_id=ann.id, text="x", reply_markup=keys("One"))
    second = await api("sendMessage", chat_id=ann.id, text="x", reply_markup=keys("Two"))
    await api("sendMessage", chat_id=ann.id, text="x", reply_markup=keys("", {"text": " "}))
    await api("deleteMessage", chat_id=ann.id, message_id=first["message_id"])
    assert world.private(ann).interfaces[ann.id].markup == keys({"text": "Two"})
    await api("deleteMessages", chat_id=ann.id, message_ids=[second["message_id"]])
    assert world.private(ann).interfaces == {}


async def test_a_selective_keyboard_is_for_the_mentioned_and_the_answered(
    api: Api, world: World, ann: User, friends: Chat
) -> None:
    bob, cem = world.by_username("bob"), world.add_user("Cem")
    assert bob is not None
    world.join(cem, friends)
    trigger = world.say(cem, friends, "/go@gub_test_bot")
    await api.take()
    reply = {"message_id": trigger.id}
    markup = keys("Yes", selective=True)
    await api("sendMessage", chat_id=friends.id, text="@bob", reply_markup=markup, reply_parameters=reply)
    assert set(friends.interfaces) == {bob.id, cem.id}
    await api("sendMessage", chat_id=friends.id, text="x", reply_markup={"remove_keyboard": True})
    assert friends.interfaces == {}
    await api("sendMessage", chat_id=friends.id, text="x", reply_markup=keys("Yes"))
    assert set(friends.interfaces) == {ann.id, bob.id, cem.id}


async def test_a_forced_reply_ends_when_its_person_writes(api: Api, world: World, ann: User) -> None:
    markup = {"force_reply": True, "input_field_placeholder": "A name"}
    await api("sendMessage", chat_id=ann.id, text="What name?", reply_markup=markup)
    assert world.private(ann).interfaces[ann.id].markup == markup
    world.say(ann, ann, "Warzone")
    assert world.private(ann).interfaces == {}


async def test_a_message_with_a_reply_keyboard_cannot_be_edited(api: Api, ann: User) -> None:
    for markup in (keys("Yes"), {"remove_keyboard": True}):
        sent = await api("sendMessage", chat_id=ann.id, text="x", reply_markup=markup)
        said = await api.refusal("editMessageText", chat_id=ann.id, message_id=sent["message_id"], text="y")
        assert said == "400 Bad Request: message can't be edited"

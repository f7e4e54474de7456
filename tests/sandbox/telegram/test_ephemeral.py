"""Ephemeral messages: who may send them, who sees them, and what becomes of them."""

import pytest

from gub.sandbox.telegram import World
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.view import world_json
from tests.support.clock import FakeClock
from tests.support.world import Api

KEYBOARD = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
NOT_FOUND = "400 Bad Request: message to edit not found"
NO_RIGHTS = "400 Bad Request: not enough rights to send ephemeral messages to the user"


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ann(world: World) -> User:
    return world.add_user("Ann")


@pytest.fixture
def bob(world: World) -> User:
    return world.add_user("Bob")


@pytest.fixture
async def squad(world: World, api: Api, ann: User, bob: User) -> Chat:
    chat = world.add_group("Squad", [ann, bob], supergroup=True, with_bot=True)
    await api.take()
    return chat


def to(user: User, **more: object) -> dict[str, object]:
    return {"receiver_user_id": user.id, **more}


async def pressed(api: Api, world: World, user: User, chat: Chat) -> str:
    """Let somebody press a button of the bot's; give the query."""
    sent = await api("sendMessage", chat_id=chat.id, text="press", reply_markup=KEYBOARD)
    return world.press(user, chat, sent["message_id"], "x")


async def whispered(api: Api, world: World, user: User, chat: Chat) -> int:
    query = await pressed(api, world, user, chat)
    parameters = to(user, callback_query_id=query)
    sent = await api(
        "sendMessage", chat_id=chat.id, text="psst", reply_markup=KEYBOARD, ephemeral_message_parameters=parameters
    )
    number: int = sent["ephemeral_message_id"]
    return number


async def test_after_a_press_one_person_is_shown_a_message(
    api: Api, world: World, ann: User, bob: User, squad: Chat
) -> None:
    query = await pressed(api, world, ann, squad)
    parameters = to(ann, callback_query_id=query)
    sent = await api("sendMessage", chat_id=squad.id, text="psst", ephemeral_message_parameters=parameters)
    assert (sent["message_id"], sent["ephemeral_message_id"], sent["receiver_user"]["id"]) == (0, 1, ann.id)
    shown = world_json(world)["chats"][0]["messages"][-1]
    assert (shown["text"], shown["only"]) == ("psst", ann.id)
    assert not world.messages(squad)[-1].pushes
    refused = await api.refusal("sendMessage", chat_id=squad.id, text="psst", ephemeral_message_parameters=to(bob))
    assert refused == NO_RIGHTS


async def test_fifteen_seconds_after_the_press_it_is_too_late(
    api: Api, world: World, world_clock: FakeClock, ann: User, squad: Chat
) -> None:
    parameters = to(ann, callback_query_id=await pressed(api, world, ann, squad))
    send = {"chat_id": squad.id, "text": "psst", "ephemeral_message_parameters": parameters}
    await world_clock.advance(15)
    await api("sendMessage", **send)
    await world_clock.advance(0.1)
    assert await api.refusal("sendMessage", **send) == NO_RIGHTS


async def test_somebody_elses_press_is_no_permission(api: Api, world: World, ann: User, bob: User, squad: Chat) -> None:
    parameters = to(ann, callback_query_id=await pressed(api, world, bob, squad))
    refused = await api.refusal("sendMessage", chat_id=squad.id, text="psst", ephemeral_message_parameters=parameters)
    assert refused == NO_RIGHTS


async def test_an_admin_bot_may_at_any_time(api: Api, world: World, ann: User, squad: Chat) -> None:
    bot = world.default_bot.user
    world.promote(bot, squad)
    sent = await api("sendMessage", chat_id=squad.id, text="psst", ephemeral_message_parameters=to(ann))
    assert sent["ephemeral_message_id"] == 1
    # The parameters of 10.2, which 10.3 still takes.
    assert (await api("sendMessage", chat_id=squad.id, text="psst", receiver_user_id=ann.id))["message_id"] == 0


async def test_who_is_not_there_gets_none_and_private_chats_have_none(
    api: Api, world: World, ann: User, squad: Chat
) -> None:
    eve = world.add_user("Eve")
    world.start(eve)
    world.promote(world.default_bot.user, squad)
    send = {"text": "psst", "ephemeral_message_parameters": to(eve)}
    assert await api.refusal("sendMessage", chat_id=squad.id, **send) == "400 Bad Request: USER_NOT_PARTICIPANT"
    assert "only to groups" in await api.refusal("sendMessage", chat_id=eve.id, **send)
    instead = to(ann, replace_callback_query_message=True)
    assert "does not model" in await api.refusal(
        "sendMessage", chat_id=squad.id, text="psst", ephemeral_message_parameters=instead
    )


async def test_they_are_edited_and_deleted_by_their_own_methods(
    api: Api, world: World, ann: User, bob: User, squad: Chat
) -> None:
    number = await whispered(api, world, ann, squad)
    where = {"chat_id": squad.id, "receiver_user_id": ann.id, "ephemeral_message_id": number}
    assert await api("editEphemeralMessageText", **where, text="new", reply_markup=KEYBOARD) is True
    assert "not modified" in await api.refusal("editEphemeralMessageText", **where, text="new", reply_markup=KEYBOARD)
    assert await api("editEphemeralMessageReplyMarkup", **where) is True
    shown = world.messages(squad)[-1]
    assert (shown.text, shown.keyboard) == ("new", None)
    elses = where | {"receiver_user_id": bob.id}
    assert await api.refusal("editEphemeralMessageText", **elses, text="x") == NOT_FOUND
    assert await api.refusal("editMessageText", chat_id=squad.id, message_id=-number, text="x") == NOT_FOUND
    assert await api("deleteEphemeralMessage", **where) is True
    assert await api.refusal("editEphemeralMessageText", **where, text="x") == NOT_FOUND
    assert await api.refusal("deleteEphemeralMessage", **where) == "400 Bad Request: message to delete not found"


async def test_only_its_receiver_presses_its_buttons(api: Api, world: World, ann: User, bob: User, squad: Chat) -> None:
    number = await whispered(api, world, ann, squad)
    with pytest.raises(WorldError, match="for one person alone"):
        world.press(bob, squad, -number, "x", forged=True)
    await api.take()
    world.press(ann, squad, -number, "x")
    (update,) = await api.take()
    message = update["callback_query"]["message"]
    assert (message["message_id"], message["ephemeral_message_id"]) == (0, number)
    assert message["receiver_user"]["id"] == ann.id


@pytest.fixture
async def settings_offered(api: Api) -> None:
    """The bot offers /settings to admins, as a command that it alone sees."""
    commands = [{"command": "settings", "description": "x", "is_ephemeral": True}]
    await api("setMyCommands", commands=commands, scope={"type": "all_chat_administrators"})


@pytest.mark.usefixtures("settings_offered")
async def test_an_ephemeral_command_is_between_its_sender_and_the_bot(
    api: Api, world: World, ann: User, bob: User, squad: Chat
) -> None:
    assert world.is_ephemeral_command(ann, squad, "/settings")
    assert not world.is_ephemeral_command(ann, squad, "/settings@other_bot")
    assert not world.is_ephemeral_command(bob, squad, "/settings"), "the app offers it to admins alone"
    with pytest.raises(WorldError, match="as ephemeral"):
        world.say_to_bot(bob, squad, "/settings")
    world.say_to_bot(ann, squad, "/settings")
    (update,) = await api.take()
    message = update["message"]
    assert (message["message_id"], message["text"], message["from"]["id"]) == (0, "/settings", ann.id)
    assert message["receiver_user"]["id"] == world.default_bot.id
    assert world_json(world)["chats"][0]["messages"][-1]["only"] == ann.id


@pytest.mark.usefixtures("settings_offered")
async def test_an_ephemeral_command_is_answered_to_its_sender_within_fifteen_seconds(
    api: Api, world: World, world_clock: FakeClock, ann: User, squad: Chat
) -> None:
    number = -world.say_to_bot(ann, squad, "/settings").id
    reply = {"chat_id": squad.id, "text": "psst", "reply_parameters": {"ephemeral_message_id": number}}
    assert "must be an ephemeral" in await api.refusal("sendMessage", **reply)
    assert (await api("sendMessage", **reply, ephemeral_message_parameters=to(ann)))["message_id"] == 0
    bob = next(member.user for member in squad.members.values() if member.user.first_name == "Bob")
    assert await api.refusal("sendMessage", **reply, ephemeral_message_parameters=to(bob)) == NO_RIGHTS
    await world_clock.advance(16)
    assert await api.refusal("sendMessage", **reply, ephemeral_message_parameters=to(ann)) == NO_RIGHTS


async def test_edits_count_as_messages_do(api: Api, world: World, ann: User, squad: Chat) -> None:
    this = to(ann, chat_id=squad.id, ephemeral_message_id=await whispered(api, world, ann, squad))
    world.flood = True
    assert await api("editEphemeralMessageText", text="pst", reply_markup=KEYBOARD, **this)
    assert await api("editEphemeralMessageReplyMarkup", **this)
    assert await api("sendMessage", chat_id=squad.id, text="aloud")
    for method in ("editEphemeralMessageText", "editEphemeralMessageReplyMarkup"):
        assert (await api.refusal(method, text="ps", reply_markup=KEYBOARD, **this)).startswith("429")

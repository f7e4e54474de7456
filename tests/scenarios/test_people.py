"""Who is on the list, and who may change that: the whole bot over real HTTP."""

import pytest

from gub.domain.values import Account, Platform, StatusUser
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import ask, bot_messages, greeted, tap

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
async def squad(world: World) -> tuple[User, User, Chat]:
    """A supergroup with Ana, who made it, Bea, and the bot."""
    ana, bea = world.add_user("Ana"), world.add_user("Bea")
    chat = world.add_group("Sunday-Squad.`*_[", [ana, bea], supergroup=True)
    world.add_bot(chat, ana)
    await greeted(world, [(ana, chat)])
    return ana, bea, chat


async def added(store: Store, keeper: User, chat: Chat, name: str = "J.R. <b>*_`[") -> StatusUser:
    account = Account(Platform.STEAM, "76561197960265729", "secretname")
    return await store.statususers.add(chat.id, keeper.id, name, {Platform.STEAM: account}, "Old title")


async def opened(world: World, user: User, chat: Chat | User, command: str = "/people") -> SimMessage:
    message = await ask(world, user, chat, command)
    await tap(world, user, message, "J.R.")
    return message


async def test_d49_d50_d70_a_keepers_way_through_the_card(
    world: World, store: Store, squad: tuple[User, User, Chat]
) -> None:
    _, bea, chat = squad
    person = await added(store, bea, chat)
    message = await opened(world, bea, chat, "/modify_status_user")
    assert "secretname" not in message.text
    await tap(world, bea, message, "Show or hide")
    await tap(world, bea, message, "Only while playing")
    assert "On /status: shown only while playing." in message.text
    edit = next(button["url"] for button in message.buttons if "Edit" in button["text"])
    menu = await ask(world, bea, bea, f"/start {edit.partition('start=')[2]}")
    assert "in Sunday-Squad.`*_[" in menu.text
    assert "Old title" not in menu.text
    await tap(world, bea, menu, "Name")
    assert "The name is J.R. now." in (await ask(world, bea, bea, "J.R.")).text
    await tap(world, bea, message, "Delete")
    await tap(world, bea, message, "Confirm")
    assert message.text == "🗑 J.R. was taken off the list by Bea."
    assert await store.statususers.find(person.id) is None
    assert all("secretname" not in one.text for one in bot_messages(world, chat))


async def test_d27_d29_d30_rights_are_those_of_the_moment(
    world: World, store: Store, squad: tuple[User, User, Chat]
) -> None:
    ana, bea, chat = squad
    person = await added(store, ana, chat)
    world.promote(bea, chat)
    admins = await opened(world, bea, chat)
    await tap(world, bea, admins, "Delete")
    world.demote(bea, chat)
    assert (await tap(world, bea, admins, "Confirm")).alert
    strangers = await opened(world, ana, chat)
    assert "Somebody else opened this list" in (await tap(world, bea, strangers, "Delete")).text
    private = await ask(world, bea, bea, f"/start people_{chat.id}")
    await tap(world, bea, private, "J.R.")
    world.leave(bea, chat)
    assert "not in this chat" in (await tap(world, bea, private, "That's me")).text
    assert "can't see you in that group" in (await ask(world, bea, bea, f"/start people_{chat.id}")).text
    assert await store.statususers.find(person.id) == person
    await store.statususers.delete(person.id, chat.id)
    assert "not on the list any more" in (await tap(world, ana, strangers, "Delete")).text


async def test_d69_who_is_mentioned_is_asked_and_can_go(
    world: World, store: Store, squad: tuple[User, User, Chat]
) -> None:
    ana, bea, chat = squad
    await ask(world, bea, bea, "/start")
    person = await store.statususers.add(chat.id, ana.id, "J.R.", {}, None, person_id=bea.id)
    message = await opened(world, bea, chat)
    assert "That's Bea." in message.text
    await tap(world, bea, message, "Show or hide")
    await tap(world, bea, message, "Never")
    keepers = await ask(world, ana, ana, f"/start people_{chat.id}")
    await tap(world, ana, keepers, "J.R.")
    assert all("Show or hide" not in button["text"] for button in keepers.buttons)
    await tap(world, bea, message, "Delete")
    await tap(world, bea, message, "Confirm")
    assert await store.statususers.find(person.id) is None

"""Whose phone rings."""

import pytest

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.support.world import Api


@pytest.fixture
def people(world: World) -> list[User]:
    return [world.add_user(name, username=name.lower()) for name in ("Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "Gus")]


@pytest.fixture
def group(world: World, people: list[User]) -> Chat:
    return world.add_group("Friends", people, with_bot=True)


def mentions(users: list[User]) -> tuple[str, list[dict[str, object]]]:
    entities = [
        {"type": "text_mention", "offset": 2 * n, "length": 1, "user": {"id": user.id}} for n, user in enumerate(users)
    ]
    return " ".join("x" * len(users)), entities


def pushed(world: World) -> list[tuple[int, str]]:
    return [(push.user_id, push.reason) for push in world.pushes]


async def test_the_first_five_mentions_ring(api: Api, world: World, people: list[User], group: Chat) -> None:
    text, entities = mentions(people)
    await api("sendMessage", chat_id=group.id, text=text, entities=entities)
    assert pushed(world) == [(user.id, "mention") for user in people[:5]]
    assert world.messages(group)[-1].pushes == [user.id for user in people[:5]]


async def test_usernames_ring_too_and_outsiders_do_not(world: World, people: list[User], group: Chat) -> None:
    world.add_user("Zoe", username="zoe")
    world.say(people[0], group, "@BOB and @zoe and @ann and @gub_test_bot and @nobody_here")
    assert pushed(world) == [(people[1].id, "mention")]


async def test_a_reply_rings_once(api: Api, world: World, people: list[User], group: Chat) -> None:
    said = world.say(people[0], group, "/go")
    text, entities = mentions(people[:1])
    reply = {"message_id": said.id}
    await api("sendMessage", chat_id=group.id, text="x", reply_parameters=reply)
    await api("sendMessage", chat_id=group.id, text=text, entities=entities, reply_parameters=reply)
    assert pushed(world) == [(people[0].id, "reply"), (people[0].id, "mention")]


async def test_silence(api: Api, world: World, people: list[User], group: Chat) -> None:
    text, entities = mentions(people[:2])
    await api("sendMessage", chat_id=group.id, text=text, entities=entities, disable_notification=True)
    world.start(people[0])
    await api("sendMessage", chat_id=people[0].id, text="x", disable_notification=True)
    assert pushed(world) == []


async def test_plain_messages_ring_nobody_in_a_group(world: World, people: list[User], group: Chat) -> None:
    world.say(people[0], group, "hello all")
    assert pushed(world) == []

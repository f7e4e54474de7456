"""Calls and lists of many: few messages, nobody left out, nobody pinged twice, the chat free meanwhile."""

import pytest

from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from gub.telegram.gateway.pace import Pace
from tests.scenarios.conversation import ask, bot_messages, tap, until
from tests.scenarios.running import BotProcess, Place, bot_in_process


async def crowd(world: World, store: Store, count: int, name: str = "Warzone") -> tuple[Chat, list[User]]:
    """A supergroup and its group with so many members, of whom the bot has heard."""
    people = [world.add_user(f"Person {number}") for number in range(count)]
    chat = world.add_group("Crowd", people, supergroup=True, admins=())
    world.add_bot(chat, people[0], rights=["can_delete_messages"])
    await ask(world, people[0], chat, f"/newgroup {name}")
    await fill(store, chat, people, name)
    return chat, people


async def fill(store: Store, chat: Chat, people: list[User], name: str) -> None:
    group = await store.notifygroups.by_name(chat.id, name)
    assert group is not None
    for person in people[1:]:
        await store.notifygroups.join(group.id, chat.id, person.id)


def pinged(world: World, messages: list[SimMessage]) -> list[int]:
    ids = {message.id for message in messages}
    return [push.user_id for push in world.pushes if push.message_id in ids and push.reason == "mention"]


def asked(world: World, since: int) -> list[str]:
    return [request.method for request in list(world.requests)[since:] if request.method != "getUpdates"]


@pytest.mark.usefixtures("bot")
class TestMany:
    async def test_a_call_to_a_hundred_members_takes_twenty_messages_and_no_question_about_anybody(
        self, world: World, store: Store
    ) -> None:
        chat, people = await crowd(world, store, 100)
        since = len(world.requests)
        question = await ask(world, people[0], chat, "/notify Warzone tonight?")
        assert "99" in question.text
        await tap(world, people[0], question, "Confirm")
        await until(world, lambda: len(pinged(world, bot_messages(world, chat, question.id))) >= 99)
        found = pinged(world, bot_messages(world, chat, question.id))
        assert sorted(found) == sorted(person.id for person in people[1:])
        methods = asked(world, since)
        assert methods.count("sendMessage") <= 21
        assert methods.count("getChatMember") <= 1  # of whoever confirms
        assert len(methods) <= 25

    async def test_twelve_groups_of_thirty_are_listed_in_few_messages_that_ping_nobody(
        self, world: World, store: Store
    ) -> None:
        chat, people = await crowd(world, store, 30, "Group0")
        for person in people:
            await ask(world, person, chat, "/about")
        for number in range(1, 12):
            await ask(world, people[0], chat, f"/newgroup Group{number}")
            await fill(store, chat, people, f"Group{number}")
        since = len(world.requests)
        listed = await ask(world, people[3], chat, "/list_notify_groups")
        await ask(world, people[4], chat, "/about")
        messages = [message for message in bot_messages(world, chat, listed.id - 1) if "GUB" not in message.text]
        text = "\n".join(message.text for message in messages)
        assert all(f"Group{number}" in text for number in range(12))
        assert text.count("Person 29") == 12
        assert pinged(world, messages) == []
        methods = asked(world, since)
        methods.remove("sendMessage")  # the answer to /about
        assert len(methods) <= 4
        assert set(methods) == {"sendMessage"}


async def test_a_long_call_leaves_the_chat_free(world: World, place: Place, store: Store) -> None:
    async with bot_in_process(place, pace=Pace(chat_per_second=2, chat_burst=3, group_per_minute=1000)):
        chat, people = await crowd(world, store, 25)
        said = world.say(people[0], chat, "/notify Warzone tonight?")
        await until(world, lambda: bot_messages(world, chat, said.id))
        await ask(world, people[1], chat, "/about")
        assert len(pinged(world, bot_messages(world, chat, said.id))) < 24
        await until(world, lambda: len(pinged(world, bot_messages(world, chat, said.id))) == 24)


async def test_kill_9_in_the_middle_of_a_call_leaves_nobody_out(
    world: World, process: BotProcess, store: Store
) -> None:
    await process.start()
    chat, people = await crowd(world, store, 24)
    said = world.say(people[0], chat, "/notify Warzone tonight?")
    await until(world, lambda: len(bot_messages(world, chat, said.id)) >= 2)
    process.kill()
    await process.ended()
    await process.start()
    await until(world, lambda: set(pinged(world, bot_messages(world, chat, said.id))) == {p.id for p in people[1:]})
    found = pinged(world, bot_messages(world, chat, said.id))
    assert len(found) <= 23 + 5

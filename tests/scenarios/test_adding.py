"""Somebody is added, step by step: the whole bot over real HTTP."""

import asyncio

import pytest

from gub.sandbox.steam import Steam
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import ask, bot_messages, greeted, groups, tap, until
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import BotProcess, Place, bot_in_process


async def begun(world: World, user: User, chat: Chat) -> SimMessage:
    """Type /add in a group and follow the button into the private chat; give the first question."""
    answer = await ask(world, user, chat, "/add")
    payload = answer.buttons[0]["url"].partition("start=")[2]
    return await ask(world, user, user, f"/start {payload}")


async def named(world: World, user: User, name: str, **more: int) -> SimMessage:
    """Answer the question of the name, and go on to Steam's."""
    question = await ask(world, user, user, name, **more)
    for _ in ("Xbox", "PlayStation"):
        await tap(world, user, question, "Skip")
    return question


async def names(store: Store, chat: Chat) -> list[str]:
    return [person.display_name for person in await store.statususers.of_chat(chat.id)]


@pytest.mark.usefixtures("bot")
async def test_from_the_group_to_status(world: World, platforms: Platforms, store: Store) -> None:
    platforms.steam.add_account("nova", vanity="player1", game="Counter-Strike 2")
    platforms.xbox.add_account("Nova Forty 42")
    platforms.psn.add_account("nova_psn")
    ana, bea = world.add_user("Ana"), world.add_user("Bea")
    chat = world.add_group("Friday Squad", [ana, bea])
    world.add_bot(chat, ana)
    await greeted(world, [(ana, chat)])
    assert "Friday Squad" in (await begun(world, ana, chat)).text
    assert "What's Player1's Xbox gamertag?" in (await ask(world, ana, ana, "Player1")).text
    assert "Xbox knows them as Nova Forty 42." in (await ask(world, ana, ana, "nova forty 42")).text
    assert "PlayStation knows them as nova_psn." in (await ask(world, ana, ana, "Nova_PSN")).text
    assert "Steam knows no such account" in (await ask(world, ana, ana, "nobody")).text
    card = await ask(world, ana, ana, "player1")
    assert "Xbox: Nova Forty 42\nPlayStation: nova_psn\nSteam: nova" in card.text
    await tap(world, ana, card, "Confirm")
    announced = await until(world, lambda: next((m for m in bot_messages(world, chat) if "Added by" in m.text), None))
    assert announced.text == "✅ Player1 is on /status now, with Xbox, PlayStation and Steam. Added by Ana."
    status = await ask(world, bea, chat, "/status")
    assert "Player1" in status.text
    assert "Counter-Strike 2" in status.text
    assert "nova" not in (status.text + announced.text).lower()
    await tap(world, bea, announced, "That's me")
    await tap(world, bea, announced, "Hide")
    assert "Player1 -" not in (await ask(world, ana, chat, "/status")).text
    assert await names(store, chat) == ["Player1"]


async def test_d3_a_restart_in_the_middle_loses_nothing(world: World, steam: Steam, place: Place, store: Store) -> None:
    steam.add_account("nova", vanity="player1")
    ana = world.add_user("Ana")
    chat = world.add_group("Friday Squad", [ana])
    world.add_bot(chat, ana)
    async with bot_in_process(place):
        await greeted(world, [(ana, chat)])
        await begun(world, ana, chat)
        await named(world, ana, "Player1")
    async with bot_in_process(place):
        card = await ask(world, ana, ana, "player1")
        assert "👤 Player1" in card.text
    async with bot_in_process(place):
        await tap(world, ana, card, "Confirm")
        await until(world, lambda: bot_messages(world, chat)[-1].text.endswith("Added by Ana."))
    assert await names(store, chat) == ["Player1"]


async def test_killed_in_the_middle_of_an_answer_the_dialog_goes_on(
    world: World, steam: Steam, store: Store, process: BotProcess
) -> None:
    steam.add_account("nova", vanity="player1")
    ana = world.add_user("Ana")
    chat = world.add_group("Friday Squad", [ana])
    world.add_bot(chat, ana)
    await process.start()
    await greeted(world, [(ana, chat)])
    await begun(world, ana, chat)
    await named(world, ana, "Player1")
    world.fail("sendMessage", "slow", 1, delay=600)
    said = world.say(ana, ana, "player1")
    await until(world, lambda: any(r.method == "sendMessage" and r.status is None for r in world.requests))
    process.kill()
    await process.ended()
    world.clear_faults()
    await process.start()
    card = await until(world, lambda: next((m for m in bot_messages(world, ana, said.id) if m.buttons), None))
    assert "👤 Player1" in card.text, "what was answered is not asked again, nor taken for the next answer"
    await tap(world, ana, card, "Confirm")
    await until(world, lambda: bot_messages(world, chat)[-1].text.endswith("Added by Ana."))
    assert await names(store, chat) == ["Player1"]


@pytest.mark.usefixtures("bot")
async def test_d42_d43_two_dialogs_for_two_groups_at_once(world: World, steam: Steam, store: Store) -> None:
    steam.add_account("nova", vanity="player1")
    ana = world.add_user("Ana")
    first, second = world.add_group("First", [ana]), world.add_group("Second", [ana])
    for chat in (first, second):
        world.add_bot(chat, ana)
    await greeted(world, [(ana, first), (ana, second)])
    asked = [await begun(world, ana, chat) for chat in (first, second)]
    cards = []
    for question, name in zip(asked, ("One", "Two"), strict=True):
        answer = await named(world, ana, name, reply_to=question.id)
        cards.append(await ask(world, ana, ana, "player1", reply_to=answer.id))
    await ask(world, ana, second, "/status")
    for card in reversed(cards):
        await tap(world, ana, card, "Confirm")
    await until(world, lambda: all(bot_messages(world, c)[-1].text.endswith("Added by Ana.") for c in (first, second)))
    assert await names(store, first) == ["One"]
    assert await names(store, second) == ["Two"]


@pytest.mark.usefixtures("bot")
async def test_twenty_dialogs_side_by_side(world: World, steam: Steam, store: Store) -> None:
    steam.add_account("nova", vanity="player1")
    people = groups(world, 20)
    await greeted(world, people)

    async def add(person: User, chat: Chat) -> None:
        await begun(world, person, chat)
        await named(world, person, person.first_name)
        await tap(world, person, await ask(world, person, person, "player1"), "Confirm")

    await asyncio.gather(*(add(person, chat) for person, chat in people))
    for person, chat in people:
        assert await names(store, chat) == [person.first_name]

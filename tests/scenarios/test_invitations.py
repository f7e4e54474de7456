"""Invitations in a crowd, over restarts and kills: every answer counts once, and the message says what is so."""

import re

import pytest

from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import ask, bot_messages, tap, until
from tests.scenarios.running import BotProcess, Place, bot_in_process


def squad(world: World, *names: str, **more: object) -> tuple[Chat, list[User]]:
    """A supergroup with the bot and these people, each with a username."""
    people = [world.add_user(name, username=f"{name}_plays") for name in names]
    chat = world.add_group("Squad", people, supergroup=True, **more)  # type: ignore[arg-type]
    world.add_bot(chat, people[0])
    return chat, people


async def invited(world: World, by: User, chat: Chat, text: str, **more: object) -> SimMessage:
    """Type an /invite and give the message that asks."""
    said = world.say(by, chat, text, **more)  # type: ignore[arg-type]
    return await until(world, lambda: asking(world, chat, said.id))


def asking(world: World, chat: Chat, after: int) -> SimMessage | None:
    found = (one for one in bot_messages(world, chat, after) if any(b["text"] == "Accept" for b in labels(one)))
    return next(found, None)


def labels(message: SimMessage) -> list[dict[str, str]]:
    return [button for button in message.buttons if "Accept" in button["text"] or "Decline" in button["text"]]


def edits(world: World, since: int) -> int:
    return sum(request.method == "editMessageText" for request in list(world.requests)[since:])


def closed(message: SimMessage) -> bool:
    return message.buttons == []


@pytest.mark.usefixtures("bot")
class TestCrowd:
    async def test_fifty_invited_people_tap_twice_each_at_once(self, world: World, store: Store) -> None:
        chat, people = squad(world, *(f"Person{number}" for number in range(51)))
        creator, crowd = people[0], people[1:]
        await ask(world, creator, chat, "/newgroup Warzone")
        names = " ".join(f"@{person.username}" for person in crowd)
        message = await invited(world, creator, chat, f"/invite Warzone {names}")
        await until(world, lambda: sum(f"@{p.username}".lower() in all_text(world, chat) for p in crowd) == 50)
        since = len(world.requests)
        taps = []
        for number, person in enumerate(crowd):
            label = next(b["text"] for b in labels(message) if ("Decline" in b["text"]) == (number % 5 == 0))
            taps += [world.press(person, chat, message.id, message.button(label)) for _ in range(2)]
        await until(world, lambda: all(world.callback_answer(query) for query in taps))
        await until(world, lambda: closed(message))
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        joined = [person.id for number, person in enumerate(crowd) if number % 5]
        assert sorted(group.members) == sorted([creator.id, *joined])
        assert len(joined) == 40
        assert group.invited == ()
        assert await store.invitations.of_group(group.id) == []
        assert edits(world, since) <= 20

    async def test_two_invitations_at_once_each_take_their_own_answers(self, world: World, store: Store) -> None:
        chat, (ana, bea, cem) = squad(world, "Ana", "Bea", "Cem")
        for name in ("Warzone", "Chess"):
            await ask(world, ana, chat, f"/newgroup {name}")
        warzone = await invited(world, ana, chat, "/invite warzone @BEA_plays @cem_PLAYS")
        chess = await invited(world, ana, chat, "/invite Chess @bea_plays")
        assert not (await tap(world, bea, chess, "Accept")).alert
        await until(world, lambda: closed(chess))
        assert not (await tap(world, bea, warzone, "Decline")).alert
        assert not (await tap(world, cem, warzone, "Accept")).alert
        await until(world, lambda: closed(warzone))
        found = {group.name: group.members for group in await store.notifygroups.of_chat(chat.id)}
        assert found == {"Warzone": (ana.id, cem.id), "Chess": (ana.id, bea.id)}

    async def test_the_chat_migrates_while_people_are_asked(self, world: World, store: Store) -> None:
        ana, bea = world.add_user("Ana", username="ana_plays"), world.add_user("Bea", username="bea_plays")
        old = world.add_group("Friday", [ana, bea])
        world.add_bot(old, ana)
        await ask(world, ana, old, "/newgroup Warzone")
        message = await invited(world, ana, old, "/invite Warzone @bea_plays")
        new = world.migrate(old)
        again = await until(world, lambda: asking(world, new, 0))
        assert message.id != again.id or message.chat_id != again.chat_id
        assert not (await tap(world, bea, again, "Accept")).alert
        await until(world, lambda: closed(again))
        group = await store.notifygroups.by_name(new.id, "Warzone")
        assert group is not None
        assert group.members == (ana.id, bea.id)


def all_text(world: World, chat: Chat) -> str:
    return re.sub(r"\s+", " ", " ".join(m.text for m in bot_messages(world, chat))).lower()


async def test_d3_an_invitation_outlives_the_bot(world: World, place: Place, store: Store) -> None:
    chat, (ana, bea, cem, _) = squad(world, "Ana", "Bea", "Cem", "Dee")
    async with bot_in_process(place):
        await ask(world, ana, chat, "/newgroup Warzone")
        message = await invited(world, ana, chat, "/invite Warzone @bea_plays @cem_plays @dee_plays")
        await tap(world, bea, message, "Accept")
    async with bot_in_process(place):
        await tap(world, cem, message, "Accept")
        assert (await tap(world, ana, message, "Revoke")).text
        await until(world, lambda: closed(message))
    group = await store.notifygroups.by_name(chat.id, "Warzone")
    assert group is not None
    assert group.members == (ana.id, bea.id, cem.id)
    assert group.invited == ()


async def test_kill_9_while_people_answer_loses_no_answer(world: World, process: BotProcess, store: Store) -> None:
    chat, people = squad(world, *(f"Person{number}" for number in range(11)))
    await process.start()
    await ask(world, people[0], chat, "/newgroup Warzone")
    names = " ".join(f"@{person.username}" for person in people[1:])
    message = await invited(world, people[0], chat, f"/invite Warzone {names}")
    taps = [world.press(person, chat, message.id, message.button("Accept")) for person in people[1:]]
    await until(world, lambda: any(world.callback_answer(query) for query in taps))
    process.kill()
    await process.ended()
    await process.start()
    await until(world, lambda: closed(message))
    group = await store.notifygroups.by_name(chat.id, "Warzone")
    assert group is not None
    assert sorted(group.members) == sorted(person.id for person in people)
    assert group.invited == ()

"""Telegram fails in every way it has: each command is answered all the same, and no tap is left waiting."""

import pytest

from gub.clock import SystemClock
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import all_answered, answers, ask, bot_messages, counts, greeted, groups, tap, until
from tests.scenarios.running import Place, bot_in_process

NOT_DONE = ["429", "429_plain", "500", "502_html", "drop_before"]
"""Failures after which nothing was done."""

MAY_BE_DONE = ["drop_after", "slow", "slow_after", "garbage"]
"""Failures that say nothing of whether it was done; slow ones are no failure if one waits."""


class Hasty(SystemClock):
    """The machine's clock, on which nobody sleeps for as long as they mean to: waits between tries are short."""

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds / 5)


def _no_fault_is_left(world: World) -> bool:
    """Say whether every failure that was ordered has happened: else the test has shown nothing."""
    return not world.faults.state()


@pytest.mark.parametrize("kind", [*NOT_DONE, "slow", "slow_after"])
async def test_a_command_is_answered_once_after_sending_failed_twice(world: World, place: Place, kind: str) -> None:
    people = groups(world, 2)
    ((ana, chat), (bea, other)) = people
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        world.fail("sendMessage", kind, 2, delay=0.3, chat_id=chat.id)
        said = world.say(ana, chat, "/newgroup Warzone")
        behind = world.say(ana, chat, "/join Warzone")
        # Meanwhile others are served.
        await ask(world, bea, other, "/about")
        await until(world, lambda: answers(world, chat, said) and answers(world, chat, behind))
        await ask(world, ana, chat, "/about")
    assert _no_fault_is_left(world)
    assert [len(answers(world, chat, one)) for one in (said, behind)] == [1, 1]
    assert "New group" in answers(world, chat, said)[0].text


@pytest.mark.parametrize("kind", ["drop_after", "garbage"])
async def test_a_command_is_answered_twice_rather_than_not_when_nobody_knows(
    world: World, place: Place, kind: str
) -> None:
    """The connection was cut after Telegram had sent the message: the bot cannot know, and prefers a duplicate."""
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        world.fail("sendMessage", kind, 1, chat_id=chat.id)
        said = world.say(ana, chat, "/newgroup Warzone")
        await ask(world, ana, chat, "/about")
    given = [message.text for message in answers(world, chat, said)]
    assert len(given) == 2
    assert given[0] == given[1]
    assert "New group" in given[0]


@pytest.mark.parametrize("kind", [*NOT_DONE, *MAY_BE_DONE])
async def test_a_tap_is_answered_after_answering_failed_twice(world: World, place: Place, kind: str) -> None:
    ((ana, chat),) = people = groups(world, 1)
    bea = world.add_user("Bea")
    world.join(bea, chat)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        world.fail("answerCallbackQuery", kind, 1 if kind.startswith("slow") else 2, delay=0.3)
        world.fail("getChatMember", kind, 1, delay=0.3)
        answer = await tap(world, bea, made, "Join")
        assert "You are in Warzone" in answer.text
        await until(world, lambda: _no_fault_is_left(world))
        assert "already" in (await ask(world, bea, chat, "/join Warzone")).text


@pytest.mark.parametrize("kind", [*NOT_DONE, *MAY_BE_DONE])
async def test_updates_come_once_when_asking_for_them_failed_for_a_while(
    world: World, place: Place, store: Store, kind: str
) -> None:
    people = groups(world, 3)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        said = []
        for text in ("/newgroup One", "/newgroup Two", "/newgroup Three"):
            world.fail("getUpdates", kind, 2, delay=0.3)
            said += [(chat, world.say(person, chat, text)) for person, chat in people]
            await all_answered(world, said[-3:])
        for person, chat in people:
            await ask(world, person, chat, "/about")
        assert _no_fault_is_left(world)
        assert counts(world, said) == [1] * 9
    assert await store.inbox.pending(world.default_bot.id) == []


@pytest.mark.parametrize("kind", [*NOT_DONE, "garbage", "drop_after"])
async def test_the_bot_starts_while_telegram_fails(world: World, place: Place, kind: str) -> None:
    ((ana, chat),) = people = groups(world, 1)
    for method in ("getMe", "deleteWebhook", "setMyCommands", "getUpdates"):
        world.fail(method, kind, 2)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        await ask(world, ana, chat, "/about")
        await until(world, lambda: _no_fault_is_left(world))


async def test_the_webhook_is_set_although_setting_it_failed(world: World, place: Place) -> None:
    ((ana, chat),) = people = groups(world, 1)
    world.fail("setWebhook", "502_html", 2)
    async with bot_in_process(place.on_webhook(), Hasty()):
        await greeted(world, people)
        await ask(world, ana, chat, "/about")
        assert _no_fault_is_left(world)


async def test_nothing_is_lost_while_nothing_at_all_works(world: World, place: Place) -> None:
    people = groups(world, 5)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        world.fail("*", "502_html", -1)
        said = [(chat, world.say(person, chat, "/about")) for person, chat in people]
        before = len(world.requests)
        await until(world, lambda: len(world.requests) >= before + 3)
        world.clear_faults()
        await all_answered(world, said)
        for person, chat in people:
            await ask(world, person, chat, "/help")
        assert counts(world, said) == [1] * 5


async def test_d47_d48_a_refused_answer_is_told_and_no_end_of_the_chat(world: World, place: Place) -> None:
    """400 of kinds that nobody knows: that answer is lost, and nothing else."""
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        world.fail("sendMessage", "400", 1, description="Bad Request: the moon is full")
        said = world.say(ana, chat, "/about")
        told = await until(world, lambda: answers(world, chat, said))
        assert "went wrong" in told[0].text
        await ask(world, ana, chat, "/about")


async def test_a_long_flood_wait_ends_the_answer_and_not_the_bot(world: World, place: Place) -> None:
    """Telegram orders to wait for an hour in one chat: nobody waits that long for an answer, and others are served."""
    people = groups(world, 2)
    ((ana, chat), (bea, other)) = people
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        world.fail("sendMessage", "429", 1, retry_after=3600, chat_id=chat.id)
        world.say(ana, chat, "/about")
        await until(world, lambda: any(request.status == 429 for request in world.requests))
        await ask(world, bea, other, "/about")


@pytest.mark.parametrize("kind", ["drop_after", "500", "429"])
async def test_a_call_rings_everybody_although_the_network_fails(world: World, place: Place, kind: str) -> None:
    ana = world.add_user("Ana")
    others = [world.add_user(f"Member {number}") for number in range(12)]
    chat = world.add_group("G", [ana, *others])
    world.add_bot(chat, ana)
    async with bot_in_process(place, Hasty()):
        made = await ask(world, ana, chat, "/newgroup Warzone")
        for other in others:
            await tap(world, other, made, "Join")
        before = len(world.pushes)
        world.fail("sendMessage", kind, 1, chat_id=chat.id)
        said = world.say(ana, chat, "/notify Warzone now?")

        def pinged() -> set[int]:
            return {push.user_id for push in world.pushes[before:] if push.reason == "mention"}

        await until(world, lambda: pinged() == {other.id for other in others})
        assert "now?" in bot_messages(world, chat, said.id)[0].text
        await ask(world, ana, chat, "/about")
    rung = [push.user_id for push in world.pushes[before:] if push.reason == "mention"]
    assert ana.id not in rung
    if kind != "drop_after":
        assert len(rung) == len(set(rung))


async def test_no_token_and_no_text_is_printed_when_telegram_fails(
    world: World, place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    """aiohttp's errors show the address, and the address holds the token."""
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(place, Hasty()):
        await greeted(world, people)
        for kind in (*NOT_DONE, "garbage", "drop_after"):
            world.fail("*", kind, 2)
            said = world.say(ana, chat, "/newgroup Xyzzy-secret-plan")
            await until(world, lambda: answers(world, chat, said))  # noqa: B023 - waited for before the next
    shown = "".join(capfd.readouterr())
    assert shown
    assert world.default_bot.token not in shown
    assert world.default_bot.token.partition(":")[2] not in shown
    assert "Xyzzy" not in shown
    assert "Traceback" not in shown

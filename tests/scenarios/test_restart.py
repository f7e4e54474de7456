"""Stops, kills and restarts in the middle of work: nothing unacknowledged is lost, nothing acknowledged done twice."""

from dataclasses import replace

from gub.clock import SystemClock
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import all_answered, answers, ask, counts, greeted, groups, hanging, until
from tests.scenarios.running import BotProcess, Place, bot_in_process


async def test_sigterm_with_forty_updates_in_flight_answers_them_all(
    world: World, process: BotProcess, store: Store
) -> None:
    people = groups(world, 40)
    await process.start()
    await greeted(world, people)
    world.fail(method="sendMessage", kind="slow", times=40, delay=1.0)
    said = [(chat, world.say(person, chat, "/about")) for person, chat in people]
    # The first went alone to the waiting poll, the others in one batch: two hanging, and all forty are taken.
    await until(world, lambda: hanging(world) >= 2)
    process.terminate()
    assert await process.ended() == 0
    assert counts(world, said) == [1] * 40
    assert await store.inbox.pending(world.default_bot.id) == []


async def test_kill_9_in_the_middle_of_work_loses_nothing(world: World, process: BotProcess, store: Store) -> None:
    people = groups(world, 20)
    await process.start()
    await greeted(world, people)
    handled = [(chat, world.say(person, chat, "/newgroup First")) for person, chat in people[:10]]
    await all_answered(world, handled)
    # Their answers hang, so these are stored and confirmed, and not handled, when the process dies.
    world.fail(method="sendMessage", kind="slow", times=20, delay=30.0)
    stuck = [(chat, world.say(person, chat, "/newgroup Second")) for person, chat in people]
    await until(world, lambda: hanging(world) >= 10)
    process.kill()
    await process.ended()
    world.clear_faults()
    missed = [(chat, world.say(person, chat, "/newgroup Third")) for person, chat in people]
    await process.start()
    await all_answered(world, [*stuck, *missed])
    assert counts(world, handled) == [1] * 10
    assert counts(world, missed) == [1] * 20
    for number, (_, chat) in enumerate(people):
        names = sorted(group.name for group in await store.notifygroups.of_chat(chat.id))
        assert names == (["First"] if number < 10 else []) + ["Second", "Third"]


async def test_a_wrong_token_is_one_clear_line_and_exit_1(world: World, process: BotProcess) -> None:
    world.revoke_token()
    await process.start(until_polling=False)
    assert await process.ended() == 1
    assert "does not accept GUB_BOT_TOKEN" in process.lines[-1]
    assert "Traceback" not in process.log


async def test_a_token_revoked_while_the_bot_runs_stops_it_with_the_same_line(
    world: World, process: BotProcess
) -> None:
    await process.start()
    world.revoke_token()
    assert await process.ended() == 1
    assert "does not accept GUB_BOT_TOKEN" in process.lines[-1]
    assert "Traceback" not in process.log


class _LeapingClock(SystemClock):
    """The machine's clock, except that time can be made to have passed."""

    leapt = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.leapt


async def test_of_two_processes_without_a_common_database_the_second_says_so_and_stops(
    world: World, place: Place, other_database_name: str
) -> None:
    """By Telegram's 409. With one database the second stands by (test_crew)."""
    ((ana, chat),) = groups(world, 1)
    clock = _LeapingClock()
    second = BotProcess(replace(place, database_name=other_database_name))
    async with bot_in_process(place, clock):
        await ask(world, ana, chat, "/about")
        clock.leapt += 11  # who has polled for 10 seconds is the first of two
        try:
            await second.start(until_polling=False)
            assert await second.ended() == 1
        finally:
            await second.aclose()
        assert "Another process takes this bot's updates" in second.lines[-1]
        assert "Traceback" not in second.log
        said = world.say(ana, chat, "/about")
        await until(world, lambda: answers(world, chat, said))
        await ask(world, ana, chat, "/about")
        assert len(answers(world, chat, said)) == 1

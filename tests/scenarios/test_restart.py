"""Stops, kills and restarts in the middle of work: nothing unacknowledged is lost, nothing acknowledged done twice."""

from gub.clock import SystemClock
from gub.sandbox.telegram.models import Chat, SimMessage
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import answers, ask, greeted, groups, until
from tests.scenarios.running import BotProcess, Place, bot_in_process


def _all_answered(world: World, said: list[tuple[Chat, SimMessage]]) -> bool:
    return all(answers(world, chat, message) for chat, message in said)


def _counts(world: World, said: list[tuple[Chat, SimMessage]]) -> list[int]:
    return [len(answers(world, chat, message)) for chat, message in said]


def _hanging(world: World) -> int:
    """Count the answers that the bot is waiting to get out."""
    return sum(request.method == "sendMessage" and request.status is None for request in world.requests)


async def test_sigterm_with_forty_updates_in_flight_answers_them_all(
    world: World, process: BotProcess, store: Store
) -> None:
    people = groups(world, 40)
    await process.start()
    await greeted(world, people)
    world.fail(method="sendMessage", kind="slow", times=40, delay=1.0)
    said = [(chat, world.say(person, chat, "/about")) for person, chat in people]
    # The first went alone to the waiting poll, the others in one batch: two hanging, and all forty are taken.
    await until(world, lambda: _hanging(world) >= 2)
    process.terminate()
    assert await process.ended() == 0
    assert _counts(world, said) == [1] * 40
    assert await store.inbox.pending(world.default_bot.id) == []


async def test_kill_9_in_the_middle_of_work_loses_nothing(world: World, process: BotProcess, store: Store) -> None:
    people = groups(world, 20)
    await process.start()
    await greeted(world, people)
    handled = [(chat, world.say(person, chat, "/newgroup First")) for person, chat in people[:10]]
    await until(world, lambda: _all_answered(world, handled))
    # Their answers hang, so these are stored and confirmed, and not handled, when the process dies.
    world.fail(method="sendMessage", kind="slow", times=20, delay=30.0)
    hanging = [(chat, world.say(person, chat, "/newgroup Second")) for person, chat in people]
    await until(world, lambda: _hanging(world) >= 10)
    process.kill()
    await process.ended()
    world.clear_faults()
    missed = [(chat, world.say(person, chat, "/newgroup Third")) for person, chat in people]
    await process.start()
    await until(world, lambda: _all_answered(world, [*hanging, *missed]))
    assert _counts(world, handled) == [1] * 10
    assert _counts(world, missed) == [1] * 20
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


async def test_of_two_polling_processes_the_second_says_so_and_stops(
    world: World, place: Place, process: BotProcess
) -> None:
    ((ana, chat),) = groups(world, 1)
    clock = _LeapingClock()
    async with bot_in_process(place, clock):
        await ask(world, ana, chat, "/about")
        clock.leapt += 11  # who has polled for 10 seconds is the first of two
        await process.start(until_polling=False)
        assert await process.ended() == 1
        assert "Another process polls" in process.lines[-1]
        assert "Traceback" not in process.log
        said = world.say(ana, chat, "/about")
        await until(world, lambda: answers(world, chat, said))
        await ask(world, ana, chat, "/about")
        assert len(answers(world, chat, said)) == 1

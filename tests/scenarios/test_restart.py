"""Stops, kills and restarts in the middle of work: nothing unacknowledged is lost, nothing acknowledged done twice."""

from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import bot_messages
from tests.scenarios.running import BotProcess


def _groups(world: World, count: int) -> list[tuple[User, Chat]]:
    """Groups with the bot in them, each with a person: as many lanes, and each within its own pace."""
    made = []
    for number in range(count):
        person = world.add_user(f"Person {number}")
        chat = world.add_group(f"Group {number}", [person])
        world.add_bot(chat, person)
        made.append((person, chat))
    return made


def _answers(world: World, chat: Chat, said: int) -> int:
    return sum(message.reply_to == said for message in bot_messages(world, chat))


async def test_sigterm_with_forty_updates_in_flight_answers_them_all(world: World, process: BotProcess) -> None:
    groups = _groups(world, 40)
    await process.start()
    await world.wait_for(lambda: all(bot_messages(world, chat) for _, chat in groups), timeout=30)
    world.fail(method="sendMessage", kind="slow", times=40, delay=1.0)
    said = [(chat, world.say(person, chat, "/about").id) for person, chat in groups]
    await world.wait_for(lambda: sum(r.method == "sendMessage" and r.status is None for r in world.requests) >= 5)
    process.terminate()
    assert await process.ended() == 0
    assert [_answers(world, chat, asked) for chat, asked in said] == [1] * 40


async def test_kill_9_in_the_middle_of_work_loses_nothing(world: World, process: BotProcess, store: Store) -> None:
    groups = _groups(world, 20)
    await process.start()
    await world.wait_for(lambda: all(bot_messages(world, chat) for _, chat in groups), timeout=30)
    handled = [(chat, world.say(person, chat, "/newgroup First")) for person, chat in groups[:10]]
    await world.wait_for(lambda: all(_answers(world, chat, said.id) for chat, said in handled))
    # Their answers hang, so these are stored and confirmed, and not handled, when the process dies.
    world.fail(method="sendMessage", kind="slow", times=20, delay=30.0)
    hanging = [(chat, world.say(person, chat, "/newgroup Second")) for person, chat in groups]
    await world.wait_for(lambda: sum(r.method == "sendMessage" and r.status is None for r in world.requests) >= 10)
    process.kill()
    await process.ended()
    world.clear_faults()
    lost = [(chat, world.say(person, chat, "/newgroup Third")) for person, chat in groups]
    await process.start()
    await world.wait_for(
        lambda: all(_answers(world, chat, said.id) >= 1 for chat, said in [*hanging, *lost]), timeout=30
    )
    assert [_answers(world, chat, said.id) for chat, said in handled] == [1] * 10
    for _, chat in groups:
        names = sorted(group.name for group in await store.notifygroups.of_chat(chat.id))
        assert names in (["First", "Second", "Third"], ["Second", "Third"])


async def test_a_wrong_token_is_one_clear_line_and_exit_1(world: World, process: BotProcess) -> None:
    world.revoke_token()
    await process.start(until_polling=False)
    assert await process.ended() == 1
    assert "does not accept GUB_BOT_TOKEN" in process.lines[-1]
    assert "Traceback" not in process.log


async def test_of_two_polling_processes_the_second_says_so_and_stops(world: World, process: BotProcess, place) -> None:
    ((ana, chat),) = _groups(world, 1)
    await process.start()
    second = await BotProcess(place).start(until_polling=False)
    try:
        code = await second.ended()
    finally:
        await second.aclose()
    if code != 1:
        raise AssertionError(second.log)
    assert "Another process polls" in second.lines[-1]
    assert "Traceback" not in second.log
    said = world.say(ana, chat, "/about")
    await world.wait_for(lambda: _answers(world, chat, said.id) == 1)
    assert _answers(world, chat, said.id) == 1

"""Everything that the simulated Telegram says has the types that others wrote down from Telegram's documentation."""

from collections import Counter
from pathlib import Path

import aiohttp

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.methods.registry import METHODS
from tests.outside.peer import running_peer
from tests.outside.recorder import Tape, recording
from tests.outside.tour import KINDS, BotCalls, Tour
from tests.outside.typecheck import complaints

NEVER_ASKED = {"close", "setwebhook"}
"""`close` is `logOut` by another name; setWebhook is asked for by the grammY bot below."""


async def walked(sim: SimServer) -> Tape:
    async with recording(sim.url) as recorder, aiohttp.ClientSession() as session:
        await Tour(sim.world, BotCalls(session, recorder.url, sim.world.bot().token)).walk()
        return recorder.tape


async def test_every_answer_and_update_of_a_wide_tour_has_its_type(sim: SimServer, modules: Path, tmp_path: Path):
    tape = await walked(sim)

    assert not numbers_that_are_not_whole(tape)
    assert [str(each) for each in complaints(tape, tmp_path, modules)] == []


async def test_the_tour_is_wide(sim: SimServer):
    tape = await walked(sim)

    answered = {each.method.lower() for each in tape.answers if each.body and each.body["ok"]}
    assert set(METHODS) - answered == NEVER_ASKED, "methods that the tour never had answered"
    kinds = Counter(key for update in tape.updates for key in update if key != "update_id")
    assert set(kinds) == set(KINDS)
    codes = {each.status for each in tape.answers}
    assert codes == {200, 400, 401, 403, 404, 409, 429, 500}


async def test_what_a_webhook_gets_has_its_type(sim: SimServer, modules: Path, tmp_path: Path):
    world = sim.world
    ada = world.add_user("Ada")
    group = world.add_group("Friends", [ada])
    async with recording(sim.url) as recorder, running_peer("grammy", "webhook", recorder.url, world.bot().token):
        world.add_bot(group, by=ada)
        said = world.say(ada, group, "/buttons")
        await world.wait_for(lambda: [each for each in world.messages(group) if each.reply_to == said.id])
        menu = world.messages(group)[-1]
        world.press(ada, group, menu.id, menu.button("Yes"))
        await world.wait_for(lambda: menu.edited)

    assert {"setWebhook", "deleteWebhook", "answerCallbackQuery"} <= {each.method for each in recorder.tape.answers}
    assert {"message", "my_chat_member", "callback_query"} <= {
        key for update in recorder.tape.updates for key in update
    }
    assert [str(each) for each in complaints(recorder.tape, tmp_path, modules)] == []


def numbers_that_are_not_whole(value: object) -> list[float]:
    """TypeScript has one type for all numbers; the Bot API's here are integers."""
    if isinstance(value, Tape):
        return numbers_that_are_not_whole([*(each.body for each in value.answers), *value.updates])
    if isinstance(value, dict):
        return [found for each in value.values() for found in numbers_that_are_not_whole(each)]
    if isinstance(value, list):
        return [found for each in value for found in numbers_that_are_not_whole(each)]
    return [value] if isinstance(value, float) else []

"""GUB is removed from a chat while it does something there."""

from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.ringing import crowd, warzone


async def test_d18_a_call_that_ends_with_the_removal_of_gub_takes_nobody_out(stage: Stage):
    chat, people = await crowd(stage, 3)
    stage.world.leave(people[2], chat)
    await stage.api.take()
    stage.world.fail("getChatMember", "403", -1, description="Forbidden: bot was kicked from the supergroup chat")
    await stage.said(people[0], chat, "/notify Warzone go")
    assert people[2].id in (await warzone(stage, chat)).members

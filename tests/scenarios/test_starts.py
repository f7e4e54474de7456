"""The whole bot tells a chat who starts what: a platform is asked, an admin wants it, who plays allows it."""

import asyncio

from gub.clock import SystemClock
from gub.domain.values import Allowance
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.models import SimMessage
from gub.sandbox.telegram.world import World
from gub.store.store import Store, open_store
from tests.scenarios.conversation import PATIENCE, ask, bot_messages, groups, tap, until
from tests.scenarios.running import Place, bot_in_process


async def _met(store: Store) -> None:
    """Wait until the bot has seen what somebody plays when it first looks."""
    while True:
        if await store.starts.people():
            return
        await asyncio.sleep(0.05)


async def test_a_chat_that_wants_it_is_told_who_starts_what(world: World, place: Place, steam: Steam) -> None:
    account = steam.add_account("nova", vanity="player1", game="Counter-Strike 2")
    ((ana, chat),) = groups(world, 1)

    def told() -> list[SimMessage]:
        return [message for message in bot_messages(world, chat) if " started " in message.text]

    async with bot_in_process(place.having(GUB_POLL_SECONDS="5"), SystemClock()):
        await ask(world, ana, chat, "/add Player1 steam:player1")
        store = await open_store(place.mongo_uri or "", place.database_name, clock=SystemClock())
        (person,) = await store.statususers.of_chat(chat.id)
        await store.statususers.claim(person.id, chat.id, ana.id)
        await store.statususers.allow(person.id, chat.id, ana.id, Allowance.WATCHES, allowed=True)
        menu = await ask(world, ana, world.private(ana), f"/start settings_{chat.id}")
        await tap(world, ana, menu, "Who starts what")
        await tap(world, ana, menu, "yes")
        await asyncio.wait_for(_met(store), PATIENCE)
        await store.close()
        steam.set_presence(account.id, game="Hades")
        (message,) = await until(world, told)
        assert message.text == "🎮 Player1 started Hades."
        assert message.silent
        assert (await tap(world, ana, message, "Ignore")).text == "Ignored. /settings brings it back."
        assert told() == [message]

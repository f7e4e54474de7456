"""Help and fun with the whole bot: what a tap needs is in the button or the database, whatever happens in between."""

import asyncio

from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import PATIENCE, ask, greeted, groups, until
from tests.scenarios.running import BotProcess


async def test_d44_menus_and_respects_outlive_a_kill(world: World, process: BotProcess, store: Store) -> None:
    ((ana, chat),) = people = groups(world, 1)
    ben = world.add_user("Ben")
    world.join(ben, chat)
    await process.start()
    await greeted(world, people)
    menu = await ask(world, ana, ana, "/help")
    respects = await ask(world, ana, chat, "/f the final boss")
    async with asyncio.timeout(PATIENCE):
        while await store.inbox.pending(world.default_bot.id):
            pass
    process.kill()
    await process.ended()
    world.press(ben, chat, respects.id, respects.button("F"))
    world.press(ana, ana, menu.id, menu.button("🎉 For fun"))
    await process.start()
    await until(world, lambda: "Ben" in respects.text)
    await until(world, lambda: "/diss" in menu.text)
    assert respects.text.splitlines()[-1].endswith(f"2: {ana.first_name} and Ben")

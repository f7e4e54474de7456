"""Updates that cannot be decoded, or make no sense, or come twice: they cost only themselves."""

import asyncio

import aiohttp
import pytest

from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import answers, ask, greeted, groups, last_update, tap, until
from tests.scenarios.poison import poison
from tests.scenarios.running import WEBHOOK_SECRET, Place, bot_in_process


@pytest.fixture(params=["polling", "webhook"])
def there(request: pytest.FixtureRequest, place: Place) -> Place:
    """The place, in each of the two ways in which updates come."""
    return place.on_webhook() if request.param == "webhook" else place


async def test_poison_between_good_updates_costs_only_itself(world: World, there: Place, store: Store) -> None:
    """Facts 0.2: one update that it cannot decode stops the framework's own loop for good."""
    people = groups(world, 2)
    ((ana, chat), (bea, other)) = people
    async with bot_in_process(there):
        await greeted(world, people)
        good = []
        for update in poison(ana, chat).values():
            good.append(world.say(ana, chat, "/about"))
            world.deliver_raw(update)
        last = world.say(ana, chat, "/about")
        elsewhere = world.say(bea, other, "/about")
        await until(world, lambda: answers(world, other, elsewhere))
        await until(world, lambda: all(answers(world, chat, said) for said in [*good, last]))
        # In the same lane as all that came before it.
        await ask(world, ana, chat, "/help")
        assert [len(answers(world, chat, said)) for said in [*good, last]] == [1] * (len(good) + 1)
    assert await store.inbox.pending(world.default_bot.id) == []


async def test_a_batch_of_nothing_but_poison_is_confirmed_and_forgotten(
    world: World, there: Place, store: Store
) -> None:
    """It is there when the bot starts, and must not come again and again."""
    ((ana, chat),) = groups(world, 1)
    ids = {world.deliver_raw(update) for update in poison(ana, chat).values()}
    async with bot_in_process(there):
        await ask(world, ana, chat, "/about")
        await ask(world, ana, chat, "/about")  # asked for, or pushed, once all before it was confirmed
        assert ids.isdisjoint(stored.id for stored in world.default_bot.queue.pending)
    assert await store.inbox.pending(world.default_bot.id) == []


async def test_what_telegram_delivers_again_is_handled_once(world: World, there: Place) -> None:
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(there):
        await greeted(world, people)
        said = world.say(ana, chat, "/newgroup Warzone")
        update_id = last_update(world)
        made = await until(world, lambda: answers(world, chat, said))
        world.redeliver(update_id)
        world.redeliver(update_id)
        joined = await tap(world, ana, made[0], "Join")
        assert "already" in joined.text
        await ask(world, ana, chat, "/about")
        await ask(world, ana, chat, "/about")
        assert len(answers(world, chat, said)) == 1
        assert len(made) == 1


async def test_what_is_delivered_again_after_a_restart_is_handled_once(world: World, there: Place) -> None:
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(there):
        await greeted(world, people)
        said = world.say(ana, chat, "/newgroup Warzone")
        update_id = last_update(world)
        await until(world, lambda: answers(world, chat, said))
    world.redeliver(update_id)
    async with bot_in_process(there):
        await ask(world, ana, chat, "/about")
        assert len(answers(world, chat, said)) == 1


async def test_the_same_update_in_many_requests_at_once_is_handled_once(world: World, place: Place) -> None:
    """Telegram delivers again what was not acknowledged in time, while the first is still at work."""
    there = place.on_webhook()
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(there), aiohttp.ClientSession() as http:
        await greeted(world, people)
        world.fail(method="sendMessage", kind="slow", times=1, delay=0.3)
        said = world.say(ana, chat, "/newgroup Warzone")
        update = world.default_bot.queue.pending[-1].json()
        url = f"http://127.0.0.1:{there.webhook_port}/telegram"
        headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}

        async def deliver() -> int:
            async with http.post(url, json=update, headers=headers) as response:
                return response.status

        assert await asyncio.gather(*[deliver() for _ in range(10)]) == [200] * 10
        await ask(world, ana, chat, "/about")
        assert len(answers(world, chat, said)) == 1

"""What goes on beside updates where several processes work for one bot."""

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from gub.edge import on_duty, wake_for_others
from gub.store.store import Store
from tests.support.clock import FakeClock
from tests.support.crews import one_of_many

if TYPE_CHECKING:
    from gub.store.crew import Crew


async def test_what_others_do_is_looked_for_each_second() -> None:
    clock, event = FakeClock(), asyncio.Event()
    crew = SimpleNamespace(others=0)
    waking = asyncio.create_task(wake_for_others(cast("Crew", crew), clock, (event,)))
    for others in (0, 2):
        crew.others = others
        await clock.until_sleeping()
        await clock.advance(1)
        assert event.is_set() is bool(others)
    waking.cancel()
    await asyncio.wait({waking})


async def test_what_runs_once_runs_where_the_duty_is(store: Store) -> None:
    """And in another worker as soon as that one has left."""
    clock = FakeClock()
    first, second = one_of_many(store, clock), one_of_many(store, clock)
    await first.join()
    await second.join()
    began: asyncio.Queue[str] = asyncio.Queue()

    def working(name: str) -> Any:
        async def work() -> None:
            began.put_nowait(name)
            await asyncio.Event().wait()

        return work

    one = asyncio.create_task(on_duty(first, [working("first")]))
    assert await asyncio.wait_for(began.get(), 10) == "first"
    two = asyncio.create_task(on_duty(second, [working("second")]))
    await clock.until_sleeping()
    assert began.empty()
    one.cancel()
    await asyncio.wait({one})
    await first.leave()
    await clock.advance(5)
    assert await asyncio.wait_for(began.get(), 10) == "second"
    two.cancel()
    await asyncio.wait({two})

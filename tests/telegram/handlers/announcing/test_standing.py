"""An announcer whose process does not act for the bot any more: it decides nothing about what it had in hand."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest

from gub.store.announcements import Phase
from gub.telegram import announcer
from gub.telegram.gateway.outcomes import StoodDown
from tests.telegram.handlers.announcing.conftest import Desk


async def test_what_a_worker_had_in_hand_when_it_stood_down_is_unknown_and_the_others_are_told(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    """Its successor settles that, even where it was claimed after the successor began."""
    await desk.confirmed()
    stood_down = asyncio.Event()

    async def out_of_place(_bot: object, chat_id: int, *_: Any, **__: Any) -> None:
        stood_down.set()
        raise StoodDown("sendMessage", chat_id)

    with monkeypatch.context() as frozen:
        frozen.setattr(announcer, "send", out_of_place)
        working = asyncio.ensure_future(desk.announcer().run())
        await asyncio.wait_for(stood_down.wait(), 10)
        await desk.stage.clock.until_sleeping(desk._asleep + 1)
        assert await desk.state() == {"pending": 2, "sending": 1}
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working
    await desk.work()
    assert await desk.state() == {"sent": 2, "unknown": 1}
    assert sum(len(desk.got(group)) for group in desk.groups) == 2


async def test_what_was_claimed_too_late_is_settled_at_the_end(desk: Desk):
    question = await desk.confirmed()
    store = desk.stage.store
    working = asyncio.ensure_future(desk.announcer().run())
    await desk.stage.world.wait_for(lambda: any(desk.got(group) for group in desk.groups))
    announcement = await store.announcements.first_under_way()
    assert announcement is not None, question.text
    *_, last = await store.announcement_targets.some(announcement.id, announcer.TargetState.PENDING)
    assert await store.announcement_targets.claim(last), "by a worker that was frozen"
    await desk.idle(working)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    ended = await store.announcements.get(announcement.id)
    assert ended is not None
    assert ended.phase is Phase.DONE
    assert await desk.state() == {"sent": 2, "unknown": 1}


async def test_an_end_that_the_driver_swallowed_is_heeded_before_it_waits(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """`asyncio.wait_for`, by which the driver waits, may lose a cancellation (python/cpython#86296)."""
    asked = asyncio.Event()

    async def swallowing() -> None:
        asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()

    monkeypatch.setattr(desk.stage.store.announcements, "first_under_way", swallowing)
    working = asyncio.ensure_future(desk.announcer().run())
    await asyncio.wait_for(asked.wait(), 10)
    working.cancel()
    await asyncio.wait({working}, timeout=10)
    assert working.cancelled()

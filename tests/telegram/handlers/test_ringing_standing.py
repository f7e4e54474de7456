"""A ringer whose process does not act for the bot any more: what it had in hand is another worker's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gub.store.ringing import Job, Kind
from gub.telegram.gateway.outcomes import StoodDown
from gub.telegram.messenger import Messenger
from gub.telegram.rounds import UNSAID, Opening
from tests.support.clock import START, FakeClock
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.ringing import Running, crowd, pinged, reborn, warzone


@pytest.fixture
def world_clock() -> FakeClock:
    """Far ahead: else the database would forget what rings by its own clock."""
    return FakeClock(START + timedelta(days=3650))


async def out_of_place(_messenger: object, chat_id: int, *_: Any, **__: Any) -> None:
    raise StoodDown("sendMessage", chat_id)


async def test_whom_a_worker_did_not_ping_because_it_stood_down_another_pings(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    chat, people = await crowd(stage, 4)
    group = await warzone(stage, chat)
    left = tuple(user.id for user in people[1:])
    job = Job(f"{chat.id}:7", Kind.CALL, chat.id, None, group.id, None, left, stage.clock.now())
    with monkeypatch.context() as frozen:
        frozen.setattr(Messenger, "send", out_of_place)
        ringer, asleep = reborn(stage), stage.clock.sleepers
        async with Running(ringer):
            await ringer.ring(job)
            await stage.clock.until_sleeping(asleep + 1)
    assert await stage.store.ringing.all() == [job]
    async with Running(reborn(stage)) as running:
        await stage.world.wait_for(lambda: bool(pinged(stage, chat)))
        await running.until_done()
    assert sorted(pinged(stage, chat)) == sorted(left)


async def test_a_worker_that_stood_down_forgets_no_call_that_another_has_begun(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
):
    chat, people = await crowd(stage, 2)
    group = await warzone(stage, chat)
    job = Job(f"{chat.id}:7", Kind.CALL, chat.id, None, group.id, None, (people[1].id,), stage.clock.now())
    monkeypatch.setattr(Messenger, "send", out_of_place)
    with pytest.raises(StoodDown):
        await reborn(stage).begin(job, Opening(["Come"], [], None))
    assert await stage.store.ringing.all() == [replace(job, left=(UNSAID, *job.left))]

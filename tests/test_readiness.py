import pytest

from gub.pulse import Pulse
from gub.readiness import STUCK_SECONDS, Gate, Writing, checks
from gub.standing import Standing
from tests.support.clock import FakeClock


class Intake:
    """An intake whose state is set by hand."""

    def __init__(self) -> None:
        self.has_recovered = True
        self.oldest = 0.0


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate(clock)


async def test_updates_come_in_once_a_poll_is_under_way(gate: Gate) -> None:
    assert not await gate.is_open()
    gate.lead_to(Intake())
    assert not await gate.is_open()
    gate.feel("deleteWebhook", "ok")
    assert await gate.is_open()


@pytest.mark.parametrize("outcome", ["Unreachable", "Conflict", "Unauthorized", "RateLimited"])
async def test_a_poll_that_fails_closes_it_until_one_ends_well(gate: Gate, outcome: str) -> None:
    gate.lead_to(Intake())
    gate.feel("getUpdates", "ok")
    gate.feel("getUpdates", outcome)
    gate.feel("sendMessage", "ok")
    assert not await gate.is_open()
    gate.feel("getUpdates", "ok")
    assert await gate.is_open()


async def test_a_poll_that_never_ends_is_noticed_and_a_quiet_webhook_is_well(clock: FakeClock, gate: Gate) -> None:
    gate.lead_to(Intake())
    gate.feel("getUpdates", "ok")
    await clock.advance(74)
    assert await gate.is_open()
    await clock.advance(2)
    assert not await gate.is_open()
    gate.feel("setWebhook", "ok")
    await clock.advance(86400)
    assert await gate.is_open()


async def test_what_other_calls_come_to_says_nothing_of_the_gate(gate: Gate) -> None:
    gate.lead_to(Intake())
    gate.feel("getUpdates", "ok")
    gate.feel("sendMessage", "Unreachable")
    gate.feel("getUpdates", "cancelled")
    assert await gate.is_open()


async def test_it_is_closed_before_the_recovery_with_something_stuck_and_without_anybody_behind(gate: Gate) -> None:
    intake = Intake()
    gate.lead_to(intake)
    gate.feel("getUpdates", "ok")
    intake.has_recovered = False
    assert not await gate.is_open()
    intake.has_recovered, intake.oldest = True, STUCK_SECONDS - 1
    assert await gate.is_open()
    intake.oldest = STUCK_SECONDS
    assert not await gate.is_open()
    intake.oldest = 0.0
    gate.lead_to(None)
    assert not await gate.is_open()
    gate.lead_to(intake)
    assert not await gate.is_open(), "a new place begins closed"


async def test_a_write_is_tried_once_in_a_while_and_a_failure_is_never_believed(clock: FakeClock) -> None:
    writes: list[str] = []
    full = [False]

    async def is_writable() -> bool:
        return True

    async def write() -> None:
        if full[0]:
            raise OSError("no space left")
        writes.append("x")

    writing = Writing(clock, is_writable, write)
    assert [await writing.works() for _ in range(3)] == [True] * 3
    assert len(writes) == 1
    await clock.advance(5)
    full[0] = True
    for _ in range(2):
        with pytest.raises(OSError, match="no space"):
            await writing.works()
    full[0] = False
    assert await writing.works()


async def test_a_secondary_is_not_written_to(clock: FakeClock) -> None:
    async def no() -> bool:
        return False

    async def never() -> None:
        raise AssertionError

    assert not await Writing(clock, no, never).works()


async def test_who_stands_by_is_told_first(clock: FakeClock, gate: Gate) -> None:
    async def yes() -> bool:
        return True

    async def write() -> None:
        pass

    standing = Standing(clock, 15)
    asked = checks(standing, Writing(clock, yes, write), Pulse(clock), yes, gate)
    assert list(asked) == ["standing by", "database", "telegram", "intake"]
    assert [await check() for check in asked.values()] == [False, True, True, False]
    standing.confirmed(clock.monotonic())
    assert await asked["standing by"]()

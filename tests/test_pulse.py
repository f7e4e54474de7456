import pytest

from gub.pulse import Pulse
from tests.support.clock import FakeClock


class Telegram:
    """Counts how often it is asked."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.asked = 0

    async def ask(self) -> bool:
        self.asked += 1
        return self.answer


async def test_a_recent_answer_is_believed_and_an_old_one_is_not() -> None:
    clock, telegram = FakeClock(), Telegram(answer=False)
    pulse = Pulse(clock)
    assert await pulse.beats(telegram.ask) is False
    pulse.feel("ok")
    assert await pulse.beats(telegram.ask) is True
    assert telegram.asked == 1
    await clock.advance(10)
    assert await pulse.beats(telegram.ask) is False


@pytest.mark.parametrize(("outcome", "believed"), [("Unreachable", False), ("Uncertain", False), ("cancelled", True)])
async def test_a_call_without_an_answer_ends_the_belief_at_once(outcome, believed) -> None:
    pulse, telegram = Pulse(FakeClock()), Telegram(answer=False)
    pulse.feel("ok")
    pulse.feel(outcome)
    assert await pulse.beats(telegram.ask) is believed

from gub.services.throttle import Throttle
from tests.support.clock import FakeClock


async def test_so_many_in_any_stretch_of_time_and_no_more():
    clock = FakeClock()
    throttle = Throttle[int](clock, count=3, seconds=60)
    for _ in range(3):
        assert throttle.take(1) == 0
        await clock.advance(10)
    assert throttle.take(1) == 30
    await clock.advance(29)
    assert throttle.take(1) == 1
    await clock.advance(1)
    assert throttle.take(1) == 0
    assert throttle.take(1) == 10, "what was refused does not count"


def test_each_key_is_by_itself():
    throttle = Throttle[int](FakeClock(), count=1, seconds=60)
    assert throttle.take(1) == 0
    assert throttle.take(2) == 0
    assert throttle.take(1) == 60


def test_only_so_many_keys_are_remembered_those_who_ask_longest():
    throttle = Throttle[int](FakeClock(), count=1, seconds=60, size=2)
    for key in (1, 2, 1, 3):
        throttle.take(key)
    assert throttle.take(1) == 60
    assert throttle.take(2) == 0
    assert len(throttle) == 2

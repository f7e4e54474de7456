from gub.telegram.intake.ages import Ages
from tests.support.clock import FakeClock


async def test_an_update_is_timed_from_when_it_first_came() -> None:
    clock, heard = FakeClock(), list[float]()
    ages = Ages(clock, heard.append)
    ages.came(1)
    await clock.advance(2)
    ages.came(1)
    ages.came(2)
    await clock.advance(3)
    assert (ages.oldest([1, 2]), ages.oldest([2]), ages.oldest([]), ages.oldest([7])) == (5, 3, 0, 0)
    ages.through([2, 1, 7])
    ages.through([1])
    assert heard == [3, 5]


async def test_those_that_others_see_to_take_no_room_for_ever() -> None:
    clock, heard = FakeClock(), list[float]()
    ages = Ages(clock, heard.append, most=3)
    for number in range(10):
        ages.came(number)
    ages.through(range(10))
    assert len(heard) == 3

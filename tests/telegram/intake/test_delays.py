from typing import Any

from structlog.contextvars import get_contextvars

from gub.telegram.intake.delays import Delays
from tests.support.clock import FakeClock


async def test_what_is_logged_while_somebody_is_told_has_the_id_of_their_update() -> None:
    clock, bound = FakeClock(), list[dict[str, Any]]()

    async def tell(_raw: dict[str, Any]) -> None:
        bound.append(get_contextvars())

    delays = Delays(clock, tell)
    for number in (5, 6):
        delays.held(number, {"update_id": number})
    delays.write_began()
    await clock.until_sleeping()
    await clock.advance(1)
    await delays.aclose()
    assert bound == [{"update_id": 5}, {"update_id": 6}]
    assert get_contextvars() == {}

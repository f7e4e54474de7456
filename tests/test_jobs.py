from functools import partial

from gub.jobs import name_of


class Upkeep:
    async def run(self) -> None:
        pass


async def housekeeping(_clock: object) -> None:
    pass


def test_work_is_named_by_its_code() -> None:
    assert name_of(Upkeep().run) == "Upkeep"
    assert name_of(partial(housekeeping, object())) == "housekeeping"
    assert name_of(partial(partial(Upkeep().run))) == "Upkeep"

from tests.telegram.handlers.conftest import (  # noqa: F401 - fixtures
    ann,
    api,
    bob,
    owner_ids,
    pace,
    sim,
    squad,
    stage,
    wishes,
    world,
    world_clock,
)

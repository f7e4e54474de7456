"""What talks to the platforms, built and closed as one."""

import pytest

from gub.domain.values import Platform
from gub.platform_desk import platform_desk
from gub.platforms.psn import PsnClient
from gub.services.credentials.watch import Notice
from gub.settings import load
from gub.store.store import Store
from tests.support.clock import FakeClock
from tests.support.mongo import database_name, mongo_uri, store

__all__ = ["database_name", "mongo_uri", "store"]


async def tell(_notice: Notice) -> bool:
    return True


async def test_d73_what_failed_to_be_built_is_whole_the_next_time(store: Store, monkeypatch) -> None:
    """D73: a client whose first start failed was handed out half-built at the second call."""
    settings, clock = load({}, None), FakeClock()
    with monkeypatch.context() as patch:

        def fail(*_arguments: object) -> None:
            raise RuntimeError("no luck")

        patch.setattr(PsnClient, "__init__", fail)
        with pytest.raises(RuntimeError, match="no luck"):
            async with platform_desk(settings, store, clock, tell):
                raise AssertionError("it must not be handed out")
    async with platform_desk(settings, store, clock, tell) as desk:
        assert set(desk.clients) == set(Platform) == set(desk.presence.states())
        await desk.watch.look()
        assert [one.state for one in await desk.credentials.standings()] == [None, None, None]

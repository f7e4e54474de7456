"""What the tests of watches have: a tower, Robert who may be watched, and Ann who watches."""

from collections.abc import AsyncIterator

import pytest

from gub.domain.values import StatusUser
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.watches.watchtower import Tower, listed, watching

BOB_ON = ("Watch somebody", "Robert", "When they come on")


@pytest.fixture
async def tower(stage: Stage, sim: SimServer) -> AsyncIterator[Tower]:
    async with watching(stage, sim) as made:
        yield made


@pytest.fixture
async def robert(stage: Stage, squad: Chat, bob: User) -> StatusUser:
    """Bob on the list, as he wants it."""
    return await listed(stage, bob, squad, "Robert")


@pytest.fixture
async def started(stage: Stage, ann: User) -> None:
    """Ann has written to the bot in private."""
    await stage.said(ann, ann, "/start")


def told(stage: Stage, user: User) -> list[str]:
    """Give what somebody was told of their watches, in private."""
    return [one.text for one in stage.by_bot(user) if one.text.startswith(("🟢", "🎮 ", "👥 On", "🌙"))]


async def watch(tower: Tower, ann: User, squad: Chat, *labels: str, each_time: bool = False) -> SimMessage:
    menu = await tower.menu(ann, squad, *labels)
    if each_time:
        await tower.stage.press(ann, menu, "Each time")
    return menu

"""A stage with the upkeep that keeps invitations true, and a crowd in the chat."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace

import pytest
from aiogram import Bot

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.services.chats import ChatBook
from gub.services.groups import Groups
from gub.services.invitations import Invitations
from gub.services.invited import Invited
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.dispatcher import build_dispatcher
from gub.telegram.feed import Feed
from gub.telegram.gateway import GatewaySession, Pace
from gub.telegram.invitation_upkeep import InvitationUpkeep
from gub.telegram.messenger import Messenger
from tests.telegram.handlers.conftest import Stage

_PATIENCE = 20  # seconds of real time, on however busy a machine


@dataclass
class Upkeep:
    """The upkeep at work. It is woken by hand: it shows what the database says, whoever changed that."""

    stage: Stage
    upkeep: InvitationUpkeep
    changed: asyncio.Event

    async def show(self) -> None:
        """Let it show all that is to be shown anew."""
        self.changed.set()
        async with asyncio.timeout(_PATIENCE):
            while await self.stage.store.invitations.stale():
                await self.stage.clock.advance(0.5)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Let time pass until it is so."""
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                await self.stage.clock.advance(0.5)
                await self.stage.store.invitations.stale()

    async def wake(self) -> None:
        """Wake it, and let it do what it does within the moment in which it gathers answers."""
        self.changed.set()
        await self.stage.clock.until_sleeping()
        await self.stage.clock.advance(0.31)

    async def settled(self) -> None:
        """Wait until it does nothing but wait for the clock; time does not pass meanwhile."""
        async with asyncio.timeout(_PATIENCE):
            while self.upkeep.busy:
                await self.stage.store.invitations.stale()
        await self.stage.clock.until_sleeping()

    async def until_edited(self, count: int) -> None:
        """Wait until so many edits have arrived; time does not pass meanwhile."""
        async with asyncio.timeout(_PATIENCE):
            while self.edits() < count:
                await self.stage.store.invitations.stale()

    def edits(self) -> int:
        return self.stage.calls("editMessageText")


@pytest.fixture
async def upkeep(stage: Stage, sim: SimServer) -> AsyncIterator[Upkeep]:
    session = GatewaySession(sim.url, stage.clock, pace=Pace.unlimited())
    changed = asyncio.Event()
    service = Invitations(stage.store, Invited(stage.store, changed), stage.clock)
    async with Bot(TEST_TOKEN, session=session) as bot:
        made = InvitationUpkeep(
            stage.store, service, Messenger(bot), stage.parts.languages, changed=changed, clock=stage.clock
        )
        running = asyncio.create_task(made.run(), name="upkeep")
        yield Upkeep(stage, made, changed)
        running.cancel()
        await asyncio.wait([running], timeout=_PATIENCE)
        assert running.cancelled(), "nothing but being cancelled ends it"


@pytest.fixture
def another_bot(stage: Stage) -> Stage:
    """The bot as it is after a restart: it has the database, and nothing in memory."""
    invited = Invited(stage.store, asyncio.Event())
    groups, invitations = Groups(stage.store, invited, stage.clock), Invitations(stage.store, invited, stage.clock)
    chats, dialogs = ChatBook(stage.store, stage.clock, invited), DialogBook(stage.store.dialogs)
    parts = replace(stage.parts, groups=groups, invitations=invitations, chats=chats, dialogs=dialogs)
    feed = Feed(build_dispatcher(parts), stage.bot, stage.clock, lambda *_: None)
    return replace(stage, feed=feed, parts=parts)


@pytest.fixture
def crowd(stage: Stage) -> dict[str, User]:
    """People of whom GUB has seen nothing yet, by their first names."""
    names = ("Cem", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida")
    return {name: stage.world.add_user(name, username=f"{name}_Plays") for name in names}


@pytest.fixture
async def squad(stage: Stage, ann: User, bob: User, crowd: dict[str, User]) -> Chat:
    """A supergroup with Ann, Bob, the crowd and the bot, and Ann's group Warzone."""
    chat = await stage.group(ann, bob, *crowd.values())
    await stage.said(ann, chat, "/newgroup Warzone evenings, any rank")
    return chat


def asking(messages: list[SimMessage]) -> SimMessage:
    """Give the one message that asks."""
    (found,) = [message for message in messages if any(button["text"] == "Accept" for button in message.buttons)]
    return found

"""What the tests of watches share: a process that looks and tells, moved by hand."""

import asyncio
from dataclasses import dataclass, replace

from aiogram import Bot

from gub.domain.presence import Status
from gub.domain.values import Allowance, Platform, StatusUser
from gub.presence.desk import PresenceDesk
from gub.presence.poller import Poller
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.services.status import StatusList
from gub.services.watched import Watched
from gub.services.watches import WatchBook
from gub.telegram.gateway import GatewaySession, Pace
from gub.telegram.messenger import Messenger
from gub.telegram.watch_teller import WatchTeller
from tests.telegram.handlers.conftest import Stage

_PATIENCE = 20  # seconds of real time, on however busy a machine


async def listed(stage: Stage, user: User, chat: Chat, name: str, *, allows: bool = True) -> StatusUser:
    """Put somebody on the list of a chat, who says that it is them, and allows to be watched."""
    account, people = stage.steam.know(name, Status.OFFLINE), stage.store.statususers
    person = await people.add(chat.id, user.id, name, {Platform.STEAM: account}, "Squad", person_id=user.id)
    if allows:
        await people.allow(person.id, chat.id, user.id, Allowance.WATCHES, allowed=True)
    return person


@dataclass
class Tower:
    """Where watch is kept."""

    stage: Stage
    poller: Poller
    book: WatchBook
    changed: asyncio.Event
    teller: WatchTeller

    async def look(self, minutes: float = 4) -> None:
        """Let time pass, so much that everybody is asked about, then look once, and let what follows be told."""
        await self.stage.clock.advance(minutes * 60)
        await self.poller.look()
        await self.tell()

    async def tell(self) -> None:
        """Let all be told that is due."""
        self.changed.set()
        async with asyncio.timeout(_PATIENCE):
            while await self.stage.store.watches.due(100):
                # What is on its way waits by the same clock: it must not seem to take for ever.
                await self.stage.clock.advance(0.05 if self.teller.busy else 0.5)

    def does(self, name: str, status: Status = Status.PLAYING, title: str | None = None) -> None:
        """Let somebody do something from the next look on."""
        self.stage.steam.know(name, status, title=title)

    async def menu(self, user: User, chat: Chat, *labels: str) -> SimMessage:
        """Open /watch of a chat in private, and tap these buttons."""
        await self.stage.said(user, user, f"/start watch_{chat.id}")
        menu = self.stage.by_bot(user)[-1]
        for label in labels:
            await self.stage.press(user, menu, label)
        return menu


class watching:  # noqa: N801 - reads as what it is: a process that is watching
    """A process that keeps watch: leave it and enter another one, and it was restarted."""

    def __init__(self, stage: Stage, sim: SimServer) -> None:
        self._stage = stage
        self._sim = sim

    async def __aenter__(self) -> Tower:
        stage, changed = self._stage, asyncio.Event()
        self._bot = Bot(TEST_TOKEN, session=GatewaySession(self._sim.url, stage.clock, pace=Pace.unlimited()))
        self._desk = PresenceDesk(stage.clients, stage.clock, gather=0)
        status_list, book = StatusList(stage.store, self._desk), WatchBook(stage.store, changed)
        stage.parts = replace(stage.parts, watches=book, status_list=status_list)
        stage.restart()
        teller = WatchTeller(
            stage.store,
            book,
            status_list,
            Messenger(self._bot),
            self._bot,
            languages=stage.parts.languages,
            hours=stage.parts.hours,
            changed=changed,
            clock=stage.clock,
        )
        self._running = asyncio.create_task(teller.run(), name="teller")
        watched = Watched(stage.store, (book,))
        return Tower(stage, Poller(self._desk, watched.people, stage.clock, (book,)), book, changed, teller)

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.wait([self._running], timeout=_PATIENCE)
        await self._desk.aclose()
        await self._bot.session.close()
        assert self._running.cancelled(), "nothing but being cancelled ends it"

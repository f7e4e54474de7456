"""An owner with some groups, and the announcer, which works only while it is let."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.services.announcements import AnnouncementBook
from gub.telegram.announcer import Announcer
from tests.telegram.handlers.conftest import Stage

OWNER = 1001
TEXT = "Tonight I move house"


@pytest.fixture
def owner_ids() -> frozenset[int]:
    return frozenset({OWNER})


@pytest.fixture
def owner(stage: Stage) -> User:
    made = stage.world.add_user("Olga")
    assert made.id == OWNER
    stage.world.start(made)
    return made


@dataclass
class Desk:
    """An owner with some groups, and the announcer, which works only while it is let."""

    stage: Stage
    owner: User
    groups: list[Chat]

    @property
    def book(self) -> AnnouncementBook:
        return self.stage.parts.announcements

    def announcer(self) -> Announcer:
        parts = self.stage.parts
        return Announcer(
            self.stage.store,
            parts.chats,
            parts.messenger,
            self.stage.bot,
            parts.languages,
            changed=self.book.changed,
            clock=self.stage.clock,
        )

    async def work(self, until: Callable[[], object] | None = None) -> None:
        """Let the announcer work until there is nothing to do, or until something is so."""
        working = asyncio.ensure_future(self.announcer().run())
        if until is None:
            await self.idle(working)
        else:
            await self.stage.world.wait_for(until)
        working.cancel()
        with suppress(asyncio.CancelledError):
            await working

    async def idle(self, working: "asyncio.Future[None]") -> None:
        while True:
            sleeping = asyncio.ensure_future(self.stage.clock.until_sleeping(self._asleep + 1))
            await asyncio.wait({sleeping, working}, return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
            await sleeping
            if await self.stage.store.announcements.first_under_way() is None:
                return
            await self.stage.clock.advance(5)

    _asleep: int = 0

    def got(self, chat: Chat | User, text: str = TEXT) -> list[SimMessage]:
        return [message for message in self.stage.by_bot(chat) if message.text == text]

    async def panel(self) -> SimMessage:
        return self.stage.by_bot(self.owner)[-1]

    async def confirmed(self, text: str = f"/announce {TEXT}") -> SimMessage:
        *_, question = await self.stage.said(self.owner, self.owner, text)
        await self.stage.press(self.owner, question, "Confirm")
        return question

    async def state(self) -> dict[str, int]:
        (document,) = [one async for one in self.stage.store.announcements._collection.find({})]
        counts = await self.stage.store.announcement_targets.counts(str(document["_id"]))
        return {str(state): count for state, count in counts.by_state.items() if count}


@pytest.fixture
async def desk(stage: Stage, owner: User) -> Desk:
    await stage.settle()
    people = [stage.world.add_user(f"Person {number}") for number in range(3)]
    groups = [await stage.group(person, title=f"Group {person.id}") for person in people]
    return Desk(stage, owner, groups, stage.clock.sleepers)

"""What the tests of calls that go on beside share: crowds, processes that end, messages that are held back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Self

import pytest

from gub.domain.values import KnownUser, NotifyGroup
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.store.calls import CallsMade
from gub.store.notifygroups import NotifyGroups
from gub.store.ringing import Ringing
from gub.telegram.messenger import Messenger
from gub.telegram.ringing import Ringer
from tests.support.crews import lone
from tests.telegram.handlers.conftest import Stage


class Killed(BaseException):
    """The process died here."""


class Mortal:
    """Counts the steps of calling, before and after each thing that is done, and dies at one of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
        self._at = at
        self.steps = 0
        self.alive = True
        for owner, names in _STEPS.items():
            for name in names:
                monkeypatch.setattr(owner, name, self._mortal(getattr(owner, name)))

    def revive(self) -> None:
        """Begin another process, which lives."""
        self.alive, self._at = True, -1

    def _step(self) -> None:
        if self.alive and self.steps == self._at:
            self.alive = False
        self.steps += 1
        if not self.alive:
            raise Killed

    def _mortal(self, done: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def doing(*args: Any, **more: Any) -> Any:
            self._step()
            result = await done(*args, **more)
            self._step()
            return result

        return doing


_STEPS = {
    NotifyGroups: ("claim_call", "release_call", "find"),
    CallsMade: ("begin", "posted"),
    Ringing: ("start", "rung", "end"),
    Messenger: ("send", "delete"),
}


class Held:
    """Holds messages back until they are let through."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._let = asyncio.Semaphore(0)
        self._waits = asyncio.Event()
        send = Messenger.send

        async def held(*args: Any, **more: Any) -> list[Any]:
            self._waits.set()
            await self._let.acquire()
            return await send(*args, **more)

        monkeypatch.setattr(Messenger, "send", held)

    async def until_waiting(self) -> None:
        await asyncio.wait_for(self._waits.wait(), 10)

    async def let_one(self) -> None:
        """Let the message that waits through, and return when the next one waits."""
        await self.until_waiting()
        self._waits.clear()
        self._let.release()
        await self.until_waiting()

    def let_all(self) -> None:
        for _ in range(100):
            self._let.release()


async def crowd(stage: Stage, count: int, *, title: str = "Squad", **more: object) -> tuple[Chat, list[User]]:
    """A chat with so many people, of whom GUB has heard, all of them in the group Warzone."""
    people = [stage.world.add_user(f"{title} {number}") for number in range(count)]
    chat = await stage.group(*people, title=title, **more)
    await stage.said(people[0], chat, "/newgroup Warzone")
    await stage.store.users.learn([KnownUser(user.id, user.first_name) for user in people])
    group = await warzone(stage, chat)
    for user in people[1:]:
        await stage.store.notifygroups.join(group.id, chat.id, user.id)
    return chat, people


async def warzone(stage: Stage, chat: Chat) -> NotifyGroup:
    group = await stage.store.notifygroups.by_name(chat.id, "Warzone")
    assert group is not None
    return group


def calls_in(stage: Stage, chat: Chat) -> list[SimMessage]:
    return [message for message in stage.by_bot(chat) if message.text.startswith(("📣", "📨"))]


def pinged(stage: Stage, chat: Chat) -> list[int]:
    """Tell whom the calls in a chat notified, as often as they did."""
    ids = {message.id for message in calls_in(stage, chat)}
    return [
        p.user_id for p in stage.world.pushes if p.message_id in ids and p.chat_id == chat.id and p.reason == "mention"
    ]


def reborn(stage: Stage) -> Ringer:
    """Begin another process on the same database; its ringer does not run yet."""
    old = stage.parts

    async def on_absent(chat_id: int, user: KnownUser) -> None:
        await stage.store.notifygroups.drop_member(chat_id, user.user_id)

    ringer = Ringer(
        stage.store,
        old.messenger,
        stage.bot,
        stage.clock,
        languages=old.languages,
        hours=old.hours,
        on_absent=on_absent,
        crew=lone(stage.store, stage.clock),
    )
    stage.parts = replace(old, ringer=ringer)
    stage.restart()
    return ringer


class Running:
    """A ringer that runs for the length of a block, and ends with it as when the bot stops."""

    def __init__(self, ringer: Ringer) -> None:
        self._ringer = ringer

    async def __aenter__(self) -> Self:
        self._task = asyncio.ensure_future(self._ringer.run())
        return self

    async def until_done(self) -> None:
        """Return when nothing rings, or when it died."""
        quiet = asyncio.ensure_future(self._ringer.quiet())
        await asyncio.wait({quiet, self._task}, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        quiet.cancel()

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError, BaseExceptionGroup):
            await self._task

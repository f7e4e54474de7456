"""Chats whose people remember what they were told: at the end the database has to agree with every answer.

One thing after the other is done in such a chat, each when the one before was answered, so what the answer says is
what is so. Where something failed and said so, or the answer was only that it will come late, it is unknown (None)
until the next answer tells.
"""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from gub.sandbox.telegram.models import CallbackAnswer, SimMessage, User
from gub.sandbox.telegram.world import World
from tests.chaos.events import Events
from tests.scenarios.conversation import DELAY, bot_messages

PATIENCE = 150.0
"""Seconds within which an answer comes, whatever goes wrong meanwhile."""

NAMES = ("Alpha", "Beta", "Gamma")
FAILED = ("went wrong", "memory is not answering", "didn't let me")
BUSY = ("isn't answering", "slow down", "look-ups in a short time")
BEATS = (3.0, 8.0)
"""Seconds between two things in one chat, at least and at most; Telegram allows 20 messages a minute in a group."""


T = TypeVar("T")


class Unanswered(Exception):
    """Somebody waited in vain."""


@dataclass
class KnownGroup:
    """A notify group as the chat knows it. Of members: True, False, None (not known)."""

    name: str
    creator: User
    members: dict[int, bool | None] = field(default_factory=dict)


@dataclass
class Call:
    """A call that went out: what its message says, who is to be pinged by it, and who may not be."""

    at: float
    said: SimMessage
    token: str
    members: set[int]


class Regulars:
    """One chat, its people, and what they know."""

    def __init__(self, world: World, number: int, events: Events, chance: random.Random) -> None:
        self._world = world
        self._events = events
        self._chance = chance
        self._number = number
        self._said = 0
        self.people = [world.add_user(f"Regular {number}.{one}", username=f"reg_{number}_{one}") for one in range(4)]
        self.chat = world.add_group(f"Regulars {number}", self.people, supergroup=number % 2 == 1)
        self.groups: dict[str, KnownGroup | None] = {}
        """By name; None: whether it is there is not known."""
        self.listed: dict[str, bool | None] = {}
        self.calls: list[Call] = []
        self.told: list[tuple[float, SimMessage, SimMessage]] = []
        """When it was said, what was said, and the first answer."""
        self.waits: list[float] = []

    async def live(self) -> None:
        """Do one thing after the other until cancelled between two; waits for the answer of what was begun."""
        self._world.add_bot(self.chat, self.people[0])
        deeds = (
            self._make, self._make, self._join, self._join, self._leave, self._tap, self._tap, self._add, self._show,
            self._call, self._invite, self._invite, self._about,
        )  # fmt: skip
        while True:
            await asyncio.sleep(self._chance.uniform(*BEATS))
            deed = self._chance.choice(deeds)
            begun = asyncio.create_task(deed())
            try:
                await asyncio.shield(begun)
            except asyncio.CancelledError:
                await begun
                raise

    # -- what they do

    async def _about(self) -> None:
        await self._ask(self._somebody(), "/about")

    async def _make(self) -> None:
        person, name = self._somebody(), self._chance.choice(NAMES)
        known = self.groups.get(name, ...)
        text = (await self._ask(person, f"/newgroup {name}")).text
        if "New group" in text:
            self._expect(known in {..., None}, f"{name} was made twice")
            self.groups[name] = KnownGroup(name, person, {person.id: True})
        elif "taken" in text:
            self._expect(known is not ..., f"{name} is taken, and nobody made it")
        else:
            self._failed(text)
            if known is ...:
                self.groups[name] = None

    async def _join(self) -> None:
        person, name = self._somebody(), self._chance.choice(NAMES)
        self._came(person, name, (await self._ask(person, f"/join {name}")).text)

    async def _leave(self) -> None:
        person, name = self._somebody(), self._chance.choice(NAMES)
        self._went(person, name, (await self._ask(person, f"/leave {name}")).text)

    async def _tap(self) -> None:
        """Tap Join or Leave under the message that told of a group."""
        label = self._chance.choice(("Join", "Leave"))
        shown = [
            (message, group.name)
            for group in self.groups.values()
            if group is not None
            for message in bot_messages(self._world, self.chat)
            if message.text.startswith(f"🎮 New group: {group.name}\n")
        ]
        if not shown:
            return
        person, (message, name) = self._somebody(), self._chance.choice(shown)
        answer = await self._press(person, message, label)
        (self._came if label == "Join" else self._went)(person, name, answer.text)

    async def _add(self) -> None:
        name = f"Player{self._chance.randrange(4)}"
        known = self.listed.get(name, False)
        text = (await self._ask(self._somebody(), f"/add {name} steam:player{self._number}")).text
        if "is on /status now" in text:
            self._expect(known is not True, f"{name} was added twice")
            self.listed[name] = True
        elif "is taken" in text:
            self._expect(known is not False, f"{name} is taken, and nobody added them")
            self.listed[name] = True
        elif not any(one in text for one in BUSY):
            self._failed(text)
            self.listed[name] = None if known is False else known

    async def _show(self) -> None:
        text = (await self._ask(self._somebody(), "/status")).text
        if any(one in text for one in FAILED):
            self._failed(text)
            return
        for name, known in self.listed.items():
            self._expect(known is None or (name in text) is known, f"/status and {name}: {text!r}")

    async def _call(self) -> None:
        group = self._some_group()
        if group is None:
            return
        person = self._chance.choice([one for one in self.people if group.members.get(one.id)] or self.people)
        self._said += 1
        token = f"tonight-{self._number}-{self._said}"
        began = self._events.now
        said = self._say(person, f"/notify {group.name} {token}")
        answer = await self._first(said, lambda message: message.reply_to == said.id or token in message.text)
        if token in answer.text:
            sure = {one for one, member in group.members.items() if member and one != person.id}
            self.calls.append(Call(began, said, token, sure))
        self._events.count("calls" if token in answer.text else "calls refused")

    async def _invite(self) -> None:
        group = self._some_group()
        if group is None:
            return
        whom = self._chance.choice([one for one in self.people if one is not group.creator])
        said = self._say(group.creator, f"/invite {group.name} @{whom.username}")
        shown = await self._first(said, lambda one: one.reply_to == said.id or "invites you into" in one.text)
        if "invites you into" not in shown.text:
            self._events.count("invitations refused")
            return
        accepts = self._chance.random() < 0.7
        answer = await self._press(whom, shown, "Accept" if accepts else "Decline")
        self._events.count("invitations answered")
        if accepts and "You are in" in answer.text:
            group.members[whom.id] = True
        elif accepts:
            # Another message of the same invitation was answered before, or its end came first.
            group.members[whom.id] = None

    # -- what they learn

    def _came(self, person: User, name: str, text: str) -> None:
        group = self._there(name, text)
        if group is not None and "You are in" in text:
            group.members[person.id] = True
        elif group is not None:
            self._failed(text)
            group.members[person.id] = None

    def _went(self, person: User, name: str, text: str) -> None:
        group = self._there(name, text)
        if group is not None and ("You left" in text or "You are not in" in text):
            group.members[person.id] = False
        elif group is not None:
            self._failed(text)
            group.members[person.id] = None

    def _there(self, name: str, text: str) -> KnownGroup | None:
        """Compare what is said about a group's being there with what is known."""
        known = self.groups.get(name, ...)
        if "no group" in text or "isn't here" in text:
            self._expect(known in {..., None}, f"{name} is gone")
            self.groups.pop(name, None)
            return None
        if known is ...:
            self._expect(any(one in text for one in (*FAILED, DELAY)), f"nobody made {name}: {text!r}")
            return None
        return known if isinstance(known, KnownGroup) else None

    def _failed(self, text: str) -> None:
        self._expect(any(one in text for one in (*FAILED, DELAY)), f"an answer that says nothing: {text!r}")
        self._events.count("failures told")

    def _expect(self, so: object, otherwise: str) -> None:
        if not so:
            self._events.problem(f"{self.chat.title}: {otherwise}")

    # -- how they do it

    def _somebody(self) -> User:
        return self._chance.choice(self.people)

    def _some_group(self) -> KnownGroup | None:
        known = [group for group in self.groups.values() if group is not None]
        return self._chance.choice(known) if known else None

    def _say(self, person: User, text: str) -> SimMessage:
        self._events.count(text.split(maxsplit=1)[0])
        return self._world.say(person, self.chat, text)

    async def _ask(self, person: User, text: str) -> SimMessage:
        said = self._say(person, text)
        return await self._first(said, lambda message: message.reply_to == said.id)

    async def _first(self, said: SimMessage, is_answer: Callable[[SimMessage], bool]) -> SimMessage:
        """Wait for the first answer, but for the notice that it will be late."""
        began = self._events.now

        def found() -> SimMessage | None:
            answers = (m for m in self._world.messages(self.chat, deleted=True) if m.id > said.id and self._is_ours(m))
            return next((m for m in answers if DELAY not in m.text and is_answer(m)), None)

        answer = await self._until(found, said.text)
        self.told.append((began, said, answer))
        self.waits.append(self._events.now - began)
        return answer

    async def _press(self, person: User, message: SimMessage, label: str) -> CallbackAnswer:
        self._events.count(f"tap on {label}")
        query = self._world.press(person, self.chat, message.id, message.button(label), forged=True)
        return await self._until(lambda: self._world.callback_answer(query), f"tap on {label}")

    async def _until(self, condition: Callable[[], T | None], what: str) -> T:
        try:
            value = await self._world.wait_for(condition, PATIENCE)
        except AssertionError:
            self._events.problem(f"{self.chat.title}: no answer to {what!r}")
            raise Unanswered(what) from None
        assert value is not None
        return value

    def _is_ours(self, message: SimMessage) -> bool:
        return message.from_user is self._world.default_bot.user

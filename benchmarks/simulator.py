"""The simulated Telegram of the benchmark, in a process of its own; talks JSON lines with benchmarks/stage.py.

It says first where its Bot API is, then answers `forget_polls`, `first_poll` and `load`, until its stdin ends.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

from gub.clock import SystemClock
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World

PRIVATE_CHATS = 60
GROUPS = 40
GROUP_SIZE = 5
PEOPLE_IN_PLACES = PRIVATE_CHATS + GROUPS * GROUP_SIZE
PATIENCE = 300.0


class CountingWorld(World):
    """A world that counts what its bot says."""

    answers = 0

    def post(self, chat: Chat, sender: User | None, **fields: Any) -> SimMessage:
        """Count, and do as ever."""
        message = super().post(chat, sender, **fields)
        self.answers += sender is self.default_bot.user
        return message


class Desk:
    """Answers the questions of the measuring process."""

    def __init__(self, world: CountingWorld) -> None:
        self._world = world
        self._turns = itertools.cycle(_places(world))

    async def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        """Do what is asked."""
        if question["do"] == "forget_polls":
            self._world.requests.clear()
            self._world.default_bot.queue.clear()
            return {}
        if question["do"] == "first_poll":
            await self._world.wait_for(self._polled, PATIENCE)
            return {"at": time.monotonic()}
        return await self._load(question["updates"])

    def _polled(self) -> bool:
        return any(request.method == "getUpdates" for request in self._world.requests)

    async def _load(self, updates: int) -> dict[str, Any]:
        goal = self._world.answers + updates
        start, cpu = time.monotonic(), time.process_time()
        for user, chat in itertools.islice(self._turns, updates):
            self._world.say(user, chat, "/about")
        await self._world.wait_for(lambda: self._world.answers >= goal, PATIENCE)
        return {"seconds": time.monotonic() - start, "cpu": time.process_time() - cpu}


def _places(world: World) -> list[tuple[User, Chat]]:
    """Where people type: each in turn in their private chat, and each member of each group."""
    places = []
    for number in range(PRIVATE_CHATS):
        user = world.add_user(f"Person {number}", username=f"person_{number}")
        places.append((user, world.private(user)))
    for number in range(GROUPS):
        members = [world.add_user(f"Member {number}.{place}") for place in range(GROUP_SIZE)]
        group = world.add_group(f"Group {number}", members)
        world.add_bot(group, by=members[0])
        places.extend((member, group) for member in members)
    return places


async def main() -> None:
    """Serve until stdin ends."""
    world = CountingWorld(SystemClock())
    desk = Desk(world)
    async with SimServer(world) as server:
        _tell({"url": server.url})
        async for question in _questions():
            _tell(await desk.answer(question))


async def _questions() -> AsyncIterator[dict[str, Any]]:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def _tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

"""The simulated Telegram of the load rounds, in a process of its own; talks with benchmarks/stage.py."""

import asyncio
import itertools
import time
from typing import Any

from benchmarks.desk import PATIENCE, Desk
from benchmarks.lines import Answer, serve
from gub.clock import SystemClock
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World

PRIVATE_CHATS = 60
GROUPS = 40
GROUP_SIZE = 5
PEOPLE_IN_PLACES = PRIVATE_CHATS + GROUPS * GROUP_SIZE


class CountingWorld(World):
    """A world that counts what its bot says."""

    answers = 0

    def post(self, chat: Chat, sender: User | None, **fields: Any) -> SimMessage:
        """Count, and do as ever."""
        message = super().post(chat, sender, **fields)
        self.answers += sender is self.default_bot.user
        return message


class LoadDesk(Desk):
    """Has many people type at once."""

    def __init__(self, world: CountingWorld) -> None:
        super().__init__(world)
        self._counting = world
        self._turns = itertools.cycle(_places(world))

    async def answer(self, question: dict[str, Any]) -> Answer:
        """Do what is asked."""
        if question["do"] == "load":
            return await self._load(question["updates"])
        return await super().answer(question)

    async def _load(self, updates: int) -> Answer:
        goal = self._counting.answers + updates
        start, cpu = time.monotonic(), time.process_time()
        for user, chat in itertools.islice(self._turns, updates):
            self._counting.say(user, chat, "/about")
        await self._counting.wait_for(lambda: self._counting.answers >= goal, PATIENCE)
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
    desk = LoadDesk(world)
    async with SimServer(world) as server:
        await serve({"url": server.url}, desk.answer)


if __name__ == "__main__":
    asyncio.run(main())

"""What every simulator of the benchmark answers: when a bot first polled."""

import time
from typing import Any

from benchmarks.lines import Answer
from gub.sandbox.telegram.world import World

PATIENCE = 300.0


class Desk:
    """Answers the questions of the measuring process."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def answer(self, question: dict[str, Any]) -> Answer:
        """Do what is asked."""
        match question["do"]:
            case "forget_polls":
                self._world.requests.clear()
                self._world.default_bot.queue.clear()
                return {}
            case "first_poll":
                await self._world.wait_for(self._polled, PATIENCE)
                return {"at": time.monotonic()}
        raise ValueError(f"nobody here can do {question['do']!r}")

    def _polled(self) -> bool:
        return any(request.method == "getUpdates" for request in self._world.requests)

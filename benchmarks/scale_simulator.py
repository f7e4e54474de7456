"""The simulators of the scale benchmark: those of `/status`, and groups in which there is somebody to call and invite.

It talks with benchmarks/scale_stage.py.
"""

import asyncio
import itertools
from typing import Any

from benchmarks.lines import Answer
from benchmarks.status_simulator import StatusDesk, play


class ScaleDesk(StatusDesk):
    """Makes groups with more people."""

    _numbers = itertools.count()

    async def answer(self, question: dict[str, Any]) -> Answer:
        """Do what is asked."""
        if question["do"] == "crowd":
            return self._crowd(question["chat"], question["people"])
        return await super().answer(question)

    def _crowd(self, chat_id: int, number: int) -> Answer:
        """Let that many more people, each with a username, come into a group."""
        _, group = self._places[chat_id]
        people = []
        for _ in range(number):
            one = next(self._numbers)
            person = self._timed.add_user(f"Guest {one}", username=f"guest_{one}")
            self._timed.join(person, group)
            people.append([person.id, person.username])
        return {"people": people}


if __name__ == "__main__":
    asyncio.run(play(ScaleDesk))

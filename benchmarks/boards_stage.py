"""The simulators of the boards' benchmark, seen from outside (benchmarks/boards_simulator.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.lines import asked
from benchmarks.status_stage import StatusStage
from gub.domain.values import Platform

CHATS = 1_000
GROUP_SIZE = 10


@dataclass(frozen=True)
class Told:
    """What Telegram was asked for: messages and edits. Times in seconds.

    Over all the time: by HTTP status, and the most in a minute of one chat and in a second of all.
    Since `begin_count`: how many calls, how many changes were never seen, how late the others were.
    """

    statuses: Mapping[str, int]
    chat_minute: int
    second: int
    asked: int
    unseen: int
    median: float
    p95: float
    last: float


class BoardsStage(StatusStage):
    """Telegram that limits, with the groups, and all platforms; their clock leaps."""

    module = "benchmarks.boards_simulator"

    async def groups(self) -> list[tuple[int, int]]:
        """Make the groups; give their ids, each with that of the message that is to be its board."""
        return [(chat_id, message_id) for chat_id, message_id in (await asked(self.child, "groups"))["boards"]]

    async def leap(self, seconds: float) -> None:
        """Let so much time have passed."""
        await asked(self.child, "leap", seconds=seconds)

    async def change(self, games: Sequence[tuple[int, int]]) -> None:
        """Have each of these players begin the game of that number."""
        await asked(self.child, "change", games=list(games))

    async def begin_count(self) -> None:
        """Count from now on."""
        await asked(self.child, "begin_count")

    async def told(self) -> Told:
        """Tell what Telegram was asked for, and what became of the changes."""
        return Told(**await asked(self.child, "told"))


def platform_of(player: int) -> Platform:
    """Say where somebody plays: on one of the two platforms that let everybody be asked about each minute."""
    return Platform.XBOX if player % 2 else Platform.STEAM


def game(number: object) -> str:
    """Name a game, by which its change is known."""
    return f"Quest {number}!"


def busiest(times: Sequence[float], seconds: float) -> int:
    """Count in the busiest stretch of so many seconds; the times are in order."""
    most, first = 0, 0
    for count, time in enumerate(times, start=1):
        while times[first] <= time - seconds:
            first += 1
        most = max(most, count - first)
    return most

"""The benchmark of the boards as figures and notes."""

from benchmarks.boards import EVERY, MINUTES, RESTLESS, Kept, keep_boards
from benchmarks.boards_stage import CHATS, GROUP_SIZE, BoardsStage
from benchmarks.report import Figure
from benchmarks.stage import staged
from benchmarks.status_figures import own_database
from gub.clock import SystemClock
from gub.presence.poller import POLL_SECONDS
from gub.telegram.gateway import Pace

SEEN_AIM = 2 * POLL_SECONDS
"""Seconds: one interval of the poller, and one in which all boards of a look are edited at Telegram's pace."""

_LIMIT = Pace.telegram()


async def measure_boards(minutes: int = MINUTES) -> tuple[list[Figure], list[str]]:
    """Keep 1,000 boards of lively chats."""
    async with own_database(SystemClock()) as (uri, _), staged(BoardsStage.module, BoardsStage) as stage:
        kept = await keep_boards(stage, uri, minutes)
    if kept.told.unseen:
        raise RuntimeError("a change was never on its board")
    return _figures(kept), _notes(kept)


def _figures(kept: Kept) -> list[Figure]:
    told, changes = kept.told, kept.changes
    refused = told.statuses.get("429", 0)
    minute, second = _LIMIT.group_per_minute, _LIMIT.overall_per_second
    each = "one a change"
    return [
        Figure(
            f"edits that keep {CHATS:,} boards true for {kept.minutes} min",
            "",
            told.asked,
            changes.count,
            each,
            "ratio below 1",
            told.asked < changes.count,
        ),
        Figure(
            "edits and messages in the busiest minute of a chat",
            "",
            told.chat_minute,
            changes.chat_minute,
            each,
            f"at most {minute:.0f}",
            told.chat_minute <= minute,
        ),
        Figure(
            "edits and messages in the busiest second",
            "",
            told.second,
            second,
            "Telegram's limit",
            f"at most {second:.0f}",
            told.second <= second,
        ),
        Figure("refused by Telegram (429)", "", refused, aim="0", met=refused == 0),
        Figure("a change is on its board after, median", "s", told.median),
        Figure(
            "and 95 of 100", "s", told.p95, POLL_SECONDS, "a look", f"at most {SEEN_AIM:.0f} s", told.p95 <= SEEN_AIM
        ),
        Figure("CPU time of a minute of it", "s", kept.cpu),
        Figure("memory for it", "MB", kept.megabytes),
    ]


def _notes(kept: Kept) -> list[str]:
    statuses = ", ".join(f"{count:,} x {status}" for status, count in sorted(kept.told.statuses.items()))
    told = (
        f"{GROUP_SIZE} people on each board, on Xbox and Steam, each of whom begins another game every "
        f"{EVERY / 60:.0f} minutes; on {RESTLESS} boards somebody is renamed each second as well. The last change was "
        f"on its board after {kept.told.last:.0f} s. Telegram's answers, with the boards' first messages: {statuses}. "
        f"Measuring it took {kept.real:.0f} s."
    )
    return [told]

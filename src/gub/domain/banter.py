"""Who may be teased, and with which of many lines. Pure."""

from collections.abc import Sequence
from enum import StrEnum


class Verdict(StrEnum):
    """Whether somebody is teased, and if not, why not."""

    TEASED = "teased"
    YOURSELF = "yourself"
    GUB = "gub"
    BOT = "bot"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    UNWILLING = "unwilling"


def pick(lines: Sequence[str], chat_id: int, message_id: int) -> str:
    """Choose a line for a command: the same one whenever it is handled, another one for the next in its chat.

    Telegram counts the messages of a chat, and a command and its answer are two: with an odd number of lines, all are
    told before one comes again.
    """
    return lines[(chat_id + message_id) % len(lines)]

"""Who is mentioned in which message of a call."""

from collections.abc import Iterable

from gub.domain.limits import MENTIONS_PER_MESSAGE


def plan_mentions(
    members: Iterable[int], caller_id: int, per_message: int = MENTIONS_PER_MESSAGE, *, taken: int = 0
) -> list[tuple[int, ...]]:
    """Divide the members into the fewest messages: each once, in their order, the caller never.

    The text of the first message pings `taken` people by itself; where that leaves no room, it mentions nobody else
    (an empty tuple): more than a message may ping could ping none of them (telegraf/telegraf#1049,
    telegramdesktop/tdesktop#5628).

    Raises:
        ValueError: `per_message` is below 1.
    """
    if per_message < 1:
        raise ValueError("a message has room for at least one mention")
    called = [user_id for user_id in dict.fromkeys(members) if user_id != caller_id]
    if not called:
        return []
    room = max(0, per_message - taken)
    starts = range(room, len(called), per_message)
    return [tuple(called[:room]), *(tuple(called[start : start + per_message]) for start in starts)]

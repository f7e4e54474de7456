"""Who is mentioned in which message of a call."""

from collections.abc import Iterable

from gub.domain.limits import MENTIONS_PER_MESSAGE


def plan_mentions(
    members: Iterable[int], caller_id: int, per_message: int = MENTIONS_PER_MESSAGE
) -> list[tuple[int, ...]]:
    """Divide the members into the fewest messages: each once, in their order, the caller never.

    Raises:
        ValueError: `per_message` is below 1.
    """
    if per_message < 1:
        raise ValueError("a message has room for at least one mention")
    called = [user_id for user_id in dict.fromkeys(members) if user_id != caller_id]
    return [tuple(called[start : start + per_message]) for start in range(0, len(called), per_message)]

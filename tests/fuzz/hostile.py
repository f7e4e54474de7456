"""Values that nobody should send, and every place of a JSON value where one can stand."""

import asyncio
import copy
import os
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

from hypothesis import HealthCheck, given, settings, strategies

Path = tuple[str | int, ...]

ABSENT: Final = object()
"""In the place of a value: the key is not there."""

ODD_VALUES: Final[tuple[Any, ...]] = (
    *(ABSENT, None, True, False, 0, -1, 1, 2**31, 2**52 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 10**30, 0.5, 1e308),
    *("", " ", "\0", "0", "-1", "x" * 5000, "🎮" * 3000, "\ud83d", "\u202e\u200b", "/", "/notify", "/start invite_"),
    *("$ne", ".*", "{0}%s", "<b>&", "../../etc/passwd", "a\r\nb: c", [], {}, [[]], [None], {"$gt": ""}, {"": {}}),
)

_LONG: Final = os.environ.get("HYPOTHESIS_PROFILE") == "fuzz"

FUZZ: Final = settings(
    max_examples=3000 if _LONG else 40,
    derandomize=not _LONG,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""One stage serves all examples of a test: what an example left must not harm those after it."""

odd_values: Final = strategies.one_of(
    strategies.sampled_from(ODD_VALUES),
    strategies.integers(-(2**70), 2**70),
    strategies.text(max_size=80),
    strategies.floats(allow_nan=False, allow_infinity=False),
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Give the way to each value within a JSON value, the outermost left out."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def put(value: Any, path: Path, odd: Any) -> Any:
    """Copy a JSON value with something else in one place."""
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if odd is ABSENT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = odd
    return changed


async def every_example(
    body: Callable[..., Coroutine[Any, Any, None]], **given_by: strategies.SearchStrategy[Any]
) -> None:
    """Await `body` with a fixed set of examples, drawn anew in a longer run.

    Hypothesis calls a plain function, in a thread of its own here, so that the loop of the stage goes on.
    """
    loop = asyncio.get_running_loop()

    @FUZZ
    @given(**given_by)
    def one(**values: Any) -> None:
        asyncio.run_coroutine_threadsafe(body(**values), loop).result(60)

    await asyncio.to_thread(one)

"""Of many routers, only those are asked that may have the handler; what comes of it is what asking all would give."""

from typing import Any

import pytest
from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.filters import Filter
from aiogram.filters.callback_data import CallbackData
from aiogram.types import CallbackQuery, Chat, Message, User
from hypothesis import given
from hypothesis import strategies as st

from gub.telegram.asked import Asked, Asks
from gub.telegram.kinds import Tells
from gub.telegram.routing import Choosing
from tests.support.clock import START

ANN = User(id=1, is_bot=False, first_name="Ann")
NAMES = ("status", "about", "start", "f")


class Tap(CallbackData, prefix="tt"):
    number: int


class Unclear(Filter):
    """Says nothing beforehand."""

    def __init__(self, *, passes: bool) -> None:
        self._passes = passes

    async def __call__(self, _: Message) -> bool:
        return self._passes


class Counted(Router):
    """Notes that it was asked."""

    def __init__(self, asked: list[str], name: str) -> None:
        super().__init__(name=name)
        self._seen = asked

    async def propagate_event(self, update_type: str, event: Any, **kwargs: Any) -> Any:
        self._seen.append(str(self.name))
        return await super().propagate_event(update_type, event, **kwargs)


def answering(asked: list[str], name: str, *filters: Any, taps: bool = False) -> Router:
    """Make a router whose one handler says its name."""
    router = Counted(asked, name)

    async def handler(_: Any) -> str:
        return name

    (router.callback_query if taps else router.message).register(handler, *filters)
    return router


def message() -> Message:
    return Message(message_id=1, date=START, chat=Chat(id=1, type="private"), from_user=ANN, text="x")


def tap(data: str) -> CallbackQuery:
    return CallbackQuery(id="1", from_user=ANN, chat_instance="1", data=data)


async def walked(router: Router, name: str | None) -> Any:
    command = None if name is None else Asked(name, "")
    return await router.propagate_event("message", message(), command=command)


async def test_only_who_may_have_it_is_asked_in_their_order():
    asked: list[str] = []
    router = Choosing("all")
    below = answering(asked, "below", Asks("about"))
    nested = Counted(asked, "nested")
    nested.include_router(below)
    router.include_routers(
        answering(asked, "status", Asks("status")),
        answering(asked, "unclear", Unclear(passes=False)),
        answering(asked, "service", Tells("left_chat_member")),
        nested,
        answering(asked, "any", Asks()),
        answering(asked, "taps", Tap.filter(), taps=True),
    )
    assert await walked(router, "about") == "below"
    assert asked == ["unclear", "nested", "below"]
    asked.clear()
    assert await walked(router, "never heard of") == "any"
    assert asked == ["unclear", "any"]
    asked.clear()
    assert await walked(router, None) is UNHANDLED
    assert asked == ["unclear", "service"]
    asked.clear()
    assert await router.propagate_event("callback_query", tap("tt:5")) == "taps"
    assert await router.propagate_event("callback_query", tap("xx:5")) is UNHANDLED
    assert await router.propagate_event("callback_query", tap("tt")) is UNHANDLED
    assert asked == ["taps", "taps"]


async def test_nobody_is_asked_whom_the_filter_of_all_turns_away():
    asked: list[str] = []
    router = Choosing("all")
    router.message.filter(Unclear(passes=False))
    router.include_router(answering(asked, "any", Asks()))
    assert await walked(router, "about") is UNHANDLED
    assert asked == []


FILTERS = st.one_of(
    st.builds(lambda names: Asks(*names), st.lists(st.sampled_from(NAMES), max_size=2)),
    st.builds(lambda passes: Unclear(passes=passes), st.booleans()),
    st.just(Tells("text")),
)


@given(st.lists(st.lists(FILTERS, max_size=2), min_size=1, max_size=6), st.none() | st.sampled_from([*NAMES, "other"]))
async def test_it_gives_what_asking_all_gives(filters: list[list[Filter]], name: str | None):
    choosing, plain = Choosing("choosing"), Router(name="plain")
    if name is not None:
        # A command tells nothing else: `Tells` stands for service messages, which hold no text.
        filters = [[one for one in those if not isinstance(one, Tells)] for those in filters]
    for router in (choosing, plain):
        router.include_routers(*(answering([], str(number), *those) for number, those in enumerate(filters)))
    assert await walked(choosing, name) == await walked(plain, name)


@pytest.mark.parametrize("kind", ["status", "x" * 40, "ещё"])
async def test_what_people_type_fills_no_memory(kind: str):
    router = Choosing("all")
    for number in range(2000):
        await walked(router, f"{kind}{number}")
    assert router._asked.cache_info().currsize <= 512

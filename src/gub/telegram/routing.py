"""Finding the handler of an update among many: only those routers are asked that may have it."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Protocol, runtime_checkable

from aiogram import Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.dispatcher.event.handler import FilterObject
from aiogram.filters.callback_data import CallbackQueryFilter
from aiogram.types import CallbackQuery, TelegramObject

from gub.telegram.asked import Asked

_KINDS: Final = 512
"""Commands and buttons of which it is remembered who may take them; people type what they like."""


@runtime_checkable
class Choosy(Protocol):
    """A filter that says beforehand what it can pass."""

    def may_pass(self, kind: str | None) -> bool:
        """Say so of what is asked for: a command's name, a button's prefix; None is what is neither."""


class Choosing(Router):
    """A router without handlers of its own. It asks those below it in their order, without those that cannot answer.

    aiogram asks each, by five calls at the least: with thirty of them that took a quarter of the time of an answer.
    """

    def __init__(self, name: str) -> None:
        """Begin with none below."""
        super().__init__(name=name)
        self._asked = lru_cache(maxsize=_KINDS)(self._find)

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        """See `Router`."""
        kwargs.update(event_router=self)
        passed, found = await self.observers[update_type].check_root_filters(event, **kwargs)
        if not passed:
            return UNHANDLED
        kwargs.update(found)
        for router in self._asked(update_type, _kind(event, kwargs.get("command"))):
            response = await router.propagate_event(update_type=update_type, event=event, **kwargs)
            if response is not UNHANDLED:
                return response
        return UNHANDLED

    def _find(self, update_type: str, kind: str | None) -> Sequence[Router]:
        return [router for router in self.sub_routers if _may_take(router, update_type, kind)]


def _kind(event: TelegramObject, command: object) -> str | None:
    if isinstance(event, CallbackQuery):
        return (event.data or "").partition(":")[0]
    return command.name if isinstance(command, Asked) else None


def _may_take(router: Router, update_type: str, kind: str | None) -> bool:
    handlers = [handler for one in router.chain_tail for handler in one.observers[update_type].handlers]
    return any(all(_may_pass(one, kind) for one in handler.filters or ()) for handler in handlers)


def _may_pass(one: FilterObject, kind: str | None) -> bool:
    """Say whether a filter may pass it; of one that does not tell, it is to be found out."""
    asked: object = one.callback
    if isinstance(asked, CallbackQueryFilter):
        return asked.callback_data.__prefix__ == kind
    return not isinstance(asked, Choosy) or asked.may_pass(kind)

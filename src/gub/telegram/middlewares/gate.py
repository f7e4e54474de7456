"""Who may use a command, and where, by the flags of its handler."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.types import Message, TelegramObject

from gub.telegram.asked import Asked
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.messenger import Messenger
from gub.telegram.views import general as views

BY_A_PERSON: Final = {"person": True}
"""The command needs somebody: it does not work for an admin who writes as the group."""

BY_A_PERSON_IN_A_GROUP: Final = {"person": True, "group": True}
"""Also, it means nothing in a private chat."""

IN_A_GROUP: Final = {"group": True}
"""The command means nothing in a private chat; an admin who writes as the group may use it."""


class Gate(BaseMiddleware):
    """Tells those whom a command does not serve why, instead of handling it."""

    def __init__(self, messenger: Messenger) -> None:
        """Tell through this messenger."""
        self._messenger = messenger

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """See `BaseMiddleware`."""
        asked = data.get("asked")
        if isinstance(event, Message) and isinstance(asked, Asked):
            if get_flag(data, "group") and event.chat.type not in GROUP_TYPES:
                return await self._messenger.reply(event, views.only_in_groups(asked.name))
            if get_flag(data, "person") and data.get("person") is None:
                return await self._messenger.reply(event, views.needs_a_person())
        return await handler(event, data)

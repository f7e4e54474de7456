"""The one place where whatever went wrong becomes a text, and a line in the log."""

import secrets
from collections.abc import Awaitable, Callable
from traceback import extract_tb
from typing import Any

import structlog
from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from aiogram.types.update import UpdateTypeLookupError
from aiogram.utils.formatting import Text

from gub.domain.errors import DomainError
from gub.store.mongo import is_unavailable
from gub.telegram.gateway.outcomes import QueryTooOld, Refused, Rejected
from gub.telegram.messenger import Messenger, View
from gub.telegram.views import errors as views

log = structlog.get_logger(__name__)


class TellErrors(BaseMiddleware):
    """Tells who asked that it could not be done and why, and keeps the failure from going further."""

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
        if not isinstance(event, Update) or not _is_known(event):
            return None
        try:
            return await handler(event, data)
        except Exception as error:  # noqa: BLE001 - the edge's one boundary: a handler may fail in any way
            text = _text_for(error, event)
        if text is not None:
            await self._tell(event, text)
        return None

    async def _tell(self, update: Update, text: Text) -> None:
        message, query = update.message, update.callback_query
        try:
            if query is not None:
                await self._messenger.alert(query, text.render()[0])
            elif message is not None and ((message.text or "").startswith("/") or message.chat.type == "private"):
                await self._messenger.reply(message, View([text]))
        except Refused as refused:
            log.info("could not tell of an error", update_id=update.update_id, outcome=type(refused).__name__)


def _is_known(update: Update) -> bool:
    """Say whether the framework knows the kind. It would print the whole of any other, texts included."""
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        log.info("update of an unknown kind", update_id=update.update_id)
        return False


def _text_for(error: Exception, update: Update) -> Text | None:
    """Log what happened and word it; None where telling would be no use."""
    where = {"update_id": update.update_id, "kind": update.event_type}
    if isinstance(error, DomainError):
        log.debug("refused by the rules", **where, error=type(error).__name__)
        return views.explain(error)
    if isinstance(error, Refused) and not isinstance(error, Rejected):
        log.warning("refused by Telegram", **where, outcome=type(error).__name__, method=error.method)
        return None if isinstance(error, QueryTooOld) or update.callback_query is None else Text(views.REFUSED)
    if is_unavailable(error):
        log.warning("the database is away", **where, error=type(error).__name__)
        return Text(views.MEMORY)
    reference = secrets.token_hex(3)
    frames = [f"{frame.filename.rpartition('/gub/')[2]}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
    log.error("unexpected", **where, reference=reference, error=type(error).__name__, at=frames[-4:])
    return Text(views.unexpected(reference))

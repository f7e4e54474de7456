"""The one place where whatever went wrong becomes a text, and a line in the log."""

import secrets
from collections.abc import Awaitable, Callable
from traceback import extract_tb
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update
from aiogram.types.update import UpdateTypeLookupError
from aiogram.utils.formatting import Text

from gub.clock import Clock
from gub.domain.errors import DomainError
from gub.store.mongo import is_unavailable
from gub.telegram.gateway.outcomes import QueryTooOld, Refused, Rejected
from gub.telegram.messenger import Messenger, View
from gub.telegram.views import errors as views

log = structlog.get_logger(__name__)

# Seconds between tries while the database is away; None: the last.
_PATIENCE: Final = (1.0, 5.0, 15.0, 30.0, None)
_NO_PATIENCE: Final = (None,)


class TellErrors(BaseMiddleware):
    """Tells who asked that it could not be done and why, and keeps the failure from going further."""

    def __init__(self, messenger: Messenger, clock: Clock) -> None:
        """Tell through this messenger; wait by this clock."""
        self._messenger = messenger
        self._clock = clock

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """See `BaseMiddleware`."""
        if not isinstance(event, Update) or not _is_known(event):
            return None
        text = None
        for patience in _PATIENCE if _asker(event) is None else _NO_PATIENCE:
            try:
                return await handler(event, data)
            except Exception as error:  # noqa: BLE001 - the edge's one boundary: a handler may fail in any way
                text = _text_for(error, event)
                if patience is None or not is_unavailable(error):
                    break
            # Nobody will ask again for a coming or going to be noted, and noting it twice does no harm.
            await self._clock.sleep(patience)
        if text is not None:
            await self._tell(event, text)
        return None

    async def _tell(self, update: Update, text: Text) -> None:
        asker = _asker(update)
        try:
            if isinstance(asker, CallbackQuery):
                await self._messenger.alert(asker, text.render()[0])
            elif isinstance(asker, Message):
                await self._messenger.reply(asker, View([text]))
        except Refused as refused:
            log.info("could not tell of an error", update_id=update.update_id, outcome=type(refused).__name__)


def _asker(update: Update) -> Message | CallbackQuery | None:
    """Give what somebody waits to have answered; None for what only tells us something."""
    message = update.message
    if message is not None and (message.text is None or not _is_asking(message)):
        return None
    return update.callback_query or message


def _is_asking(message: Message) -> bool:
    return message.chat.type == "private" or (message.text or "").startswith("/")


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

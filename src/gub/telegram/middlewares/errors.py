"""The one place where whatever went wrong becomes a text, and a line in the log."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiogram import BaseMiddleware
from aiogram.types import CallbackQuery, Message, TelegramObject, Update, User
from aiogram.types.update import UpdateTypeLookupError
from aiogram.utils.formatting import Text

from gub.clock import Clock
from gub.domain.errors import DomainError
from gub.faults import frames, noted
from gub.store.mongo import is_unavailable
from gub.telegram.asked import awaits_answer
from gub.telegram.gateway.outcomes import QueryTooOld, Refused, Rejected
from gub.telegram.handled import Handled
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import errors as views

log = structlog.get_logger(__name__)

# Seconds between tries while the database is away.
_PATIENCE: Final = (1.0, 5.0, 15.0, 30.0)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What became of the update; what is told of it (None: nothing, or it would be no use); whether to try again."""

    outcome: Handled
    text: Text | None = None
    try_again: bool = False


class TellErrors(BaseMiddleware):
    """Tells who asked that it could not be done and why. The failure goes no further: what became of it is returned."""

    def __init__(self, messenger: Messenger, clock: Clock) -> None:
        """Tell through this messenger; wait by this clock."""
        self._messenger = messenger
        self._clock = clock

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Handled:
        """See `BaseMiddleware`."""
        if not isinstance(event, Update) or not _is_known(event):
            return Handled.OK
        asker = _asker(event, data["me"])
        # Nobody will ask again for a coming or going to be noted, and noting it twice does no harm.
        for patience in () if asker is not None else _PATIENCE:
            attempt = await _attempt(handler, event, data)
            if not attempt.try_again:
                return attempt.outcome
            await self._clock.sleep(patience)
        attempt = await _attempt(handler, event, data)
        if asker is not None and attempt.text is not None:
            await self._tell(event, asker, attempt.text)
        return attempt.outcome

    async def _tell(self, update: Update, asker: Message | CallbackQuery, text: Text) -> None:
        try:
            if isinstance(asker, CallbackQuery):
                await self._messenger.alert(asker, text.render()[0])
            else:
                await self._messenger.reply(asker, View([text]))
        except Refused as refused:
            log.info("could not tell of an error", update_id=update.update_id, outcome=type(refused).__name__)


def _asker(update: Update, me: User) -> Message | CallbackQuery | None:
    """Give what somebody waits to have answered; None for what only tells us something."""
    if update.message is not None and awaits_answer(update.message, me.username):
        return update.message
    return update.callback_query


def _is_known(update: Update) -> bool:
    """Say whether the framework knows the kind. It would print the whole of any other, texts included."""
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        log.info("update of an unknown kind", update_id=update.update_id)
        return False


async def _attempt(
    handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], update: Update, data: dict[str, Any]
) -> _Attempt:
    try:
        await handler(update, data)
    except Exception as error:  # noqa: BLE001 - the edge's one boundary: a handler may fail in any way
        return _note(error, update)
    return _Attempt(Handled.OK)


def _note(error: Exception, update: Update) -> _Attempt:
    """Log what went wrong, and word it."""
    where = {"update_id": update.update_id, "kind": update.event_type}
    if isinstance(error, DomainError):
        log.debug("refused by the rules", **where, error=type(error).__name__)
        return _Attempt(Handled.REFUSED, views.explain(error))
    if isinstance(error, Refused) and not isinstance(error, Rejected):
        log.warning("refused by Telegram", **where, outcome=type(error).__name__, method=error.method)
        no_use = isinstance(error, QueryTooOld) or update.callback_query is None
        return _Attempt(Handled.REFUSED, None if no_use else Text(views.refused_by_telegram()))
    if is_unavailable(error):
        log.warning("the database is away", **where, error=type(error).__name__)
        return _Attempt(Handled.FAILED, Text(views.memory_is_away()), try_again=True)
    reference = noted(error).reference
    log.error("unexpected", **where, reference=reference, error=type(error).__name__, at=frames(error)[-4:])
    return _Attempt(Handled.FAILED, Text(views.unexpected(reference)))

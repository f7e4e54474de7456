"""From a raw update to the dispatcher."""

from collections.abc import Callable

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

from gub.clock import Clock
from gub.telegram.handled import Handled
from gub.telegram.intake.updates import RawUpdate, update_id_of, update_kind

log = structlog.get_logger(__name__)

OnHandled = Callable[[str, str, float], None]


class Feed:
    """Decodes one update at a time and has it handled. Implements `intake.lanes.Handle`."""

    def __init__(self, dispatcher: Dispatcher, bot: Bot, clock: Clock, on_handled: OnHandled) -> None:
        """Tell `on_handled` of each: its kind, what became of it (a word of `Handled`) and the seconds it took."""
        self._dispatcher = dispatcher
        self._bot = bot
        self._clock = clock
        self._on_handled = on_handled

    async def __call__(self, raw: RawUpdate) -> None:
        """Handle one update. What the handlers did not catch is raised."""
        kind, started, outcome = update_kind(raw), self._clock.monotonic(), Handled.FAILED
        try:
            with structlog.contextvars.bound_contextvars(update_id=update_id_of(raw)):
                outcome = await self._handle(raw, kind)
        finally:
            self._on_handled(kind, outcome, self._clock.monotonic() - started)

    async def _handle(self, raw: RawUpdate, kind: str) -> Handled:
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as error:
            places = sorted({".".join(map(str, problem["loc"][:2])) for problem in error.errors(include_input=False)})
            log.warning("an update cannot be decoded", kind=kind, where=places[:5])
            return Handled.UNDECODABLE
        outcome = await self._dispatcher.feed_update(self._bot, update)
        # `TellErrors`, around all handlers, says so.
        return outcome if isinstance(outcome, Handled) else Handled.OK

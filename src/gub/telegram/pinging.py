"""One message that pings some people. What Telegram refuses for one of them does not stop the others."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram.types import InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views.parts import joined

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ping:
    """Somebody to be pinged, by user id or `@username`: mentioned, or named where Telegram refuses the mention."""

    entry: int | str
    mention: Text
    name: Text


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message that went out: whom it called, which user ids of them Telegram did not mention, and if it has buttons.

    It drops mentions silently of people whom the bot may not mention (facts 2.1): most often, they have left the chat.
    """

    message: Message
    called: Sequence[Ping]
    unmentioned: Sequence[int]
    with_buttons: bool


Said = Callable[[Spoken], Awaitable[None]]
"""Told after each message."""

Finish = Callable[[Coroutine[Any, Any, None]], Awaitable[None]]
"""Carries out the sending of one message and the note that it was sent, which belong together."""


async def at_once(sending: Coroutine[Any, Any, None]) -> None:
    """Be the plainest `Finish`."""
    await sending


@dataclass(slots=True)
class Pinging:
    """Sends a message that pings to a place in a chat. `anything_said`: a message of the same call went out already."""

    messenger: Messenger
    chat_id: int
    thread_id: int | None
    on_said: Said
    anything_said: bool = False
    finish: Finish = at_once

    async def ping(
        self, head: Sequence[Text | str], called: Sequence[Ping], keyboard: InlineKeyboardMarkup | None
    ) -> None:
        """Mention these people under a head; if that is refused, find whose mention it is and name them instead.

        The first message then has the whole head and the keyboard, so it is the one to be kept true.

        Raises:
            Rejected: nothing was said, and Telegram does not even take it with plain names.
            Refused: in any other way; some of it may have been said.
        """
        try:
            await self._say(head, called, keyboard, mentioned=True)
        except Rejected as refused:
            log.warning("mentions refused", chat_id=self.chat_id, people=[one.entry for one in called])
            if len(called) <= 1:
                await self._name(head, called, keyboard, refused)
                return
            half = len(called) // 2
            await self.ping(head, called[:half], keyboard)
            await self.ping(head[:1], called[half:], None)

    async def _name(
        self,
        head: Sequence[Text | str],
        called: Sequence[Ping],
        keyboard: InlineKeyboardMarkup | None,
        mention_refused: Rejected,
    ) -> None:
        try:
            await self._say(head, called, keyboard, mentioned=False)
        except Rejected:
            if not self.anything_said:
                raise mention_refused from None

    async def _say(
        self,
        head: Sequence[Text | str],
        called: Sequence[Ping],
        keyboard: InlineKeyboardMarkup | None,
        *,
        mentioned: bool,
    ) -> None:
        people = joined(one.mention if mentioned else one.name for one in called)

        async def send() -> None:
            sent = await self.messenger.send(self.chat_id, View([*head, people], keyboard), self.thread_id)
            self.anything_said = True
            unmentioned = _unmentioned(called, sent) if mentioned else ()
            await self.on_said(Spoken(sent[-1], called, unmentioned, with_buttons=keyboard is not None))

        await self.finish(send())


def _unmentioned(called: Sequence[Ping], sent: Sequence[Message]) -> tuple[int, ...]:
    entities = [entity for message in sent for entity in message.entities or ()]
    mentioned = {entity.user.id for entity in entities if entity.type == "text_mention" and entity.user is not None}
    return tuple(one.entry for one in called if isinstance(one.entry, int) and one.entry not in mentioned)

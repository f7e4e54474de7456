"""/notify."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from aiogram import Router
from aiogram.types import InlineKeyboardMarkup, Message, User
from aiogram.utils.formatting import Text

from gub.domain.commands import parse_name_and_text
from gub.domain.splitting import utf16_length
from gub.domain.values import KnownUser
from gub.services.calls import Call, Calls
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import known
from gub.telegram.gateway.outcomes import Gone, NoRights, Refused, Rejected, Unwritable
from gub.telegram.messenger import Messenger, View
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP
from gub.telegram.views import calls as views
from gub.telegram.views import groups as group_views
from gub.telegram.views.keyboards import group_buttons
from gub.telegram.views.parts import AsTyped, entities_after, full_name

log = structlog.get_logger(__name__)

_HOPELESS: Final = (Unwritable, Gone, NoRights)
"""After one of these no further message comes through."""


def router() -> Router:
    """Make the router."""
    made = Router(name="calls")
    made.message.register(notify, Asks("notify"), flags=BY_A_PERSON_IN_A_GROUP)
    return made


async def notify(message: Message, asked: Asked, person: User, calls: Calls, messenger: Messenger) -> None:
    """Answer /notify NAME [text]: call the group, then take the command away, if the bot may."""
    name, text = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, group_views.usage("notify"))
        return
    typed = _as_typed(message, text)
    call = await calls.call(
        message.chat.id, person.id, name, text, pings=typed.pings if typed else 0, message_id=message.message_id
    )
    thread_id = message.message_thread_id if message.is_topic_message else None
    ringing = _Ringing(messenger, message.chat.id, thread_id)
    try:
        await ringing.ring(call, views.opening(call.group, full_name(known(person)), typed))
    finally:
        if not ringing.said:
            await calls.take_back(call)
    # Only now: until it is said by the bot, the caller's text stands in the command alone.
    await _take_away(message, messenger)


async def _take_away(command: Message, messenger: Messenger) -> None:
    try:
        await messenger.delete(command.chat.id, command.message_id)
    except Refused as refused:
        log.info("the command stays", chat_id=command.chat.id, outcome=type(refused).__name__)


@dataclass(slots=True)
class _Ringing:
    """Sends the messages of one call. What Telegram refuses for one person does not stop the others."""

    messenger: Messenger
    chat_id: int
    thread_id: int | None
    said: bool = False

    async def ring(self, call: Call, head: Sequence[Text]) -> None:
        """Send all of a call; `head` opens its first message.

        Raises:
            Refused: nothing of the call was said (`said` is False), or the rest of it cannot be.
        """
        last = len(call.batches) - 1
        for number, batch in enumerate(call.batches):
            await self._mention(head, batch, group_buttons(call.group.id) if number == last else None)
            head = views.continuation(call.group)

    async def _mention(
        self, head: Sequence[Text], called: Sequence[KnownUser], keyboard: InlineKeyboardMarkup | None
    ) -> None:
        """Mention these people in one message; if that is refused, find whose mention it is and name them instead."""
        try:
            await self._say(views.with_mentions(head, called, keyboard))
        except Rejected as refused:
            log.warning("mentions refused", chat_id=self.chat_id, users=[user.user_id for user in called])
            if len(called) <= 1:
                await self._name(head, called, keyboard, refused)
                return
            half = len(called) // 2
            await self._mention(head, called[:half], None)
            await self._mention(head[:1], called[half:], keyboard)

    async def _name(
        self,
        head: Sequence[Text],
        called: Sequence[KnownUser],
        keyboard: InlineKeyboardMarkup | None,
        mention_refused: Rejected,
    ) -> None:
        try:
            await self._say(views.with_names(head, called, keyboard))
        except Rejected:
            if not self.said:
                raise mention_refused from None

    async def _say(self, view: View) -> None:
        """Send one message. Once something is said, one that does not come through is passed over.

        Raises:
            Rejected: it may be that Telegram does not like what it says.
            Refused: it is the first, or the next will not come through either.
        """
        try:
            await self.messenger.send(self.chat_id, view, self.thread_id)
        except Refused as refused:
            if isinstance(refused, Rejected) or not self.said or isinstance(refused, _HOPELESS):
                raise
            log.warning("part of a call refused", chat_id=self.chat_id, outcome=type(refused).__name__)
        self.said = True


def _as_typed(message: Message, text: str | None) -> AsTyped | None:
    """Take the call's text out of the command with the looks it has there: it is the command's end."""
    if text is None:
        return None
    start = utf16_length(message.text or "") - utf16_length(text)
    return AsTyped(text, entities_after(message.entities or (), start))

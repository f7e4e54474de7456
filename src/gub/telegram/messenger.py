"""Messages as GUB writes them: text with entities, never markup; split when too long; kept in their topic."""

from typing import Any

import structlog
from aiogram import Bot
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    EphemeralMessageParameters,
    InaccessibleMessage,
    InlineKeyboardMarkup,
    Message,
    ReplyParameters,
)
from aiogram.utils.formatting import Text

from gub.domain.limits import ALERT_UNITS
from gub.telegram.gateway.outcomes import (
    NoRights,
    NothingToDelete,
    NothingToEdit,
    NotModified,
    QueryTooOld,
    Refused,
    ThreadGone,
)
from gub.telegram.showing import View, divided, fitted, shortened

_GENERAL_THREAD = 1  # the General topic's id, which must not be named when sending (facts 2.7)


class Messenger:
    """Sends, edits and deletes through the gateway; its failures are those of `gateway.outcomes`."""

    def __init__(self, bot: Bot, log: Any = None) -> None:
        """Write as this bot."""
        self._bot = bot
        self._log = log or structlog.get_logger("gub.telegram.messenger")

    async def send(
        self,
        chat_id: int,
        view: View,
        thread_id: int | None = None,
        reply_to: int | None = None,
        *,
        silent: bool = False,
    ) -> list[Message]:
        """Send a view to a chat's topic (None: General), as a reply if wanted; return the messages it took.

        If the topic is gone, the view goes to General. If the message replied to is gone, it is no reply. What is
        `silent` makes no sound.

        Raises:
            ValueError: the view shows nothing.
        """
        parts = divided(view)
        thread = None if thread_id == _GENERAL_THREAD else thread_id
        sent: list[Message] = []
        for number, part in enumerate(parts, start=1):
            more: dict[str, Any] = part.as_arguments()
            more["reply_markup"] = view.keyboard if number == len(parts) else None
            if silent:
                more["disable_notification"] = True
            if reply_to and not sent:
                more["reply_parameters"] = ReplyParameters(
                    message_id=reply_to, allow_sending_without_reply=True, quote_parse_mode=None
                )
            # A group may have become a supergroup under way.
            place = sent[-1].chat.id if sent else chat_id
            try:
                message = await self._bot.send_message(place, message_thread_id=thread, **more)
            except ThreadGone as gone:
                if thread is None:
                    raise
                self._log.info("topic is gone", chat_id=place, thread_id=thread, outcome=gone.description)
                thread = None
                message = await self._bot.send_message(place, **more)
            sent.append(message)
        return sent

    async def reply(self, message: Message, view: View) -> list[Message]:
        """Answer a message where it was written: in its topic, and in groups as a reply to it.

        What only GUB can see is answered for its sender alone.
        """
        if message.ephemeral_message_id is not None and message.from_user is not None:
            return [await self.whisper(message, message.from_user.id, view)]
        thread = message.message_thread_id if message.is_topic_message else None
        reply_to = None if message.chat.type == "private" else message.message_id
        return await self.send(message.chat.id, view, thread, reply_to)

    async def whisper(self, near: Message, user_id: int, view: View, query_id: str | None = None) -> Message:
        """Show a view in a group to one person alone (an ephemeral message), where `near` stands.

        Telegram lets a bot within 15 s of a tap (`query_id`) or of what only the bot could see (`near` itself), and a
        bot that is an admin at any time. It does not say whether the person got it. One message: see `edit_at`.

        Raises:
            Refused: not here, or not (any more) to them.
        """
        answers = ReplyParameters(ephemeral_message_id=near.ephemeral_message_id, quote_parse_mode=None)
        return await self._bot.send_message(
            near.chat.id,
            message_thread_id=near.message_thread_id if near.is_topic_message else None,
            ephemeral_message_parameters=EphemeralMessageParameters(
                receiver_user_id=user_id, callback_query_id=query_id
            ),
            reply_parameters=answers if near.ephemeral_message_id is not None and query_id is None else None,
            reply_markup=view.keyboard,
            **fitted(view).as_arguments(),
        )

    async def send_file(self, chat_id: int, name: str, content: bytes, caption: Text) -> Message:
        """Send a file with a text under it, which is to fit there (1,024 units)."""
        text, entities = caption.render()
        file = BufferedInputFile(content, filename=name)
        return await self._bot.send_document(
            chat_id, file, caption=text, caption_entities=entities or None, parse_mode=None
        )

    async def edit(self, message: Message | InaccessibleMessage, view: View) -> bool:
        """Make a message of ours, whoever sees it, show this view; see `edit_at`."""
        if isinstance(message, Message) and message.ephemeral_message_id is not None:
            return await self._edit_whispered(message, view)
        return await self.edit_at(message.chat.id, message.message_id, view)

    async def edit_at(self, chat_id: int, message_id: int, view: View) -> bool:
        """Make a message of ours show this view. False: it is not there, or not to be edited, any more.

        One message stays one message: of a view that is too long it shows what fits, and "…".
        """
        part = fitted(view)
        buttons = view.keyboard if isinstance(view.keyboard, InlineKeyboardMarkup) else None
        try:
            await self._bot.edit_message_text(
                chat_id=chat_id, message_id=message_id, reply_markup=buttons, **part.as_arguments()
            )
        except NotModified:
            return True
        except NothingToEdit:
            return False
        return True

    async def show(self, query: CallbackQuery, view: View) -> int:
        """Show a view where a button of a private chat was tapped, or anew where that is not to be edited any more.

        Gives the id of the message that shows it.
        """
        message = query.message
        if isinstance(message, Message) and await self.edit(message, view):
            return message.message_id
        return (await self.send(query.from_user.id, view))[-1].message_id

    async def take_away(self, message: Message) -> bool:
        """Delete a message of ours, whoever sees it. False: it is gone already."""
        if message.ephemeral_message_id is None or message.receiver_user is None:
            return await self.delete(message.chat.id, message.message_id)
        try:
            return await self._bot.delete_ephemeral_message(
                message.chat.id, message.receiver_user.id, message.ephemeral_message_id
            )
        except (NothingToDelete, NoRights):
            return False

    async def drop_buttons(self, chat_id: int, message_id: int, left: InlineKeyboardMarkup | None = None) -> None:
        """Take the buttons off a message of ours but for those `left`, if it lets itself be changed.

        They are checked when tapped anyway.
        """
        try:
            await self._bot.edit_message_reply_markup(chat_id=chat_id, message_id=message_id, reply_markup=left)
        except Refused as refused:
            self._log.debug("buttons stay", chat_id=chat_id, outcome=type(refused).__name__)

    async def toast(self, query: CallbackQuery, text: str = "") -> None:
        """Answer a tap: a short text that passes by, or nothing but the end of the waiting."""
        await self._answer(query, text, alert=False)

    async def alert(self, query: CallbackQuery, text: str) -> None:
        """Answer a tap with a box that the person has to close."""
        await self._answer(query, text, alert=True)

    async def delete(self, chat_id: int, message_id: int) -> bool:
        """Delete a message. False: it is gone already, or the bot may not."""
        try:
            return bool(await self._bot.delete_message(chat_id, message_id))
        except (NothingToDelete, NoRights):
            return False

    async def _edit_whispered(self, message: Message, view: View) -> bool:
        if message.ephemeral_message_id is None or message.receiver_user is None:
            return False
        buttons = view.keyboard if isinstance(view.keyboard, InlineKeyboardMarkup) else None
        try:
            await self._bot.edit_ephemeral_message_text(
                message.chat.id,
                message.receiver_user.id,
                message.ephemeral_message_id,
                reply_markup=buttons,
                **fitted(view).as_arguments(),
            )
        except NotModified:
            return True
        except NothingToEdit:
            return False
        return True

    async def _answer(self, query: CallbackQuery, text: str, *, alert: bool) -> None:
        try:
            shown = shortened(text, ALERT_UNITS)
            await self._bot.answer_callback_query(query.id, text=shown, show_alert=alert or None)
        except QueryTooOld:
            self._log.info("tap was answered too late", query_id=query.id, user_id=query.from_user.id)

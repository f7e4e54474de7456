"""/status and its Refresh."""

from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from gub.clock import Clock
from gub.services.remembered import Remembered
from gub.services.status import StatusList
from gub.telegram.asked import Asks
from gub.telegram.messenger import Messenger
from gub.telegram.showing import messages_of
from gub.telegram.views import general
from gub.telegram.views import status as views
from gub.telegram.views.keyboards import StatusTap

_REMEMBERED: Final = 1_000
_EDIT_SECONDS: Final = 5.0
_ANEW_SECONDS: Final = 30.0


class Refreshes:
    """Which lists were refreshed a moment ago.

    One that is sent anew takes the chat several of the 20 messages that Telegram allows it in a minute (Bots
    FAQ), so that is rarer: once in half a minute in a chat, whichever list is tapped.
    """

    def __init__(self, clock: Clock) -> None:
        """Remember none."""
        self._messages = Remembered[tuple[int, int], bool](clock, size=_REMEMBERED, seconds=_EDIT_SECONDS)
        self._chats = Remembered[int, bool](clock, size=_REMEMBERED, seconds=_ANEW_SECONDS)

    def too_soon(self, chat_id: int, message_id: int) -> bool:
        """Say whether this message was refreshed, or sent, a moment ago."""
        return self._messages.holds((chat_id, message_id), value=True)

    def too_soon_anew(self, chat_id: int) -> bool:
        """Say whether a list was sent anew in this chat not long ago."""
        return self._chats.holds(chat_id, value=True)

    def done(self, chat_id: int, message_id: int) -> None:
        """Remember a message. Only once it shows what it should: a tap after one that failed is no repetition."""
        self._messages.keep((chat_id, message_id), value=True)

    def done_anew(self, chat_id: int, message_id: int) -> None:
        """Remember a list that was sent anew, by its last message."""
        self.done(chat_id, message_id)
        self._chats.keep(chat_id, value=True)


def router() -> Router:
    """Make the router."""
    made = Router(name="status")
    made.message.register(show_status, Asks("status"))
    made.callback_query.register(refresh_status, StatusTap.filter())
    return made


async def show_status(message: Message, status_list: StatusList, messenger: Messenger, clock: Clock) -> None:
    """Answer /status."""
    told = await status_list.of_chat(message.chat.id)
    thread_id = message.message_thread_id if message.is_topic_message else None
    await messenger.reply(message, views.status(told, clock.now(), thread_id))


async def refresh_status(
    query: CallbackQuery,
    callback_data: StatusTap,
    status_list: StatusList,
    messenger: Messenger,
    *,
    clock: Clock,
    refreshes: Refreshes,
) -> None:
    """Answer a tap on Refresh: the list changes in place where it is one message, else it is sent anew."""
    message = query.message
    if message is None:
        await messenger.alert(query, general.stale_button())
        return
    chat_id = message.chat.id
    if refreshes.too_soon(chat_id, message.message_id):
        await messenger.toast(query, views.just_refreshed())
        return
    thread_id = callback_data.thread or None
    view = views.status(await status_list.of_chat(chat_id), clock.now(), thread_id)
    in_place = callback_data.messages == 1 and messages_of(view) == 1
    if not (in_place and await messenger.edit(message, view)):
        if refreshes.too_soon_anew(chat_id):
            await messenger.toast(query, views.just_sent_anew())
            return
        *_, last = await messenger.send(chat_id, view, thread_id)
        refreshes.done_anew(last.chat.id, last.message_id)
    refreshes.done(chat_id, message.message_id)
    await messenger.toast(query, views.up_to_date())

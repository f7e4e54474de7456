"""/status and its Refresh."""

from aiogram import Router
from aiogram.types import CallbackQuery, InaccessibleMessage, Message

from gub.clock import Clock
from gub.services.remembered import Remembered
from gub.services.status import StatusList
from gub.telegram.asked import Asks
from gub.telegram.messenger import Messenger, messages_of
from gub.telegram.views import general
from gub.telegram.views import status as views
from gub.telegram.views.keyboards import StatusTap

Refreshed = Remembered[tuple[int, int], bool]
"""The messages (chat, message) that were refreshed a moment ago."""


def router() -> Router:
    """Make the router."""
    made = Router(name="status")
    made.message.register(show_status, Asks("status"))
    made.callback_query.register(refresh_status, StatusTap.filter())
    return made


async def show_status(message: Message, status_list: StatusList, messenger: Messenger, clock: Clock) -> None:
    """Answer /status."""
    told = await status_list.of_chat(message.chat.id)
    await messenger.reply(message, views.status(told, clock.now()))


async def refresh_status(
    query: CallbackQuery,
    callback_data: StatusTap,
    status_list: StatusList,
    messenger: Messenger,
    *,
    clock: Clock,
    refreshed: Refreshed,
) -> None:
    """Answer a tap on Refresh: the list changes in place where it is one message, else it is sent anew."""
    message = query.message
    if message is None:
        await messenger.alert(query, general.stale_button())
        return
    key = (message.chat.id, message.message_id)
    if refreshed.holds(key, value=True):
        await messenger.toast(query, views.just_refreshed())
        return
    view = views.status(await status_list.of_chat(message.chat.id), clock.now())
    in_place = callback_data.messages == 1 and messages_of(view) == 1
    if not (in_place and await messenger.edit(message, view)):
        *_, last = await messenger.send(message.chat.id, view, _thread(message))
        refreshed.keep((last.chat.id, last.message_id), value=True)
    # Only now: a tap after one that failed is no repetition.
    refreshed.keep(key, value=True)
    await messenger.toast(query, views.up_to_date())


def _thread(message: Message | InaccessibleMessage) -> int | None:
    if isinstance(message, InaccessibleMessage) or not message.is_topic_message:
        return None
    return message.message_thread_id

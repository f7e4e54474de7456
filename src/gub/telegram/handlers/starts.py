"""The button under what tells who started what: to hear no more of that game."""

from collections.abc import Iterable

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, MaybeInaccessibleMessageUnion, Message

from gub.domain.starts import digest_of
from gub.services.start_news import StartNews
from gub.telegram.members import Standing, standing
from gub.telegram.messenger import Messenger
from gub.telegram.views import general
from gub.telegram.views import starts as views
from gub.telegram.views.keyboards import StartsTap, rows


def router() -> Router:
    """Make the router."""
    made = Router(name="starts")
    made.callback_query.register(ignore, StartsTap.filter())
    return made


async def ignore(
    query: CallbackQuery, callback_data: StartsTap, bot: Bot, start_news: StartNews, messenger: Messenger
) -> None:
    """Answer a tap, by an admin: the chat is told no more of that game, and the button goes."""
    message = query.message
    if message is None:
        await messenger.alert(query, general.stale_button())
    elif await standing(bot, message.chat.id, query.from_user.id) is not Standing.ADMIN:
        await messenger.alert(query, views.only_admins())
    elif not await start_news.ignore(message.chat.id, callback_data.game):
        await messenger.alert(query, views.unknown_game())
    else:
        await messenger.toast(query, views.ignored())
        left = _left(message, await start_news.ignored(message.chat.id))
        await messenger.drop_buttons(message.chat.id, message.message_id, left)


def _left(message: MaybeInaccessibleMessageUnion, ignored: Iterable[str]) -> InlineKeyboardMarkup | None:
    """Give the buttons of games that are not ignored; None: there is none.

    Of all, not of the one that was tapped alone: another one may have been tapped since this message was read.
    """
    keyboard = message.reply_markup if isinstance(message, Message) else None
    done = {StartsTap(game=digest_of(title)).pack() for title in ignored}
    buttons = [] if keyboard is None else keyboard.inline_keyboard
    kept = [[one for one in row if one.callback_data not in done] for row in buttons]
    return rows(*kept) if any(kept) else None

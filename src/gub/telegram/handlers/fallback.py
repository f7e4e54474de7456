"""What nothing else takes."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from gub.telegram.asked import Asked, Asks
from gub.telegram.kinds import InPrivate
from gub.telegram.messenger import Messenger
from gub.telegram.views import general as views


def router() -> Router:
    """Make the router. It comes last. In groups, what is not understood is not meant for GUB."""
    made = Router(name="fallback")
    made.message.register(unknown_command, InPrivate(), Asks())
    made.message.register(other_text, InPrivate(plain_text=True))
    made.callback_query.register(unknown_button)
    return made


async def unknown_command(message: Message, asked: Asked, messenger: Messenger) -> None:
    """Answer a command that is none."""
    await messenger.reply(message, views.unknown_command(asked.name))


async def other_text(message: Message, messenger: Messenger) -> None:
    """Answer what is no command."""
    await messenger.reply(message, views.only_commands())


async def unknown_button(query: CallbackQuery, messenger: Messenger) -> None:
    """Answer a tap on a button that nothing here knows: every tap is answered."""
    await messenger.alert(query, views.stale_button())

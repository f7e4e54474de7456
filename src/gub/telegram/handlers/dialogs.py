"""Taps on questions of dialogs that are over: no handler of a dialog took them."""

from aiogram import Router
from aiogram.types import CallbackQuery

from gub.telegram.messenger import Messenger
from gub.telegram.views import dialogs as views
from gub.telegram.views.keyboards import DialogTap


def router() -> Router:
    """Make the router. It comes after those of the dialogs."""
    made = Router(name="dialogs")
    made.callback_query.register(over, DialogTap.filter())
    return made


async def over(query: CallbackQuery, messenger: Messenger) -> None:
    """Answer it."""
    await messenger.alert(query, views.over())

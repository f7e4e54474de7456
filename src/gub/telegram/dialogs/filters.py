"""Filters by the dialog that a message or a tap belongs to, and the word that ends one."""

from dataclasses import dataclass
from typing import Any

from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, User

from gub.domain.languages import Language
from gub.telegram.dialogs.book import Dialog, DialogBook
from gub.telegram.views.keyboards import DialogTap
from gub.telegram.words import speaking, words


class FindsDialog(Filter):
    """Finds the open dialog that a message answers, once for all handlers, and hands it on as `addressed` (or None).

    Those are texts in private. A reply to a message that asks belongs to whoever asked; any other text to the dialog
    touched last. Commands belong to none.
    """

    async def __call__(self, message: Message, me: User, dialogs: DialogBook) -> dict[str, Any]:
        """See `Filter`."""
        is_answer = message.chat.type == "private" and bool(message.text) and not (message.text or "").startswith("/")
        return {"addressed": await _addressed(message, me.id, dialogs) if is_answer else None}


class FindsTappedDialog(Filter):
    """Finds the open dialog whose question was tapped, once for all handlers, and hands it on as `tapped` (or None)."""

    async def __call__(self, query: CallbackQuery, me: User, dialogs: DialogBook) -> dict[str, Any]:
        """See `Filter`."""
        tap = read_tap(query)
        if tap is None or query.message is None:
            return {"tapped": None}
        dialog = await dialogs.get(me.id, query.from_user.id, query.message.chat.id, tap.dialog)
        return {"tapped": None if dialog is None else Tapped(dialog, tap)}


@dataclass(frozen=True, slots=True)
class Tapped:
    """A tap on a question, and the dialog that asks it."""

    dialog: Dialog
    tap: DialogTap


class InDialog(Filter):
    """Passes what answers an open dialog of these kinds, and hands that on as `dialog`. Stands below `FindsDialog`."""

    def __init__(self, *kinds: str) -> None:
        """Take the kinds."""
        self._kinds = frozenset(kinds)

    async def __call__(self, _: Message, addressed: Dialog | None) -> bool | dict[str, Any]:
        """See `Filter`."""
        if addressed is None or addressed.kind not in self._kinds:
            return False
        return {"dialog": addressed}

    def may_pass(self, kind: str | None) -> bool:
        """See `routing.Choosy`. Commands answer no question."""
        return kind is None


async def _addressed(message: Message, bot_id: int, dialogs: DialogBook) -> Dialog | None:
    user_id = message.chat.id
    if message.reply_to_message is not None:
        asked = await dialogs.by_prompt(bot_id, user_id, user_id, message.reply_to_message.message_id)
        if asked is not None:
            return asked
    return await dialogs.latest(bot_id, user_id, user_id)


def says_cancel(message: Message) -> bool:
    """Say whether a text is the word on the button Cancel, in any case: in a dialog, it does what the button does.

    In any language: a keyboard stays as it was when the language is changed.
    """
    text = (message.text or "").strip().casefold()
    return any(text == _cancel_in(language) for language in Language)


def _cancel_in(language: Language) -> str:
    with speaking(language):
        return words("Cancel").casefold()


class TapsDialog(Filter):
    """Passes taps on a question of an open dialog of this kind, and hands on `dialog` and the `tap`.

    In private, unless it is one that is held in groups: there, a dialog is found by none but whose it is. It stands
    below `FindsTappedDialog`.
    """

    def __init__(self, kind: str, *, in_groups: bool = False) -> None:
        """Take the kind, and where its dialogs are held."""
        self._kind = kind
        self._in_groups = in_groups

    async def __call__(self, query: CallbackQuery, tapped: Tapped | None) -> bool | dict[str, Any]:
        """See `Filter`."""
        if tapped is None or tapped.dialog.kind != self._kind or query.message is None:
            return False
        if (query.message.chat.type == "private") is self._in_groups:
            return False
        return {"dialog": tapped.dialog, "tap": tapped.tap}

    def may_pass(self, kind: str | None) -> bool:
        """See `routing.Choosy`."""
        return kind == DialogTap.__prefix__


def read_tap(query: CallbackQuery) -> DialogTap | None:
    """Read what a button carries; None when it is no answer to a dialog."""
    try:
        return DialogTap.unpack(query.data or "")
    except (TypeError, ValueError):
        return None

"""The open dialogs: each of one user in one chat, about a chat, none disturbed by another, kept over restarts.

Not aiogram's states: they hold one dialog for each user and chat, and keep it for ever (seen in aiogram 3.31).
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gub.store.dialogs import DialogStates, StoredDialog

_ID_BYTES: Final = 5

ABOUT: Final = "chat_id"
"""The field of a dialog's data that names the chat it is about; it follows a group that becomes a supergroup."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """One open dialog. `id` fits into a button; `taken` is the id of the last message that was taken as an answer."""

    bot_id: int
    user_id: int
    chat_id: int
    id: str
    kind: str
    step: str
    data: Mapping[str, Any] = field(default_factory=dict)
    prompts: tuple[int, ...] = ()
    taken: int | None = None

    @property
    def about(self) -> int:
        """The chat that it is about; the one it is held in, unless it says otherwise."""
        return int(self.data.get(ABOUT, self.chat_id))

    def has_taken(self, message_id: int) -> bool:
        """Say whether this message was taken as an answer, so that it answers nothing new.

        One is handled again when the process died before it was marked as done.
        """
        return self.taken is not None and message_id <= self.taken


class DialogBook:
    """Opens, finds, saves and closes dialogs. What is saved is there after a kill -9."""

    def __init__(self, states: DialogStates) -> None:
        """Keep them in `states`."""
        self._states = states

    async def open(
        self, bot_id: int, user_id: int, chat_id: int, kind: str, data: Mapping[str, Any], *, step: str = ""
    ) -> Dialog:
        """Begin a dialog of a user in a chat. `data[ABOUT]` names the chat it is about, when that is another."""
        id_ = secrets.token_hex(_ID_BYTES)
        return _dialog(await self._states.open(_key(bot_id, user_id, chat_id, id_), kind, step, data))

    async def get(self, bot_id: int, user_id: int, chat_id: int, id: str) -> Dialog | None:  # noqa: A002 - the value's own word
        """Give a dialog of this user in this chat by the id in a button; None when it is over."""
        if not id.isalnum():
            return None
        return _open(await self._states.get(_key(bot_id, user_id, chat_id, id)))

    async def all(self, bot_id: int, user_id: int, chat_id: int) -> list[Dialog]:
        """Give the open dialogs of a user in a chat, the one touched last first."""
        return [_dialog(stored) for stored in await self._states.of(f"{bot_id}:{chat_id}:{user_id}")]

    async def latest(self, bot_id: int, user_id: int, chat_id: int) -> Dialog | None:
        """Give the dialog that was touched last: whom a typed text is for."""
        return next(iter(await self.all(bot_id, user_id, chat_id)), None)

    async def by_prompt(self, bot_id: int, user_id: int, chat_id: int, message_id: int) -> Dialog | None:
        """Give the dialog that asked by this message: whom a reply to it is for."""
        dialogs = await self.all(bot_id, user_id, chat_id)
        return next((dialog for dialog in dialogs if message_id in dialog.prompts), None)

    async def save(
        self,
        dialog: Dialog,
        *,
        step: str | None = None,
        data: Mapping[str, Any] | None = None,
        prompt: int | None = None,
        taken: int | None = None,
    ) -> Dialog | None:
        """Go on: to a step, with these fields of the data changed, a message that asks, an answer that was taken.

        Gives the dialog as it is then; None when it is over (closed or expired meanwhile).
        """
        stored = await self._states.save(_key_of(dialog), step=step, data=data, prompt=prompt, taken=taken)
        return _open(stored)

    async def close(self, dialog: Dialog) -> bool:
        """End it; say whether it was open."""
        return await self._states.delete(_key_of(dialog))


def _key(bot_id: int, user_id: int, chat_id: int, id_: str) -> str:
    """Write the key as the store wants it."""
    return f"{bot_id}:{chat_id}:{user_id}:{id_}"


def _key_of(dialog: Dialog) -> str:
    return _key(dialog.bot_id, dialog.user_id, dialog.chat_id, dialog.id)


def _open(stored: StoredDialog | None) -> Dialog | None:
    return None if stored is None else _dialog(stored)


def _dialog(stored: StoredDialog) -> Dialog:
    bot_id, chat_id, user_id, id_ = stored.key.split(":", 3)
    return Dialog(
        bot_id=int(bot_id),
        user_id=int(user_id),
        chat_id=int(chat_id),
        id=id_,
        kind=stored.kind,
        step=stored.step,
        data=stored.data,
        prompts=stored.prompts,
        taken=stored.taken,
    )

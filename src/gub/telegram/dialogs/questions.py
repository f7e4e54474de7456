"""The messages by which a dialog asks: the newest one has buttons, and no other."""

from aiogram.types import CallbackQuery

from gub.telegram.dialogs.book import Dialog, DialogBook
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View


async def ask(
    dialog: Dialog, view: View, query: CallbackQuery | None, *, dialogs: DialogBook, messenger: Messenger
) -> None:
    """Ask, in the place of the question that was tapped if there is one. The question before loses its buttons."""
    prompt = await _show(dialog, view, query, messenger)
    await dialogs.save(dialog, prompt=prompt)
    await _leave_behind(dialog, prompt, messenger)


async def end(
    dialog: Dialog, view: View, query: CallbackQuery | None, *, dialogs: DialogBook, messenger: Messenger
) -> None:
    """End the dialog, and show what came of it, in the place of the question that was tapped if there is one."""
    await dialogs.close(dialog)
    shown = await _show(dialog, view, query, messenger)
    await _leave_behind(dialog, shown, messenger)


def is_newest(dialog: Dialog, query: CallbackQuery) -> bool:
    """Say whether the dialog's newest question was tapped: what an older one offers may be something else by now."""
    return query.message is not None and dialog.prompts[-1:] == (query.message.message_id,)


async def _show(dialog: Dialog, view: View, query: CallbackQuery | None, messenger: Messenger) -> int:
    if query is not None:
        return await messenger.show(query, view)
    return (await messenger.send(dialog.chat_id, view))[-1].message_id


async def _leave_behind(dialog: Dialog, shown: int, messenger: Messenger) -> None:
    if dialog.prompts and dialog.prompts[-1] != shown:
        await messenger.drop_buttons(dialog.chat_id, dialog.prompts[-1])

"""Changing a status user, in private: the name and the accounts. The rights are checked at every tap and text."""

from typing import Any, Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from gub.domain import rights
from gub.domain.errors import DomainError, NotAllowed, PersonNotFound
from gub.domain.values import Account, Platform, StatusUser
from gub.telegram.dialogs.asking import Asking
from gub.telegram.dialogs.book import ABOUT, Dialog
from gub.telegram.dialogs.draft import CONFIRM, NAME, read_account, write_account
from gub.telegram.dialogs.filters import InDialog, TapsDialog, says_cancel
from gub.telegram.kinds import in_private
from gub.telegram.links import Comes, Link, Way
from gub.telegram.members import Standing, standing
from gub.telegram.showing import View
from gub.telegram.views import editing as views
from gub.telegram.views import general
from gub.telegram.views.errors import explain
from gub.telegram.views.keyboards import AccountAction, AccountTap, DialogTap, PersonAction, PersonTap, Step
from gub.telegram.views.places import Place

EDITING: Final = "editing"


def router() -> Router:
    """Make the router. It comes before that of the cards, whose taps it takes a few of."""
    made = Router(name="editing")
    made.message.register(edit_by_link, Comes(Way.EDIT))
    made.message.register(take_text, InDialog(EDITING))
    made.callback_query.register(take_tap, TapsDialog(EDITING))
    made.callback_query.register(show_menu, PersonTap.filter(F.action == PersonAction.EDIT))
    made.callback_query.register(ask_name, PersonTap.filter(F.action == PersonAction.NAME))
    made.callback_query.register(tap_account, AccountTap.filter())
    return made


async def edit_by_link(message: Message, link: Link, editing: "Editing", bot: Bot) -> None:
    """Show what of a person can be changed, to who may."""
    person = await editing.allowed(link.person, message.chat.id, bot)
    await editing.messenger.reply(message, await editing.menu(person))


async def show_menu(query: CallbackQuery, callback_data: PersonTap, editing: "Editing", bot: Bot) -> None:
    """Answer a tap on Edit."""
    if not in_private(query):
        await editing.messenger.alert(query, general.stale_button())
        return
    person = await editing.allowed(callback_data.person, query.from_user.id, bot)
    await editing.messenger.show(query, await editing.menu(person))
    await editing.messenger.toast(query)


async def ask_name(query: CallbackQuery, callback_data: PersonTap, editing: "Editing", bot: Bot) -> None:
    """Answer a tap on Name."""
    if not in_private(query):
        await editing.messenger.alert(query, general.stale_button())
        return
    await editing.begin(query, await editing.allowed(callback_data.person, query.from_user.id, bot), NAME)


async def tap_account(query: CallbackQuery, callback_data: AccountTap, editing: "Editing", bot: Bot) -> None:
    """Answer a tap on what changes an account."""
    if not in_private(query):
        await editing.messenger.alert(query, general.stale_button())
        return
    person = await editing.allowed(callback_data.person, query.from_user.id, bot)
    if callback_data.action is AccountAction.SET:
        await editing.begin(query, person, str(callback_data.platform))
        return
    person = await editing.people.unlink(person, query.from_user.id, callback_data.platform)
    await editing.messenger.show(query, await editing.menu(person))
    await editing.messenger.toast(query, views.unlinked_toast(callback_data.platform))


async def take_text(message: Message, dialog: Dialog, editing: "Editing", bot: Bot) -> None:
    """Take a text as the answer."""
    await editing.take_text(dialog, message, bot)


async def take_tap(query: CallbackQuery, dialog: Dialog, tap: DialogTap, editing: "Editing", bot: Bot) -> None:
    """Take a tap as the answer."""
    await editing.take_tap(dialog, query, tap, bot)


class Editing(Asking):
    """Leads the dialog that changes one thing of a person. Its step is `name`, a platform, or `confirm`."""

    __slots__ = ()

    async def allowed(self, person_id: str, user_id: int, bot: Bot) -> StatusUser:
        """Find the person, for a user who is in the chat and may change them.

        Raises:
            PersonNotFound: there is none; or not for who is not in that chat, or must not know of them.
            NotAllowed: the user may not.
        """
        person = await self.people.anywhere(person_id)
        stands = await standing(bot, person.chat_id, user_id)
        found = rights.may_find(person, user_id, is_admin=stands is Standing.ADMIN)
        if stands is Standing.ABSENT or not found:
            raise PersonNotFound
        self.people.require_edit(person, user_id)
        return person

    async def menu(self, person: StatusUser) -> View:
        """Show what can be changed."""
        chat = await self.people.place(person.chat_id) if person.chat_id < 0 else None
        place = Place(person.chat_id, self.me.username or "", title=None if chat is None else chat.title)
        return views.edit_menu(person, place, await self.people.connected())

    async def begin(self, query: CallbackQuery, person: StatusUser, step: str) -> None:
        """Ask for the new name or account."""
        data = {ABOUT: person.chat_id, "person": person.id}
        dialog = await self.open(query.from_user.id, EDITING, data, step=step)
        await self._ask(dialog, person, query)

    async def take_text(self, dialog: Dialog, message: Message, bot: Bot) -> None:
        """Take a name, or an account to look up. What is wrong with it is said, and it is asked again."""
        person = await self._still_allowed(dialog, bot)
        if says_cancel(message):
            await self.end(dialog, await self.menu(person), None)
            return
        note, data, step = None, {}, dialog.step
        if not dialog.has_taken(message.message_id):
            try:
                if step == NAME:
                    renamed = await self.people.rename(person, dialog.user_id, message.text or "")
                    await self.end(dialog, views.renamed(renamed, await self.menu(renamed)), None)
                    return
                if step != CONFIRM:
                    account = await self.people.look_up(dialog.user_id, Platform(step), message.text or "")
                    data, step = {"platform": step, "found": write_account(account)}, CONFIRM
            except (NotAllowed, PersonNotFound):
                await self.give_up(dialog)
                raise
            except DomainError as error:
                note = explain(error)
        saved = await self.dialogs.save(dialog, step=step, data=data, taken=message.message_id)
        if saved is not None:
            await self._ask(saved, person, None, note)

    async def take_tap(self, dialog: Dialog, query: CallbackQuery, tap: DialogTap, bot: Bot) -> None:
        """Take a tap on a question's button."""
        person = await self._still_allowed(dialog, bot)
        account = _found(dialog.data)
        if tap.answer is Step.CANCEL:
            await self.end(dialog, await self.menu(person), query)
        elif account is None or dialog.step != CONFIRM:
            await self.answered_already(query)
        elif tap.answer is Step.REDO:
            saved = await self.save(dialog, query, step=str(account.platform))
            if saved is not None:
                await self._ask(saved, person, query)
        elif tap.answer is Step.CONFIRM:
            changed = await self.people.set_account(person, dialog.user_id, account)
            await self.end(dialog, await self.menu(changed), query)
        else:
            await self.answered_already(query)

    async def _still_allowed(self, dialog: Dialog, bot: Bot) -> StatusUser:
        """Check the rights again; without them the dialog is over."""
        try:
            return await self.allowed(str(dialog.data["person"]), dialog.user_id, bot)
        except DomainError:
            await self.give_up(dialog)
            raise

    async def _ask(
        self, dialog: Dialog, person: StatusUser, query: CallbackQuery | None, note: Text | None = None
    ) -> None:
        await self.ask(dialog, _question(dialog, person, note), query)


def _question(dialog: Dialog, person: StatusUser, note: Text | None) -> View:
    account = _found(dialog.data)
    if dialog.step == NAME:
        return views.ask_name(person, dialog.id, NAME, note)
    if dialog.step == CONFIRM and account is not None:
        return views.ask_confirm(person, account, dialog.id, CONFIRM)
    return views.ask_account(person, Platform(dialog.step), dialog.id, note)


def _found(data: Any) -> Account | None:
    return read_account(Platform(data["platform"]), data.get("found")) if "platform" in data else None

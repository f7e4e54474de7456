"""The dialogs that change the name and the description of a notify group, in private, from its card.

The rights are checked at every tap and text: the group may be renamed, handed over or deleted meanwhile.

The dispatcher gives `group_texts`: a `GroupTexts` of me, people, dialogs, messenger, groups, editing and news. The
router comes before that of the cards, whose taps it takes two of.
"""

from dataclasses import dataclass
from typing import Final

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, User
from aiogram.utils.formatting import Text

from gub.domain import group_rights
from gub.domain.errors import BadName, DomainError, GroupNotFound, OnlyCreator
from gub.domain.values import NotifyGroup
from gub.services.group_editing import GroupEditing
from gub.services.groups import Groups
from gub.telegram.dialogs.asking import Asking
from gub.telegram.dialogs.book import ABOUT, Dialog
from gub.telegram.dialogs.draft import NAME
from gub.telegram.dialogs.filters import InDialog, TapsDialog, says_cancel
from gub.telegram.dialogs.group_draft import DESCRIPTION
from gub.telegram.dialogs.questions import is_newest
from gub.telegram.facts import known
from gub.telegram.handlers.group_dialog import suggested
from gub.telegram.handlers.group_news import GroupNews
from gub.telegram.kinds import in_private
from gub.telegram.members import Standing, standing
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views import group_dialog as views
from gub.telegram.views.errors import explain
from gub.telegram.views.keyboards import CardAction, CardTap, DialogTap, Step
from gub.telegram.views.parts import full_name

GROUP_TEXT: Final = "group_text"

_STEPS: Final = {CardAction.NAME: NAME, CardAction.DESCRIBE: DESCRIPTION}


def router() -> Router:
    """Make the router."""
    made = Router(name="group texts")
    made.message.register(take_text, InDialog(GROUP_TEXT))
    made.callback_query.register(take_tap, TapsDialog(GROUP_TEXT))
    made.callback_query.register(begin, CardTap.filter(F.action.in_(set(_STEPS))))
    return made


async def begin(query: CallbackQuery, callback_data: CardTap, group_texts: "GroupTexts", bot: Bot) -> None:
    """Answer a tap on Name or Description."""
    if not in_private(query):
        await group_texts.messenger.alert(query, general.stale_button())
        return
    group = await group_texts.allowed(callback_data.group, query.from_user.id, bot)
    await group_texts.begin(query, group, _STEPS[callback_data.action])


async def take_text(message: Message, dialog: Dialog, group_texts: "GroupTexts", bot: Bot) -> None:
    """Take a text as the answer."""
    await group_texts.take_text(dialog, message, bot)


async def take_tap(query: CallbackQuery, dialog: Dialog, tap: DialogTap, group_texts: "GroupTexts", bot: Bot) -> None:
    """Take a tap as the answer."""
    await group_texts.take_tap(dialog, query, tap, bot)


@dataclass(frozen=True, slots=True)
class GroupTexts(Asking):
    """Leads the dialog that changes one text of a group. Its step is `name` or `description`."""

    groups: Groups
    editing: GroupEditing
    news: GroupNews

    async def allowed(self, group_id: str, user_id: int, bot: Bot) -> NotifyGroup:
        """Find the group, for a user who is in the chat and may change it.

        Raises:
            GroupNotFound: there is none; or not for who is not in that chat, or must not know of it.
            OnlyCreator: the user may not.
        """
        group = await self.groups.anywhere(group_id)
        stands = await standing(bot, group.chat_id, user_id)
        found = group_rights.may_find(group, user_id, is_admin=stands is Standing.ADMIN)
        if stands is Standing.ABSENT or not found:
            raise GroupNotFound
        await self.editing.require_edit(group, user_id)
        return await self.groups.anywhere(group_id)  # again: when asked, Telegram may have told that the chat moved

    async def begin(self, query: CallbackQuery, group: NotifyGroup, step: str) -> None:
        """Ask for the new name or description."""
        data = {ABOUT: group.chat_id, "group": group.id}
        dialog = await self.open(query.from_user.id, GROUP_TEXT, data, step=step)
        await self.ask(dialog, _question(dialog, group, None), query)

    async def take_text(self, dialog: Dialog, message: Message, bot: Bot) -> None:
        """Take a name or a description. What is wrong with it is said, and it is asked again."""
        group = await self._still_allowed(dialog, bot)
        if says_cancel(message):
            await self.end(dialog, views.unchanged(group), None)
        elif message.from_user is None or dialog.has_taken(message.message_id):
            await self.ask(dialog, _question(dialog, group, None), None)
        else:
            wanted = _Wanted(dialog, group, message.from_user, message.text)
            await self._change(wanted, None, taken=message.message_id)

    async def take_tap(self, dialog: Dialog, query: CallbackQuery, tap: DialogTap, bot: Bot) -> None:
        """Take a tap on a question's button."""
        group = await self._still_allowed(dialog, bot)
        suggestion = dialog.data.get("suggestion")
        if tap.answer is Step.CANCEL:
            await self.end(dialog, views.unchanged(group), query)
        elif tap.at == dialog.step == NAME and tap.answer is Step.USE and suggestion and is_newest(dialog, query):
            await self._change(_Wanted(dialog, group, query.from_user, suggestion), query)
        elif tap.at == dialog.step == DESCRIPTION and tap.answer is Step.REMOVE:
            await self._change(_Wanted(dialog, group, query.from_user, None), query)
        else:
            await self.answered_already(query)

    async def _change(self, wanted: "_Wanted", query: CallbackQuery | None, taken: int | None = None) -> None:
        """Do it, tell the chat and end the dialog; or say why not, and ask again."""
        dialog, group, suggestion = wanted.dialog, wanted.group, None
        try:
            view = await (self._rename(wanted) if dialog.step == NAME else self._describe(wanted))
        except OnlyCreator:
            await self.give_up(dialog)
            raise
        except GroupNotFound:
            await self.give_up(dialog)
            raise GroupNotFound from None
        except BadName as bad:
            suggestion, note = await suggested(self.groups, group.chat_id, bad)
        except DomainError as error:
            note = explain(error)
        else:
            await self.end(dialog, view, query)
            return
        saved = await self.dialogs.save(dialog, data={"suggestion": suggestion}, taken=taken)
        if saved is not None:
            await self.ask(saved, _question(saved, group, note), query)
        elif query is not None:
            await self.over(query)

    async def _rename(self, wanted: "_Wanted") -> View:
        old = wanted.group.name
        renamed = await self.editing.rename(wanted.group, wanted.user.id, wanted.text or "")
        if renamed.name != old:
            by = full_name(known(wanted.user))
            await self.news.of_group(renamed, lambda: views.renamed_news(old, renamed, by))
        return views.renamed(renamed)

    async def _describe(self, wanted: "_Wanted") -> View:
        described = await self.editing.describe(wanted.group, wanted.user.id, wanted.text)
        if described.description != wanted.group.description:
            by = full_name(known(wanted.user))
            await self.news.of_group(described, lambda: views.described_news(described, by))
        return views.described(described)

    async def _still_allowed(self, dialog: Dialog, bot: Bot) -> NotifyGroup:
        """Check the rights again; without them the dialog is over."""
        try:
            return await self.allowed(str(dialog.data["group"]), dialog.user_id, bot)
        except DomainError:
            await self.give_up(dialog)
            raise


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What somebody wants a group's name or description to be; None is no description any more."""

    dialog: Dialog
    group: NotifyGroup
    user: User
    text: str | None


def _question(dialog: Dialog, group: NotifyGroup, note: Text | None) -> View:
    if dialog.step == NAME:
        return views.ask_name(group, dialog.id, dialog.data.get("suggestion"), note)
    return views.ask_description(group, dialog.id, note)

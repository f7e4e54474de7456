"""The dialog that makes a notify group, in private, for the chat it is about.

The dispatcher gives `new_groups`: a `NewGroups` of me, people, dialogs, messenger, groups and news.
"""

from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from gub.domain.descriptions import clean_description
from gub.domain.errors import BadName, DomainError, NameTaken
from gub.services.chat_settings import Choices
from gub.services.groups import Groups
from gub.telegram.allowed import require
from gub.telegram.dialogs.asking import Drafting
from gub.telegram.dialogs.book import Dialog
from gub.telegram.dialogs.draft import NAME
from gub.telegram.dialogs.filters import InDialog, TapsDialog
from gub.telegram.dialogs.group_draft import DESCRIPTION, JOINING, NEW_GROUP, GroupDraft
from gub.telegram.dialogs.questions import is_newest
from gub.telegram.facts import known
from gub.telegram.handlers.arriving import arrive
from gub.telegram.handlers.group_news import GroupNews
from gub.telegram.links import Comes, Link, Way
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views import group_dialog as views
from gub.telegram.views import groups as group_views
from gub.telegram.views.errors import explain
from gub.telegram.views.keyboards import DialogTap, Step
from gub.telegram.views.parts import full_name


def router() -> Router:
    """Make the router."""
    made = Router(name="group dialog")
    made.message.register(begin_by_link, Comes(Way.NEW_GROUP))
    made.message.register(take_text, InDialog(NEW_GROUP))
    made.callback_query.register(take_tap, TapsDialog(NEW_GROUP))
    return made


async def begin_by_link(message: Message, link: Link, new_groups: "NewGroups", bot: Bot, choices: Choices) -> None:
    """Begin what /newgroup in a group left for here, if Telegram says that the person is in that group."""
    if link.chat_id > 0:
        await new_groups.messenger.reply(message, general.only_in_groups("newgroup"))
        return
    people, messenger = new_groups.people, new_groups.messenger
    came = await arrive(message, link, bot, people=people, messenger=messenger, instead="/newgroup NAME")
    if came is not None:
        await choices.require(came.chat.chat_id, "create", is_admin=came.is_admin)
        await new_groups.begin(message.chat.id, came.chat.chat_id, link.thread_id)


async def take_text(message: Message, dialog: Dialog, new_groups: "NewGroups") -> None:
    """Take a text as the answer."""
    await new_groups.take_text(dialog, message)


async def take_tap(  # noqa: PLR0917 - what the dispatcher hands over, by name
    query: CallbackQuery, dialog: Dialog, tap: DialogTap, new_groups: "NewGroups", bot: Bot, choices: Choices
) -> None:
    """Take a tap as the answer."""
    if tap.answer in views.CHOICES:
        await require(choices, bot, GroupDraft.of(dialog).chat_id, query.from_user.id, "create")
    await new_groups.take_tap(dialog, query, tap, bot)


@dataclass(frozen=True, slots=True)
class NewGroups(Drafting[GroupDraft]):
    """Leads the dialog: the name, the description, who may join."""

    groups: Groups
    news: GroupNews

    async def begin(self, user_id: int, chat_id: int, thread_id: int | None) -> None:
        """Ask for the name."""
        draft = GroupDraft(self.groups.new_id(), chat_id, thread_id)
        dialog = await self.open(user_id, NEW_GROUP, draft.to_open(), step=draft.step)
        await self.ask_next(dialog, draft, None, None)

    async def take_tap(self, dialog: Dialog, query: CallbackQuery, tap: DialogTap, bot: Bot) -> None:
        """Take a tap on a question's button."""
        draft = GroupDraft.of(dialog)
        if tap.answer is Step.CANCEL:
            await self.end(dialog, self.cancelled(), query)
        elif tap.at != draft.step:
            await self.answered_already(query)
        elif tap.answer is Step.USE and draft.suggestion is not None and is_newest(dialog, query):
            await self._use(dialog, draft, draft.suggestion, query)
        elif tap.answer is Step.SKIP and draft.step == DESCRIPTION:
            await self.go_on(dialog, draft.with_description(None), query)
        elif tap.answer in views.CHOICES and draft.step == JOINING:
            await self._make(dialog, draft, query, tap.answer, bot)
        else:
            await self.answered_already(query)

    def draft_of(self, dialog: Dialog) -> GroupDraft:
        """See `Drafting`."""
        return GroupDraft.of(dialog)

    async def read(self, draft: GroupDraft, user_id: int, text: str) -> tuple[GroupDraft, Text | None]:  # noqa: ARG002 - the base's
        """Take a name or a description."""
        if draft.step == NAME:
            return await self._named(draft, text)
        if draft.step == DESCRIPTION:
            return draft.with_description(clean_description(text)), None
        return draft, views.tap_one()

    def question(self, dialog: Dialog, draft: GroupDraft, title: str | None, note: Text | None) -> View:
        """See `Drafting`."""
        return views.prompt(draft, dialog.id, title, note)

    def cancelled(self) -> View:
        """See `Drafting`."""
        return views.cancelled()

    async def _named(self, draft: GroupDraft, text: str) -> tuple[GroupDraft, Text | None]:
        """Take a name if it can be had; else say why not, with one that can, where there is one."""
        try:
            return draft.named(await self.groups.check_name(draft.chat_id, text)), None
        except BadName as bad:
            suggestion, note = await suggested(self.groups, draft.chat_id, bad)
            return draft.named(None, suggestion=suggestion), note
        except DomainError as error:
            return draft.named(None), explain(error)

    async def _use(self, dialog: Dialog, draft: GroupDraft, suggestion: str, query: CallbackQuery) -> None:
        named, note = await self._named(draft, suggestion)
        await self.go_on(dialog, named, query, note)

    async def _make(self, dialog: Dialog, draft: GroupDraft, query: CallbackQuery, answer: Step, bot: Bot) -> None:
        """Make the group, tell the chat, end the dialog. Cut short, a second tap does the rest."""
        if not await self.is_there(dialog, query, bot):
            return
        try:
            group = await self.groups.create(
                chat_id=draft.chat_id,
                creator_id=query.from_user.id,
                name=draft.name or "",
                description=draft.description,
                thread_id=draft.thread_id,
                joining=views.CHOICES[answer],
                id=draft.group,
            )
        except NameTaken as error:
            await self.go_on(dialog, draft.named(None), query, explain(error))
            return
        await self.news.of_group(group, lambda: group_views.announced(group, full_name(known(query.from_user))))
        await self.end(dialog, views.done(group, await self.title(dialog)), query)


async def suggested(groups: Groups, chat_id: int, bad: BadName) -> tuple[str | None, Text]:
    """Give the name that a bad one leads to, if that can be had, and say what is wrong."""
    if bad.suggestion is None:
        return None, explain(bad)
    try:
        return await groups.check_name(chat_id, bad.suggestion), explain(bad)
    except DomainError as error:
        return None, explain(error)

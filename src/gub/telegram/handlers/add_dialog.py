"""The dialog that adds a status user, in private, for the chat it is about."""

from dataclasses import dataclass

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message
from aiogram.utils.formatting import Text

from gub.domain.errors import DomainError, NameTaken
from gub.domain.values import Platform, StatusUser
from gub.services.chat_settings import Choices
from gub.telegram.allowed import require
from gub.telegram.dialogs.asking import Drafting
from gub.telegram.dialogs.book import Dialog
from gub.telegram.dialogs.draft import ADDING, CONFIRM, NAME, Draft
from gub.telegram.dialogs.filters import InDialog, TapsDialog
from gub.telegram.facts import known
from gub.telegram.handlers.arriving import arrive
from gub.telegram.handlers.group_news import GroupNews
from gub.telegram.links import Comes, Link, Way
from gub.telegram.showing import View
from gub.telegram.views import adding as views
from gub.telegram.views.errors import explain
from gub.telegram.views.keyboards import DialogTap, Step
from gub.telegram.views.parts import full_name


def router() -> Router:
    """Make the router."""
    made = Router(name="add dialog")
    made.message.register(begin_by_link, Comes(Way.ADD))
    made.message.register(take_text, InDialog(ADDING))
    made.callback_query.register(take_tap, TapsDialog(ADDING))
    return made


async def begin_by_link(message: Message, link: Link, adding: "Adding", bot: Bot, choices: Choices) -> None:
    """Begin what /add in a group left for here, if Telegram says that the person is in that group."""
    came = await arrive(message, link, bot, people=adding.people, messenger=adding.messenger)
    if came is not None:
        await choices.require(came.chat.chat_id, "add", is_admin=came.is_admin)
        await adding.begin(message.chat.id, came.chat.chat_id, thread_id=link.thread_id)


async def take_text(message: Message, dialog: Dialog, adding: "Adding") -> None:
    """Take a text as the answer."""
    await adding.take_text(dialog, message)


async def take_tap(  # noqa: PLR0917 - what the dispatcher hands over, by name
    query: CallbackQuery, dialog: Dialog, tap: DialogTap, adding: "Adding", bot: Bot, choices: Choices
) -> None:
    """Take a tap as the answer."""
    if tap.answer in (Step.CONFIRM, Step.CONFIRM_ME):
        await require(choices, bot, Draft.of(dialog).chat_id, query.from_user.id, "add")
    await adding.take_tap(dialog, query, tap, bot)


@dataclass(frozen=True, slots=True)
class Adding(Drafting[Draft]):
    """Leads the dialog from step to step."""

    news: GroupNews

    async def begin(self, user_id: int, chat_id: int, *, thread_id: int | None = None, name: str = "") -> None:
        """Ask the first question, of the name unless that was given."""
        asked = await self.people.connected()
        if not asked:
            await self.messenger.send(user_id, views.not_connected())
            return
        draft = Draft(self.people.new_id(), chat_id, asked, thread_id)
        note = None
        if name:
            try:
                draft = draft.named(await self.people.free_name(chat_id, name))
            except DomainError as error:
                note = explain(error)
        dialog = await self.open(user_id, ADDING, draft.to_open(), step=draft.step)
        await self.ask_next(dialog, draft, None, note)

    async def take_tap(self, dialog: Dialog, query: CallbackQuery, tap: DialogTap, bot: Bot) -> None:
        """Take a tap on a question's button."""
        draft = Draft.of(dialog)
        if tap.answer is Step.CANCEL:
            await self.end(dialog, self.cancelled(), query)
        elif tap.answer is Step.REDO and tap.at in draft.accounts:
            await self.go_on(dialog, draft.without(Platform(tap.at)), query)
        elif tap.at != draft.step:
            await self.answered_already(query)
        elif tap.answer is Step.SKIP and draft.step not in (NAME, CONFIRM):
            skipped = draft.answered(Platform(draft.step), None)
            await self.go_on(dialog, skipped, query, None if skipped.answers else Text(views.needs_one()))
        elif tap.answer in (Step.CONFIRM, Step.CONFIRM_ME) and draft.step == CONFIRM:
            await self._store(dialog, draft, query, bot, mine=tap.answer is Step.CONFIRM_ME)
        else:
            await self.answered_already(query)

    def draft_of(self, dialog: Dialog) -> Draft:
        """See `Drafting`."""
        return Draft.of(dialog)

    async def read(self, draft: Draft, user_id: int, text: str) -> tuple[Draft, Text | None]:
        """Take a name, or an account to look up."""
        if draft.step == NAME:
            return draft.named(await self.people.free_name(draft.chat_id, text)), None
        if draft.step == CONFIRM:
            return draft, None
        account = await self.people.look_up(user_id, Platform(draft.step), text)
        return draft.answered(account.platform, account), views.found(account)

    def question(self, dialog: Dialog, draft: Draft, title: str | None, note: Text | None) -> View:
        """See `Drafting`."""
        return views.prompt(draft, dialog.id, title, note)

    def cancelled(self) -> View:
        """See `Drafting`."""
        return views.cancelled()

    async def _store(self, dialog: Dialog, draft: Draft, query: CallbackQuery, bot: Bot, *, mine: bool) -> None:
        """Put the person on the list, tell the chat, end the dialog. Cut short, a second tap does the rest."""
        user = query.from_user
        if not await self.is_there(dialog, query, bot):
            return
        title = await self.title(dialog)
        new = StatusUser(
            id=draft.person,
            chat_id=draft.chat_id,
            keeper_id=user.id,
            display_name=draft.name or "",
            accounts=draft.accounts,
            group_name=title,
            person_id=user.id if mine else None,
        )
        try:
            added = await self.people.add_known(new)
        except NameTaken as error:
            await self.go_on(dialog, draft.named(None), query, explain(error))
            return
        await self.news.of_person(added, lambda: views.announced(added, full_name(known(user))), draft.thread_id)
        await self.end(dialog, views.done(added, title), query)

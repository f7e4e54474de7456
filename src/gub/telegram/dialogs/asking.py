"""Leading a dialog that is held in private: what all of them do alike."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from aiogram import Bot
from aiogram.types import CallbackQuery, Message, User
from aiogram.utils.formatting import Text

from gub.domain.errors import DomainError
from gub.services.people import People
from gub.telegram.dialogs import questions
from gub.telegram.dialogs.book import Dialog, DialogBook
from gub.telegram.dialogs.filters import says_cancel
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import dialogs as views
from gub.telegram.views import general
from gub.telegram.views.errors import explain


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks, goes on and ends. Every answer is saved before the next question is asked."""

    me: User
    people: People
    dialogs: DialogBook
    messenger: Messenger

    async def open(self, user_id: int, kind: str, data: Mapping[str, Any], *, step: str) -> Dialog:
        """Begin a dialog with a user in private."""
        return await self.dialogs.open(self.me.id, user_id, user_id, kind, data, step=step)

    async def ask(self, dialog: Dialog, view: View, query: CallbackQuery | None) -> None:
        """Ask; in the place of the question that was tapped, which answers the tap, if there is one."""
        await questions.ask(dialog, view, query, dialogs=self.dialogs, messenger=self.messenger)
        if query is not None:
            await self.messenger.toast(query)

    async def end(self, dialog: Dialog, view: View, query: CallbackQuery | None) -> None:
        """End the dialog, and show what came of it in the same way."""
        await questions.end(dialog, view, query, dialogs=self.dialogs, messenger=self.messenger)
        if query is not None:
            await self.messenger.toast(query)

    async def give_up(self, dialog: Dialog) -> None:
        """End the dialog of who may not go on; the caller tells why."""
        await self.dialogs.close(dialog)
        if dialog.prompts:
            await self.messenger.drop_buttons(dialog.chat_id, dialog.prompts[-1])

    async def save(
        self, dialog: Dialog, query: CallbackQuery, *, step: str, data: Mapping[str, Any] | None = None
    ) -> Dialog | None:
        """Save what a tap answered. None, and an alert, when the dialog is over meanwhile."""
        saved = await self.dialogs.save(dialog, step=step, data=data)
        if saved is None:
            await self.over(query)
        return saved

    async def over(self, query: CallbackQuery) -> None:
        """Answer a tap on a dialog that is over."""
        await self.messenger.alert(query, views.over())

    async def answered_already(self, query: CallbackQuery) -> None:
        """Answer a tap on a question that was answered."""
        await self.messenger.alert(query, views.answered_already())

    async def is_there(self, dialog: Dialog, query: CallbackQuery, bot: Bot) -> bool:
        """Say whether who taps is in the group that the dialog is about, by Telegram's word of now; else tell them."""
        stands = await standing(bot, dialog.about, query.from_user.id)
        there = may_act(stands, in_group=False)
        if not there:
            await self.messenger.alert(query, general.not_in_chat(untold=stands is Standing.UNTOLD))
        return there

    async def title(self, dialog: Dialog) -> str | None:
        """Give the title of the group that a dialog is about; None when that is the private chat itself."""
        place = await self.people.place(dialog.about) if dialog.about != dialog.user_id else None
        return None if place is None else place.title


class Draft(Protocol):
    """What a dialog has learned so far, and what it asks next."""

    @property
    def step(self) -> str:
        """The question to be asked."""
        ...

    def as_data(self) -> dict[str, Any]:
        """Write it into a dialog's data."""
        ...


D = TypeVar("D", bound=Draft)


class Drafting(Asking, ABC, Generic[D]):
    """Leads a dialog that makes something new of the answers, which it keeps as a draft."""

    __slots__ = ()

    @abstractmethod
    def draft_of(self, dialog: Dialog) -> D:
        """Read the draft."""

    @abstractmethod
    async def read(self, draft: D, user_id: int, text: str) -> tuple[D, Text | None]:
        """Take a text as the answer to what is asked; give the draft with it, and what there is to say.

        Raises:
            DomainError: that is no answer. It is said, and asked again.
        """

    @abstractmethod
    def question(self, dialog: Dialog, draft: D, title: str | None, note: Text | None) -> View:
        """Ask what is to be asked next."""

    @abstractmethod
    def cancelled(self) -> View:
        """Say that nothing came of it."""

    async def take_text(self, dialog: Dialog, message: Message) -> None:
        """Take a text as the answer. What is wrong with it is said, and it is asked again."""
        if says_cancel(message):
            await self.end(dialog, self.cancelled(), None)
            return
        draft, note = self.draft_of(dialog), None
        if not dialog.has_taken(message.message_id):
            try:
                draft, note = await self.read(draft, message.chat.id, message.text or "")
            except DomainError as error:
                note = explain(error)
        saved = await self.dialogs.save(dialog, step=draft.step, data=draft.as_data(), taken=message.message_id)
        if saved is not None:
            await self.ask_next(saved, self.draft_of(saved), None, note)

    async def go_on(self, dialog: Dialog, draft: D, query: CallbackQuery, note: Text | None = None) -> None:
        """Save what a tap answered, and ask what is next."""
        saved = await self.save(dialog, query, step=draft.step, data=draft.as_data())
        if saved is not None:
            await self.ask_next(saved, self.draft_of(saved), query, note)

    async def ask_next(self, dialog: Dialog, draft: D, query: CallbackQuery | None, note: Text | None) -> None:
        """Ask what is to be asked, in the place of the question that was tapped, if there is one."""
        await self.ask(dialog, self.question(dialog, draft, await self.title(dialog), note), query)

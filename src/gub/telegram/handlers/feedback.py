"""/feedback, and what the owners answer to it."""

from dataclasses import dataclass

import structlog
from aiogram import Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.errors import DomainError
from gub.domain.splitting import utf16_length
from gub.services.feedback import Feedback
from gub.services.languages import Languages
from gub.telegram.asked import Asked, Asks
from gub.telegram.dialogs.asking import Asking
from gub.telegram.dialogs.book import Dialog
from gub.telegram.dialogs.filters import InDialog, TapsDialog, says_cancel
from gub.telegram.facts import known
from gub.telegram.gateway.outcomes import Gone, Refused, Unwritable
from gub.telegram.handlers.credentials import ByOwner
from gub.telegram.kinds import in_private
from gub.telegram.middlewares.gate import BY_A_PERSON
from gub.telegram.showing import View
from gub.telegram.views import feedback as views
from gub.telegram.views.errors import explain
from gub.telegram.views.feedback import ASKED, FeedbackTap
from gub.telegram.views.keyboards import DialogTap
from gub.telegram.views.parts import AsTyped, called, entities_after, full_name
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)

GIVING = "feedback"
ANSWERING = "feedback_answer"


def router() -> Router:
    """Make the router."""
    made = Router(name="feedback")
    made.message.register(give, Asks("feedback"), flags=BY_A_PERSON)
    made.message.register(take_text, InDialog(GIVING))
    made.callback_query.register(cancel, TapsDialog(GIVING))
    made.include_router(_of_owners())
    return made


def _of_owners() -> Router:
    made = Router(name="feedback of owners")
    made.message.filter(ByOwner())
    made.callback_query.filter(ByOwner())
    made.callback_query.register(ask_for_answer, FeedbackTap.filter(), in_private)
    made.message.register(take_answer, InDialog(ANSWERING))
    made.callback_query.register(cancel_answer, TapsDialog(ANSWERING))
    return made


async def give(message: Message, asked: Asked, person: User, feedback_desk: "FeedbackDesk") -> None:
    """Answer /feedback [TEXT]."""
    text = asked.argument.strip()
    if text:
        start = utf16_length((message.text or "").rstrip()) - utf16_length(text)
        view = await feedback_desk.pass_on(message, person, _as_typed(text, message, start))
    elif message.chat.type == "private":
        await feedback_desk.ask_for_text(person.id)
        return
    else:
        view = views.usage()
    await feedback_desk.messenger.reply(message, view)


async def take_text(message: Message, dialog: Dialog, feedback_desk: "FeedbackDesk") -> None:
    """Take the text that was asked for."""
    if says_cancel(message) or message.from_user is None:
        await feedback_desk.end(dialog, views.cancelled(), None)
        return
    try:
        view = await feedback_desk.pass_on(message, message.from_user, _as_typed(message.text or "", message))
    except DomainError as error:
        view = View([explain(error)])
    await feedback_desk.end(dialog, view, None)


async def cancel(query: CallbackQuery, dialog: Dialog, tap: DialogTap, feedback_desk: "FeedbackDesk") -> None:
    """Answer a tap on Cancel, which is the only button."""
    del tap
    await feedback_desk.end(dialog, views.cancelled(), query)


async def ask_for_answer(query: CallbackQuery, callback_data: FeedbackTap, feedback_desk: "FeedbackDesk") -> None:
    """Answer an owner's tap on Reply: ask for the answer, below what is answered."""
    await feedback_desk.ask_for_answer(query.from_user.id, callback_data)
    await feedback_desk.messenger.toast(query)


async def take_answer(message: Message, dialog: Dialog, feedback_desk: "FeedbackDesk") -> None:
    """Take an owner's answer, and bring it to whom it is for."""
    if says_cancel(message):
        await feedback_desk.end(dialog, views.not_answered(), None)
        return
    await feedback_desk.answer(dialog, _as_typed(message.text or "", message))


async def cancel_answer(query: CallbackQuery, dialog: Dialog, tap: DialogTap, feedback_desk: "FeedbackDesk") -> None:
    """Answer an owner's tap on Cancel."""
    del tap
    await feedback_desk.end(dialog, views.not_answered(), query)


def _as_typed(text: str, message: Message, start: int = 0) -> AsTyped:
    return AsTyped(text, entities_after(message.entities or (), start))


@dataclass(frozen=True, slots=True)
class FeedbackDesk(Asking):
    """Brings feedback to the owners and answers back. None of it is stored but the questions that are open."""

    feedback: Feedback
    languages: Languages
    owner_ids: frozenset[int]

    async def ask_for_text(self, user_id: int) -> None:
        """Ask what is to be told."""
        dialog = await self.open(user_id, GIVING, {}, step=ASKED)
        await self.ask(dialog, views.ask(dialog.id), None)

    async def pass_on(self, message: Message, sender: User, text: AsTyped) -> View:
        """Bring it to every owner, each in their language; give what the sender is told then.

        Raises:
            AskedTooOften: the sender gave as much as is fair.
        """
        self.feedback.count(sender.id)
        tap = FeedbackTap(user=sender.id, chat=message.chat.id, message=message.message_id)
        title = None if message.chat.type == "private" else message.chat.title or ""
        reached = 0
        for owner_id in sorted(self.owner_ids):
            with speaking(await self.languages.surely(owner_id)):
                view = views.to_owner(full_name(known(sender)), title, text, tap)
                try:
                    await self.messenger.send(owner_id, view)
                except Refused as refused:
                    log.warning("feedback missed an owner", user_id=owner_id, outcome=type(refused).__name__)
                else:
                    reached += 1
        log.info("feedback", user_id=sender.id, chat_id=message.chat.id, owners=reached)
        return views.passed_on() if reached else views.reached_nobody()

    async def ask_for_answer(self, owner_id: int, tap: FeedbackTap) -> None:
        """Ask an owner what to answer."""
        data = {"user": tap.user, "place": tap.chat, "message": tap.message}
        dialog = await self.open(owner_id, ANSWERING, data, step=ASKED)
        await self.ask(dialog, views.ask_reply(dialog.id, await self._name(tap.user)), None)

    async def answer(self, dialog: Dialog, text: AsTyped) -> None:
        """Bring an owner's answer to whom it is for: in private, or else where the feedback was given."""
        user_id, place = int(dialog.data["user"]), int(dialog.data["place"])
        name = await self._name(user_id)
        try:
            view = await self._bring(user_id, name, place, int(dialog.data["message"]), text)
        except Refused as refused:
            log.warning("an answer is held up", user_id=user_id, outcome=type(refused).__name__)
            await self.ask(dialog, views.answer_held_up(dialog.id), None)
            return
        await self.end(dialog, view, None)

    async def _bring(self, user_id: int, name: str, place: int, message_id: int, text: AsTyped) -> View:
        """Bring the answer; give what the owner is told then."""
        try:
            with speaking(await self.languages.of(user_id)):
                await self.messenger.send(user_id, views.answer(text))
        except (Unwritable, Gone):
            if place == user_id:
                return views.cannot_answer(name)
        else:
            return views.answered(name)
        group = await self.people.place(place)
        if group is None:
            return views.cannot_answer(name)
        # A supergroup counts its messages anew: the number of one from before is another's there.
        reply_to = message_id if group.chat_id == place else None
        try:
            with speaking(await self.languages.of(group.chat_id)):
                await self.messenger.send(group.chat_id, views.answer_in_group(name, text), reply_to=reply_to)
        except (Unwritable, Gone):
            return views.cannot_answer(name)
        return views.answered_in_group(name, group.title)

    async def _name(self, user_id: int) -> str:
        return called((await self.people.known(user_id)).get(user_id))

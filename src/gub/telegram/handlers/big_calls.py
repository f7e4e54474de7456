"""Calls that would ping very many: asked for once more, in the group, by a question for the caller alone."""

from dataclasses import dataclass
from typing import Any, Final, Self

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, MessageEntity, User

from gub.domain.commands import CallRequest
from gub.domain.errors import GroupNotFound, ManyToCall
from gub.services.chat_settings import Choices
from gub.telegram.allowed import require
from gub.telegram.calling import Calling, take_away
from gub.telegram.dialogs.book import Dialog
from gub.telegram.dialogs.filters import TapsDialog
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.members import may_act, standing
from gub.telegram.messenger import Messenger
from gub.telegram.views import calls as views
from gub.telegram.views import dialogs as dialog_views
from gub.telegram.views import general
from gub.telegram.views.keyboards import DialogTap, Step
from gub.telegram.views.parts import AsTyped

BIG_CALL: Final = "big_call"
"""The kind of the dialog. It is held in the group."""

_AT: Final = "call"
"""What the step of its taps begins with; the id of whose question it is follows."""

_LOOKS: Final = {"type", "offset", "length", "url", "language"}


@dataclass(frozen=True, slots=True)
class BigCall:
    """What is to be confirmed: the group, what was asked for and as it was typed, the command and its topic."""

    group_id: str
    request: CallRequest
    typed: AsTyped | None
    message_id: int
    thread_id: int | None

    @classmethod
    def of(cls, dialog: Dialog) -> Self:
        """Read it from a dialog's data."""
        data = dialog.data
        text = data.get("text")
        looks = [MessageEntity.model_validate(look) for look in data.get("looks") or ()]
        typed = None if text is None else AsTyped(text, looks)
        request = CallRequest("", text, data.get("wanted"), bool(data.get("now")))
        return cls(str(data["group"]), request, typed, int(data["message_id"]), data.get("thread_id"))

    def is_of(self, message: Message) -> bool:
        """Say whether this message is the command."""
        return self.message_id == message.message_id

    def as_data(self) -> dict[str, Any]:
        """Write it into a dialog's data."""
        typed = self.typed
        return {
            "group": self.group_id,
            "wanted": self.request.wanted,
            "now": self.request.now,
            "text": None if typed is None else typed.text,
            "looks": [] if typed is None else [_data_of(entity) for entity in typed.entities],
            "message_id": self.message_id,
            "thread_id": self.thread_id,
        }


def router() -> Router:
    """Make the router."""
    made = Router(name="big calls")
    made.callback_query.register(take_tap, TapsDialog(BIG_CALL, in_groups=True))
    made.callback_query.register(over, DialogTap.filter(F.at.startswith(_AT)))
    return made


async def ask(message: Message, person: User, many: ManyToCall, big: BigCall, calling: Calling) -> None:
    """Ask the caller whether so many are meant. A command that is handled again asks once."""
    dialogs, place = calling.dialogs, (calling.me.id, person.id, message.chat.id)
    same = [one for one in await dialogs.all(*place) if one.kind == BIG_CALL and BigCall.of(one).is_of(message)]
    dialog = same[0] if same else await dialogs.open(*place, BIG_CALL, big.as_data())
    if dialog.prompts:
        return
    try:
        view = views.question(many.name, many.people, dialog.id, f"{_AT}{person.id}")
        sent = await calling.messenger.reply(message, view)
    except Refused:
        await dialogs.close(dialog)
        raise
    await dialogs.save(dialog, prompt=sent[-1].message_id)


async def take_tap(  # noqa: PLR0917 - what the dispatcher hands over, by name
    query: CallbackQuery, dialog: Dialog, tap: DialogTap, bot: Bot, calling: Calling, choices: Choices
) -> None:
    """Take the caller's answer. What holds is what the group, the caller's rights and the cool-down are now."""
    messenger, user = calling.messenger, query.from_user
    if tap.answer is Step.CANCEL:
        await _end(query, dialog, calling)
        await messenger.toast(query, views.cancelled_toast())
        return
    if not may_act(await standing(bot, dialog.chat_id, user.id), in_group=True):
        await messenger.alert(query, general.not_in_chat())
        return
    await require(choices, bot, dialog.chat_id, user.id, "call")
    big = BigCall.of(dialog)
    pings = big.typed.pings if big.typed else 0
    try:
        call = await calling.calls.confirmed(
            dialog.chat_id, user.id, big.group_id, big.request, pings=pings, message_id=big.message_id
        )
    except GroupNotFound:
        await _end(query, dialog, calling)
        raise
    await calling.carry_out(call, big.typed, big.thread_id)
    await messenger.toast(query)
    await take_away(messenger, dialog.chat_id, big.message_id)
    await _end(query, dialog, calling)


async def over(query: CallbackQuery, callback_data: DialogTap, messenger: Messenger) -> None:
    """Answer the taps of others, and of the caller on a question that is over: it goes."""
    if callback_data.at != f"{_AT}{query.from_user.id}":
        await messenger.alert(query, views.for_the_caller())
        return
    await messenger.alert(query, dialog_views.over())
    if query.message is not None:
        await take_away(messenger, query.message.chat.id, query.message.message_id)


async def _end(query: CallbackQuery, dialog: Dialog, calling: Calling) -> None:
    """End the dialog, and take the question away."""
    await calling.dialogs.close(dialog)
    if query.message is not None:
        await take_away(calling.messenger, query.message.chat.id, query.message.message_id)


def _data_of(entity: MessageEntity) -> dict[str, Any]:
    return entity.model_dump(mode="json", include=_LOOKS, exclude_none=True)

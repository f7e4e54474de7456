"""Choosing whom to invite, in private: from the person's own list, or by typed names. Rights are checked each time."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog
from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message, SharedUser
from aiogram.utils.formatting import Text

from gub.domain.errors import DomainError, GroupNotFound, OnlyCreator
from gub.domain.group_rights import may_edit, may_find
from gub.domain.values import KnownUser, NotifyGroup
from gub.services.invitees import Candidate
from gub.telegram.dialogs.asking import Asking
from gub.telegram.dialogs.book import ABOUT, Dialog
from gub.telegram.dialogs.filters import InDialog, says_cancel
from gub.telegram.facts import known
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.handlers.invitations import people_named
from gub.telegram.inviter import Inviter
from gub.telegram.kinds import Tells, in_private
from gub.telegram.links import Comes, Link, Way
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views import inviting as views
from gub.telegram.views.errors import explain
from gub.telegram.views.keyboards import CardAction, CardTap

log = structlog.get_logger(__name__)

INVITING: Final = "inviting"
"""The kind of the dialog. Its data: the chat it is about, `group` and `request`, which is what a choice answers."""

_REQUESTS: Final = 2**31 - 1  # a signed 32-bit number other than 0 (Bot API, KeyboardButtonRequestUsers)

Tell = Callable[[str], Awaitable[None]]
"""Says something to who asked."""


def router() -> Router:
    """Make the router. It comes before that of the cards, one of whose taps it takes."""
    made = Router(name="inviting")
    made.message.register(begin_by_link, Comes(Way.INVITE))
    made.message.register(take_choice, Tells("users_shared"))
    made.message.register(take_text, InDialog(INVITING))
    made.callback_query.register(begin_by_tap, CardTap.filter(F.action == CardAction.PICK))
    return made


async def begin_by_link(message: Message, link: Link, inviting: "Inviting", bot: Bot) -> None:
    """Begin what /invite in a group left for here."""

    async def tell(text: str) -> None:
        await inviting.messenger.reply(message, View([text]))

    group = await inviting.allowed(link.group, message.chat.id, bot, tell)
    if group is not None:
        await inviting.begin(message.chat.id, group)


async def begin_by_tap(query: CallbackQuery, callback_data: CardTap, inviting: "Inviting", bot: Bot) -> None:
    """Begin what the card of a group offers."""
    if not in_private(query):
        await inviting.messenger.alert(query, general.stale_button())
        return
    group = await inviting.allowed(
        callback_data.group, query.from_user.id, bot, partial(inviting.messenger.alert, query)
    )
    if group is not None:
        await inviting.begin(query.from_user.id, group)
        await inviting.messenger.toast(query)


async def take_choice(message: Message, inviting: "Inviting", bot: Bot) -> None:
    """Take the people who were chosen."""
    shared = message.users_shared
    dialog = None if shared is None else await inviting.waiting_for(message.chat.id, shared.request_id)
    if shared is None or dialog is None:
        await inviting.messenger.reply(message, views.over())
        return
    await inviting.take(dialog, message, [_chosen(user) for user in shared.users], bot)


async def take_text(message: Message, dialog: Dialog, inviting: "Inviting", bot: Bot) -> None:
    """Take typed names, or the word that ends it."""
    if says_cancel(message):
        await inviting.close(dialog, views.cancelled())
        return
    await inviting.take(dialog, message, list(people_named(message, message.text or "")), bot)


@dataclass(frozen=True, slots=True)
class Inviting(Asking):
    """Leads the dialog. Its one question stands until somebody is asked, or it is cancelled."""

    inviter: Inviter

    async def allowed(self, group_id: str, user_id: int, bot: Bot, tell: Tell) -> NotifyGroup | None:
        """Find the group, for its creator who is in its chat. None where Telegram does not say so; they are told.

        Raises:
            GroupNotFound: there is none; or not for who is not in that chat, or must not know of it.
            OnlyCreator: somebody else made it.
        """
        group = await self.inviter.groups.anywhere(group_id)
        stands = await standing(bot, group.chat_id, user_id)
        if stands is Standing.UNTOLD and may_edit(group, user_id):
            await tell(general.not_in_chat(untold=True))
            return None
        if not may_act(stands, in_group=False) or not may_find(group, user_id, is_admin=stands is Standing.ADMIN):
            raise GroupNotFound
        await self.inviter.invitations.require_creator(group, user_id)
        return group

    async def begin(self, user_id: int, group: NotifyGroup) -> None:
        """Ask whom to invite."""
        data = {ABOUT: group.chat_id, "group": group.id, "request": secrets.randbelow(_REQUESTS) + 1}
        await self._ask(await self.open(user_id, INVITING, data, step="whom"), group)

    async def waiting_for(self, user_id: int, request_id: int) -> Dialog | None:
        """Find the dialog that a choice answers; None when it is over."""
        everyone = await self.dialogs.all(self.me.id, user_id, user_id)
        matching = (one for one in everyone if one.kind == INVITING and one.data.get("request") == request_id)
        return next(matching, None)

    async def take(self, dialog: Dialog, message: Message, candidates: Sequence[Candidate], bot: Bot) -> None:
        """Ask these people; or say why not, and go on or end. All of it may be handled again."""
        person = message.from_user
        if person is None:
            return
        try:
            group = await self.allowed(
                str(dialog.data["group"]), dialog.user_id, bot, lambda text: self.close(dialog, views.refused(text))
            )
        except DomainError as error:
            await self.close(dialog, views.refused(explain(error)))
            return
        if group is None:
            return
        if not candidates:
            await self._ask(dialog, group, views.no_names())
            return
        try:
            outcome = await self.inviter.ask(
                group, known(person), candidates, bot, thread_id=group.thread_id, message_id=-message.message_id
            )
        except (GroupNotFound, OnlyCreator) as error:
            await self.close(dialog, views.refused(explain(error)))
        except DomainError as error:
            await self._ask(dialog, group, explain(error))
        except Refused as refused:
            log.info("could not invite", chat_id=group.chat_id, outcome=type(refused).__name__)
            await self.close(dialog, views.cannot_post(group))
        else:
            if outcome.asked:
                view = views.invited(group, await self.title(dialog), outcome.asked, outcome.left_out)
                await self.close(dialog, view)
            else:
                await self._ask(dialog, group, views.nobody(outcome.left_out, group))

    async def close(self, dialog: Dialog, view: View) -> None:
        """End it, and take the keyboard away; where another question waits for one, that is asked again."""
        await self.dialogs.close(dialog)
        await self.messenger.send(dialog.chat_id, view)
        for other in await self.dialogs.all(self.me.id, dialog.user_id, dialog.chat_id):
            if other.kind != INVITING:
                continue
            try:
                group = await self.inviter.groups.anywhere(str(other.data["group"]))
            except GroupNotFound:
                await self.dialogs.close(other)
                continue
            await self._ask(other, group)
            return

    async def _ask(self, dialog: Dialog, group: NotifyGroup, note: Text | None = None) -> None:
        view = views.ask(group, await self.title(dialog), int(dialog.data["request"]), note)
        sent = await self.messenger.send(dialog.chat_id, view)
        await self.dialogs.save(dialog, prompt=sent[-1].message_id)


def _chosen(user: SharedUser) -> Candidate:
    return Candidate(
        user.user_id, KnownUser(user.user_id, user.first_name or "", last_name=user.last_name, username=user.username)
    )

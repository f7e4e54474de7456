"""Posting invitations: one message that asks, and further ones for those whom it cannot ping."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from aiogram import Bot
from aiogram.types import Message, User

from gub.clock import Clock
from gub.domain.values import Invitation, KnownUser, NotifyGroup
from gub.services.groups import Groups
from gub.services.hours import HoursBook
from gub.services.invitations import Invitations, Outcome
from gub.services.invitees import Candidate
from gub.services.languages import Languages
from gub.store.ringing import Job, Kind, key_of
from gub.telegram.gateway.outcomes import Refused, Rejected, StoodDown
from gub.telegram.members import seen
from gub.telegram.messenger import Messenger
from gub.telegram.ringing import Ringer
from gub.telegram.views import invitations as views
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Inviter:
    """Asks people into a group, in its chat."""

    me: User
    groups: Groups
    invitations: Invitations
    messenger: Messenger
    ringer: Ringer
    clock: Clock
    languages: Languages
    hours: HoursBook

    async def ask(
        self,
        group: NotifyGroup,
        inviter: KnownUser,
        candidates: Sequence[Candidate],
        bot: Bot,
        *,
        thread_id: int | None,
        message_id: int,
    ) -> Outcome:
        """Ask those who can be asked, in the topic. Handled again, it does what is left to do of it.

        `message_id` is as for `Invitations.invite`, whose errors it raises.

        Raises:
            Refused: nothing could be posted; nobody is asked.
        """
        look = partial(seen, bot, group.chat_id)
        outcome = await self.invitations.invite(
            group, inviter.user_id, candidates, look=look, thread_id=thread_id, message_id=message_id
        )
        invitation = outcome.invitation
        if invitation is not None and invitation.is_open:
            await self._post(invitation, outcome, inviter, thread_id, message_id)
        return outcome

    async def _post(
        self, invitation: Invitation, outcome: Outcome, inviter: KnownUser, thread_id: int | None, message_id: int
    ) -> None:
        group, chat_id = outcome.group, outcome.group.chat_id
        if invitation.message_id is None:
            known = {one.user.user_id: one.user for one in outcome.asked if one.user is not None}
            try:
                message = await self._send(invitation, group, known | {inviter.user_id: inviter}, thread_id)
            except StoodDown:
                raise  # whoever has the right to act now posts it, and asks the same people
            except Refused:
                await self.invitations.withdraw(invitation)
                raise
            chat_id = message.chat.id
            await self.invitations.posted(invitation, message.message_id, chat_id)
        first = views.mentioned_first(invitation)
        left = tuple(one for one in invitation.actively_invited if one not in first)
        if left:
            job = Job(
                key=key_of(chat_id, message_id),
                kind=Kind.INVITATION,
                chat_id=chat_id,
                thread_id=thread_id,
                group_id=group.id,
                invitation_id=invitation.id,
                left=left,
                created_at=self.clock.now(),
            )
            await self.ringer.ring(job)

    async def _send(
        self, invitation: Invitation, group: NotifyGroup, users: dict[int, KnownUser], thread_id: int | None
    ) -> Message:
        """Send it; where Telegram refuses a mention, with plain names: better read late than not at all."""
        with speaking(await self.languages.of(group.chat_id)):  # who invites may have chosen in private
            quiet = await self.hours.quiet(one for one in invitation.actively_invited if isinstance(one, int))
            try:
                view = views.invitation_message(invitation, group, users, pings=True, quiet=quiet)
                return (await self.messenger.send(group.chat_id, view, thread_id))[-1]
            except Rejected:
                log.warning("mentions refused", chat_id=group.chat_id, invitation=invitation.id)
                view = views.invitation_message(invitation, group, users, pings=False)
                return (await self.messenger.send(group.chat_id, view, thread_id))[-1]

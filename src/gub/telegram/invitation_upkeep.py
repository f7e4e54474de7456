"""Keeps the messages of invitations true, as `upkeep` does.

It also ends invitations whose time ran out, and finishes answers that were cut off.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog

from gub.clock import Clock
from gub.domain.values import Invitation
from gub.services.invitations import Invitations
from gub.services.languages import Languages
from gub.store.store import Store
from gub.telegram.messenger import Messenger
from gub.telegram.upkeep import FOR_GOOD, LOOK_EVERY, Upkeep
from gub.telegram.views.invitations import invitation_message
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)

_POSTING: Final = timedelta(minutes=5)
"""How long whoever was asked for an invitation has the time to post it; a death in between is made good sooner."""


class InvitationUpkeep(Upkeep):
    """Shows each invitation as it is. Chats do not wait for each other."""

    kind = "invitations"

    def __init__(
        self,
        store: Store,
        invitations: Invitations,
        messenger: Messenger,
        languages: Languages,
        *,
        changed: asyncio.Event,
        clock: Clock,
    ) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, clock)
        self._store = store
        self._invitations = invitations
        self._messenger = messenger
        self._languages = languages

    async def _tidy(self) -> None:
        await self._invitations.finish()
        await self._invitations.expire()

    async def _stale(self, most: int) -> Sequence[Invitation]:
        return await self._store.invitations.stale(most)

    async def _show(self, id_: str) -> None:
        """Show one as it is now, and take the mark away unless it changed meanwhile; one that is over is forgotten."""
        invitation = await self._invitations.bring_to_end(id_)
        if invitation is None or (invitation.message_id is None and self._is_being_posted(invitation)):
            return
        try:
            await self._draw(invitation)
        except FOR_GOOD as refused:
            log.info("an invitation stays as it is", chat_id=invitation.chat_id, outcome=type(refused).__name__)
        if invitation.ended is None:
            await self._store.invitations.shown(invitation.id, invitation.revision)
        elif not await self._store.invitations.delete(invitation.id):
            self._put_off(invitation.id, LOOK_EVERY)  # somebody's acceptance is still to be finished

    async def _draw(self, invitation: Invitation) -> None:
        """Edit the message; or post it anew, pinging nobody, where the old one stayed behind in a migration."""
        if invitation.chat_id is None:
            return
        group = await self._store.notifygroups.find(invitation.group_id)
        people = [*invitation.initially_invited, *invitation.actively_invited, *invitation.accepted]
        ids = {one for one in (*people, *invitation.declined, invitation.inviter_id) if isinstance(one, int)}
        users = await self._store.users.get_many(ids)
        with speaking(await self._languages.of(invitation.chat_id)):
            view = invitation_message(invitation, group, users, pings=invitation.command_id is not None)
        if invitation.message_id is not None:
            await self._messenger.edit_at(invitation.chat_id, invitation.message_id, view)
        elif invitation.ended is None:
            sent = await self._messenger.send(invitation.chat_id, view, invitation.thread_id)
            await self._store.invitations.posted(
                invitation.id, sent[-1].message_id, sent[-1].chat.id, sent_to=invitation.chat_id
            )

    def _is_being_posted(self, invitation: Invitation) -> bool:
        if invitation.ended is not None or invitation.command_id is None or invitation.created_at is None:
            return False
        return self._clock.now() - invitation.created_at < _POSTING

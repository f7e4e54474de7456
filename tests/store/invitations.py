"""People, groups and invitations of the store's tests."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from gub.clock import SystemClock
from gub.domain.values import Invitation, Joining, NotifyGroup
from gub.store.store import Store

CHAT: Final = -1001234567890123
CREATOR, ANA, BOB, CYD = 1, 2, 3, 4
NOW: Final = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


async def new_group(store: Store, name: str = "War", chat_id: int = CHAT) -> NotifyGroup:
    """Create a group."""
    return await store.notifygroups.create(chat_id, CREATOR, name, None, Joining.INVITE, None)


async def invite(
    store: Store, group: NotifyGroup, entries: Iterable[int | str], *, message_id: int | None = None
) -> Invitation:
    """Invite them, for seven days from `NOW`."""
    return await store.invitations.create(group, CREATOR, entries, None, NOW + timedelta(days=7), message_id=message_id)


async def stored(store: Store, invitation: Invitation) -> Invitation:
    """Give an invitation as it is now."""
    found = await store.invitations.get(invitation.id)
    assert found is not None
    return found


def ask() -> datetime:
    """Give the moment at which a document that was inserted just now is answered."""
    return SystemClock().now()

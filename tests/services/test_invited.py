"""Nobody is asked into a group that they are in, whichever of the two came first."""

import asyncio

import pytest

from gub.domain.invitees import entry_of
from gub.domain.limits import INVITATION_LIFETIME
from gub.domain.values import Invitation, Joining, KnownUser, NotifyGroup
from gub.services.invited import Invited
from gub.store.store import Store
from tests.support.clock import START

CHAT, MOVED = -1001, -1001234567890
ANN, BOB, CYD = 1, 2, 3


@pytest.fixture
def changed() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def invited(store: Store, changed: asyncio.Event) -> Invited:
    return Invited(store, changed)


async def war(store: Store, *members: int) -> NotifyGroup:
    group = await store.notifygroups.create(CHAT, ANN, "War", None, Joining.OPEN, None)
    for user_id in members:
        await store.notifygroups.join(group.id, CHAT, user_id)
    return group


async def ask(store: Store, group: NotifyGroup, *entries: int | str) -> Invitation:
    until = START + INVITATION_LIFETIME
    return await store.invitations.create(group, ANN, entries, None, until, message_id=None)


async def now(store: Store, group: NotifyGroup, invitation: Invitation) -> tuple[object, ...]:
    """Who is asked, who accepted, and what the group says of it."""
    found, shown = await store.notifygroups.find(group.id), await store.invitations.get(invitation.id)
    assert found is not None
    assert shown is not None
    return shown.actively_invited, shown.accepted, found.invited


async def test_who_became_a_member_while_they_were_asked_is_asked_no_more(
    store: Store, invited: Invited, changed: asyncio.Event
) -> None:
    group = await war(store, BOB)
    one = await ask(store, group, BOB, CYD)
    await invited.asked(group.id, one.initially_invited)
    assert await now(store, group, one) == ((CYD,), (BOB,), (CYD,))
    assert changed.is_set()


async def test_who_became_known_while_they_were_asked_is_asked_by_their_id(store: Store, invited: Invited) -> None:
    group = await war(store, BOB)
    one = await ask(store, group, "@bob", "@cyd", "@nobody")
    await store.users.learn([KnownUser(BOB, "Bob", username="Bob"), KnownUser(CYD, "Cyd", username="CYD")])
    await invited.asked(group.id, one.initially_invited)
    asked, accepted, of_group = await now(store, group, one)
    assert (set(asked), accepted) == ({CYD, "@nobody"}, (BOB,))  # type: ignore[call-overload]
    assert of_group == asked


async def test_a_member_who_takes_a_name_that_is_invited_is_not_asked(
    store: Store, invited: Invited, changed: asyncio.Event
) -> None:
    group = await war(store, BOB)
    one = await ask(store, group, entry_of("Free_Name"))
    await invited.asked(group.id, one.initially_invited)
    assert await now(store, group, one) == (("@free_name",), (), ("@free_name",))
    await invited.met(BOB, "Free_Name")
    assert await now(store, group, one) == ((), (BOB,), ())
    assert changed.is_set()


async def test_who_is_asked_into_a_group_deleted_meanwhile_is_asked_no_more(store: Store, invited: Invited) -> None:
    group = await war(store)
    one = await ask(store, group, BOB)
    await store.notifygroups.delete(group.id, CHAT, by=None)
    await invited.asked(group.id, one.initially_invited)
    ended = await store.invitations.get(one.id)
    assert ended is not None
    assert ended.ended == "gone"


async def test_what_is_asked_in_a_chat_that_moves_in_that_moment_comes_along(store: Store, invited: Invited) -> None:
    """The move brought the invitations over before this one was there; whoever asked still knew the old chat."""
    group = await war(store)
    await store.life.migrate(CHAT, MOVED)
    one = await ask(store, group, BOB)
    assert one.chat_id == CHAT
    await invited.asked(group.id, one.initially_invited)
    moved = await store.invitations.get(one.id)
    assert moved is not None
    assert (moved.chat_id, moved.actively_invited) == (MOVED, (BOB,))
    assert [stale.id for stale in await store.invitations.stale()] == [one.id]

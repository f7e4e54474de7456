import asyncio

import pytest

from gub.clock import Clock
from gub.domain.errors import BadDescription, BadName, GroupNotFound, NameTaken, NotAmongMembers, OnlyCreator
from gub.domain.limits import INVITATION_LIFETIME
from gub.domain.values import Ended, Invitation, Joining, KnownUser, NotifyGroup
from gub.services.group_editing import GroupEditing
from gub.services.invited import Invited
from gub.store.store import Store
from tests.support.clock import FakeClock

CHAT, ANN, BOB, CEM = -1001, 1, 2, 3


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def changed() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def editing(store: Store, changed: asyncio.Event) -> GroupEditing:
    return GroupEditing(store, Invited(store, changed))


@pytest.fixture
async def group(store: Store) -> NotifyGroup:
    """Ann's Warzone, with Bob and Cem in it."""
    await store.users.learn([KnownUser(ANN, "Ann", "A.")])
    made = await store.notifygroups.create(CHAT, ANN, "Warzone", None, Joining.OPEN, None)
    for user_id in (BOB, CEM):
        await store.notifygroups.join(made.id, CHAT, user_id)
    return await now(store, made)


async def now(store: Store, group: NotifyGroup) -> NotifyGroup:
    found = await store.notifygroups.get(group.id, CHAT)
    assert found is not None
    return found


async def an_invitation(store: Store, group: NotifyGroup, clock: Clock) -> Invitation:
    until = clock.now() + INVITATION_LIFETIME
    made = await store.invitations.create(group, ANN, ("@dee",), None, until, message_id=5)
    await store.invitations.posted(made.id, 6)
    shown = await store.invitations.get(made.id)
    assert shown is not None
    await store.invitations.shown(made.id, shown.revision)
    assert not await store.invitations.stale()
    return made


async def test_the_creator_changes_what_the_group_is(store: Store, editing: GroupEditing, group: NotifyGroup):
    assert (await editing.rename(group, ANN, " War ")).name == "War"
    assert (await editing.describe(group, ANN, "at  nine")).description == "at nine"
    assert (await editing.set_joining(group, ANN, Joining.INVITE)).joining is Joining.INVITE
    assert (await editing.remove_member(group, ANN, BOB)).members == (ANN, CEM)
    assert (await editing.describe(group, ANN, None)).description is None
    assert await now(store, group) == await editing.rename(group, ANN, "War")


async def test_nobody_else_does(store: Store, editing: GroupEditing, group: NotifyGroup):
    attempts = (
        editing.rename(group, BOB, "Bobs"),
        editing.describe(group, BOB, "mine"),
        editing.set_joining(group, BOB, Joining.HIDDEN),
        editing.remove_member(group, BOB, CEM),
    )
    for attempt in attempts:
        with pytest.raises(OnlyCreator) as caught:
            await attempt
        assert (caught.value.creator, caught.value.action) == ("Ann A.", "edit")
    assert await now(store, group) == group


async def test_what_cannot_be_is_refused(store: Store, editing: GroupEditing, group: NotifyGroup):
    await store.notifygroups.create(CHAT, BOB, "Chess", None, Joining.OPEN, None)
    with pytest.raises(BadName):
        await editing.rename(group, ANN, "a b")
    with pytest.raises(NameTaken):
        await editing.rename(group, ANN, "cHESS")
    with pytest.raises(BadDescription):
        await editing.describe(group, ANN, "\u200b")
    with pytest.raises(NotAmongMembers):
        await editing.remove_member(group, ANN, 99)
    assert (await editing.rename(group, ANN, "WARZONE")).name == "WARZONE"  # its own name is not taken


async def test_the_right_is_that_of_the_very_moment(store: Store, editing: GroupEditing, group: NotifyGroup):
    await store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN)  # after Ann's menu was checked
    for attempt in (
        editing.rename(group, ANN, "War"),
        editing.delete(group, ANN, is_admin=False),
        editing.hand_over(group, ANN, CEM, is_admin=False, creator_is_here=True),
    ):
        with pytest.raises(OnlyCreator) as caught:
            await attempt
        assert caught.value.creator != "Ann A."  # it is Bob's, whom nobody knows by name
    assert (await now(store, group)).creator_id == BOB


async def test_d30_a_group_deleted_meanwhile_is_told(store: Store, editing: GroupEditing, group: NotifyGroup):
    await store.notifygroups.delete(group.id, CHAT, by=None)
    for attempt in (
        editing.rename(group, ANN, "War"),
        editing.describe(group, ANN, None),
        editing.set_joining(group, ANN, Joining.OPEN),
        editing.remove_member(group, ANN, BOB),
        editing.hand_over(group, ANN, BOB, is_admin=False, creator_is_here=True),
        editing.delete(group, ANN, is_admin=False),
    ):
        with pytest.raises(GroupNotFound):
            await attempt


async def test_d10_who_joins_during_an_edit_stays(store: Store, editing: GroupEditing, group: NotifyGroup):
    await asyncio.gather(
        editing.rename(group, ANN, "War"),
        editing.describe(group, ANN, "evenings"),
        *(store.notifygroups.join(group.id, CHAT, user_id) for user_id in range(10, 20)),
        editing.remove_member(group, ANN, BOB),
    )
    after = await now(store, group)
    assert (after.name, after.description) == ("War", "evenings")
    assert set(after.members) == {ANN, CEM, *range(10, 20)}


async def test_changes_are_shown_on_open_invitations(
    store: Store, editing: GroupEditing, group: NotifyGroup, clock: FakeClock, changed: asyncio.Event
):
    made = await an_invitation(store, group, clock)
    for attempt in (
        editing.rename(group, ANN, "War"),
        editing.rename(group, ANN, "War"),  # again, after the process died before the invitations were told
        editing.describe(group, ANN, "evenings"),
        editing.set_joining(group, ANN, Joining.INVITE),
    ):
        changed.clear()
        await attempt
        (stale,) = await store.invitations.stale()
        assert stale.id == made.id
        assert changed.is_set()
        await store.invitations.shown(made.id, stale.revision)


async def test_d32_the_creator_hands_over(store: Store, editing: GroupEditing, group: NotifyGroup):
    after = await editing.hand_over(group, ANN, BOB, is_admin=False, creator_is_here=True)
    assert after.creator_id == BOB
    assert after.members == group.members
    with pytest.raises(OnlyCreator):
        await editing.rename(after, ANN, "War")
    assert (await editing.rename(after, BOB, "War")).name == "War"
    assert (await now(store, group)).creator_id == BOB


async def test_d32_an_admin_hands_over_what_its_creator_left_behind(editing: GroupEditing, group: NotifyGroup):
    with pytest.raises(OnlyCreator) as caught:
        await editing.hand_over(group, CEM, BOB, is_admin=True, creator_is_here=True)
    assert caught.value.action == "hand_over"
    with pytest.raises(OnlyCreator):
        await editing.hand_over(group, CEM, BOB, is_admin=False, creator_is_here=False)
    assert (await editing.hand_over(group, CEM, BOB, is_admin=True, creator_is_here=False)).creator_id == BOB


async def test_nobody_but_a_member_is_handed_a_group(store: Store, editing: GroupEditing, group: NotifyGroup):
    with pytest.raises(NotAmongMembers):
        await editing.hand_over(group, ANN, 99, is_admin=False, creator_is_here=True)
    await store.notifygroups.leave(group.id, CHAT, BOB)
    with pytest.raises(NotAmongMembers):
        await editing.hand_over(group, ANN, BOB, is_admin=False, creator_is_here=True)


async def test_of_two_who_hand_over_at_once_one_does(store: Store, editing: GroupEditing, group: NotifyGroup):
    outcomes = await asyncio.gather(
        editing.hand_over(group, ANN, BOB, is_admin=False, creator_is_here=True),
        editing.hand_over(group, 98, CEM, is_admin=True, creator_is_here=False),
        return_exceptions=True,
    )
    assert sum(isinstance(one, OnlyCreator) for one in outcomes) == 1
    (won,) = (one for one in outcomes if isinstance(one, NotifyGroup))
    assert (await now(store, group)).creator_id == won.creator_id


async def test_d29_the_creator_and_admins_delete(store: Store, editing: GroupEditing, group: NotifyGroup):
    with pytest.raises(OnlyCreator) as caught:
        await editing.delete(group, BOB, is_admin=False)
    assert caught.value.action == "delete"
    assert await now(store, group) == group
    await editing.delete(group, ANN, is_admin=False)
    other = await store.notifygroups.create(CHAT, ANN, "Chess", None, Joining.OPEN, None)
    await editing.delete(other, BOB, is_admin=True)
    assert not await store.notifygroups.of_chat(CHAT)


async def test_of_two_admins_who_delete_at_once_one_is_told_that_it_is_gone(
    store: Store, editing: GroupEditing, group: NotifyGroup
):
    outcomes = await asyncio.gather(
        *(editing.delete(group, user_id, is_admin=True) for user_id in (BOB, CEM)), return_exceptions=True
    )
    assert sorted(map(type, outcomes), key=str) == sorted((type(None), GroupNotFound), key=str)
    assert not await store.notifygroups.of_chat(CHAT)


async def test_with_the_group_its_invitations_end(
    store: Store, editing: GroupEditing, group: NotifyGroup, clock: FakeClock
):
    made = await an_invitation(store, group, clock)
    await editing.delete(group, ANN, is_admin=False)
    after = await store.invitations.get(made.id)
    assert after is not None
    assert after.ended is Ended.GONE


async def test_a_deletion_handled_again_ends_the_invitations(
    store: Store, editing: GroupEditing, group: NotifyGroup, clock: FakeClock
):
    made = await an_invitation(store, group, clock)
    await store.notifygroups.delete(group.id, CHAT, by=ANN)  # and then the process died
    with pytest.raises(GroupNotFound):
        await editing.delete(group, ANN, is_admin=False)
    after = await store.invitations.get(made.id)
    assert after is not None
    assert after.ended is Ended.GONE


async def test_invitations_are_looked_at_again_even_if_a_deletion_is_cut_off(
    store: Store,
    editing: GroupEditing,
    group: NotifyGroup,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
):
    made = await an_invitation(store, group, clock)

    async def dies(_self: Invited, _group_id: str) -> None:
        raise ConnectionError

    monkeypatch.setattr(Invited, "group_gone", dies)
    with pytest.raises(ConnectionError):
        await editing.delete(group, ANN, is_admin=False)
    assert [one.id for one in await store.invitations.stale()] == [made.id]

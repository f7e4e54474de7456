import asyncio
from datetime import timedelta

import pytest

from gub.domain.errors import (
    BadDescription,
    BadName,
    GroupNotFound,
    InviteOnly,
    LimitReached,
    NameTaken,
    NotAmongMembers,
)
from gub.domain.limits import DESCRIPTION_UNITS, GROUP_MEMBERS, INVITATION_LIFETIME
from gub.domain.mutes import MuteFor, is_muted
from gub.domain.values import Joining, KnownUser
from gub.services.groups import Groups
from gub.services.invited import Invited
from gub.store.notifygroups import JoinResult, NotifyGroups
from gub.store.store import Store
from tests.support.clock import FakeClock

CHAT, ANN, BOB, CEM = -1001, 1, 2, 3


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def groups(store: Store, clock: FakeClock) -> Groups:
    return Groups(store, Invited(store, asyncio.Event()), clock)


async def test_the_creator_is_the_first_member_and_anyone_may_join(groups: Groups):
    group = await groups.create(CHAT, ANN, "Warzone", "  evenings \n", 7)
    assert (group.members, group.joining, group.description, group.thread_id) == ((ANN,), Joining.OPEN, "evenings", 7)
    joined = await groups.join(group, BOB)
    assert joined.changed
    assert joined.group.members == (ANN, BOB)
    assert not (await groups.join(group, BOB)).changed
    left = await groups.leave(group, BOB)
    assert left.changed
    assert left.group.members == (ANN,)
    assert not (await groups.leave(group, BOB)).changed


async def test_the_creator_who_left_a_closed_group_comes_back(groups: Groups, store: Store):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    await store.notifygroups.set_joining(group.id, CHAT, Joining.INVITE, by=ANN)
    assert (await groups.leave(group, ANN)).changed
    with pytest.raises(InviteOnly):
        await groups.join(group, BOB)
    assert (await groups.join(group, ANN)).group.members == (ANN,)


async def test_a_command_that_is_handled_again_gives_the_same_group(groups: Groups):
    first = await groups.create(CHAT, ANN, "Warzone", None, None, message_id=7)
    assert await groups.create(CHAT, ANN, "Warzone", None, None, message_id=7) == first
    with pytest.raises(NameTaken):
        await groups.create(CHAT, ANN, "Warzone", None, None, message_id=8)


async def test_d23_a_description_is_kept_as_it_is_seen(groups: Groups):
    group = await groups.create(CHAT, ANN, "Warzone", " a\u202e  b \n\n c\x00 ", None)
    assert group.description == "a b\nc"
    assert (await groups.create(CHAT, ANN, "Blank", " \n ", None)).description is None
    for bad in ("\u200b", "🎮" * DESCRIPTION_UNITS):
        with pytest.raises(BadDescription):
            await groups.create(CHAT, ANN, "Chess", bad, None)
    assert [group.name for group in await groups.of_chat(CHAT)] == ["Blank", "Warzone"]


async def test_d26_of_many_of_one_name_at_once_one_is_made(store: Store, groups: Groups):
    names = ["War", "war", "WAR", "wAr"] * 3
    made = await asyncio.gather(*(groups.create(CHAT, ANN, name, None, None) for name in names), return_exceptions=True)
    assert sum(isinstance(one, NameTaken) for one in made) == len(names) - 1
    assert len(await store.notifygroups.of_chat(CHAT)) == 1


async def test_a_decomposed_name_finds_the_composed(groups: Groups):
    made = await groups.create(CHAT, ANN, "e\u0301quipe", None, None)
    assert (await groups.by_name(CHAT, "e\u0301quipe")).id == made.id
    assert (await groups.by_name(CHAT, "ÉQUIPE")).id == made.id


async def test_d13_a_typed_name_is_no_pattern_and_no_operator(groups: Groups):
    await groups.create(CHAT, ANN, "Warzone", None, None)
    for name in (".*", "(", "$ne", '{"$ne": 1}', "\x00", "x" * 5000):
        with pytest.raises(GroupNotFound):
            await groups.by_name(CHAT, name)


async def test_a_group_belongs_to_its_chat(groups: Groups):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    assert (await groups.by_id(CHAT, group.id)).name == "Warzone"
    for chat, group_id in ((-1002, group.id), (CHAT, "nonsense"), (CHAT, "0" * 24), (CHAT, "")):
        with pytest.raises(GroupNotFound):
            await groups.by_id(chat, group_id)


async def test_names_are_judged(groups: Groups):
    for name in ("", "a b", "\u200b", "x" * 33):
        with pytest.raises(BadName):
            await groups.create(CHAT, ANN, name, None, None)


async def no_room(*_: object) -> JoinResult:
    return JoinResult.FULL


async def test_who_may_not_come_in_is_told_why(store: Store, groups: Groups, monkeypatch: pytest.MonkeyPatch):
    closed = await store.notifygroups.create(CHAT, ANN, "Closed", None, Joining.INVITE, None)
    with pytest.raises(InviteOnly):
        await groups.join(closed, BOB)
    full = await groups.create(CHAT, ANN, "Full", None, None)
    with monkeypatch.context() as patched:
        patched.setattr(NotifyGroups, "join", no_room)
        with pytest.raises(LimitReached) as caught:
            await groups.join(full, BOB)
    assert caught.value.limit == GROUP_MEMBERS
    await store.life.purge(CHAT)
    with pytest.raises(GroupNotFound):
        await groups.join(full, BOB)
    with pytest.raises(GroupNotFound):
        await groups.leave(full, BOB)


async def test_a_group_is_made_once_for_an_id_given_beforehand(groups: Groups):
    known = groups.new_id()
    made = await groups.create(CHAT, ANN, "Warzone", None, None, joining=Joining.HIDDEN, id=known)
    again = await groups.create(CHAT, ANN, "Warzone", None, None, joining=Joining.HIDDEN, id=known)
    assert (made.id, made.joining) == (known, Joining.HIDDEN)
    assert again == made


async def test_a_name_is_judged_before_the_group_is_made(groups: Groups):
    await groups.create(CHAT, ANN, "Warzone", None, None)
    assert await groups.check_name(CHAT, " Chess\n") == "Chess"
    assert await groups.check_name(-1002, "Warzone") == "Warzone"
    with pytest.raises(NameTaken):
        await groups.check_name(CHAT, "wARZONE")
    with pytest.raises(BadName) as caught:
        await groups.check_name(CHAT, "war zone")
    assert caught.value.suggestion == "war_zone"


async def test_a_hidden_group_is_found_by_whom_it_concerns(store: Store, groups: Groups):
    hidden = await groups.create(CHAT, ANN, "Secret", None, None, joining=Joining.HIDDEN)
    await store.notifygroups.join(hidden.id, CHAT, BOB, only_open=False)
    for user_id in (ANN, BOB, None):
        assert (await groups.by_name(CHAT, "secret", user_id)).id == hidden.id
        assert (await groups.by_id(CHAT, hidden.id, user_id)).id == hidden.id
    with pytest.raises(GroupNotFound) as caught:
        await groups.by_name(CHAT, "secret", CEM)
    assert caught.value.name == "secret"  # as it was typed: the stored spelling would give it away
    with pytest.raises(GroupNotFound):
        await groups.by_id(CHAT, hidden.id, CEM)


async def test_a_group_is_found_from_wherever_its_id_is_known(groups: Groups):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    assert await groups.anywhere(group.id) == group
    for nonsense in ("", "nonsense", "0" * 24):
        with pytest.raises(GroupNotFound):
            await groups.anywhere(nonsense)


async def test_joining_answers_the_open_invitations(store: Store, groups: Groups, clock: FakeClock):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    await store.users.learn([KnownUser(BOB, "Bob", username="Bobby")])
    made = await store.invitations.create(
        group, ANN, (BOB, "@cem"), None, clock.now() + INVITATION_LIFETIME, message_id=5
    )
    await store.invited.refresh(group.id)
    assert (await groups.by_id(CHAT, group.id)).invited == (BOB, "@cem")
    joined = await groups.join(group, BOB)
    assert joined.group.invited == ("@cem",)
    now = await store.invitations.get(made.id)
    assert now is not None
    assert (now.actively_invited, now.accepted) == (("@cem",), (BOB,))


async def test_joining_again_does_what_a_death_left_to_do(store: Store, groups: Groups, clock: FakeClock):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    await store.invitations.create(group, ANN, (BOB,), None, clock.now() + INVITATION_LIFETIME, message_id=5)
    await store.invited.refresh(group.id)
    await store.notifygroups.join(group.id, CHAT, BOB)  # and then the process died
    again = await groups.join(group, BOB)
    assert not again.changed
    assert again.group.invited == ()


async def test_d21_a_member_mutes_and_unmutes(groups: Groups, clock: FakeClock):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    muted = await groups.mute(group, ANN, MuteFor.HOUR)
    assert is_muted(muted, ANN, clock.now())
    assert not is_muted(muted, ANN, clock.now() + timedelta(hours=1))
    muted = await groups.mute(group, ANN, MuteFor.GOOD)
    assert is_muted(muted, ANN, clock.now() + timedelta(days=999))
    assert not is_muted(await groups.unmute(group, ANN), ANN, clock.now())
    assert not is_muted(await groups.unmute(group, ANN), ANN, clock.now())


async def test_only_members_mute(store: Store, groups: Groups):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    with pytest.raises(NotAmongMembers):
        await groups.mute(group, BOB, MuteFor.GOOD)
    with pytest.raises(NotAmongMembers):
        await groups.unmute(group, BOB)
    await store.life.purge(CHAT)
    with pytest.raises(GroupNotFound):
        await groups.mute(group, ANN, MuteFor.GOOD)


async def test_a_mute_ends_with_the_membership(groups: Groups):
    group = await groups.create(CHAT, ANN, "Warzone", None, None)
    await groups.join(group, BOB)
    await groups.mute(group, BOB, MuteFor.GOOD)
    await groups.leave(group, BOB)
    assert (await groups.join(group, BOB)).group.mutes == {}

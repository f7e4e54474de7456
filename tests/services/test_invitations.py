"""Invitations as the service decides them, on a real store."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from gub.domain.errors import (
    AlreadyAnswered,
    AskedTooOften,
    InvitationOver,
    LimitReached,
    NotInvited,
    OnlyCreator,
    TooManyAtOnce,
)
from gub.domain.limits import GROUP_MEMBERS, INVITATION_LIFETIME, INVITATIONS, INVITED_AT_ONCE
from gub.domain.values import Ended, Invitation, Joining, KnownUser, NotifyGroup
from gub.services.invitations import Invitations, Outcome
from gub.services.invited import Invited
from gub.services.invitees import Candidate, Seen
from gub.store.store import Store, open_store
from gub.store.vault import Vault
from tests.support.clock import FakeClock

CHAT = -1001
ANN, BEA, CEM, DEE = (KnownUser(number, name) for number, name in enumerate(("Ann", "Bea", "Cem", "Dee"), start=1))


@dataclass
class Scene:
    """A chat with a group of Ann's."""

    store: Store
    clock: FakeClock
    changed: asyncio.Event
    invited: Invited
    invitations: Invitations
    group: NotifyGroup
    commands: int = 0

    async def invite(self, *entries: int | str, by: KnownUser = ANN, here: bool = True) -> Outcome:
        async def look(_: int) -> Seen:
            return Seen(here)

        self.commands += 1
        return await self.invitations.invite(
            await self.now(),
            by.user_id,
            [Candidate(entry) for entry in entries],
            look=look,
            thread_id=None,
            message_id=self.commands,
        )

    async def invitation(self, *entries: int | str) -> Invitation:
        made = (await self.invite(*entries)).invitation
        assert made is not None
        return made

    async def now(self) -> NotifyGroup:
        group = await self.store.notifygroups.find(self.group.id)
        assert group is not None
        return group


@pytest.fixture
async def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def scene(mongo_uri: str, database_name: str, clock: FakeClock) -> AsyncIterator[Scene]:
    store = await open_store(mongo_uri, database_name, clock=clock, vault=Vault.open_())
    await store.users.learn([ANN, BEA, CEM, DEE])
    group = await store.notifygroups.create(CHAT, 1, "Warzone", None, Joining.INVITE, None)
    changed = asyncio.Event()
    invited = Invited(store, changed)
    yield Scene(store, clock, changed, invited, Invitations(store, invited, clock), group)
    await store.close()


async def test_who_accepts_is_a_member_and_who_declines_is_not(scene: Scene):
    made = await scene.invitation(2, 3)
    assert (await scene.now()).invited == (2, 3)
    assert made.expires_at == scene.clock.now() + INVITATION_LIFETIME
    scene.changed.clear()
    assert (await scene.invitations.accept(made.id, CHAT, BEA)).group.members == (1, 2)
    assert scene.changed.is_set()
    await scene.invitations.decline(made.id, CHAT, CEM)
    group = await scene.now()
    assert (group.members, group.invited) == ((1, 2), ())
    ended = await scene.store.invitations.get(made.id)
    assert ended is not None
    assert (ended.ended, ended.accepted, ended.declined) == (Ended.ANSWERED, (2,), (3,))
    assert await scene.store.invitations.unfinished_of(made.id) == ()


async def test_an_answer_counts_once(scene: Scene):
    made = await scene.invitation(2, 3)
    await scene.invitations.accept(made.id, CHAT, BEA)
    with pytest.raises(AlreadyAnswered) as again:
        await scene.invitations.accept(made.id, CHAT, BEA)
    assert (again.value.accepted, again.value.name) == (True, "Warzone")
    with pytest.raises(AlreadyAnswered):
        await scene.invitations.decline(made.id, CHAT, BEA)
    assert (await scene.now()).members == (1, 2)


async def test_only_the_invited_answer(scene: Scene):
    made = await scene.invitation(2)
    for answer in (scene.invitations.accept, scene.invitations.decline):
        with pytest.raises(NotInvited):
            await answer(made.id, CHAT, CEM)
    assert (await scene.now()).members == (1,)


async def test_an_answer_from_another_chat_or_to_nothing_is_none(scene: Scene):
    made = await scene.invitation(2)
    for id_, chat_id in ((made.id, -5), ("0" * 24, CHAT), ("nonsense", CHAT)):
        with pytest.raises(InvitationOver):
            await scene.invitations.accept(id_, chat_id, BEA)
    assert (await scene.now()).members == (1,)


async def test_only_the_creator_invites_and_revokes(scene: Scene):
    with pytest.raises(OnlyCreator) as refused:
        await scene.invite(3, by=BEA)
    assert (refused.value.creator, refused.value.action) == ("Ann", "invite")
    made = await scene.invitation(2)
    with pytest.raises(OnlyCreator) as refused:
        await scene.invitations.revoke(made.id, CHAT, 2)
    assert refused.value.action == "revoke"


async def test_d4_whoever_was_revoked_is_not_invited_any_more(scene: Scene):
    made, other = await scene.invitation(2, 3), await scene.invitation(3)
    await scene.invitations.revoke(made.id, CHAT, 1)
    assert (await scene.now()).invited == (3,)
    with pytest.raises(InvitationOver) as over:
        await scene.invitations.accept(made.id, CHAT, BEA)
    assert over.value.why == Ended.REVOKED
    with pytest.raises(NotInvited):
        await scene.invitations.accept(other.id, CHAT, BEA)
    with pytest.raises(InvitationOver):
        await scene.invitations.revoke(made.id, CHAT, 1)


async def test_d5_usernames_in_any_case_are_the_same_and_known_ones_are_ids(scene: Scene):
    await scene.store.users.learn([KnownUser(7, "Eve", username="Eve_Plays")])
    outcome = await scene.invite("@EVE_plays", 7, "@New_One", "@NEW_one")
    assert [one.entry for one in outcome.asked] == [7, "@new_one"]
    assert outcome.invitation is not None
    await scene.invitations.accept(outcome.invitation.id, CHAT, KnownUser(8, "New", username="NEW_ONE"))
    assert (await scene.now()).members == (1, 8)
    assert (await scene.now()).invited == (7,)


async def test_a_username_that_becomes_known_is_an_id_from_then_on(scene: Scene):
    made = await scene.invitation("@new_one", 2)
    await scene.invited.met(8, "New_One")
    assert set((await scene.now()).invited) == {8, 2}
    await scene.store.users.learn([KnownUser(8, "New", username="other_name")])
    assert (await scene.invitations.accept(made.id, CHAT, KnownUser(8, "New"))).group.members == (1, 8)


async def test_d8_bots_members_and_who_is_not_there_are_told_apart_and_not_asked(scene: Scene):
    await scene.store.users.learn([KnownUser(9, "Robo", username="robo", is_bot=True)])
    outcome = await scene.invite("@some_bot", 9, 1, "@unknown", 2, here=False)
    left = outcome.left_out
    assert [one.entry for one in left.bots] == ["@some_bot", 9]
    assert [one.entry for one in left.members] == [1]
    assert [one.entry for one in left.absent] == [2]
    assert [one.entry for one in outcome.asked] == ["@unknown"]
    nobody = await scene.invite(9, 1)
    assert nobody.invitation is None
    assert (await scene.now()).invited == ("@unknown",)


async def test_people_chosen_from_a_list_are_known_by_name_from_then_on(scene: Scene):
    candidate = Candidate(20, KnownUser(20, "Chosen"))

    async def look(_: int) -> Seen:
        return Seen(here=True)

    await scene.invitations.invite(scene.group, 1, [candidate], look=look, thread_id=None, message_id=-5)
    assert (await scene.store.users.get_many([20]))[20].first_name == "Chosen"


async def test_so_many_at_once_and_so_often_and_no_more(scene: Scene):
    with pytest.raises(TooManyAtOnce):
        await scene.invite(*range(100, 100 + INVITED_AT_ONCE + 1))
    assert len((await scene.invite(*range(100, 100 + INVITED_AT_ONCE))).asked) == INVITED_AT_ONCE
    for _ in range(INVITATIONS - 1):
        await scene.invite(2)
    with pytest.raises(AskedTooOften) as often:
        await scene.invite(2)
    assert often.value.what == "invitations"


async def test_the_same_command_makes_one_invitation(scene: Scene):
    first = await scene.invitation(2, 3)
    await scene.invitations.posted(first, 77, CHAT)
    await scene.invitations.accept(first.id, CHAT, BEA)
    scene.commands -= 1
    again = (await scene.invite(2, 3)).invitation
    assert again is not None
    assert (again.id, again.message_id, again.actively_invited) == (first.id, 77, (3,))


async def test_who_finds_no_room_is_still_asked(scene: Scene):
    made = await scene.invitation(2)
    crowd = range(1000, 1000 + GROUP_MEMBERS - 1)
    for user_id in crowd:
        await scene.store.notifygroups.join(scene.group.id, CHAT, user_id, only_open=False)
    with pytest.raises(LimitReached):
        await scene.invitations.accept(made.id, CHAT, BEA)
    assert (await scene.now()).invited == (2,)
    await scene.store.notifygroups.leave(scene.group.id, CHAT, crowd[0])
    assert 2 in (await scene.invitations.accept(made.id, CHAT, BEA)).group.members


async def test_who_joins_by_another_way_has_answered_everywhere(scene: Scene):
    await scene.store.users.learn([KnownUser(7, "Eve", username="eve")])
    one, two = await scene.invitation(2), await scene.invitation(2, 3)
    await scene.store.notifygroups.join(scene.group.id, CHAT, 2, only_open=False)
    await scene.invited.joined(await scene.now(), 2)
    assert (await scene.now()).invited == (3,)
    shown = [await scene.store.invitations.get(made.id) for made in (one, two)]
    assert [made.accepted for made in shown if made] == [(2,), (2,)]
    settled = await scene.invitations.bring_to_end(one.id)
    assert settled is not None
    assert settled.ended is Ended.ANSWERED


async def test_who_left_the_chat_is_asked_no_more(scene: Scene):
    made = await scene.invitation(2, 3, "@gone")
    await scene.invited.left_chat(CHAT, BEA)
    await scene.invited.left_chat(CHAT, KnownUser(30, "G", username="Gone"))
    now = await scene.store.invitations.get(made.id)
    assert now is not None
    assert (now.actively_invited, now.accepted, now.declined) == ((3,), (), ())
    assert (await scene.now()).invited == (3,)


async def test_what_was_left_of_leaving_the_chat_is_done_when_it_is_handled_again(scene: Scene):
    await scene.invitation(2, 3)
    await scene.store.invitations.forget(CHAT, [2])
    assert (await scene.now()).invited == (2, 3), "the process died here"
    await scene.invited.left_chat(CHAT, BEA)
    assert (await scene.now()).invited == (3,)


async def test_its_time_runs_out(scene: Scene):
    made = await scene.invitation(2)
    await scene.clock.advance(INVITATION_LIFETIME.total_seconds() - 1)
    assert await scene.invitations.expire() == []
    await scene.clock.advance(1)
    with pytest.raises(InvitationOver) as over:
        await scene.invitations.accept(made.id, CHAT, BEA)
    assert over.value.why == Ended.EXPIRED
    assert [one.id for one in await scene.invitations.expire()] == [made.id]
    assert (await scene.now()).invited == ()


async def test_a_group_that_is_gone_ends_it(scene: Scene):
    one, two = await scene.invitation(2), await scene.invitation(3)
    await scene.store.notifygroups.delete(scene.group.id, CHAT, by=1)
    with pytest.raises(InvitationOver) as over:
        await scene.invitations.accept(one.id, CHAT, BEA)
    assert over.value.why == Ended.GONE
    with pytest.raises(InvitationOver) as over:
        await scene.invitations.decline(two.id, CHAT, CEM)
    assert over.value.why == Ended.GONE
    now = await scene.store.invitations.get(two.id)
    assert now is not None
    assert now.ended is Ended.GONE


@pytest.mark.parametrize("joined", [False, True])
async def test_an_acceptance_that_was_cut_off_is_finished_by_the_same_tap_or_at_the_start(
    scene: Scene, *, joined: bool
):
    made = await scene.invitation(2, 3)
    for user in (BEA, CEM):
        await scene.store.invitations.accept(made.id, [user.user_id], user.user_id, scene.clock.now())
        if joined:
            await scene.store.notifygroups.join(scene.group.id, CHAT, user.user_id, only_open=False)
    answer = await scene.invitations.accept(made.id, CHAT, BEA)
    assert 2 in answer.group.members
    await scene.invitations.finish()
    group = await scene.now()
    assert (sorted(group.members), group.invited) == ([1, 2, 3], ())
    assert await scene.store.invitations.all_unfinished() == []


async def test_who_accepted_and_left_is_not_brought_back(scene: Scene):
    made = await scene.invitation(2, 3)
    await scene.invitations.accept(made.id, CHAT, BEA)
    await scene.store.notifygroups.leave(scene.group.id, CHAT, 2)
    with pytest.raises(AlreadyAnswered):
        await scene.invitations.accept(made.id, CHAT, BEA)
    await scene.invitations.finish()
    assert (await scene.now()).members == (1,)


async def test_after_a_migration_the_old_buttons_still_count(scene: Scene):
    made = await scene.invitation(2)
    await scene.store.life.migrate(CHAT, -1002)
    answer = await scene.invitations.accept(made.id, CHAT, BEA)
    assert (answer.group.chat_id, answer.group.members) == (-1002, (1, 2))


async def test_of_two_answers_at_once_one_counts_and_the_group_agrees(scene: Scene):
    made = await scene.invitation(2, 3)
    answers = [scene.invitations.accept(made.id, CHAT, BEA), scene.invitations.decline(made.id, CHAT, BEA)]
    results = await asyncio.gather(*answers, return_exceptions=True)
    now, group = await scene.store.invitations.get(made.id), await scene.now()
    assert now is not None
    assert sum(isinstance(result, AlreadyAnswered) for result in results) == 1
    assert (2 in now.accepted) != (2 in now.declined)
    assert (2 in group.members) == (2 in now.accepted)
    assert group.invited == (3,)


async def test_all_answer_and_one_revokes_at_once(scene: Scene):
    people = [KnownUser(number, f"P{number}") for number in range(100, 120)]
    made = await scene.invitation(*(one.user_id for one in people))
    await asyncio.gather(
        *(scene.invitations.accept(made.id, CHAT, one) for one in people),
        scene.invitations.revoke(made.id, CHAT, 1),
        return_exceptions=True,
    )
    now, group = await scene.store.invitations.get(made.id), await scene.now()
    assert now is not None
    assert now.ended is not None
    assert set(group.members) == {1, *now.accepted}
    assert group.invited == ()


async def test_what_could_not_be_posted_asks_nobody(scene: Scene):
    made = await scene.invitation(2)
    await scene.invitations.withdraw(made)
    assert (await scene.now()).invited == ()
    assert await scene.invitations.of_group(scene.group) == []


async def test_a_chat_chooses_how_long_they_wait(scene: Scene, mongo_uri: str, database_name: str):
    from gub.store.mongo import connect  # noqa: PLC0415 - here alone

    client = connect(mongo_uri)
    await client[database_name].chats.insert_one({"chat_id": CHAT, "settings": {"invitation_days": 2}})
    await client.close()
    assert (await scene.invitation(2)).expires_at == scene.clock.now() + timedelta(days=2)

"""Invitations: who is asked, who answered, how they end, and how they follow people who join, leave or become known."""

from contextlib import suppress
from datetime import timedelta

import pytest
from bson import ObjectId

from gub.clock import SystemClock
from gub.domain.invitees import entries_of
from gub.domain.values import Ended
from gub.store.documents import Database
from gub.store.invitations import DecisionResult, Invitations
from gub.store.store import Store
from tests.store.crashing import Crash, Crashing
from tests.store.invitations import ANA, BOB, CHAT, CREATOR, CYD, NOW, invite, new_group, stored

LATER = NOW + timedelta(minutes=5)


async def test_an_invitation_is_given_as_it_is_stored(store: Store) -> None:
    group = await new_group(store)
    made = await store.invitations.create(
        group, CREATOR, [BOB, "@CYD", "@cyd", BOB], 4, NOW + timedelta(days=7), message_id=70
    )
    assert made == await store.invitations.get(made.id)
    assert (made.initially_invited, made.actively_invited) == ((BOB, "@cyd"), (BOB, "@cyd"))
    assert (made.group_id, made.group_name, made.chat_id, made.inviter_id) == (group.id, "War", CHAT, CREATOR)
    assert (made.thread_id, made.message_id, made.ended, made.revision) == (4, None, None, 0)
    assert made.is_open
    assert await store.invitations.stale() == []


async def test_the_same_command_gives_the_same_invitation(store: Store) -> None:
    group = await new_group(store)
    first = await invite(store, group, [BOB], message_id=70)
    assert await invite(store, group, [CYD], message_id=70) == first
    assert (await invite(store, group, [BOB], message_id=71)).id != first.id
    assert (await invite(store, group, [BOB])).id != (await invite(store, group, [BOB])).id
    elsewhere = await new_group(store, chat_id=CHAT - 1)
    assert (await invite(store, elsewhere, [BOB], message_id=70)).id != first.id


async def test_the_message_that_shows_it_is_noted_in_its_chat_only(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [BOB])
    assert await store.invitations.posted(invitation.id, 80, CHAT)
    assert not await store.invitations.posted(invitation.id, 90, CHAT - 1), "it moved meanwhile"
    assert (await stored(store, invitation)).message_id == 80
    assert await store.invitations.posted(invitation.id, 81)
    assert not await store.invitations.posted(str(ObjectId()), 81)


async def test_a_message_that_was_sent_after_the_chat_moved_takes_the_invitation_along(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [BOB])
    assert await store.invitations.posted(invitation.id, 80, CHAT - 1, sent_to=CHAT)
    assert (now := await stored(store, invitation)).message_id == 80
    assert now.chat_id == CHAT - 1
    assert not await store.invitations.posted(invitation.id, 90, CHAT, sent_to=CHAT), "a message of the old chat"


async def test_accepting_and_declining(store: Store) -> None:
    group = await new_group(store)
    invitation = await invite(store, group, [ANA, BOB, CYD])
    yes = await store.invitations.accept(invitation.id, [ANA, "@ana"], ANA, LATER)
    no = await store.invitations.decline(invitation.id, [BOB], BOB, LATER)
    assert (yes.result, no.result) == (DecisionResult.TAKEN, DecisionResult.TAKEN)
    after = await stored(store, invitation)
    assert no.invitation == after
    assert (after.accepted, after.declined, after.actively_invited) == ((ANA,), (BOB,), (CYD,))
    assert after.initially_invited == (ANA, BOB, CYD)
    assert after.revision == 2
    assert await store.invitations.unfinished_of(invitation.id) == (ANA,)
    assert [each.id for each in await store.invitations.all_unfinished()] == [invitation.id]
    assert [each.id for each in await store.invitations.stale()] == [invitation.id]


async def test_an_answer_counts_once_and_a_stranger_changes_nothing(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA, BOB, CYD])
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    await store.invitations.decline(invitation.id, [BOB], BOB, LATER)
    before = await stored(store, invitation)
    for answer in (store.invitations.accept, store.invitations.decline):
        for user, expected in (
            (ANA, DecisionResult.ALREADY_ACCEPTED),
            (BOB, DecisionResult.ALREADY_DECLINED),
            (99, DecisionResult.NOT_INVITED),
        ):
            decision = await answer(invitation.id, [user], user, LATER)
            assert (decision.result, decision.invitation) == (expected, before)
    assert await stored(store, invitation) == before


@pytest.mark.parametrize("id_", ["", "nonsense", "f" * 24])
async def test_an_invitation_that_there_is_not(store: Store, id_: str) -> None:
    decision = await store.invitations.accept(id_, [ANA], ANA, NOW)
    assert (decision.result, decision.invitation) == (DecisionResult.OVER, None)
    assert await store.invitations.get(id_) is None
    assert await store.invitations.unfinished_of(id_) == ()
    assert not await store.invitations.end(id_, Ended.REVOKED)
    assert not await store.invitations.give_back(id_, ANA)
    assert not await store.invitations.delete(id_)
    assert not await store.invitations.shown(id_, 0)
    await store.invitations.finished(id_, ANA)
    await store.invited.refresh(id_)


@pytest.mark.parametrize("why", [Ended.REVOKED, Ended.EXPIRED, Ended.GONE])
async def test_an_ended_one_takes_no_answer_and_ends_once(store: Store, why: Ended) -> None:
    invitation = await invite(store, await new_group(store), [ANA, BOB])
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    assert await store.invitations.end(invitation.id, why)
    assert not await store.invitations.end(invitation.id, Ended.REVOKED)
    assert (await stored(store, invitation)).ended is why
    late = await store.invitations.accept(invitation.id, [BOB], BOB, LATER)
    again = await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    assert (late.result, again.result) == (DecisionResult.OVER, DecisionResult.ALREADY_ACCEPTED)
    assert await store.invitations.of_group(invitation.group_id) == []


async def test_it_is_answered_when_nobody_is_asked_and_all_who_accepted_are_in(store: Store) -> None:
    """One for whom there is no room is asked again: until that is known, it has not ended."""
    invitation = await invite(store, await new_group(store), [ANA, BOB])
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    assert not await store.invitations.end(invitation.id, Ended.ANSWERED), "Bob is asked"
    await store.invitations.decline(invitation.id, [BOB], BOB, LATER)
    assert not await store.invitations.end(invitation.id, Ended.ANSWERED), "Ana is not in"
    await store.invitations.finished(invitation.id, ANA)
    assert await store.invitations.end(invitation.id, Ended.ANSWERED)


async def test_who_finds_no_room_is_asked_again(store: Store) -> None:
    invitation = await invite(store, await new_group(store), ["@ana", BOB])
    await store.invitations.accept(invitation.id, entries_of(ANA, "Ana"), ANA, LATER)
    assert await store.invitations.give_back(invitation.id, ANA)
    assert not await store.invitations.give_back(invitation.id, ANA), "once"
    after = await stored(store, invitation)
    assert (after.accepted, set(after.actively_invited), after.revision) == ((), {ANA, BOB}, 2)
    assert await store.invitations.unfinished_of(invitation.id) == ()
    again = await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    assert again.result is DecisionResult.TAKEN


async def test_no_room_after_the_end_asks_nobody(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA])
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    await store.invitations.end(invitation.id, Ended.REVOKED)
    assert await store.invitations.give_back(invitation.id, ANA)
    after = await stored(store, invitation)
    assert (after.accepted, after.actively_invited) == ((), ())


async def test_a_finished_acceptance_is_not_given_back(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA, BOB])
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    await store.invitations.finished(invitation.id, ANA)
    assert not await store.invitations.give_back(invitation.id, ANA)
    assert (await stored(store, invitation)).accepted == (ANA,)


async def test_only_what_is_over_and_done_is_deleted(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA])
    assert not await store.invitations.delete(invitation.id)
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    await store.invitations.end(invitation.id, Ended.GONE)
    assert not await store.invitations.delete(invitation.id)
    await store.invitations.finished(invitation.id, ANA)
    assert await store.invitations.delete(invitation.id)
    assert await store.invitations.get(invitation.id) is None


async def test_what_is_shown_is_noted_unless_it_changed_meanwhile(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA, BOB])
    assert await store.invitations.shown(invitation.id, 0)
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    (seen,) = await store.invitations.stale()
    await store.invitations.decline(invitation.id, [BOB], BOB, LATER)
    assert not await store.invitations.shown(invitation.id, seen.revision)
    (seen,) = await store.invitations.stale()
    assert await store.invitations.shown(invitation.id, seen.revision)
    assert await store.invitations.stale() == []


async def test_a_change_of_the_group_is_to_be_shown_on_open_ones_only(store: Store) -> None:
    group = await new_group(store)
    over, open_ = await invite(store, group, [ANA]), await invite(store, group, [BOB])
    await store.invitations.end(over.id, Ended.REVOKED)
    await store.invitations.shown(over.id, 1)
    await store.invitations.touch_group(group.id)
    assert [each.id for each in await store.invitations.stale()] == [open_.id]
    assert (await stored(store, open_)).revision == 1


async def test_stale_ones_come_in_portions_the_oldest_first(store: Store) -> None:
    group = await new_group(store)
    made = [await invite(store, group, [number]) for number in range(2, 7)]
    await store.invitations.touch_group(group.id)
    assert [each.id for each in await store.invitations.stale(3)] == [each.id for each in made[:3]]
    assert [each.id for each in await store.invitations.stale()] == [each.id for each in made]


async def test_those_of_a_group_end_with_it(store: Store) -> None:
    group, other = await new_group(store), await new_group(store, "Peace")
    mine = [await invite(store, group, [number]) for number in (2, 3)]
    theirs = await invite(store, other, [2])
    await store.invitations.end(mine[0].id, Ended.REVOKED)
    assert await store.invitations.end_of_group(group.id) == 1
    assert await store.invitations.end_of_group(group.id) == 0
    assert [(await stored(store, each)).ended for each in (*mine, theirs)] == [Ended.REVOKED, Ended.GONE, None]


async def test_who_became_a_member_has_said_yes_to_all_of_the_group(store: Store) -> None:
    group, other = await new_group(store), await new_group(store, "Peace")
    by_id, by_name = await invite(store, group, [ANA, BOB]), await invite(store, group, ["@ana"])
    others, over = await invite(store, other, [ANA]), await invite(store, group, [ANA])
    await store.invitations.end(over.id, Ended.REVOKED)
    assert await store.invitations.settle(group.id, entries_of(ANA, "ANA"), ANA) == 2
    assert await store.invitations.settle(group.id, entries_of(ANA, "ANA"), ANA) == 0
    after = [await stored(store, each) for each in (by_id, by_name, others, over)]
    assert [each.accepted for each in after] == [(ANA,), (ANA,), (), ()]
    assert [each.actively_invited for each in after] == [(BOB,), (), (ANA,), (ANA,)]
    assert await store.invitations.all_unfinished() == []


async def test_who_left_the_chat_is_asked_no_more(store: Store) -> None:
    group, elsewhere = await new_group(store), await new_group(store, chat_id=CHAT - 1)
    here, there = await invite(store, group, [ANA, "@ana", BOB]), await invite(store, elsewhere, [ANA])
    assert await store.invitations.forget(CHAT, entries_of(ANA, "Ana")) == 1
    assert await store.invitations.forget(CHAT, entries_of(ANA, "Ana")) == 0
    after = await stored(store, here)
    assert (after.actively_invited, after.accepted, after.declined, after.revision) == ((BOB,), (), (), 1)
    assert (await stored(store, there)).actively_invited == (ANA,)


async def test_who_left_the_chat_is_not_brought_back_by_what_was_not_finished(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA, BOB])
    await store.invitations.accept(invitation.id, [ANA], ANA, LATER)
    assert await store.invitations.forget(CHAT, [ANA]) == 1
    assert await store.invitations.all_unfinished() == []
    assert (await stored(store, invitation)).accepted == ()


async def test_a_username_becomes_an_id_when_its_owner_is_met(store: Store, database: Database) -> None:
    group, other = await new_group(store), await new_group(store, "Peace")
    first, second = await invite(store, group, [BOB, "@ana", CYD]), await invite(store, other, ["@ana"])
    both, over = await invite(store, other, ["@ana", ANA]), await invite(store, group, ["@ana"])
    await store.invitations.end(over.id, Ended.REVOKED)
    assert await store.invitations.meet(ANA, "Ana") == [group.id, other.id]
    assert await store.invitations.meet(ANA, "Ana") == []
    after = [await stored(store, each) for each in (first, second, both, over)]
    asked = [each.actively_invited for each in after]
    assert asked == [(BOB, ANA, CYD), (ANA,), (ANA,), ("@ana",)]
    assert [each.initially_invited for each in after] == asked
    assert await database["notifygroupinvitation"].count_documents({"actively_invited": [ANA]}) == 2, "once, not twice"
    assert all(each.revision > 0 for each in after[:3])
    decision = await store.invitations.accept(first.id, [ANA], ANA, LATER)
    assert decision.result is DecisionResult.TAKEN


@pytest.mark.parametrize("answered", ["accept", "decline"])
async def test_who_has_answered_by_their_id_is_not_asked_by_a_new_username(store: Store, answered: str) -> None:
    invitation = await invite(store, await new_group(store), [ANA, "@ana", BOB])
    await getattr(store.invitations, answered)(invitation.id, [ANA], ANA, LATER)
    await store.invitations.meet(ANA, "ana")
    assert (await stored(store, invitation)).actively_invited == (BOB,)


@pytest.mark.parametrize("writes", range(6))
async def test_a_meeting_that_was_cut_short_is_finished_by_the_next(
    store: Store, database: Database, writes: int
) -> None:
    """Until the last write, the invitation is found by the username."""
    invitation = await invite(store, await new_group(store), [BOB, "@ana"])
    with suppress(Crash):
        await Invitations(Crashing(database, writes), SystemClock()).meet(ANA, "ana")  # type: ignore[arg-type]
    await store.invitations.meet(ANA, "ana")
    after = await stored(store, invitation)
    assert after.actively_invited == after.initially_invited == (BOB, ANA)

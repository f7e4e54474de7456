"""Many at once on invitations: each answer counts once, and `invited` ends as the invitations say."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId

from gub.domain.invitees import entries_of
from gub.domain.values import Ended, Invitation, NotifyGroup
from gub.store.documents import Database
from gub.store.invitations import DecisionResult
from gub.store.store import Store
from tests.store.invitations import ANA, BOB, CHAT, NOW, invite, new_group, stored

NEW_CHAT = -1009999999999
PEOPLE = range(10, 30)

Doing = Callable[[Invitation, int], Awaitable[object]]


async def test_fifty_people_answer_at_once(store: Store) -> None:
    people = range(10, 60)
    invitation = await invite(store, await new_group(store), people)
    answers = [
        (store.invitations.accept if user % 2 else store.invitations.decline)(invitation.id, [user], user, NOW)
        for user in people
    ]
    decisions = await asyncio.gather(*answers)
    assert Counter(each.result for each in decisions) == {DecisionResult.TAKEN: 50}
    after = await stored(store, invitation)
    assert sorted(after.accepted) == [user for user in people if user % 2]
    assert sorted(after.declined) == [user for user in people if not user % 2]
    assert (after.actively_invited, after.revision) == ((), 50)


async def test_one_person_taps_both_buttons_fifty_times(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA, "@ana", BOB])
    entries = entries_of(ANA, "ana")
    answers = [store.invitations.accept, store.invitations.decline] * 25
    decisions = await asyncio.gather(*(answer(invitation.id, entries, ANA, NOW) for answer in answers))
    results = Counter(each.result for each in decisions)
    after = await stored(store, invitation)
    assert results[DecisionResult.TAKEN] == 1
    already = DecisionResult.ALREADY_ACCEPTED if after.accepted else DecisionResult.ALREADY_DECLINED
    assert results[already] == 49
    assert after.accepted + after.declined == (ANA,)
    assert (after.actively_invited, after.revision) == ((BOB,), 1)


async def test_of_many_ends_at_once_one_is_it(store: Store) -> None:
    invitation = await invite(store, await new_group(store), [ANA])
    ends = [Ended.REVOKED, Ended.EXPIRED, Ended.GONE] * 10
    assert sum(await asyncio.gather(*(store.invitations.end(invitation.id, why) for why in ends))) == 1
    assert (await stored(store, invitation)).revision == 1


async def test_an_answer_and_the_end_at_once_are_one_after_the_other(store: Store) -> None:
    """Either the answer came first and stands, or the end did and it does not count."""
    group = await new_group(store)
    for number in range(15):
        invitation = await invite(store, group, [ANA, BOB])
        taking = store.invitations.accept(invitation.id, [ANA], ANA, NOW)
        revoking = store.invitations.end(invitation.id, Ended.REVOKED)
        if number % 2:
            decision, revoked = await asyncio.gather(taking, revoking)
        else:
            revoked, decision = await asyncio.gather(revoking, taking)
        after = await stored(store, invitation)
        assert revoked
        assert after.ended is Ended.REVOKED
        assert (after.accepted == (ANA,)) == (decision.result is DecisionResult.TAKEN)
        assert decision.result in {DecisionResult.TAKEN, DecisionResult.OVER}


async def test_the_last_answers_at_once_end_it_once(store: Store) -> None:
    invitation = await invite(store, await new_group(store), PEOPLE)

    async def answer(user: int) -> bool:
        await store.invitations.accept(invitation.id, [user], user, NOW)
        await store.invitations.finished(invitation.id, user)
        return await store.invitations.end(invitation.id, Ended.ANSWERED)

    assert sum(await asyncio.gather(*(answer(user) for user in PEOPLE))) == 1


async def test_the_same_command_at_once_makes_one_invitation(store: Store) -> None:
    group = await new_group(store)
    made = await asyncio.gather(*(invite(store, group, [ANA], message_id=7) for _ in range(20)))
    assert len({each.id for each in made}) == 1
    assert [each.id for each in await store.invitations.of_group(group.id)] == [made[0].id]


async def test_a_username_is_met_many_times_at_once(store: Store) -> None:
    group = await new_group(store)
    invitation = await invite(store, group, [BOB, "@ana", 9])
    await asyncio.gather(*(store.invitations.meet(ANA, "Ana") for _ in range(20)))
    after = await stored(store, invitation)
    assert after.actively_invited == after.initially_invited == (BOB, ANA, 9)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_at_once_each_is_counted_once(store: Store, database: Database, seed: int) -> None:
    """Who was asked is asked still, or accepted, or declined, or was taken out: never two of these, never twice."""
    dice = random.Random(seed)  # noqa: S311 - which interleaving is tried is no secret
    group = await new_group(store)
    named = {user: f"name{user}" for user in PEOPLE}
    invitations = [
        await invite(store, group, [user if dice.random() < 0.5 else f"@{named[user]}" for user in PEOPLE])
        for _ in range(2)
    ]
    taken: Counter[tuple[str, int, str]] = Counter()

    async def answer(invitation: Invitation, user: int, what: str) -> None:
        take = store.invitations.accept if what == "accepted" else store.invitations.decline
        decision = await take(invitation.id, entries_of(user, named[user]), user, NOW)
        taken[invitation.id, user, what] += decision.result is DecisionResult.TAKEN

    async def give_back(invitation: Invitation, user: int) -> None:
        taken[invitation.id, user, "accepted"] -= await store.invitations.give_back(invitation.id, user)

    doings: list[Doing] = [
        lambda each, user: answer(each, user, "accepted"),
        lambda each, user: answer(each, user, "declined"),
        give_back,
        lambda _, user: store.invitations.settle(group.id, entries_of(user, named[user]), user),
        lambda _, user: store.invitations.meet(user, named[user]),
        lambda each, user: store.invitations.finished(each.id, user),
    ]

    async def happen(user: int) -> None:
        for _ in range(3):
            await dice.choice(doings)(dice.choice(invitations), user)
            await store.invited.refresh(group.id)

    await asyncio.gather(*(happen(user) for user in PEOPLE))
    for invitation in invitations:
        document: dict[str, Any] | None = await database["notifygroupinvitation"].find_one(
            {"_id": ObjectId(invitation.id)}
        )
        assert document is not None
        ids = {f"@{name}": user for user, name in named.items()}
        asked = [ids.get(entry, entry) for entry in document["actively_invited"]]
        everybody = [*asked, *document.get("accepted", []), *document.get("declined", [])]
        assert sorted(everybody) == list(PEOPLE), "each once, wherever"
        assert set(document.get("unfinished", [])) <= set(document.get("accepted", []))
        for user in PEOPLE:
            assert taken[invitation.id, user, "declined"] == (user in document.get("declined", []))
            assert 0 <= taken[invitation.id, user, "accepted"] <= (user in document.get("accepted", []))
    await says_what_invitations_say(store, group)


async def says_what_invitations_say(store: Store, group: NotifyGroup) -> None:
    after = await store.notifygroups.find(group.id)
    assert after is not None
    asked = [entry for each in await store.invitations.of_group(group.id) for entry in each.actively_invited]
    assert sorted(after.invited, key=str) == sorted(set(asked) - set(after.members), key=str)


@pytest.mark.parametrize("seed", range(4))
async def test_d4_invited_ends_as_the_invitations_say(store: Store, seed: int) -> None:
    """Each decision is followed by a refresh, as the services do it: however they interleave, it ends right."""
    dice = random.Random(seed)  # noqa: S311 - as above
    group = await new_group(store)
    invitations = [await invite(store, group, [user, "@late", 1]) for user in PEOPLE]
    doings: list[Doing] = [
        lambda each, user: store.invitations.accept(each.id, [user], user, NOW),
        lambda each, user: store.invitations.decline(each.id, [user], user, NOW),
        lambda each, _: store.invitations.end(each.id, Ended.REVOKED),
        lambda _, user: store.invitations.settle(group.id, [user], user),
        lambda _, user: store.invitations.forget(CHAT, [user]),
        lambda _, user: store.notifygroups.join(group.id, CHAT, user, only_open=False),
        lambda _, __: store.invitations.meet(77, "late"),
        lambda _, user: invite(store, group, [user + 100]),
        lambda _, user: store.notifygroups.leave(group.id, CHAT, user),
    ]

    async def happen() -> None:
        user = dice.choice(PEOPLE)
        await dice.choice(doings)(invitations[user - PEOPLE[0]], user)
        await store.invited.refresh(group.id)

    await asyncio.gather(*(happen() for _ in range(40)))
    await says_what_invitations_say(store, group)


async def test_a_refresh_that_was_overtaken_looks_again(store: Store, database: Database) -> None:
    """It read the invitations, then somebody else decided and wrote: what it read must not be written over that."""
    group = await new_group(store)
    invitation = await invite(store, group, [ANA, BOB])
    real, overtaken = store.invited._groups, []

    class Groups:
        def find_one(self, *arguments: Any) -> Any:
            return real.find_one(*arguments)

        async def update_one(self, *arguments: Any) -> Any:
            if not overtaken:
                overtaken.append(1)
                await store.invitations.decline(invitation.id, [ANA], ANA, NOW)
                await other.refresh(group.id)
            return await real.update_one(*arguments)

    other = type(store.invited)(database)
    store.invited._groups = Groups()  # type: ignore[assignment]
    await store.invited.refresh(group.id)
    after = await store.notifygroups.find(group.id)
    assert after is not None
    assert after.invited == (BOB,)


@pytest.mark.parametrize("rubbish", [None, "three", 2.0, -1])
async def test_a_revision_of_rubbish_is_overwritten(store: Store, database: Database, rubbish: object) -> None:
    group = await new_group(store)
    await invite(store, group, [ANA])
    change: Any = {"$set": {"invited_revision": rubbish, "invited": ["@gone"]}}
    await database["notifygroups"].update_one({}, change, bypass_document_validation=True)
    await store.invited.refresh(group.id)
    await says_what_invitations_say(store, group)


async def test_a_group_deleted_meanwhile_needs_no_refresh(store: Store, database: Database) -> None:
    group = await new_group(store)
    await invite(store, group, [ANA])
    await database["notifygroups"].delete_many({})
    await store.invited.refresh(group.id)
    assert await database["notifygroups"].count_documents({}) == 0


async def test_a_move_in_the_middle_of_answers_loses_none(store: Store) -> None:
    group = await new_group(store)
    invitation = await invite(store, group, PEOPLE, message_id=7)
    await store.invitations.posted(invitation.id, 70)
    answers = [store.invitations.accept(invitation.id, [user], user, NOW) for user in PEOPLE]
    moves = [store.life.migrate(CHAT, NEW_CHAT) for _ in range(2)]
    await asyncio.gather(*answers[:10], *moves, *answers[10:])
    after = await stored(store, invitation)
    assert sorted(after.accepted) == list(PEOPLE)
    assert sorted(await store.invitations.unfinished_of(invitation.id)) == list(PEOPLE)
    assert (after.chat_id, after.message_id, after.revision) == (NEW_CHAT, None, len(PEOPLE) + 1)
    assert [each.id for each in await store.invitations.stale()] == [invitation.id]
    assert not await store.invitations.posted(invitation.id, 70, CHAT), "that message is not in this chat"


async def test_the_command_of_a_chat_that_moved_is_another(store: Store) -> None:
    """The supergroup counts its messages anew."""
    invitation = await invite(store, await new_group(store), [ANA], message_id=7)
    await store.life.migrate(CHAT, NEW_CHAT)
    group = await store.notifygroups.find(invitation.group_id)
    assert group is not None
    assert (await invite(store, group, [ANA], message_id=7)).id != invitation.id


async def test_an_expiry_and_an_answer_at_once(store: Store) -> None:
    group = await new_group(store)
    made = [await store.invitations.create(group, 1, [ANA], None, NOW, message_id=None) for _ in range(10)]
    just_before = NOW - timedelta(milliseconds=1)
    answers = [store.invitations.accept(each.id, [ANA], ANA, just_before) for each in made]
    *decisions, expired, again = await asyncio.gather(
        *answers, store.invitations.end_expired(NOW), store.invitations.end_expired(NOW)
    )
    assert sorted(each.id for each in expired + again) == sorted(each.id for each in made)
    for decision, invitation in zip(decisions, made, strict=True):
        after = await stored(store, invitation)
        assert (after.accepted == (ANA,)) == (decision.result is DecisionResult.TAKEN)

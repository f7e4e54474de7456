"""What is changed about a group: each change has its right in its filter, and says what became of it."""

from collections.abc import Awaitable, Callable, Mapping

import pytest

from gub.domain.errors import NameTaken
from gub.domain.limits import CALL_COOLDOWN
from gub.domain.values import Joining, NotifyGroup
from gub.store.documents import Database
from gub.store.invitations.document import SOMETHING_UNFINISHED
from gub.store.notifygroups import SCHEMA, Change, ClaimResult, JoinResult, LeaveResult, NotifyGroups
from gub.store.store import Store
from tests.support.clock import START

CHAT, OTHER_CHAT = -1001234567890123, -1001234567890124
ANN, BOB, CYD = 1, 2, 3

Wish = Callable[[NotifyGroups, str, int, int], Awaitable[Change]]
"""A wish about the group of that id in that chat, by that user."""

BY_THE_CREATOR: Mapping[str, Wish] = {
    "rename": lambda groups, id_, chat, by: groups.rename(id_, chat, "Peace", by=by),
    "describe": lambda groups, id_, chat, by: groups.describe(id_, chat, "at ten", by=by),
    "describe as nothing": lambda groups, id_, chat, by: groups.describe(id_, chat, None, by=by),
    "set_joining": lambda groups, id_, chat, by: groups.set_joining(id_, chat, Joining.HIDDEN, by=by),
    "remove_member": lambda groups, id_, chat, by: groups.remove_member(id_, chat, CYD, by=by),
    "hand_over": lambda groups, id_, chat, by: groups.hand_over(id_, chat, BOB, from_=by),
    "delete": lambda groups, id_, chat, by: groups.delete(id_, chat, by=by),
}
wishes = pytest.mark.parametrize("wish", BY_THE_CREATOR.values(), ids=BY_THE_CREATOR)


async def war(store: Store, *members: int) -> NotifyGroup:
    """Ann's group, with these members beside her."""
    group = await store.notifygroups.create(CHAT, ANN, "War", "at nine", Joining.OPEN, 4)
    for user_id in members:
        await store.notifygroups.join(group.id, CHAT, user_id)
    return await now(store, group)


async def now(store: Store, group: NotifyGroup) -> NotifyGroup:
    found = await store.notifygroups.find(group.id)
    assert found is not None
    return found


@wishes
async def test_the_creator_may_and_doing_it_again_changes_nothing_more(store: Store, wish: Wish) -> None:
    group = await war(store, BOB, CYD)
    assert await wish(store.notifygroups, group.id, CHAT, ANN) is Change.DONE
    after = await store.notifygroups.find(group.id)
    assert after != group
    assert await wish(store.notifygroups, group.id, CHAT, ANN) in {Change.SAME, Change.GONE}
    assert await store.notifygroups.find(group.id) == after


@wishes
async def test_nobody_else_may_whatever_they_are(store: Store, wish: Wish) -> None:
    group = await war(store, BOB, CYD)
    for user_id in (BOB, CYD, 99, 0, -ANN):
        assert await wish(store.notifygroups, group.id, CHAT, user_id) is Change.NOT_ALLOWED
    assert await now(store, group) == group


@wishes
async def test_no_group_of_another_chat_is_changed(store: Store, wish: Wish) -> None:
    group = await war(store, BOB, CYD)
    assert await wish(store.notifygroups, group.id, OTHER_CHAT, ANN) is Change.GONE
    assert await now(store, group) == group


@wishes
async def test_a_group_whose_chat_became_a_supergroup_a_moment_ago_is_found_there(store: Store, wish: Wish) -> None:
    group = await war(store, BOB, CYD)
    await store.life.migrate(CHAT, OTHER_CHAT)
    moved = await now(store, group)
    assert await store.notifygroups.get(group.id, CHAT) == moved
    assert await store.notifygroups.get(group.id, CHAT - 7) is None
    assert await wish(store.notifygroups, group.id, CHAT, BOB) is Change.NOT_ALLOWED
    assert await wish(store.notifygroups, group.id, CHAT - 7, ANN) is Change.GONE
    assert await wish(store.notifygroups, group.id, CHAT, ANN) is Change.DONE
    assert await store.notifygroups.find(group.id) != moved


async def test_members_come_go_and_call_where_the_group_is_by_now(store: Store) -> None:
    group = await war(store, BOB)
    groups = store.notifygroups
    await store.life.migrate(CHAT, OTHER_CHAT)
    assert await groups.join(group.id, CHAT, CYD) is JoinResult.JOINED
    assert await groups.mute(group.id, CHAT, CYD, None) is Change.DONE
    assert await groups.leave(group.id, CHAT, CYD) is LeaveResult.LEFT
    assert (await groups.claim_call(group.id, CHAT, BOB, START, CALL_COOLDOWN)).result is ClaimResult.CLAIMED
    assert (await groups.claim_call(group.id, CHAT, BOB, START, CALL_COOLDOWN)).result is ClaimResult.TOO_SOON
    assert await groups.join(group.id, CHAT - 7, CYD) is JoinResult.GONE


@pytest.mark.parametrize("id_", ["", "x", "$ne", "0" * 24, "g" * 24, "{}", "\x00"])
async def test_an_id_that_is_none_is_of_no_group(store: Store, id_: str) -> None:
    group = await war(store, BOB, CYD)
    for wish in BY_THE_CREATOR.values():
        assert await wish(store.notifygroups, id_, CHAT, ANN) is Change.GONE
    assert await store.notifygroups.delete(id_, CHAT, by=None) is Change.GONE
    assert await store.notifygroups.mute(id_, CHAT, ANN, START) is Change.GONE
    assert await store.notifygroups.unmute(id_, CHAT, ANN) is Change.GONE
    assert await store.notifygroups.find(id_) is None
    assert await now(store, group) == group


async def test_who_handed_over_may_no_more_and_who_got_it_may(store: Store) -> None:
    group = await war(store, BOB)
    assert await store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN) is Change.DONE
    assert (await now(store, group)).creator_id == BOB
    assert (await now(store, group)).members == (ANN, BOB), "whoever gives it away stays a member"
    assert await store.notifygroups.rename(group.id, CHAT, "Mine", by=ANN) is Change.NOT_ALLOWED
    assert await store.notifygroups.rename(group.id, CHAT, "Mine", by=BOB) is Change.DONE
    assert await store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN) is Change.SAME, "a tap handled again"


async def test_only_a_member_is_given_a_group(store: Store) -> None:
    group = await war(store)
    assert await store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN) is Change.NOT_ALLOWED
    assert await store.notifygroups.hand_over(group.id, CHAT, ANN, from_=ANN) is Change.SAME
    assert (await now(store, group)).creator_id == ANN


async def test_a_new_name_is_unique_without_regard_to_case(store: Store) -> None:
    """D22, D26: also for a group that gets another name."""
    group = await war(store)
    await store.notifygroups.create(CHAT, BOB, "Peace", None, Joining.OPEN, None)
    await store.notifygroups.create(OTHER_CHAT, BOB, "Free", None, Joining.OPEN, None)
    for taken in ("Peace", "peace", "PEACE"):
        with pytest.raises(NameTaken) as raised:
            await store.notifygroups.rename(group.id, CHAT, taken, by=ANN)
        assert raised.value.name == taken
    assert await store.notifygroups.rename(group.id, CHAT, "WAR", by=ANN) is Change.DONE, "its own, in another case"
    assert await store.notifygroups.rename(group.id, CHAT, "FREE", by=ANN) is Change.DONE, "that is another chat's"
    assert [each.name for each in await store.notifygroups.of_chat(CHAT)] == ["FREE", "Peace"]


async def test_whoever_may_not_rename_is_not_told_which_names_there_are(store: Store) -> None:
    group = await war(store)
    await store.notifygroups.create(CHAT, BOB, "Secret", None, Joining.HIDDEN, None)
    assert await store.notifygroups.rename(group.id, CHAT, "Secret", by=CYD) is Change.NOT_ALLOWED


async def test_an_admin_deletes_whosever_it_is(store: Store) -> None:
    group = await war(store, BOB)
    assert await store.notifygroups.delete(group.id, OTHER_CHAT, by=None) is Change.GONE
    assert await store.notifygroups.delete(group.id, CHAT, by=None) is Change.DONE
    assert await store.notifygroups.delete(group.id, CHAT, by=None) is Change.GONE
    assert await store.notifygroups.of_chat(CHAT) == []


async def test_a_name_is_free_again_when_its_group_is_deleted_or_renamed(store: Store) -> None:
    group = await war(store)
    await store.notifygroups.rename(group.id, CHAT, "Peace", by=ANN)
    second = await war(store)
    await store.notifygroups.delete(second.id, CHAT, by=ANN)
    await war(store)


async def test_groups_are_found_by_who_created_them(store: Store) -> None:
    group = await war(store, BOB)
    other = await store.notifygroups.create(CHAT, BOB, "aid", None, Joining.OPEN, None)
    await store.notifygroups.create(OTHER_CHAT, ANN, "War", None, Joining.OPEN, None)
    assert await store.notifygroups.created_by(CHAT, ANN) == [group]
    await store.notifygroups.hand_over(group.id, CHAT, BOB, from_=ANN)
    assert await store.notifygroups.created_by(CHAT, ANN) == []
    assert [each.id for each in await store.notifygroups.created_by(CHAT, BOB)] == [other.id, group.id]


async def test_the_same_id_gives_the_same_group_again_as_it_is_now(store: Store) -> None:
    groups = store.notifygroups
    id_ = groups.new_id()
    made = await groups.create(CHAT, ANN, "War", None, Joining.OPEN, None, id=id_)
    assert made.id == id_
    await groups.rename(id_, CHAT, "Peace", by=ANN)
    again = await groups.create(CHAT, ANN, "War", None, Joining.OPEN, None, id=id_)
    assert again == await now(store, made)
    assert [each.name for each in await groups.of_chat(CHAT)] == ["Peace"]
    with pytest.raises(NameTaken):
        await groups.create(CHAT, BOB, "peace", None, Joining.OPEN, None, id=groups.new_id())
    with pytest.raises(ValueError, match="not an id"):
        await groups.create(CHAT, BOB, "Other", None, Joining.OPEN, None, id="mine")


async def test_a_group_of_the_predecessor_is_changed_as_any(store: Store, database: Database) -> None:
    """It has neither members nor a description, nor a way in: that is by invitation."""
    bare = {"chat_id": CHAT, "creator_id": float(ANN), "name": "bare"}
    for number, (what, wish) in enumerate(BY_THE_CREATOR.items()):
        inserted = await database[SCHEMA.name].insert_one(bare | {"chat_id": CHAT - number, "creator_id": ANN})
        outcome = await wish(store.notifygroups, str(inserted.inserted_id), CHAT - number, ANN)
        if what == "remove_member":
            assert outcome is Change.SAME, "there is none"
        elif what == "hand_over":
            assert outcome is Change.NOT_ALLOWED, "there is none"
        else:
            assert outcome is Change.DONE
    assert await database[SCHEMA.name].count_documents({}) == len(BY_THE_CREATOR) - 1


def stages(plan: object) -> list[str]:
    """Give the stages of a plan, from the outside in."""
    if not isinstance(plan, dict) or "stage" not in plan:
        return []
    return [plan["stage"], *stages(plan.get("inputStage"))]


async def test_groups_usernames_and_unfinished_answers_are_found_by_an_index(store: Store, database: Database) -> None:
    # What is left to filter makes the embedded server say that it scans, when it does not (facts of its version).
    await war(store)
    finding = [
        {"find": SCHEMA.name, "filter": {"chat_id": CHAT}, "collation": {"locale": "en", "strength": 2}},
        {"find": "users", "filter": {"username_key": {"$in": ["ann", "bob"]}}},
        {"find": "notifygroupinvitation", "filter": SOMETHING_UNFINISHED},
    ]
    for command in finding:
        plan = await database.command("explain", command)
        found = stages(plan["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in found, plan

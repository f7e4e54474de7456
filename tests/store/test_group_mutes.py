"""Mutes: of members only, until a time or for good, gone with the membership, whatever the document holds."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import Int64
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.domain.values import Joining, NotifyGroup
from gub.store.documents import Database
from gub.store.notifygroups import SCHEMA, Change, JoinResult, LeaveResult
from gub.store.store import Store
from tests.support.clock import START

CHAT, OTHER_CHAT = -1001234567890123, -1001234567890124
ANN, BOB, CYD = 1, 2, 5_000_000_000
LATER = START + timedelta(hours=1)


async def war(store: Store) -> NotifyGroup:
    """Ann's group, with Bob and Cyd."""
    group = await store.notifygroups.create(CHAT, ANN, "War", None, Joining.OPEN, None)
    for user_id in (BOB, CYD):
        await store.notifygroups.join(group.id, CHAT, user_id)
    return group


async def mutes_of(store: Store, group: NotifyGroup) -> dict[int, datetime | None]:
    found = await store.notifygroups.find(group.id)
    assert found is not None
    return dict(found.mutes)


async def test_a_member_mutes_until_a_time_or_for_good_and_unmutes(store: Store) -> None:
    group = await war(store)
    groups = store.notifygroups
    assert await groups.mute(group.id, CHAT, BOB, LATER) is Change.DONE
    assert await groups.mute(group.id, CHAT, BOB, LATER) is Change.SAME
    assert await groups.mute(group.id, CHAT, CYD, None) is Change.DONE
    assert await mutes_of(store, group) == {BOB: LATER, CYD: None}
    assert await groups.mute(group.id, CHAT, BOB, None) is Change.DONE
    assert await groups.unmute(group.id, CHAT, CYD) is Change.DONE
    assert await groups.unmute(group.id, CHAT, CYD) is Change.SAME
    assert await mutes_of(store, group) == {BOB: None}


async def test_only_members_mute(store: Store) -> None:
    group = await war(store)
    assert await store.notifygroups.mute(group.id, CHAT, 99, None) is Change.NOT_ALLOWED
    assert await store.notifygroups.unmute(group.id, CHAT, 99) is Change.NOT_ALLOWED
    assert await store.notifygroups.mute(group.id, OTHER_CHAT, BOB, None) is Change.GONE
    await store.notifygroups.delete(group.id, CHAT, by=ANN)
    assert await store.notifygroups.unmute(group.id, CHAT, BOB) is Change.GONE


@pytest.mark.parametrize("way", ["leave", "remove_member", "drop_member"])
async def test_a_mute_ends_with_the_membership(store: Store, database: Database, way: str) -> None:
    group = await war(store)
    groups = store.notifygroups
    for user_id in (BOB, CYD):
        await groups.mute(group.id, CHAT, user_id, None)
    if way == "leave":
        assert await groups.leave(group.id, CHAT, BOB) is LeaveResult.LEFT
    elif way == "remove_member":
        assert await groups.remove_member(group.id, CHAT, BOB, by=ANN) is Change.DONE
    else:
        assert await groups.drop_member(CHAT, BOB) == 1
    stored = await database[SCHEMA.name].find_one({})
    assert stored is not None
    assert stored["mutes"] == {str(CYD): None}
    assert await groups.join(group.id, CHAT, BOB) is JoinResult.JOINED
    assert await mutes_of(store, group) == {CYD: None}


async def test_a_mute_of_who_is_no_member_is_none(store: Store, database: Database) -> None:
    """GUB leaves none; a shell may."""
    group = await war(store)
    await database[SCHEMA.name].update_one({}, {"$set": {"mutes": {"99": None, str(BOB): LATER}}})
    assert await mutes_of(store, group) == {BOB: LATER}
    assert await store.notifygroups.join(group.id, CHAT, 99) is JoinResult.JOINED
    assert await mutes_of(store, group) == {BOB: LATER}, "who comes in is not muted"


scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=5)
words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5)
keys = (
    st.sampled_from([str(ANN), str(BOB), str(CYD), f"0{BOB}", f" {BOB}", f"{BOB}.0", f"-{BOB}", "$set", "a.b"]) | words
)
garbage = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=5
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutes=garbage | st.dictionaries(keys, garbage, max_size=4))
async def test_garbage_mutes_nobody_and_is_in_nobodys_way(store: Store, database: Database, mutes: object) -> None:
    """Written before the rule was, or past it: what is no date and no null of a member's mutes nobody."""
    await database[SCHEMA.name].delete_many({})
    document: dict[str, Any] = {"chat_id": CHAT, "creator_id": ANN, "name": "War", "members": [ANN, Int64(CYD), BOB]}
    await database[SCHEMA.name].insert_one(document | {"mutes": mutes}, bypass_document_validation=True)
    groups = store.notifygroups
    group = await groups.by_name(CHAT, "War")
    assert group is not None
    for_good = (
        {int(key) for key, value in mutes.items() if value is None and key in {"1", "2", str(CYD)}}
        if (isinstance(mutes, dict))
        else set()
    )
    assert group.mutes == dict.fromkeys(for_good)
    assert await groups.mute(group.id, CHAT, CYD, LATER) is Change.DONE
    assert await mutes_of(store, group) == dict.fromkeys(for_good) | {CYD: LATER}
    assert await groups.unmute(group.id, CHAT, CYD) is Change.DONE
    assert await groups.leave(group.id, CHAT, BOB) is LeaveResult.LEFT
    assert await mutes_of(store, group) == dict.fromkeys(for_good - {BOB, CYD})
    assert await groups.join(group.id, CHAT, BOB, only_open=False) is JoinResult.JOINED


@pytest.mark.parametrize("mutes", [None, "x", 5, [], [1, 2, 3, {}], [[None]]])
async def test_leaving_is_not_refused_by_what_mutes_may_be(store: Store, database: Database, mutes: object) -> None:
    group = await war(store)
    await database[SCHEMA.name].update_one({}, {"$set": {"mutes": mutes}}, bypass_document_validation=True)
    assert await store.notifygroups.unmute(group.id, CHAT, BOB) in {Change.SAME, Change.DONE}
    assert await store.notifygroups.leave(group.id, CHAT, BOB) is LeaveResult.LEFT
    assert await store.notifygroups.remove_member(group.id, CHAT, CYD, by=ANN) is Change.DONE


async def test_a_time_is_read_with_its_zone(store: Store) -> None:
    group = await war(store)
    await store.notifygroups.mute(group.id, CHAT, BOB, datetime(2027, 1, 1, 12, 30, 0, 123000, tzinfo=UTC))
    assert await mutes_of(store, group) == {BOB: datetime(2027, 1, 1, 12, 30, 0, 123000, tzinfo=UTC)}

"""What a death of the process leaves undone is found and mended, and nothing else is touched."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.clock import SystemClock
from gub.services.mending import Mending
from gub.store.checking import NOT_MENDED, Rule
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.store import Store

CHAT, NEW = -100, -1000000000100
CLOCK = SystemClock()
GROUP, OTHER, INVITATION, ANNOUNCEMENT = ObjectId(), ObjectId(), ObjectId(), ObjectId()


@pytest.fixture
async def base(store: Store, mongo_uri: str, database_name: str) -> Any:
    """A database in which everything is as it must be: a chat, a group, an invitation."""
    assert store is not None
    client = connect(mongo_uri)
    found = client[database_name]
    await found["chats"].insert_one({"chat_id": CHAT, "type": "group"})
    await found["notifygroups"].insert_one(_group(GROUP, "Warzone", members=[1, 2], invited=[3, "@cyd"]))
    await found["notifygroupinvitation"].insert_one(_invitation(INVITATION, [3, "@cyd"]))
    yield found
    await client.close()


def _group(key: ObjectId, name: str, **more: Any) -> dict[str, Any]:
    return {"_id": key, "chat_id": CHAT, "creator_id": 1, "name": name, "members": [1], "invited": []} | more


def _invitation(key: ObjectId, asked: Sequence[int | str], **more: Any) -> dict[str, Any]:
    in_time = {"expires_at": CLOCK.now() + timedelta(days=1), "created_at": CLOCK.now()}
    lists = {"initially_invited": list(asked), "actively_invited": list(asked)}
    return {"_id": key, "notify_group_id": GROUP, "chat_id": CHAT, "inviter_id": 1} | lists | in_time | more


async def _rules(store: Store) -> list[Rule]:
    return [finding.rule for finding in await store.checking.findings()]


async def _snapshot(base: Database) -> dict[str, Any]:
    names = await base.list_collection_names()
    return {name: await base[name].find({}).sort("_id", 1).to_list() for name in sorted(names)}


async def _set(base: Database, name: str, key: Any, **fields: Any) -> None:
    await base[name].update_one({"_id": key}, {"$set": fields})


async def _moved_away(base: Database) -> None:
    """The group was moved with its chat, and the invitation, made in that moment, was not."""
    await base["chats"].update_one({"chat_id": CHAT}, {"$set": {"chat_id": NEW, "type": "supergroup"}})
    await _set(base, "notifygroups", GROUP, chat_id=NEW)
    now = CLOCK.now()
    await base["migrations"].insert_one({"_id": CHAT, "to": NEW, "started_at": now, "finished_at": now})


Breaking = Callable[[Database], Awaitable[object]]

BREAKINGS: dict[Rule, Breaking] = {
    Rule.ASKED: lambda base: _set(base, "notifygroups", GROUP, invited=[99]),
    Rule.GROUP: lambda base: base["notifygroups"].delete_one({"_id": GROUP}),
    Rule.MEMBER: lambda base: _set(base, "notifygroups", GROUP, members=[1, 2, 3], invited=["@cyd"]),
    Rule.ACCEPTED: lambda base: _set(
        base, "notifygroupinvitation", INVITATION, accepted=[5], unfinished=[5], actively_invited=[3, "@cyd"]
    ),
    Rule.PLACE: _moved_away,
    Rule.EXPIRED: lambda base: _set(
        base, "notifygroupinvitation", INVITATION, expires_at=CLOCK.now() - timedelta(hours=1)
    ),
    Rule.CHAT: lambda base: base["chats"].delete_one({"chat_id": CHAT}),
    Rule.LEFT: lambda base: base["departures"].insert_one({"_id": CHAT, "at": CLOCK.now()}),
    Rule.MOVED: lambda base: base["migrations"].insert_one({"_id": CHAT, "to": NEW, "started_at": CLOCK.now()}),
    Rule.TARGET: lambda base: base["announcementtargets"].insert_one(
        {"_id": f"{ANNOUNCEMENT}:{CHAT}", "announcement": ANNOUNCEMENT, "chat_id": CHAT, "state": "pending"}
    ),
    Rule.MUTE: lambda base: _set(base, "notifygroups", GROUP, mutes={"1": None, "77": None, "a$b": None}),
}


async def test_where_everything_is_as_it_must_be_nothing_is_found(store: Store, base: Database) -> None:
    assert base is not None
    assert await _rules(store) == []


def test_every_rule_that_is_mended_is_broken_here() -> None:
    assert set(Rule) - NOT_MENDED == set(BREAKINGS)


@pytest.mark.parametrize("rule", BREAKINGS, ids=[rule.name for rule in BREAKINGS])
async def test_what_is_broken_is_found_and_mended_once(store: Store, base: Database, rule: Rule) -> None:
    await BREAKINGS[rule](base)
    found = await store.checking.findings()
    assert rule in {finding.rule for finding in found}
    for _ in range(2):  # what follows from a repair may be a finding of its own
        await Mending(store, CLOCK).mend(found)
        found = await store.checking.findings()
    assert found == []
    before = await _snapshot(base)
    await Mending(store, CLOCK).mend(found)
    assert await _snapshot(base) == before


async def test_an_invitation_that_asks_people_of_another_chat_is_over(store: Store, base: Database) -> None:
    """No move from there to where its group is was ever recorded."""
    await base["chats"].insert_one({"chat_id": -777, "type": "group"})
    await _set(base, "notifygroupinvitation", INVITATION, chat_id=-777)
    await Mending(store, CLOCK).mend(await store.checking.findings())
    assert await store.checking.findings() == []
    ended = await base["notifygroupinvitation"].find_one({"_id": INVITATION})
    assert ended is not None
    assert ended["ended"] == "gone"


async def test_members_and_mutes_of_the_good_stay(store: Store, base: Database) -> None:
    for rule in (Rule.ACCEPTED, Rule.MUTE):
        await BREAKINGS[rule](base)
    await Mending(store, CLOCK).mend(await store.checking.findings())
    group = await base["notifygroups"].find_one({"_id": GROUP})
    assert group is not None
    assert group["members"] == [1, 2, 5]
    assert group["mutes"] == {"1": None}


async def test_what_another_program_wrote_is_told_and_left(store: Store, base: Database) -> None:
    await base["users"].with_options().insert_one({"_id": 5, "first_name": 7}, bypass_document_validation=True)
    await base["deletions"].insert_one(
        {"_id": "person:5", "kind": "person", "subject": 5, "asked_at": CLOCK.now() - timedelta(hours=1)}
    )
    before = await _snapshot(base)
    found = await store.checking.findings()
    assert {finding.rule for finding in found} == NOT_MENDED
    await Mending(store, CLOCK).mend(found)
    assert await _snapshot(base) == before


ENTRIES = st.lists(st.one_of(st.integers(1, 6), st.sampled_from(["@cyd", "@dan"])), max_size=4, unique=True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_whatever_is_undone_is_mended(store: Store, base: Database, data: st.DataObject) -> None:
    """Any state of a few groups and invitations, in parts that never fit, ends as it must be."""
    for name in ("chats", "notifygroups", "notifygroupinvitation", "departures"):
        await base[name].delete_many({})
    keys = [GROUP, OTHER]
    if data.draw(st.booleans()):
        await base["chats"].insert_one({"chat_id": CHAT, "type": "group"})
    for number, key in enumerate(keys):
        if data.draw(st.booleans()):
            members = data.draw(st.lists(st.integers(1, 6), max_size=4, unique=True))
            await base["notifygroups"].insert_one(
                _group(key, f"Group {number}", members=members, invited=data.draw(ENTRIES))
            )
    for _ in range(data.draw(st.integers(0, 4))):
        accepted = data.draw(st.lists(st.integers(1, 6), max_size=2, unique=True))
        await base["notifygroupinvitation"].insert_one(
            _invitation(
                ObjectId(),
                data.draw(ENTRIES),
                notify_group_id=data.draw(st.sampled_from(keys)),
                accepted=accepted,
                unfinished=accepted if data.draw(st.booleans()) else [],
                expires_at=CLOCK.now() + timedelta(hours=data.draw(st.sampled_from([-2, 2]))),
            )
        )
    for _ in range(3):
        await Mending(store, CLOCK).mend(await store.checking.findings())
    assert await store.checking.findings() == []


async def test_people_of_a_chat_that_is_not_there_are_purged_in_time(store: Store, base: Database) -> None:
    await base["statususers"].insert_one({"user_id": 1, "chat_id": -555, "display_name": "Zed", "group_name": None})
    assert [finding.key for finding in await store.checking.findings()] == [-555]
    await Mending(store, CLOCK).mend(await store.checking.findings())
    assert await store.departures.left_at(-555) is not None
    assert await _rules(store) == []

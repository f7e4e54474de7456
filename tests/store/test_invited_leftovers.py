"""What the predecessor left of the invited (D4, D5): an upgrade makes `invited` what the open invitations say."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Int64, ObjectId

from gub.clock import SystemClock
from gub.store.documents import Database
from gub.store.invitations import DecisionResult
from gub.store.invited import InvitedSync
from gub.store.leftovers import invited_as_invitations_say
from gub.store.store import Store, open_store
from tests.store.invitations import ANA, BOB, CHAT, CREATOR, CYD, ask, invite, new_group

NUMBER = 4


async def a_group_of_old(database: Database, name: str, invited: object, members: list[int]) -> ObjectId:
    document = {"chat_id": CHAT, "creator_id": CREATOR, "name": name, "description": None, "members": members}
    made = await database["notifygroups"].insert_one(
        document | ({} if invited is None else {"invited": invited}), bypass_document_validation=True
    )
    assert isinstance(made.inserted_id, ObjectId)
    return made.inserted_id


async def asks(database: Database, group: ObjectId, asked: list[Any], **more: Any) -> ObjectId:
    document = {"notify_group_id": group, "initially_invited": asked, "actively_invited": asked, **more}
    made = await database["notifygroupinvitation"].insert_one(document, bypass_document_validation=True)
    assert isinstance(made.inserted_id, ObjectId)
    return made.inserted_id


async def test_d4_d5_a_database_of_the_predecessor_is_put_right(
    database: Database, mongo_uri: str, database_name: str
) -> None:
    left_over = await a_group_of_old(database, "Revoked", ["@gone", 9], [CREATOR])
    asking = await a_group_of_old(database, "Asking", [9, "@gone"], [CREATOR, ANA])
    lacking = await a_group_of_old(database, "Lacking", None, [CREATOR])
    quiet = await a_group_of_old(database, "Quiet", [], [CREATOR])
    odd = await asks(database, asking, ["@CYD", 7.0, "cyd", Int64(ANA), "@cyd", None, ""])
    plain = await asks(database, lacking, [7, "@bob"])
    await asks(database, left_over, ["@x"], ended="revoked")
    double = await asks(database, ObjectId(), [5.0])  # of a group that is gone
    before = await database["notifygroups"].find_one({"_id": quiet})

    store = await open_store(mongo_uri, database_name, clock=SystemClock())
    (done,) = [step for step in store.upgraded if step.number == NUMBER]
    assert (done.changed, done.left) == ({"notifygroupinvitation": 2, "notifygroups": 3}, ())
    groups = {group.name: group.invited for group in await store.notifygroups.of_chat(CHAT)}
    assert groups == {"Revoked": (), "Asking": ("@cyd", 7), "Lacking": (7, "@bob"), "Quiet": ()}
    assert await database["notifygroups"].find_one({"_id": quiet}) == before, "nothing to do, nothing written"
    for key, entries in ((odd, ["@cyd", 7, ANA]), (double, [5])):
        document = await database["notifygroupinvitation"].find_one({"_id": key})
        assert document is not None
        assert document["initially_invited"] == document["actively_invited"] == entries
        assert not any(isinstance(entry, float) for entry in document["actively_invited"])
    assert await database["notifygroupinvitation"].count_documents({"_id": plain, "actively_invited": [7, "@bob"]}) == 1

    assert await invited_as_invitations_say(database) == {}, "once is enough"
    decision = await store.invitations.accept(str(odd), [CYD, "@cyd"], CYD, ask())
    assert decision.result is DecisionResult.TAKEN
    await store.close()


class Overtaken:
    """A database in which something comes between reading an invitation and changing it."""

    def __init__(self, database: Database, happen: Callable[[], Awaitable[object]]) -> None:
        self._database = database
        self._happen = happen

    def __getitem__(self, name: str) -> Any:
        return self if name == "notifygroupinvitation" else self._database[name]

    def find(self, *arguments: Any) -> Any:
        return self._database["notifygroupinvitation"].find(*arguments)

    def find_one(self, *arguments: Any) -> Any:
        return self._database["notifygroupinvitation"].find_one(*arguments)

    async def update_one(self, *arguments: Any) -> Any:
        await self._happen()
        return await self._database["notifygroupinvitation"].update_one(*arguments)


async def test_an_answer_in_the_middle_of_the_upgrade_stands(store: Store, database: Database) -> None:
    """A bot may run while another one upgrades: a list is written only while it is what was read."""
    group = await a_group_of_old(database, "War", ["@CYD", ANA], [CREATOR])
    asking = str(await asks(database, group, ["@CYD", ANA], initially_invited=["@cyd", ANA]))

    async def answer() -> None:
        await store.invitations.decline(asking, [ANA], ANA, ask())

    await invited_as_invitations_say(Overtaken(database, answer))  # type: ignore[arg-type]
    invitation = await store.invitations.get(asking)
    assert invitation is not None
    assert (invitation.declined, invitation.actively_invited) == ((ANA,), ("@cyd",))
    assert await database["notifygroupinvitation"].count_documents({"actively_invited": "@cyd"}) == 1
    found = await store.notifygroups.find(str(group))
    assert found is not None
    assert found.invited == ("@cyd",)


async def test_put_right_finds_what_a_death_left_wrong(store: Store, database: Database) -> None:
    """The process died between an answer and `invited`; the others are left as they are."""
    groups = [await new_group(store, name) for name in ("War", "Peace")]
    invitations = [await invite(store, group, [ANA, BOB]) for group in groups]
    for group in groups:
        await store.invited.refresh(group.id)
    await store.invitations.decline(invitations[0].id, [ANA], ANA, datetime(2026, 11, 22, tzinfo=UTC))
    sync = InvitedSync(database)
    assert await sync.put_right() == 1
    assert await sync.put_right() == 0
    after = {group.name: group.invited for group in await store.notifygroups.of_chat(CHAT)}
    assert after == {"War": (BOB,), "Peace": (ANA, BOB)}


@pytest.mark.parametrize("members", [[], [CREATOR], [CREATOR, ANA, 2.0]])
async def test_members_are_not_among_the_invited(store: Store, database: Database, members: list[int]) -> None:
    group = await a_group_of_old(database, "War", None, members)
    await asks(database, group, [ANA, BOB, "@ana"])
    await store.invited.refresh(str(group))
    found = await store.notifygroups.find(str(group))
    assert found is not None
    assert found.invited == ((BOB, "@ana") if ANA in members else (ANA, BOB, "@ana"))

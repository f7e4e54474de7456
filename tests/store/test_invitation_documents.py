"""Invitations that the seed's schema alone describes, in any spelling, and the time until which each of them asks."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from bson import Int64, ObjectId

from gub.domain.invitees import entries_of
from gub.domain.values import Ended
from gub.store.documents import Database
from gub.store.invitations import DecisionResult
from gub.store.store import Store
from tests.store.invitations import ANA, CHAT, CREATOR, CYD, NOW, ask, invite, new_group, stored

Made = Callable[[], Awaitable[str]]


class TestDocumentsOfOthers:
    """What the seed's schema alone says, in any spelling that the predecessor's programs wrote."""

    @pytest.fixture(params=[["@CYD", Int64(9)], ["@cyd", "@CYD", 9.0], ["CYD", 9], ["@Cyd", 9, None, True, "", []]])
    async def id_(self, request: pytest.FixtureRequest, store: Store, database: Database) -> str:
        group = await new_group(store)
        document = {"notify_group_id": ObjectId(group.id), "actively_invited": request.param}
        rule: Any = {"bypass_document_validation": True}
        made = await database["notifygroupinvitation"].insert_one(
            document | {"initially_invited": request.param}, **rule
        )
        return str(made.inserted_id)

    async def test_it_is_read(self, store: Store, id_: str) -> None:
        invitation = await store.invitations.get(id_)
        assert invitation is not None
        assert (set(invitation.actively_invited), invitation.revision) == ({"@cyd", 9}, 0)
        assert (invitation.chat_id, invitation.message_id, invitation.expires_at) == (None, None, None)
        assert await store.invitations.of_group(invitation.group_id) == [invitation]

    @pytest.mark.parametrize("answer", ["accept", "decline"])
    async def test_d5_usernames_count_in_any_case(self, store: Store, id_: str, answer: str) -> None:
        decision = await getattr(store.invitations, answer)(id_, entries_of(CYD, "cYd"), CYD, ask())
        assert decision.result is DecisionResult.TAKEN
        assert decision.invitation is not None
        assert decision.invitation.actively_invited == (9,)
        assert await store.invitations.shown(id_, 1)
        again = await getattr(store.invitations, answer)(id_, entries_of(CYD, "cYd"), CYD, ask())
        assert again.result in {DecisionResult.ALREADY_ACCEPTED, DecisionResult.ALREADY_DECLINED}

    async def test_people_join_and_leave_as_in_any_other(self, store: Store, id_: str) -> None:
        invitation = await store.invitations.get(id_)
        assert invitation is not None
        assert await store.invitations.settle(invitation.group_id, entries_of(CYD, "cyd"), CYD) == 1
        assert await store.invitations.forget(CHAT, [9]) == 1
        after = await store.invitations.get(id_)
        assert after is not None
        assert (after.accepted, after.actively_invited) == ((CYD,), ())

    async def test_it_is_shown_again_from_its_first_revision(self, store: Store, id_: str) -> None:
        assert await store.invitations.shown(id_, 0)
        invitation = await store.invitations.get(id_)
        assert invitation is not None
        await store.invitations.touch_group(invitation.group_id)
        assert not await store.invitations.shown(id_, 0)
        assert await store.invitations.shown(id_, 1)


async def test_an_end_that_only_a_newer_gub_knows_is_an_end(store: Store, database: Database) -> None:
    invitation = await invite(store, await new_group(store), [ANA])
    await database["notifygroupinvitation"].update_one({}, {"$set": {"ended": "tomorrow"}})
    assert not (await stored(store, invitation)).is_open
    assert (await store.invitations.accept(invitation.id, [ANA], ANA, NOW)).result is DecisionResult.OVER


BOUNDARY: list[tuple[timedelta, DecisionResult]] = [
    (timedelta(milliseconds=-1), DecisionResult.TAKEN),
    (timedelta(0), DecisionResult.OVER),
    (timedelta(seconds=1), DecisionResult.OVER),
]


class TestTime:
    """An invitation asks until its time, and not at it; without one it is as old as its id."""

    @pytest.fixture(params=["in words", "by its id"])
    async def ends(
        self, request: pytest.FixtureRequest, store: Store, database: Database
    ) -> Callable[[], Awaitable[str]]:
        group = await new_group(store)

        async def made() -> str:
            if request.param == "in words":
                made = await store.invitations.create(group, CREATOR, [ANA], None, NOW, message_id=None)
                return made.id
            document = {"_id": ObjectId.from_datetime(NOW - timedelta(days=7)), "notify_group_id": ObjectId(group.id)}
            await database["notifygroupinvitation"].insert_one(document | {"actively_invited": [ANA]})
            return str(document["_id"])

        return made

    @pytest.mark.parametrize(("after", "expected"), BOUNDARY)
    async def test_answers(self, store: Store, ends: Made, after: timedelta, expected: DecisionResult) -> None:
        decision = await store.invitations.accept(await ends(), [ANA], ANA, NOW + after)
        assert decision.result is expected

    @pytest.mark.parametrize(("after", "expected"), BOUNDARY)
    async def test_the_end(self, store: Store, ends: Made, after: timedelta, expected: DecisionResult) -> None:
        id_ = await ends()
        ended = await store.invitations.end_expired(NOW + after)
        assert [each.id for each in ended] == ([id_] if expected is DecisionResult.OVER else [])
        assert all(each.ended is Ended.EXPIRED for each in ended)
        assert await store.invitations.end_expired(NOW + after) == []


async def test_one_that_says_its_time_may_outlive_what_is_usual(store: Store, database: Database) -> None:
    group = await new_group(store)
    old = {"_id": ObjectId.from_datetime(NOW - timedelta(days=20)), "notify_group_id": ObjectId(group.id)}
    await database["notifygroupinvitation"].insert_one(
        old | {"actively_invited": [ANA], "expires_at": NOW + timedelta(days=10)}
    )
    assert await store.invitations.end_expired(NOW) == []
    decision = await store.invitations.accept(str(old["_id"]), [ANA], ANA, NOW)
    assert decision.result is DecisionResult.TAKEN

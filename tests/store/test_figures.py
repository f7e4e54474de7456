"""What the metrics read of the database, and what they hear of every command to it."""

from datetime import timedelta

import pytest
from pymongo.errors import OperationFailure
from pymongo.monitoring import CommandFailedEvent

from gub.domain.credentials import CredentialStatus
from gub.domain.values import ChatFacts, Platform
from gub.store.announcements import Phase, Source
from gub.store.documents import Database
from gub.store.figures import Figures
from gub.store.mongo import connect
from gub.store.store import Store
from gub.store.watching import Watching
from tests.support.clock import FakeClock

BOT, OTHER = 7, 8


async def test_the_figures_say_what_there_is(store: Store) -> None:
    await store.chats.remember(ChatFacts(-5, "group", "A"))
    await store.inbox.add(BOT, [{"update_id": 1}, {"update_id": 2}, {"update_id": 3}])
    await store.inbox.add(OTHER, [{"update_id": 1}])
    await store.inbox.done(BOT, [2])
    await store.announcements.draft(5, 1, Source("Hello"))
    figures = await store.figures.read(BOT)
    assert figures.pending == 2
    assert 0 <= figures.oldest_seconds < 60
    assert figures.announcements == {str(phase): int(phase is Phase.DRAFT) for phase in Phase}
    assert figures.ringing_jobs == figures.ringing_people == 0
    assert figures.credentials == []


async def test_documents_are_counted_one_collection_a_look_and_not_again_soon(store: Store, database: Database) -> None:
    clock = FakeClock()
    figures = Figures(database, clock, store.ringing, store.credentials)
    await store.chats.remember(ChatFacts(-5, "group", "A"))
    looks = [await figures.documents() for _ in range(6)]
    assert [len(look) for look in looks] == [1, 2, 3, 4, 5, 5]
    assert looks[-1]["chats"] == 1
    await store.chats.forget(-5)
    assert (await figures.documents())["chats"] == 1
    await clock.advance(300)
    assert (await figures.documents())["chats"] == 0


async def test_the_oldest_that_waits_counts_and_not_what_is_done(store: Store, database: Database) -> None:
    await store.inbox.add(BOT, [{"update_id": number} for number in (1, 2, 3)])
    for number, minutes in ((1, 90), (2, 60), (3, 1)):
        at = store._clock.now() - timedelta(minutes=minutes)
        await database["inbox"].update_one({"_id": f"{BOT}:{number}"}, {"$set": {"received_at": at}})
    await store.inbox.done(BOT, [1])
    assert 3590 < (await store.figures.read(BOT)).oldest_seconds < 3700
    assert (await store.figures.read(OTHER)).oldest_seconds == 0


async def test_what_still_rings_is_counted_by_job_and_by_people(store: Store, database: Database) -> None:
    now = store._clock.now()
    for number, left in ((1, [11, 12, "@nova"]), (2, [13]), (3, [])):
        job = {"_id": f"-5:{number}", "kind": "call", "chat_id": -5, "group_id": "g", "left": left}
        await database["ringing"].insert_one(job | {"created_at": now, "stored_at": now})
    figures = await store.figures.read(BOT)
    assert (figures.ringing_jobs, figures.ringing_people) == (2, 4)


async def test_ends_of_credentials_are_seconds_from_now(store: Store, database: Database) -> None:
    now = store._clock.now()
    await database["credentials"].insert_one(
        {
            "platform": "xbox",
            "status": "ok",
            "expires_at": now + timedelta(days=1),
            "secret_expires_at": now - timedelta(days=1),
        }
    )
    await database["credentials"].insert_one({"platform": "steam", "status": "dead", "api_key": "TEST"})
    figures = await store.figures.read(BOT)
    assert {one.platform: one.status for one in figures.credentials} == {
        Platform.XBOX: CredentialStatus.OK,
        Platform.STEAM: CredentialStatus.DEAD,
    }
    ends = figures.credential_ends
    assert set(ends) == {("xbox", "sign_in"), ("xbox", "client_secret")}
    assert 86_000 < ends["xbox", "sign_in"] <= 86_400
    assert ends["xbox", "client_secret"] <= -86_400


async def test_a_write_is_tried_and_nothing_is_left_of_it(store: Store, database: Database) -> None:
    await store.take_a_write()
    assert await database["leases"].count_documents({"_id": {"$regex": "^readiness:"}}) == 0


async def test_every_command_is_told_by_name_and_outcome_and_never_by_content(
    mongo_uri: str, database_name: str
) -> None:
    heard: list[tuple[str, str, float]] = []
    client = connect(mongo_uri, on_command=lambda *one: heard.append(one))
    try:
        await client[database_name]["chats"].insert_one({"secret": "what somebody wrote"})
        await client[database_name]["chats"].find_one({})
        with pytest.raises(OperationFailure):
            await client[database_name].command("noSuchCommandAtAll")
    finally:
        await client.close()
    assert [(name, outcome) for name, outcome, _ in heard if name in ("insert", "find")] == [
        ("insert", "ok"),
        ("find", "ok"),
    ]
    assert [outcome for name, outcome, _ in heard if name == "noSuchCommandAtAll"] == ["refused"]
    assert all(seconds >= 0 for _, _, seconds in heard)
    assert "somebody" not in repr(heard)


def test_a_command_without_an_answer_is_told_as_lost() -> None:
    heard: list[tuple[str, str, float]] = []
    failure = {"errmsg": "what somebody wrote", "errtype": "NetworkTimeout"}
    Watching(lambda *one: heard.append(one)).failed(
        CommandFailedEvent(timedelta(seconds=2), failure, "find", 1, ("localhost", 1), None)
    )
    assert heard == [("find", "lost", 2.0)]

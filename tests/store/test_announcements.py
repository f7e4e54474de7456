"""Announcements and the chats that they are for: each step once, each chat once, nothing lost by a death in between."""

import asyncio
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.domain.values import ChatFacts
from gub.store.announcements import Announcement, Phase, Source, Target, TargetState
from gub.store.documents import Database
from gub.store.store import Store

OWNER = 77
TEXT = Source("Hello", ({"type": "bold", "offset": 0, "length": 5},))


async def chats(store: Store, *ids: int) -> None:
    for chat_id in ids:
        await store.chats.remember(ChatFacts(chat_id, "supergroup" if chat_id < 0 else "private"))


async def gathered(store: Store, source: Source = TEXT) -> Announcement:
    made = await store.announcements.draft(OWNER, 5, source)
    assert await store.announcements.step(made.id, Phase.GATHERING)
    announcement = await store.announcements.get(made.id)
    assert announcement is not None
    async for _ in store.announcement_targets.gather(announcement):
        pass
    return announcement


async def states(database: Database) -> dict[int, str]:
    return {row["chat_id"]: row["state"] async for row in database.announcementtargets.find({})}


async def test_the_same_command_gives_the_same_draft(store: Store):
    first = await store.announcements.draft(OWNER, 5, TEXT)
    assert first.source == TEXT
    assert await store.announcements.draft(OWNER, 5, Source("other")) == first
    assert (await store.announcements.draft(OWNER, 6, TEXT)).id != first.id


async def test_all_chats_but_the_owners_own_and_those_that_opted_out(store: Store, database: Database):
    await chats(store, -1, -2, 3, OWNER)
    await database.chats.update_one({"chat_id": -2}, {"$set": {"settings": {"announcements": False}}})
    assert await store.announcement_targets.audience(OWNER) == 2
    await gathered(store)
    assert await states(database) == {-1: "pending", 3: "pending"}


async def test_gathering_that_was_cut_short_makes_no_doubles(store: Store, database: Database):
    await chats(store, *range(-30, 0))
    announcement = await gathered(store)
    async for _ in store.announcement_targets.gather(announcement):  # as if nothing had been noted
        pass
    counts = await store.announcement_targets.counts(announcement.id)
    assert (counts.total, counts.of(TargetState.PENDING)) == (30, 30)
    assert await database.announcementtargets.count_documents({}) == 30


async def test_one_that_was_stopped_is_not_sent(store: Store):
    await chats(store, -1)
    made = await store.announcements.draft(OWNER, 5, TEXT)
    await store.announcements.step(made.id, Phase.GATHERING)
    assert await store.announcements.step(made.id, Phase.STOPPED)
    assert not await store.announcements.step(made.id, Phase.SENDING, since=[Phase.GATHERING])


async def test_a_step_is_taken_once_and_only_from_where_it_may_be(store: Store):
    made = await store.announcements.draft(OWNER, 5, TEXT)
    for wrong in (Phase.PAUSED, Phase.DONE, Phase.RECALLING, Phase.STOPPED):
        assert not await store.announcements.step(made.id, wrong)
    taken = await asyncio.gather(*(store.announcements.step(made.id, Phase.GATHERING) for _ in range(5)))
    assert sorted(taken) == [False] * 4 + [True]
    assert not await store.announcements.be_silent(made.id, silent=True), "that is decided before"
    assert not await store.announcements.step("nonsense", Phase.GATHERING)


async def test_what_was_told_goes_when_there_is_nobody_to_tell(store: Store, database: Database):
    made = await store.announcements.draft(OWNER, 5, TEXT)
    await store.announcements.step(made.id, Phase.GATHERING)
    assert await store.announcements.stop_because(made.id, "source")
    document = await database.announcements.find_one({})
    assert document is not None
    assert (document.get("text"), document.get("entities"), document["why"]) == (None, None, "source")


async def test_the_oldest_under_way_comes_first(store: Store):
    first, second = await store.announcements.draft(OWNER, 5, TEXT), await store.announcements.draft(OWNER, 6, TEXT)
    assert await store.announcements.first_under_way() is None
    for one in (second, first):
        await store.announcements.step(one.id, Phase.GATHERING)
    found = await store.announcements.first_under_way()
    assert found is not None
    assert found.id == first.id


async def test_a_chat_is_claimed_by_one(store: Store):
    await chats(store, -1)
    announcement = await gathered(store)
    (target,) = await store.announcement_targets.some(announcement.id, TargetState.PENDING)
    claims = await asyncio.gather(*(store.announcement_targets.claim(target) for _ in range(6)))
    assert sorted(claims) == [False] * 5 + [True]
    await store.announcement_targets.give_back(target)
    assert await store.announcement_targets.claim(target)


async def test_what_a_death_leaves_in_the_middle_is_unknown_and_nothing_else_is(store: Store, database: Database):
    await chats(store, -1, -2, -3)
    announcement = await gathered(store)
    one, two, _ = await store.announcement_targets.some(announcement.id, TargetState.PENDING)
    for target in (one, two):
        await store.announcement_targets.claim(target)
    await store.announcement_targets.sent(one, one.chat_id, 9)
    assert await store.announcement_targets.settle_unknown() == 1
    assert await store.announcement_targets.settle_unknown() == 0
    assert sorted((await states(database)).values()) == ["pending", "sent", "unknown"]


async def test_what_is_too_old_to_be_deleted_stays(store: Store, database: Database):
    await chats(store, -1)
    announcement = await gathered(store)
    (target,) = await store.announcement_targets.some(announcement.id, TargetState.PENDING)
    await store.announcement_targets.claim(target)
    await store.announcement_targets.sent(target, -1, 9)
    row = await database.announcementtargets.find_one({})
    assert row is not None
    await store.announcement_targets.keep_too_old(announcement.id, row["sent_at"] - timedelta(seconds=1))
    assert await states(database) == {-1: "sent"}
    await store.announcement_targets.keep_too_old(announcement.id, row["sent_at"])
    assert await states(database) == {-1: "stays"}


async def test_a_chat_that_becomes_another_is_told_there_and_its_old_message_is_nobodys(
    store: Store, database: Database
):
    await chats(store, -5)
    announcement = await gathered(store)
    (target,) = await store.announcement_targets.some(announcement.id, TargetState.PENDING)
    await store.announcement_targets.claim(target)
    await store.announcement_targets.sent(target, -5, 9)
    await store.life.migrate(-5, -1005)
    row = await database.announcementtargets.find_one({})
    assert row is not None
    assert (row["chat_id"], row.get("message_id")) == (-1005, None)
    await store.life.purge(-1005)
    assert await database.announcementtargets.count_documents({}) == 0


STEPS = st.lists(
    st.tuples(st.sampled_from(["claim", "give_back", "sent", "ended", "withdrawn", "die"]), st.integers(0, 3)),
    max_size=25,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_no_chat_is_sent_to_twice_in_any_order_of_steps(store: Store, database: Database, steps):
    """Whoever claims sends; a chat whose sending ended in any way, or nobody knows how, is never claimed again."""
    await database.announcements.delete_many({})
    await database.announcementtargets.delete_many({})
    await chats(store, -1, -2, -3, -4)
    announcement = await gathered(store)
    targets = store.announcement_targets
    found: list[Target] = await targets.some(announcement.id, TargetState.PENDING)
    over: set[int] = set()
    held: set[int] = set()
    for step, number in steps:
        target = found[number]
        match step:
            case "claim":
                claimed = await targets.claim(target)
                assert claimed == (number not in over | held)
                held |= {number} if claimed else set()
            case "give_back":
                await targets.give_back(target)
                held.discard(number)
            case "sent" | "ended":
                if step == "sent":
                    await targets.sent(target, target.chat_id, 1)
                else:
                    await targets.ended(target, TargetState.FAILED, "Rejected")
                over |= {number} & held
                held.discard(number)
            case "withdrawn":
                await targets.withdrawn(target, TargetState.RECALLED)
            case "die":
                assert await targets.settle_unknown() == len(held)
                over |= held
                held = set()

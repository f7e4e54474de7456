"""An announcement to many chats: a process that is killed in the middle of it, again and again."""

from collections import Counter

from gub.domain.values import ChatFacts
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.announcements import Counts, TargetState
from gub.store.store import Store
from tests.scenarios.conversation import bot_messages, tap, until
from tests.scenarios.running import BotProcess, Place

TEXT = "An update tonight"
CHATS = 200


async def long_known_groups(world: World, store: Store, owner: User, count: int = CHATS) -> list[Chat]:
    """Make groups that GUB has been in for long: their beginnings are no news any more."""
    made = []
    for number in range(count):
        chat = world.add_group(f"Group {number}", [owner], supergroup=True)
        world.add_bot(chat, owner)
        await store.chats.remember(ChatFacts(chat.id, "supergroup", chat.title))
        made.append(chat)
    world.default_bot.queue.clear()
    return made


def told_in(world: World, chats: list[Chat]) -> Counter[int]:
    return Counter(message.chat_id for chat in chats for message in world.messages(chat) if message.text == TEXT)


async def previewed(world: World, owner: User) -> SimMessage:
    world.start(owner)
    world.say(owner, owner, f"/announce {TEXT}")
    return await until(
        world, lambda: next((m for m in bot_messages(world, owner) if "get the message above" in m.text), None)
    )


async def counted(store: Store) -> Counts:
    (document,) = [one async for one in store.announcements._collection.find({})]
    return await store.announcement_targets.counts(str(document["_id"]))


async def test_three_kills_leave_one_unknown_each_at_most_and_nobody_is_told_twice(
    world: World, place: Place, store: Store
) -> None:
    owner = world.add_user("Olga")
    chats = await long_known_groups(world, store, owner)
    process = BotProcess(place.having(GUB_OWNER_IDS=str(owner.id)))
    try:
        await process.start()
        panel = await previewed(world, owner)
        await tap(world, owner, panel, "Confirm")
        for killed_at in (30, 90, 150):
            await until(world, lambda count=killed_at: sum(told_in(world, chats).values()) >= count)
            process.kill()
            await process.ended()
            await process.start()
        await until(world, lambda: panel.text.startswith("✅ Announced"))
    finally:
        await process.aclose()
    told, counts = told_in(world, chats), await counted(store)
    assert set(told.values()) == {1}
    assert counts.of(TargetState.UNKNOWN) <= 3
    assert counts.of(TargetState.SENT, TargetState.UNKNOWN) == CHATS
    assert counts.of(TargetState.SENT) <= len(told) <= CHATS
    assert f"Sent: {counts.of(TargetState.SENT)}" in panel.text

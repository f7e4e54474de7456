"""Chats come, change and go: `chats` holds a group exactly while the bot is in it."""

import asyncio
from datetime import timedelta

import pytest

from gub.domain.values import Account, Platform
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.services.chats import ChatBook
from gub.store.store import Store
from tests.scenarios.conversation import PATIENCE, ask, bot_messages, reply_to, until
from tests.scenarios.running import Place, bot_in_process
from tests.support.clock import FakeClock

ACCOUNT = Account(Platform.STEAM, "76561198000000001", "nova")


async def _gone(store: Store, chat_id: int) -> None:
    """Wait until the chat is not stored, by asking the database again and again."""
    async with asyncio.timeout(PATIENCE):
        while await store.chats.exists(chat_id):
            pass


async def _stored(store: Store, chat_id: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await store.chats.exists(chat_id):
            pass


def _group(world: World) -> tuple[User, User, Chat]:
    ana, bea = world.add_user("Ana"), world.add_user("Bea")
    chat = world.add_group("Friday Squad", [ana, bea])
    return ana, bea, chat


@pytest.mark.usefixtures("bot")
class TestComingAndGoing:
    async def test_my_chat_member_alone_stores_a_group_and_greets_it_once(self, world: World, store: Store) -> None:
        ana, _, chat = _group(world)
        world.add_bot(chat, ana)
        await until(world, lambda: bot_messages(world, chat))
        await _stored(store, chat.id)
        facts = await store.chats.get(chat.id)
        assert facts is not None
        assert (facts.title, facts.type) == ("Friday Squad", "group")
        await ask(world, ana, chat, "/about")
        assert len([m for m in bot_messages(world, chat) if "/status" in m.text and m.reply_to is None]) == 1

    async def test_d36_a_group_created_with_the_bot_in_it_is_stored(self, world: World, store: Store) -> None:
        ana = world.add_user("Ana")
        chat = world.add_group("Born with it", [ana], with_bot=True)
        await _stored(store, chat.id)

    async def test_removed_means_deleted_and_what_the_group_had_is_there_when_it_comes_back(
        self, world: World, store: Store
    ) -> None:
        ana, _, chat = _group(world)
        world.add_bot(chat, ana)
        await ask(world, ana, chat, "/newgroup Warzone")
        world.remove_bot(chat, ana)
        await _gone(store, chat.id)
        assert await store.notifygroups.by_name(chat.id, "warzone") is not None
        world.add_bot(chat, ana)
        await _stored(store, chat.id)
        answer = await ask(world, ana, chat, "/newgroup warzone")
        assert "already" in answer.text

    async def test_d37_a_private_chat_is_stored_at_start_and_deleted_when_blocked(
        self, world: World, store: Store
    ) -> None:
        ana = world.add_user("Ana")
        started = world.start(ana)
        await reply_to(world, ana, started)
        await _stored(store, ana.id)
        world.block(ana)
        await _gone(store, ana.id)
        world.unblock(ana)
        await ask(world, ana, ana, "/about")
        await _stored(store, ana.id)

    async def test_a_403_on_sending_counts_as_removal(self, world: World, store: Store) -> None:
        ana, _, chat = _group(world)
        world.add_bot(chat, ana)
        await _stored(store, chat.id)
        world.fail(method="sendMessage", kind="403", description="Forbidden: bot was kicked from the group chat")
        world.say(ana, chat, "/about")
        await _gone(store, chat.id)

    async def test_a_groups_title_is_kept_fresh(self, world: World, store: Store) -> None:
        ana, _, chat = _group(world)
        world.add_bot(chat, ana)
        await _stored(store, chat.id)
        world.rename_chat(chat, "Saturday Squad")
        await ask(world, ana, chat, "/about")
        facts = await store.chats.get(chat.id)
        assert facts is not None
        assert facts.title == "Saturday Squad"

    async def test_users_are_learnt_from_whoever_speaks(self, world: World, store: Store) -> None:
        ana = world.add_user("Ana", username="AnaPlays", last_name="K")
        chat = world.add_group("G", [ana])
        world.add_bot(chat, ana)
        await ask(world, ana, chat, "/about")
        known = await store.users.by_username("anaplays")
        assert known is not None
        assert (known.user_id, known.first_name, known.last_name) == (ana.id, "Ana", "K")

    async def test_d35_a_group_that_becomes_a_supergroup_keeps_everything(self, world: World, store: Store) -> None:
        ana, bea, chat = _group(world)
        world.add_bot(chat, ana)
        await ask(world, ana, chat, "/newgroup Warzone")
        await store.statususers.add(chat.id, ana.id, "Player1", {Platform.STEAM: ACCOUNT}, "Friday Squad")
        moved = world.migrate(chat)
        answer = await ask(world, bea, moved, "/join Warzone")
        assert "Warzone" in answer.text
        await _gone(store, chat.id)
        await _stored(store, moved.id)
        assert await store.statususers.of_chat(chat.id) == []
        assert [one.display_name for one in await store.statususers.of_chat(moved.id)] == ["Player1"]
        group = await store.notifygroups.by_name(moved.id, "Warzone")
        assert group is not None
        assert set(group.members) == {ana.id, bea.id}


async def test_the_400_of_a_migrated_group_is_followed(world: World, place: Place, store: Store) -> None:
    ana, _, chat = _group(world)
    async with bot_in_process(place):
        world.add_bot(chat, ana)
        await ask(world, ana, chat, "/newgroup Warzone")
        # The command is on its way when the group becomes a supergroup: its answer meets the 400.
        world.fail(method="getUpdates", kind="slow", times=1, delay=0.2)
        said = world.say(ana, chat, "/about")
        moved = world.migrate(chat)
        await until(world, lambda: bot_messages(world, moved))
        await _stored(store, moved.id)
        assert await store.notifygroups.by_name(moved.id, "Warzone") is not None
        assert said.chat_id == chat.id


async def test_a_left_chats_data_is_purged_after_thirty_days(store: Store) -> None:
    clock = FakeClock()
    book = ChatBook(store, clock)
    await store.statususers.add(-5, 1, "Player1", {Platform.STEAM: ACCOUNT}, "G")
    await book.left(-5, clock.now())
    await clock.advance(timedelta(days=29, hours=23).total_seconds())
    assert await book.purge_departed() == 0
    assert len(await store.statususers.of_chat(-5)) == 1
    await clock.advance(timedelta(hours=2).total_seconds())
    assert await book.purge_departed() == 1
    assert await store.statususers.of_chat(-5) == []
    assert await book.purge_departed() == 0

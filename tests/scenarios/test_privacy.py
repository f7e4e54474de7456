"""Being forgotten by the whole bot: nothing is left in any collection, the inbox included, also after a kill -9."""

from collections.abc import AsyncIterator

import pytest

from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.store.store import Store
from tests.scenarios.conversation import ask, bot_messages, greeted, tap, until
from tests.scenarios.running import BotProcess
from tests.support.scan import naming


@pytest.fixture
async def database(mongo_uri: str, database_name: str) -> AsyncIterator[Database]:
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()


async def lived(world: World, process: BotProcess) -> tuple[User, User, Chat]:
    """Let Zeldarina make a group that Bob is in, and open a dialog."""
    zelda, bob = world.add_user("Zeldarina", username="Zeldarina_Q"), world.add_user("Bob")
    chat = world.add_group("Squad", [zelda, bob], supergroup=True)
    world.add_bot(chat, zelda)
    world.start(zelda)
    await process.start()
    await greeted(world, [(zelda, chat)])
    await ask(world, zelda, chat, "/newgroup Hers")
    await ask(world, bob, chat, "/join Hers")
    await ask(world, bob, chat, "/newgroup His")
    world.say(bob, chat, "/invite His @Zeldarina_Q")
    await until(world, lambda: any("Bob invites you into His" in one.text for one in bot_messages(world, chat)))
    link = (await ask(world, zelda, chat, "/newgroup")).buttons[0]["url"].partition("start=")[2]
    await ask(world, zelda, zelda, f"/start {link}")
    return zelda, bob, chat


async def test_d86_the_whole_bot_forgets_somebody(
    world: World, process: BotProcess, store: Store, database: Database
) -> None:
    zelda, bob, chat = await lived(world, process)
    needles = (zelda.id, "Zeldarina")
    assert {"users", "chats", "notifygroups", "notifygroupinvitation", "dialogs"} <= set(
        await naming(database, *needles)
    )
    page = await ask(world, zelda, zelda, "/privacy")
    await tap(world, zelda, page, "Delete")
    await tap(world, zelda, page, "Confirm")
    assert "I know nothing about you any more" in page.text
    process.terminate()
    assert await process.ended() == 0
    assert await naming(database, *needles) == {}
    assert await database.inbox.count_documents({"body": {"$exists": True}}) == 0
    group = await store.notifygroups.by_name(chat.id, "Hers")
    assert group is not None
    assert group.creator_id == bob.id


async def test_after_a_kill_9_in_the_middle_the_next_start_forgets_them(
    world: World, process: BotProcess, database: Database
) -> None:
    zelda, _, chat = await lived(world, process)
    page = await ask(world, zelda, zelda, "/privacy")
    await tap(world, zelda, page, "Delete")
    # Asked who is in the chat, to whom the group could go, Telegram takes its time: the wish is written down by then.
    world.fail(method="getChatMember", kind="slow", times=20, delay=60.0)
    world.press(zelda, page.chat_id, page.id, page.button("Confirm"))
    await until(world, lambda: any(one.method == "getChatMember" and one.status is None for one in world.requests))
    assert await database.deletions.count_documents({"subject": zelda.id}) == 1
    process.kill()
    await process.ended()
    world.clear_faults()
    await process.start()
    await until(world, lambda: "I know nothing about you any more" in page.text)
    await until(world, lambda: any("you look after Hers" in one.text for one in bot_messages(world, chat)))
    process.terminate()
    assert await process.ended() == 0
    assert await naming(database, zelda.id, "Zeldarina") == {}

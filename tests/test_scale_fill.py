"""The database that the scale benchmark fills is one that GUB could have written."""

from benchmarks.scale_fill import LARGE_EVERY, PASSING, PEOPLE_IN_A_LARGE_CHAT, fill
from gub.clock import SystemClock
from gub.store.mongo import connect
from gub.store.store import Store

NUMBER = 50
BOT_ID = 7


async def test_what_is_filled_in_is_read_as_the_stores_own(store: Store, mongo_uri: str, database_name: str) -> None:
    client = connect(mongo_uri)
    database = client[database_name]
    filled = await fill(store, database, SystemClock(), NUMBER, bot_id=BOT_ID)
    large = NUMBER // LARGE_EVERY
    assert filled["statususers"] == NUMBER - large + large * PEOPLE_IN_A_LARGE_CHAT
    for name, count in filled.items():
        assert await database[name].count_documents({}) == count
    chat = await database["chats"].find_one({}, sort=[("chat_id", -1)])
    assert chat is not None
    chat_id = chat["chat_id"]
    assert len(await store.statususers.of_chat(chat_id)) == PEOPLE_IN_A_LARGE_CHAT
    (group,) = await store.notifygroups.of_chat(chat_id)
    (invitation,) = await store.invitations.of_group(group.id)
    assert group.invited == invitation.actively_invited
    assert await store.users.get_many([group.creator_id])
    await client.close()


async def test_what_is_filled_in_holds_together(store: Store, mongo_uri: str, database_name: str) -> None:
    client = connect(mongo_uri)
    await fill(store, client[database_name], SystemClock(), NUMBER, bot_id=BOT_ID)
    assert await client[database_name]["notifygroupinvitation"].count_documents({}) == NUMBER // PASSING
    assert await store.invited.put_right() == 0
    assert await store.inbox.pending(BOT_ID) == []
    assert await store.ringing.all() == []
    await client.close()

"""Who started what, read from whatever the documents hold; and which documents are looked at."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from gub.domain.spells import Spell
from gub.domain.starts import Sessions, Start
from gub.domain.values import ChatFacts
from gub.services.start_news import StartNews
from gub.store.chats import SettingsField
from gub.store.documents import Database
from gub.store.start_news import ToldMessage, ToldStarts
from gub.store.store import Store
from tests.support.clock import FakeClock

CHAT, ANN = -1001, 1
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
RUBBISH: list[Any] = [None, 1, {}, {"game": 5, "title": None, "at": "x"}, {"game": "hades", "lapsed_at": 7}]


async def test_what_is_kept_is_read_as_it_was(store: Store, database: Database):
    spells = {"hades": Spell(lasts=True), "dota 2": Spell(lasts=False, lapsed_at=NOW)}
    sessions = Sessions(str(ObjectId()), ANN, CHAT, spells, (Start("Hades", NOW),), revision=1)
    assert await store.starts.keep(None, sessions)
    assert await store.starts.waiting(5) == await store.starts.waiting_in(CHAT) == [sessions]
    assert await store.starts.keep(sessions, Sessions(sessions.person, ANN, CHAT))
    assert await store.starts.waiting(5) == await store.starts.waiting_in(CHAT) == []
    (document,) = await database.starts.find().to_list()
    assert (document["revision"], "waiting" in document) == (2, False), "it is not in the index of what waits"
    assert await store.starts.forget([sessions.person, "no id"]) == 1
    assert await store.starts.of_people([sessions.person, "no id"]) == {}


async def test_documents_that_make_no_sense_are_read_as_nothing_and_done_with(store: Store, database: Database):
    await store.chats.remember(ChatFacts(CHAT, "supergroup"))
    nonsense = {"waiting": True, "sessions": RUBBISH, "due": RUBBISH}
    await database.starts.insert_one(
        {"user_id": ANN, "chat_id": CHAT, "revision": 1, **nonsense}, bypass_document_validation=True
    )
    (read,) = await store.starts.waiting(5)
    assert (read.spells, read.due) == ({"5": Spell(lasts=False), "hades": Spell(lasts=False)}, ())
    news = StartNews(store, FakeClock())
    told = await news.of_chat(CHAT)
    assert told.starts == ()
    await news.done(told)
    assert await store.starts.waiting(5) == [], "else it would be looked at again and again"


@pytest.mark.parametrize("starts", [None, {}, {"ignored": RUBBISH, "told": RUBBISH}, {"ignored": 1, "told": {}}])
@pytest.mark.parametrize("settings", [None, {}, {"starts": "yes"}, {"starts": False}])
async def test_a_chat_that_chose_nothing_wants_nothing(store: Store, database: Database, starts: Any, settings: Any):
    await database.chats.insert_one({"chat_id": CHAT, "starts": starts, "settings": settings})
    assert await store.start_news.of_chat(CHAT) == ToldStarts()
    assert await store.start_news.chats() == []


async def test_as_many_messages_are_kept_as_are_told_in_a_day(store: Store):
    await store.chats.remember(ChatFacts(CHAT, "supergroup"))
    await store.chats.choose(CHAT, SettingsField.STARTS, value=True)
    for number in range(25):
        await store.start_news.told(CHAT, NOW, [str(number)])
    told = await store.start_news.of_chat(CHAT)
    assert told.wanted
    assert told.told == tuple(ToldMessage(NOW, (str(number),)) for number in range(5, 25))
    assert await store.start_news.chats() == [CHAT]

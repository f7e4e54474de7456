"""Collection `boards`: the messages that show at any time who is on. `_id` is "<chat>:<topic, or 0>"."""

from collections.abc import Collection
from typing import Any, Final

from pymongo import IndexModel
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.boards import Board
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import (
    INTEGER,
    INTEGER_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    integers_of,
    text_of,
)

SCHEMA: Final = CollectionSchema(
    name="boards",
    required=("chat_id", "stored_at"),
    properties={
        "_id": STRING,
        "chat_id": INTEGER,
        "thread_id": INTEGER_OR_NULL,
        "creator_id": INTEGER_OR_NULL,
        COMMAND_FIELD: INTEGER_OR_NULL,
        "message_id": INTEGER_OR_NULL,
        "shown": TEXT_OR_NULL,
        "pinned": {"bsonType": ["bool", "null"]},
        "old": {"bsonType": "array", "items": INTEGER},
        "ended": {"bsonType": "bool"},
        "stale": {"bsonType": "bool"},
        "revision": INTEGER,
        "stored_at": {"bsonType": "date"},
    },
    indexes=(
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("creator_id", 1)], name="creator_id", sparse=True),
        IndexModel([("stale", 1)], name="stale", sparse=True),
    ),
)

_AT_ONCE: Final = 200
TO_BE_SHOWN: Final = {"$set": {"stale": True}, "$inc": {"revision": 1}}
"""What has boards looked at: they may not show what is true."""


def key_of(chat_id: int, thread_id: int | None) -> str:
    """Name the board of a place: a topic has one, and so has what is outside topics."""
    return f"{chat_id}:{thread_id or 0}"


class Boards:
    """The boards of all chats."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def get(self, id_: str) -> Board | None:
        """Give one."""
        document = await self._collection.find_one({"_id": id_})
        return None if document is None else _board(document)

    async def at(self, chat_id: int, message_id: int) -> Board | None:
        """Give the one that this message shows."""
        document = await self._collection.find_one({"chat_id": chat_id, "message_id": message_id})
        return None if document is None else _board(document)

    async def of_chat(self, chat_id: int) -> list[Board]:
        """Give all of a chat."""
        return [_board(document) async for document in self._collection.find({"chat_id": chat_id})]

    async def count(self, chat_id: int) -> int:
        """Count the boards of a chat."""
        return await self._collection.count_documents({"chat_id": chat_id})

    async def place(self, board: Board) -> None:
        """Note which message is a place's board now, and which command asked for it; the one before is `old` then.

        It is to be looked at: something may have changed since it was written.
        """
        fields: dict[str, Any] = {
            "chat_id": board.chat_id,
            "thread_id": board.thread_id,
            "creator_id": board.creator_id,
            COMMAND_FIELD: board.command_id,
            "message_id": board.message_id,
            "shown": board.shown,
            "pinned": None,
            "stale": True,
            "stored_at": self._clock.now(),
        }
        while True:
            before = await self.get(board.id)
            if before is None:
                try:
                    await self._collection.insert_one({"_id": board.id, "revision": 0} | fields)
                except DuplicateKeyError:
                    continue
                return
            same = {"_id": board.id, "message_id": before.message_id}
            change: Document = {"$set": fields, "$unset": {"ended": ""}, "$inc": {"revision": 1}}
            if before.message_id not in {None, board.message_id}:
                change["$addToSet"] = {"old": before.message_id}
            if (await self._collection.update_one(same, change)).matched_count:
                return

    async def posted(self, board: Board, message_id: int) -> bool:
        """Note the message of one that had none; False: it has one meanwhile, or is gone."""
        lacking = {"_id": board.id, "message_id": None}
        change = {"$set": {"message_id": message_id, "pinned": None}, "$unset": {"shown": ""}}
        return (await self._collection.update_one(lacking, change)).matched_count > 0

    async def tried_to_pin(self, board: Board, *, pinned: bool) -> None:
        """Note whether its message could be pinned."""
        this = {"_id": board.id, "message_id": board.message_id}
        await self._collection.update_one(this, {"$set": {"pinned": pinned}})

    async def cleared(self, board: Board, message_id: int) -> None:
        """Note that an old message of it is gone."""
        await self._collection.update_one({"_id": board.id}, {"$pull": {"old": message_id}})

    async def end(self, board: Board) -> bool:
        """Have it left as it is, unless another message is that board now; say whether it was there."""
        this = {"_id": board.id, "message_id": board.message_id}
        change = {"$set": {"ended": True, "stale": True}, "$inc": {"revision": 1}}
        return (await self._collection.update_one(this, change)).matched_count > 0

    async def forget(self, board: Board) -> None:
        """Forget one, unless another message is that board now."""
        await self._collection.delete_one({"_id": board.id, "message_id": board.message_id})

    async def chats(self) -> list[int]:
        """Give the chats that have a board."""
        found = self._collection.find({}, {"chat_id": 1})
        return list(dict.fromkeys([integer_of(document["chat_id"]) or 0 async for document in found]))

    async def mark(self, chat_ids: Collection[int]) -> None:
        """Have the boards of these chats looked at: they may not show what is true."""
        chats = list(chat_ids)
        for start in range(0, len(chats), _AT_ONCE):
            some = {"chat_id": {"$in": chats[start : start + _AT_ONCE]}}
            await self._collection.update_many(some, TO_BE_SHOWN)

    async def stale(self, most: int) -> list[Board]:
        """Give those about which something may have to be done."""
        return [_board(document) async for document in self._collection.find({"stale": True}).limit(most)]

    async def shown(self, board: Board, shown: str) -> None:
        """Note what its message shows, unless another one is that board now; and that nothing else is to be done."""
        this = {"_id": board.id, "message_id": board.message_id}
        await self._collection.update_one(this, {"$set": {"shown": shown}})
        await self._collection.update_one(this | {"revision": board.revision}, {"$unset": {"stale": ""}})


def _board(document: Document) -> Board:
    return Board(
        id=str(document["_id"]),
        chat_id=integer_of(document.get("chat_id")) or 0,
        thread_id=integer_of(document.get("thread_id")),
        creator_id=integer_of(document.get("creator_id")),
        message_id=integer_of(document.get("message_id")),
        command_id=integer_of(document.get(COMMAND_FIELD)),
        shown=text_of(document.get("shown")),
        pinned=pinned if isinstance(pinned := document.get("pinned"), bool) else None,
        old=integers_of(document.get("old")),
        ended=document.get("ended") is True,
        revision=integer_of(document.get("revision")) or 0,
    )

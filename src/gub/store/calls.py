"""Collection `calls`: the calls that chats answer, for three days. Each answer is one update.

A call is written before its message is sent; its command, handled again, finds it. What follows from it is decided by
its revision: a call that changed meanwhile is neither taken for shown nor forgotten.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from bson import ObjectId
from pymongo import IndexModel, ReturnDocument
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.domain.calls import Answer, Answered, Call, Words
from gub.domain.limits import CALL_KEPT, GROUP_MEMBERS, LATE_COMER
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    INTEGER_OR_NULL,
    OBJECT_OR_NULL,
    STRING,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    integers_of,
    object_id,
    text_of,
    time_of,
)

_USERS: Final = {"bsonType": "array", "items": INTEGER}

SCHEMA: Final = CollectionSchema(
    name="calls",
    required=("chat_id", "group_id", "group_name", "caller_id", "coming", "opened_at", "closes_at", "stored_at"),
    properties={
        "chat_id": INTEGER,
        "group_id": STRING,
        "group_name": STRING,
        "caller_id": INTEGER,
        "opened_at": {"bsonType": "date"},
        "closes_at": {"bsonType": "date"},
        COMMAND_FIELD: INTEGER_OR_NULL,
        "thread_id": INTEGER_OR_NULL,
        "message_id": INTEGER_OR_NULL,
        "words": OBJECT_OR_NULL,
        "wanted": INTEGER_OR_NULL,
        "only_on": {"bsonType": "bool"},
        "called": _USERS,
        "muted": _USERS,
        "asleep": _USERS,
        "away": _USERS,
        "coming": _USERS,
        "late": OBJECT_OR_NULL,
        "cant": _USERS,
        "people": _USERS,
        "rest_pinged_at": DATE_OR_NULL,
        "full_told": {"bsonType": "bool"},
        "ended": {"bsonType": "bool"},
        "stale": {"bsonType": "bool"},
        "revision": INTEGER,
        "stored_at": {"bsonType": "date"},
    },
    indexes=(
        IndexModel([("stored_at", 1)], name="stored_at_ttl", expireAfterSeconds=int(CALL_KEPT.total_seconds())),
        IndexModel(
            [("chat_id", 1), (COMMAND_FIELD, 1)],
            name="command",
            unique=True,
            partialFilterExpression={COMMAND_FIELD: {"$type": "number"}},
        ),
        IndexModel([("chat_id", 1)], name="chat_id"),
        IndexModel([("stale", 1)], name="stale", sparse=True),
        IndexModel([("ended", 1), ("closes_at", 1)], name="closes_at"),
        IndexModel([("people", 1)], name="people"),
    ),
)

USERS: Final = ("called", "muted", "asleep", "away", "coming", "cant")
"""The fields that name people, beside who calls. Everybody whom a call names in any way is in `people` too."""

_TO_BE_SHOWN: Final = {"stale": True}
_END: Final = {"$set": {"ended": True} | _TO_BE_SHOWN, "$inc": {"revision": 1}}
_LAST: Final = GROUP_MEMBERS - 1


class CallsMade:
    """The calls of the last days."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._collection = database[SCHEMA.name]
        self._clock = clock

    async def begin(self, call: Call) -> Call:
        """Keep a new call (its `id` is "") and give it; the same command again gives what it began, with a revision.

        As long as no message of it is known, that is begun anew, for as long and for those whom it is for now; its
        answers stay.
        """
        document = _document(call) | {"_id": ObjectId(), "revision": 0, "stored_at": self._clock.now()}
        while True:
            try:
                await self._collection.insert_one(document)
            except DuplicateKeyError:
                begun = await self._begun_again(document)
                if begun is not None:
                    return _call(begun)
            else:
                return _call(document)

    async def _begun_again(self, document: Document) -> Document | None:
        """Give what this command began before; None when that is gone by now."""
        made = {name: document[name] for name in ("chat_id", COMMAND_FIELD)}
        anew = {name: value for name, value in document.items() if name not in _OF_THE_FIRST}
        change = {
            "$set": anew,
            "$inc": {"revision": 1},
            "$addToSet": {"people": {"$each": document["people"]}},
        }
        unseen = made | {"message_id": None}
        after = ReturnDocument.AFTER
        begun = await self._collection.find_one_and_update(unseen, change, return_document=after)
        return begun or await self._collection.find_one(made)

    async def get(self, id_: str) -> Call | None:
        """Give one."""
        document = await self._collection.find_one({"_id": object_id(id_)})
        return None if document is None else _call(document)

    async def posted(self, call: Call, chat_id: int, message_id: int, called: Collection[int]) -> bool:
        """Note the message that shows `call`, and whom that mentions; say whether it shows it as it is by now.

        `chat_id` is where the message is: its group may have become a supergroup just before, or just after.
        """
        this = {"_id": object_id(call.id), "chat_id": {"$in": [call.chat_id, chat_id]}}
        place: Document = {"$set": {"chat_id": chat_id, "message_id": message_id}}
        if chat_id != call.chat_id:
            place["$unset"] = {COMMAND_FIELD: ""}
        if tuple(called) == call.called:
            as_worded = await self._collection.update_one(this | {"revision": call.revision}, place)
            if as_worded.matched_count:
                return True
        place["$set"] |= _TO_BE_SHOWN
        # Nobody is added: who is not there any more was forgotten meanwhile.
        unmentioned = {"called": {"$nin": list(called)}}
        await self._collection.update_one(this, place | {"$pull": unmentioned, "$inc": {"revision": 1}})
        return False

    async def answer(self, id_: str, user_id: int, answer: Answer, now: datetime) -> Answered:
        """Take somebody's answer in the place of the one before."""
        for change, unlike in _CHANGES[answer](user_id, now + LATE_COMER):
            change |= {"$inc": {"revision": 1}, "$set": change.get("$set", {}) | _TO_BE_SHOWN}
            if (await self._collection.update_one(_open(id_, now) | unlike, change)).matched_count:
                return Answered.TAKEN
        found = await self.get(id_)
        if found is None or found.ended or found.closes_at <= now:
            return Answered.OVER
        same = found.cant if answer is Answer.CANT else found.coming
        return Answered.SAME if user_id in same else Answered.NO_ROOM

    async def end(self, id_: str) -> bool:
        """Take no more answers; say whether it took some until now."""
        still = {"_id": object_id(id_), "ended": {"$ne": True}}
        return (await self._collection.update_one(still, _END)).matched_count > 0

    async def end_due(self, now: datetime) -> int:
        """Take no more answers to those whose time ran out; say how many those are."""
        due = {"ended": False, "closes_at": {"$lte": now}}
        return (await self._collection.update_many(due, _END)).modified_count

    async def rest_pinged(self, id_: str, now: datetime) -> datetime | None:
        """Note that its rest is to be pinged from now on; give when that began, it may be before. None: it is over."""
        still = _open(id_, now)
        change = {"$set": {"rest_pinged_at": now} | _TO_BE_SHOWN, "$inc": {"revision": 1}}
        after = ReturnDocument.AFTER
        document = await self._collection.find_one_and_update(
            still | {"rest_pinged_at": None}, change, return_document=after
        )
        if document is None:
            document = await self._collection.find_one(still)
        return None if document is None else time_of(document.get("rest_pinged_at"))

    async def told_full(self, id_: str) -> None:
        """Note that the caller was told that enough come."""
        await self._collection.update_one({"_id": object_id(id_)}, {"$set": {"full_told": True}})

    async def over(self, id_: str) -> None:
        """Take no more answers, and have its message show that, whether it did before or not."""
        await self._collection.update_one({"_id": object_id(id_)}, _END)

    async def stale(self, most: int) -> list[Call]:
        """Give those whose message may not show them as they are."""
        return [_call(document) async for document in self._collection.find({"stale": True}).limit(most)]

    async def shown(self, id_: str, revision: int) -> None:
        """Note that its message shows it as it was at this revision."""
        unchanged = {"_id": object_id(id_), "revision": revision}
        await self._collection.update_one(unchanged, {"$unset": {"stale": ""}})

    async def forget(self, call: Call) -> None:
        """Forget one of which there is no message, unless it changed meanwhile."""
        await self._collection.delete_one({"_id": object_id(call.id), "revision": call.revision})


def _open(id_: str, now: datetime) -> Document:
    """Find one that takes answers: calls are closed once a minute, and not at all while GUB is away."""
    return {"_id": object_id(id_), "ended": {"$ne": True}, "closes_at": {"$gt": now}}


Change = tuple[Document, Document]
"""What an answer changes, and of which calls: not of those that show it already."""


def _coming(user_id: int) -> Document:
    return {"$addToSet": {"coming": user_id, "people": user_id}, "$pull": {"cant": user_id}}


def _in(user_id: int, _: datetime) -> Iterable[Change]:
    late = f"late.{user_id}"
    unlike = [{"coming": {"$ne": user_id}, f"coming.{_LAST}": {"$exists": False}}, {late: {"$exists": True}}]
    yield _coming(user_id) | {"$unset": {late: ""}}, {"$or": unlike}


def _soon(user_id: int, when: datetime) -> Iterable[Change]:
    there = [{"coming": user_id}, {f"coming.{_LAST}": {"$exists": False}}]
    yield _coming(user_id) | {"$set": {f"late.{user_id}": when}}, {"$or": there}


def _cant(user_id: int, _: datetime) -> Iterable[Change]:
    gone = {"$pull": {"coming": user_id}, "$unset": {f"late.{user_id}": ""}}
    named = {"$addToSet": {"cant": user_id, "people": user_id}}
    yield gone | named, {"cant": {"$ne": user_id}, f"cant.{_LAST}": {"$exists": False}}
    yield gone, {"coming": user_id}  # whoever comes may think better of it, though so many cannot that none is named


_CHANGES: Final = {Answer.IN: _in, Answer.SOON: _soon, Answer.CANT: _cant}
"""The changes that an answer tries, one after the other."""

_OF_THE_FIRST: Final = frozenset({"_id", "chat_id", COMMAND_FIELD, "coming", "cant", "people", "revision", "stored_at"})
"""What a command that is handled again leaves as it was begun."""


def _document(call: Call) -> Document:
    document: dict[str, Any] = {
        "chat_id": call.chat_id,
        "group_id": call.group_id,
        "group_name": call.group_name,
        "caller_id": call.caller_id,
        "opened_at": call.opened_at,
        "closes_at": call.closes_at,
        COMMAND_FIELD: call.command_id,
        "thread_id": call.thread_id,
        "wanted": call.wanted,
        "only_on": call.only_on,
        "ended": False,
    }
    if call.words is not None:
        document["words"] = {"text": call.words.text, "looks": [dict(look) for look in call.words.looks]}
    named = {name: list(getattr(call, name)) for name in USERS}
    people = dict.fromkeys([call.caller_id, *(one for users in named.values() for one in users)])
    return document | named | {"people": list(people)}


def _call(document: Document) -> Call:
    opened_at = time_of(document.get("opened_at")) or document["stored_at"]
    return Call(
        id=str(document["_id"]),
        chat_id=integer_of(document.get("chat_id")) or 0,
        group_id=text_of(document.get("group_id")) or "",
        group_name=text_of(document.get("group_name")) or "",
        caller_id=integer_of(document.get("caller_id")) or 0,
        opened_at=opened_at,
        closes_at=time_of(document.get("closes_at")) or opened_at,
        command_id=integer_of(document.get(COMMAND_FIELD)),
        thread_id=integer_of(document.get("thread_id")),
        message_id=integer_of(document.get("message_id")),
        words=_words(document.get("words")),
        wanted=integer_of(document.get("wanted")),
        only_on=document.get("only_on") is True,
        late=_late(document.get("late")),
        rest_pinged_at=time_of(document.get("rest_pinged_at")),
        full_told=document.get("full_told") is True,
        ended=document.get("ended") is True,
        revision=integer_of(document.get("revision")) or 0,
        **{name: integers_of(document.get(name)) for name in USERS},
    )


def _words(value: object) -> Words | None:
    if not isinstance(value, dict) or (text := text_of(value.get("text"))) is None:
        return None
    looks = value.get("looks")
    return Words(text, tuple(look for look in looks if isinstance(look, dict)) if isinstance(looks, list) else ())


def _late(value: object) -> Mapping[int, datetime]:
    if not isinstance(value, dict):
        return {}
    times = ((int(key), time_of(when)) for key, when in value.items() if str(key).isdecimal())
    return {user_id: when for user_id, when in times if when is not None}

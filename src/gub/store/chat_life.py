"""What touches every collection of a chat at once: its move to another id, and its end."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Final

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from gub.clock import Clock
from gub.store import (
    announcements,
    boards,
    calls,
    chats,
    departures,
    dialogs,
    history,
    invitations,
    migrations,
    notifygroups,
    respects,
    ringing,
    starts,
    statususers,
    watches,
)
from gub.store.creation import COMMAND_FIELD
from gub.store.documents import NAMES, Database, Document, text_of
from gub.store.duplicates import NAME_FIELDS
from gub.store.migrations import Migrations
from gub.store.names import numbered

_KEPT_OF_A_CHAT: Final = ("title", "language", "settings", "thread_id", "joined_at", "starts")
# Messages are counted anew in the supergroup: the same number there is another message.
_MESSAGE_IDS: Final = {COMMAND_FIELD: "", "last_call_message_id": ""}


class ChatLife:
    """Moves and purges chats."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._migrations = Migrations(database, clock)

    async def migrate(self, old: int, new: int) -> None:
        """Move everything of a group to the supergroup that it became.

        Telegram tells it on several paths, so this may run twice, or twice at once, and ends the same. Cut short, it is
        finished by the next call or by `resume`. A name that the new chat has already is kept with a number after it.
        """
        if old == new:
            return
        await self._migrations.start(old, new)
        for step in self._steps():
            await step(old, new)
        await self._migrations.finish(old, new)

    async def resume(self) -> int:
        """Finish the moves that were cut short; say how many."""
        unfinished = await self._migrations.unfinished()
        for old, new in unfinished:
            await self.migrate(old, new)
        return len(unfinished)

    async def successor(self, chat_id: int) -> int | None:
        """Give the chat that this one became; None when it became none."""
        return await self._migrations.successor(chat_id)

    async def purge(self, chat_id: int, *, left_before: datetime | None = None) -> int:
        """Delete everything of a chat; say how many documents. The departure goes last: until then it is due again.

        With `left_before` nothing is deleted of a chat to which GUB came back after it was found due.
        """
        if left_before is not None:
            still_due = {"_id": chat_id, "at": {"$lte": left_before}}
            if await self._database[departures.SCHEMA.name].find_one(still_due, {"_id": 1}) is None:
                return 0
        groups = await _ids(self._database[notifygroups.SCHEMA.name], chat_id)
        people = await _ids(self._database[statususers.SCHEMA.name], chat_id)
        chosen: list[tuple[str, dict[str, Any]]] = [
            (invitations.SCHEMA.name, {"notify_group_id": {"$in": groups}}),
            (invitations.SCHEMA.name, {"chat_id": chat_id}),
            (notifygroups.SCHEMA.name, {"_id": {"$in": groups}, "chat_id": chat_id}),
            (ringing.SCHEMA.name, {"chat_id": chat_id}),
            (calls.SCHEMA.name, {"chat_id": chat_id}),
            (respects.SCHEMA.name, {"chat_id": chat_id}),
            (boards.SCHEMA.name, {"chat_id": chat_id}),
            (announcements.TARGETS_SCHEMA.name, {"chat_id": chat_id}),
            (statususers.SCHEMA.name, {"_id": {"$in": people}, "chat_id": chat_id}),
            (history.SCHEMA.name, {"chat_id": chat_id}),
            (watches.SCHEMA.name, {"chat_id": chat_id}),
            (starts.SCHEMA.name, {"chat_id": chat_id}),
            (dialogs.SCHEMA.name, {"chat_id": chat_id}),
            (dialogs.SCHEMA.name, {"data.chat_id": chat_id}),
            (chats.SCHEMA.name, {"chat_id": chat_id}),
            (migrations.SCHEMA.name, {"to": chat_id}),
            (departures.SCHEMA.name, {"_id": chat_id}),
        ]
        deleted = 0
        for name, condition in chosen:
            deleted += (await self._database[name].delete_many(condition)).deleted_count
        return deleted

    def _steps(self) -> tuple[Callable[[int, int], Awaitable[None]], ...]:
        return (
            self._move_status_users,
            self._move_history,
            self._move_watches,
            self._move_starts,
            self._move_notify_groups,
            self._move_invitations,
            self._move_calls,
            self._move_ringing,
            self._end_respects,
            self._move_boards,
            self._move_announcement_targets,
            self._move_dialogs,
            self._move_departure,
            self._move_chat,
        )

    async def _move_status_users(self, old: int, new: int) -> None:
        await self._move_named(statususers.SCHEMA.name, old, new)

    async def _move_history(self, old: int, new: int) -> None:
        await self._database[history.SCHEMA.name].update_many({"chat_id": old}, {"$set": {"chat_id": new}})

    async def _move_watches(self, old: int, new: int) -> None:
        collection = self._database[watches.SCHEMA.name]
        for watch in await collection.find({"chat_id": old}, {"_id": 1}).to_list():
            try:
                await collection.update_one(watch, {"$set": {"chat_id": new}})
            except DuplicateKeyError:
                await collection.delete_one(watch)  # the same is watched in the new chat already

    async def _move_starts(self, old: int, new: int) -> None:
        change = {"$set": {"chat_id": new}, "$inc": {"revision": 1}}
        await self._database[starts.SCHEMA.name].update_many({"chat_id": old}, change)

    async def _move_notify_groups(self, old: int, new: int) -> None:
        await self._move_named(notifygroups.SCHEMA.name, old, new)

    async def _move_named(self, name: str, old: int, new: int) -> None:
        collection = self._database[name]
        change = {"$set": {"chat_id": new}, "$unset": _MESSAGE_IDS}
        try:
            # What comes into the old chat meanwhile is found by the next look.
            while ids := await _ids(collection, old):
                await collection.update_many({"_id": {"$in": ids}, "chat_id": old}, change)
        except DuplicateKeyError:
            for document in await collection.find({"chat_id": old}, collation=NAMES).to_list():
                await _move_one(collection, document, NAME_FIELDS[name], new)

    async def _move_invitations(self, old: int, new: int) -> None:
        await self._move_shown(invitations.SCHEMA.name, old, new)

    async def _move_calls(self, old: int, new: int) -> None:
        await self._move_shown(calls.SCHEMA.name, old, new)

    async def _move_shown(self, name: str, old: int, new: int) -> None:
        # The message cannot be edited there: marked as stale, what it showed is posted anew.
        change = {
            "$set": {"chat_id": new, "stale": True},
            "$unset": {"message_id": "", COMMAND_FIELD: ""},
            "$inc": {"revision": 1},
        }
        await self._database[name].update_many({"chat_id": old}, change)

    async def _move_ringing(self, old: int, new: int) -> None:
        await self._database[ringing.SCHEMA.name].update_many({"chat_id": old}, {"$set": {"chat_id": new}})

    async def _end_respects(self, old: int, _: int) -> None:
        # Their messages cannot be edited there, and no button of theirs is tapped any more.
        await self._database[respects.SCHEMA.name].delete_many({"chat_id": old})

    async def _move_boards(self, old: int, new: int) -> None:
        # Their messages cannot be edited there: without one, each is posted anew.
        collection = self._database[boards.SCHEMA.name]
        for board in await collection.find({"chat_id": old}).to_list():
            gone = dict.fromkeys(("message_id", COMMAND_FIELD, "shown"))
            moved = board | gone | {"chat_id": new, "pinned": None, "old": [], "stale": True}
            await _insert_unless_there(collection, moved | {"_id": boards.key_of(new, board.get("thread_id"))})
            await collection.delete_one({"_id": board["_id"]})

    async def _move_announcement_targets(self, old: int, new: int) -> None:
        # Messages are counted anew there: the old number may be another one.
        change = {"$set": {"chat_id": new}, "$unset": {"message_id": ""}}
        await self._database[announcements.TARGETS_SCHEMA.name].update_many({"chat_id": old}, change)

    async def _move_dialogs(self, old: int, new: int) -> None:
        collection = self._database[dialogs.SCHEMA.name]
        await collection.update_many({"data.chat_id": old}, {"$set": {"data.chat_id": new}})
        for document in await collection.find({"chat_id": old}).to_list():
            moved = document | {"_id": dialogs.key_in(document["_id"], new), "chat_id": new}
            await _insert_unless_there(collection, moved)
            await collection.delete_one({"_id": document["_id"]})

    async def _move_departure(self, old: int, new: int) -> None:
        collection = self._database[departures.SCHEMA.name]
        departure = await collection.find_one({"_id": old})
        if departure is None:
            return
        if await self._database[chats.SCHEMA.name].find_one({"chat_id": new}, {"_id": 1}) is None:
            await _insert_unless_there(collection, departure | {"_id": new})
        await collection.delete_one({"_id": old})

    async def _move_chat(self, old: int, new: int) -> None:
        collection = self._database[chats.SCHEMA.name]
        try:
            await collection.update_one({"chat_id": old}, {"$set": {"chat_id": new, "type": "supergroup"}})
        except DuplicateKeyError:
            # The new chat was seen first: it gets what only the old one knows.
            document: Document = await collection.find_one({"chat_id": old}) or {}
            for field in _KEPT_OF_A_CHAT:
                if field in document:
                    lacking = {"chat_id": new, field: None}
                    await collection.update_one(lacking, {"$set": {field: document[field]}})
            await collection.delete_one({"chat_id": old})


async def _ids(collection: AsyncCollection[Document], chat_id: int) -> list[Any]:
    """Give the ids of what has names in a chat, to change it by them.

    For a change by the chat, whose index is collated, the embedded server looks at every document.
    """
    return [document["_id"] async for document in collection.find({"chat_id": chat_id}, {"_id": 1}, collation=NAMES)]


async def _move_one(collection: AsyncCollection[Document], document: Document, field: str, new: int) -> None:
    """Move one document under its name or the first free one; whoever else moves it at the same time, wins."""
    here = {"_id": document["_id"], "chat_id": document["chat_id"]}
    try:
        await collection.update_one(here, {"$set": {"chat_id": new}, "$unset": _MESSAGE_IDS})
    except DuplicateKeyError:
        for name in numbered(text_of(document.get(field)) or ""):
            try:
                await collection.update_one(here, {"$set": {"chat_id": new, field: name}, "$unset": _MESSAGE_IDS})
            except DuplicateKeyError:
                continue
            return


async def _insert_unless_there(collection: AsyncCollection[Document], document: Document) -> None:
    try:
        await collection.insert_one(document)
    except DuplicateKeyError:
        return

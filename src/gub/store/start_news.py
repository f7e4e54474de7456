"""What a chat was told of who started what, and of which games it does not want to hear: `starts` of `chats`.

Both go where the chat's settings go: to the supergroup that it becomes, and away with the chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gub.domain.errors import LimitReached
from gub.domain.limits import IGNORED_TITLES, TOLD_A_DAY
from gub.domain.presence import title_key
from gub.store.chats import SCHEMA, SettingsField
from gub.store.documents import Database, Document, integer_of, text_of, time_of

_HAS_ROOM: Final = {f"starts.ignored.{IGNORED_TITLES - 1}": {"$exists": False}}


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """A message that told who started what: when, and the games in it."""

    at: datetime
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldStarts:
    """Whether a chat wants to hear who starts what (`wanted`), of which games it does not, and what it heard last."""

    wanted: bool = False
    ignored: tuple[str, ...] = ()
    told: tuple[ToldMessage, ...] = ()


class StartNews:
    """The part of `chats` about who started what."""

    def __init__(self, database: Database) -> None:
        self._collection = database[SCHEMA.name]

    async def chats(self) -> list[int]:
        """Give the chats that want to hear it."""
        found = self._collection.find({f"settings.{SettingsField.STARTS}": True}, {"chat_id": 1})
        return [integer_of(document["chat_id"]) or 0 async for document in found]

    async def of_chat(self, chat_id: int) -> ToldStarts:
        """Give what is to be known of a chat before it is told; of one that is not kept, that it wants nothing."""
        fields = {f"settings.{SettingsField.STARTS}": 1, "starts": 1}
        document: Document = await self._collection.find_one({"chat_id": chat_id}, fields) or {}
        settings, starts = document.get("settings"), document.get("starts")
        kept = starts if isinstance(starts, dict) else {}
        return ToldStarts(
            wanted=isinstance(settings, dict) and settings.get(SettingsField.STARTS) is True,
            ignored=tuple(title for one in _dicts(kept.get("ignored")) if (title := text_of(one.get("title")))),
            told=tuple(
                ToldMessage(at, _titles(one.get("titles")))
                for one in _dicts(kept.get("told"))
                if (at := time_of(one.get("at"))) is not None
            ),
        )

    async def told(self, chat_id: int, at: datetime, titles: Sequence[str]) -> None:
        """Note that a chat was told of these games. As many messages are kept as may be told in a day."""
        message = {"at": at, "titles": list(titles)}
        change = {"$push": {"starts.told": {"$each": [message], "$slice": -TOLD_A_DAY}}}
        await self._collection.update_one({"chat_id": chat_id}, change)

    async def ignore(self, chat_id: int, title: str) -> None:
        """Tell a chat no more of a game.

        Raises:
            LimitReached: it ignores `IGNORED_TITLES` already.
        """
        key = title_key(title)
        new = {"chat_id": chat_id, "starts.ignored.key": {"$ne": key}} | _HAS_ROOM
        change = {"$push": {"starts.ignored": {"key": key, "title": title}}}
        if (await self._collection.update_one(new, change)).matched_count:
            return
        ignored = (await self.of_chat(chat_id)).ignored
        if len(ignored) >= IGNORED_TITLES and key not in map(title_key, ignored):
            raise LimitReached(IGNORED_TITLES)

    async def tell_again(self, chat_id: int, title: str) -> None:
        """Tell a chat of a game again."""
        change = {"$pull": {"starts.ignored": {"key": title_key(title)}}}
        await self._collection.update_one({"chat_id": chat_id}, change)


def _dicts(stored: object) -> list[Document]:
    return [one for one in stored if isinstance(one, dict)] if isinstance(stored, list) else []


def _titles(stored: object) -> tuple[str, ...]:
    return tuple(one for one in stored if isinstance(one, str)) if isinstance(stored, list) else ()

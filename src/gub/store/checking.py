"""What must be so in a database whatever happened to the process, and where it is not.

Every change is decided in one document; what follows from it is written after it, so a death in between leaves it
undone until somebody touches it again. Here it is looked for, in all documents; `services.mending` does it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from gub.clock import Clock
from gub.store import (
    announcements,
    chats,
    deletions,
    departures,
    invitations,
    migrations,
    notifygroups,
    statususers,
)
from gub.store.documents import Database, Document, integer_of, integers_of
from gub.store.invitations.document import ASKED, SOMETHING_UNFINISHED, entries_in, is_over
from gub.store.schema import SCHEMAS

_LATE: Final = timedelta(minutes=5)
"""How long after its time something may be done: a running bot looks each minute."""

_SHOWN: Final = 100
"""Documents of one collection that are named; of those behind them only the number is told."""


class Rule(StrEnum):
    """What must be so, as it is told."""

    ASKED = "a group names as invited whom its open invitations ask"
    GROUP = "an open invitation is into a group that is there"
    MEMBER = "nobody is asked who is a member already"
    ACCEPTED = "who has accepted is a member"
    PLACE = "an invitation is in the chat of its group"
    EXPIRED = "an invitation whose time has run out has ended"
    CHAT = "groups and people belong to a chat that GUB is in, or has left not long ago"
    LEFT = "a chat that was left is not one that GUB is in"
    MOVED = "a group that became a supergroup has taken everything along"
    TARGET = "what is to be announced belongs to an announcement"
    FORGOTTEN = "who asked to be forgotten is"
    MUTE = "who has muted a group is a member"
    VALID = "a document has the types that it must have"


NOT_MENDED: Final = frozenset({Rule.VALID, Rule.FORGOTTEN})
"""What a repair leaves: a document that somebody else wrote is for a person to look at, and a wish to be forgotten is
fulfilled by the bot, which tells the person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it must be. `key` names the document to begin from."""

    rule: Rule
    key: Any
    where: str


class Checking:
    """Looks through all collections. It reads everything, and changes nothing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Look at `database`."""
        self._database = database
        self._clock = clock
        self._groups: dict[Any, Document] = {}

    async def findings(self) -> list[Finding]:
        """Give what is not as it must be, by the order of `Rule`. A running bot may be about to do some of it."""
        fields = {"chat_id": 1, "members": 1, "invited": 1, "mutes": 1}
        self._groups = {group["_id"]: group async for group in self._all(notifygroups.SCHEMA.name, {}, fields)}
        open_ones = [one async for one in self._all(invitations.SCHEMA.name, {"ended": None})]
        found = [*self._of_groups(open_ones), *(one for each in open_ones for one in self._of_invitation(each))]
        for look in self._looks():
            found += await look()
        order = list(Rule)
        return sorted(found, key=lambda finding: order.index(finding.rule))

    def _looks(self) -> tuple[Callable[[], Awaitable[list[Finding]]], ...]:
        return self._accepted, self._chats, self._moves, self._targets, self._wishes, self._types

    def _of_groups(self, open_ones: list[Document]) -> list[Finding]:
        asked: dict[Any, list[int | str]] = {}
        for invitation in sorted(open_ones, key=lambda one: one["_id"]):
            asked.setdefault(invitation.get("notify_group_id"), []).extend(entries_in(invitation.get(ASKED)))
        wrong = []
        for key, group in self._groups.items():
            members = set(integers_of(group.get("members")))
            expected = [one for one in dict.fromkeys(asked.get(key, [])) if one not in members]
            if list(group.get("invited") or []) != expected:
                wrong.append(Finding(Rule.ASKED, str(key), f"group {key}"))
            mutes = group.get("mutes")
            if isinstance(mutes, dict) and not mutes.keys() <= {str(member) for member in members}:
                wrong.append(Finding(Rule.MUTE, str(key), f"group {key}"))
        return wrong

    def _of_invitation(self, invitation: Document) -> list[Finding]:
        key, where = str(invitation["_id"]), f"invitation {invitation['_id']}"
        group = self._groups.get(invitation.get("notify_group_id"))
        if group is None:
            return [Finding(Rule.GROUP, str(invitation.get("notify_group_id")), where)]
        found = []
        members = set(integers_of(group.get("members")))
        if members & set(entries_in(invitation.get(ASKED))):
            found.append(Finding(Rule.MEMBER, key, where))
        if invitation.get("chat_id") not in (None, group.get("chat_id")):
            found.append(Finding(Rule.PLACE, key, where))
        if is_over(invitation, self._clock.now() - _LATE):
            found.append(Finding(Rule.EXPIRED, key, where))
        return found

    async def _accepted(self) -> list[Finding]:
        unfinished = self._all(invitations.SCHEMA.name, SOMETHING_UNFINISHED, {"_id": 1})
        return [Finding(Rule.ACCEPTED, str(one["_id"]), f"invitation {one['_id']}") async for one in unfinished]

    async def _chats(self) -> list[Finding]:
        here = {integer_of(one.get("chat_id")) async for one in self._all(chats.SCHEMA.name, {}, {"chat_id": 1})}
        left = {one["_id"] async for one in self._all(departures.SCHEMA.name, {}, {"_id": 1})}
        kept = {integer_of(group.get("chat_id")) for group in self._groups.values()}
        kept |= {integer_of(one.get("chat_id")) async for one in self._all(statususers.SCHEMA.name, {}, {"chat_id": 1})}
        strays = sorted(chat_id for chat_id in kept - here - left if chat_id is not None)
        both = sorted(chat_id for chat_id in here & left if chat_id is not None)
        return [
            *(Finding(Rule.CHAT, chat_id, f"chat {chat_id}") for chat_id in strays),
            *(Finding(Rule.LEFT, chat_id, f"chat {chat_id}") for chat_id in both),
        ]

    async def _moves(self) -> list[Finding]:
        unfinished = self._all(migrations.SCHEMA.name, {"finished_at": None}, {"_id": 1})
        return [Finding(Rule.MOVED, one["_id"], f"chat {one['_id']}") async for one in unfinished]

    async def _targets(self) -> list[Finding]:
        there = {one["_id"] async for one in self._all(announcements.SCHEMA.name, {}, {"_id": 1})}
        targets = self._database[announcements.TARGETS_SCHEMA.name]
        named = await targets.distinct("announcement")
        return [Finding(Rule.TARGET, str(key), f"announcement {key}") for key in named if key not in there]

    async def _wishes(self) -> list[Finding]:
        late = {"asked_at": {"$lte": self._clock.now() - _LATE}}
        wishes = self._all(deletions.SCHEMA.name, late, {"_id": 1})
        return [Finding(Rule.FORGOTTEN, one["_id"], f"wish {one['_id']}") async for one in wishes]

    async def _types(self) -> list[Finding]:
        found = []
        for schema in SCHEMAS:
            broken = self._database[schema.name].find({"$nor": [schema.validator]}, {"_id": 1}).limit(_SHOWN)
            found += [
                Finding(Rule.VALID, one["_id"], f"document {one['_id']!r} of {schema.name}") async for one in broken
            ]
        return found

    async def _all(self, name: str, which: Document, fields: Document | None = None) -> AsyncIterator[Document]:
        async for document in self._database[name].find(which, fields):
            yield document

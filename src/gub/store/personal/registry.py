"""Every collection, and what it holds of a person."""

from collections.abc import Mapping
from typing import Final

from gub.domain.invitees import entry_of
from gub.store import (
    claims,
    credentials,
    deletions,
    faults,
    imports,
    inbox,
    leases,
    migrations,
    paces,
    statususers,
    upgrades,
    users,
    workers,
)
from gub.store.documents import NAMES, Database, text_of
from gub.store.personal.announcements import AnnouncementsPart, AnnouncementTargetsPart
from gub.store.personal.boards import BoardsPart
from gub.store.personal.calls import CallsPart
from gub.store.personal.counting import Traces, traces_of
from gub.store.personal.donations import DonationsPart
from gub.store.personal.groups import GroupsMade, InvitationsPart, NotifyGroupsPart, RingingPart
from gub.store.personal.history import HistoryPart
from gub.store.personal.part import Part, Person, Record
from gub.store.personal.people import PresencesPart, StatusUsersPart, accounts_in
from gub.store.personal.respects import RespectsPart
from gub.store.personal.starts import StartsPart
from gub.store.personal.themselves import ChatsPart, DeparturesPart, DialogsPart, UsersPart
from gub.store.personal.watches import WatchesPart

PARTS: Final[tuple[type[Part], ...]] = (
    StatusUsersPart,
    PresencesPart,
    HistoryPart,
    WatchesPart,
    StartsPart,
    InvitationsPart,
    NotifyGroupsPart,
    RingingPart,
    CallsPart,
    RespectsPart,
    BoardsPart,
    AnnouncementsPart,
    AnnouncementTargetsPart,
    DialogsPart,
    DonationsPart,
    DeparturesPart,
    ChatsPart,
    UsersPart,
)
"""In the order in which they forget. What Telegram told of a person comes last: by it their username is known."""

EXCEPTIONS: Final[Mapping[str, str]] = {
    inbox.SCHEMA.name: "an update is kept until it is handled, in the same write its body goes; the rest is numbers",
    deletions.SCHEMA.name: "the wish itself, which goes when it is fulfilled",
    credentials.SCHEMA.name: "how GUB signs in at the platforms; it names no user of Telegram",
    faults.SCHEMA.name: "kinds of failures: names of exceptions and lines of code",
    migrations.SCHEMA.name: "ids of groups alone",
    leases.SCHEMA.name: "processes alone",
    workers.SCHEMA.name: "processes alone",
    claims.SCHEMA.name: "which process works for which chat, for the moments that it does",
    paces.SCHEMA.name: "when a chat was last written to, for three minutes",
    upgrades.SCHEMA.name: "what was done to the database",
    imports.SCHEMA.name: "what the database was filled from",
}
"""The collections that need no part, and why."""


class Personal:
    """Shows and forgets one person in all collections."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._users = database[users.SCHEMA.name]
        self.made = GroupsMade(database)
        self._database = database
        self._parts = [part(database) for part in PARTS]
        self._status_users = StatusUsersPart(database)

    async def meet(self, user_id: int) -> Person:
        """Find out by what they are known now."""
        document = await self._users.find_one({"_id": user_id}) or {}
        username = text_of(document.get("username"))
        names = () if username is None else tuple(dict.fromkeys((entry_of(username), f"@{username}")))
        return Person(user_id, names, tuple(await self._status_users.accounts(Person(user_id))))

    async def traces(self, person: Person) -> Traces:
        """Count what is kept of them."""
        return await traces_of(self._database, person)

    async def accounts_in_chat(self, chat_id: int) -> tuple[str, ...]:
        """Give the accounts of a chat's status users, as "<platform>:<id>"."""
        cursor = self._database[statususers.SCHEMA.name].find({"chat_id": chat_id}, collation=NAMES)
        return tuple(sorted({one async for document in cursor for one in accounts_in(document)}))

    async def forget_accounts(self, accounts: tuple[str, ...]) -> int:
        """Forget what was last seen of those of these accounts that no status user has; give their number."""
        return await PresencesPart(self._database).erase(Person(0, accounts=accounts))

    async def records(self, person: Person) -> dict[str, list[Record]]:
        """Give everything that names them, by the headings of an export."""
        return {part.heading: await part.records(person) for part in self._parts}

    async def erase(self, person: Person) -> int:
        """Forget them everywhere, but for groups that they made; give the number of documents that named them."""
        return sum([await part.erase(person) for part in self._parts])

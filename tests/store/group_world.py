"""People in chats with groups and invitations, as the services see them; what must hold whatever they do.

What the edge does before it asks a service is done here too: somebody in the chat acts, groups are read by their ids.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pymongo import AsyncMongoClient

from gub.clock import SystemClock
from gub.domain.errors import DomainError
from gub.domain.mutes import MuteFor
from gub.domain.values import Ended, Invitation, Joining, KnownUser, NotifyGroup
from gub.services.departures import Departures
from gub.services.group_editing import GroupEditing
from gub.services.groups import Groups
from gub.services.invitations import Invitations
from gub.services.invited import Invited
from gub.services.invitees import Candidate, Seen
from gub.store.documents import Database, Document
from gub.store.store import Store, open_store
from gub.store.vault import Vault
from tests.store.stepping import Stepper, SteppingClient
from tests.support.clock import FakeClock

CHATS = (-1001, -1002)
SUPERGROUPS = {chat: chat * 1_000_000_000 for chat in CHATS}
"""What a chat becomes when it moves."""
ANN, BOB, CYD, DAN = PEOPLE = (1, 2, 3, 4)
NAMES = ("War", "WAR", "Peace", "pEACE", "(duo)")
USERNAMES = ("Ann_A", "Bob_B", "Cyd_C", "New_N")
COLLECTIONS = ("notifygroups", "notifygroupinvitation", "users", "chats", "departures", "migrations")


@dataclass(frozen=True, slots=True)
class Picture:
    """What the database holds at one time."""

    groups: Mapping[str, Document]
    invitations: Mapping[str, Document]
    usernames: Mapping[int, str]

    @property
    def open(self) -> list[Document]:
        """The invitations that are not ended."""
        return [document for document in self.invitations.values() if document.get("ended") is None]

    def entries_of(self, user_id: int) -> set[int | str]:
        """All that means a user."""
        name = self.usernames.get(user_id)
        return {user_id} if name is None else {user_id, f"@{name.lower()}"}


@dataclass
class World:
    """The services on one store, and who is in which chat."""

    store: Store
    database: Database
    clock: FakeClock
    invited: Invited
    here: dict[int, set[int]] = field(default_factory=lambda: {chat: set(PEOPLE) for chat in CHATS})
    now: dict[int, int] = field(default_factory=lambda: {chat: chat for chat in CHATS})
    messages: int = 0

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin as a process does: what the services remember is gone."""
        self.groups = Groups(self.store, self.invited, self.clock)
        self.editing = GroupEditing(self.store, self.invited)
        self.departures = Departures(self.store, self.invited)
        self.invitations = Invitations(self.store, self.invited, self.clock)

    async def clear(self) -> None:
        """Begin anew, with nothing but the people and what they are called."""
        for name in COLLECTIONS:
            await self.database[name].delete_many({})
        await self.store.users.learn([known(user_id) for user_id in (ANN, BOB, CYD)])
        self.here = {chat: set(PEOPLE) for chat in CHATS}
        self.now = {chat: chat for chat in CHATS}
        self.start()

    # -- making what a story begins with

    async def war(self, *members: int, chat: int = CHATS[0], joining: Joining = Joining.OPEN) -> NotifyGroup:
        """Ann's group, with these members beside her."""
        group = await self.groups.create(chat, ANN, "War", None, None, joining=joining)
        for user_id in members:
            await self.store.notifygroups.join(group.id, chat, user_id, only_open=False)
        return await self.groups.anywhere(group.id)

    async def asks(self, group: NotifyGroup, *entries: int | str, by: int | None = None) -> Invitation:
        """Ask these into the group, in its creator's name."""
        outcome = await self.invite(by or group.creator_id, group, entries)
        assert outcome is not None
        return outcome

    # -- what people do

    async def invite(
        self, actor: int, group: NotifyGroup, entries: Iterable[int | str], *, message_id: int | None = None
    ) -> Invitation | None:
        self.messages += 1

        async def look(user_id: int) -> Seen:
            return Seen(self.is_here(user_id, group.chat_id))

        outcome = await self.invitations.invite(
            group,
            actor,
            [Candidate(entry) for entry in entries],
            look=look,
            thread_id=None,
            message_id=message_id or self.messages,
        )
        return outcome.invitation

    async def accept(self, actor: int, invitation: Invitation) -> None:
        await self.invitations.accept(invitation.id, await self._chat_of(invitation), await self.person(actor))

    async def decline(self, actor: int, invitation: Invitation) -> None:
        await self.invitations.decline(invitation.id, await self._chat_of(invitation), await self.person(actor))

    async def revoke(self, actor: int, invitation: Invitation) -> None:
        await self.invitations.revoke(invitation.id, await self._chat_of(invitation), actor)

    async def join(self, actor: int, group: NotifyGroup) -> None:
        await self.groups.join(group, actor)

    async def leave(self, actor: int, group: NotifyGroup) -> None:
        await self.groups.leave(group, actor)

    async def mute(self, actor: int, group: NotifyGroup) -> None:
        await self.groups.mute(group, actor, MuteFor.GOOD)

    async def unmute(self, actor: int, group: NotifyGroup) -> None:
        await self.groups.unmute(group, actor)

    async def rename(self, actor: int, group: NotifyGroup, name: str) -> None:
        await self.editing.rename(group, actor, name)

    async def describe(self, actor: int, group: NotifyGroup, text: str | None) -> None:
        await self.editing.describe(group, actor, text)

    async def open_to(self, actor: int, group: NotifyGroup, joining: Joining) -> None:
        await self.editing.set_joining(group, actor, joining)

    async def remove(self, actor: int, group: NotifyGroup, member: int) -> None:
        await self.editing.remove_member(group, actor, member)

    async def hand_over(self, actor: int, group: NotifyGroup, to: int, *, is_admin: bool = False) -> None:
        there = self.is_here(group.creator_id, group.chat_id)
        await self.editing.hand_over(group, actor, to, is_admin=is_admin, creator_is_here=there)

    async def delete(self, actor: int, group: NotifyGroup, *, is_admin: bool = False) -> None:
        await self.editing.delete(group, actor, is_admin=is_admin)

    async def create(self, actor: int, chat: int, name: str, joining: Joining) -> NotifyGroup:
        return await self.groups.create(self.now[chat], actor, name, None, None, joining=joining)

    async def goes(self, actor: int, chat: int) -> None:
        """Somebody leaves the chat."""
        self.here[chat].discard(actor)

        async def is_here(user_id: int) -> bool:
            return self.is_here(user_id, chat)

        await self.departures.left(self.now[chat], await self.person(actor), is_here)

    async def moves(self, _: int, chat: int) -> None:
        """A group becomes a supergroup, which Telegram tells more than once."""
        await self.store.life.migrate(chat, SUPERGROUPS[chat])
        self.now[chat] = SUPERGROUPS[chat]

    async def comes(self, actor: int, chat: int) -> None:
        """Somebody comes (back) into the chat."""
        self.here[chat].add(actor)

    async def is_called(self, actor: int, username: str) -> None:
        """Telegram tells somebody's username, which may have been another's."""
        await self.store.users.learn([replace(known(actor), username=username)])
        await self.invited.met(actor, username)

    async def board(self) -> None:
        """Show what is to be shown anew, as the board does: settled first, and what is over is deleted."""
        for stale in await self.store.invitations.stale():
            now = await self.invitations.bring_to_end(stale.id)
            if now is not None and now.ended is None:
                await self.store.invitations.shown(now.id, now.revision)
            elif now is not None:
                await self.store.invitations.delete(now.id)

    async def restart(self) -> None:
        """Start again after a death: what was left undone is finished."""
        self.start()
        await self.invitations.finish()
        await self.invitations.expire()
        await self.board()

    async def a_week_passes(self) -> None:
        await self.clock.advance(8 * 86400)
        await self.invitations.expire()

    # -- looking

    def is_here(self, user_id: int, chat: int) -> bool:
        """Say whether somebody is in a chat, whatever its id is by now."""
        return user_id in self.here[home(chat)]

    async def person(self, user_id: int) -> KnownUser:
        """Somebody as Telegram tells of them now."""
        return (await self.store.users.get_many([user_id])).get(user_id) or known(user_id)

    async def picture(self) -> Picture:
        """Look at the database itself."""
        groups = await self.database["notifygroups"].find({}).sort("_id", 1).to_list()
        invitations = await self.database["notifygroupinvitation"].find({}).sort("_id", 1).to_list()
        users = await self.database["users"].find({}).to_list()
        return Picture(
            {str(document["_id"]): document for document in groups},
            {str(document["_id"]): document for document in invitations},
            {document["_id"]: document["username"] for document in users if document.get("username")},
        )

    async def _chat_of(self, invitation: Invitation) -> int:
        assert invitation.chat_id is not None
        return invitation.chat_id


def home(chat: int) -> int:
    """Give the first id of a chat that may have moved."""
    return next((old for old, new in SUPERGROUPS.items() if new == chat), chat)


def known(user_id: int) -> KnownUser:
    """Ann, Bob and Cyd have a username; Dan has none, and GUB has not seen him."""
    username = USERNAMES[user_id - 1] if user_id != DAN else None
    return KnownUser(user_id, ("Ann", "Bob", "Cyd", "Dan")[user_id - 1], username=username)


def check(picture: Picture) -> None:
    """Assert what holds at all times when nobody is in the middle of anything."""
    names = Counter((group["chat_id"], group["name"].casefold()) for group in picture.groups.values())
    assert max(names.values(), default=1) == 1, f"a name twice: {names}"
    for id_, group in picture.groups.items():
        _check_group(picture, id_, group)
    for id_, invitation in picture.invitations.items():
        _check_invitation(picture, id_, invitation)


def _check_group(picture: Picture, id_: str, group: Document) -> None:
    members = group["members"]
    assert len(set(members)) == len(members), f"a member twice: {group}"
    assert {int(user_id) for user_id in group.get("mutes", {})} <= set(members), f"a mute of no member: {group}"
    asked = [entry for one in picture.open if str(one["notify_group_id"]) == id_ for entry in one["actively_invited"]]
    assert len(set(group["invited"])) == len(group["invited"]), f"invited twice: {group}"
    assert set(group["invited"]) == set(asked), f"invited is not what the invitations say: {group} {asked}"
    for user_id in members:
        assert picture.entries_of(user_id).isdisjoint(asked), f"a member is asked: {group} {asked}"


def _check_invitation(picture: Picture, id_: str, invitation: Document) -> None:
    lists: list[Sequence[Any]] = [invitation.get(name, []) for name in ("actively_invited", "accepted", "declined")]
    for one in lists:
        assert len(set(one)) == len(one), f"somebody twice: {invitation}"
    asked, accepted, declined = map(set, lists)
    assert accepted.isdisjoint(declined), f"two answers of one: {invitation}"
    meant = {
        entry for user_id in PEOPLE if asked & picture.entries_of(user_id) for entry in picture.entries_of(user_id)
    }
    assert asked <= set(invitation["initially_invited"]) | meant, f"asked out of nowhere: {invitation}"
    assert not invitation.get("unfinished"), f"an answer that nobody finished: {invitation}"
    assert invitation.get("ended") in {None, *Ended}, id_
    if invitation.get("ended") is None:
        group = picture.groups.get(str(invitation["notify_group_id"]))
        assert group is not None, f"of a group that is not there: {invitation}"
        assert group["chat_id"] == invitation["chat_id"], f"in another chat than its group: {group} {invitation}"
        assert asked or invitation.get("stale"), f"everybody answered, and nobody will see to it: {invitation}"
    elif invitation["ended"] == Ended.ANSWERED:
        assert not asked, f"ended, while somebody is asked: {invitation}"


async def world_on(
    client: AsyncMongoClient[Document], plain: AsyncMongoClient[Document], uri: str, database: str, stepper: Stepper
) -> World:
    """Give the world on a database made ready: its services use `client` step by step, its checks look with `plain`."""
    await (await open_store(uri, database, clock=SystemClock(), vault=Vault.open_())).close()
    stepping: Any = SteppingClient(client, stepper)
    clock = FakeClock()
    store = Store.on(stepping, database, clock, Vault.open_())
    return World(store, plain[database], clock, Invited(store, asyncio.Event()))


async def outcome_of(doing: Any) -> DomainError | None:
    """Do something; give the refusal, if there is one."""
    try:
        await doing
    except DomainError as error:
        return error
    return None

"""A database that has seen years: chats, people, groups, users, invitations, and what the operational collections keep.

What one of each looks like is what the store itself writes: it is asked to make one, and that document is copied under
other ids. The copies are of chats and users that nobody in a benchmark or test is.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bson import ObjectId

from gub.clock import Clock
from gub.domain.boards import Board
from gub.domain.calls import Call
from gub.domain.presence import Past, Status
from gub.domain.presence_changes import PresenceChange
from gub.domain.spells import Spell
from gub.domain.starts import Sessions
from gub.domain.values import Account, ChatFacts, Joining, KnownUser, Platform
from gub.domain.watches import Watch, WatchKind
from gub.store import (
    boards,
    calls,
    chats,
    history,
    inbox,
    invitations,
    notifygroups,
    presences,
    respects,
    ringing,
    starts,
    statususers,
    users,
    watches,
)
from gub.store.documents import Database, Document
from gub.store.ringing import Job, Kind, key_of
from gub.store.store import Store

PEOPLE_IN_A_LARGE_CHAT: Final = 15
LARGE_EVERY: Final = 25
"""Every so many chats, one has that many status users; the others have one each."""

PASSING: Final = 10
"""For so many chats there is one of what passes: an open invitation, a call of the last two days, respects."""

_CHAT: Final = -1_900_000_000_000
_USER: Final = 9_000_000_000
_BATCH: Final = 1_000
_SECOND: Final = timedelta(seconds=1)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)

Vary = Callable[[int], Document]


@dataclass(frozen=True)
class _Copies:
    """One document to copy, in what its copies differ, and how many there are."""

    collection: str
    template: Document
    vary: Vary
    count: int


async def fill(store: Store, database: Database, clock: Clock, number: int, *, bot_id: int) -> Mapping[str, int]:
    """Fill an empty database with that many of everything, and with half as many status users more.

    `bot_id` is the bot that handled as many updates. Gives the number of documents by collection.
    """
    template = await _templates(store, database, clock, bot_id)
    filled = {}
    for copies in _plan(template, number, clock.now(), bot_id):
        await database[copies.collection].delete_many({"_id": copies.template["_id"]})
        for start in range(0, copies.count, _BATCH):
            rows = [copies.template | copies.vary(one) for one in range(start, min(start + _BATCH, copies.count))]
            await database[copies.collection].insert_many(rows, ordered=False)
        filled[copies.collection] = copies.count
    return filled


async def _templates(store: Store, database: Database, clock: Clock, bot_id: int) -> Mapping[str, Document]:
    """Have the store write one of each, and read it as it is stored."""
    now, command = clock.now(), 1
    await store.chats.remember(ChatFacts(_CHAT, "supergroup", "Template"))
    await store.users.learn([KnownUser(_USER, "Template", username="template_user", language="en")])
    accounts = {one: Account(one, "1", "template") for one in Platform}
    await store.statususers.add(_CHAT, _USER, "Template", accounts, "Template", message_id=command)
    group = await store.notifygroups.create(_CHAT, _USER, "template", None, Joining.OPEN, None, message_id=command)
    await store.invitations.create(group, _USER, [_USER + 1], None, now + _WEEK, message_id=command)
    await store.invited.refresh(group.id)
    await store.ringing.start(Job(key_of(_CHAT, command), Kind.CALL, _CHAT, None, group.id, None, (), now), "somebody")
    await store.respects.begin(_CHAT, command, _USER, None)
    await store.boards.place(Board(boards.key_of(_CHAT, None), _CHAT, None, _USER, command, command, "digest"))
    await store.calls.begin(
        Call("", _CHAT, group.id, group.name, _USER, now, now + _WEEK, command_id=command, coming=(_USER,))
    )
    await store.watches.add(Watch("", _CHAT, _USER, WatchKind.ON, str(ObjectId())))
    await store.presences.note([Past(Platform.XBOX, "1", Status.OFFLINE, None, None, None, now, now)])
    await store.history.add([PresenceChange(str(ObjectId()), _USER, _CHAT, now, Status.OFFLINE)])
    await store.starts.keep(None, Sessions(str(ObjectId()), _USER, _CHAT, {"template": Spell(lasts=True)}))
    await store.inbox.add(bot_id, [{"update_id": command}])
    await store.inbox.done(bot_id, [command])
    modules = (
        boards,
        calls,
        watches,
        chats,
        users,
        statususers,
        notifygroups,
        invitations,
        ringing,
        respects,
        presences,
        history,
        starts,
        inbox,
    )
    return {one.SCHEMA.name: await database[one.SCHEMA.name].find_one({}) or {} for one in modules}


def _plan(template: Mapping[str, Document], number: int, now: datetime, bot_id: int) -> Iterator[_Copies]:
    """Say what to copy. The group, chat, user and invitation of the same number belong together."""
    groups = [ObjectId() for _ in range(number)]
    people = list(_people(number))
    passing = max(1, number // PASSING)
    varied: Mapping[str, tuple[Vary, int]] = {
        chats.SCHEMA.name: (lambda n: _own() | {"chat_id": _CHAT - n, "title": f"Chat {n}"}, number),
        users.SCHEMA.name: (lambda n: {"_id": _USER + n} | _username(f"somebody_{n}"), number),
        statususers.SCHEMA.name: (lambda n: _own() | _person(*people[n]), len(people)),
        notifygroups.SCHEMA.name: (lambda n: _group(groups[n], n, asks=n < passing), number),
        invitations.SCHEMA.name: (lambda n: _own() | _invitation(groups[n], n, now), passing),
        ringing.SCHEMA.name: (lambda n: {"_id": f"{_CHAT - n}:1", "chat_id": _CHAT - n} | _rung(now, n), passing),
        respects.SCHEMA.name: (lambda n: _own() | {"chat_id": _CHAT - n, "creator_id": _USER + n}, passing),
        boards.SCHEMA.name: (_board, passing),
        calls.SCHEMA.name: (_call, passing),
        watches.SCHEMA.name: (lambda n: _own() | {"chat_id": _CHAT - n, "owner_id": _USER + n}, passing),
        presences.SCHEMA.name: (lambda n: _presence(now, n), number),
        history.SCHEMA.name: (lambda n: _kept(now, n), passing),
        starts.SCHEMA.name: (lambda n: _own() | {"user_id": _USER + n, "chat_id": _CHAT - n}, passing),
        inbox.SCHEMA.name: (lambda n: {"_id": f"{bot_id}:{n}"} | _handled(now, n), number),
    }
    for name, (vary, count) in varied.items():
        yield _Copies(name, template[name], vary, count)


def _board(number: int) -> Document:
    chat_id = _CHAT - number
    return {"_id": boards.key_of(chat_id, None), "chat_id": chat_id, "creator_id": _USER + number}


def _call(number: int) -> Document:
    user_id = _USER + number
    return _own() | {"chat_id": _CHAT - number, "caller_id": user_id, "coming": [user_id], "people": [user_id]}


def _people(number: int) -> Iterator[tuple[int, int]]:
    """Give the chat and the place in it of each status user."""
    for chat in range(number):
        for place in range(PEOPLE_IN_A_LARGE_CHAT if chat % LARGE_EVERY == 0 else 1):
            yield chat, place


def _own() -> Document:
    return {"_id": ObjectId()}


def _username(name: str) -> dict[str, Any]:
    return {"username": name, "username_key": name}


def _person(chat: int, place: int) -> dict[str, Any]:
    # Several people of a command are not of one message: each of a chat has a message of its own.
    return {
        "chat_id": _CHAT - chat,
        "user_id": _USER + chat,
        "display_name": f"Person {place}",
        "created_by_message": place + 1,
        **{name: str(_USER + chat) for name, _ in statususers.ACCOUNT_FIELDS.values()},
    }


def _group(key: ObjectId, number: int, *, asks: bool) -> dict[str, Any]:
    user = _USER + number
    return {
        "_id": key,
        "chat_id": _CHAT - number,
        "creator_id": user,
        "members": [user],
        "invited": [user + 1] if asks else [],
    }


def _rung(now: datetime, number: int) -> dict[str, Any]:
    at = now - _DAY - number * _SECOND
    return {"created_at": at, "stored_at": at}


def _presence(now: datetime, number: int) -> dict[str, Any]:
    account = str(_USER + number)
    return {"_id": f"xbox:{account}", "account_id": account, "noted_at": now - number * _SECOND}


def _kept(now: datetime, number: int) -> dict[str, Any]:
    person, user = ObjectId(), _USER + number
    at = now - number * _SECOND
    return {"_id": f"{person}:{number}", "person": person, "user_id": user, "chat_id": _CHAT - number, "at": at}


def _handled(now: datetime, number: int) -> dict[str, Any]:
    return {"update_id": number, "done_at": now - number * _SECOND}


def _invitation(group: ObjectId, number: int, now: datetime) -> dict[str, Any]:
    asked = [_USER + number + 1]
    return {
        "notify_group_id": group,
        "chat_id": _CHAT - number,
        "inviter_id": _USER + number,
        "initially_invited": asked,
        "actively_invited": asked,
        "expires_at": now + _WEEK * (1 - number / 1_000_000),
    }

"""Every named operation of the store, called with arguments that fit: found by name, so that a new one is found too.

An argument is chosen by the name of its parameter, or, where one name means several things, by the repository and it.
Each call is made in a scene of its own: a chat in which there is one of everything, beside all the others.
"""

import dataclasses
import inspect
import itertools
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gub.clock import Clock
from gub.domain.boards import Board
from gub.domain.calls import Answer, Call
from gub.domain.credentials import PsnCredential, Tokens, XboxCredential
from gub.domain.presence import Past, Status
from gub.domain.presence_changes import PresenceChange
from gub.domain.respects import Respects
from gub.domain.spells import Spell
from gub.domain.starts import Sessions, Start
from gub.domain.values import (
    Account,
    Allowance,
    ChatFacts,
    Ended,
    Invitation,
    Joining,
    KnownUser,
    NotifyGroup,
    Platform,
    StatusUser,
    Visibility,
)
from gub.domain.watches import Watch, WatchKind
from gub.store import boards
from gub.store.announcements import Announcement, Phase, Source, Target, TargetState
from gub.store.chats import SettingsField
from gub.store.deletions import Subject
from gub.store.donations import Donation
from gub.store.faults import Due
from gub.store.paces import Tally
from gub.store.personal import Person
from gub.store.processes import Holder
from gub.store.ringing import Job, Kind, key_of
from gub.store.store import Store

WEEK = timedelta(days=7)
_FIRST_CHAT = -1_002_000_000_000
_FIRST_USER = 8_000_000_000
_MESSAGE = 77
_NUMBERS = 1000


@dataclass(frozen=True)
class Operation:
    """One public coroutine (or asynchronous generator) of a repository."""

    repository: str
    name: str
    parameters: tuple[str, ...]
    streams: bool

    def __str__(self) -> str:
        return f"{self.repository}.{self.name}"


@dataclass(frozen=True)
class Scene:
    """A chat with one of everything. Of the users, `user_id` made all of it, `other_id` nothing."""

    chat_id: int
    user_id: int
    group: NotifyGroup
    person: StatusUser
    invitation: Invitation
    respects: Respects
    board: Board
    call: Call
    watch: Watch
    sessions: Sessions
    job: Job
    dialog: str
    announcement: Announcement
    target: Target
    donation: Donation
    number: int
    now: Any

    @property
    def other_id(self) -> int:
        """Somebody else, who is invited."""
        return self.user_id + 1

    @property
    def username(self) -> str:
        """The username of who made it all."""
        return f"scene_{self.number}"


def operations() -> Iterator[Operation]:
    """Give all that a `Store` offers."""
    hints = typing.get_type_hints(Store)
    for field in dataclasses.fields(Store):
        if field.name.startswith("_") or not inspect.isclass(hints[field.name]):
            continue
        for name, method in inspect.getmembers(hints[field.name], inspect.isfunction):
            streams = inspect.isasyncgenfunction(method)
            if not name.startswith("_") and (streams or inspect.iscoroutinefunction(method)):
                parameters = tuple(list(inspect.signature(method).parameters)[1:])
                yield Operation(field.name, name, parameters, streams)


def unknown_arguments(operation: Operation) -> list[str]:
    """Name the parameters for which nobody has said here what fits."""
    known = {of_and_name for of_and_name in _VALUES_OF if of_and_name[0] in {operation.repository, str(operation)}}
    return [one for one in operation.parameters if one not in _VALUES and one not in {name for _, name in known}]


async def call(operation: Operation, store: Store, scene: Scene) -> None:
    """Call it with all its arguments, those with a default too."""
    arguments = {one: _choice(operation, one)(scene) for one in operation.parameters}
    method: Callable[..., Any] = getattr(getattr(store, operation.repository), operation.name)
    if operation.streams:
        async for _ in method(**arguments):
            pass
    else:
        answer: Awaitable[Any] = method(**arguments)
        await answer


def _choice(operation: Operation, parameter: str) -> "Choose":
    for of in (str(operation), operation.repository):
        if (of, parameter) in _VALUES_OF:
            return _VALUES_OF[of, parameter]
    return _VALUES[parameter]


class Scenes:
    """Makes scenes, each in a chat of its own."""

    def __init__(self, store: Store, clock: Clock, bot_id: int) -> None:
        self._store = store
        self._clock = clock
        self._bot_id = bot_id
        self._numbers = itertools.count(1)

    async def new(self) -> Scene:
        """Make one."""
        number, store, now = next(self._numbers), self._store, self._clock.now()
        chat_id, user_id = _FIRST_CHAT - number, _FIRST_USER + number * _NUMBERS
        await store.chats.remember(ChatFacts(chat_id, "supergroup", "Scene"))
        await store.users.learn([KnownUser(user_id, "Somebody", username=f"scene_{number}")])
        accounts = {one: Account(one, str(user_id), "somebody") for one in Platform}
        person = await store.statususers.add(
            chat_id, user_id, "Somebody", accounts, "Scene", message_id=_MESSAGE, person_id=user_id
        )
        group = await store.notifygroups.create(chat_id, user_id, "crew", None, Joining.INVITE, None)
        asked = [user_id + 1, f"@other_{number}"]
        invitation = await store.invitations.create(group, user_id, asked, None, now + WEEK, message_id=_MESSAGE)
        respects = await store.respects.begin(chat_id, _MESSAGE, user_id, None)
        board = Board(boards.key_of(chat_id, None), chat_id, None, user_id, _MESSAGE, _MESSAGE, "digest")
        await store.boards.place(board)
        call = await store.calls.begin(
            Call("", chat_id, group.id, group.name, user_id, now, now + WEEK, command_id=_MESSAGE, coming=(user_id,))
        )
        watch = await store.watches.add(Watch("", chat_id, user_id, WatchKind.ON, person.id))
        start = Start("Chess", now)
        sessions = Sessions(person.id, user_id, chat_id, {"chess": Spell(lasts=True)}, (start,))
        await store.starts.keep(None, sessions)
        job = Job(key_of(chat_id, _MESSAGE), Kind.CALL, chat_id, None, group.id, None, (user_id,), now)
        await store.ringing.start(job, "one")
        dialog = f"{self._bot_id}:{chat_id}:{user_id}:one"
        await store.dialogs.open(dialog, "add", "name", {"chat_id": chat_id})
        announcement = await store.announcements.draft(user_id, _MESSAGE, Source("Hello"))
        donation = await store.donations.record(f"charge-{number}", user_id, 50)
        await store.inbox.add(self._bot_id, [{"update_id": _FIRST_USER + number}])
        target = Target(f"{announcement.id}:{chat_id}", chat_id, TargetState.PENDING)
        return Scene(
            chat_id,
            user_id,
            group,
            person,
            invitation,
            respects,
            board,
            call,
            watch,
            replace(sessions, revision=1),
            job,
            dialog,
            announcement,
            target,
            donation,
            number,
            now,
        )


def _tokens(scene: Scene) -> Tokens:
    return Tokens("access", "refresh", scene.now, 3600)


def _past(scene: Scene) -> Past:
    return Past(Platform.XBOX, str(scene.user_id), Status.ONLINE, None, None, scene.now, scene.now, scene.now)


async def _somebody() -> set[str]:
    return {"one"}


Choose = Callable[[Scene], Any]

_VALUES: Mapping[str, Choose] = {
    "account": lambda _: Account(Platform.XBOX, "1", "one"),
    "accounts": lambda scene: (f"xbox:{scene.user_id}",),
    "board": lambda scene: scene.board,
    "pinned": lambda _: True,
    "shown": lambda _: "digest",
    "announcement": lambda scene: scene.announcement,
    "at": lambda scene: scene.now,
    "before": lambda scene: scene.now - WEEK,
    "bot_id": lambda _: BOT_ID,
    "by": lambda scene: scene.user_id,
    "caller_id": lambda scene: scene.user_id,
    "changes": lambda scene: [PresenceChange(scene.person.id, scene.user_id, scene.chat_id, scene.now, Status.ONLINE)],
    "charge_id": lambda scene: scene.donation.charge_id,
    "chat_id": lambda scene: scene.chat_id,
    "chat_ids": lambda scene: [scene.chat_id, scene.chat_id - 1],
    "checked_at": lambda scene: scene.now,
    "claimed": lambda scene: dataclasses.replace(scene.group, last_call_at=scene.now),
    "client_id": lambda _: "client",
    "client_secret": lambda _: "secret",
    "command_id": lambda _: _MESSAGE,
    "cooldown": lambda _: timedelta(minutes=1),
    "count": lambda _: 5,
    "creator_id": lambda scene: scene.user_id,
    "data": lambda scene: {"chat_id": scene.chat_id},
    "dead": lambda _: "dead",
    "description": lambda _: "A group",
    "display_name": lambda _: "Somebody else",
    "donation_id": lambda scene: scene.donation.id,
    "due": lambda _: Due("kind", 1, "reference"),
    "entries": lambda scene: [scene.user_id, f"@other_{scene.number}"],
    "expires_at": lambda scene: scene.now + WEEK,
    "facts": lambda scene: ChatFacts(scene.chat_id, "supergroup", "Scene"),
    "field": lambda _: SettingsField.COOLDOWN,
    "from_": lambda scene: scene.user_id,
    "grant": lambda _: "",
    "group": lambda scene: scene.group,
    "group_id": lambda scene: scene.group.id,
    "group_name": lambda _: "Scene",
    "holder": lambda _: Holder("one", "host", 1),
    "answer": lambda _: Answer.SOON,
    "call": lambda scene: scene.call,
    "called": lambda scene: [scene.user_id],
    "late": lambda scene: scene.now,
    "only_on": lambda _: True,
    "always": lambda _: True,
    "due_at": lambda scene: scene.now,
    "in_group": lambda _: True,
    "spell": lambda _: Spell(lasts=True),
    "watch": lambda scene: scene.watch,
    "allowance": lambda _: Allowance.HISTORY,
    "allowed": lambda _: True,
    "id_": lambda scene: scene.respects.id,
    "ids": lambda scene: [scene.user_id, scene.other_id],
    "inviter_id": lambda scene: scene.user_id,
    "job": lambda scene: scene.job,
    "joining": lambda _: Joining.OPEN,
    "keeper_id": lambda scene: scene.user_id,
    "key": lambda scene: scene.job.key,
    "keys": lambda scene: [(Platform.XBOX, str(scene.user_id))],
    "kind": lambda _: "kind",
    "lane": lambda scene: scene.chat_id,
    "lanes": lambda scene: {_FIRST_USER + scene.number: scene.chat_id},
    "language": lambda _: "de",
    "left_before": lambda _: None,
    "limit": lambda _: 5,
    "message_id": lambda _: _MESSAGE,
    "most": lambda _: 5,
    "name": lambda _: "crew",
    "names": lambda scene: [f"@{scene.username}"],
    "new": lambda scene: scene.chat_id - _NUMBERS * _NUMBERS,
    "now": lambda scene: scene.now,
    "npsso": lambda _: "npsso",
    "old": lambda scene: scene.chat_id,
    "older": lambda _: timedelta(seconds=1),
    "only_first": lambda _: True,
    "only_if_shown": lambda _: True,
    "only_open": lambda _: True,
    "owner_id": lambda scene: scene.user_id,
    "panel_id": lambda _: _MESSAGE,
    "pasts": lambda scene: [_past(scene)],
    "person": lambda scene: Person(scene.user_id, (f"@{scene.username}",), (f"xbox:{scene.user_id}",)),
    "person_id": lambda scene: scene.user_id,
    "platform": lambda _: Platform.XBOX,
    "prefix": lambda _: f"{BOT_ID}:",
    "prompt": lambda _: _MESSAGE,
    "days": lambda _: [4, 5],
    "quiet": lambda _: (0, 480),
    "reason": lambda _: "why",
    "reference": lambda _: "reference",
    "revision": lambda _: 1,
    "secret_expires_at": lambda _: None,
    "seen": lambda _: 0,
    "sent_before": lambda scene: scene.now,
    "sent_to": lambda scene: scene.chat_id - 1,
    "silent": lambda _: True,
    "since": lambda _: None,
    "source": lambda _: Source("Hello"),
    "state": lambda _: TargetState.SENT,
    "status": lambda _: "ok",
    "step": lambda _: "account",
    "subject": lambda scene: scene.user_id,
    "taken": lambda _: _MESSAGE,
    "tally": lambda _: Tally(),
    "takes": lambda _: False,
    "target": lambda scene: scene.target,
    "thread_id": lambda _: 5,
    "title": lambda _: "Scene",
    "to": lambda scene: scene.other_id,
    "tokens": _tokens,
    "until": lambda scene: scene.now,
    "update_ids": lambda scene: [_FIRST_USER + scene.number],
    "updates": lambda scene: [{"update_id": _FIRST_USER + scene.number}],
    "user_id": lambda scene: scene.user_id,
    "user_ids": lambda scene: [scene.user_id, scene.other_id],
    "username": lambda scene: f"other_{scene.number}",
    "users": lambda scene: [KnownUser(scene.user_id, "Somebody", username=scene.username)],
    "value": lambda _: 5,
    "visibility": lambda _: Visibility.HIDDEN,
    "what": lambda _: "something",
    "why": lambda _: "why",
    "zone": lambda _: "Europe/Berlin",
}
"""What fits a parameter of that name."""

_VALUES_OF: Mapping[tuple[str, str], Choose] = {
    ("announcements", "id"): lambda scene: scene.announcement.id,
    ("announcements", "to"): lambda _: Phase.GATHERING,
    ("announcement_targets", "id"): lambda scene: scene.announcement.id,
    ("boards", "id_"): lambda scene: scene.board.id,
    ("calls", "id_"): lambda scene: scene.call.id,
    ("watches", "id_"): lambda scene: scene.watch.id,
    ("watches", "at"): lambda scene: scene.now,
    ("watches", "since"): lambda scene: scene.now,
    ("watches", "people"): lambda scene: [scene.person.id],
    ("claims", "holder"): lambda _: "one",
    ("claims", "name"): lambda scene: f"{BOT_ID}:lane:{scene.chat_id}",
    ("credentials.keep_psn", "of"): lambda scene: PsnCredential("npsso", _tokens(scene)),
    ("credentials.keep_xbox", "of"): lambda scene: XboxCredential("client", "secret", _tokens(scene)),
    ("credentials", "key"): lambda _: "key",
    ("deletions", "kind"): lambda _: Subject.PERSON,
    ("dialogs.of", "key"): lambda scene: scene.dialog.removesuffix(":one"),
    ("dialogs.open", "key"): lambda scene: scene.dialog.replace(":one", ":two"),
    ("dialogs", "key"): lambda scene: scene.dialog,
    ("donations", "charge_id"): lambda scene: f"charge-{scene.number}",
    ("donations", "amount"): lambda _: 50,
    ("invitations", "id"): lambda scene: scene.invitation.id,
    ("invitations", "user_id"): lambda scene: scene.other_id,
    ("invitations", "why"): lambda _: Ended.REVOKED,
    ("notifygroups", "id"): lambda scene: scene.group.id,
    ("paces", "name"): lambda scene: f"{BOT_ID}:{scene.chat_id}",
    ("paces", "now"): lambda scene: scene.now.timestamp(),
    ("ringing", "holder"): lambda _: "one",
    ("ringing", "names_alive"): lambda _: _somebody,
    ("workers", "bury_silent"): lambda _: True,
    ("statususers", "accounts"): lambda _: {Platform.XBOX: Account(Platform.XBOX, "1", "one")},
    ("starts", "before"): lambda scene: scene.sessions,
    ("starts", "sessions"): lambda scene: scene.sessions,
    ("starts", "ids"): lambda scene: [scene.person.id],
    ("start_news", "titles"): lambda _: ["Chess"],
    ("history", "person"): lambda scene: scene.person.id,
    ("statususers", "ids"): lambda scene: [scene.person.id],
    ("statususers", "id"): lambda scene: scene.person.id,
    ("users", "name"): lambda scene: scene.username,
}

BOT_ID = 9_999
"""The bot that has handled a great many updates before."""

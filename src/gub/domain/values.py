"""The nouns of the domain as plain values. Ids of documents are the 24 hex digits of their ObjectId."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gub.domain.limits import CALL_COOLDOWN, CALL_OPEN, CONFIRM_ABOVE, INVITATION_LIFETIME


class Platform(StrEnum):
    """A gaming network that GUB can ask."""

    XBOX = "xbox"
    PSN = "psn"
    STEAM = "steam"


class Joining(StrEnum):
    """How people come into a notify group."""

    INVITE = "invite"
    OPEN = "open"
    HIDDEN = "hidden"


class Ended(StrEnum):
    """Why an invitation asks nobody any more: all answered, it was taken back, its time ran out, the group is gone."""

    ANSWERED = "answered"
    REVOKED = "revoked"
    EXPIRED = "expired"
    GONE = "gone"


class Visibility(StrEnum):
    """When /status shows a status user. The words of the stored field; absent is `everyone`."""

    EVERYONE = "everyone"
    PLAYING = "playing"
    HIDDEN = "hidden"


class Allowance(StrEnum):
    """What a person allows to be done with what is seen of them in one chat, beside showing it on /status."""

    WATCHES = "watches"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class Account:
    """One identity on one platform: its id (a string of digits) and its name as the platform spells it."""

    platform: Platform
    account_id: str
    name: str


@dataclass(frozen=True, slots=True)
class StatusUser:
    """A person shown by /status in one chat.

    `keeper_id` is the user who added them (the seed's `user_id`), `person_id` the user who they are, once known.
    `allows` is what that user, and nobody else, has allowed: nothing until they do.
    """

    id: str
    chat_id: int
    keeper_id: int
    display_name: str
    accounts: Mapping[Platform, Account] = field(default_factory=dict)
    group_name: str | None = None
    visibility: Visibility = Visibility.EVERYONE
    person_id: int | None = None
    allows: frozenset[Allowance] = frozenset()


@dataclass(frozen=True, slots=True)
class NotifyGroup:
    """A named list of members in a chat, the longest-standing first. `invited` holds user ids and `@usernames`.

    `mutes` says until when calls do not ping a member: None is for good. One that has passed means nothing.
    `only_on`: its calls ping only who is on.
    """

    id: str
    chat_id: int
    creator_id: int
    name: str
    description: str | None
    members: tuple[int, ...]
    invited: tuple[int | str, ...] = ()
    joining: Joining = Joining.INVITE
    thread_id: int | None = None
    last_call_at: datetime | None = None
    mutes: Mapping[int, datetime | None] = field(default_factory=dict)
    only_on: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """One message that asks several users to join a notify group.

    The invited are user ids and, of whom GUB has not seen, `@usernames` in lower case. `revision` counts its changes.
    `command_id` is the message that asked for it, while `message_id` shows it: when a group becomes a supergroup, both
    are forgotten. A document of the seed's schema alone has neither chat, inviter, messages nor times.
    """

    id: str
    group_id: str
    initially_invited: tuple[int | str, ...]
    actively_invited: tuple[int | str, ...]
    accepted: tuple[int, ...] = ()
    declined: tuple[int, ...] = ()
    group_name: str | None = None
    chat_id: int | None = None
    inviter_id: int | None = None
    message_id: int | None = None
    command_id: int | None = None
    thread_id: int | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    ended: Ended | None = None
    revision: int = 0

    @property
    def is_open(self) -> bool:
        """Whether somebody may still answer."""
        return self.ended is None and bool(self.actively_invited)


class Who(StrEnum):
    """Who may do something in a chat."""

    EVERYBODY = "everybody"
    ADMINS = "admins"


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat chose, or the defaults.

    `members_add`: whether those who are no admins may put people on the list. `announcements`: whether whoever runs GUB
    may announce things there; also chosen in private chats. `time_zone` is an IANA name, None until it is chosen.
    `starts`: whether the chat is told who starts which game.
    """

    call_cooldown: timedelta = CALL_COOLDOWN
    confirm_above: int = CONFIRM_ABOVE
    invitation_lifetime: timedelta = INVITATION_LIFETIME
    who_creates: Who = Who.EVERYBODY
    who_calls: Who = Who.EVERYBODY
    members_add: bool = True
    announcements: bool = True
    time_zone: str | None = None
    starts: bool = False
    call_open: timedelta = CALL_OPEN


@dataclass(frozen=True, slots=True)
class KnownUser:
    """What Telegram told us of a user."""

    user_id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class ChatFacts:
    """What an update says of the chat it came from. `title` is None in private chats."""

    chat_id: int
    type: str
    title: str | None = None

"""The nouns of the domain as plain values. Ids of documents are the 24 hex digits of their ObjectId."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


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


class Visibility(StrEnum):
    """When /status shows a status user. The words of the stored field; absent is `everyone`."""

    EVERYONE = "everyone"
    PLAYING = "playing"
    HIDDEN = "hidden"


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
    """

    id: str
    chat_id: int
    keeper_id: int
    display_name: str
    accounts: Mapping[Platform, Account] = field(default_factory=dict)
    group_name: str | None = None
    visibility: Visibility = Visibility.EVERYONE
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class NotifyGroup:
    """A named list of members in a chat. `invited` holds user ids and `@usernames`."""

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

"""What the simulated Telegram consists of. Plain records: the rules live in the modules beside."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]
"""A JSON object."""

# Ids that Telegram itself uses (core.telegram.org, GroupAnonymousBot and Channel_Bot in the Bot API's Message.from).
ANONYMOUS_ADMIN_ID = 1087968824
CHANNEL_POSTER_ID = 136817688
TELEGRAM_ID = 777000


@dataclass(slots=True, eq=False)
class User:
    """A Telegram account, of a person or a bot."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    deactivated: bool = False


@dataclass(slots=True, eq=False)
class Member:
    """How one user stands to one chat. `rights` are an administrator's, `permissions` a restricted member's."""

    user: User
    status: str = "left"
    is_member: bool = False
    rights: dict[str, bool] = field(default_factory=dict)
    permissions: dict[str, bool] = field(default_factory=dict)

    @property
    def present(self) -> bool:
        """Whether the user is in the chat (a restricted one may or may not be)."""
        if self.status == "restricted":
            return self.is_member
        return self.status in {"creator", "administrator", "member"}

    @property
    def admin(self) -> bool:
        """Whether the user administers the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether an administrator has this right; a creator has all."""
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))


@dataclass(slots=True, eq=False)
class Topic:
    """A forum topic; its id is that of the service message that created it."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True, eq=False)
class SimMessage:
    """A message as it stands in a chat. Times are Unix seconds; `thread_id` is a topic's or a reply thread's.

    An ephemeral one has a `receiver`, who alone sees it beside its sender, and the negative of its own number as id.
    """

    id: int
    chat_id: int
    date: int
    from_user: User | None
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    sender_chat: Json | None = None
    reply_to: int | None = None
    thread_id: int | None = None
    is_topic_message: bool = False
    keyboard: list[list[Json]] | None = None
    other_markup: Json | None = None
    edited: int | None = None
    deleted: bool = False
    service: Json | None = None
    extra: Json = field(default_factory=dict)
    silent: bool = False
    pushes: list[int] = field(default_factory=list)
    seen_by: set[int] = field(default_factory=set)
    meant_for: set[int] = field(default_factory=set)
    reactions: dict[int, list[Json]] = field(default_factory=dict)
    receiver: User | None = None

    @property
    def buttons(self) -> list[Json]:
        """All buttons of the inline keyboard, row after row."""
        return [button for row in self.keyboard or [] for button in row]

    def button(self, label: str) -> str:
        """Find the callback data of the one button whose text contains `label`, without regard to case."""
        found = [b for b in self.buttons if label.casefold() in b["text"].casefold() and "callback_data" in b]
        if len(found) != 1:
            texts = [b["text"] for b in self.buttons]
            raise LookupError(f"message {self.id} has {len(found)} buttons like {label!r} among {texts}")
        data: str = found[0]["callback_data"]
        return data


@dataclass(slots=True, eq=False)
class ReplyInterface:
    """What a bot's message shows under somebody's composer: a reply keyboard or a forced reply, until replaced.

    `used`: a one-time keyboard that was used, which the app hides but can show again.
    """

    message_id: int
    markup: Json
    used: bool = False

    @property
    def buttons(self) -> list[Json]:
        """All buttons of the keyboard, row after row."""
        return [button for row in self.markup.get("keyboard", ()) for button in row]


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat (of one bot and one user), group, supergroup or channel."""

    id: int
    type: Literal["private", "group", "supergroup", "channel"]
    title: str | None = None
    username: str | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, SimMessage] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    interfaces: dict[int, ReplyInterface] = field(default_factory=dict)
    user: User | None = None
    bot_id: int | None = None
    started: bool = False
    blocked: bool = False
    can_send_messages: bool = True
    hidden_members: bool = False
    deleted: bool = False
    migrated_to: int | None = None
    last_bot_id: int | None = None
    last_message_id: int = 0
    last_ephemeral_id: int = 0

    @property
    def private(self) -> bool:
        """Whether this is a chat of the bot with one person."""
        return self.type == "private"

    def member(self, user: User) -> Member:
        """Say how the user stands to this chat; who never was in it has left it."""
        known = self.members.get(user.id)
        return known if known is not None else Member(user)

    def present(self, user_id: int) -> bool:
        """Whether this user is in the chat now."""
        member = self.members.get(user_id)
        return member is not None and member.present


@dataclass(frozen=True, slots=True)
class SimFile:
    """A file that a bot uploaded. Without an id it is not kept yet."""

    name: str
    mime: str
    content: bytes
    id: str = ""


@dataclass(frozen=True, slots=True)
class Push:
    """A notification that reached somebody's phone: a simulation's judgement (facts in `pushes.py`)."""

    user_id: int
    chat_id: int
    message_id: int
    reason: Literal["private", "mention", "reply"]


@dataclass(slots=True)
class Request:
    """One call of the Bot API and what came of it. `status` 0: the connection was cut."""

    method: str
    params: dict[str, str]
    at: float
    status: int | None = None
    description: str | None = None


@dataclass(slots=True)
class Query:
    """A pressed button that waits for its answer. `pressed_at` is in the clock's monotonic seconds."""

    id: str
    user: User
    bot_id: int
    chat_id: int
    message_id: int
    data: str
    pressed_at: float
    answer: "CallbackAnswer | None" = None


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """What the presser saw: nothing (`text` empty), a toast, or an alert."""

    query_id: str
    user_id: int
    text: str
    alert: bool

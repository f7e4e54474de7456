"""What the gateway needs to know of a Bot API call before it makes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any

from aiogram.methods import TelegramMethod

# Everything that puts a message into a chat, or changes one, begins so; these few begin so and do not.
_MESSAGES = ("send", "copyMessage", "forwardMessage", "editMessage", "editEphemeralMessage")
_NOT_MESSAGES = frozenset({"sendChatAction", "sendMessageDraft", "sendRichMessageDraft", "sendChatJoinRequestWebApp"})
# Done twice, these leave two of something.
_NOT_REPEATABLE = ("send", "copy", "forward", "create", "gift", "post", "repost", "transfer", "refund", "save")
# Needed before anybody has a place, or to find one.
_FOR_ANYBODY = frozenset({"getUpdates", "getMe", "setWebhook", "deleteWebhook", "getWebhookInfo"})
_HARMLESS_TWICE = frozenset({"sendChatAction", "sendMessageDraft", "sendRichMessageDraft"})


class Lane(IntEnum):
    """Who goes first when there is not room for all: the lower."""

    ANSWER = 0
    """Somebody waits for it. Tried again at the price of a duplicate: better that than silence."""
    BESIDE = 1
    """What goes on beside answers: the rest of a call, messages that are kept true. It leaves room for answers."""
    BULK = 2
    """Announcements and the like; they leave room as well. Sent at most once: see `outcomes.Uncertain`."""


class Toll(Enum):
    """Which limits a call is held to."""

    MESSAGE = "message"
    """Puts or changes a message in a chat: the chat's limits and the overall one."""
    CHAT = "chat"
    """Asks or changes something else in a chat: the overall limit."""
    FREE = "free"
    """Belongs to no chat: waits only while Telegram has told the whole bot to."""
    POLL = "poll"
    """getUpdates: waits for nothing and is not tried again here; the poller does that."""


@dataclass(frozen=True, slots=True)
class Call:
    """One Bot API call. Its `method` holds message texts: show `name` and `chat_id`, never the method."""

    method: TelegramMethod[Any]
    name: str
    chat_id: int | str | None
    toll: Toll
    lane: Lane

    @classmethod
    def of(cls, method: TelegramMethod[Any], lane: Lane) -> "Call":
        """Classify a method."""
        name = method.__api_method__
        chat_id = getattr(method, "chat_id", None)
        return cls(method, name, chat_id, _toll(name, chat_id), lane)

    @property
    def makes_something(self) -> bool:
        """Whether doing it twice would leave two of something, a message most often."""
        return self.name.startswith(_NOT_REPEATABLE) and self.name not in _HARMLESS_TWICE

    @property
    def is_for_anybody(self) -> bool:
        """Whether also a process may make it that does not act for the bot."""
        return self.name in _FOR_ANYBODY

    @property
    def at_most_once(self) -> bool:
        """Whether it must not be repeated when it may have been done."""
        return self.lane is Lane.BULK and self.makes_something

    @property
    def message_ids(self) -> Sequence[int]:
        """The messages of `chat_id` that it is about."""
        one = getattr(self.method, "message_id", None)
        many = getattr(self.method, "message_ids", None)
        if getattr(self.method, "from_chat_id", None) is not None:
            return ()
        return [one] if one is not None else many or ()

    def moved_to(self, chat_id: int) -> "Call":
        """Make the same call for the supergroup that a group became, replying to nothing: message ids differ there."""
        changes: dict[str, Any] = {"chat_id": chat_id}
        if getattr(self.method, "reply_parameters", None) is not None:
            changes["reply_parameters"] = None
        return Call(self.method.model_copy(update=changes), self.name, chat_id, self.toll, self.lane)


def _toll(name: str, chat_id: int | str | None) -> Toll:
    if name == "getUpdates":
        return Toll.POLL
    if chat_id is None:
        return Toll.FREE
    if name.startswith(_MESSAGES) and name not in _NOT_MESSAGES:
        return Toll.MESSAGE
    return Toll.CHAT

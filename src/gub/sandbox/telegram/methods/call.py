"""One call of the Bot API, and the checks that many methods share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.errors import bad_request, forbidden
from gub.sandbox.telegram.models import Chat, Json, SimFile, SimMessage
from gub.sandbox.telegram.params import Params
from gub.sandbox.telegram.world import World

Access = Literal["read", "members", "edit", "write", "send"]
"""What a method needs of a chat: the levels of Client.cpp (AccessRights), and `send` for new messages."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that comes with a description, as setWebhook's does."""

    result: Any
    description: str


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, where, with what."""

    world: World
    bot: Bot
    params: Params
    files: Mapping[str, SimFile] = field(default_factory=dict)
    """What was uploaded, by the names of the fields."""

    def chat(self, need: Access, name: str = "chat_id") -> Chat:
        """Find the chat named, and check the bot's access to it (Client.cpp, check_chat)."""
        text = self.params.text(name).strip()
        if not text:
            raise bad_request(f"{name} is empty")
        chat = self._find_chat(text)
        if chat is None:
            raise bad_request("chat not found")
        check_access(self.bot, chat, need)
        return chat

    def message(self, chat: Chat, message_id: int, what: str) -> SimMessage:
        """Find a message the bot can see. `what` is how the error names it."""
        message = chat.messages.get(message_id) if message_id > 0 else None
        if message is None or message.deleted or self.bot.id not in message.seen_by:
            raise bad_request(f"{what} not found")
        return message

    def own_message(self, chat: Chat, message_id: int, what: str) -> SimMessage:
        """Find a message of the bot's own, to be edited."""
        message = self.message(chat, message_id, what)
        # Only messages with no or an inline keyboard can be edited (core.telegram.org/bots/api, "Updating messages").
        if message.from_user is not self.bot.user or message.service is not None or message.other_markup is not None:
            raise bad_request("message can't be edited")
        return message

    def markup(self) -> Any:
        """Read `reply_markup` (not validated)."""
        return self.params.json("reply_markup", "reply keyboard markup")

    def may_mention(self, chat: Chat) -> Callable[[int], bool]:
        """Make the test whether the bot may mention a user here (Bot API, MessageEntity.user; facts 2.1)."""
        return lambda user_id: user_id in self.world.users and (user_id in self.bot.contacts or chat.present(user_id))

    def render(self, message: SimMessage, chat: Chat) -> Json:
        """Write a message for this bot."""
        return self.world.render(message, chat, self.bot)

    def _find_chat(self, text: str) -> Chat | None:
        if text.startswith("@"):
            named = text[1:].casefold()
            return next((c for c in self.world.chats.values() if (c.username or "").casefold() == named), None)
        try:
            number = int(text)
        except ValueError:
            return None
        if number > 0:
            user = self.world.users.get(number)
            known = user is not None and not user.is_bot and number in self.bot.known_users
            return self.world.private(number, self.bot) if known else None
        chat = self.world.chats.get(number)
        return chat if chat is not None and (number in self.bot.known_chats or chat.username) else None


def check_access(bot: Bot, chat: Chat, need: Access) -> None:
    """Refuse with the exact texts of Client.cpp, check_chat_access, and TDLib's for private chats."""
    if chat.private:
        _check_private(chat, need)
    elif chat.type == "group":
        _check_group(bot, chat, need)
    else:
        _check_supergroup(bot, chat, need)
    if need == "send":
        _check_may_send(bot, chat)


def _check_private(chat: Chat, need: Access) -> None:
    if need not in ("read", "members") and chat.user is not None and chat.user.deactivated:
        raise forbidden("user is deactivated")


def _check_group(bot: Bot, chat: Chat, need: Access) -> None:
    if need in ("write", "send", "members"):
        if chat.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        if chat.deleted:
            raise forbidden("the group chat was deleted")
    if need == "read" or chat.migrated_to is not None or chat.deleted:
        return
    member = chat.member(bot.user)
    if member.status == "kicked":
        raise forbidden("bot was kicked from the group chat")
    if not member.present:
        raise forbidden("bot is not a member of the group chat")


def _check_supergroup(bot: Bot, chat: Chat, need: Access) -> None:
    name = "channel chat" if chat.type == "channel" else "supergroup chat"
    if chat.deleted:
        raise bad_request("chat not found")
    member = chat.member(bot.user)
    if member.status == "kicked":
        raise forbidden(f"bot was kicked from the {name}")
    if not member.present and (need in ("edit", "write", "send") or not chat.username):
        raise forbidden(f"bot is not a member of the {name}")


def _check_may_send(bot: Bot, chat: Chat) -> None:
    """Refuse as Telegram's own servers do, which the Bot API server passes on."""
    if chat.private:
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        return
    member = chat.member(bot.user)
    muted = not chat.can_send_messages and member.status == "member"
    if muted or (member.status == "restricted" and not member.permissions.get("can_send_messages")):
        raise bad_request("not enough rights to send text messages to the chat")


def check_right(bot: Bot, chat: Chat, right: str, refusal: str) -> None:
    """Refuse unless the bot, in a group, is an administrator with this right."""
    if not chat.private and not chat.member(bot.user).may(right):
        raise bad_request(refusal)

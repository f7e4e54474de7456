"""Ephemeral messages (Bot API 10.2): in a group, seen by one person and one bot alone.

As the Bot API's reference has it (Message.ephemeral_message_id, BotCommand.is_ephemeral). Guesses where it is silent:
they notify nobody, reach everybody who is in the chat, last until they are deleted, and are numbered by chat.
"""

from typing import Any

from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, Json, SimMessage, User
from gub.sandbox.telegram.posting import Posting


class Whispering(Posting):
    """What is between one person of a group and one bot."""

    def whisper(self, chat: Chat, sender: User, receiver: User, **fields: Any) -> SimMessage:
        """Put an ephemeral message into a chat; one to a bot is delivered to it."""
        chat.last_ephemeral_id += 1
        number = -chat.last_ephemeral_id
        message = SimMessage(number, chat.id, self.now(), sender, receiver=receiver, **fields)
        message.is_topic_message = chat.forum and message.thread_id is not None
        chat.messages[number] = message
        if receiver.id in self.bots:
            bot = self.bots[receiver.id]
            bot.queue.add("message", self.render(message, chat, bot), ("chat", chat.id))
        self.touch()
        return message

    def commands_of(self, bot: Bot, user: User, chat: Chat) -> list[Json]:
        """Give the bot's commands that the app offers somebody in a group (Bot API, "Determining list of commands")."""
        scopes = [f"chat_member:{chat.id}:{user.id}"]
        if chat.member(user).admin:
            scopes += [f"chat_administrators:{chat.id}"]
        scopes += [f"chat:{chat.id}"]
        if chat.member(user).admin:
            scopes += ["all_chat_administrators"]
        scopes += ["all_group_chats", "default"]
        keys = [(scope, language) for scope in scopes for language in (user.language_code or "", "")]
        return next((bot.commands[key] for key in keys if bot.commands.get(key)), [])

    def is_ephemeral_command(self, user: User | int, chat: Chat | User | int, text: str) -> bool:
        """Say whether the app would send this command of the first bot so that the bot alone sees it."""
        who, place = self.find_user(user), self.find_chat(chat)
        bot = self.default_bot
        if place.private or not text.startswith("/") or not place.present(bot.id):
            return False
        name, _, addressed = text[1:].split(maxsplit=1)[0].partition("@") if text[1:].strip() else ("", "", "")
        if addressed and addressed.casefold() != (bot.user.username or "").casefold():
            return False
        return any(
            command["command"] == name and command.get("is_ephemeral") for command in self.commands_of(bot, who, place)
        )

    def say_to_bot(self, user: User | int, chat: Chat | int, text: str, *, thread_id: int | None = None) -> SimMessage:
        """Let a person type a command that the first bot alone sees."""
        who, place = self.find_user(user), self.find_chat(chat)
        if not place.present(who.id):
            raise WorldError(f"{who.first_name} is not in this chat: join first.")
        if not self.is_ephemeral_command(who, place, text):
            raise WorldError("Only a command that the bot offers as ephemeral can be sent so.")
        length = len(text.split(maxsplit=1)[0])
        entities: list[Json] = [{"type": "bot_command", "offset": 0, "length": length}]
        return self.whisper(
            place, who, self.default_bot.user, text=text.strip(), entities=entities, thread_id=thread_id
        )

"""Putting messages into chats and telling bots of them."""

from typing import Any

from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.interfaces import end_interfaces_of, show_interface
from gub.sandbox.telegram.models import Chat, Json, SimMessage, User
from gub.sandbox.telegram.privacy import meant_for, sees
from gub.sandbox.telegram.pushes import pushes_of
from gub.sandbox.telegram.render import message_json
from gub.sandbox.telegram.state import State

CHANNEL_CHAT_ID = -1009000000001


class Posting(State):
    """What happens when a message arises, whoever wrote it."""

    def next_message_id(self, chat: Chat) -> int:
        """Number a message: a supergroup counts by itself, all else shares one count."""
        if chat.type in ("supergroup", "channel"):
            chat.last_message_id += 1
            return chat.last_message_id
        self.last_message_id += 1
        return self.last_message_id

    def post(self, chat: Chat, sender: User | None, **fields: Any) -> SimMessage:
        """Put a message into a chat: place it in its thread, push it to phones, deliver it to bots."""
        message = SimMessage(self.next_message_id(chat), chat.id, self.now(), sender, **fields)
        self._thread(chat, message)
        chat.messages[message.id] = message
        self._note_audience(chat, message)
        show_interface(chat, message, self.by_username)
        for push in pushes_of(chat, message, self.by_username):
            message.pushes.append(push.user_id)
            self.pushes.append(push)
        self.deliver(chat, message)
        self.touch()
        return message

    def service(self, chat: Chat, actor: User | None, *, thread_id: int | None = None, **fields: Any) -> SimMessage:
        """Post a service message: what somebody did, as a message of theirs."""
        return self.post(chat, actor, service=fields, thread_id=thread_id)

    def remove(self, chat: Chat, message: SimMessage) -> None:
        """Let a message vanish for everybody, with what it showed under composers. No bot is told, as at Telegram."""
        message.deleted = True
        if message.id in chat.pinned:
            chat.pinned.remove(message.id)
        end_interfaces_of(chat, message.id)
        self.touch()

    def deliver(self, chat: Chat, message: SimMessage, *, edited: bool = False) -> None:
        """Queue the update for every bot that sees the message."""
        only_bot = len(self.bots_in(chat)) == 1
        for bot in self.bots_in(chat):
            if sees(bot, chat, message, only_bot=only_bot):
                body = self.render(message, chat, bot)
                bot.queue.add("edited_message" if edited else "message", body, ("chat", chat.id))

    def render(self, message: SimMessage, chat: Chat, bot: Bot) -> Json:
        """Write a message as this bot sees it; whatever it names, the bot then knows."""
        message.seen_by.add(bot.id)
        replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
        if replied is None and message.is_topic_message:
            replied = chat.messages.get(message.thread_id or 0)
        if replied is message or (replied is not None and replied.deleted):
            replied = None
        reply = None
        if replied is not None:
            replied.seen_by.add(bot.id)
            reply = message_json(replied, chat, self.users)
        body = message_json(message, chat, self.users, reply)
        bot.learn(body)
        bot.known_chats.add(chat.id)
        return body

    def _thread(self, chat: Chat, message: SimMessage) -> None:
        replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
        if chat.forum:
            message.is_topic_message = message.thread_id is not None
        elif chat.type == "supergroup" and replied is not None:
            # Reply threads of a plain supergroup carry a thread id as well: that of their first message.
            message.thread_id = replied.thread_id or replied.id

    def _note_audience(self, chat: Chat, message: SimMessage) -> None:
        bots = self.bots_in(chat)
        for bot in bots:
            if message.from_user is bot.user:
                message.seen_by.add(bot.id)
                if message.service is None:
                    chat.last_bot_id = bot.id
            elif chat.private or meant_for(bot, chat, message, only_bot=len(bots) == 1):
                message.meant_for.add(bot.id)

"""What people do with messages: say, edit, delete, press."""

from collections.abc import Sequence

from gub.sandbox.telegram.entities import TEXT_LIMIT, clean, trim, utf16_length, with_automatic
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.interfaces import end_forced_reply
from gub.sandbox.telegram.models import (
    ANONYMOUS_ADMIN_ID,
    CHANNEL_POSTER_ID,
    TELEGRAM_ID,
    CallbackAnswer,
    Chat,
    Json,
    Query,
    SimMessage,
    User,
)
from gub.sandbox.telegram.posting import CHANNEL_CHAT_ID
from gub.sandbox.telegram.render import chat_json, inaccessible_json, user_json
from gub.sandbox.telegram.whispering import Whispering

QUERY_LIFETIME = 150.0
"""Seconds for which Telegram tries to deliver a press (tdlib/telegram-bot-api, Client.cpp)."""


class Talking(Whispering):
    """People's side of a conversation."""

    def say(
        self,
        user: User | int,
        chat: Chat | User | int,
        text: str,
        *,
        entities: Sequence[Json] = (),
        reply_to: int | None = None,
        thread_id: int | None = None,
        anonymous: bool = False,
        as_channel: str | None = None,
        silent: bool = False,
        extra: Json | None = None,
    ) -> SimMessage:
        """Let a person write a message, as the app would send it.

        `entities`: beside those Telegram finds; a `text_mention` names its `user` by id. `anonymous`: as an
        anonymous administrator. `as_channel`: as the channel of that title. `extra`: further fields of the Message.
        """
        sender, place = self.find_user(user), self.find_chat(chat)
        self._check_may_write(sender, place, thread_id, reply_to)
        body, marks = self._written(text, entities)
        if not body and not extra:
            raise WorldError("A message needs text.")
        poster, sender_chat = self._poster(sender, place, anonymous, as_channel)
        if place.forum and thread_id is None and reply_to is not None:
            thread_id = place.messages[reply_to].thread_id  # the apps answer where the message is
        if place.private:
            self._open(place)
        end_forced_reply(place, sender.id)
        return self.post(
            place,
            poster,
            text=body,
            entities=marks,
            reply_to=reply_to,
            thread_id=thread_id,
            sender_chat=sender_chat,
            silent=silent,
            extra=extra or {},
        )

    def start(self, user: User | int, payload: str | None = None) -> SimMessage:
        """Let a person open the bot's private chat and press Start (or Restart, when they had blocked it)."""
        chat = self.private(user)
        if chat.blocked:
            self.unblock(user)
        return self.say(user, chat, "/start" if payload is None else f"/start {payload}")

    def auto_forward(self, chat: Chat | int, text: str, *, channel: str = "News") -> SimMessage:
        """Let the linked channel's post appear in its discussion group."""
        place = self.find_chat(chat)
        sender_chat: Json = {"id": CHANNEL_CHAT_ID, "title": channel, "type": "channel"}
        origin = {"type": "channel", "chat": sender_chat, "message_id": 1, "date": self.now()}
        body, marks = self._written(text, ())
        extra = {"is_automatic_forward": True, "forward_origin": origin}
        return self.post(
            place, self.users[TELEGRAM_ID], text=body, entities=marks, sender_chat=sender_chat, extra=extra
        )

    def edit_message(
        self, user: User | int, chat: Chat | User | int, message_id: int, text: str, *, entities: Sequence[Json] = ()
    ) -> SimMessage:
        """Let a person edit their own message."""
        sender, place = self.find_user(user), self.find_chat(chat)
        message = self.find_message(place, message_id)
        if message.from_user is not sender or message.service is not None:
            raise WorldError("People can edit only their own messages: choose one that this user wrote.")
        message.text, message.entities = self._written(text, entities)
        message.edited = self.now()
        self._note_audience(place, message)
        self.deliver(place, message, edited=True)
        self.touch()
        return message

    def delete_message(self, chat: Chat | User | int, message_id: int) -> None:
        """Let a message vanish for everybody. No bot is told, as at Telegram."""
        place = self.find_chat(chat)
        self.remove(place, self.find_message(place, message_id))

    def press(
        self,
        user: User | int,
        chat: Chat | User | int,
        message_id: int,
        callback_data: str,
        *,
        forged: bool = False,
    ) -> str:
        """Let a person press a button; return the query's id. `forged`: by an altered app, or on a stale view."""
        sender, place = self.find_user(user), self.find_chat(chat)
        if not place.private and not place.present(sender.id):
            raise WorldError(f"{sender.first_name} is not in this chat: join first.")
        message = place.messages.get(message_id)
        gone = message is None or message.deleted
        if message is not None and message.receiver not in (None, sender):
            raise WorldError(f"{sender.first_name} does not see this message: it is for one person alone.")
        if not forged:
            if message is None or gone:
                raise WorldError(f"There is no message {message_id} here (any more).")
            if not any(button.get("callback_data") == callback_data for button in message.buttons):
                raise WorldError(f"Message {message_id} has no button with this callback data (any more).")
        owner = place.bot_id if place.bot_id is not None else self._owner(message)
        query = Query(
            str(8_000_000_000_000_000_000 + len(self.queries)),
            sender,
            owner,
            place.id,
            message_id,
            callback_data,
            self.clock.monotonic(),
        )
        self.queries[query.id] = query
        bot = self.bots[owner]
        bot.contacts.add(sender.id)
        shown = inaccessible_json(place, message_id)
        if message is not None and not gone:
            shown = self.render(message, place, bot)
        body = {
            "id": query.id,
            "from": user_json(sender),
            "message": shown,
            "chat_instance": str(abs(place.id) * 7919),
            "data": callback_data,
        }
        bot.learn(body)
        bot.queue.add("callback_query", body, ("callback", sender.id), QUERY_LIFETIME)
        self.touch()
        return query.id

    def callback_answer(self, query_id: str) -> CallbackAnswer | None:
        """Say how the bot answered a press; None while it has not."""
        if query_id not in self.queries:
            raise WorldError(f"There was no press {query_id}.")
        return self.queries[query_id].answer

    def messages(self, chat: Chat | User | int, *, deleted: bool = False) -> list[SimMessage]:
        """List a chat's messages, oldest first; the deleted ones only on request."""
        return [m for m in self.find_chat(chat).messages.values() if deleted or not m.deleted]

    def find_message(self, chat: Chat, message_id: int) -> SimMessage:
        """Find a message that is there. WorldError when it is not."""
        message = chat.messages.get(message_id)
        if message is None or message.deleted:
            raise WorldError(f"There is no message {message_id} in chat {chat.id} (any more).")
        return message

    def block(self, user: User | int) -> None:
        """Let a person block the bot."""
        self._set_blocked(self.private(user), blocked=True)

    def unblock(self, user: User | int) -> None:
        """Let a person unblock the bot."""
        self._set_blocked(self.private(user), blocked=False)

    # -- inside

    def _set_blocked(self, chat: Chat, *, blocked: bool) -> None:
        if chat.blocked == blocked:
            raise WorldError("The bot is blocked already." if blocked else "The bot is not blocked.")
        bot = self.bots[chat.bot_id or 0]
        assert chat.user is not None  # noqa: S101 - every private chat has its person
        chat.blocked = blocked
        chat.started = chat.started or not blocked
        statuses = ("member", "kicked") if blocked else ("kicked", "member")
        old, new = (
            {"user": user_json(bot.user), "status": status} | ({"until_date": 0} if status == "kicked" else {})
            for status in statuses
        )
        body = {
            "chat": chat_json(chat),
            "from": user_json(chat.user),
            "date": self.now(),
            "old_chat_member": old,
            "new_chat_member": new,
        }
        bot.learn(body)
        bot.known_chats.add(chat.id)
        bot.queue.add("my_chat_member", body, ("my", chat.id))
        self.touch()

    def _open(self, chat: Chat) -> None:
        chat.started = True
        self.bots[chat.bot_id or 0].contacts.add(chat.id)

    def _owner(self, message: SimMessage | None) -> int:
        sender = message.from_user if message is not None else None
        return sender.id if sender is not None and sender.id in self.bots else self.default_bot.id

    def _written(self, text: str, entities: Sequence[Json]) -> tuple[str, list[Json]]:
        if utf16_length(text) > TEXT_LIMIT:
            raise WorldError(f"A message holds {TEXT_LIMIT} UTF-16 units; the app would cut this one in several.")
        marks = [self._mark(entity) for entity in entities]
        body, marks = trim(clean(text), marks)
        return body, with_automatic(body, marks)

    def _mark(self, entity: Json) -> Json:
        user = entity.get("user")
        if user is None:
            return dict(entity)
        rest = {name: value for name, value in entity.items() if name != "user"}
        number = user["id"] if isinstance(user, dict) else user
        return rest | {"user_id": self.find_user(number).id}

    def _poster(self, sender: User, chat: Chat, anonymous: bool, as_channel: str | None) -> tuple[User, Json | None]:
        if as_channel is not None:
            sender_chat = {"id": CHANNEL_CHAT_ID, "title": as_channel, "type": "channel"}
            return self.users[CHANNEL_POSTER_ID], sender_chat
        if anonymous:
            if chat.type != "supergroup" or not chat.member(sender).admin:
                raise WorldError("Only administrators of supergroups can be anonymous: promote the user first.")
            return self.users[ANONYMOUS_ADMIN_ID], chat_json(chat)
        return sender, None

    def _check_may_write(self, sender: User, chat: Chat, thread_id: int | None, reply_to: int | None) -> None:
        if sender.deactivated:
            raise WorldError(f"{sender.first_name or sender.id} deleted their account: choose another person.")
        if chat.private:
            if sender.id != chat.id:
                raise WorldError("A private chat has one person: choose their chat, or act as them.")
            if chat.blocked:
                raise WorldError("This person blocked the bot: unblock it first, or press start.")
        else:
            self._check_group_open(chat)
            self._check_member_may_write(sender, chat)
        if thread_id is not None:
            self._check_topic(chat, thread_id)
        if reply_to is not None:
            self.find_message(chat, reply_to)

    def _check_group_open(self, chat: Chat) -> None:
        if chat.migrated_to is not None:
            raise WorldError(f"The group became the supergroup {chat.migrated_to}: write there.")
        if chat.deleted:
            raise WorldError("The group was deleted: choose another.")

    def _check_member_may_write(self, sender: User, chat: Chat) -> None:
        member = chat.member(sender)
        if not member.present:
            raise WorldError(f"{sender.first_name} is not in this chat: join first.")
        if member.status == "restricted" and not member.permissions.get("can_send_messages"):
            raise WorldError(f"{sender.first_name} may not write here: lift the restriction first.")

    def _check_topic(self, chat: Chat, thread_id: int) -> None:
        topic = chat.topics.get(thread_id)
        if topic is None or topic.deleted:
            raise WorldError(f"There is no topic {thread_id} here: open one, or leave it out for General.")
        if topic.closed:
            raise WorldError(f"The topic {topic.name} is closed.")

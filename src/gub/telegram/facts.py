"""What an update says of chats and people, beside what it asks for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aiogram.types import CallbackQuery, Chat, ChatMemberUpdated, InaccessibleMessage, Message, Update, User

from gub.domain.values import ChatFacts, KnownUser

GROUP_TYPES: Final = frozenset({"group", "supergroup"})
_CHAT_TYPES: Final = GROUP_TYPES | {"private"}
# GroupAnonymousBot, Channel_Bot, and Telegram itself where it forwards from a linked channel: nobody.
_NOBODY: Final = frozenset({1087968824, 136817688, 777000})


@dataclass(frozen=True, slots=True)
class Facts:
    """One update's facts. `at` is when it happened, None when the update does not say; `used` shows GUB in use."""

    chat: ChatFacts | None
    users: tuple[KnownUser, ...]
    at: datetime | None
    used: bool


def facts_of(update: Update) -> Facts | None:
    """Read the facts of an update. None of a kind that has none for us."""
    if update.message is not None:
        return _of_message(update.message, used=not _told_apart(update.message))
    if update.edited_message is not None:
        return _of_message(update.edited_message, used=False)
    if update.callback_query is not None:
        return _of_tap(update.callback_query)
    if update.pre_checkout_query is not None:
        # It is of no chat: Telegram shows its answer to the payer, who may have paid in any.
        payer = update.pre_checkout_query.from_user
        return Facts(ChatFacts(payer.id, "private"), _known([payer]), None, used=False)
    for changed in (update.my_chat_member, update.chat_member):
        if changed is not None:
            return _of_member(changed)
    return None


def chat_facts(chat: Chat) -> ChatFacts | None:
    """Read what is known of a chat; a channel is none."""
    if chat.type not in _CHAT_TYPES:
        return None
    return ChatFacts(chat_id=chat.id, type=chat.type, title=chat.title)


def known(user: User) -> KnownUser:
    """Read what is known of a user."""
    return KnownUser(
        user_id=user.id,
        first_name=user.first_name,
        last_name=user.last_name,
        username=user.username,
        language=user.language_code,
        is_bot=user.is_bot,
    )


def is_person(user: User | None) -> bool:
    """Say whether there is one, and not one of Telegram's stand-ins."""
    return user is not None and user.id not in _NOBODY


def people_of(message: Message) -> Iterator[User]:
    """Give everybody whom a message tells of: who wrote it, whom it answers, mentions, brings in or sees out."""
    entities = [*(message.entities or ()), *(message.caption_entities or ())]
    found: list[User | None] = [
        message.reply_to_message.from_user if message.reply_to_message else None,
        *(entity.user for entity in entities),
        *(message.new_chat_members or ()),
        message.left_chat_member,
        message.from_user,
    ]
    yield from (user for user in found if user is not None)


def _of_message(message: Message, *, used: bool) -> Facts:
    chat = chat_facts(message.chat)
    if chat is not None and message.new_chat_title:
        chat = replace(chat, title=message.new_chat_title)
    return Facts(chat, _known(people_of(message)), message.date, used)


def _of_tap(query: CallbackQuery) -> Facts:
    message = query.message
    seen: list[User] = [query.from_user]
    if isinstance(message, Message):
        seen = [*people_of(message), *seen]
    chat = chat_facts(message.chat) if isinstance(message, Message | InaccessibleMessage) else None
    # A tap has no date, and can come from a chat that GUB has left: it shows no use.
    return Facts(chat, _known(seen), None, used=False)


def _of_member(changed: ChatMemberUpdated) -> Facts:
    users = [changed.new_chat_member.user, changed.from_user]
    return Facts(chat_facts(changed.chat), _known(users), changed.date, used=False)


def _known(users: Iterable[User]) -> tuple[KnownUser, ...]:
    last_told = {user.id: known(user) for user in users if is_person(user)}
    return tuple(last_told.values())


def _told_apart(message: Message) -> bool:
    """Say whether the message begins or ends GUB's stay in the chat: `handlers.life` and /start see to those."""
    coming_and_going = [*(message.new_chat_members or ()), message.left_chat_member]
    if any(user is not None and user.is_bot for user in coming_and_going):
        return True
    if message.group_chat_created or message.migrate_to_chat_id or message.migrate_from_chat_id:
        return True
    return message.chat.type in GROUP_TYPES and (message.text or "").startswith("/start")

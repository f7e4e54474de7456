"""Coming and going: of GUB in a chat, of members, of a group that becomes a supergroup."""

import structlog
from aiogram import Bot, Router
from aiogram.types import ChatMemberUpdated, Message, User

from gub.domain.values import ChatFacts
from gub.services.chats import ChatBook
from gub.services.languages import Languages
from gub.telegram.facts import GROUP_TYPES, chat_facts, known
from gub.telegram.farewells import Farewells
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.kinds import Tells
from gub.telegram.members import is_in
from gub.telegram.messenger import Messenger
from gub.telegram.views import general as views
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


def router() -> Router:
    """Make the router."""
    made = Router(name="life")
    made.my_chat_member.register(gub_changed)
    made.chat_member.register(member_changed)
    made.message.register(chat_created, Tells("group_chat_created"))
    made.message.register(members_came, Tells("new_chat_members"))
    made.message.register(member_left, Tells("left_chat_member"))
    made.message.register(became_supergroup, Tells("migrate_to_chat_id"))
    made.message.register(was_group, Tells("migrate_from_chat_id"))
    return made


async def gub_changed(
    changed: ChatMemberUpdated, bot: Bot, chats: ChatBook, messenger: Messenger, languages: Languages
) -> None:
    """GUB was added, removed, promoted or restricted in a group; or blocked or unblocked by a user."""
    facts = chat_facts(changed.chat)
    if facts is None:
        return
    if not is_in(changed.new_chat_member):
        await chats.left(facts.chat_id, changed.date)
        return
    came = facts.type in GROUP_TYPES and not is_in(changed.old_chat_member)
    if came:
        await _find_the_moved(facts, bot, chats)
    news = await chats.joined(facts, changed.date)
    if news and came:
        await _greet(facts, changed.from_user, messenger, languages)


async def member_changed(changed: ChatMemberUpdated, bot: Bot, farewells: Farewells) -> None:
    """Somebody's standing in a group changed; told only where GUB is an admin."""
    if changed.chat.type in GROUP_TYPES and not is_in(changed.new_chat_member):
        await farewells.left(bot, changed.chat.id, known(changed.new_chat_member.user))


async def chat_created(message: Message, chats: ChatBook, messenger: Messenger, languages: Languages) -> None:
    """Somebody made a group with GUB in it."""
    await _joined(message, chats, messenger, languages)


async def members_came(message: Message, me: User, chats: ChatBook, messenger: Messenger, languages: Languages) -> None:
    """Somebody came; if it is GUB, the chat is new. Telegram tells that by `my_chat_member` as well."""
    if any(user.id == me.id for user in message.new_chat_members or ()):
        await _joined(message, chats, messenger, languages)


async def member_left(message: Message, me: User, bot: Bot, chats: ChatBook, farewells: Farewells) -> None:
    """Somebody left or was removed; if it is GUB, the chat is over."""
    left = message.left_chat_member
    if left is None:
        return
    if left.id == me.id:
        await chats.left(message.chat.id, message.date)
    else:
        await farewells.left(bot, message.chat.id, known(left))


async def became_supergroup(message: Message, chats: ChatBook) -> None:
    """The group's last message: it is another chat now."""
    if message.migrate_to_chat_id is not None:
        await chats.migrated(message.chat.id, message.migrate_to_chat_id)


async def was_group(message: Message, chats: ChatBook) -> None:
    """The supergroup's first message."""
    if message.migrate_from_chat_id is not None:
        await chats.migrated(message.migrate_from_chat_id, message.chat.id)


async def _find_the_moved(facts: ChatFacts, bot: Bot, chats: ChatBook) -> None:
    """Find out whether a supergroup that we seem to come into is a group of ours that became it.

    Telegram tells of both alike, and of the first often before it tells of the move (tdlib/telegram-bot-api#266). A
    group that moved refuses everything and says where it is now; the gateway sees to that. One that did not shows
    "typing…" for a moment.
    """
    for chat_id in await chats.namesakes(facts):
        try:
            await bot.send_chat_action(chat_id, "typing")
        except Refused as refused:
            log.info("a group of the same title does not answer", chat_id=chat_id, outcome=type(refused).__name__)


async def _joined(message: Message, chats: ChatBook, messenger: Messenger, languages: Languages) -> None:
    facts = chat_facts(message.chat)
    if facts is not None and await chats.joined(facts, message.date):
        await _greet(facts, message.from_user, messenger, languages)


async def _greet(facts: ChatFacts, who_added: User | None, messenger: Messenger, languages: Languages) -> None:
    """Greet a group, in the language of who added GUB."""
    with speaking(await languages.suggest(facts.chat_id, who_added.language_code if who_added else None)):
        await messenger.send(facts.chat_id, views.greeting(facts.title))

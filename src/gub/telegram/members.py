"""Who is in a chat now, and who is an admin there, by Telegram's word."""

from enum import StrEnum

from aiogram import Bot
from aiogram.types import ChatMemberRestricted, ResultChatMemberUnion, User

from gub.services.invitees import Seen
from gub.telegram.facts import known
from gub.telegram.gateway.outcomes import Gone, NoRights, Refused, Rejected, Unwritable

_AWAY = frozenset({"left", "kicked"})
_ADMINS = frozenset({"creator", "administrator"})
_UNKNOWN = ("user not found", "member not found")  # tdlib/telegram-bot-api#332, #795


class Standing(StrEnum):
    """How a user stands to a chat. `untold` is what Telegram does not say: where members are hidden from the bot."""

    ABSENT = "absent"
    UNTOLD = "untold"
    MEMBER = "member"
    ADMIN = "admin"


def is_in(member: ResultChatMemberUnion) -> bool:
    """Say whether this status is one of somebody in the chat."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in _AWAY


async def standing(bot: Bot, chat_id: int, user_id: int) -> Standing:
    """Ask Telegram how a user stands to a chat now. A private chat has one person, and no admins.

    Admins are told even where members are hidden (getChatAdministrators).

    Raises:
        Refused: Telegram does not answer.
    """
    stands = await told_standing(bot, chat_id, user_id)
    return await _among_admins(bot, chat_id, user_id) if stands is Standing.UNTOLD else stands


async def told_standing(bot: Bot, chat_id: int, user_id: int, *, outside: Standing = Standing.ABSENT) -> Standing:
    """Ask what `standing` asks in one request: where members are hidden, admins are untold as everybody is.

    They are hidden from a bot that is no admin: PARTICIPANT_ID_INVALID, CHAT_ADMIN_REQUIRED (teloxide/teloxide#1349).
    `outside` is what is taken for true of a chat that the bot itself is not in (any more), of which nothing is told.

    Raises:
        Refused: Telegram does not answer.
    """
    return (await _told(bot, chat_id, user_id, outside))[0]


async def seen(bot: Bot, chat_id: int, user_id: int) -> Seen:
    """Ask in one request whether a user is in a chat, and who they are now. Who is not told of is taken to be there."""
    try:
        stands, user = await _told(bot, chat_id, user_id, Standing.ABSENT)
    except Refused:
        return Seen(here=True)
    return Seen(stands is not Standing.ABSENT, None if user is None else known(user))


def may_act(stands: Standing, *, in_group: bool) -> bool:
    """Say whether a tap counts. One in the group itself does where Telegram does not say who is in it."""
    return stands in (Standing.MEMBER, Standing.ADMIN) or (in_group and stands is Standing.UNTOLD)


async def _told(bot: Bot, chat_id: int, user_id: int, outside: Standing) -> tuple[Standing, User | None]:
    if chat_id > 0:
        return Standing.MEMBER if chat_id == user_id else Standing.ABSENT, None
    try:
        member = await bot.get_chat_member(chat_id, user_id)
    except (Rejected, NoRights) as refused:
        unknown = any(words in refused.description.lower() for words in _UNKNOWN)
        return Standing.ABSENT if unknown else Standing.UNTOLD, None
    except (Gone, Unwritable):
        return outside, None
    if member.status in _ADMINS:
        return Standing.ADMIN, member.user
    return Standing.MEMBER if is_in(member) else Standing.ABSENT, member.user


async def _among_admins(bot: Bot, chat_id: int, user_id: int) -> Standing:
    try:
        admins = await bot.get_chat_administrators(chat_id)
    except (Rejected, NoRights):
        return Standing.UNTOLD
    return Standing.ADMIN if any(admin.user.id == user_id for admin in admins) else Standing.UNTOLD

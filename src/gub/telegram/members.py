"""Who is in a chat now, by Telegram's word."""

from aiogram import Bot
from aiogram.types import ChatMemberRestricted, ResultChatMemberUnion

from gub.telegram.gateway.outcomes import Refused, Rejected

_AWAY = frozenset({"left", "kicked"})
_UNKNOWN = ("user not found", "member not found")  # tdlib/telegram-bot-api#332, #795


def is_in(member: ResultChatMemberUnion) -> bool:
    """Say whether this status is one of somebody in the chat."""
    if isinstance(member, ChatMemberRestricted):
        return member.is_member
    return member.status not in _AWAY


async def is_in_chat(bot: Bot, chat_id: int, user_id: int) -> bool:
    """Ask Telegram whether a user is in a chat. Where it won't say, a tap there is evidence enough.

    It won't where members are hidden and GUB is no admin: PARTICIPANT_ID_INVALID, CHAT_ADMIN_REQUIRED
    (teloxide/teloxide#1349).
    """
    try:
        return is_in(await bot.get_chat_member(chat_id, user_id))
    except Rejected as refused:
        return not any(words in refused.description.lower() for words in _UNKNOWN)
    except Refused:
        return True

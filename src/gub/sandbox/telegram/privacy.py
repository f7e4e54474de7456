"""What a bot is shown of a group (core.telegram.org/bots/features, privacy mode; facts 2.2)."""

from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.entities import covered
from gub.sandbox.telegram.models import Chat, SimMessage


def meant_for(bot: Bot, chat: Chat, message: SimMessage, *, only_bot: bool) -> bool:
    """Whether a group message is meant for this bot: a command to it, or a reply to it or to what was meant for it.

    A bare command is for the bot that posted last; before any has posted, for the only bot there is.
    """
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if replied is not None and (replied.from_user is bot.user or bot.id in replied.meant_for):
        return True
    first = next((e for e in message.entities if e["type"] == "bot_command" and e["offset"] == 0), None)
    if first is None:
        return False
    _, _, addressed = covered(message.text, first).partition("@")
    if addressed:
        return addressed.casefold() == (bot.user.username or "").casefold()
    return chat.last_bot_id == bot.id or (chat.last_bot_id is None and only_bot)


def sees(bot: Bot, chat: Chat, message: SimMessage, *, only_bot: bool) -> bool:
    """Whether Telegram delivers this message to the bot."""
    sender = message.from_user
    own = sender is bot.user
    if message.service is not None:
        return True
    if own or (sender is not None and sender.is_bot and message.sender_chat is None):
        return False
    if chat.private or not bot.privacy or chat.member(bot.user).admin:
        return True
    return meant_for(bot, chat, message, only_bot=only_bot)

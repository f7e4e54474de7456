"""Changing and removing ephemeral messages. Like Telegram, it does not say whether the person got anything of it."""

from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.methods.editing import NOT_MODIFIED, inline_of
from gub.sandbox.telegram.methods.sending import check_flood, read_text
from gub.sandbox.telegram.models import Chat, Json, SimMessage


async def edit_ephemeral_message_text(call: Call) -> bool:
    """Replace the text and the keyboard."""
    chat = call.chat("edit")
    message = _message(call, chat, "message to edit")
    if not call.params.has("text"):
        raise bad_request("message text is empty")
    text, entities = read_text(call, chat, "MESSAGE_TOO_LONG")
    keyboard = inline_of(call, chat)
    check_flood(call, chat)
    if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities = text, entities
    return _edited(call, message, keyboard)


async def edit_ephemeral_message_reply_markup(call: Call) -> bool:
    """Replace the keyboard; without one, take it away."""
    chat = call.chat("edit")
    message = _message(call, chat, "message to edit")
    keyboard = inline_of(call, chat)
    check_flood(call, chat)
    if keyboard == message.keyboard:
        raise bad_request(NOT_MODIFIED)
    return _edited(call, message, keyboard)


async def delete_ephemeral_message(call: Call) -> bool:
    """Delete it."""
    chat = call.chat("write")
    call.world.remove(chat, _message(call, chat, "message to delete"))
    return True


def _message(call: Call, chat: Chat, what: str) -> SimMessage:
    """Find one of the bot's own. That another's, or one to somebody else, is simply not found is a guess."""
    number = call.params.integer("ephemeral_message_id")
    message = chat.messages.get(-number) if number > 0 else None
    receiver = None if message is None else message.receiver
    own = message is not None and message.from_user is call.bot.user and not message.deleted
    if message is None or not own or receiver is None or receiver.id != call.params.user_id("receiver_user_id"):
        raise bad_request(f"{what} not found")
    return message


def _edited(call: Call, message: SimMessage, keyboard: list[list[Json]] | None) -> bool:
    message.keyboard = keyboard
    message.edited = call.world.now()
    call.world.touch()
    return True

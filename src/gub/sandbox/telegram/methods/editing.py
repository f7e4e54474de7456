"""Changing and removing messages: edits, deletions, pins, reactions."""

from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.keyboards import parse_inline
from gub.sandbox.telegram.methods.call import Call, check_right
from gub.sandbox.telegram.methods.sending import check_flood, read_text
from gub.sandbox.telegram.models import Chat, Json, SimMessage

DELETABLE = 48 * 3600

# Client.cpp, fail_query_with_error (MESSAGE_NOT_MODIFIED).
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
_EMOJI = set(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨"
    "😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
) | {
    "❤\ufe0f", "❤\ufe0f\u200d🔥", "✍", "✍\ufe0f", "👨\u200d💻", "🤷", "🤷\u200d♂", "🤷\u200d♀",
}  # fmt: skip


async def edit_message_text(call: Call) -> Json:
    """Replace the text and the keyboard of one of the bot's own messages."""
    chat = _chat_of_edit(call)
    message = call.own_message(chat, call.params.integer("message_id"), "message to edit")
    if not call.params.has("text"):
        raise bad_request("message text is empty")
    text, entities = read_text(call, chat, "MESSAGE_TOO_LONG")
    keyboard = inline_of(call, chat)
    check_flood(call, chat)
    if (text, entities, keyboard) == (message.text, message.entities, message.keyboard):
        raise bad_request(NOT_MODIFIED)
    message.text, message.entities = text, entities
    return _edited(call, chat, message, keyboard)


async def edit_message_reply_markup(call: Call) -> Json:
    """Replace the keyboard; without one, take it away."""
    chat = _chat_of_edit(call)
    message = call.own_message(chat, call.params.integer("message_id"), "message to edit")
    keyboard = inline_of(call, chat)
    check_flood(call, chat)
    if keyboard == message.keyboard:
        raise bad_request(NOT_MODIFIED)
    return _edited(call, chat, message, keyboard)


async def delete_message(call: Call) -> bool:
    """Delete one message for everybody."""
    chat = call.chat("write")
    message = call.message(chat, call.params.integer("message_id"), "message to delete")
    _check_deletable(call, chat, message)
    call.world.remove(chat, message)
    return True


async def delete_messages(call: Call) -> bool:
    """Delete up to a hundred messages; those not found are skipped."""
    chat = call.chat("write")
    found = [chat.messages.get(number) for number in call.params.message_ids()]
    messages = [m for m in found if m is not None and not m.deleted and call.bot.id in m.seen_by]
    for message in messages:
        _check_deletable(call, chat, message)
    for message in messages:
        call.world.remove(chat, message)
    return True


async def pin_chat_message(call: Call) -> bool:
    """Pin a message; a service message says so, to the bot as well."""
    chat = call.chat("write")
    message = call.message(chat, call.params.integer("message_id"), "message to pin")
    if message.service is not None:
        raise bad_request("message can't be pinned")
    check_right(call.bot, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        call.world.service(chat, call.bot.user, thread_id=_topic(message), pinned_message=call.render(message, chat))
    return True


async def unpin_chat_message(call: Call) -> bool:
    """Unpin a message, the newest one unless named."""
    chat = call.chat("write")
    check_right(call.bot, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
    number = call.params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(number)
    call.world.touch()
    return True


async def unpin_all_chat_messages(call: Call) -> bool:
    """Unpin everything."""
    chat = call.chat("write")
    check_right(call.bot, chat, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
    chat.pinned.clear()
    call.world.touch()
    return True


async def set_message_reaction(call: Call) -> bool:
    """Set the bot's reaction: at most one, never a paid one."""
    chat = call.chat("write")
    message = call.message(chat, call.params.integer("message_id"), "message to react")
    reactions = call.params.json("reaction", "reaction types") or []
    if not isinstance(reactions, list):
        raise bad_request("expected an Array of ReactionType")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in reactions:
        if not isinstance(reaction, dict) or reaction.get("type") not in ("emoji", "custom_emoji"):
            raise bad_request("can't parse ReactionType: invalid reaction type specified")
        if reaction["type"] == "emoji" and reaction.get("emoji") not in _EMOJI:
            raise bad_request("REACTION_INVALID")
    message.reactions[call.bot.id] = reactions
    call.world.touch()
    return True


def _chat_of_edit(call: Call) -> Chat:
    if call.params.has("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    if not call.params.has("message_id"):
        raise bad_request("message identifier is not specified")
    return call.chat("edit")


def inline_of(call: Call, chat: Chat) -> list[list[Json]] | None:
    """Read the inline keyboard of an edit; none takes the old one away."""
    value = call.markup()
    if value is None or value == {}:
        return None
    if not isinstance(value, dict) or "inline_keyboard" not in value:
        raise bad_request("inline keyboard expected")
    return parse_inline(value["inline_keyboard"], private=chat.private)


def _edited(call: Call, chat: Chat, message: SimMessage, keyboard: list[list[Json]] | None) -> Json:
    message.keyboard = keyboard
    message.edited = call.world.now()
    call.world.touch()
    return call.render(message, chat)


def _check_deletable(call: Call, chat: Chat, message: SimMessage) -> None:
    if call.world.now() - message.date >= DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    own = message.from_user is call.bot.user
    if not own and not chat.private and not chat.member(call.bot.user).may("can_delete_messages"):
        raise bad_request("message can't be deleted")


def _topic(message: SimMessage) -> int | None:
    return message.thread_id if message.is_topic_message else None

"""sendMessage, copyMessage, forwardMessage, sendChatAction."""

from typing import Any

from gub.sandbox.telegram.entities import (
    TEXT_LIMIT,
    clean,
    is_empty,
    parse_entities,
    trim,
    utf16_length,
    with_automatic,
)
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.keyboards import parse_markup
from gub.sandbox.telegram.markup import parse_markup_text
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.methods.receiving import receiver_of
from gub.sandbox.telegram.models import Chat, Json, SimMessage
from gub.sandbox.telegram.render import chat_json, user_json

_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


async def send_message(call: Call) -> Json:
    """Send a text."""
    if not call.params.has("text"):
        raise bad_request("message text is empty")
    chat = call.chat("send")
    text, entities = read_text(call, chat, "message is too long")
    keyboard, other = parse_markup(call.markup(), private=chat.private)
    place = destination(call, chat)
    receiver = receiver_of(call, chat)
    check_flood(call, chat)
    if receiver is not None:
        thread_id = place["thread_id"]
        whispered = call.world.whisper(
            chat, call.bot.user, receiver, text=text, entities=entities, keyboard=keyboard, thread_id=thread_id
        )
        return call.render(whispered, chat)
    message = call.world.post(
        chat, call.bot.user, text=text, entities=entities, keyboard=keyboard, other_markup=other, **place
    )
    return call.render(message, chat)


async def copy_message(call: Call) -> Json:
    """Send a copy of a message, without saying whose it was."""
    chat, source = call.chat("send"), call.chat("read", "from_chat_id")
    original = call.message(source, call.params.integer("message_id"), "message to copy")
    if original.service is not None or "invoice" in original.extra:
        raise bad_request("message can't be copied")
    keyboard, other = parse_markup(call.markup(), private=chat.private)
    place = destination(call, chat)
    check_flood(call, chat)
    extra = {name: value for name, value in original.extra.items() if not name.startswith("forward")}
    message = call.world.post(
        chat,
        call.bot.user,
        text=original.text,
        entities=list(original.entities),
        keyboard=keyboard,
        other_markup=other,
        extra=extra,
        **place,
    )
    call.render(message, chat)
    return {"message_id": message.id}


async def forward_message(call: Call) -> Json:
    """Forward a message."""
    chat, source = call.chat("send"), call.chat("read", "from_chat_id")
    original = call.message(source, call.params.integer("message_id"), "message to forward")
    if original.service is not None:
        raise bad_request("message can't be forwarded")
    place = destination(call, chat)
    check_flood(call, chat)
    extra = original.extra | {"forward_origin": original.extra.get("forward_origin") or _origin(original, source)}
    message = call.world.post(
        chat, call.bot.user, text=original.text, entities=list(original.entities), extra=extra, **place
    )
    return call.render(message, chat)


async def send_chat_action(call: Call) -> bool:
    """Show that the bot is busy."""
    chat = call.chat("send")
    if call.params.text("action").lower() not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    read_thread(call, chat)
    return True


def read_text(call: Call, chat: Chat, too_long: str) -> tuple[str, list[Json]]:
    """Read the text with its entities and check both as Telegram does: trimmed first, then 1-4096 units."""
    text = clean(call.params.text("text"))
    if call.params.has("parse_mode"):
        text, found = parse_markup_text(text, call.params.text("parse_mode"))
        may_mention = call.may_mention(chat)
        explicit = [e for e in found if "user_id" not in e or may_mention(e["user_id"])]
    else:
        explicit = parse_entities(call.params.json("entities", "MessageEntity"), text, call.may_mention(chat))
    text, explicit = trim(text, explicit)
    if is_empty(text):
        raise bad_request("text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request(too_long)
    return text, with_automatic(text, explicit)


def destination(call: Call, chat: Chat) -> dict[str, Any]:
    """Read where in the chat the message goes: thread, reply, and whether silently."""
    thread_id = read_thread(call, chat)
    reply_to = _read_reply(call, chat)
    if chat.forum and thread_id is None and reply_to is not None:
        thread_id = chat.messages[reply_to].thread_id
    return {"thread_id": thread_id, "reply_to": reply_to, "silent": call.params.flag("disable_notification")}


def read_thread(call: Call, chat: Chat) -> int | None:
    """Read `message_thread_id`: a topic of a forum (never General's 1) or the root of a reply thread."""
    number = call.params.integer("message_thread_id")
    if number <= 0:
        return None
    if chat.forum:
        topic = chat.topics.get(number)
        if topic is None or topic.deleted:
            raise bad_request("message thread not found")
        if topic.closed and not chat.member(call.bot.user).may("can_manage_topics"):
            raise bad_request("TOPIC_CLOSED")
        return number
    root = chat.messages.get(number)
    if chat.type != "supergroup" or root is None or root.deleted or root.thread_id not in (None, number):
        raise bad_request("message thread not found")
    return number


def check_flood(call: Call, chat: Chat) -> None:
    """Count a message that is sent or edited, when the world counts. ApiError 429 when it is too many."""
    if call.world.flood:
        call.world.flood_control.check(call.bot.id, chat.id, group=not chat.private)


def _read_reply(call: Call, chat: Chat) -> int | None:
    value = call.params.json("reply_parameters", "reply parameters")
    if value is None:
        number, tolerant = call.params.integer("reply_to_message_id"), call.params.flag("allow_sending_without_reply")
    elif not isinstance(value, dict):
        raise bad_request("object expected as reply parameters")
    else:
        number, tolerant = value.get("message_id", 0), value.get("allow_sending_without_reply", False) is True
        if isinstance(number, bool) or not isinstance(number, int):
            raise bad_request('can\'t parse reply parameters: field "message_id" must be of type Number')
        elsewhere = value.get("chat_id")
        if elsewhere is not None and str(elsewhere) != str(chat.id):
            raise bad_request("the simulator does not model replies in another chat")
    if number <= 0:
        return None
    target = chat.messages.get(number)
    if target is None or target.deleted or call.bot.id not in target.seen_by:
        if tolerant:
            return None
        raise bad_request("message to be replied not found")
    return int(number)


def _origin(message: SimMessage, chat: Chat) -> Json:
    if message.sender_chat is not None:
        return {"type": "chat", "date": message.date, "sender_chat": message.sender_chat}
    if message.from_user is None:
        return {"type": "chat", "date": message.date, "sender_chat": chat_json(chat)}
    return {"type": "user", "date": message.date, "sender_user": user_json(message.from_user)}

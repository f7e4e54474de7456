"""The world's records as the JSON objects of the Bot API 10.3."""

from gub.sandbox.telegram.models import Chat, Json, Member, SimMessage, User
from gub.sandbox.telegram.rights import ADMIN_RIGHTS, GROUP_RIGHTS, PERMISSIONS


def without_nothing(**fields: object) -> Json:
    """Build an object of the fields that are there (not None)."""
    return {name: value for name, value in fields.items() if value is not None}


def user_json(user: User) -> Json:
    """Render a User."""
    return without_nothing(
        id=user.id,
        is_bot=user.is_bot,
        first_name=user.first_name,
        last_name=user.last_name,
        username=user.username,
        language_code=user.language_code,
    )


def chat_json(chat: Chat) -> Json:
    """Render a Chat."""
    if chat.user is not None:
        user = chat.user
        return without_nothing(
            id=chat.id, first_name=user.first_name, last_name=user.last_name, username=user.username, type="private"
        )
    return without_nothing(
        id=chat.id, title=chat.title, username=chat.username, is_forum=chat.forum or None, type=chat.type
    )


def full_chat_json(chat: Chat, pinned: Json | None) -> Json:
    """Render a ChatFullInfo."""
    full = chat_json(chat) | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        ),
    }
    if chat.username is not None:
        full["active_usernames"] = [chat.username]
    if not chat.private:
        full["permissions"] = dict.fromkeys(PERMISSIONS, chat.can_send_messages)
    if chat.hidden_members:
        full["has_hidden_members"] = True
    if pinned is not None:
        full["pinned_message"] = pinned
    return full


def member_json(member: Member, chat: Chat) -> Json:
    """Render a ChatMember with all fields that its status requires."""
    status = member.status
    if status == "kicked" and chat.type == "group":
        status = "left"  # a basic group keeps no list of the banned
    result: Json = {"user": user_json(member.user), "status": status}
    if status == "creator":
        result["is_anonymous"] = member.rights.get("is_anonymous", False)
    elif status == "administrator":
        result |= {"can_be_edited": False, "is_anonymous": member.rights.get("is_anonymous", False)}
        result |= {right: member.rights.get(right, False) for right in ADMIN_RIGHTS}
        result |= {right: member.rights.get(right, False) for right in GROUP_RIGHTS}
        if not chat.forum:
            del result["can_manage_topics"]
    elif status == "restricted":
        result |= {"is_member": member.is_member, "until_date": 0}
        result |= {name: member.permissions.get(name, False) for name in PERMISSIONS}
    elif status == "kicked":
        result["until_date"] = 0
    return result


def entity_json(entity: Json, users: dict[int, User]) -> Json:
    """Render a MessageEntity; the world keeps only the id of a mentioned user."""
    shown = {name: value for name, value in entity.items() if name != "user_id"}
    if "user_id" in entity:
        shown["user"] = user_json(users[entity["user_id"]])
    return shown


def message_json(message: SimMessage, chat: Chat, users: dict[int, User], reply: Json | None = None) -> Json:
    """Render a Message. `reply` is the rendered message that it answers, without its own reply."""
    result = without_nothing(
        message_id=message.id if message.receiver is None else 0,
        receiver_user=None if message.receiver is None else user_json(message.receiver),
        ephemeral_message_id=None if message.receiver is None else -message.id,
        message_thread_id=message.thread_id,
        sender_chat=message.sender_chat,
        chat=chat_json(chat),
        date=message.date,
        is_topic_message=message.is_topic_message or None,
        reply_to_message=reply,
        edit_date=message.edited,
    )
    if message.from_user is not None:
        result["from"] = user_json(message.from_user)
    if message.text:
        result["text"] = message.text
        if message.entities:
            result["entities"] = [entity_json(entity, users) for entity in message.entities]
    if message.keyboard:
        result["reply_markup"] = {"inline_keyboard": message.keyboard}
    return result | (message.service or {}) | message.extra


def inaccessible_json(chat: Chat, message_id: int) -> Json:
    """Render an InaccessibleMessage: one that is no longer there."""
    return {"chat": chat_json(chat), "message_id": message_id, "date": 0}

"""Who is notified by a message.

A modelling assumption, for Telegram documents none of it: in a private chat always; in a group whoever is replied
to, and whoever the first five mentions name (facts 2.1: independent reports since 2016), if they are in the chat.
Never the sender, nobody for a silent message, nobody for an edit.
"""

from collections.abc import Callable

from gub.sandbox.telegram.entities import covered
from gub.sandbox.telegram.models import Chat, Push, SimMessage, User

MENTIONS = 5


def pushes_of(chat: Chat, message: SimMessage, find: Callable[[str], User | None]) -> list[Push]:
    """Work out the notifications of a new message. `find` looks a username up."""
    if message.silent or message.service is not None:
        return []
    sender = message.from_user
    if chat.private:
        other = chat.user
        reached = other is not None and other is not sender and not chat.blocked
        return [Push(chat.id, chat.id, message.id, "private")] if reached else []
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    people = dict.fromkeys(mentioned(message, find, MENTIONS), "mention")
    if replied is not None and replied.from_user is not None and replied.sender_chat is None:
        people.setdefault(replied.from_user.id, "reply")
    return [
        Push(user_id, chat.id, message.id, "mention" if reason == "mention" else "reply")
        for user_id, reason in people.items()
        if chat.present(user_id) and not chat.members[user_id].user.is_bot and (sender is None or user_id != sender.id)
    ]


def mentioned(message: SimMessage, find: Callable[[str], User | None], most: int | None = None) -> list[int]:
    """List whom the first `most` mentions name. `find` looks a username up."""
    mentions = [e for e in message.entities if e["type"] in ("mention", "text_mention")][:most]
    result = []
    for entity in mentions:
        user_id = entity.get("user_id")
        if user_id is None:
            user = find(covered(message.text, entity))
            user_id = None if user is None else user.id
        if user_id is not None:
            result.append(user_id)
    return result

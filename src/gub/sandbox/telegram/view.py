"""The world as the page (and a curious test) sees it: one JSON object."""

from gub.sandbox.telegram.bots import Bot
from gub.sandbox.telegram.models import Chat, Json, Request, SimMessage
from gub.sandbox.telegram.render import entity_json
from gub.sandbox.telegram.world import World

REQUESTS_SHOWN = 50
MESSAGES_SHOWN = 500
PUSHES_SHOWN = 500
ANSWERS_SHOWN = 200


def world_json(world: World) -> Json:
    """Describe people, chats with their last messages, notifications and the last calls."""
    bot = world.default_bot
    answers = [query.answer for query in world.queries.values() if query.answer is not None]
    paid = [checkout for checkout in world.checkouts.values() if checkout.ok is not None]
    calls = [r for r in world.requests if r.method.lower() != "getupdates" or r.status != 200]  # noqa: PLR2004 - HTTP OK
    return {
        "revision": world.revision,
        "bot": _bot_json(bot),
        "users": [
            {"id": u.id, "first_name": u.first_name, "last_name": u.last_name, "username": u.username}
            for u in world.users.values()
            if not u.is_bot and u.id in range(1001, world.next_user_id)
        ],
        "chats": [_chat_json(world, chat, bot) for chat in [*world.chats.values(), *bot.private.values()]],
        "pushes": [
            {"user_id": p.user_id, "chat_id": p.chat_id, "message_id": p.message_id, "reason": p.reason}
            for p in world.pushes[-PUSHES_SHOWN:]
        ],
        "callback_answers": [
            {"query_id": a.query_id, "user_id": a.user_id, "text": a.text, "alert": a.alert}
            for a in answers[-ANSWERS_SHOWN:]
        ]
        + [{"query_id": c.id, "user_id": c.user.id, "text": c.error, "alert": not c.ok} for c in paid[-ANSWERS_SHOWN:]],
        "faults": world.faults.state(),
        "requests": [_request_json(request) for request in calls[-REQUESTS_SHOWN:]],
    }


def _bot_json(bot: Bot) -> Json:
    return {
        "id": bot.id,
        "first_name": bot.user.first_name,
        "username": bot.user.username,
        "token": bot.token,
        "privacy": bot.privacy,
        "connected": bot.webhook is not None or bot.queue.polling,
        "delivery": "webhook" if bot.webhook is not None else "polling",
        "pending_updates": len(bot.queue.pending),
        "commands": bot.commands.get(("all_group_chats", "")) or bot.commands.get(("default", "")) or [],
        "admin_commands": bot.commands.get(("all_chat_administrators", "")) or [],
        "private_commands": bot.commands.get(("all_private_chats", "")) or bot.commands.get(("default", "")) or [],
    }


def _chat_json(world: World, chat: Chat, bot: Bot) -> Json:
    standing = chat.member(bot.user)
    role = "admin" if standing.admin else "member" if standing.present else "none"
    return {
        "id": chat.id,
        "type": chat.type,
        "title": chat.title,
        "forum": chat.forum,
        "bot": "member" if chat.private else role,
        "bot_status": "member" if chat.private else standing.status,
        "muted": not chat.can_send_messages,
        "members": [
            {"user_id": m.user.id, "status": m.status}
            for m in chat.members.values()
            if m.present or m.status == "kicked"
        ],
        "private_user": chat.user.id if chat.user is not None else None,
        "blocked": chat.blocked,
        "started": chat.started,
        "migrated_to": chat.migrated_to,
        "topics": [{"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values() if not t.deleted],
        "pinned": chat.pinned,
        "interfaces": [
            {"user_id": user_id, "message_id": shown.message_id, "used": shown.used, "markup": shown.markup}
            for user_id, shown in chat.interfaces.items()
        ],
        "messages": [_message_json(world, m) for m in list(chat.messages.values())[-MESSAGES_SHOWN:]],
    }


def _message_json(world: World, message: SimMessage) -> Json:
    return {
        "id": message.id,
        "only": _only(message),
        "from": None if message.from_user is None else message.from_user.id,
        "sender_chat": message.sender_chat,
        "date": message.date,
        "edited": message.edited,
        "thread_id": message.thread_id,
        "is_topic_message": message.is_topic_message,
        "reply_to": message.reply_to,
        "text": message.text or message.extra.get("caption", ""),
        "entities": [
            entity_json(entity, world.users) for entity in message.entities or message.extra.get("caption_entities", ())
        ],
        "document": message.extra.get("document"),
        "keyboard": message.keyboard or [],
        "deleted": message.deleted,
        "service": message.service,
        "invoice": message.extra.get("invoice"),
        "silent": message.silent,
        "pushes": message.pushes,
        "reactions": [reaction for reactions in message.reactions.values() for reaction in reactions],
    }


def _only(message: SimMessage) -> int | None:
    """Give the one person who sees an ephemeral message."""
    if message.receiver is None:
        return None
    sender = message.from_user
    return sender.id if message.receiver.is_bot and sender is not None else message.receiver.id


def _request_json(request: Request) -> Json:
    return {
        "method": request.method,
        "params": request.params,
        "at": request.at,
        "status": request.status,
        "description": request.description,
    }

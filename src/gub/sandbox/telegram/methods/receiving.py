"""Who receives an ephemeral message, and whether the bot may send them one (Bot API 10.3, EphemeralMessageParameters).

How Telegram words its refusals is not documented: the texts are guesses.
"""

from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.models import Chat, Json, User

SECONDS = 15
"""How long after a press, or after what it received itself, a bot may answer so (ReplyParameters; facts 2.8)."""


def receiver_of(call: Call, chat: Chat) -> User | None:
    """Read who alone is to see a new message; None when everybody is."""
    answers = _answered(call)
    wanted = _parameters(call)
    if wanted is None:
        if answers:
            raise bad_request("a reply to an ephemeral message must be an ephemeral message")
        return None
    if chat.type not in ("group", "supergroup"):
        raise bad_request("ephemeral messages can be sent only to groups and supergroups")
    if wanted.get("replace_callback_query_message"):
        raise bad_request("the simulator does not model ephemeral messages in the place of others")
    number = wanted.get("receiver_user_id")
    user = call.world.users.get(number) if isinstance(number, int) and not isinstance(number, bool) else None
    if user is None or user.is_bot or not chat.present(user.id):
        raise bad_request("USER_NOT_PARTICIPANT")
    query = wanted.get("callback_query_id")
    admin = chat.member(call.bot.user).admin
    if not admin and not (_pressed(call, chat, user, query) or _asked(call, chat, user, answers)):
        raise bad_request("not enough rights to send ephemeral messages to the user")
    return user


def _parameters(call: Call) -> Json | None:
    """Read the parameters; those of 10.2 stood beside the others."""
    wanted = call.params.json("ephemeral_message_parameters", "ephemeral message parameters")
    if wanted is None and call.params.has("receiver_user_id"):
        query = call.params.text("callback_query_id") or None
        return {"receiver_user_id": call.params.integer("receiver_user_id"), "callback_query_id": query}
    if wanted is not None and not isinstance(wanted, dict):
        raise bad_request("object expected as ephemeral message parameters")
    return wanted


def _answered(call: Call) -> int:
    """Read which ephemeral message the new one replies to; 0 for none."""
    value = call.params.json("reply_parameters", "reply parameters")
    number = value.get("ephemeral_message_id", 0) if isinstance(value, dict) else 0
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


def _pressed(call: Call, chat: Chat, user: User, query_id: object) -> bool:
    query = call.world.queries.get(str(query_id))
    if query is None or query.bot_id != call.bot.id or query.user is not user or query.chat_id != chat.id:
        return False
    return call.world.clock.monotonic() - query.pressed_at <= SECONDS


def _asked(call: Call, chat: Chat, user: User, number: int) -> bool:
    asked = chat.messages.get(-number) if number > 0 else None
    if asked is None or asked.deleted or asked.from_user is not user or asked.receiver is not call.bot.user:
        return False
    return call.world.now() - asked.date <= SECONDS

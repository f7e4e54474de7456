"""What a bot's message puts under people's composers: a reply keyboard, a forced reply, or nothing any more."""

from collections.abc import Callable

from gub.sandbox.telegram.models import Chat, ReplyInterface, SimMessage, User
from gub.sandbox.telegram.pushes import mentioned


def show_interface(chat: Chat, message: SimMessage, find: Callable[[str], User | None]) -> None:
    """Let a new message change what people have under their composers. `find` looks a username up.

    A selective one is for those whom the text mentions and for the sender of the message that is replied to
    (Bot API, ReplyKeyboardMarkup.selective); in a private chat it is always for its person.
    """
    markup = message.other_markup
    if markup is None:
        return
    for user_id in _audience(chat, message, find):
        if "remove_keyboard" in markup:
            chat.interfaces.pop(user_id, None)
        else:
            chat.interfaces[user_id] = ReplyInterface(message.id, markup)


def end_interfaces_of(chat: Chat, message_id: int) -> None:
    """Take away what a message showed, for it was deleted (TDLib: the chat's reply markup message is gone)."""
    chat.interfaces = {user: shown for user, shown in chat.interfaces.items() if shown.message_id != message_id}


def end_forced_reply(chat: Chat, user_id: int) -> None:
    """End a forced reply, for the person wrote something."""
    shown = chat.interfaces.get(user_id)
    if shown is not None and "force_reply" in shown.markup:
        del chat.interfaces[user_id]


def _audience(chat: Chat, message: SimMessage, find: Callable[[str], User | None]) -> list[int]:
    people = [member.user.id for member in chat.members.values() if member.present and not member.user.is_bot]
    if chat.private or not (message.other_markup or {}).get("selective"):
        return people
    chosen = set(mentioned(message, find))
    replied = chat.messages.get(message.reply_to) if message.reply_to is not None else None
    if replied is not None and replied.from_user is not None:
        chosen.add(replied.from_user.id)
    return [person for person in people if person in chosen]

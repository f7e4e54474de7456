"""What people do with a reply keyboard: tap a button that writes for them, or choose people for the bot."""

from collections.abc import Iterable, Sequence

from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, Json, ReplyInterface, SimMessage, User
from gub.sandbox.telegram.render import without_nothing
from gub.sandbox.telegram.talking import Talking


class Choosing(Talking):
    """Reply keyboards from people's side."""

    def tap_key(
        self, user: User | int, chat: Chat | User | int, label: str, *, thread_id: int | None = None
    ) -> SimMessage:
        """Let a person tap the text button `label`, or the one that contains it in any case: its text is sent.

        In a group it is sent as a reply to the keyboard's message, as the apps do it, so that the bot sees it.
        """
        sender, place = self.find_user(user), self.find_chat(chat)
        shown = self._shown(sender, place)
        found = [button for button in shown.buttons if button["text"] == label]
        found = found or [button for button in shown.buttons if label.casefold() in button["text"].casefold()]
        if len(found) != 1:
            texts = [button["text"] for button in shown.buttons]
            raise WorldError(f"The keyboard has {len(found)} buttons like {label!r} among {texts}.")
        if any(name not in ("text", "style", "icon_custom_emoji_id") for name in found[0]):
            raise WorldError(f"The button {found[0]['text']!r} sends no text: it asks for something to be chosen.")
        reply_to = None if place.private else shown.message_id
        message = self.say(sender, place, found[0]["text"], reply_to=reply_to, thread_id=thread_id)
        self._use(place, sender, shown)
        return message

    def share_users(
        self,
        user: User | int,
        chat: Chat | User | int,
        request_id: int,
        users: Iterable[User | int],
        *,
        forged: bool = False,
    ) -> SimMessage:
        """Let a person press the button with this request and choose these people; return what the bot is told.

        `forged`: by an altered app, or from a keyboard that is no longer there; the bot gets names and usernames.
        """
        sender, place = self.find_user(user), self.find_chat(chat)
        chosen = list(dict.fromkeys(self.find_user(one) for one in users))
        self._check_may_write(sender, place, None, None)
        request: Json = {"request_name": True, "request_username": True}
        if not forged:
            shown = self._shown(sender, place)
            request = _request(shown, request_id)
            _check_chosen(request, chosen)
            self._use(place, sender, shown)
        self._open(place)
        people = [_shared(person, request) for person in chosen]
        return self.service(place, sender, users_shared={"request_id": request_id, "users": people})

    def _shown(self, user: User, chat: Chat) -> ReplyInterface:
        shown = chat.interfaces.get(user.id)
        if shown is None or not shown.buttons:
            raise WorldError("The bot shows this person no keyboard here (any more).")
        return shown

    def _use(self, chat: Chat, user: User, shown: ReplyInterface) -> None:
        if chat.interfaces.get(user.id) is shown and shown.markup.get("one_time_keyboard"):
            shown.used = True
        self.touch()


def _request(shown: ReplyInterface, request_id: int) -> Json:
    for button in shown.buttons:
        request: Json = button.get("request_users") or {}
        if request.get("request_id") == request_id:
            return request
    raise WorldError(f"The keyboard asks nobody to be chosen with request {request_id} (any more).")


def _check_chosen(request: Json, chosen: Sequence[User]) -> None:
    most = request.get("max_quantity", 1)
    if not 1 <= len(chosen) <= most:
        raise WorldError(f"Choose from 1 to {most} people.")
    wanted = request.get("user_is_bot")
    if wanted is not None and any(person.is_bot != wanted for person in chosen):
        raise WorldError("Only bots can be chosen here." if wanted else "Bots cannot be chosen here.")
    if request.get("user_is_premium"):
        raise WorldError("Nobody has Telegram Premium here.")
    if any(person.deactivated for person in chosen):
        raise WorldError("Somebody who deleted their account cannot be chosen.")


def _shared(person: User, request: Json) -> Json:
    """Build a SharedUser of what was asked for. Nobody has a photo here."""
    named, found = request.get("request_name"), request.get("request_username")
    return without_nothing(
        user_id=person.id,
        first_name=person.first_name if named else None,
        last_name=person.last_name if named else None,
        username=person.username if found else None,
    )

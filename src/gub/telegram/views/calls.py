"""Calls: who calls whom, what for, who comes, and what those can do who are called.

Beside invitations, the only pings.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from aiogram.utils.formatting import Text

from gub.domain.calls import Answer, Answered, Call, Words
from gub.domain.splitting import utf16_length
from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.services.call_answers import Taken
from gub.telegram.showing import View, messages_of
from gub.telegram.views.clocks import Clocks
from gub.telegram.views.dialogs import cancel
from gub.telegram.views.hours import snoozes
from gub.telegram.views.keyboards import (
    CallAction,
    CallTap,
    DialogTap,
    GroupAction,
    GroupTap,
    Step,
    button,
    rows,
)
from gub.telegram.views.parts import AsTyped, and_more, called, joined, mention, named, plain, shown, unpinging
from gub.telegram.words import said, said_many, words, words_many

_NAMES: Final = 10
_COMING: Final = 20

_MOST: Final = (_COMING, _NAMES, 5)
_LEAST: Final = 1
"""As many of each kind are named as leave a call one message."""

_ROOM_UNITS: Final = 2000
_ROOM_LOOKS: Final = 40
"""What a text may take of the message that shows a call: the rest is for the answers."""

_LOOKS: Final = {"type", "offset", "length", "url", "language"}

Users = Mapping[int, KnownUser]


def words_of(typed: AsTyped) -> Words | None:
    """Give a text as it is kept with a call; None: it is too long to stand in its message."""
    looks = [entity.model_dump(mode="json", include=_LOOKS, exclude_none=True) for entity in typed.entities]
    if utf16_length(typed.text) > _ROOM_UNITS or len(looks) > _ROOM_LOOKS:
        return None
    return Words(typed.text, tuple(looks))


def typed_of(kept: Words) -> AsTyped:
    """Give a kept text with its looks."""
    return AsTyped(kept.text, [MessageEntity.model_validate(look) for look in kept.looks])


def head(call: Call, users: Users, clocks: Clocks) -> list[Text]:
    """Say who calls whom, what for, and who comes: all but the mentions, with which the message ends.

    It is one message, with those. With plain clocks it pings nobody.
    """
    mentions = joined(mention_of(one, users) for one in call.called)
    for most in _MOST:
        told = _head(call, users, clocks, most)
        if messages_of(View([*told, mentions])) == 1:
            return told
    return _head(call, users, clocks, _LEAST)


def message(call: Call, group: NotifyGroup | None, users: Users, clocks: Clocks) -> View:
    """Show a call as it is. With plain clocks, whom it pinged is only named. Whoever answered is called no more."""
    asked = [] if call.ended else [one for one in call.called if one not in call.answered]
    tell = plain_name if clocks.plain else mention_of
    return View([*head(call, users, clocks), joined(tell(one, users) for one in asked)], buttons(call, group))


def continuation(group: NotifyGroup) -> list[Text]:
    """Head the further messages of a call."""
    return [Text("📣 ", named(group.name), ": ")]


def full(call: Call, users: Users) -> View:
    """Tell whoever called, and nobody else, that as many come as are wanted."""
    return View(
        [
            said(
                "✅ {group} is full: {names}. Have fun, {caller}!",
                group=named(call.group_name),
                names=_listed(call.squad, users, _COMING),
                caller=mention_of(call.caller_id, users),
            )
        ]
    )


def buttons(call: Call, group: NotifyGroup | None) -> InlineKeyboardMarkup | None:
    """Answer, come in or go, be left in peace; and what is for whoever called."""
    if call.ended:
        return None if group is None else rows(_membership(group))
    rest, close = [], [button(words("🏁 Close"), CallTap(action=CallAction.CLOSE, call=call.id))]
    if group is not None and call.rest and call.rest_pinged_at is None:
        label = words("🔔 Ping the rest ({count})", count=len(call.rest))
        rest.append(button(label, CallTap(action=CallAction.REST, call=call.id)))
    if group is None:
        return rows(_answering(call), rest, close)
    peace, mute = snoozes(group.id)
    return rows(_answering(call), rest, _membership(group), peace, [*mute, *close])


def further_buttons(call: Call | None, group: NotifyGroup) -> InlineKeyboardMarkup:
    """Make the buttons under the last of the further messages of a call."""
    answering = [] if call is None or call.ended else _answering(call)
    return rows(answering, _membership(group), *snoozes(group.id))


def answered_toast(taken: Taken, answer: Answer, user_id: int) -> str:
    """Answer a tap on In, In 15 min or Can't."""
    call = taken.call
    if taken.answered is Answered.NO_ROOM:
        return words("So many have answered that I stopped counting.")
    if answer is Answer.CANT:
        return words("Maybe next time!")
    if user_id in call.waiting:
        number = call.waiting.index(user_id) + 1
        return words("The squad is full. You're number {number} on the wait-list.", number=number)
    told = words("You're in!") if answer is Answer.IN else words("You're in, in a quarter of an hour.")
    if not taken.may_join:
        return told
    return f"{told} " + words("Tap Join, and the next calls of {name} ping you too.", name=shown(call.group_name))


def closed_toast() -> str:
    """Answer a tap on Close."""
    return words("The call is closed.")


def rest_toast(people: int) -> str:
    """Answer a tap on Ping the rest."""
    return words_many("I'm pinging {count} more person.", "I'm pinging {count} more people.", people)


def rest_done() -> str:
    """Answer a tap on Ping the rest, when there is nobody left to ping."""
    return words("The rest has been pinged, or has answered.")


def mention_of(user_id: int, users: Users) -> Text:
    """Mention somebody, of whom nothing may be known."""
    return mention(users.get(user_id, KnownUser(user_id, "")))


def plain_name(user_id: int, users: Users) -> Text:
    """Name somebody, of whom nothing may be known."""
    return plain(called(users.get(user_id)))


def question(name: str, people: int, dialog: str, at: str) -> View:
    """Ask whether so many are to be pinged."""
    return View(
        [
            said_many(
                "📣 That pings {count} person in {name}. Call them all?",
                "📣 That pings {count} people in {name}. Call them all?",
                people,
                name=named(name),
            )
        ],
        rows(
            [
                button(words("📣 Confirm"), DialogTap(dialog=dialog, at=at, answer=Step.CONFIRM), style="success"),
                cancel(dialog, at),
            ]
        ),
    )


def cancelled_toast() -> str:
    """Answer Cancel."""
    return words("Cancelled. Nobody was called.")


def for_the_caller() -> str:
    """Answer the taps of others on the question."""
    return words("That's for whoever wants to call.")


def _head(call: Call, users: Users, clocks: Clocks, most: int) -> list[Text]:
    told = [Text(_title(call, users), "\n\n")]
    if call.words is not None:
        pings = clocks.plain and "@" in call.words.text
        told += [unpinging(call.words.text) if pings else typed_of(call.words), Text("\n\n")]
    peace = [] if call.ended else _left_in_peace(call, users, most)
    return [*told, *(Text(row, "\n") for row in (*_answers(call, users, clocks, most), *peace)), Text("\n")]


def _title(call: Call, users: Users) -> Text:
    names = {"caller": named(called(users.get(call.caller_id))), "group": named(call.group_name)}
    if call.ended:
        return said("🏁 {caller} called {group}. The call is closed.", **names)
    if call.only_on:
        return said("📣 {caller} calls {group}, whoever is on", **names)
    return said("📣 {caller} calls {group}", **names)


def _answers(call: Call, users: Users, clocks: Clocks, most: int) -> Iterable[Text]:
    coming = _coming(call.squad, call, users, clocks, most)
    if call.wanted is None:
        yield said("✋ In: {names}", names=coming) if call.squad else said("✋ Nobody is in.")
    else:
        count = {"count": len(call.squad), "wanted": call.wanted}
        yield (
            said("✋ {count} of {wanted} in: {names}", names=coming, **count)
            if call.squad
            else said("✋ {count} of {wanted} in", **count)
        )
    if call.waiting:
        yield said("⏳ Wait-list: {names}", names=_coming(call.waiting, call, users, clocks, most))
    if call.cant:
        yield said("👋 Can't: {names}", names=_names(call.cant, users, most))


def _coming(people: Sequence[int], call: Call, users: Users, clocks: Clocks, most: int) -> Text:
    def told(one: int) -> Text:
        name, when = plain_name(one, users), call.late.get(one)
        return name if when is None else said("{name} at {time}", name=name, time=clocks.at(when))

    return and_more(joined(told(one) for one in people[:most]), len(people) - most)


def _left_in_peace(call: Call, users: Users, most: int) -> Iterable[Text]:
    """Name who is in the group and not pinged, and has said nothing."""
    left = {
        name: [one for one in people if one not in call.answered]
        for name, people in (("muted", call.muted), ("asleep", call.asleep))
    }
    if left["muted"]:
        yield said("🔕 Muted: {names}", names=_names(left["muted"], users, most))
    if left["asleep"]:
        yield said("😴 Not now: {names}", names=_names(left["asleep"], users, most))
    if call.rest and call.rest_pinged_at is None:
        yield said("🌙 Not seen on: {names}", names=_names(call.rest, users, most))


def _names(people: Sequence[int], users: Users, most: int) -> Text:
    return _listed(people, users, min(most, _NAMES))


def _listed(people: Sequence[int], users: Users, most: int) -> Text:
    return and_more(joined(plain_name(one, users) for one in people[:most]), len(people) - most)


def _answering(call: Call) -> list[InlineKeyboardButton]:
    first = words("Wait-list") if call.is_full else words("✋ In")
    labels = [(CallAction.IN, first, "success"), (CallAction.SOON, words("In 15 min"), None)]
    labels.append((CallAction.CANT, words("Can't"), None))
    return [button(label, CallTap(action=action, call=call.id), style) for action, label, style in labels]


def _membership(group: NotifyGroup) -> list[InlineKeyboardButton]:
    join, leave = (GroupTap(action=action, group=group.id) for action in (GroupAction.JOIN, GroupAction.LEAVE))
    come_in = [button(words("Join"), join)] if group.joining is Joining.OPEN else []
    return [*come_in, button(words("Leave"), leave)]

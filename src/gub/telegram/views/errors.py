"""What people are told when something cannot be done: one place for all of it."""

import math
import re

from aiogram.utils.formatting import Text

from gub.domain import errors
from gub.domain.limits import DESCRIPTION_UNITS, NAME_CHARACTERS
from gub.domain.values import Ended, Platform
from gub.telegram.views.parts import PLATFORM_NAMES, named, plain, typed

_BAD_NAMES = {
    "empty": "A name needs at least one character.",
    "too_long": f"That name is too long: {NAME_CHARACTERS} characters at most.",
    "invisible": "That name holds characters that can't be seen, or that bend the text around them.",
    "white_space": "A group's name is one word, without spaces.",
}

_TROUBLES = {
    "not_connected": "I'm not connected to {platform} yet, so I can't look anybody up there. My owner can fix that.",
    "no_credential": "{platform} isn't set up yet, so I can't look anybody up. My owner can fix that.",
    "credential_dead": "{platform} doesn't accept my key any more, so I can't look anybody up. My owner can fix that.",
    "rate_limited": "{platform} asks me to slow down. Please try again in a few minutes.",
    "private": "{platform} keeps that account private, so I can't look it up.",
    "unavailable": "{platform} isn't answering. Please try again in a few minutes.",
}

_NOT_ALLOWED = {
    "edit": "Only whoever added them, or they themselves, can change that.",
    "delete": "Only whoever added them, they themselves or an admin can take them off the list.",
    "show": "That's for them to decide: they said who they are.",
    "unclaim": "Only they themselves, or an admin, can undo that.",
}

_ONLY_CREATOR = {
    "edit": "Only {creator} can change {name}.",
    "invite": "Only {creator} can invite people into {name}.",
    "revoke": "Only {creator} can take this invitation back.",
    "delete": "Only {creator} or an admin can delete {name}.",
    "hand_over": "Only {creator} can hand {name} over; an admin can, once {creator} has left the chat.",
}

_OVER = {
    Ended.ANSWERED: "Everybody has answered this invitation.",
    Ended.REVOKED: "This invitation was taken back.",
    Ended.EXPIRED: "This invitation has expired. Ask for a new one.",
    Ended.GONE: "The group of this invitation isn't here any more.",
}

_COUNTED_SECONDS = 90

MEMORY = "My memory is not answering right now. Please try again in a minute."
REFUSED = "Telegram didn't let me do that."


def unexpected(reference: str) -> str:
    """Tell that the fault is ours; the log has the same reference."""
    return f"Something went wrong on my side, sorry. If it stays so, tell my owner: {reference}."


def explain(error: errors.DomainError) -> Text:  # noqa: C901, PLR0911, PLR0912 - one case for each error there is
    """Word a refusal. Accounts are not repeated: their names have no place in a group."""
    match error:
        case errors.BadName():
            return _bad_name(error)
        case errors.NameTaken():
            return Text(named(error.name), " is taken here already. Please pick another name.")
        case errors.GroupNotFound(name=None):
            return Text("That group isn't here any more.")
        case errors.GroupNotFound(name=name):
            return Text("There is no group ", named(name or ""), " here. /newgroup makes one.")
        case errors.NotAMember(joinable=True):
            return Text("Only members can call ", named(error.name), ". Join first: ", typed(f"/join {error.name}"))
        case errors.NotAMember():
            return Text("Only members can call ", named(error.name), ". Ask whoever made it to invite you.")
        case errors.InviteOnly():
            return Text(named(error.name), " is by invitation only. Ask whoever made it to invite you.")
        case errors.LimitReached():
            return Text(f"That's full: I keep {error.limit} at most.")
        case errors.TooSoon():
            return Text(named(error.name), f" was called a moment ago. Again in {_wait(error.wait_seconds)}.")
        case errors.AskedTooOften():
            wait = _wait(error.wait_seconds)
            return Text(f"That's a lot of {error.what} in a short time. Please try again in {wait}.")
        case errors.NobodyToCall(muted=True):
            return Text("Everybody else in ", named(error.name), " has muted its calls, so I'd reach nobody.")
        case errors.NobodyToCall():
            return Text(
                "Nobody else is in ", named(error.name), " yet. Others can join with ", typed(f"/join {error.name}")
            )
        case errors.AccountNotFound():
            return Text(f"{_platform(error.platform)} knows no such account. Please check the spelling.")
        case errors.AccountTextInvalid():
            article = "an" if error.platform == Platform.XBOX else "a"
            return Text(f"That can't be {article} {_platform(error.platform)} account. Please check the spelling.")
        case errors.AccountsMissing():
            return Text(
                "Which account is it? Like this: ",
                typed(f"/add {error.name} xbox:TAG psn:ID steam:ID"),
                "; one is enough.",
            )
        case errors.PlatformTrouble():
            return _trouble(error)
        case errors.PersonNotFound():
            return Text("They're not on the list any more.")
        case errors.NotAllowed():
            return Text(_NOT_ALLOWED.get(error.action, "That's not for you."))
        case errors.AlreadyClaimed():
            return Text("Somebody else has already said “That's me”. If that's wrong, an admin can undo it.")
        case errors.LastAccount():
            return Text("That's their only account. Link another first, or take them off the list.")
        case errors.CredentialInvalid():
            return Text(f"That can't be a credential of {_platform(error.platform)}.")
        case _:
            return _of_groups(error)


def _of_groups(error: errors.DomainError) -> Text:  # noqa: PLR0911 - as above
    """Word a refusal around notify groups and invitations."""
    match error:
        case errors.BadDescription():
            return Text(f"A description is text of up to {DESCRIPTION_UNITS} characters.")
        case errors.OnlyCreator():
            return _only_creator(error)
        case errors.ManyToCall():
            return Text(
                "That would ping ", f"{error.people} people in ", named(error.name), ". Please confirm it first."
            )
        case errors.NotAmongMembers():
            return Text("They're not in ", named(error.name), " any more.")
        case errors.InvitationOver():
            return Text(_OVER[Ended(error.why)] if error.why else "This invitation is over.")
        case errors.NotInvited():
            return Text("This invitation isn't for you.")
        case errors.AlreadyAnswered(accepted=True):
            return Text(
                "You have accepted already. If you have left ", named(error.name), " since, ask for a new invitation."
            )
        case errors.AlreadyAnswered():
            return Text("You have declined already. Ask for a new invitation if you changed your mind.")
        case errors.TooManyAtOnce():
            return Text(f"That's too many at once: {error.limit} people in one invitation at most.")
        case _:
            return Text("That can't be done.")


def _only_creator(error: errors.OnlyCreator) -> Text:
    shown_as = {"name": named(error.name), "creator": plain(error.creator)}
    return Text(*(shown_as.get(part, part) for part in re.split(r"[{}]", _ONLY_CREATOR[error.action])))


def _bad_name(error: errors.BadName) -> Text:
    problem = _BAD_NAMES.get(error.problem, "That name won't do.")
    if error.suggestion is None:
        return Text(problem)
    return Text(problem, " How about ", typed(error.suggestion), "?")


def _trouble(error: errors.PlatformTrouble) -> Text:
    words = _TROUBLES.get(error.reason, _TROUBLES["unavailable"])
    return Text(words.format(platform=_platform(error.platform)))


def _platform(platform: str) -> str:
    return PLATFORM_NAMES[Platform(platform)]


def _wait(seconds: int) -> str:
    """Word a wait: by the second while people count them, then in minutes, never too short."""
    count, unit = (seconds, "second") if seconds <= _COUNTED_SECONDS else (math.ceil(seconds / 60), "minute")
    return f"1 {unit}" if count == 1 else f"{count} {unit}s"

"""What people are told when something cannot be done: one place for all of it."""

import math

from aiogram.utils.formatting import Text

from gub.domain import errors
from gub.domain.limits import DESCRIPTION_UNITS, NAME_CHARACTERS
from gub.domain.values import Ended, Platform
from gub.telegram.views.invitations import ENDS
from gub.telegram.views.parts import PLATFORM_NAMES, named, plain, typed
from gub.telegram.words import mark, said, said_many, words, words_many

_BAD_NAMES = {
    "empty": mark("A name needs at least one character."),
    "too_long": mark("That name is too long: {most} characters at most."),
    "invisible": mark("That name holds characters that can't be seen, or that bend the text around them."),
    "white_space": mark("A group's name is one word, without spaces."),
}

_TROUBLES = {
    "not_connected": mark(
        "I'm not connected to {platform} yet, so I can't look anybody up there. My owner can fix that."
    ),
    "no_credential": mark("{platform} isn't set up yet, so I can't look anybody up. My owner can fix that."),
    "credential_dead": mark(
        "{platform} doesn't accept my key any more, so I can't look anybody up. My owner can fix that."
    ),
    "rate_limited": mark("{platform} asks me to slow down. Please try again in a few minutes."),
    "private": mark("{platform} keeps that account private, so I can't look it up."),
    "unavailable": mark("{platform} isn't answering. Please try again in a few minutes."),
}

_NOT_ALLOWED = {
    "edit": mark("Only whoever added them, or they themselves, can change that."),
    "delete": mark("Only whoever added them, they themselves or an admin can take them off the list."),
    "show": mark("That's for them to decide: they said who they are."),
    "watch": mark("They don't allow to be watched. Everybody decides that on their card in /people."),
    "allow": mark("Only they themselves can allow that."),
    "unclaim": mark("Only they themselves, or an admin, can undo that."),
}

_ONLY_CREATOR = {
    "edit": mark("Only {creator} can change {name}."),
    "invite": mark("Only {creator} can invite people into {name}."),
    "revoke": mark("Only {creator} can take this invitation back."),
    "delete": mark("Only {creator} or an admin can delete {name}."),
    "hand_over": mark("Only {creator} can hand {name} over; an admin can, once {creator} has left the chat."),
}

_ADMINS_ONLY = {
    "create": mark("Only admins of the chat can make groups. Ask one of them."),
    "call": mark("Only admins of the chat can call groups. Ask one of them."),
    "add": mark("Only admins of the chat can put people on its list. Ask one of them."),
}

_TOO_OFTEN = {
    "feedback": mark("That's a lot of feedback in a short time. Please try again {when}."),
    "look-ups": mark("That's a lot of look-ups in a short time. Please try again {when}."),
    "fun": mark("That's a lot of fun in a short time. Please try again {when}."),
    "invitations": mark("That's a lot of invitations in a short time. Please try again {when}."),
    "exports": mark("You have just had your data. Please try again {when}."),
}

_COUNTED_SECONDS = 90


def memory_is_away() -> str:
    """Tell that nothing can be looked up or stored."""
    return words("My memory is not answering right now. Please try again in a minute.")


def refused_by_telegram() -> str:
    """Tell that Telegram did not do what was asked of it."""
    return words("Telegram didn't let me do that.")


def unexpected(reference: str) -> str:
    """Tell that the fault is ours; the log has the same reference."""
    return words(
        "Something went wrong on my side, sorry. If it stays so, tell my owner: {reference}.", reference=reference
    )


def explain(error: errors.DomainError) -> Text:  # noqa: C901, PLR0911, PLR0912 - one case for each error there is
    """Word a refusal. Accounts are not repeated: their names have no place in a group."""
    match error:
        case errors.BadName():
            return _bad_name(error)
        case errors.NameTaken():
            return said("{name} is taken here already. Please pick another name.", name=named(error.name))
        case errors.GroupNotFound(name=None):
            return said("That group isn't here any more.")
        case errors.GroupNotFound(name=name):
            return said("There is no group {name} here. /newgroup makes one.", name=named(name or ""))
        case errors.NotAMember(joinable=True):
            join = typed(f"/join {error.name}")
            return said("Only members can call {name}. Join first: {command}", name=named(error.name), command=join)
        case errors.NotAMember():
            return said("Only members can call {name}. Ask whoever made it to invite you.", name=named(error.name))
        case errors.InviteOnly():
            return said("{name} is by invitation only. Ask whoever made it to invite you.", name=named(error.name))
        case errors.LimitReached():
            return said("That's full: I keep {most} at most.", most=error.limit)
        case errors.TooSoon():
            when = _when(error.wait_seconds)
            return said("{name} was called a moment ago. Again {when}.", name=named(error.name), when=when)
        case errors.AskedTooOften():
            return said(_TOO_OFTEN[error.what], when=_when(error.wait_seconds))
        case errors.NobodyToCall():
            return _nobody_to_call(error)
        case errors.AccountNotFound():
            platform = _platform(error.platform)
            return said("{platform} knows no such account. Please check the spelling.", platform=platform)
        case errors.AccountTextInvalid(platform=Platform.XBOX):
            return said("That can't be an Xbox account. Please check the spelling.")
        case errors.AccountTextInvalid():
            platform = _platform(error.platform)
            return said("That can't be a {platform} account. Please check the spelling.", platform=platform)
        case errors.AccountsMissing():
            command = typed(words("/add {name} xbox:TAG psn:ID steam:ID", name=error.name))
            return said("Which account is it? Like this: {command}; one is enough.", command=command)
        case errors.PlatformTrouble():
            return _trouble(error)
        case errors.PersonNotFound():
            return said("They're not on the list any more.")
        case errors.NotAllowed():
            return said(_NOT_ALLOWED[error.action]) if error.action in _NOT_ALLOWED else said("That's not for you.")
        case errors.AdminsOnly():
            return said(_ADMINS_ONLY[error.action])
        case errors.AlreadyClaimed():
            return said("Somebody else has already said “That's me”. If that's wrong, an admin can undo it.")
        case errors.LastAccount():
            return said("That's their only account. Link another first, or take them off the list.")
        case errors.CredentialInvalid():
            return said("That can't be a credential of {platform}.", platform=_platform(error.platform))
        case _:
            return _of_groups(error)


def _of_groups(error: errors.DomainError) -> Text:  # noqa: C901, PLR0911, PLR0912 - as above
    """Word a refusal around notify groups and invitations."""
    match error:
        case errors.AnnouncementOver():
            return said("That announcement is over, or was decided already. /announce makes a new one.")
        case errors.CallOver():
            return said("This call is closed. A new one: /notify")
        case errors.OnlyCaller():
            return said("That's for whoever called.")
        case errors.BadDescription():
            return said("A description is text of up to {most} characters.", most=DESCRIPTION_UNITS)
        case errors.OnlyCreator():
            return _only_creator(error)
        case errors.ManyToCall():
            return said_many(
                "That would ping {count} person in {name}. Please confirm it first.",
                "That would ping {count} people in {name}. Please confirm it first.",
                error.people,
                name=named(error.name),
            )
        case errors.NotAmongMembers():
            return said("They're not in {name} any more.", name=named(error.name))
        case errors.InvitationOver():
            return said(ENDS[Ended(error.why)]) if error.why else said("This invitation is over.")
        case errors.NotInvited():
            return said("This invitation isn't for you.")
        case errors.AlreadyAnswered(accepted=True):
            return said(
                "You have accepted already. If you have left {name} since, ask for a new invitation.",
                name=named(error.name),
            )
        case errors.AlreadyAnswered():
            return said("You have declined already. Ask for a new invitation if you changed your mind.")
        case errors.TooManyAtOnce():
            return said("That's too many at once: {most} people in one invitation at most.", most=error.limit)
        case _:
            return said("That can't be done.")


def _nobody_to_call(error: errors.NobodyToCall) -> Text:
    if error.asleep:
        return said("Everybody else in {name} wants some peace right now, so I'd reach nobody.", name=named(error.name))
    if error.muted:
        return said("Everybody else in {name} has muted its calls, so I'd reach nobody.", name=named(error.name))
    join = typed(f"/join {error.name}")
    return said("Nobody else is in {name} yet. Others can join with {command}", name=named(error.name), command=join)


def _only_creator(error: errors.OnlyCreator) -> Text:
    return said(_ONLY_CREATOR[error.action], name=named(error.name), creator=plain(error.creator))


def _bad_name(error: errors.BadName) -> Text:
    if error.problem in _BAD_NAMES:
        problem = said(_BAD_NAMES[error.problem], most=NAME_CHARACTERS)
    else:
        problem = said("That name won't do.")
    if error.suggestion is None:
        return problem
    return Text(problem, " ", said("How about {name}?", name=typed(error.suggestion)))


def _trouble(error: errors.PlatformTrouble) -> Text:
    return said(_TROUBLES.get(error.reason, _TROUBLES["unavailable"]), platform=_platform(error.platform))


def _platform(platform: str) -> str:
    return PLATFORM_NAMES[Platform(platform)]


def _when(seconds: int) -> str:
    """Word the end of a wait: by the second while people count them, then in minutes, never too soon."""
    if seconds <= _COUNTED_SECONDS:
        return words_many("in {count} second", "in {count} seconds", seconds)
    return words_many("in {count} minute", "in {count} minutes", math.ceil(seconds / 60))

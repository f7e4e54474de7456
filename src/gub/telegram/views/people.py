"""The list that /people gives, and the cards on it. Account names are shown in private alone, to who may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Italic, Text

from gub.domain import rights
from gub.domain.values import Allowance, Platform, StatusUser, Visibility
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import (
    PeopleTap,
    PersonAction,
    PersonTap,
    button,
    link,
    rows,
)
from gub.telegram.views.parts import PLATFORM_NAMES, lines, named, plain, platforms_of, shown, typed
from gub.telegram.views.places import LABEL_UNITS, Page, Place, Viewer, in_place, of_place, to_private
from gub.telegram.words import mark, said, said_many, words

_ON_STATUS: Final = {
    Visibility.EVERYONE: mark("On /status: shown to everyone."),
    Visibility.PLAYING: mark("On /status: shown only while playing."),
    Visibility.HIDDEN: mark("On /status: hidden."),
}
_NOW: Final = {
    Visibility.EVERYONE: mark("{name} is shown to everyone on /status now."),
    Visibility.PLAYING: mark("{name} is shown only while playing on /status now."),
    Visibility.HIDDEN: mark("{name} is hidden on /status now."),
}
_CHOICES: Final = {
    PersonAction.EVERYONE: (Visibility.EVERYONE, mark("Everyone")),
    PersonAction.PLAYING: (Visibility.PLAYING, mark("Only while playing")),
    PersonAction.HIDDEN: (Visibility.HIDDEN, mark("Never")),
}
_SIGNS: Final = {Visibility.EVERYONE: "", Visibility.PLAYING: " 🎮", Visibility.HIDDEN: " 🙈"}

_PRIVACY: Final = {
    Platform.XBOX: mark(
        "Xbox: Settings, Account, Privacy & online safety, Xbox privacy: let everyone see if you're online."
    ),
    Platform.PSN: mark(
        "PlayStation: Settings, Users and Accounts, Privacy, Personal Info | Messaging, Online Status and Now Playing:"
        " Anyone."
    ),
    Platform.STEAM: mark("Steam: Edit Profile, Privacy Settings: My profile and Game details to Public."),
}
"""Where a player lets GUB see what they play."""


def people_list(people: Sequence[StatusUser], place: Place, *, kept_back: bool = False) -> View:
    """Show a page of a chat's list, each person a button. `kept_back`: hidden ones are left out."""
    if not people:
        return _all_hidden(place) if kept_back else _nobody(place)
    page = Page.of(people, place.page)
    told = said_many(
        "📋 On the list{of_chat}: {count} person{page}.",
        "📋 On the list{of_chat}: {count} people{page}.",
        len(people),
        of_chat=of_place(place),
        page=page.where(),
    )
    cards = [[_to_card(person, place, page.number)] for person in page.things]
    return View(
        lines(
            told,
            words("Tap a name to see or change the details."),
            words("🙈 I list hidden people in private only.") if kept_back else None,
        ),
        rows(*cards, page.turning(lambda number: _page(place, number)), to_private(place, Way.PEOPLE)),
    )


def card(person: StatusUser, place: Place, viewer: Viewer, names: "Names") -> View:
    """Show one person, and what the viewer may do."""
    items = lines(
        Text("👤 ", named(person.display_name), in_place(place)),
        "",
        *_accounts(person, place, viewer),
        said("Added by {keeper}.", keeper=plain(names.keeper)),
        _who(names),
        words(_ON_STATUS[person.visibility]),
        *_privacy_steps(person, place, viewer),
    )
    return View(items, rows(*_card_buttons(person, place, viewer)))


@dataclass(frozen=True, slots=True)
class Names:
    """What the people around a status user are called: their keeper, and who they are (None: not known)."""

    keeper: str
    person: str | None = None


def visibility_menu(person: StatusUser, place: Place, viewer_id: int) -> View:
    """Ask when /status shows a person; and, whoever they are themselves, whether their history may be kept."""
    buttons = [
        [button(("✓ " if person.visibility is value else "") + words(label), tap(action, person, place))]
        for action, (value, label) in _CHOICES.items()
    ]
    asked = said("When should /status show {name}{in_chat}?", name=named(person.display_name), in_chat=in_place(place))
    if viewer_id != person.person_id:
        return View([asked], rows(*buttons, [back(person, place)]))
    keeps = Allowance.HISTORY in person.allows
    history = words("📈 I keep for 30 days when you come, go and what you play.") if keeps else None
    may = words("Forget my history") if keeps else words("Keep my history")
    switch = tap(PersonAction.FORGET_HISTORY if keeps else PersonAction.KEEP_HISTORY, person, place)
    watched = words("🔭 Others here may be told when you come on and what you play.") if _is_watched(person) else None
    return View(
        lines(asked, history, watched),
        rows(*buttons, [button(may, switch)], [_watching(person, place)], [back(person, place)]),
    )


def history_toast(person: StatusUser) -> str:
    """Answer a tap that allows a history, or no longer."""
    if Allowance.HISTORY in person.allows:
        return words("From now on I keep for 30 days when you come, go and what you play. /privacy shows it.")
    return words("Done. Your history here is deleted, and no more is kept.")


def watches_toast(person: StatusUser) -> str:
    """Answer a tap that allows watches, or no longer."""
    if _is_watched(person):
        return words("From now on others here may be told when you come on and what you play.")
    return words("Done. From now on nobody is told.")


def delete_question(person: StatusUser, place: Place) -> View:
    """Ask whether it is meant."""
    return View(
        [said("Take {name} off the list{of_chat}?", name=named(person.display_name), of_chat=of_place(place))],
        rows(
            [
                button(words("Confirm"), tap(PersonAction.CONFIRM, person, place), style="danger"),
                button(words("Cancel"), tap(PersonAction.CARD, person, place)),
            ]
        ),
    )


def deleted(person: StatusUser, place: Place, by: str) -> View:
    """Say that a person is off the list; in a group, by whom."""
    items: Sequence[Text | str] = taken_off(person, by).items
    if place.private:
        name = named(person.display_name)
        items = [said("🗑 {name} was taken off the list{of_chat}.", name=name, of_chat=of_place(place))]
    return View(items, rows([button(words("« Back to the list"), _page(place, place.page))]))


def taken_off(person: StatusUser, by: str) -> View:
    """Tell a group who took somebody off its list."""
    return View([said("🗑 {name} was taken off the list by {who}.", name=named(person.display_name), who=plain(by))])


def claimed_by(person: StatusUser, who: str) -> View:
    """Tell a group who somebody on its list is."""
    return View([said("🙋 {who} is {name} on /status.", who=plain(who), name=named(person.display_name))])


def claimed_toast(person: StatusUser) -> str:
    """Answer a tap on That's me."""
    return words("You're {name} now. You decide when /status shows you.", name=shown(person.display_name))


def unclaimed_toast(person: StatusUser) -> str:
    """Answer a tap on Not me."""
    return words("Done. Whoever {name} is can tap “That's me” now.", name=shown(person.display_name))


def visibility_toast(person: StatusUser) -> str:
    """Answer a choice of when to be shown."""
    return words(_NOW[person.visibility], name=shown(person.display_name))


def account_rows(person: StatusUser) -> list[Text | str]:
    """Name the accounts as their platforms spell them: for private chats alone."""
    return [
        Text(f"{PLATFORM_NAMES[platform]}: ", plain(person.accounts[platform].name))
        for platform in Platform
        if platform in person.accounts
    ]


def tap(action: PersonAction, person: StatusUser, place: Place) -> PersonTap:
    """Make what a button about a person carries."""
    return PersonTap(action=action, person=person.id, opener=place.opener_id, page=place.page)


def back(person: StatusUser, place: Place) -> InlineKeyboardButton:
    """Make the button that goes back to the card."""
    return button(words("« Back"), tap(PersonAction.CARD, person, place))


# -- inside


def _is_watched(person: StatusUser) -> bool:
    return Allowance.WATCHES in person.allows


def _watching(person: StatusUser, place: Place) -> InlineKeyboardButton:
    label = words("🔭 Don't let others watch") if _is_watched(person) else words("🔭 Let others watch")
    action = PersonAction.NO_WATCH if _is_watched(person) else PersonAction.LET_WATCH
    return button(label, tap(action, person, place))


def _nobody(place: Place) -> View:
    example = typed(words("/add Ann steam:ann_plays"))
    add = Link(Way.ADD, chat_id=place.chat_id)
    return View(
        lines(
            said("Nobody is on the list{of_chat} yet.", of_chat=of_place(place)),
            said("Start with {command}, or all at once: {example}", command=typed("/add"), example=example),
        ),
        rows([link(words("Add somebody"), add.url(place.username))]) if place.chat_id < 0 else None,
    )


def _all_hidden(place: Place) -> View:
    return View(
        [words("🙈 Everybody on the list is hidden. I only list them in private.")], rows(to_private(place, Way.PEOPLE))
    )


def _to_card(person: StatusUser, place: Place, page: int) -> InlineKeyboardButton:
    tap = PersonTap(action=PersonAction.CARD, person=person.id, opener=place.opener_id, page=page)
    return button(shown(person.display_name, LABEL_UNITS) + _SIGNS[person.visibility], tap)


def _page(place: Place, page: int) -> PeopleTap:
    return PeopleTap(chat=place.chat_id, opener=place.opener_id, page=page)


def _accounts(person: StatusUser, place: Place, viewer: Viewer) -> list[Text | str]:
    if place.private and rights.may_edit(person, viewer.user_id):
        return account_rows(person)
    if not person.accounts:
        return [words("No account linked.")]
    return [words("Plays on {platforms}.", platforms=platforms_of(person))]


def _who(names: Names) -> Text | str:
    if names.person is None:
        return words("Nobody has tapped “That's me” yet.")
    return said("That's {person}.", person=plain(names.person))


def _privacy_steps(person: StatusUser, place: Place, viewer: Viewer) -> list[Text | str]:
    """Tell the keeper what helps when a platform keeps the account private."""
    if not place.private or not rights.may_edit(person, viewer.user_id):
        return []
    steps = [Italic(words(_PRIVACY[platform])) for platform in Platform if platform in person.accounts]
    if not steps:
        return []
    return [
        "",
        words("If /status says “{private}”, the player can change that:", private=words("keeps it private")),
        *steps,
    ]


def _card_buttons(person: StatusUser, place: Place, viewer: Viewer) -> list[list[InlineKeyboardButton]]:
    me, admin = viewer.user_id, viewer.is_admin
    buttons: list[InlineKeyboardButton] = []
    if rights.may_edit(person, me):
        edit = Link(Way.EDIT, person=person.id).url(place.username)
        in_place = button(words("✏️ Edit"), tap(PersonAction.EDIT, person, place))
        buttons.append(in_place if place.private else link(words("✏️ Edit"), edit))
    if rights.may_show(person, me):
        buttons.append(button(words("👁 Show or hide"), tap(PersonAction.SHOW, person, place)))
    if rights.may_delete(person, me, is_admin=admin):
        buttons.append(button(words("🗑 Delete"), tap(PersonAction.DELETE, person, place)))
    who = []
    if person.person_id is None:
        who.append(button(words("🙋 That's me"), tap(PersonAction.CLAIM, person, place)))
    elif rights.may_unclaim(person, me, is_admin=admin):
        label = words("Not me") if person.person_id == me else words("Not them")
        who.append(button(label, tap(PersonAction.UNCLAIM, person, place)))
    return [buttons, who, [button(words("« Back to the list"), _page(place, place.page))]]

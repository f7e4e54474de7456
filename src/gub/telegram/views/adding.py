"""Somebody is put on the list: the dialog, what the group is told, and what the person shown is asked."""

from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.limits import NAME_CHARACTERS
from gub.domain.values import Account, KnownUser, Platform, StatusUser
from gub.telegram.dialogs.draft import CONFIRM, NAME, Draft
from gub.telegram.showing import View
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.keyboards import ConsentAction, ConsentTap, DialogTap, Step, button, link, rows
from gub.telegram.views.parts import PLATFORM_NAMES, full_name, lines, mention, named, plain, platforms_of, typed
from gub.telegram.views.places import in_chat, of_chat
from gub.telegram.words import mark, said, words

_QUESTIONS: Final = {
    Platform.XBOX: mark("What's {name}'s Xbox gamertag?"),
    Platform.PSN: mark("What's {name}'s PlayStation online ID?"),
    Platform.STEAM: mark("What's {name}'s Steam account?"),
}
_HOW: Final = {
    Platform.XBOX: mark("Send it as Xbox shows it, with its # number if it has one."),
    Platform.PSN: mark("Send it as PlayStation shows it."),
    Platform.STEAM: mark("Send the name or the number in the profile's address, or the whole address."),
}


def usage() -> View:
    """Tell how /add is used."""
    return View(
        lines(
            words("❌ Nobody was added: I need a name for them first."),
            said("Like this: {command}", command=typed(words("/add NAME xbox:TAG psn:ID steam:ID"))),
            said("For example: {command}", command=typed(words("/add Ann steam:ann_plays"))),
            "",
            words("One account is enough. For Steam, it's the name or number in the profile's address, or all of it."),
        )
    )


def not_added(why: Text) -> View:
    """Answer /add NAME ... that came to nothing."""
    return View([said("❌ Nobody was added. {why}", why=why)])


def goes_on_in_private(url: str) -> View:
    """Answer /add in a group."""
    return View(
        lines(
            words("Let's do this in private, so that no account names end up here."),
            said("Or right here, all at once: {command}", command=typed(words("/add NAME xbox:TAG psn:ID steam:ID"))),
        ),
        rows([link(words("Continue in private"), url)]),
    )


def not_connected() -> View:
    """Tell that no platform can be asked."""
    return View([words("I'm not connected to any platform yet, so I can't look anybody up. My owner can fix that.")])


def prompt(draft: Draft, dialog: str, title: str | None, *notes: Text | str | None) -> View:
    """Ask what is to be asked next, after the notes, which are told first."""
    return question(notes, _question(draft, title), *_answers(draft, dialog))


def found(account: Account) -> Text:
    """Say what a look-up found, as the platform spells it."""
    platform = PLATFORM_NAMES[account.platform]
    return said("✅ {platform} knows them as {account}.", platform=platform, account=named(account.name))


def needs_one() -> str:
    """Say why the platforms are asked for again."""
    return words("I need at least one account, or there's nothing to show.")


def done(person: StatusUser, title: str | None) -> View:
    """End the dialog."""
    return View([_on_status(person, title)])


def cancelled() -> View:
    """End the dialog without anything."""
    return View([words("Cancelled: nobody was added.")])


def added(person: StatusUser, *, told_in_private: str | None = None) -> View:
    """Answer /add NAME ...: whoever it is can say so, unless it is known and they were told."""
    if told_in_private is not None:
        told = said("I told {name} in private.", name=plain(told_in_private))
        return View([_on_status(person, None), Text(" ", told)])
    return View([_on_status(person, None)], None if person.person_id is not None else claim_button(person.id))


def announced(person: StatusUser, keeper: str) -> View:
    """Tell the group who was added in private, and by whom. Names only."""
    by = said("Added by {keeper}.", keeper=plain(keeper))
    keyboard = None if person.person_id is not None else claim_button(person.id)
    return View([_on_status(person, None), Text(" ", by)], keyboard)


def asked_in_group(person: StatusUser, shown: KnownUser, *, ping: bool = True) -> View:
    """Tell the person shown in the group, where they can't be told in private. The one message here that pings."""
    who = mention(shown) if ping else plain(full_name(shown))
    asked = said("{name}, that's you. Is that fine with you?", name=who)
    return View([_on_status(person, None), Text("\n\n", asked)], consent_buttons(person.id))


def asked_in_private(person: StatusUser, keeper: str, title: str | None) -> View:
    """Tell the person shown that they are on the list now."""
    return View(
        lines(
            said(
                "👋 {keeper} put you on the list{of_chat} as {name}.",
                keeper=plain(keeper),
                of_chat=of_chat(title),
                name=named(person.display_name),
            ),
            words(
                "There, /status shows when and what you play on {platforms}, but no account names.",
                platforms=platforms_of(person),
            ),
            words("Is that fine with you?"),
        ),
        consent_buttons(person.id),
    )


def claimed(person: StatusUser, who: str) -> View:
    """Say in the group's announcement who the person is."""
    that = said("That's {person}.", person=plain(who))
    return View([_on_status(person, None), Text(" ", that)], consent_buttons(person.id, fine=False))


def fine(person: StatusUser) -> View:
    """Close the question."""
    name = named(person.display_name)
    return View(
        [said("👍 {name} stays on the list. You can change that any time: type /people in the group.", name=name)]
    )


def hidden(person: StatusUser) -> View:
    """Close the question."""
    now = said("🙈 {name} is hidden on /status now.", name=named(person.display_name))
    return View([Text(now, " ", words("To change that, type /people in the group and open the list in private."))])


def withdrawn(person: StatusUser) -> View:
    """Close the question."""
    return View([said("🗑 {name} is off the list. I haven't kept anything.", name=named(person.display_name))])


def not_you() -> str:
    """Answer a tap of another than the person shown."""
    return words("Only the person this is about can answer that. Type /people to see what you can do.")


def claim_button(person_id: str) -> InlineKeyboardMarkup:
    """That's me, for everybody in the chat."""
    return rows([button(words("🙋 That's me"), ConsentTap(action=ConsentAction.CLAIM, person=person_id))])


def consent_buttons(person_id: str, *, fine: bool = True) -> InlineKeyboardMarkup:
    """It's fine, Hide and Delete, for the person shown."""
    first = [button(words("It's fine"), ConsentTap(action=ConsentAction.FINE, person=person_id), style="success")]
    return rows(
        first if fine else [],
        [
            button(words("🙈 Hide me"), ConsentTap(action=ConsentAction.HIDE, person=person_id)),
            button(words("🗑 Delete me"), ConsentTap(action=ConsentAction.DELETE, person=person_id), style="danger"),
        ],
    )


def account_question(platform: Platform, name: Text) -> list[Text | str]:
    """Ask for somebody's account, and say how it is to be sent."""
    return [said(_QUESTIONS[platform], name=name), words(_HOW[platform])]


# -- inside


def _on_status(person: StatusUser, title: str | None) -> Text:
    return said(
        "✅ {name} is on /status{in_chat} now, with {platforms}.",
        name=named(person.display_name),
        in_chat=in_chat(title),
        platforms=platforms_of(person),
    )


def _question(draft: Draft, title: str | None) -> list[Text | str]:
    if draft.step == NAME:
        return [
            said("Who should I add to the list{of_chat}?", of_chat=of_chat(title)),
            words("Send me the name to show on /status, up to {most} characters.", most=NAME_CHARACTERS),
        ]
    name = named(draft.name or "")
    if draft.step == CONFIRM:
        asked = said(
            "Add them to the list{of_chat}? /status shows the name, never the accounts.", of_chat=of_chat(title)
        )
        accounts = [
            Text(f"{PLATFORM_NAMES[platform]}: ", plain(account.name)) for platform, account in draft.accounts.items()
        ]
        return [Text("👤 ", name), *accounts, "", asked]
    return account_question(Platform(draft.step), name)


def _answers(draft: Draft, dialog: str) -> list[list[InlineKeyboardButton]]:
    step, no = draft.step, cancel(dialog, draft.step)
    if step == NAME:
        return [[no]]
    redo = [
        [
            button(
                words("Change {platform}", platform=PLATFORM_NAMES[one]),
                DialogTap(dialog=dialog, at=one, answer=Step.REDO),
            )
        ]
        for one in draft.accounts
    ]
    if step == CONFIRM:
        confirm = button(words("✅ Confirm"), DialogTap(dialog=dialog, at=step, answer=Step.CONFIRM), style="success")
        mine = button(words("🙋 It's me"), DialogTap(dialog=dialog, at=step, answer=Step.CONFIRM_ME))
        return [[confirm, mine], *redo, [no]]
    skip = button(words("Skip"), DialogTap(dialog=dialog, at=step, answer=Step.SKIP))
    return [[skip, no], *redo]

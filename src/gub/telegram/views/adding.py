"""Somebody is put on the list: the dialog, what the group is told, and what the person shown is asked."""

from typing import Final

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Text

from gub.domain.values import Account, KnownUser, Platform, StatusUser
from gub.telegram.dialogs.draft import CONFIRM, NAME, Draft
from gub.telegram.messenger import View
from gub.telegram.views.dialogs import cancel, question
from gub.telegram.views.keyboards import ConsentAction, ConsentTap, DialogTap, Step, button, link, rows
from gub.telegram.views.parts import PLATFORM_NAMES, full_name, lines, mention, named, plain, platforms_of, typed

QUESTIONS: Final = {
    Platform.XBOX: ("Xbox gamertag", "Send it as Xbox shows it, with its # number if it has one."),
    Platform.PSN: ("PlayStation online ID", "Send it as PlayStation shows it."),
    Platform.STEAM: (
        "Steam account",
        "Send the name or the number in the profile's address, or the whole address.",
    ),
}


_CHANGE_HIDDEN: Final = "To change that, type /people in the group and open the list in private."


def usage() -> View:
    """Tell how /add is used."""
    return View(
        lines(
            "❌ Nobody was added: I need a name for them first.",
            Text("Like this: ", typed("/add NAME xbox:TAG psn:ID steam:ID")),
            Text("For example: ", typed("/add Ann steam:ann_plays")),
            "",
            "One account is enough. For Steam, it's the name or number in the profile's address, or all of it.",
        )
    )


def not_added(why: Text) -> View:
    """Answer /add NAME ... that came to nothing."""
    return View(["❌ Nobody was added. ", why])


def goes_on_in_private(url: str) -> View:
    """Answer /add in a group."""
    return View(
        lines(
            "Let's do this in private, so that no account names end up here.",
            Text("Or right here, all at once: ", typed("/add NAME xbox:TAG psn:ID steam:ID")),
        ),
        rows([link("Continue in private", url)]),
    )


def not_connected() -> View:
    """Tell that no platform can be asked."""
    return View(["I'm not connected to any platform yet, so I can't look anybody up. My owner can fix that."])


def prompt(draft: Draft, dialog: str, title: str | None, *notes: Text | str | None) -> View:
    """Ask what is to be asked next, after the notes, which are told first."""
    return question(notes, _question(draft, title), *_answers(draft, dialog))


def found(account: Account) -> Text:
    """Say what a look-up found, as the platform spells it."""
    return Text(f"✅ {PLATFORM_NAMES[account.platform]} knows them as ", named(account.name), ".")


def needs_one() -> str:
    """Say why the platforms are asked for again."""
    return "I need at least one account, or there's nothing to show."


def done(person: StatusUser, title: str | None) -> View:
    """End the dialog."""
    return View([_on_status(person, title)])


def cancelled() -> View:
    """End the dialog without anything."""
    return View(["Cancelled: nobody was added."])


def added(person: StatusUser, *, told_in_private: str | None = None) -> View:
    """Answer /add NAME ...: whoever it is can say so, unless it is known and they were told."""
    if told_in_private is not None:
        return View([_on_status(person, None), Text(" I told ", plain(told_in_private), " in private.")])
    return View([_on_status(person, None)], None if person.person_id is not None else claim_button(person.id))


def announced(person: StatusUser, keeper: str) -> View:
    """Tell the group who was added in private, and by whom. Names only."""
    by = Text(" Added by ", plain(keeper), ".")
    keyboard = None if person.person_id is not None else claim_button(person.id)
    return View([_on_status(person, None), by], keyboard)


def asked_in_group(person: StatusUser, shown: KnownUser, *, ping: bool = True) -> View:
    """Tell the person shown in the group, where they can't be told in private. The one message here that pings."""
    who = mention(shown) if ping else plain(full_name(shown))
    return View(
        [_on_status(person, None), "\n\n", who, ", that's you. Is that fine with you?"], consent_buttons(person.id)
    )


def asked_in_private(person: StatusUser, keeper: str, title: str | None) -> View:
    """Tell the person shown that they are on the list now."""
    where = Text(" of ", named(title)) if title else Text()
    return View(
        lines(
            Text("👋 ", plain(keeper), " put you on the list", where, " as ", named(person.display_name), "."),
            Text(f"There, /status shows when and what you play on {platforms_of(person)}, but no account names."),
            "Is that fine with you?",
        ),
        consent_buttons(person.id),
    )


def claimed(person: StatusUser, who: str) -> View:
    """Say in the group's announcement who the person is."""
    return View([_on_status(person, None), Text(" That's ", plain(who), ".")], consent_buttons(person.id, fine=False))


def fine(person: StatusUser) -> View:
    """Close the question."""
    return View(
        [
            Text(
                "👍 ",
                named(person.display_name),
                " stays on the list. You can change that any time: type /people in the group.",
            )
        ]
    )


def hidden(person: StatusUser) -> View:
    """Close the question."""
    return View([Text("🙈 ", named(person.display_name), " is hidden on /status now. ", _CHANGE_HIDDEN)])


def withdrawn(person: StatusUser) -> View:
    """Close the question."""
    return View([Text("🗑 ", named(person.display_name), " is off the list. I haven't kept anything.")])


def not_you() -> str:
    """Answer a tap of another than the person shown."""
    return "Only the person this is about can answer that. Type /people to see what you can do."


def claim_button(person_id: str) -> InlineKeyboardMarkup:
    """That's me, for everybody in the chat."""
    return rows([button("🙋 That's me", ConsentTap(action=ConsentAction.CLAIM, person=person_id))])


def consent_buttons(person_id: str, *, fine: bool = True) -> InlineKeyboardMarkup:
    """It's fine, Hide and Delete, for the person shown."""
    first = [button("It's fine", ConsentTap(action=ConsentAction.FINE, person=person_id), style="success")]
    return rows(
        first if fine else [],
        [
            button("🙈 Hide me", ConsentTap(action=ConsentAction.HIDE, person=person_id)),
            button("🗑 Delete me", ConsentTap(action=ConsentAction.DELETE, person=person_id), style="danger"),
        ],
    )


# -- inside


def _on_status(person: StatusUser, title: str | None) -> Text:
    where = Text(" in ", named(title)) if title else Text()
    return Text("✅ ", named(person.display_name), " is on /status", where, f" now, with {platforms_of(person)}.")


def _question(draft: Draft, title: str | None) -> list[Text | str]:
    where = Text(" of ", named(title)) if title else Text()
    if draft.step == NAME:
        return [
            Text("Who should I add to the list", where, "?"),
            "Send me the name to show on /status, up to 32 characters.",
        ]
    name = named(draft.name or "")
    if draft.step == CONFIRM:
        accounts = [
            Text(f"{PLATFORM_NAMES[platform]}: ", plain(account.name)) for platform, account in draft.accounts.items()
        ]
        return [
            Text("👤 ", name),
            *accounts,
            "",
            Text("Add them to the list", where, "? /status shows the name, never the accounts."),
        ]
    what, how = QUESTIONS[Platform(draft.step)]
    return [Text("What's ", name, f"'s {what}?"), how]


def _answers(draft: Draft, dialog: str) -> list[list[InlineKeyboardButton]]:
    step, no = draft.step, cancel(dialog, draft.step)
    if step == NAME:
        return [[no]]
    redo = [
        [button(f"Change {PLATFORM_NAMES[one]}", DialogTap(dialog=dialog, at=one, answer=Step.REDO))]
        for one in draft.accounts
    ]
    if step == CONFIRM:
        confirm = button("✅ Confirm", DialogTap(dialog=dialog, at=step, answer=Step.CONFIRM), style="success")
        mine = button("🙋 It's me", DialogTap(dialog=dialog, at=step, answer=Step.CONFIRM_ME))
        return [[confirm, mine], *redo, [no]]
    skip = button("Skip", DialogTap(dialog=dialog, at=step, answer=Step.SKIP))
    return [[skip, no], *redo]

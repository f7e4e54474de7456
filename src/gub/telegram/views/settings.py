"""Settings: the menu, the page of each, and what people are told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Text

from gub.domain.choices import ALWAYS, CHOICES, IN_GROUPS, IN_PRIVATE, NEVER, NO, YES, Setting
from gub.domain.languages import Language
from gub.domain.limits import TOLD_A_DAY
from gub.domain.time_zones import Region
from gub.domain.values import Who
from gub.services.chat_settings import Chosen
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import HoursAction, HoursTap, TelegramId, button, link, rows
from gub.telegram.views.parts import lines, named
from gub.telegram.views.time_zones import REGIONS, city, clock, offset, zones_of
from gub.telegram.words import mark, said, words, words_many

THEMSELVES: Final = 0
"""In the place of a chat: who taps, for themselves."""

LANGUAGE_NAMES: Final = {
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
    Language.SPANISH: "Español",
    Language.PORTUGUESE: "Português (Brasil)",
    Language.RUSSIAN: "Русский",
}
"""Each in itself, so that whoever speaks it finds it."""

_LINES: Final = {
    Setting.LANGUAGE: mark("🌐 Language: {choice}"),
    Setting.TIME_ZONE: mark("🕐 Time zone: {choice}"),
    Setting.WHO_CREATES: mark("✨ Who makes groups: {choice}"),
    Setting.WHO_CALLS: mark("📣 Who calls groups: {choice}"),
    Setting.COOLDOWN: mark("⏳ Between two calls of a group: {choice}"),
    Setting.CONFIRM_ABOVE: mark("✋ Large calls to confirm first: {choice}"),
    Setting.CALL_MINUTES: mark("🏁 Calls take answers for: {choice}"),
    Setting.INVITATION_DAYS: mark("✉️ Invitations wait: {choice}"),
    Setting.MEMBERS_ADD: mark("🎮 Members put people on the list: {choice}"),
    Setting.STARTS: mark("🕹 Say who starts what: {choice}"),
    Setting.ANNOUNCEMENTS: mark("📰 News about me: {choice}"),
    Setting.BANTER: mark("😜 Friendly teasing: {choice}"),
}

_BUTTONS: Final = {
    Setting.LANGUAGE: mark("🌐 Language"),
    Setting.TIME_ZONE: mark("🕐 Time zone"),
    Setting.WHO_CREATES: mark("✨ New groups"),
    Setting.WHO_CALLS: mark("📣 Calling"),
    Setting.COOLDOWN: mark("⏳ Cool-down"),
    Setting.CONFIRM_ABOVE: mark("✋ Large calls"),
    Setting.CALL_MINUTES: mark("🏁 End of calls"),
    Setting.INVITATION_DAYS: mark("✉️ Invitations"),
    Setting.MEMBERS_ADD: mark("🎮 The list"),
    Setting.STARTS: mark("🕹 Who starts what"),
    Setting.ANNOUNCEMENTS: mark("📰 News"),
    Setting.BANTER: mark("😜 Teasing"),
}

_MEANINGS: Final = {
    Setting.LANGUAGE: mark("In which language should I write here?"),
    Setting.TIME_ZONE: mark("What time is it? Pick a city whose clocks go like yours."),
    Setting.WHO_CREATES: mark("Who may make groups in this chat with /newgroup?"),
    Setting.WHO_CALLS: mark("Who may call groups with /notify? Members of the group only, in any case."),
    Setting.COOLDOWN: mark("How long must a group be left in peace before it can be called again?"),
    Setting.CONFIRM_ABOVE: mark("How many people may a call ping before I ask whether it is meant?"),
    Setting.CALL_MINUTES: mark("After how long does a call close? It counts for new ones."),
    Setting.INVITATION_DAYS: mark("How long should an invitation wait for an answer? It counts for new ones."),
    Setting.MEMBERS_ADD: mark("May members put people on the list of /status with /add? Admins always may."),
    Setting.STARTS: mark(
        "Should I say here when somebody starts a game? Silently, {most} times a day at most, and only of people who"
        " allow it on their card in /people."
    ),
    Setting.ANNOUNCEMENTS: mark("Now and then whoever runs me has news about me. Should I post them here?"),
    Setting.BANTER: mark("May I tease you when somebody asks me to with /diss? It's about playing only."),
}

_WHO: Final = {Who.EVERYBODY: mark("everybody"), Who.ADMINS: mark("only admins")}


class SettingsAction(StrEnum):
    """What a button of the settings does."""

    HERE = "here"
    MENU = "menu"
    PAGE = "page"
    CHOOSE = "set"
    TELL_AGAIN = "tell"
    CLOSE = "close"


class SettingsTap(CallbackData, prefix="st"):
    """`st:<action>:<chat>:<setting>:<value>`; the chat is `THEMSELVES` where it is about who taps.

    The value of `set` is the choice, of `tell` what stands for a game, that of the page of time zones a region, or
    nothing.
    """

    action: SettingsAction
    chat: TelegramId = THEMSELVES
    setting: Setting = Setting.LANGUAGE
    value: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """Whose settings are shown: those of a chat, or (`THEMSELVES`) of who looks; and what time it is.

    `title` is the chat's where that is not plain to see.
    """

    chosen: Chosen
    chat_id: int
    now: datetime
    title: str | None = None

    @property
    def own(self) -> bool:
        """Whether they are a person's own."""
        return self.chat_id == THEMSELVES


def menu(shown: Shown) -> View:
    """Show what everything is set to, and a button to change each."""
    settings = IN_PRIVATE if shown.own else IN_GROUPS
    buttons = [_to(shown, words(_BUTTONS[setting]), SettingsAction.PAGE, setting) for setting in settings]
    hint = words("For the settings of a group, type /settings there.") if shown.own else None
    hours = [button(words("Set my hours"), HoursTap(action=HoursAction.MENU))] if shown.own else []
    return View(
        lines(
            _heading(shown),
            "",
            *(_line(shown, setting) for setting in settings),
            None if hint is None else "",
            hint,
        ),
        rows(*_in_twos(buttons), hours, [_to(shown, words("✓ Close"), SettingsAction.CLOSE)]),
    )


def page(shown: Shown, setting: Setting, region: str = "") -> View:
    """Show what can be chosen of one setting. Of time zones: first the regions, then those of one of them."""
    back = _to(shown, words("« Back"), SettingsAction.MENU)
    if setting is not Setting.TIME_ZONE:
        choices = [_choice(shown, setting, choice) for choice in CHOICES[setting]]
    elif region in REGIONS:
        choices = [_choice(shown, setting, zone) for zone in zones_of(Region(region), shown.now)]
        back = _to(shown, words("« Back"), SettingsAction.PAGE, setting)
    else:
        choices = [_to(shown, words(name), SettingsAction.PAGE, setting, one) for one, name in REGIONS.items()]
    return View(
        lines(_line(shown, setting), "", words(_MEANINGS[setting], most=TOLD_A_DAY)),
        rows(*_in_twos(choices), [back]),
    )


def offer(chat_id: int, username: str) -> View:
    """Answer /settings in a group: the settings are for one person's eyes, so they are opened by a button."""
    return View(
        lines(
            Bold(words("⚙️ Settings of this chat")),
            words("They're for admins. Open them right here, where only you see them, or in private."),
        ),
        rows(
            [button(words("👁 Show me here"), SettingsTap(action=SettingsAction.HERE))],
            [link(words("Open in private"), Link(Way.SETTINGS, chat_id=chat_id).url(username))],
        ),
    )


def for_admins(username: str) -> View:
    """Answer /settings of a group to who is no admin of it."""
    return View(
        [said("Only admins change the settings of a chat. Yours, for yourself, are in private.")],
        rows([link(words("My own settings"), Link(Way.SETTINGS).url(username))]),
    )


def only_admins() -> str:
    """Answer a tap of who is no admin of the chat (any more): nothing was changed."""
    return words("Only admins of the chat can change its settings. Nothing was changed.")


def not_here() -> str:
    """Answer a tap that wanted to see the settings in the group, where Telegram does not let GUB show them."""
    return words("I can't show them to you alone here. Please open them in private.")


def saved() -> str:
    """Answer the tap that changed something."""
    return words("✓ Saved")


def closed() -> View:
    """Stand where the settings were."""
    return View([words("✓ All set. /settings opens this again.")])


def _heading(shown: Shown) -> Text:
    if shown.own:
        return Bold(words("⚙️ Your settings"))
    if shown.title:
        return said("⚙️ Settings of {chat}", chat=named(shown.title))
    return Bold(words("⚙️ Settings of this chat"))


def _line(shown: Shown, setting: Setting) -> Text:
    return said(_LINES[setting], choice=Bold(_current(shown, setting)))


def _current(shown: Shown, setting: Setting) -> str:
    """Word what a setting is."""
    zone = shown.chosen.time_zone
    if setting is not Setting.TIME_ZONE:
        return _worded(setting, _chosen(shown, setting))
    if zone is None:
        return words("not chosen yet")
    return words(
        "{city}, {clock} ({offset})", city=city(zone), clock=clock(zone, shown.now), offset=offset(zone, shown.now)
    )


def _chosen(shown: Shown, setting: Setting) -> str:  # noqa: C901, PLR0911 - one for each setting
    """Give what is chosen, as buttons carry it. It may be none of those offered: the database can hold others."""
    chosen, chat = shown.chosen, shown.chosen.chat
    match setting:
        case Setting.LANGUAGE:
            return chosen.language
        case Setting.TIME_ZONE:
            return chosen.time_zone or ""
        case Setting.WHO_CREATES:
            return chat.who_creates
        case Setting.WHO_CALLS:
            return chat.who_calls
        case Setting.COOLDOWN:
            return str(chat.call_cooldown // timedelta(seconds=1))
        case Setting.CONFIRM_ABOVE:
            return str(chat.confirm_above)
        case Setting.CALL_MINUTES:
            return str(chat.call_open // timedelta(minutes=1))
        case Setting.INVITATION_DAYS:
            return str(chat.invitation_lifetime.days)
        case Setting.MEMBERS_ADD:
            return _yes(chat.members_add)
        case Setting.STARTS:
            return _yes(chat.starts)
        case Setting.ANNOUNCEMENTS:
            return _yes(chat.announcements)
        case Setting.BANTER:
            return _yes(chosen.banter)


def _yes(truth: bool) -> str:
    return YES if truth else NO


def _worded(setting: Setting, choice: str) -> str:  # noqa: PLR0911 - one for each kind of setting
    """Word a choice, on a button or as what a setting is."""
    match setting:
        case Setting.LANGUAGE:
            return LANGUAGE_NAMES[Language(choice)]
        case Setting.WHO_CREATES | Setting.WHO_CALLS:
            return words(_WHO[Who(choice)])
        case Setting.COOLDOWN:
            return _pause(int(choice))
        case Setting.CONFIRM_ABOVE:
            return _large(choice)
        case Setting.CALL_MINUTES:
            return _pause(60 * int(choice))
        case Setting.INVITATION_DAYS:
            return words_many("{count} day", "{count} days", int(choice))
        case _:
            return words("yes") if choice == YES else words("no")


def _pause(seconds: int) -> str:
    """Word a length of time by the largest unit that it is whole in."""
    if seconds == 0:
        return words("no wait")
    hours, minutes = seconds // 3600, seconds // 60
    if seconds % 3600 == 0:
        return words_many("{count} hour", "{count} hours", hours)
    if seconds % 60 == 0:
        return words_many("{count} minute", "{count} minutes", minutes)
    return words_many("{count} second", "{count} seconds", seconds)


def _large(choice: str) -> str:
    if choice == ALWAYS:
        return words("all calls")
    if choice == NEVER:
        return words("no calls")
    return words_many("over {count} person", "over {count} people", int(choice))


def _choice(shown: Shown, setting: Setting, choice: str) -> InlineKeyboardButton:
    """Make the button of a choice; the one that holds is marked."""
    label = f"{city(choice)} {clock(choice, shown.now)}" if setting is Setting.TIME_ZONE else _worded(setting, choice)
    current = _chosen(shown, setting) == choice
    return _to(shown, f"✓ {label}" if current else label, SettingsAction.CHOOSE, setting, choice)


def _to(
    shown: Shown, label: str, action: SettingsAction, setting: Setting = Setting.LANGUAGE, value: str = ""
) -> InlineKeyboardButton:
    return button(label, SettingsTap(action=action, chat=shown.chat_id, setting=setting, value=value))


def _in_twos(buttons: Sequence[InlineKeyboardButton]) -> list[Sequence[InlineKeyboardButton]]:
    return [buttons[start : start + 2] for start in range(0, len(buttons), 2)]

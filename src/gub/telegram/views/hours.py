"""Hours and snoozes: when people want to be called, and how they are left in peace."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold

from gub.domain.choices import Setting
from gub.domain.hours import EVERY_DAY, Hours, Snooze, is_snoozed
from gub.telegram.links import Link, Way
from gub.telegram.showing import View
from gub.telegram.views.keyboards import GroupAction, GroupTap, HoursAction, HoursTap, SnoozeTap, button, link, rows
from gub.telegram.views.parts import lines
from gub.telegram.views.settings import SettingsAction, SettingsTap
from gub.telegram.views.time_zones import city, clock
from gub.telegram.words import mark, words

_DAYS: Final = (mark("Mon"), mark("Tue"), mark("Wed"), mark("Thu"), mark("Fri"), mark("Sat"), mark("Sun"))
_HOURS_IN_A_ROW: Final = 4
_SOON: Final = timedelta(hours=20)


def snoozes(group_id: str) -> list[list[InlineKeyboardButton]]:
    """Make the rows of buttons under a call: peace for an hour, for tonight, and from this group for good."""
    return [peace(), [button(words("🔕 This group"), GroupTap(action=GroupAction.MUTE_GOOD, group=group_id))]]


def peace() -> list[InlineKeyboardButton]:
    """Make the buttons under whatever pings: peace from everybody for an hour, or for tonight."""
    return [
        button(words("🔕 1 hour"), SnoozeTap(how_long=Snooze.HOUR)),
        button(words("🌙 Tonight"), SnoozeTap(how_long=Snooze.NIGHT)),
    ]


def in_private(username: str) -> View:
    """Answer /hours in a group."""
    return View(
        [words("🕐 When you want to be called is between you and me.")],
        rows([link(words("Set my hours"), Link(Way.HOURS).url(username))]),
    )


def menu(hours: Hours, now: datetime) -> View:
    """Show when somebody wants to be called, and what can be changed."""
    zone = hours.time_zone
    first = None if zone else words("First tell me your time zone, so that I know when it's night where you are.")
    return View(
        lines(
            Bold(words("🕐 When you want to be called")),
            words("It counts in all chats, for everything I would ping you for."),
            "",
            first,
            None if zone is None else words("Time zone: {city}, {clock}", city=city(zone), clock=clock(zone, now)),
            None if zone is None else _quiet(hours),
            None if zone is None else _days(hours),
            words("🔕 Snoozed until {time}", time=_time(hours, hours.snoozed_until, now))
            if is_snoozed(hours, now)
            else None,
        ),
        rows(*_menu_buttons(hours, now)),
    )


def ask_from() -> View:
    """Ask from when somebody is to be left in peace."""
    back = button(words("« Back"), HoursTap(action=HoursAction.MENU))
    return View(
        [words("🌙 From when should I leave you in peace?")],
        rows(*_hours(lambda hour: HoursTap(action=HoursAction.TO, value=str(hour))), [back]),
    )


def ask_to(first: int) -> View:
    """Ask until when."""
    back = button(words("« Back"), HoursTap(action=HoursAction.FROM))
    return View(
        [words("🌙 Quiet from {first}. Until when?", first=_oclock(first))],
        rows(*_hours(lambda hour: HoursTap(action=HoursAction.QUIET, value=f"{first}-{hour}"), but=first), [back]),
    )


def ask_days(hours: Hours) -> View:
    """Ask on which days somebody may be called."""
    buttons = [
        button(
            f"✓ {words(name)}" if day in hours.days else words(name), HoursTap(action=HoursAction.DAY, value=str(day))
        )
        for day, name in enumerate(_DAYS)
    ]
    back = button(words("« Back"), HoursTap(action=HoursAction.MENU))
    return View(
        [words("📅 On which days may you be called? A night belongs to the day before.")],
        rows(buttons[:4], buttons[4:], [back]),
    )


def one_day_stays() -> str:
    """Answer a tap that would leave no day."""
    return words("One day must stay. For a rest of some hours tap 1 hour or Tonight; /groups leaves groups.")


def saved() -> str:
    """Answer a tap that changed something."""
    return words("✓ Saved")


def snoozed_toast(hours: Hours, zone: str | None, until: datetime, now: datetime) -> str:
    """Answer a snooze; by their own clock, else by that of the chat."""
    known = Hours(hours.time_zone or zone)
    return words("🔕 All quiet until {time}. /hours in private ends it.", time=_time(known, until, now))


def awake_toast() -> str:
    """Answer the end of a snooze."""
    return words("🔔 You can be called again.")


def _menu_buttons(hours: Hours, now: datetime) -> list[list[InlineKeyboardButton]]:
    zone = SettingsTap(action=SettingsAction.PAGE, setting=Setting.TIME_ZONE)
    first = [button(words("🕐 Time zone"), zone)]
    second = []
    if hours.time_zone is not None:
        first.append(button(words("🌙 Quiet hours"), HoursTap(action=HoursAction.FROM)))
        second.append(button(words("📅 Days"), HoursTap(action=HoursAction.DAYS)))
    if hours.are_chosen:
        second.append(button(words("Forget my hours"), HoursTap(action=HoursAction.OFF)))
    return [first, second, _snoozes(ends=is_snoozed(hours, now))]


def _snoozes(*, ends: bool) -> list[InlineKeyboardButton]:
    labels = [(Snooze.HOUR, words("🔕 1 hour")), (Snooze.NIGHT, words("🌙 Tonight"))]
    if ends:
        labels = [(Snooze.OFF, words("🔔 End the snooze"))]
    return [button(label, HoursTap(action=HoursAction.SNOOZE, value=str(one))) for one, label in labels]


def _hours(tap: Callable[[int], HoursTap], but: int | None = None) -> Sequence[list[InlineKeyboardButton]]:
    buttons = [button(_oclock(hour), tap(hour)) for hour in range(24) if hour != but]
    return [buttons[start : start + _HOURS_IN_A_ROW] for start in range(0, len(buttons), _HOURS_IN_A_ROW)]


def _quiet(hours: Hours) -> str:
    if hours.quiet is None:
        return words("Quiet hours: none")
    first, last = (f"{minute // 60:02}:{minute % 60:02}" for minute in hours.quiet)
    return words("Quiet hours: {first} to {last}", first=first, last=last)


def _days(hours: Hours) -> str:
    if hours.days == EVERY_DAY:
        return words("Days: every day")
    return words("Days: {days}", days=", ".join(words(_DAYS[day]) for day in sorted(hours.days)))


def _oclock(hour: int) -> str:
    return f"{hour:02}:00"


def _time(hours: Hours, moment: datetime | None, now: datetime) -> str:
    local = (moment or now).astimezone(ZoneInfo(hours.time_zone) if hours.time_zone else UTC)
    text = f"{local:%H:%M}" if local - now < _SOON else f"{local:%Y-%m-%d %H:%M}"
    return text if hours.time_zone else words("{time} UTC", time=text)

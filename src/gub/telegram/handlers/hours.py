"""/hours: when people want to be called, by buttons in private; and the snoozes under whatever pings."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from aiogram import Router
from aiogram.types import CallbackQuery, Message, User

from gub.clock import Clock
from gub.domain.hours import EVERY_DAY, Hours, Snooze
from gub.services.chat_settings import Choices
from gub.services.hours import HoursBook
from gub.telegram.asked import Asks
from gub.telegram.facts import GROUP_TYPES
from gub.telegram.kinds import in_private
from gub.telegram.links import Comes, Way
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views import hours as views
from gub.telegram.views.keyboards import HoursAction, HoursTap, SnoozeTap

_HOUR: Final = re.compile(r"[0-9]|1[0-9]|2[0-3]")
_QUIET: Final = re.compile(rf"({_HOUR.pattern})-({_HOUR.pattern})")


@dataclass(frozen=True, slots=True)
class HoursDesk:
    """What the handlers of hours work with."""

    me: User
    messenger: Messenger
    hours: HoursBook
    choices: Choices
    clock: Clock

    async def menu(self, user_id: int) -> View:
        """Show somebody's hours."""
        return views.menu(await self.hours.mine(user_id), self.clock.now())


def router() -> Router:
    """Make the router."""
    made = Router(name="hours")
    made.message.register(show, Asks("hours"))
    made.message.register(show_by_link, Comes(Way.HOURS))
    made.callback_query.register(tapped, HoursTap.filter())
    made.callback_query.register(snooze, SnoozeTap.filter())
    return made


async def show(message: Message, hours_desk: HoursDesk) -> None:
    """Answer /hours: in a group by the way into private."""
    in_group = message.chat.type in GROUP_TYPES
    view = views.in_private(hours_desk.me.username or "") if in_group else await hours_desk.menu(message.chat.id)
    await hours_desk.messenger.reply(message, view)


async def show_by_link(message: Message, hours_desk: HoursDesk) -> None:
    """Show one's hours in private."""
    await hours_desk.messenger.reply(message, await hours_desk.menu(message.chat.id))


async def tapped(query: CallbackQuery, callback_data: HoursTap, hours_desk: HoursDesk) -> None:
    """Answer a tap of /hours, which is about who taps."""
    messenger = hours_desk.messenger
    if not in_private(query):
        await messenger.alert(query, general.stale_button())
        return
    hours = await hours_desk.hours.mine(query.from_user.id)
    if callback_data.action is HoursAction.DAY and hours.days == {_number(callback_data.value)}:
        await messenger.alert(query, views.one_day_stays())
        return
    now = hours_desk.clock.now()
    page = _page(callback_data, hours, now)
    toast = ""
    if page is None:
        if not await _change(query.from_user.id, callback_data, hours, hours_desk):
            await messenger.alert(query, general.stale_button())
            return
        toast = views.saved()
        hours = await hours_desk.hours.mine(query.from_user.id)
        days = callback_data.action is HoursAction.DAY
        page = views.ask_days(hours) if days else views.menu(hours, now)
    await messenger.show(query, page)
    await messenger.toast(query, toast)


async def snooze(query: CallbackQuery, callback_data: SnoozeTap, hours_desk: HoursDesk) -> None:
    """Answer a snooze under a ping: peace from everybody, for who taps.

    Whose clocks are not known, their night is by those of the chat.
    """
    user_id, zone = query.from_user.id, None
    if query.message is not None and query.message.chat.id < 0:
        zone = (await hours_desk.choices.of(query.message.chat.id)).time_zone
    until = await hours_desk.hours.snooze(user_id, callback_data.how_long, zone)
    if until is None:
        await hours_desk.messenger.toast(query, views.awake_toast())
        return
    hours = await hours_desk.hours.mine(user_id)
    await hours_desk.messenger.alert(query, views.snoozed_toast(hours, zone, until, hours_desk.clock.now()))


def _page(tap: HoursTap, hours: Hours, now: datetime) -> View | None:
    """Give the page that a button leads to; None when it is to change something."""
    match tap.action:
        case HoursAction.MENU:
            return views.menu(hours, now)
        case HoursAction.FROM:
            return views.ask_from()
        case HoursAction.TO if _HOUR.fullmatch(tap.value):
            return views.ask_to(int(tap.value))
        case HoursAction.DAYS:
            return views.ask_days(hours)
    return None


def _number(text: str) -> int:
    """Read a number of one digit; -1 for anything else."""
    return int(text) if text in set("0123456789") else -1


async def _change(user_id: int, tap: HoursTap, hours: Hours, desk: HoursDesk) -> bool:
    """Do what a button says; False: it says nothing that can be done."""
    match tap.action:
        case HoursAction.QUIET if quiet := _QUIET.fullmatch(tap.value):
            await desk.hours.choose_quiet(user_id, (int(quiet[1]) * 60, int(quiet[2]) * 60))
        case HoursAction.DAY if (day := _number(tap.value)) in EVERY_DAY:
            await desk.hours.choose_days(user_id, hours.days ^ {day})
        case HoursAction.OFF:
            await desk.hours.clear(user_id)
        case HoursAction.SNOOZE if tap.value in set(Snooze):
            await desk.hours.snooze(user_id, Snooze(tap.value))
        case _:
            return False
    return True

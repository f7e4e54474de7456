"""When people want to be called: their quiet hours, their days, and how long they are left in peace. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

EVERY_DAY: Final = frozenset(range(7))
"""Monday to Sunday, as `datetime.weekday` counts them."""

DAY_MINUTES: Final = 24 * 60

_DAY_BEGINS: Final = timedelta(hours=5)
"""Until then it is still the night of the day before: who plays on Fridays plays on Saturday at one as well."""

_MORNING: Final = 8 * 60
"""When a night ends for who has not said, in minutes of the day."""

_NOON: Final = timedelta(hours=12)

_STEP: Final = timedelta(minutes=15)
_FORESIGHT: Final = timedelta(days=8)


class Snooze(StrEnum):
    """How long somebody wants to be left in peace. The words of buttons."""

    HOUR = "hour"
    NIGHT = "night"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Hours:
    """What somebody chose of when they want to be called; by default nothing.

    `quiet` is from when until when they are left in peace, in minutes of their day: it goes over midnight when the
    first is the larger. `days` are those on which they may be called (0 is Monday). Both mean nothing without a time
    zone. `snoozed_until` counts wherever they are.
    """

    time_zone: str | None = None
    quiet: tuple[int, int] | None = None
    days: frozenset[int] = EVERY_DAY
    snoozed_until: datetime | None = None

    @property
    def are_chosen(self) -> bool:
        """Whether they said when they want to be called, so that the rest of the time is theirs to be called in."""
        return self.time_zone is not None and (self.quiet is not None or self.days != EVERY_DAY)


def is_snoozed(hours: Hours, now: datetime) -> bool:
    """Say whether they have asked for peace, for a while that is not over."""
    return hours.snoozed_until is not None and hours.snoozed_until > now


def is_quiet(hours: Hours, now: datetime) -> bool:
    """Say whether they are to be left in peace now: snoozed, in their quiet hours, or not on one of their days."""
    return is_snoozed(hours, now) or _is_off(hours, now)


def is_inside(hours: Hours, now: datetime) -> bool:
    """Say whether it is a time that they have chosen to be called in."""
    return hours.are_chosen and not is_quiet(hours, now)


def quiet_until(hours: Hours, now: datetime) -> datetime | None:
    """Say when they may be called again, to the minute at the latest; None when they may be now, or not foreseeably.

    Clocks that are put forward or back in between are taken into account.
    """
    if not is_quiet(hours, now):
        return None
    moment = hours.snoozed_until if is_snoozed(hours, now) and hours.snoozed_until is not None else now
    if not _is_off(hours, moment):
        return moment
    end = moment + _FORESIGHT
    # By wall clocks that begin at a quarter of an hour: quiet hours end at those, and so do days.
    step = moment.astimezone(UTC).replace(minute=moment.minute // 15 * 15, second=0, microsecond=0) + _STEP
    while step < end:
        if not _is_off(hours, step):
            return _to_the_minute(hours, step)
        step += _STEP
    return None


def snoozed_until(how_long: Snooze, hours: Hours, zone: str | None, now: datetime) -> datetime | None:
    """Say when a snooze that begins now ends; None: it is one that ends now. `zone` as for `tonight_ends`."""
    match how_long:
        case Snooze.OFF:
            return None
        case Snooze.HOUR:
            return now + timedelta(hours=1)
        case Snooze.NIGHT:
            return tonight_ends(hours, zone, now)


def tonight_ends(hours: Hours, zone: str | None, now: datetime) -> datetime:
    """Say when the night that comes, or goes on, ends: by their quiet hours if those do in a morning, else at eight.

    By their own clocks; else by those of `zone`, where they are asked; else by UTC.
    """
    here = ZoneInfo(hours.time_zone or zone or "UTC")
    wakes = hours.quiet[1] if hours.quiet is not None and hours.time_zone is not None else _MORNING
    # Else they are those of an evening, or of a working day.
    wakes = wakes if _DAY_BEGINS <= timedelta(minutes=wakes) < _NOON else _MORNING
    local = now.astimezone(here)
    days = 0 if local.hour * 60 + local.minute < wakes else 1
    morning = local.date() + timedelta(days=days)
    wall = datetime(morning.year, morning.month, morning.day, wakes // 60, wakes % 60, tzinfo=here)
    return wall.astimezone(UTC)


def _is_off(hours: Hours, now: datetime) -> bool:
    if not hours.are_chosen or hours.time_zone is None:
        return False
    local = now.astimezone(ZoneInfo(hours.time_zone))
    minute = local.hour * 60 + local.minute
    return _is_between(hours.quiet, minute) or (local.replace(tzinfo=None) - _DAY_BEGINS).weekday() not in hours.days


def _is_between(quiet: tuple[int, int] | None, minute: int) -> bool:
    if quiet is None:
        return False
    first, last = quiet
    if first <= last:
        return first <= minute < last
    return minute >= first or minute < last


def _to_the_minute(hours: Hours, step: datetime) -> datetime:
    """Find the first minute at which the peace is over, in the quarter of an hour before this moment."""
    moment = step
    while moment > step - _STEP and not _is_off(hours, moment - timedelta(minutes=1)):
        moment -= timedelta(minutes=1)
    return moment

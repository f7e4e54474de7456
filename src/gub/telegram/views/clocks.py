"""Times of the day, for messages that people in any zone read."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from aiogram.utils.formatting import DateTime, Text

from gub.telegram.words import said, words

_TODAY: Final = timedelta(hours=20)
"""So far back, a time of the day alone says when something was."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Tells times of the day: by each reader's own clock where their app can, else by that of `zone`, or UTC.

    An app that knows the entity (`date_time` of the Bot API, since 9.5) shows its own text; others show ours. With
    `plain` there is only ours: for a server that refuses it. `now` is when the board is written.
    """

    zone: str | None
    now: datetime
    plain: bool = False
    activities: bool = False

    def at(self, moment: datetime) -> Text:
        """Tell a time; of the day alone, where it is of today."""
        return self._told(moment, today=abs(self.now - moment) < _TODAY)

    def written(self) -> Text:
        """Tell when the board is written, with its date: it may stay as it is for days."""
        return self._told(self.now, today=False)

    def _told(self, moment: datetime, *, today: bool) -> Text:
        local = moment.astimezone(ZoneInfo(self.zone) if self.zone else UTC)
        text = f"{local:%H:%M}" if today else f"{local:%Y-%m-%d %H:%M}"
        shown = text if self.zone else words("{time} UTC", time=text)
        return Text(shown) if self.plain else DateTime(shown, unix_time=moment, date_time_format="t" if today else "dt")

    def since(self, moment: datetime | None) -> Text:
        """See `Times`."""
        return Text() if moment is None else said(", since {time}", time=self.at(moment))

    def as_of(self, moment: datetime) -> Text:
        """See `Times`."""
        return said(" (as of {time})", time=self.at(moment))

    def last_seen(self, moment: datetime) -> Text:
        """See `Times`: who is gone is only named here."""
        del moment
        return Text()

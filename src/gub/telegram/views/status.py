"""The answer to "who is on, playing what?"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from aiogram.utils.formatting import ExpandableBlockQuote, Italic, Text

from gub.domain.presence import PersonPresence
from gub.domain.values import StatusUser
from gub.services.status import ChatStatus, Told
from gub.telegram.showing import View, messages_of
from gub.telegram.views.doing import SIGNS, doing
from gub.telegram.views.keyboards import refresh_button
from gub.telegram.views.parts import joined, lines, named, typed
from gub.telegram.views.times import ago, for_so_long
from gub.telegram.views.troubles import troubles
from gub.telegram.words import said, words

_WORTH_TELLING: Final = timedelta(minutes=1)

# From so many who are not there on, they fold away below those who are; so many to a fold, which is shown whole in
# one message: a row of theirs is under 150 units, and has one entity.
_FOLDED_FROM: Final = 11
_FOLD: Final = 25


def status(told: ChatStatus, now: datetime, thread_id: int | None = None) -> View:
    """List the people as they come: who is on first. Refresh knows the topic, which Telegram may not tell then."""
    if not told.people and not told.unseen:
        return _nobody()
    if not told.people:
        items: Sequence[Text] = lines(words("Nobody on the list wants to be seen right now."))
    else:
        items = [*_list(told.people, now), *_troubles(told)]
    return View(items, refresh_button(messages_of(View(items)), thread_id))


def up_to_date() -> str:
    """Answer a tap on Refresh."""
    return words("Up to date.")


def just_refreshed() -> str:
    """Answer a tap on Refresh soon after another."""
    return words("That was refreshed a moment ago.")


def just_sent_anew() -> str:
    """Answer a tap on Refresh of a list that has to be sent anew, soon after another was."""
    return words("A new list was sent a moment ago; it's further down.")


def _nobody() -> View:
    return View(
        lines(
            words("Nobody is on the list yet."),
            said("Add the first person: {example}", example=typed(words("/add Ann steam:ann_plays"))),
        )
    )


def _list(people: Sequence[Told], now: datetime) -> list[Text]:
    """Put who is there above who is not, and fold the latter away when they are many."""
    there = [_row(*one, now) for one in people if one[1].status.present]
    gone = [_row(*one, now) for one in people if not one[1].status.present]
    if len(gone) < _FOLDED_FROM:
        return lines(*there, *gone)
    folds = [gone[start : start + _FOLD] for start in range(0, len(gone), _FOLD)]
    return lines(*there, *(ExpandableBlockQuote(joined(fold, "\n")) for fold in folds))


def _row(person: StatusUser, presence: PersonPresence, now: datetime) -> Text:
    return Text(SIGNS[presence.status], " ", named(person.display_name), " - ", doing(person, presence, Ago(now)))


@dataclass(frozen=True, slots=True)
class Ago:
    """Tells times by how long ago they were."""

    now: datetime
    activities: bool = True

    def since(self, moment: datetime | None) -> Text:
        """See `Times`."""
        if moment is None or self.now - moment < _WORTH_TELLING:
            return Text()
        return Text(", ", for_so_long(self.now - moment))

    def as_of(self, moment: datetime) -> Text:
        """See `Times`."""
        return said(" (as of {when})", when=ago(self.now - moment))

    def last_seen(self, moment: datetime) -> Text:
        """See `Times`."""
        return Text(words(", last seen {when}", when=ago(self.now - moment)))


def _troubles(told: ChatStatus) -> list[Text]:
    rows = [Text("\n", Italic(trouble)) for trouble in troubles(told).values()]
    return [Text("\n"), *rows] if rows else []

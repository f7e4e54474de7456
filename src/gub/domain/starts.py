"""When somebody starts a game, as a chat is told of it. Pure."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gub.domain.limits import SAME_SESSION
from gub.domain.presence import AccountPresence, PersonPresence, kept_title, title_key
from gub.domain.spells import Spell, stepped
from gub.domain.values import StatusUser
from gub.domain.visibility import is_shown

NEWS_FOR: Final = timedelta(minutes=10)
"""How long it is news that somebody started something."""

_DIGEST_CHARACTERS: Final = 16
_NOT_PLAYED: Final = Spell(lasts=False)


@dataclass(frozen=True, slots=True)
class Start:
    """A game that somebody started, and when that was seen."""

    title: str
    at: datetime

    def is_news(self, now: datetime) -> bool:
        """Say whether it is still worth telling."""
        return now - self.at < NEWS_FOR


@dataclass(frozen=True, slots=True)
class Sessions:
    """What a status user plays, or did until a moment ago: a spell for each `title_key`; and what is `due` to be told.

    `person` is the status user's id, `user_id` the user who they are, and who allows this. `revision` counts changes.
    """

    person: str
    user_id: int
    chat_id: int
    spells: Mapping[str, Spell] = field(default_factory=dict)
    due: tuple[Start, ...] = ()
    revision: int = 0


def visible_games(person: StatusUser, presence: PersonPresence) -> tuple[AccountPresence, ...]:
    """Give what somebody plays as far as they let it be seen."""
    return presence.playing if is_shown(person.visibility, presence.status) else ()


def gone_on(
    before: Mapping[str, Spell] | None, playing: Iterable[AccountPresence], at: datetime
) -> tuple[dict[str, Spell], list[Start]]:
    """Go on with somebody's spells by what their accounts play now; give them anew, and what has started.

    Of whom nothing was known (None), nothing has. Nor has a game whose name is not known; nor one that went on, on
    whatever account, within `SAME_SESSION`; nor one of which nobody saw it begin lately: it is so after GUB was away,
    or a platform, or after somebody allowed to be seen.
    """
    games = _games(playing)
    if before is None:
        return {key: Spell(lasts=True) for key in games}, []
    spells: dict[str, Spell] = {}
    started = []
    for key in dict.fromkeys((*before, *games)):
        spell, is_news = stepped(before.get(key, _NOT_PLAYED), at, is_so=key in games)
        if spell.lasts or (spell.lapsed_at is not None and at - spell.lapsed_at < SAME_SESSION):
            spells[key] = spell
        if is_news and all(_began_lately(one, at) for one in games[key]):
            started.append(Start(kept_title(games[key][0].title), at))
    return spells, started


def digest_of(title: str) -> str:
    """Give what stands for a game in a button, where its title has no room: the same for all that is one game."""
    return hashlib.sha256(title_key(title).encode()).hexdigest()[:_DIGEST_CHARACTERS]


def _games(playing: Iterable[AccountPresence]) -> dict[str, list[AccountPresence]]:
    games = defaultdict[str, list[AccountPresence]](list)
    for one in playing:
        if key := title_key(kept_title(one.title)):
            games[key].append(one)
    return games


def _began_lately(one: AccountPresence, at: datetime) -> bool:
    return one.since is not None and at - one.since < NEWS_FOR

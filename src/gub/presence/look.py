"""What the poller tells those who listen: who is watched over, what they do, and how the platforms fare."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from gub.domain.presence import AccountPresence, PersonPresence
from gub.domain.values import Platform, StatusUser
from gub.presence.health import PlatformState


@dataclass(frozen=True, slots=True)
class Seen:
    """A person who is watched over, and what they do.

    `person` is as they were read not long ago: whoever tells others reads them again first (`is_shown`, `allows`).
    `changed`: they, what they do, or how sure it is, is not as it was in the look before; always in the first one.
    `sure`: what `presence` says can be relied on. Not while the platform by which they are shown to be there gives
    no answer; nor, of who is not there, while that one is silent by which they were there last (where none is known,
    any of theirs that may answer any moment). An unsure presence is no news to anybody.
    """

    person: StatusUser
    presence: PersonPresence
    changed: bool
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everybody who is watched over, also at those whose turn it was not: `people`, by `StatusUser.id`.

    Who is hidden is never among them. `gone` were in the look before and are in this one no more: nobody wants to know
    of them any longer, or they are hidden, or deleted.
    `states` says how each platform with a client fares for who can wait, `states_changed` of which that is news.
    """

    at: datetime
    people: Mapping[str, Seen]
    states: Mapping[Platform, PlatformState]
    states_changed: frozenset[Platform]
    gone: Mapping[str, StatusUser] = field(default_factory=dict)

    def anew(self, missed: Mapping[str, StatusUser]) -> "Look":
        """Give this look for who has not heard the ones before: everything in it is news, and who was `missed` gone."""
        people = {key: replace(seen, changed=True) for key, seen in self.people.items()}
        gone = {key: person for key, person in {**missed, **self.gone}.items() if key not in people}
        return replace(self, people=people, states_changed=frozenset(self.states), gone=gone)


class Listener(Protocol):
    """Hears of every look. What is news, it decides by what it keeps itself, over restarts too."""

    async def heard(self, look: Look) -> None:
        """Take in a look, and soon: the next one waits for it. After it failed, it hears everything `anew`."""


def same_to_see(one: Seen, other: Seen) -> bool:
    """Say whether two looks at a person show the same, `changed` aside; when it was asked is no part of it."""
    return (one.person, one.sure, _seen(one.presence)) == (other.person, other.sure, _seen(other.presence))


def _seen(presence: PersonPresence) -> tuple[object, ...]:
    main = None if presence.main is None else _account(presence.main)
    # `main` is the first of those who play.
    others = tuple(_account(one) for one in presence.playing[1:])
    return (presence.status, main, others, presence.offline, presence.stale_platforms, presence.unanswered)


def _account(one: AccountPresence) -> tuple[object, ...]:
    return (one.platform, one.account_id, one.status, one.title, one.since, one.busy, one.away)

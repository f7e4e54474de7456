"""Judges how sure it is what a person does, when some platforms answer and others are silent."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gub.domain.presence import PersonPresence, Status
from gub.domain.values import Platform, StatusUser
from gub.presence.health import Health, PlatformState
from gub.presence.look import Seen

_PASSING: Final = frozenset({Health.OK, Health.DEGRADED})
"""While a platform that gives no answer fares like this, it may give one any moment."""


@dataclass(frozen=True, slots=True)
class _By:
    """By which platform a person is there, or was the last time they were."""

    platform: Platform
    there: bool


class Judge:
    """Remembers of everybody by which platform they were there last."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._by: dict[str, _By] = {}

    def seen(self, person: StatusUser, presence: PersonPresence, states: Mapping[Platform, PlatformState]) -> Seen:
        """Say what a person does as far as it is sure.

        A silence alone has nobody gone: who was there by a platform that is silent now is unknown until it speaks.
        """
        silent = {
            platform
            for platform in (*presence.unanswered, *presence.stale_platforms)
            if platform in states and states[platform].health is not Health.NO_CREDENTIAL
        }
        if presence.main is not None:
            self._by[person.id] = _By(presence.main.platform, there=True)
            return Seen(person, presence, changed=True, sure=not presence.main.stale)
        last = self._by.get(person.id)
        if last is None:
            # A credential that is dead may stay so for weeks: the others' word is all there is.
            return Seen(person, presence, changed=True, sure=not any(states[one].health in _PASSING for one in silent))
        is_hidden = last.there and last.platform in silent
        self._by[person.id] = _By(last.platform, there=is_hidden)
        if is_hidden:
            presence = replace(presence, status=Status.UNKNOWN)
        return Seen(person, presence, changed=True, sure=last.platform not in silent)

    def forget_others(self, people: Container[str]) -> None:
        """Remember nobody but these, by `StatusUser.id`."""
        self._by = {key: by for key, by in self._by.items() if key in people}

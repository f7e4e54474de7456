"""Asks again and again what those do whom somebody wants to know of, and tells who listens."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Final, Protocol

import structlog

from gub.clock import Clock
from gub.domain.values import Platform, StatusUser
from gub.domain.visibility import may_be_asked_about
from gub.faults import noted
from gub.presence.desk import PresenceDesk
from gub.presence.health import Health, PlatformState
from gub.presence.judge import Judge
from gub.presence.look import Listener, Look, Seen, same_to_see
from gub.presence.memory import Key
from gub.presence.rota import Purse, Rota
from gub.waiting import heed_cancellation

log = structlog.get_logger(__name__)

POLL_SECONDS: Final = 60.0
"""How often it is asked about the people of a chat in which somebody is on, unless whoever runs GUB chose otherwise."""

SHARE: Final = 0.6
"""The part of what a platform allows that is asked for unbidden; the rest is for those who wait for a /status."""

SLOWER: Final = 3
"""So many times less often is it asked about the people of a chat in which nobody is on."""

_LONGEST_PATIENCE: Final = 30.0
_LONGEST_TICK: Final = 60.0
_LEAST_PAUSE: Final = 0.5
_SLACK: Final = 1.25
"""An answer is overdue only when it is later than expected by a quarter."""

_BREATH: Final = 250
"""After so many people, others of this process have their turn."""

Wanted = Callable[[], Awaitable[Collection[StatusUser]]]
"""Gives those whom somebody wants to know of now."""


class Meter(Protocol):
    """Counts what the poller does. `gub.metrics.Metrics` is one."""

    def looked(self, platform: str, asked: int, answered: int) -> None:
        """Take in that it was asked about so many accounts of a platform, and how many were answered about in time."""

    def look_told(self, changed: int, seconds: float) -> None:
        """Take in that a look was told, with so many people changed, so many seconds after it began."""


class Poller:
    """Looks at everybody who is wanted, in the fewest requests, for ever; one in all workers of a bot.

    Each account has its turn every so many seconds, or later where a platform does not allow so much: then those who
    were not asked about for longest come first, whichever chat they are of. What is not due is not asked about, but
    every look has everybody.
    """

    def __init__(
        self,
        desk: PresenceDesk,
        wanted: Wanted,
        clock: Clock,
        listeners: Sequence[Listener],
        *,
        every: float = POLL_SECONDS,
        share: float = SHARE,
        meter: Meter | None = None,
        is_passing: Callable[[BaseException], bool] = lambda _: False,
    ) -> None:
        """Look when `run`.

        Args:
            desk: whom to ask.
            wanted: gives those to ask about, hidden ones too: they are left out here.
            clock: what times are measured by.
            listeners: hear of each look, all at once.
            every: how often it is asked about a chat in which somebody is on, in seconds.
            share: the part of what a platform allows that may be asked for.
            meter: counts.
            is_passing: says of an error that the same may work later.
        """
        self._desk = desk
        self._wanted = wanted
        self._clock = clock
        self._every = every
        self._share = share
        self._meter = meter
        self._is_passing = is_passing
        self._patience = min(every / 2, _LONGEST_PATIENCE)
        self._hearers = [_Hearer(listener, is_passing) for listener in listeners]
        self._rota = Rota()
        self._purses = {platform: Purse() for platform in Platform}
        self._judge = Judge()
        self._last: Look | None = None

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            began = self._clock.monotonic()
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the next look may be better
                _tell(error, "look", self._is_passing)
            heed_cancellation()
            took = self._clock.monotonic() - began
            await self._clock.sleep(max(min(self._every, _LONGEST_TICK) - took, _LEAST_PAUSE))

    async def look(self) -> None:
        """Ask about those whose turn it is, and tell who listens."""
        began = self._clock.monotonic()
        people = [one for one in await self._wanted() if may_be_asked_about(one.visibility)]
        if not people and self._last is not None and not self._last.people and not self._is_owed:
            return  # the first look is told all the same: who listens may have something to put right
        intervals = self._intervals(people)
        await self._breathe()
        self._rota.set(intervals, began)
        await self._ask(began)
        look = await self._seen(people)
        self._last = look
        await asyncio.gather(*(hearer.hear(look) for hearer in self._hearers))
        if self._meter is not None:
            changed = sum(seen.changed for seen in look.people.values())
            self._meter.look_told(changed, self._clock.monotonic() - began)

    def behind(self) -> dict[Platform, float]:
        """Say for each platform by how many seconds the account is overdue that has waited for longest."""
        now = self._clock.monotonic()
        return {platform: self._rota.behind(platform, now) for platform in self._desk.clients}

    @property
    def _is_owed(self) -> bool:
        """Whether somebody who listens has still to hear of a look."""
        return any(hearer.missed is not None for hearer in self._hearers)

    def _intervals(self, people: Iterable[StatusUser]) -> dict[Key, float]:
        """Say how often each account is to be asked about: as the liveliest chat wants it that has it."""
        before = self._last.people if self._last is not None else {}
        lively = {seen.person.chat_id for seen in before.values() if seen.presence.status.present}
        intervals: dict[Key, float] = {}
        for person in people:
            every = self._every if person.chat_id in lively else SLOWER * self._every
            for platform, account in person.accounts.items():
                key = (platform, account.account_id)
                intervals[key] = min(every, intervals.get(key, every))
        return intervals

    async def _ask(self, now: float) -> None:
        turns: list[Key] = []
        for platform, client in self._desk.clients.items():
            await self._breathe()
            ration, purse = client.ration(self._share), self._purses[platform]
            most = purse.fill(ration, now)
            ids = self._rota.next(platform, now, batch=client.batch_size, most=most)
            purse.take(-(-len(ids) // client.batch_size))
            turns += [(platform, one) for one in ids]
            stretch = max(1.0, self._rota.needed(platform, client.batch_size) / ration.per_second)
            every = self._rota.intervals(platform)
            within = {key: seconds * stretch * _SLACK + self._patience for key, seconds in every.items()}
            self._desk.expect(within)
        await self._breathe()
        answered = await self._desk.look(turns, self._patience)
        states = self._desk.answering()
        well = {platform for platform, state in states.items() if state.health is Health.OK}
        asked = [key for key in turns if key in answered or key[0] in well]
        self._rota.asked(asked, now)
        self._rota.missed(set(turns).difference(asked), now)
        if self._meter is not None:
            for platform in self._desk.clients:
                its = [key for key in turns if key[0] is platform]
                self._meter.looked(platform, len(its), sum(key in answered for key in its))

    async def _seen(self, people: Sequence[StatusUser]) -> Look:
        states = self._desk.answering()
        before = self._last.people if self._last is not None else {}
        seen: dict[str, Seen] = {}
        for start in range(0, len(people), _BREATH):
            some = people[start : start + _BREATH]
            known = self._desk.known(some)
            for person in some:
                new = self._judge.seen(person, known[person.id], states)
                old = before.get(person.id)
                changed = old is None or not same_to_see(old, new)
                seen[person.id] = new if changed else _unchanged(new)
            await self._breathe()
        self._judge.forget_others(seen)
        fared = self._last.states if self._last is not None else {}
        return Look(
            at=self._clock.now(),
            people=seen,
            states=states,
            states_changed=frozenset(one for one, state in states.items() if _fares(fared.get(one)) != _fares(state)),
            gone={key: one.person for key, one in before.items() if key not in seen},
        )

    async def _breathe(self) -> None:
        """Let others of this process have their turn: with thousands of people, each step takes a while."""
        await self._clock.sleep(0)


class _Hearer:
    """A listener, and, when it missed a look, who was gone in those that it missed."""

    def __init__(self, listener: Listener, is_passing: Callable[[BaseException], bool]) -> None:
        self._listener = listener
        self._is_passing = is_passing
        self.missed: Mapping[str, StatusUser] | None = None

    async def hear(self, look: Look) -> None:
        """Tell it, or, after it failed, tell it everything. Its failure costs nobody else anything."""
        told = look if self.missed is None else look.anew(self.missed)
        try:
            await self._listener.heard(told)
            self.missed = None
        except Exception as error:  # noqa: BLE001 - whatever it is, the others hear
            self.missed = told.gone
            _tell(error, type(self._listener).__name__, self._is_passing)


def _tell(error: Exception, where: str, is_passing: Callable[[BaseException], bool]) -> None:
    if is_passing(error):
        log.warning("a look must wait for the database", where=where, error=type(error).__name__)
    else:
        log.error("a look failed", where=where, reference=noted(error).reference, exc_info=error)


def _unchanged(seen: Seen) -> Seen:
    return Seen(seen.person, seen.presence, changed=False, sure=seen.sure)


def _fares(state: PlatformState | None) -> tuple[object, ...]:
    return () if state is None else (state.health, state.since)

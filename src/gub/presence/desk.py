"""Where presence is asked for: one question for all who ask at once, an answer in time whatever the platforms do."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from gub.clock import Clock
from gub.domain.presence import AccountPresence, PersonPresence, Status, merge
from gub.domain.values import Platform, StatusUser
from gub.platforms.protocol import PresenceClient
from gub.platforms.waiting import wait_for_all
from gub.presence.health import Health, PlatformState
from gub.presence.history import History, Notebook
from gub.presence.line import Line
from gub.presence.memory import Memory

FRESH_SECONDS: Final = 30.0
DEADLINE_SECONDS: Final = 0.8
"""Who types /status is answered within a second; what is not there by then is shown as it was, or as silent."""
DOUBT_SECONDS: Final = 0.4
"""So long, at the most, is waited for a platform that did not answer in time last, and for the history."""
KEPT_SECONDS: Final = 600.0
GATHER_SECONDS: Final = 0.02
REMEMBERED_ACCOUNTS: Final = 20_000


class PresenceDesk:
    """Says what people do now. Never raises for a platform's sake: it says which ones did not answer instead."""

    def __init__(
        self,
        clients: Mapping[Platform, PresenceClient],
        clock: Clock,
        fresh: float = FRESH_SECONDS,
        deadline: float = DEADLINE_SECONDS,
        *,
        kept: float = KEPT_SECONDS,
        gather: float = GATHER_SECONDS,
        limit: int = REMEMBERED_ACCOUNTS,
        history: History | None = None,
        on_shown: Callable[[float], None] | None = None,
    ) -> None:
        """Begin with an empty memory. The clients are closed by whoever made them.

        Args:
            clients: an account of a platform without a client counts as unanswered.
            clock: what all times are measured by.
            fresh: for how many seconds an answer is used again.
            deadline: after how many seconds an asker is answered with what is there.
            kept: for how many seconds an old answer, marked as stale, is better than none.
            gather: for how many seconds a request waits for others to join. 0: for those who ask in the same instant.
            limit: how many accounts are remembered.
            history: what the memory begins with after a restart, and is noted in.
            on_shown: hears, with each answer, the age in seconds of the oldest presence in it that is known.
        """
        self._clock = clock
        self._on_shown = on_shown
        self._deadline = deadline
        self._memory = Memory(clock, fresh=fresh, kept=kept, limit=limit)
        self._notebook = Notebook(history, self._memory, clock)
        self._lines = {
            platform: Line(client, clock, gather=gather, in_time=deadline, land=self._land)
            for platform, client in clients.items()
        }

    async def of_people(self, people: Sequence[StatusUser]) -> dict[str, PersonPresence]:
        """Say by `StatusUser.id` what everybody does, within the deadline."""
        until = self._clock.monotonic() + self._deadline
        hopeful, doubtful = set[asyncio.Future[None]](), set[asyncio.Future[None]]()
        asked = []
        for platform, line in self._lines.items():
            ids = dict.fromkeys(one.accounts[platform].account_id for one in people if platform in one.accounts)
            in_doubt = line.in_doubt
            landings = line.ask(one for one in ids if not self._memory.is_fresh(platform, one))
            doubtful |= landings if in_doubt else set()
            hopeful |= set() if in_doubt else landings
            asked.append((line, landings))
        doubtful |= self._notebook.recall(
            (platform, account.account_id) for one in people for platform, account in one.accounts.items()
        )
        if doubtful:
            await wait_for_all(hopeful | doubtful, min(DOUBT_SECONDS, self._deadline), self._clock)
        await wait_for_all(hopeful, until - self._clock.monotonic(), self._clock)
        for line, landings in asked:
            if not all(landing.done() for landing in landings):
                line.waited_in_vain()
        found = {
            person.id: [self._memory.recall(platform, one.account_id) for platform, one in person.accounts.items()]
            for person in people
        }
        self._tell_age(one for presences in found.values() for one in presences)
        return {key: merge(presences) for key, presences in found.items()}

    def states(self) -> dict[Platform, PlatformState]:
        """Say how each platform fares."""
        return {platform: line.state for platform, line in self._lines.items()}

    def health(self) -> dict[Platform, Health]:
        """Say what can be expected of every platform; one without a client has no credential."""
        fared = self.states()
        return {one: fared[one].health if one in fared else Health.NO_CREDENTIAL for one in Platform}

    async def aclose(self) -> None:
        """Cancel what is on its way; whoever still waits for it is answered from memory."""
        await asyncio.gather(*(line.aclose() for line in self._lines.values()))
        await self._notebook.aclose()

    def _tell_age(self, presences: Iterable[AccountPresence]) -> None:
        asked_at = [one.fetched_at for one in presences if one.fetched_at and one.status is not Status.UNKNOWN]
        if self._on_shown is not None and asked_at:
            self._on_shown(max(0.0, (self._clock.now() - min(asked_at)).total_seconds()))

    def _land(self, answers: list[AccountPresence]) -> None:
        for answer in answers:
            self._memory.land(answer)
        self._notebook.landed([(answer.platform, answer.account_id) for answer in answers])

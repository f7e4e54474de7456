"""Where presence is asked for: one question for all who ask at once, an answer in time whatever the platforms do."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from gub.clock import Clock
from gub.domain.presence import AccountPresence, PersonPresence, Status, merge
from gub.domain.values import Platform, StatusUser
from gub.platforms.protocol import PresenceClient
from gub.platforms.waiting import wait_for_all
from gub.presence.health import Health, PlatformState
from gub.presence.history import History, Notebook
from gub.presence.line import Line
from gub.presence.memory import Key, Memory

FRESH_SECONDS: Final = 30.0
DEADLINE_SECONDS: Final = 0.8
"""Who types /status is answered within a second; what is not there by then is shown as it was, or as silent."""
DOUBT_SECONDS: Final = 0.4
"""So long, at the most, is waited for a platform that did not answer in time last, and for the history."""
DOUBTED_SECONDS: Final = 2.0
"""So long is waited for such a platform by who has time: the others' news is not to wait for it."""
KEPT_SECONDS: Final = 600.0
GATHER_SECONDS: Final = 0.02
REMEMBERED_ACCOUNTS: Final = 20_000
_ROOM: Final = 2 * len(Platform)
"""So many times as many accounts are remembered as are asked about again and again of one platform."""


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
        self.clients = clients
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
        found = {person.id: self._remembered(person) for person in people}
        self._tell_age(one for presences in found.values() for one in presences)
        return {key: merge(presences) for key, presences in found.items()}

    def known(self, people: Iterable[StatusUser]) -> dict[str, PersonPresence]:
        """Say by `StatusUser.id` what is known of everybody now. Nobody is asked, and nothing is waited for.

        Of an account that is asked about again and again (`expect`), an answer is stale only when the next one is
        overdue, or its platform is in trouble; of any other, after `fresh` seconds.
        """
        return {person.id: merge(self._remembered(person)) for person in people}

    def expect(self, within: Mapping[Key, float]) -> None:
        """Take in that these accounts are asked about again and again, each within so many seconds at the latest."""
        self._memory.make_room(_ROOM * len(within))
        for key, seconds in within.items():
            self._memory.expect(key, seconds)

    def expects(self, person: StatusUser) -> bool:
        """Say whether all accounts of somebody are asked about again and again, where there is whom to ask."""
        accounts = ((platform, one.account_id) for platform, one in person.accounts.items() if platform in self._lines)
        return all(self._memory.is_expected(key) for key in accounts)

    async def look(self, keys: Collection[Key], patience: float) -> set[Key]:
        """Ask about these accounts, however fresh the last answer is, in the fewest requests that will do.

        Who asks has time: it is waited for what was asked of a platform for `patience` seconds, of one that is in doubt
        for `DOUBTED_SECONDS`. What comes later lands all the same, and is `known` then.

        Returns:
            Those of them of whom there was an answer.
        """
        began = self._clock.monotonic()
        by_platform = defaultdict[Platform, list[str]](list)
        for platform, account_id in keys:
            by_platform[platform].append(account_id)
        hopeful, doubtful = self._notebook.recall(keys), set[asyncio.Future[None]]()
        for platform, ids in by_platform.items():
            if (line := self._lines.get(platform)) is not None:
                in_doubt = line.in_doubt
                (doubtful if in_doubt else hopeful).update(line.ask(ids))
        if doubtful:
            await wait_for_all(hopeful | doubtful, min(DOUBTED_SECONDS, patience), self._clock)
        await wait_for_all(hopeful, began + patience - self._clock.monotonic(), self._clock)
        return {key for key in keys if self._memory.landed_at(key) >= began}

    def states(self) -> dict[Platform, PlatformState]:
        """Say how each platform fares."""
        return {platform: line.state for platform, line in self._lines.items()}

    def answering(self) -> dict[Platform, PlatformState]:
        """Say how each platform fares for who can wait: one that answers, if too late for a /status, is well."""
        return {platform: line.answering for platform, line in self._lines.items()}

    def health(self) -> dict[Platform, Health]:
        """Say what can be expected of every platform; one without a client has no credential."""
        fared = self.states()
        return {one: fared[one].health if one in fared else Health.NO_CREDENTIAL for one in Platform}

    async def aclose(self) -> None:
        """Cancel what is on its way; whoever still waits for it is answered from memory."""
        await asyncio.gather(*(line.aclose() for line in self._lines.values()))
        await self._notebook.aclose()

    def _remembered(self, person: StatusUser) -> list[AccountPresence]:
        return [
            self._memory.recall(platform, one.account_id, is_answering=self._is_answering(platform))
            for platform, one in person.accounts.items()
        ]

    def _is_answering(self, platform: Platform) -> bool:
        line = self._lines.get(platform)
        return line is not None and line.answering.health is Health.OK

    def _tell_age(self, presences: Iterable[AccountPresence]) -> None:
        asked_at = [one.fetched_at for one in presences if one.fetched_at and one.status is not Status.UNKNOWN]
        if self._on_shown is not None and asked_at:
            self._on_shown(max(0.0, (self._clock.now() - min(asked_at)).total_seconds()))

    def _land(self, answers: list[AccountPresence]) -> None:
        for answer in answers:
            self._memory.land(answer)
        self._notebook.landed([(answer.platform, answer.account_id) for answer in answers])

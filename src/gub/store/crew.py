"""This process among those that work for a bot together: its place there, and what it alone does."""

import math
from typing import Final

import pymongo
import structlog
from pymongo.errors import PyMongoError

from gub.clock import Clock
from gub.standing import Standing
from gub.store.claims import Claims
from gub.store.processes import RENEWAL_SECONDS, TERM_SECONDS, WORD_SECONDS, Holder
from gub.store.workers import Workers
from gub.waiting import heed_cancellation

log = structlog.get_logger("gub.store")

_GOODBYE_SECONDS: Final = 2.0
_DUTY: Final = "duty"
_GAP_SECONDS: Final = 2 * RENEWAL_SECONDS
"""A longer time between two words of one worker is none of its usual."""


class Crew:
    """One place in a crew, from joining to leaving or being taken for dead. Then a new place is another `Crew`.

    Alone (`Crew.alone`), as in polling mode, there is nobody to share with and nothing is asked of the database.
    """

    def __init__(self, workers: Workers, claims: Claims, bot_id: int, standing: Standing, clock: Clock) -> None:
        """Take a new name; nothing is written down yet."""
        self._workers = workers
        self._claims = claims
        self._bot_id = bot_id
        self._standing = standing
        self._clock = clock
        self._holder = Holder.this_process()
        self._alive = {self._holder.name}
        self._is_alone = False
        self._is_on_duty = False
        self._in_touch_since = math.inf
        self._last_word = -math.inf

    @classmethod
    def alone(cls, workers: Workers, claims: Claims, bot_id: int, standing: Standing, clock: Clock) -> "Crew":
        """Be the only one, by a right that is kept elsewhere (`turns`)."""
        crew = cls(workers, claims, bot_id, standing, clock)
        crew._is_alone = True
        return crew

    @property
    def name(self) -> str:
        """What this worker is called in the database."""
        return self._holder.name

    @property
    def others(self) -> int:
        """How many others worked for the bot at the last look, which is some seconds old at most."""
        return len(self._alive) - 1

    @property
    def is_alone(self) -> bool:
        """Whether nobody can join."""
        return self._is_alone

    @property
    def is_on_duty(self) -> bool:
        """Whether this worker does what is to be done once; until its place ends."""
        return self._is_on_duty

    async def names_alive(self) -> set[str]:
        """Name all who work for the bot now, this one among them."""
        if not self._is_alone:
            alive = await self._workers.alive(self._bot_id, self._holder, bury_silent=self._may_judge())
            self._alive = alive | {self._holder.name}
        return set(self._alive)

    async def has_company(self) -> bool:
        """Say whether others work for the bot now, also where nobody should."""
        return bool(await self._workers.alive(self._bot_id, self._holder) - {self.name})

    async def duty(self) -> None:
        """Return when this worker is the one that does what is to be done once: it has that for as long as its place.

        Others ask again and again.
        """
        while not await self._has_duty():
            await self._clock.sleep(RENEWAL_SECONDS)
            heed_cancellation()
        heed_cancellation()
        self._is_on_duty = True
        log.info("on duty", worker=self.name)

    async def join(self) -> None:
        """Take the place, however long the database is away."""
        while not await self._joined():
            await self._clock.sleep(RENEWAL_SECONDS)
            heed_cancellation()
        log.info("joined the crew", worker=self.name, others=self.others)

    async def keep(self) -> None:
        """Give word for as long as the place is ours; return when others took this worker for dead."""
        while await self._renewed():
            await self._clock.sleep(RENEWAL_SECONDS)
            heed_cancellation()
        log.warning("taken for dead by the crew", worker=self.name)
        self._standing.end()

    async def leave(self) -> None:
        """Free the place and all that is claimed; when that fails, the others wait for the term to end."""
        self._standing.end()
        try:
            with pymongo.timeout(_GOODBYE_SECONDS):
                await self._workers.leave(self._holder)
        except PyMongoError as error:
            log.warning("could not say goodbye to the crew", error=type(error).__name__)

    # -- claims

    async def claim(self, what: str) -> int | None:
        """Take what one alone may do; give how often it was wanted. None: another has it (`claims.Claims.claim`)."""
        return 0 if self._is_alone else await self._claims.claim(self._named(what), self.name)

    async def let_go(self, what: str, seen: int) -> bool:
        """Let it go unless it was wanted since `seen`; say whether it is ours no more."""
        return self._is_alone or await self._claims.let_go(self._named(what), self.name, seen)

    async def wanted(self, what: str) -> int | None:
        """Say how often it was wanted by now; None when it is not ours."""
        return 0 if self._is_alone else await self._claims.wanted(self._named(what), self.name)

    async def inherited(self, kind: str) -> list[str]:
        """Take over what dead workers had of one kind ("lane:"); give those names."""
        if self._is_alone:
            return []
        start = self._named("")
        held = await self._claims.holders(start + kind)
        alive = await self.names_alive()  # looked at last: who claims has joined before
        return [
            name.removeprefix(start)
            for name, holder in held.items()
            if holder not in alive and await self._claims.inherit(name, holder, self.name)
        ]

    async def _has_duty(self) -> bool:
        try:
            await self.inherited(_DUTY)
            return await self.claim(_DUTY) is not None
        except PyMongoError as error:
            log.warning("the duty cannot be asked for", error=type(error).__name__)
            return False

    async def _joined(self) -> bool:
        asked_at = self._clock.monotonic()
        try:
            await self._workers.join(self._bot_id, self._holder)
            await self.names_alive()
        except PyMongoError as error:
            log.warning("the crew cannot be joined yet", error=type(error).__name__)
            return False
        self._touched(asked_at)
        return True

    def _named(self, what: str) -> str:
        return f"{self._bot_id}:{what}"

    async def _renewed(self) -> bool:
        asked_at = self._clock.monotonic()
        try:
            with pymongo.timeout(WORD_SECONDS):
                ours = await self._workers.renew(self._holder)
                await self.names_alive()
        except PyMongoError as error:
            log.warning("the crew could not be given word", error=type(error).__name__)
            self._standing.unheard(asked_at)
            return True
        if ours:
            self._touched(asked_at)
        return ours

    def _touched(self, asked_at: float) -> None:
        self._standing.confirmed(asked_at)
        if asked_at - self._last_word > _GAP_SECONDS:
            self._in_touch_since = asked_at
        self._last_word = asked_at

    def _may_judge(self) -> bool:
        """Say whether another's silence is its own.

        Behind an outage of the database, or of the machine that all are on, everybody was silent for a while.
        """
        now = self._clock.monotonic()
        return now - self._last_word <= _GAP_SECONDS and now - self._in_touch_since >= TERM_SECONDS

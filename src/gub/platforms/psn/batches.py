"""Asks about many accounts in few requests, and finds out who spoils a batch without the others' paying for it."""

from collections.abc import Sequence
from typing import Final

from gub.clock import Clock
from gub.domain.presence import AccountPresence, Status
from gub.platforms.errors import Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.limiter import Budget
from gub.platforms.psn.envelopes import refusal
from gub.platforms.psn.presence import read_presences, read_single, untold
from gub.platforms.psn.session import PsnSession
from gub.platforms.psn.verdicts import Verdicts
from gub.platforms.transport import RETRIES

BATCH_SIZE: Final = 100

_USERS: Final = "https://m.np.playstation.com/api/userProfile/v2/internal/users"
_WHAT: Final = "platforms=PS4%2CPS5%2CMOBILE_APP%2CPSPC&withOwnGameTitleInfo=true"
_OK: Final = 200
_BAD_REQUEST: Final = 400
_FORBIDDEN: Final = 403
_NOT_FOUND: Final = 404
_TOO_LARGE: Final = frozenset({413, 414, 431})
_SPLITTING: Final = ((30, 900.0),)
"""What may be spent on telling apart who is in a refused batch: the rest of the budget keeps the sweeps going."""
_DUE_AT_ONCE: Final = 3
_SMALLEST: Final = 10
_SMALLER_FOR: Final = 3600.0


class _Refused(Malformed):
    """The batch as a whole is refused. `culprit`: because of somebody in it, and not for its length."""

    def __init__(self, status: int, *, culprit: bool) -> None:
        super().__init__(f"status {status} to a batch")
        self.culprit = culprit


class Found:
    """What came of a question: who was answered, and what first went wrong with the rest."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.presences: dict[str, AccountPresence] = {}
        self.refused: list[str] = []
        self.error: PlatformError | None = None
        self.told = False

    @property
    def answered(self) -> bool:
        """Say whether PlayStation answered anything at all that is of use."""
        return self.told or bool(self.refused)

    def take(self, answers: dict[str, AccountPresence | None]) -> None:
        """Take in a usable answer; None is an account that it says nothing usable about."""
        self.told = True
        self.presences |= {one: presence for one, presence in answers.items() if presence is not None}

    def refuse(self, account_id: str, presence: AccountPresence) -> None:
        """Take in that PlayStation does not speak of this account."""
        self.refused.append(account_id)
        self.presences[account_id] = presence

    def failed(self, error: PlatformError) -> None:
        """Keep the first error."""
        self.error = self.error or error


class Batches:
    """Asks `basicPresences` about any number of accounts.

    There is no documented largest batch, and it is not recorded what a batch with a private account answers (facts
    2.3). So: a batch that is refused is halved, down to accounts that are asked about alone, where a 403 is known to
    mean private. Who was found out is not asked about for an hour, and then alone; who could not be told apart in
    time is asked about apart from the others the next time.
    """

    def __init__(self, session: PsnSession, clock: Clock) -> None:
        """Ask through `session`."""
        self._session = session
        self._clock = clock
        self._verdicts = Verdicts(clock)
        self._splitting = Budget(_SPLITTING, clock)
        self._size = BATCH_SIZE
        self._smaller_until = float("-inf")

    async def ask(self, ids: Sequence[str], deadline: float) -> Found:
        """Ask about these accounts by their ids, which are digits. Raises nothing that a platform did."""
        found = Found()
        clean: list[str] = []
        suspects: list[str] = []
        due: list[str] = []
        for one in ids:
            verdict = self._verdicts.of(one)
            if verdict is None:
                (suspects if self._verdicts.is_suspect(one) else clean).append(one)
                continue
            found.presences[one] = untold(one, verdict.told_at, verdict.status)
            if self._verdicts.is_due(one):
                due.append(one)
        for group in (*self._chunks(clean), *self._chunks(suspects), *([one] for one in due[:_DUE_AT_ONCE])):
            if not await self._ask_group(group, deadline, found):
                break
        if not found.told:
            self._verdicts.doubt(found.refused)
        return found

    def _chunks(self, ids: Sequence[str]) -> list[Sequence[str]]:
        size = self._size if self._clock.monotonic() < self._smaller_until else BATCH_SIZE
        return [ids[start : start + size] for start in range(0, len(ids), size)]

    async def _ask_group(self, group: Sequence[str], deadline: float, found: Found) -> bool:
        """Ask about one batch; say whether it makes sense to go on with the next one."""
        try:
            if len(group) == 1 and self._verdicts.is_suspect(group[0]):
                await self._ask_alone(group[0], deadline, found)
            else:
                await self._ask_together(group, deadline, RETRIES, found)
        except _Refused as error:
            await self._split(group, error, deadline, found)
        except PlatformError as error:
            found.failed(error)
            return False
        return True

    async def _split(self, group: Sequence[str], refused: _Refused, deadline: float, found: Found) -> None:
        """Ask about a refused batch in two halves, as far as the deadline and the budgets allow.

        Both halves come before the halves of either, so that half of the people have their answer soon; then one is
        followed to its end, so that at least one account is found out with little to spend.
        """
        self._verdicts.suspect(group)
        middle = (len(group) + 1) // 2
        refusals: list[tuple[Sequence[str], _Refused]] = []
        whole = True
        for half in (group[:middle], group[middle:]):
            try:
                whole = await self._ask_part(half, deadline, found) and whole
            except _Refused as again:
                refusals.append((half, again))
            except PlatformError as error:
                found.failed(error)
                whole = False
        if whole and not refusals and not refused.culprit and middle >= _SMALLEST:
            # Nobody spoiled it, so it was too long. Not for ever: what looked so may have been a passing trouble.
            self._size = middle
            self._smaller_until = self._clock.monotonic() + _SMALLER_FOR
        for part, refusal_of_it in refusals:
            await self._split(part, refusal_of_it, deadline, found)

    async def _ask_part(self, part: Sequence[str], deadline: float, found: Found) -> bool:
        """Ask about a part of a refused batch; say whether nobody in it is at fault."""
        if not part:
            return True
        try:
            await self._splitting.acquire(self._clock.monotonic())
        except RateLimited:
            # Not "too many requests": nothing keeps us from asking about others.
            raise Unavailable("a refused batch that is not told apart yet") from None
        if len(part) == 1:
            return await self._ask_alone(part[0], deadline, found)
        await self._ask_together(part, deadline, 0, found)
        return True

    async def _ask_alone(self, account_id: str, deadline: float, found: Found) -> bool:
        """Ask about one account, where a 403 is known to mean private; say whether it is one to ask about."""
        reply = await self._session.get(
            f"{_USERS}/{account_id}/basicPresences?type=primary&{_WHAT}", deadline, retries=0
        )
        if reply.status == _OK:
            found.take({account_id: read_single(reply.json(), account_id, self._clock.now())})
            self._verdicts.cleared([account_id])
            return True
        if refusal(reply) is None or reply.status not in (_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND):
            raise _unexpected(reply.status)
        # 403 is private; 400 and 404 are how an id is refused that nobody has (any more).
        status = Status.PRIVATE if reply.status == _FORBIDDEN else Status.UNKNOWN
        verdict = self._verdicts.found(account_id, status)
        found.refuse(account_id, untold(account_id, verdict.told_at, status))
        return False

    async def _ask_together(self, group: Sequence[str], deadline: float, retries: int, found: Found) -> None:
        url = f"{_USERS}/basicPresences?type=primary&accountIds={'%2C'.join(group)}&{_WHAT}"
        reply = await self._session.get(url, deadline, retries=retries)
        if reply.status == _BAD_REQUEST or reply.status in _TOO_LARGE:
            raise _Refused(reply.status, culprit=False)
        if reply.status == _FORBIDDEN and refusal(reply) is not None:
            raise _Refused(reply.status, culprit=True)
        if reply.status != _OK:
            raise _unexpected(reply.status)
        found.take(read_presences(reply.json(), frozenset(group), self._clock.now()))
        self._verdicts.cleared(group)


def _unexpected(status: int) -> PlatformError:
    # A 403 without PlayStation's own words comes from what stands before it, and says nothing of anybody's privacy.
    return Unavailable("status 403 from something else") if status == _FORBIDDEN else Malformed(f"status {status}")

"""PlayStation Network, as its Android app asks it. None of this is documented: facts 2 says what was seen, by whom."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from gub.clock import Clock
from gub.domain.credentials import PsnCredential
from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Account, Platform
from gub.platforms import tolerant
from gub.platforms.errors import CredentialDead, Malformed, NoCredential, NotFound, PlatformError, RateLimited
from gub.platforms.keeper import Shelf, TokenKeeper
from gub.platforms.limiter import Ration
from gub.platforms.protocol import PresenceClient
from gub.platforms.psn.batches import BATCH_SIZE, Batches
from gub.platforms.psn.budgets import PsnBudgets
from gub.platforms.psn.oauth import PsnOAuth, PsnRenewer
from gub.platforms.psn.online_ids import read_online_id
from gub.platforms.psn.presence import untold
from gub.platforms.psn.profile import SEARCH_HEADERS, profile_url, read_profile, read_search, search_url
from gub.platforms.psn.session import PsnSession
from gub.platforms.transport import TOTAL_SECONDS, Transport

LOOK_UP_SECONDS: Final = 8.0
"""Somebody waits for a look-up. The first half of it is the profile's, the rest the search's.

A sign-in that has to come before it may take as long again.
"""

_ME: Final = "https://dms.api.playstation.com/api/v1/devices/accounts/me"
_OK: Final = 200
_LARGEST_ID: Final = 2**63 - 1


class PsnClient(PresenceClient):
    """PlayStation behind the protocol of all platforms. Ids are account ids as strings of digits."""

    platform: Final = Platform.PSN
    batch_size: Final = BATCH_SIZE

    def __init__(self, transport: Transport, budgets: PsnBudgets, shelf: Shelf[PsnCredential], clock: Clock) -> None:
        """Ask with what lies on `shelf` at that time, so that a new NPSSO works at once."""
        self._clock = clock
        self._budgets = budgets
        self._keeper = TokenKeeper(Platform.PSN, shelf, PsnRenewer(PsnOAuth(transport, budgets, clock)), clock)
        self._session = PsnSession(transport, budgets, self._keeper, clock)
        self._batches = Batches(self._session, clock)

    def ration(self, share: float) -> Ration:
        """See `PresenceClient`; sign-ins and look-ups count against the same limit."""
        return self._budgets.all.ration(share)

    async def look_up(self, text: str) -> Account:
        """Find the account of an online id, in any case, also by a name that it had before.

        The search is asked only when the profile says neither yes nor no. That it finds nobody proves nothing, so
        then the profile's trouble is told.

        Raises:
            AccountTextInvalid: it cannot be an online id.
            NotFound: PlayStation knows no such online id.
            Private: it does not show this account to ours.
            PlatformError: PlayStation cannot be asked.
        """
        online_id = read_online_id(text)
        await self._keeper.signed_in(self._clock.monotonic() + LOOK_UP_SECONDS)
        deadline = self._clock.monotonic() + LOOK_UP_SECONDS
        try:
            reply = await self._session.get(
                profile_url(online_id), deadline - LOOK_UP_SECONDS / 2, retries=0, look_up=True
            )
            return read_profile(reply, online_id)
        except (NotFound, RateLimited, CredentialDead, NoCredential):
            raise
        except PlatformError as error:
            trouble = error
        with suppress(PlatformError):
            reply = await self._session.get(
                search_url(online_id), deadline, headers=SEARCH_HEADERS, retries=0, look_up=True
            )
            if (account := read_search(reply, online_id)) is not None:
                return account
        raise trouble

    async def presences(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        """Ask what these accounts do, a hundred at a time; who hides it is private.

        Who cannot be read, or could not be asked about in time, is left out.
        """
        found = await self._batches.ask(
            [one for one in dict.fromkeys(ids) if _is_account_id(one)], self._clock.monotonic() + TOTAL_SECONDS
        )
        if not found.answered and found.error is not None:
            raise found.error
        nobody = {
            one: untold(one, self._clock.now(), Status.UNKNOWN) for one in dict.fromkeys(ids) if not _is_account_id(one)
        }
        return found.presences | nobody

    async def sign_in(self) -> None:
        """See that there are tokens for the next question.

        Raises:
            NoCredential: there is nothing to sign in with.
            CredentialDead: PlayStation refuses it; the detail says what its owner can do.
            PlatformError: PlayStation cannot be asked now.
        """
        await self._keeper.signed_in()

    async def probe(self) -> None:
        """Ask for our own account's id to see whether the credential works now.

        Raises:
            NoCredential: there is none.
            CredentialDead: PlayStation refuses it.
            PlatformError: PlayStation cannot be asked, so the credential is neither good nor bad.
        """
        reply = await self._session.get(_ME, self._clock.monotonic() + TOTAL_SECONDS)
        if reply.status != _OK:
            raise Malformed(f"status {reply.status} to the question who we are")
        if tolerant.digits(tolerant.entry(reply.json(), "accountId")) is None:
            raise Malformed("an answer without our account id")

    async def aclose(self) -> None:
        """Let a renewal under way come to its end, so that its tokens are kept."""
        await self._keeper.aclose()


def _is_account_id(text: str) -> bool:
    """Say whether it can be an account's id. What cannot must not spoil a batch of those that can."""
    return tolerant.digits(text) == text and int(text) <= _LARGEST_ID

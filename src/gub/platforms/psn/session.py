"""Asks PlayStation's services with the tokens of the moment."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from gub.clock import Clock
from gub.domain.credentials import PsnCredential
from gub.platforms.errors import Unavailable
from gub.platforms.keeper import TokenKeeper
from gub.platforms.psn.budgets import PsnBudgets
from gub.platforms.psn.oauth import APP_HEADERS
from gub.platforms.reply import Reply
from gub.platforms.transport import RETRIES, Transport

_UNAUTHORIZED: Final = 401
_UNMOVED_SECONDS: Final = 600.0


class PsnSession:
    """Sends what needs an access token. A token that is refused before its time is renewed, once a question."""

    def __init__(
        self, transport: Transport, budgets: PsnBudgets, keeper: TokenKeeper[PsnCredential], clock: Clock
    ) -> None:
        """Take tokens from `keeper`, which is closed by whoever made it."""
        self._transport = transport
        self._budgets = budgets
        self._keeper = keeper
        self._clock = clock
        self._unmoved: dict[str, float] = {}

    async def get(
        self,
        url: str,
        deadline: float,
        *,
        headers: Mapping[str, str] | None = None,
        retries: int = RETRIES,
        look_up: bool = False,
    ) -> Reply:
        """Ask, and give the answer whatever its status, except 401, 429 and 5xx.

        Raises:
            PlatformError: there is no usable credential, or no answer.
        """
        for renewable in (True, False):
            _, tokens = await self._keeper.signed_in(deadline)
            if self._clock.monotonic() > deadline:
                raise Unavailable("signing in took all the time there was")
            if look_up:
                await self._budgets.look_ups.acquire(deadline)
            reply = await self._transport.request(
                "GET",
                url,
                headers={**APP_HEADERS, **(headers or {}), "Authorization": f"Bearer {tokens.access_token}"},
                budget=self._budgets.all,
                deadline=deadline,
                retries=retries,
            )
            if reply.status != _UNAUTHORIZED:
                return reply
            if self._is_unmoved(url):
                break
            if renewable:
                self._keeper.refused(tokens)
            else:  # new tokens do not help, and Sony shuts out whoever fetches too many of them
                self._unmoved[_host(url)] = self._clock.monotonic() + _UNMOVED_SECONDS
        raise Unavailable("status 401, whatever the token")

    def _is_unmoved(self, url: str) -> bool:
        return self._clock.monotonic() < self._unmoved.get(_host(url), float("-inf"))


def _host(url: str) -> str:
    return urlsplit(url).netloc

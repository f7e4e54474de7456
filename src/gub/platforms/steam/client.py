"""Steam's Web API: two questions are all that GUB asks (ISteamUser's GetPlayerSummaries and ResolveVanityURL)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import quote

from gub.clock import Clock
from gub.domain.presence import AccountPresence, Status
from gub.domain.steam_ids import FIRST_ID64, LAST_ID64, SteamId, parse_steam_id
from gub.domain.values import Account, Platform
from gub.platforms import tolerant
from gub.platforms.errors import Malformed, NoCredential, NotFound, PlatformError, RateLimited, Unavailable
from gub.platforms.limiter import Budget, Ration
from gub.platforms.protocol import PresenceClient
from gub.platforms.steam.players import Player, read_players
from gub.platforms.steam.refusals import KeyHealth, blames_the_key
from gub.platforms.steam.titles import TitleBook
from gub.platforms.transport import TOTAL_SECONDS, Transport

BATCH_SIZE: Final = 100
BUDGET: Final = ((100_000, 86_400.0),)
"""What Valve's terms allow a key: 100,000 calls a day."""

LOOK_UP_SECONDS: Final = 8.0
"""Somebody waits for a look-up, so it is given up sooner than what runs in the background."""

_API: Final = "https://api.steampowered.com/ISteamUser"
_SOMEBODY: Final = "76561197960435530"  # the account that Valve's own documentation asks about
_FOUND: Final = 1
_NO_MATCH: Final = 42
_OK: Final = 200


class SteamClient(PresenceClient):
    """Steam behind the protocol of all platforms. Ids are SteamID64 as strings of digits."""

    platform: Final = Platform.STEAM
    batch_size: Final = BATCH_SIZE

    def __init__(
        self,
        transport: Transport,
        budget: Budget,
        key: Callable[[], Awaitable[str | None]],
        clock: Clock,
        *,
        titles: TitleBook | None = None,
    ) -> None:
        """Ask with whatever `key` returns at that time, so that a new key works at once."""
        self._transport = transport
        self._budget = budget
        self._key = key
        self._clock = clock
        self._titles = titles or TitleBook(transport, clock)
        self._health = KeyHealth(clock)

    def ration(self, share: float) -> Ration:
        """See `PresenceClient`."""
        return self._budget.ration(share)

    async def look_up(self, text: str) -> Account:
        """Find the account that somebody typed, in any of the forms that `parse_steam_id` reads.

        Raises:
            AccountTextInvalid: it is no account's text.
            NotFound: Steam knows no such account.
            PlatformError: Steam cannot be asked.
        """
        parsed = parse_steam_id(text)
        deadline = self._clock.monotonic() + LOOK_UP_SECONDS
        if not isinstance(parsed, SteamId):
            return await self._account(await self._resolve(parsed.name, deadline), deadline)
        try:
            return await self._account(parsed.id64, deadline)
        except NotFound:
            if parsed.or_vanity is None:
                raise
        return await self._account(await self._resolve(parsed.or_vanity, deadline), deadline)

    async def presences(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        """Ask what these accounts do, a hundred at a time.

        Who cannot be read, and whose hundred failed after another one succeeded, is left out.
        """
        deadline = self._clock.monotonic() + TOTAL_SECONDS
        found = {one: AccountPresence(Platform.STEAM, one, Status.UNKNOWN, fetched_at=self._clock.now()) for one in ids}
        real = [one for one in found if _is_id64(one)]
        players: dict[str, Player | None] = {}
        for start in range(0, len(real), BATCH_SIZE):
            try:
                players |= await self._players(real[start : start + BATCH_SIZE], deadline)
            except PlatformError:
                if start == 0:
                    raise
                for one in real[start:]:
                    del found[one]
                break
        now = self._clock.now()
        for one, player in players.items():
            if player is None:
                del found[one]
            else:
                found[one] = player.presence(now)
        return await self._with_titles(found)

    async def sign_in(self) -> None:
        """Say whether there is a key to ask with: a key needs no tokens.

        Raises:
            NoCredential: there is none.
            CredentialDead: Steam refused it, not long ago.
        """
        self._health.check(await self._usable_key())

    async def probe(self) -> None:
        """Ask one question to see whether the key works now.

        Raises:
            CredentialDead: Steam blames the key.
            NoCredential: there is none.
            PlatformError: Steam cannot be asked, so the key is neither good nor bad.
        """
        document = await self._ask(
            "GetPlayerSummaries/v2", f"steamids={_SOMEBODY}", self._clock.monotonic() + TOTAL_SECONDS, probing=True
        )
        read_players(document, (_SOMEBODY,), self._clock.now())

    async def aclose(self) -> None:
        """Stop asking for titles."""
        await self._titles.aclose()

    async def _account(self, id64: str, deadline: float) -> Account:
        players = await self._players([id64], deadline)
        if id64 not in players:
            raise NotFound("Steam knows no such account")
        player = players[id64]
        return Account(Platform.STEAM, id64, (player.name if player else None) or id64)

    async def _resolve(self, vanity: str, deadline: float) -> str:
        document = await self._ask("ResolveVanityURL/v1", f"vanityurl={quote(vanity, safe='')}&url_type=1", deadline)
        success = tolerant.whole(tolerant.entry(document, "response", "success"))
        if success == _NO_MATCH:
            raise NotFound("Steam knows no such name")
        id64 = tolerant.digits(tolerant.entry(document, "response", "steamid"))
        if success != _FOUND or id64 is None or not _is_id64(id64):
            raise Malformed("an answer to a name that is neither an id nor a no")
        return id64

    async def _players(self, ids: Sequence[str], deadline: float) -> dict[str, Player | None]:
        document = await self._ask("GetPlayerSummaries/v2", f"steamids={','.join(ids)}", deadline)
        return read_players(document, frozenset(ids), self._clock.now())

    async def _with_titles(self, found: dict[str, AccountPresence]) -> dict[str, AccountPresence]:
        untitled = {one: it.title_id for one, it in found.items() if it.title is None and it.title_id is not None}
        if not untitled:
            return found
        titles = await self._titles.titles(frozenset(untitled.values()))
        for one, app_id in untitled.items():
            found[one] = replace(found[one], title=titles.get(app_id))
        return found

    async def _usable_key(self) -> str:
        key = await self._key()
        if not key:
            raise NoCredential("no Steam key")
        return key

    async def _ask(self, method: str, query: str, deadline: float, *, probing: bool = False) -> Any:
        key = await self._usable_key()
        if not probing:
            self._health.check(key)
        url = f"{_API}/{method}/?key={quote(key, safe='')}&{query}"
        try:
            reply = await self._transport.request("GET", url, budget=self._budget, deadline=deadline)
        except RateLimited:
            self._health.accepted(key)
            raise
        if blames_the_key(reply):
            raise self._health.refused(key, certain=probing)
        if reply.status in (401, 403):
            raise Unavailable(f"status {reply.status} that does not blame the key")
        if reply.status != _OK:
            raise Malformed(f"status {reply.status}")
        document = reply.json()
        self._health.accepted(key)
        return document


def _is_id64(text: str) -> bool:
    return (
        text.isascii() and text.isdigit() and len(text) == len(str(FIRST_ID64)) and FIRST_ID64 <= int(text) <= LAST_ID64
    )

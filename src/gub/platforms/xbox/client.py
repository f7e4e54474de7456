"""Xbox Live behind the protocol of all platforms: profiles by gamertag, and presence in batches."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from gub.clock import Clock
from gub.domain.credentials import Tokens, XboxCredential
from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Account, Platform
from gub.platforms.errors import Malformed, NotFound, PlatformError, Unavailable
from gub.platforms.keeper import Shelf, TokenKeeper
from gub.platforms.limiter import Budget, Ration, alone
from gub.platforms.protocol import PresenceClient
from gub.platforms.reply import Reply
from gub.platforms.transport import TOTAL_SECONDS, Transport
from gub.platforms.xbox.gamertags import Gamertag, parse_gamertag, same
from gub.platforms.xbox.oauth import XboxOAuth
from gub.platforms.xbox.presence import read_people
from gub.platforms.xbox.profile import SETTINGS, Profile, read_profiles, read_suggestions
from gub.platforms.xbox.session import XboxSession
from gub.platforms.xbox.xtokens import XTokenDesk

BATCH_SIZE: Final = 1100
"""The most that userpresence.xboxlive.com takes in one request."""

LOOK_UP_SECONDS: Final = 8.0
"""Somebody waits for a look-up, so it is given up sooner than what runs in the background."""

_PROFILE: Final = "https://profile.xboxlive.com/users"
_SEARCH: Final = "https://usersearch.xboxlive.com/suggest"
_PRESENCE: Final = "https://userpresence.xboxlive.com/users/batch"
_SUGGESTIONS: Final = 20
_LARGEST_XUID: Final = 2**64
_OK: Final = 200
_NOT_FOUND: Final = 404
_REFUSED: Final = 403


@dataclass(frozen=True, slots=True)
class XboxBudgets:
    """What Xbox allows each app and account, service by service; the sign-in's is our own."""

    presence: Budget
    profile: Budget
    sign_in: Budget


def xbox_budgets(clock: Clock, others: Callable[[], int] = alone) -> XboxBudgets:
    """Make the budgets: Microsoft's "fine-grained rate limiting", of the profile's 30 only 25 (refusals count too)."""
    return XboxBudgets(
        presence=Budget([(30, 15.0), (100, 300.0)], clock, others),
        profile=Budget([(10, 15.0), (25, 300.0)], clock, others),
        sign_in=Budget([(20, 15.0), (60, 300.0)], clock, others),
    )


class _Renewer:
    """Renews Microsoft's tokens for the keeper."""

    def __init__(self, oauth: XboxOAuth) -> None:
        self._oauth = oauth

    async def renew(self, credential: XboxCredential) -> Tokens:
        return await self._oauth.refresh(credential)


class XboxClient(PresenceClient):
    """Ids are XUIDs as strings of digits: gamertags change."""

    platform: Final = Platform.XBOX
    batch_size: Final = BATCH_SIZE

    def __init__(self, transport: Transport, budgets: XboxBudgets, shelf: Shelf[XboxCredential], clock: Clock) -> None:
        """Ask with whatever is on the shelf at that time, so that a new credential works at once."""
        self._budgets = budgets
        self._clock = clock
        renewer = _Renewer(XboxOAuth(transport, budgets.sign_in, clock))
        keeper = TokenKeeper(Platform.XBOX, shelf, renewer, clock)
        self._session = XboxSession(transport, XTokenDesk(transport, budgets.sign_in, clock), keeper, clock)

    def ration(self, share: float) -> Ration:
        """See `PresenceClient`."""
        return self._budgets.presence.ration(share)

    async def look_up(self, text: str) -> Account:
        """Find the account of a gamertag, classic or modern with its suffix.

        Raises:
            AccountTextInvalid: nobody can be called that.
            NotFound: nobody is called that.
            PlatformError: Xbox cannot be asked, or answers something else.
        """
        gamertag = parse_gamertag(text)
        deadline = self._clock.monotonic() + LOOK_UP_SECONDS
        profile = await self._by_name(gamertag, deadline)
        if profile is None and not gamertag.is_plain:
            profile = await self._by_search(gamertag, deadline)
        if profile is None:
            raise NotFound("Xbox knows no such gamertag")
        return Account(Platform.XBOX, profile.xuid, profile.name)

    async def presences(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        """Ask what these accounts do, 1,100 at a time.

        Who cannot be read, and whose batch failed after another one succeeded, is left out.
        """
        deadline = self._clock.monotonic() + TOTAL_SECONDS
        found = {one: AccountPresence(Platform.XBOX, one, Status.UNKNOWN, fetched_at=self._clock.now()) for one in ids}
        real = [one for one in found if _is_xuid(one)]
        for start in range(0, len(real), BATCH_SIZE):
            batch = real[start : start + BATCH_SIZE]
            try:
                answers = await self._people(batch, deadline)
            except PlatformError:
                if start == 0:
                    raise
                answers = {}
            for one in batch:
                if one in answers:
                    found[one] = answers[one]
                else:
                    del found[one]
        return found

    async def sign_in(self) -> None:
        """See that the next question need not wait for tokens.

        Raises:
            CredentialDead: Microsoft or Xbox Live refuses the account; NoCredential: there is none.
            PlatformError: it cannot be signed in now.
        """
        await self._session.sign_in()

    async def probe(self) -> None:
        """Sign in, and ask for the account's own profile.

        Raises:
            CredentialDead: Microsoft or Xbox Live refuses the account; NoCredential: there is none.
            PlatformError: Xbox cannot be asked, so the credential is neither good nor bad.
        """
        await self._session.sign_in()
        deadline = self._clock.monotonic() + TOTAL_SECONDS
        reply = await self._ask_profiles("GET", f"{_PROFILE}/me/profile/settings?settings=Gamertag", deadline)
        if not read_profiles(_document(reply)):
            raise Malformed("an own profile that cannot be read")

    async def aclose(self) -> None:
        """Stop signing in; a renewal of tokens that is under way comes to its end first."""
        await self._session.aclose()

    async def _by_name(self, gamertag: Gamertag, deadline: float) -> Profile | None:
        """Ask for the profile of the classic form. With a suffix it may be another's, so it is compared."""
        name = quote(gamertag.classic, safe="")
        url = f"{_PROFILE}/gt({name})/profile/settings?settings={','.join(SETTINGS)}"
        reply = await self._ask_profiles("GET", url, deadline)
        if reply.status == _NOT_FOUND:
            return None
        document = _document(reply)
        profiles = read_profiles(document)
        if not profiles and document["profileUsers"]:
            raise Malformed("a profile that cannot be read")
        if gamertag.suffix:
            profiles = [one for one in profiles if one.unique is not None and same(one.unique, gamertag.unique)]
        return profiles[0] if profiles else None

    async def _by_search(self, gamertag: Gamertag, deadline: float) -> Profile | None:
        """Search for the name, and take whoever is called exactly that: a search also suggests who is called alike."""
        reply = await self._session.request(
            "GET",
            f"{_SEARCH}?q={quote(gamertag.name, safe='')}",
            headers=_headers("1"),
            budget=self._budgets.profile,
            deadline=deadline,
        )
        xuids = read_suggestions(_document(reply), _SUGGESTIONS)
        if not xuids:
            return None
        content = json.dumps({"userIds": xuids, "settings": SETTINGS}).encode("ascii")
        reply = await self._ask_profiles("POST", f"{_PROFILE}/batch/profile/settings", deadline, content)
        exact = (one for one in read_profiles(_document(reply)) if one.xuid in xuids)
        return next((one for one in exact if one.unique is not None and same(one.unique, gamertag.unique)), None)

    async def _ask_profiles(self, method: str, url: str, deadline: float, content: bytes | None = None) -> Reply:
        return await self._session.request(
            method,
            url,
            headers=_headers("3", content),
            content=content,
            budget=self._budgets.profile,
            deadline=deadline,
        )

    async def _people(self, xuids: list[str], deadline: float) -> dict[str, AccountPresence]:
        """Ask about at most 1,100; leave out who got no usable answer."""
        content = json.dumps({"users": xuids, "level": "all", "onlineOnly": False}).encode("ascii")
        reply = await self._session.request(
            "POST",
            _PRESENCE,
            headers=_headers("3", content),
            content=content,
            budget=self._budgets.presence,
            deadline=deadline,
        )
        now = self._clock.now()
        people, complete = read_people(_document(reply), frozenset(xuids), now)
        if complete:
            # Who is asked about and missing hides from us: Microsoft's documentation says that privacy never makes a
            # request fail, its answers then "might not return content". But where something could not even be told
            # whose it is, the missing one may be that, and what was known of them stands.
            for xuid in xuids:
                people.setdefault(xuid, AccountPresence(Platform.XBOX, xuid, Status.PRIVATE, fetched_at=now))
        return {xuid: presence for xuid, presence in people.items() if presence is not None}


def _headers(version: str, content: bytes | None = None) -> dict[str, str]:
    """Give the headers of a service; names of titles come in the language that is asked for."""
    headers = {"x-xbl-contract-version": version, "Accept": "application/json", "Accept-Language": "en-US"}
    return headers if content is None else {**headers, "Content-Type": "application/json"}


def _document(reply: Reply) -> Any:
    """Read an answer's JSON.

    Raises:
        Unavailable: 403, which comes in spells (home-assistant/core#143637) and never for privacy.
        Malformed: another status than 200, or no JSON.
    """
    if reply.status == _REFUSED:
        raise Unavailable("status 403")
    if reply.status != _OK:
        raise Malformed(f"status {reply.status}")
    return reply.json()


def _is_xuid(text: str) -> bool:
    return text.isascii() and text.isdigit() and text[0] != "0" and len(text) <= 20 and int(text) < _LARGEST_XUID  # noqa: PLR2004

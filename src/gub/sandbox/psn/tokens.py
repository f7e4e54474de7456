"""What the simulated Sony account server gave out: the NPSSO, codes, refresh tokens, access tokens."""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from gub.clock import Clock

NPSSO: Final = "SandboxNpsso0001" * 4
"""The 64 characters that sign in to the simulated network. They open nothing real."""

ACCESS_SECONDS: Final = 3599
REFRESH_SECONDS: Final = 5183999
_CODE_SECONDS: Final = 600


@dataclass(slots=True)
class Grant:
    """One sign-in. Its refresh token ends `REFRESH_SECONDS` after it, however often it is renewed (psn-api#171)."""

    refresh_token: str
    signed_in: datetime

    def seconds_left(self, now: datetime) -> int:
        """Say for how long it can still be renewed."""
        return REFRESH_SECONDS - int((now - self.signed_in).total_seconds())


@dataclass(frozen=True, slots=True)
class Issued:
    """What a sign-in or a renewal gives."""

    access_token: str
    id_token: str
    refresh_token: str
    refresh_seconds: int


@dataclass(slots=True)
class PsnTokens:
    """Everything that can be presented as a proof. Nothing is kept after it expired or was killed."""

    clock: Clock
    rotating: bool = False  # whether a renewal replaces the refresh token: reports differ on what Sony does
    npsso: str = NPSSO
    npsso_works: bool = True
    _codes: dict[str, datetime] = field(default_factory=dict)
    _grants: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, datetime] = field(default_factory=dict)
    _serial: "itertools.count[int]" = field(default_factory=lambda: itertools.count(2))

    def give_code(self, npsso: str | None) -> str | None:
        """Give a code for a working NPSSO, else None."""
        if npsso != self.npsso or not self.npsso_works:
            return None
        code = f"v3.{_random()}"
        self._codes[code] = self.clock.now() + timedelta(seconds=_CODE_SECONDS)
        return code

    def redeem(self, code: str) -> Issued | None:
        """Give tokens for a code, once; None when it is none or was used."""
        ends = self._codes.pop(code, None)
        if ends is None or ends <= self.clock.now():
            return None
        grant = Grant(_random(), self.clock.now())
        self._grants[grant.refresh_token] = grant
        return self._issue(grant)

    def renew(self, refresh_token: str) -> Issued | None:
        """Give new tokens for a refresh token; None when it expired, was revoked or was replaced."""
        grant = self._grants.get(refresh_token)
        if grant is None or grant.seconds_left(self.clock.now()) <= 0:
            return None
        if self.rotating:
            del self._grants[refresh_token]
            grant.refresh_token = _random()
            self._grants[grant.refresh_token] = grant
        return self._issue(grant)

    def admits(self, access_token: str) -> bool:
        """Say whether an access token works."""
        ends = self._access.get(access_token)
        return ends is not None and self.clock.now() < ends

    def expire_access(self) -> None:
        """Let every access token end now."""
        self._access.clear()

    def revoke_refresh(self) -> None:
        """Let every refresh token end now; access tokens live on."""
        self._grants.clear()

    def new_npsso(self) -> str:
        """Sign in again in the browser: the NPSSO before this one does not work any more."""
        self.npsso = f"SandboxNpsso{next(self._serial):04}" * 4
        self.npsso_works = True
        return self.npsso

    def _issue(self, grant: Grant) -> Issued:
        now = self.clock.now()
        access = _random()
        self._access = {token: ends for token, ends in self._access.items() if now < ends}
        self._access[access] = now + timedelta(seconds=ACCESS_SECONDS)
        return Issued(access, _random(), grant.refresh_token, grant.seconds_left(now))


def _random() -> str:
    return secrets.token_urlsafe(24)

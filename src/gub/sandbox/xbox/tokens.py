"""Codes and tokens of the simulated sign-in: what was issued, to whom, until when. All are opaque and open nothing."""

import secrets
import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from gub.clock import Clock

XBOX_CLIENT_ID: Final = "7e57c11e-0000-4000-8000-7e5700000001"
XBOX_CLIENT_SECRET: Final = "TEST~client-secret.that-opens-nothing"  # noqa: S105 - what its text says

ACCESS_SECONDS: Final = 3600
CODE_LIFE: Final = timedelta(minutes=10)
DEVICE_LIFE: Final = timedelta(minutes=15)
REFRESH_LIFE: Final = timedelta(days=90)
USER_LIFE: Final = timedelta(days=14)
XSTS_LIFE: Final = timedelta(hours=16)

SIGN_IN: Final = "xboxlive.signin"
OFFLINE: Final = "xboxlive.offline_access"
FULL_SCOPE: Final = frozenset({SIGN_IN, OFFLINE})
_LETTERS: Final = string.ascii_uppercase + string.digits


class Kind(Enum):
    """What a token is for, by how the real ones begin."""

    CODE = "M.C5_TEST.2.U."
    DEVICE = "G.TEST."
    ACCESS = "EwAoTEST"
    REFRESH = "M.C5_BAY.0.U.-TEST"
    USER = "eyJ0ZXN0IjoidXNlciJ9."
    XSTS = "eyJ0ZXN0IjoieHN0cyJ9."


@dataclass(slots=True)
class Grant:
    """What stands behind a code or a token. `public`: the app signed in without its secret, by a device code."""

    kind: Kind
    until: datetime
    scope: frozenset[str] = FULL_SCOPE
    redirect_uri: str | None = None
    public: bool = False


@dataclass(slots=True)
class Device:
    """A device code that waits for a person to type `user_code`. `agreed`: None until they decide."""

    user_code: str
    grant: Grant
    agreed: bool | None = None


@dataclass(slots=True)
class TokenBook:
    """Everything issued and not ended yet."""

    clock: Clock
    grants: dict[str, Grant] = field(default_factory=dict)
    devices: dict[str, Device] = field(default_factory=dict)

    def issue(self, kind: Kind, life: timedelta, like: Grant | None = None) -> str:
        """Make a token that lasts `life`, with the scope of the one it comes of."""
        text = kind.value + secrets.token_urlsafe(48)
        grant = Grant(kind, self.clock.now() + life)
        if like is not None:
            grant.scope, grant.public = like.scope, like.public
        self.grants[text] = grant
        return text

    def issue_code(self, redirect_uri: str, scope: frozenset[str]) -> str:
        """Make a code for who agreed; it is good for that address only."""
        text = Kind.CODE.value + secrets.token_urlsafe(24)
        self.grants[text] = Grant(Kind.CODE, self.clock.now() + CODE_LIFE, scope, redirect_uri)
        return text

    def issue_refresh(self, like: Grant | None = None) -> str:
        """Make a refresh token, with the scope of what it comes of."""
        return self.issue(Kind.REFRESH, REFRESH_LIFE, like)

    def issue_access(self, like: Grant) -> str:
        """Make an access token, with the scope of what it comes of."""
        return self.issue(Kind.ACCESS, timedelta(seconds=ACCESS_SECONDS), like)

    def find(self, text: str, kind: Kind) -> Grant | None:
        """Give what stands behind a token that still works, else None."""
        grant = self.grants.get(text)
        return grant if grant is not None and grant.kind is kind and grant.until > self.clock.now() else None

    def was_issued(self, text: str, kind: Kind) -> bool:
        """Say whether such a token was ever issued and not revoked, be it expired."""
        grant = self.grants.get(text)
        return grant is not None and grant.kind is kind

    def end(self, text: str) -> None:
        """Make a code or token unknown."""
        self.grants.pop(text, None)
        self.devices.pop(text, None)

    def expire(self, *kinds: Kind) -> None:
        """Let the tokens of these kinds reach their end now."""
        for grant in self.grants.values():
            if grant.kind in kinds:
                grant.until = self.clock.now()

    def revoke(self, *kinds: Kind) -> None:
        """Forget the tokens of these kinds, as after a change of the password."""
        self.grants = {text: grant for text, grant in self.grants.items() if grant.kind not in kinds}

    def issue_device(self, scope: frozenset[str]) -> tuple[str, str]:
        """Start a sign-in on another screen; give the device code and the code to type there."""
        text = Kind.DEVICE.value + secrets.token_urlsafe(48)
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(8))
        self.devices[text] = Device(user_code, Grant(Kind.DEVICE, self.clock.now() + DEVICE_LIFE, scope))
        return text, user_code

    def decide(self, user_code: str, agreed: bool) -> None:
        """Let the person answer; ValueError when nothing waits under that code."""
        wanted = user_code.strip().upper()
        now = self.clock.now()
        device = next((one for one in self.devices.values() if one.user_code == wanted and one.grant.until > now), None)
        if device is None:
            raise ValueError("no device waits for that code")
        device.agreed = agreed

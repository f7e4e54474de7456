"""A platform that knows whom a test says, for tests of what is above the platforms."""

from collections.abc import Mapping, Sequence

from gub.domain.errors import AccountTextInvalid
from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Account, Platform
from gub.platforms.errors import NotFound, PlatformError
from gub.platforms.limiter import Ration


class KnownPlatform:
    """Implements `gub.platforms.protocol.PresenceClient` from memory."""

    batch_size = 100

    def __init__(self, platform: Platform = Platform.STEAM) -> None:
        self.platform = platform
        self.accounts: dict[str, Account] = {}
        self.now: dict[str, AccountPresence] = {}
        self.trouble: PlatformError | None = None
        self.questions = 0

    def know(self, name: str, status: Status = Status.OFFLINE, **details: object) -> Account:
        """Let the platform know an account, and what it does."""
        number = str(76561197960265728 + len(self.accounts) + 1) if name not in self.accounts else ""
        account = self.accounts.setdefault(name, Account(self.platform, number, f"{name} the Great"))
        self.now[account.account_id] = AccountPresence(self.platform, account.account_id, status, **details)  # type: ignore[arg-type]
        return account

    def ration(self, share: float) -> Ration:
        return Ration(per_second=share, at_once=10, now=100)

    async def look_up(self, text: str) -> Account:
        if self.trouble is not None:
            raise self.trouble
        if not text.strip("!"):
            raise AccountTextInvalid(self.platform, text)
        if text not in self.accounts:
            raise NotFound("no such account")
        return self.accounts[text]

    async def presences(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        self.questions += 1
        if self.trouble is not None:
            raise self.trouble
        return {one: self.now[one] for one in ids if one in self.now}

    async def sign_in(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    async def probe(self) -> None:
        if self.trouble is not None:
            raise self.trouble

    async def aclose(self) -> None:
        pass

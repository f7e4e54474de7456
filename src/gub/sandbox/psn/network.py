"""What the simulated PlayStation Network knows: players, tokens, the faults it is told to commit, what it was asked."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from gub.clock import Clock
from gub.sandbox.answered import KEPT, Answered
from gub.sandbox.faults import ANYWHERE, Faults
from gub.sandbox.psn.accounts import (
    ACCOUNT_ID,
    DEVICES,
    FIRST_ID,
    LARGEST_ID,
    ODDITIES,
    ONLINE_ID,
    STATES,
    Availability,
    PsnAccount,
    device_named,
    oddity_named,
)
from gub.sandbox.psn.faults import OFFER
from gub.sandbox.psn.games import store_spelling, titles
from gub.sandbox.psn.tokens import PsnTokens

_SERVICE_ID: Final = "1000000000000000001"


@dataclass(slots=True)
class Psn:
    """The simulated network's memory. `on_change` is called after every change that a page would show.

    `service` is the account to which the NPSSO belongs. `counts` has the calls that succeeded: authorize (also one that
    answers with an error's address), code, refresh, me, profile2, profiles, search, presence, batch.
    """

    clock: Clock
    on_change: Callable[[], None] = lambda: None
    accounts: dict[str, PsnAccount] = field(default_factory=dict)
    service: PsnAccount = field(default_factory=lambda: PsnAccount(_SERVICE_ID, "GUB_Service"))
    faults: Faults = field(default_factory=lambda: Faults(OFFER))
    requests: deque[Answered] = field(default_factory=lambda: deque(maxlen=KEPT))
    counts: Counter[str] = field(default_factory=Counter)
    tokens: PsnTokens = field(init=False)

    def __post_init__(self) -> None:
        self.tokens = PsnTokens(self.clock)

    # -- players

    def add_account(
        self,
        online_id: str,
        *,
        account_id: str | None = None,
        state: str | None = None,
        game: str | None = None,
        platform: str = "PS5",
    ) -> PsnAccount:
        """Add a player and give the account; ValueError when the id or the name will not do."""
        self._check_name(online_id)
        chosen = account_id or self._free_id()
        if not ACCOUNT_ID.fullmatch(chosen) or int(chosen) > LARGEST_ID:
            raise ValueError("an account id has up to 19 digits")
        if self.by_id(chosen) is not None:
            raise ValueError("that account id is taken")
        device = device_named(platform)
        account = PsnAccount(chosen, online_id, platform=device)
        self.accounts[chosen] = account
        try:
            return self.set_presence(chosen, state=state, game=game)
        except ValueError:
            del self.accounts[chosen]
            raise

    def set_presence(
        self,
        account_id: str,
        *,
        state: str | None = None,
        game: str | None = None,
        activity: str | None = None,
        platform: str | None = None,
        oddity: str | None = None,
        name: str | None = None,
    ) -> PsnAccount:
        """Change what is given; None leaves as it is, an empty `game` ends the game, an empty `activity` it too.

        Going offline ends the game, and starting one comes online, as on a real console.
        """
        account = self.accounts.get(account_id)
        if account is None:
            raise ValueError("no such PlayStation account")
        wanted = account.state if state is None else Availability.named(state)
        device = account.platform if platform is None else device_named(platform)
        odd = account.oddity if oddity is None else oddity_named(oddity)
        if name and name != account.online_id:
            self._rename(account, name)
        account.platform, account.oddity = device, odd
        if game is not None:
            account.game = store_spelling(game.strip()) or None
            if account.game and state is None:
                wanted = Availability.ONLINE
        if activity is not None:
            account.activity = activity.strip() or None
        if wanted is Availability.OFFLINE:
            account.game = None
        account.activity = account.activity if account.game else None
        if wanted is Availability.ONLINE or account.state is Availability.ONLINE or account.last_online is None:
            account.last_online = self.clock.now()
        account.state = wanted
        self.on_change()
        return account

    def by_id(self, account_id: str) -> PsnAccount | None:
        """Find an account, the service account too."""
        return self.service if account_id == self.service.id else self.accounts.get(account_id)

    def by_online_id(self, online_id: str) -> PsnAccount | None:
        """Find an account by its online ID, also one that it had before; what it is called now goes first."""
        everybody = (*self.accounts.values(), self.service)
        now = (one for one in everybody if one.online_id.casefold() == online_id.casefold())
        return next(now, None) or next((one for one in everybody if one.answers_to(online_id)), None)

    # -- tokens

    @property
    def rotating(self) -> bool:
        """Whether a renewal replaces the refresh token."""
        return self.tokens.rotating

    @rotating.setter
    def rotating(self, value: bool) -> None:
        self.tokens.rotating = value
        self.on_change()

    @property
    def npsso(self) -> str:
        """The NPSSO of the service account now."""
        return self.tokens.npsso

    def expire_access_tokens(self) -> None:
        """Let every access token end now."""
        self.tokens.expire_access()
        self.on_change()

    def revoke_refresh_tokens(self) -> None:
        """Let every refresh token end now; access tokens live on."""
        self.tokens.revoke_refresh()
        self.on_change()

    def expire_npsso(self) -> None:
        """Sign the service account out in the browser."""
        self.tokens.npsso_works = False
        self.on_change()

    def new_npsso(self) -> str:
        """Sign the service account in again in the browser, and give the NPSSO."""
        npsso = self.tokens.new_npsso()
        self.on_change()
        return npsso

    # -- faults

    def fail(self, kind: str, *, times: int | None = 1, delay: float = 2.0, where: str = ANYWHERE) -> None:
        """Commit a fault in the next requests; -1 or None means until `clear_faults`. See `OFFER`."""
        self.faults.add(kind, where=where, times=times, delay=delay)
        self.on_change()

    def clear_faults(self) -> None:
        """Work again."""
        self.faults.clear()
        self.on_change()

    # -- what is shown

    def state(self) -> dict[str, object]:
        """Describe everything that the page shows."""
        return {
            "accounts": [account.as_json() for account in self.accounts.values()],
            "games": titles(),
            "states": [[state.value, label] for state, label in STATES.items()],
            "oddities": [[oddity, label] for oddity, label in ODDITIES.items()],
            "devices": list(DEVICES),
            **self.faults.state(),
            "npsso": self.tokens.npsso,
            "npsso_works": self.tokens.npsso_works,
            "rotating": self.tokens.rotating,
        }

    def log(self, request: Answered) -> None:
        """Remember a request and its answer."""
        self.requests.append(request)
        if request.succeeded:
            self.counts[request.call] += 1
        self.on_change()

    def _check_name(self, online_id: str) -> None:
        if not ONLINE_ID.fullmatch(online_id):
            raise ValueError("an online ID has 3 to 16 letters, digits, - or _ and starts with a letter")
        if self.by_online_id(online_id) is not None:
            raise ValueError("that online ID is taken")

    def _rename(self, account: PsnAccount, name: str) -> None:
        if not account.answers_to(name):
            self._check_name(name)
        account.former_id = account.first_id or account.online_id
        account.online_id = name

    def _free_id(self) -> str:
        number = FIRST_ID
        while self.by_id(str(number)) is not None:
            number += 1
        return str(number)

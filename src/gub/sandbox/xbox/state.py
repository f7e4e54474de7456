"""What the simulated Xbox Live knows: players, tokens, the faults it is told to commit, what it was asked."""

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from gub.clock import Clock
from gub.sandbox.answered import KEPT, Answered
from gub.sandbox.faults import ANYWHERE, Faults
from gub.sandbox.xbox.accounts import (
    DEVICES,
    FIRST_XUID,
    ODDITIES,
    STATES,
    LastSeen,
    XboxAccount,
    check_xuid,
    choice,
    named,
)
from gub.sandbox.xbox.faults import OFFER
from gub.sandbox.xbox.limits import RateLimits
from gub.sandbox.xbox.titles import HOME, PC_APP, XBOX_APP, known_spelling, title_id_of, titles
from gub.sandbox.xbox.tokens import FULL_SCOPE, XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Kind, TokenBook

SERVICE_XUID: Final = "2535400000000000"
_PCS: Final = frozenset({"Win32", "WindowsOneCore"})
_CONSOLES: Final = frozenset({"Scarlett", "XboxOne", "Xbox360"})


@dataclass(slots=True)
class Xbox:
    """The simulated Xbox Live's memory. `on_change` is called after every change that a page would show.

    `refuses_sign_in`: the person says no on the sign-in page. `uses_up_refresh_tokens`: a refresh token works once.
    The real ones are replaced at each use and the old ones work on for a while, which would hide a lost new one.
    `limited`: the services refuse more requests than Microsoft allows, by this clock.
    """

    clock: Clock
    on_change: Callable[[], None] = lambda: None
    client_id: str = XBOX_CLIENT_ID
    client_secret: str = field(default=XBOX_CLIENT_SECRET, repr=False)
    refuses_sign_in: bool = False
    uses_up_refresh_tokens: bool = False
    limited: bool = False
    accounts: dict[str, XboxAccount] = field(default_factory=dict)
    requests: deque[Answered] = field(default_factory=lambda: deque(maxlen=KEPT))
    counts: Counter[str] = field(default_factory=Counter)
    user_hash: str = "7357000000000000001"
    service: XboxAccount = field(default_factory=lambda: XboxAccount(SERVICE_XUID, "GubService", "GubService"))
    tokens: TokenBook = field(init=False, repr=False)
    faults: Faults = field(default_factory=lambda: Faults(OFFER))
    limits: RateLimits = field(default_factory=RateLimits)

    def __post_init__(self) -> None:
        self.tokens = TokenBook(self.clock)

    # -- players

    def add_account(
        self,
        gamertag: str,
        *,
        xuid: str | None = None,
        modern: str | None = None,
        suffix: str | None = None,
        state: str = "offline",
        game: str | None = None,
        device: str | None = None,
    ) -> XboxAccount:
        """Add a player and give the account; ValueError when a name or the id will not do, or is taken."""
        names = named(gamertag, modern, suffix)
        chosen = check_xuid(xuid or self._free_xuid())
        account = XboxAccount(chosen, *names)
        if chosen == self.service.id or chosen in self.accounts:
            raise ValueError("that XUID is taken")
        if self.by_gamertag(account.gamertag) or self.by_unique(account.unique):
            raise ValueError("that gamertag is taken")
        choice(state, STATES, "state")
        choice(device or account.device, DEVICES, "device")
        self.accounts[chosen] = account
        # A game with the state left at its default brings them online, as in `set_presence`.
        self.set_presence(chosen, state=None if game and state == "offline" else state, game=game, device=device)
        return account

    def set_presence(
        self,
        account_id: str,
        *,
        state: str | None = None,
        game: str | None = None,
        device: str | None = None,
        activity: str | None = None,
        oddity: str | None = None,
        name: str | None = None,
    ) -> XboxAccount:
        """Change what is given; None leaves as it is, an empty `game` or `activity` ends it. `name` renames.

        Going offline ends the game, and starting one comes online, as on a real machine. Who goes offline or begins to
        appear offline was last seen then and there; while they appear offline that stays as it was.
        """
        account = self.accounts.get(account_id)
        if account is None:
            raise ValueError("no such Xbox account")
        wanted = account.state if state is None else choice(state, STATES, "state")
        new_device = account.device if device is None else choice(device, DEVICES, "device")
        new_oddity = account.oddity if oddity is None else choice(oddity, ODDITIES, "oddity")
        if name and name.strip():
            self._rename(account, name)
        was_visible, seen = account.visible, self._seen(account)
        if game is not None:
            account.game = known_spelling(game.strip()) or None
            wanted = "online" if account.game and state is None and wanted == "offline" else wanted
        if activity is not None:
            account.activity = activity.strip() or None
        if wanted == "offline":
            account.game = account.activity = None
        account.state, account.device, account.oddity, account.since = wanted, new_device, new_oddity, self.clock.now()
        if was_visible and not account.visible:
            account.last_seen = seen
        self.on_change()
        return account

    def by_gamertag(self, gamertag: str) -> XboxAccount | None:
        """Find a player by the classic gamertag; case does not matter."""
        wanted = gamertag.casefold()
        everybody = [*self.accounts.values(), self.service]
        return next((one for one in everybody if one.gamertag.casefold() == wanted), None)

    def by_unique(self, unique: str) -> XboxAccount | None:
        """Find a player by the modern gamertag with its suffix; case does not matter."""
        wanted = unique.casefold()
        everybody = [*self.accounts.values(), self.service]
        return next((one for one in everybody if one.unique.casefold() == wanted), None)

    def player(self, xuid: str) -> XboxAccount | None:
        """Find a player, or the account that the bot signs in with."""
        return self.service if xuid == self.service.id else self.accounts.get(xuid)

    # -- signing in

    def authorise(self, state: str | None, redirect_uri: str, scope: frozenset[str] = FULL_SCOPE) -> str:
        """Let the person agree on the sign-in page; give the address they are sent to, with a code or an error."""
        if self.refuses_sign_in:
            answer = {
                "error": "access_denied",
                "error_description": "The user has denied access to the scope requested",
            }
        else:
            answer = {"code": self.tokens.issue_code(redirect_uri, scope)}
        if state is not None:
            answer["state"] = state
        return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(answer)}"

    def issue_refresh_token(self) -> str:
        """Give a refresh token of the kind that a sign-in in the browser ends with."""
        return self.tokens.issue_refresh()

    def approve_device(self, user_code: str) -> None:
        """Let the person type that code and agree; ValueError when nothing waits for it."""
        self.tokens.decide(user_code, agreed=True)

    def refuse_device(self, user_code: str) -> None:
        """Let the person type that code and refuse; ValueError when nothing waits for it."""
        self.tokens.decide(user_code, agreed=False)

    def expire_access_tokens(self) -> None:
        """Let everything but the refresh tokens end now: only a refresh leads back in."""
        self.tokens.expire(Kind.ACCESS, Kind.USER, Kind.XSTS)

    def expire_user_tokens(self) -> None:
        """Let the user tokens and what came of them end now; the access token still works."""
        self.tokens.expire(Kind.USER, Kind.XSTS)

    def expire_xsts_tokens(self) -> None:
        """Let the tokens that the services take end now; the user token still works."""
        self.tokens.expire(Kind.XSTS)

    def revoke_refresh_tokens(self) -> None:
        """Forget every refresh token, as when the consent was taken back."""
        self.tokens.revoke(Kind.REFRESH)

    # -- faults and what is shown

    def fail(self, kind: str, *, where: str = ANYWHERE, times: int | None = 1, delay: float = 2.0) -> None:
        """Commit a fault in the next requests to `where`; -1 or None means until `clear_faults`. See `OFFER`."""
        self.faults.add(kind, where=where, times=times, delay=delay)
        self.on_change()

    def clear_faults(self) -> None:
        """Work again."""
        self.faults.clear()
        self.on_change()

    def log(self, request: Answered) -> None:
        """Remember a request and its answer; `counts` has those that succeeded, by their call."""
        self.requests.append(request)
        if request.succeeded:
            self.counts[request.call] += 1
        self.on_change()

    def state(self) -> dict[str, object]:
        """Describe everything that the page shows."""
        return {
            "accounts": [account.as_json() for account in self.accounts.values()],
            "games": titles(),
            "states": [list(pair) for pair in STATES.items()],
            "oddities": [list(pair) for pair in ODDITIES.items()],
            "devices": list(DEVICES),
            **self.faults.state(),
        }

    def _seen(self, account: XboxAccount) -> LastSeen:
        title_id, title = surface_of(account.device)
        if account.game is not None:
            title_id, title = title_id_of(account.game), account.game
        return LastSeen(account.device, title_id, title, self.clock.now())

    def _rename(self, account: XboxAccount, name: str) -> None:
        classic, modern, suffix = named(name, None, None)
        other = self.by_gamertag(classic)
        if other is not None and other is not account:
            raise ValueError("that gamertag is taken")
        account.gamertag, account.modern, account.suffix = classic, modern, suffix

    def _free_xuid(self) -> str:
        number = FIRST_XUID
        while str(number) in self.accounts:
            number += 1
        return str(number)


def surface_of(device: str) -> tuple[str, str]:
    """Give the id and the name of what runs on a device while no game does."""
    if device in _CONSOLES:
        return HOME
    return PC_APP if device in _PCS else XBOX_APP

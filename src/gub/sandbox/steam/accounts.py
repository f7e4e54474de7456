"""What the simulated Steam knows: accounts, their presence, the faults it is told to commit, what it was asked."""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Final

from gub.clock import Clock
from gub.sandbox.answered import KEPT, Answered
from gub.sandbox.faults import Faults, Offer
from gub.sandbox.steam.games import game_id_of, shop_spelling, titles

STEAM_KEY = "5A4D0B0C5A4D0B0C5A4D0B0C5A4D0B0C"  # the only key that the simulated Steam takes; opens nothing real
FIRST_ID = 76561198000000001
_INDIVIDUALS = range(76561197960265728, 76561202255233024)
_VANITY = re.compile(r"[A-Za-z0-9_-]{2,32}")


class Persona(IntEnum):
    """`personastate` of Steam."""

    OFFLINE = 0
    ONLINE = 1
    BUSY = 2
    AWAY = 3
    SNOOZE = 4
    TRADE = 5
    PLAY = 6

    @classmethod
    def named(cls, name: str) -> "Persona":
        """Read `online`, `away`, ...; ValueError for anything else."""
        try:
            return cls[name.upper()]
        except KeyError:
            known = ", ".join(state.name.lower() for state in cls)
            raise ValueError(f"no such state; one of: {known}") from None


@dataclass(slots=True)
class SteamAccount:
    """One simulated player. The flags are Steam's privacy settings and one of its oddities."""

    id: str
    name: str
    vanity: str | None = None
    state: Persona = Persona.OFFLINE
    game: str | None = None
    private: bool = False  # the whole profile: always offline, nothing but the name
    game_hidden: bool = False  # "game details" private: online, but no game
    untitled: bool = False  # gameid without gameextrainfo, as Steam sometimes answers
    last_logoff: datetime | None = None
    created: datetime | None = None

    @property
    def game_id(self) -> str | None:
        """Give Steam's id of the game being played."""
        return None if self.game is None else game_id_of(self.game)

    def as_json(self) -> dict[str, object]:
        """Describe it for the page."""
        return {
            "id": self.id,
            "name": self.name,
            "vanity": self.vanity,
            "state": self.state.name.lower(),
            "game": self.game,
            "game_id": self.game_id,
            "private": self.private,
            "game_hidden": self.game_hidden,
            "untitled": self.untitled,
        }


OFFER: Final = Offer(
    target="steam", kinds=("429", "403", "401", "500", "502", "503", "html", "garbage", "drop", "slow", "down")
)


@dataclass(slots=True)
class Steam:
    """The simulated Steam's memory. `on_change` is called after every change that a page would show."""

    clock: Clock
    key: str = STEAM_KEY
    on_change: Callable[[], None] = lambda: None
    accounts: dict[str, SteamAccount] = field(default_factory=dict)
    faults: Faults = field(default_factory=lambda: Faults(OFFER))
    requests: deque[Answered] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add_account(
        self,
        name: str,
        *,
        vanity: str | None = None,
        account_id: str | None = None,
        state: str | None = None,
        game: str | None = None,
        private: bool = False,
    ) -> SteamAccount:
        """Add a player and give the account; ValueError when the id or the vanity name will not do."""
        if not name.strip():
            raise ValueError("an account needs a name")
        chosen = account_id or self._free_id()
        if not chosen.isascii() or not chosen.isdigit() or int(chosen) not in _INDIVIDUALS:
            raise ValueError("a Steam id has 17 digits and starts with 7656119")
        if chosen in self.accounts:
            raise ValueError("that Steam id is taken")
        if vanity and not _VANITY.fullmatch(vanity):
            raise ValueError("a custom URL has 2 to 32 letters, digits, _ or -")
        if vanity and self.by_vanity(vanity) is not None:
            raise ValueError("that custom URL is taken")
        account = SteamAccount(chosen, name, vanity or None, created=self.clock.now())
        self.accounts[chosen] = account
        self.set_presence(chosen, state=state, game=game, private=private)
        return account

    def set_presence(
        self,
        account_id: str,
        *,
        state: str | None = None,
        game: str | None = None,
        private: bool | None = None,
        game_hidden: bool | None = None,
        untitled: bool | None = None,
        name: str | None = None,
    ) -> SteamAccount:
        """Change what is given; None leaves as it is, an empty `game` ends the game.

        Going offline ends the game, and starting one comes online, as on a real machine.
        """
        account = self.accounts.get(account_id)
        if account is None:
            raise ValueError("no such Steam account")
        wanted = account.state if state is None else Persona.named(state)
        if game is not None:
            account.game = shop_spelling(game.strip()) or None
            if account.game and state is None and wanted is Persona.OFFLINE:
                wanted = Persona.ONLINE
        if wanted is Persona.OFFLINE:
            account.game = None
            if account.state is not Persona.OFFLINE:
                account.last_logoff = self.clock.now()
        account.state = wanted
        account.private = account.private if private is None else private
        account.game_hidden = account.game_hidden if game_hidden is None else game_hidden
        account.untitled = account.untitled if untitled is None else untitled
        account.name = name.strip() if name and name.strip() else account.name
        self.on_change()
        return account

    def by_vanity(self, vanity: str) -> SteamAccount | None:
        """Find an account by its custom URL; case does not matter, as on Steam."""
        wanted = vanity.casefold()
        return next((one for one in self.accounts.values() if one.vanity and one.vanity.casefold() == wanted), None)

    def fail(self, kind: str, *, times: int | None = 1, delay: float = 2.0) -> None:
        """Commit a fault in the next requests; -1 or None means until `clear_faults`. See `OFFER`."""
        self.faults.add(kind, times=times, delay=delay)
        self.on_change()

    def clear_faults(self) -> None:
        """Work again."""
        self.faults.clear()
        self.on_change()

    def state(self) -> dict[str, object]:
        """Describe everything that the page shows."""
        return {
            "accounts": [account.as_json() for account in self.accounts.values()],
            "games": titles(),
            **self.faults.state(),
        }

    def log(self, request: Answered) -> None:
        """Remember a request and its answer."""
        self.requests.append(request)
        self.on_change()

    def _free_id(self) -> str:
        number = FIRST_ID
        while str(number) in self.accounts:
            number += 1
        return str(number)

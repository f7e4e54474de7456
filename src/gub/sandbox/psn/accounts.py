"""One simulated player of the PlayStation Network, and the odd answers that there can be about them."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

FIRST_ID: Final = 2066273500000000001
LARGEST_ID: Final = 2**63 - 1
ONLINE_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{2,15}")
ACCOUNT_ID: Final = re.compile(r"[1-9][0-9]{0,18}")
DEVICES: Final = ("PS5", "PS4", "PSPC", "MOBILE_APP", "PS3", "PSVITA")

ODDITIES: Final = {
    "none": "Nothing odd",
    "mobile_app": "Only the phone app is open",
    "pspc": "Plays on a PC",
    "ps4_on_ps5": "A PS4 game on a PS5",
    "busy": "Busy",
    "no_platform": "The console is not named",
    "no_platform_info": "Nothing is said of the console",
    "unknown_platform": "A console that nobody knows yet",
    "empty_games": "Available to play, with an empty list of games",
    "last_seen_online": "Online, and a time when last online",
    "no_last_seen": "Offline, and nobody says since when",
    "renamed": "Has another online ID than at first",
    "private": "Private: 403 alone, left out of a batch",
    "private_batch": "Private: 403 alone, and 403 for every batch with it",
    "omitted": "Left out of a batch, answered alone",
    "malformed": "An answer in which every type is wrong",
}
"""The odd answers that an account can give, and what the page calls them (facts section 7)."""

PRIVATE: Final = frozenset({"private", "private_batch"})
"""The oddities of somebody whose presence the service account may not see."""


class Availability(StrEnum):
    """What a player can be: the words that the page offers. Playing is being online with a game."""

    OFFLINE = "offline"
    ONLINE = "online"

    @classmethod
    def named(cls, name: str) -> "Availability":
        """Read `online` or `offline`; ValueError for anything else."""
        try:
            return cls(name.casefold())
        except ValueError:
            raise ValueError(f"no such state; one of: {', '.join(cls)}") from None


STATES: Final = {Availability.ONLINE: "Online", Availability.OFFLINE: "Offline"}


@dataclass(slots=True)
class PsnAccount:
    """One simulated player. `former_id` is the online ID before the last renaming."""

    id: str
    online_id: str
    state: Availability = Availability.OFFLINE
    game: str | None = None
    activity: str | None = None  # `gameStatus`: what they do in the game
    platform: str = "PS5"
    oddity: str = "none"
    former_id: str | None = None
    last_online: datetime | None = None

    @property
    def first_id(self) -> str | None:
        """Give the online ID that the account had at first; None when it never changed."""
        if self.former_id is None and self.oddity == "renamed":
            return f"Old{self.online_id}"[:16]
        return self.former_id

    @property
    def is_private(self) -> bool:
        """Say whether the service account may not see the presence."""
        return self.oddity in PRIVATE

    def answers_to(self, online_id: str) -> bool:
        """Say whether that is the player's online ID, now or before; case does not matter, as on the network."""
        names = {self.online_id.casefold(), (self.first_id or self.online_id).casefold()}
        return online_id.casefold() in names

    def as_json(self) -> dict[str, object]:
        """Describe it for the page."""
        return {
            "id": self.id,
            "name": self.online_id,
            "first_name": self.first_id,
            "state": self.state.value,
            "game": self.game,
            "activity": self.activity,
            "device": self.platform,
            "oddity": self.oddity,
        }


def device_named(name: str) -> str:
    """Read the name of a console; ValueError for one that there is not."""
    if name.upper() not in DEVICES:
        raise ValueError(f"no such device; one of: {', '.join(DEVICES)}")
    return name.upper()


def oddity_named(name: str) -> str:
    """Read the name of an oddity; ValueError for one that there is not."""
    if name not in ODDITIES:
        raise ValueError(f"no such oddity; one of: {', '.join(ODDITIES)}")
    return name

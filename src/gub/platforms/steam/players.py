"""Reads what GetPlayerSummaries answers (ISteamUser, v2), each player on their own."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from gub.domain.presence import AccountPresence, Status
from gub.domain.values import Platform
from gub.platforms import tolerant
from gub.platforms.errors import Malformed

_VISIBLE: Final = 3
_BUSY: Final = 2
_AWAY: Final = frozenset({3, 4})
# 5 and 6 are "looking to trade" and "looking to play"; 7 is what Steam's own client calls Invisible.
_STATES: Final = {
    0: Status.OFFLINE,
    1: Status.ONLINE,
    _BUSY: Status.ONLINE,
    3: Status.AWAY,
    4: Status.AWAY,
    5: Status.ONLINE,
    6: Status.ONLINE,
    7: Status.OFFLINE,
}


@dataclass(frozen=True, slots=True)
class Player:
    """One player of the answer. `game_id` is a string: a shortcut to a game outside Steam has 64 bits."""

    id64: str
    name: str | None
    visible: bool
    state: int | None
    game_id: str | None
    game_title: str | None
    last_logoff: datetime | None

    @property
    def in_game(self) -> bool:
        """Say whether they are in a game that we may see. The title can be absent, and so can the id."""
        return self.visible and (self.game_id is not None or self.game_title is not None)

    def presence(self, now: datetime) -> AccountPresence:
        """Say it in our words. A private profile tells strangers state 0, sometimes 5 or 6; neither means anything."""
        found = AccountPresence(Platform.STEAM, self.id64, self._status(), fetched_at=now)
        if found.status is Status.PRIVATE:
            return found
        return replace(
            found,
            title=self.game_title if self.in_game else None,
            title_id=self.game_id if self.in_game else None,
            device="PC" if self.in_game else None,
            last_seen=now if found.status.present else self.last_logoff,
            busy=found.status.present and self.state == _BUSY,
            away=found.status.present and self.state in _AWAY,
        )

    def _status(self) -> Status:
        if not self.visible:
            return Status.PRIVATE
        if self.in_game:
            return Status.PLAYING
        return Status.UNKNOWN if self.state is None else _STATES.get(self.state, Status.UNKNOWN)


def read_players(document: Any, wanted: Collection[str], now: datetime) -> dict[str, Player | None]:
    """Read the wanted players by id, never by place; None for one who is there but cannot be read.

    Raises:
        Malformed: the document as a whole is not such an answer.
    """
    entries = tolerant.entry(document, "response", "players")
    if not isinstance(entries, list):
        raise Malformed("an answer without players")
    players: dict[str, Player | None] = {}
    for item in entries:
        id64 = tolerant.digits(tolerant.entry(item, "steamid"))
        if id64 is not None and id64 in wanted and players.get(id64) is None:
            players[id64] = _read_player(id64, item, now)
    return players


def _read_player(id64: str, item: dict[str, Any], now: datetime) -> Player | None:
    player = Player(
        id64=id64,
        name=tolerant.text(item.get("personaname")),
        visible=tolerant.whole(item.get("communityvisibilitystate")) in (None, _VISIBLE),
        state=tolerant.whole(item.get("personastate")),
        game_id=tolerant.digits(item.get("gameid")),
        game_title=tolerant.text(item.get("gameextrainfo")),
        last_logoff=tolerant.moment(item.get("lastlogoff"), now),
    )
    return player if player.in_game or not player.visible or player.state is not None else None

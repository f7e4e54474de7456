"""The simulated players of the `/status` benchmarks: on every platform the same number of accounts, by number."""

from gub.clock import Clock
from gub.domain.values import Account, Platform
from gub.sandbox.psn import FIRST_ID as FIRST_PSN_ID
from gub.sandbox.psn import Availability, Psn, PsnAccount
from gub.sandbox.steam import FIRST_ID as FIRST_STEAM_ID
from gub.sandbox.steam import Persona, Steam, SteamAccount
from gub.sandbox.xbox import FIRST_XUID, Xbox, XboxAccount

PLAYERS = 10_000
GAMES = {Platform.XBOX: "Sea of Thieves", Platform.PSN: "Gran Turismo® 7", Platform.STEAM: "Deep Rock Galactic"}
_FIRST = {Platform.XBOX: int(FIRST_XUID), Platform.PSN: int(FIRST_PSN_ID), Platform.STEAM: int(FIRST_STEAM_ID)}


def account(platform: Platform, number: int) -> Account:
    """Give a player's account, as GUB stores it."""
    return Account(platform, str(_FIRST[platform] + number), f"player_{number}")


def game(number: int) -> str:
    """Say what a player plays: each plays on one platform, one after another, and is offline on the others."""
    return GAMES[_plays_on(number)]


def add_players(clock: Clock, xbox: Xbox, psn: Psn, steam: Steam) -> None:
    """Put them all there, past the checks for names that are taken: those take a minute for so many."""
    now = clock.now()
    for number in range(PLAYERS):
        plays, name = _plays_on(number), f"player_{number}"
        one = XboxAccount(account(Platform.XBOX, number).account_id, f"Player {number}", f"Player {number}", since=now)
        two = PsnAccount(account(Platform.PSN, number).account_id, name, last_online=now)
        three = SteamAccount(account(Platform.STEAM, number).account_id, name, created=now, last_logoff=now)
        if plays is Platform.XBOX:
            one.state, one.game = "online", GAMES[plays]
        elif plays is Platform.PSN:
            two.state, two.game = Availability.ONLINE, GAMES[plays]
        else:
            three.state, three.game = Persona.ONLINE, GAMES[plays]
        xbox.accounts[one.id], psn.accounts[two.id], steam.accounts[three.id] = one, two, three


def begin(number: int, name: str, xbox: Xbox, psn: Psn, steam: Steam) -> None:
    """Have a player begin another game on the platform where they play."""
    id_ = account(_plays_on(number), number).account_id
    for accounts in (xbox.accounts, psn.accounts, steam.accounts):
        if id_ in accounts:
            accounts[id_].game = name


def _plays_on(number: int) -> Platform:
    return tuple(Platform)[number % len(Platform)]

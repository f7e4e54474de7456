"""The simulators of the boards' benchmark: those of `/status` with 1,000 groups, on a clock that leaps when told to.

Telegram limits as ever, edits too. It talks with benchmarks/boards_stage.py.
"""

import asyncio
import re
import statistics
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from benchmarks.boards_stage import CHATS, busiest, game, platform_of
from benchmarks.leaping import Standing
from benchmarks.lines import Answer, serve
from benchmarks.players import PLAYERS, account, add_players
from benchmarks.status_simulator import StatusDesk, TimedWorld
from gub.domain.values import Platform
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Persona, Steam
from gub.sandbox.telegram.models import Request
from gub.sandbox.xbox import Xbox

_COUNTED = frozenset({"sendMessage", "editMessageText"})
"""What boards send of what Telegram limits."""

_GAME = re.compile(game(r"(\d+)"))


class BoardsDesk(StatusDesk):
    """Makes the groups, has people change games, and says what came of it."""

    def __init__(self, world: TimedWorld, clock: Standing, xbox: Xbox, psn: Psn, steam: Steam) -> None:
        super().__init__(world, xbox, psn, steam)
        self._clock = clock
        self._changed: dict[int, float] = {}
        self._since = 0.0
        world.flood = True
        world.requests = deque()  # all of them

    async def answer(self, question: dict[str, Any]) -> Answer:
        """Do what is asked."""
        match question["do"]:
            case "groups":
                return self._groups()
            case "leap":
                self._clock.leap(question["seconds"])
                return {}
            case "change":
                for player, number in question["games"]:
                    self._change(player, number)
                return {}
            case "begin_count":
                self._since = self._clock.now().timestamp()
                return {}
            case "told":
                return self._told(self._since)
        return await super().answer(question)

    def _groups(self) -> Answer:
        """Make them, with a message of the bot's to be the board of each, and have everybody play something."""
        for player in range(PLAYERS):
            self._change(player, player)
        bot, boards = self._timed.default_bot.user, []
        for number in range(CHATS):
            chat = self._timed.chats[self._group(f"Group {number}")["chat"]]
            boards.append((chat.id, self._timed.post(chat, bot, text="Who's on").id))
        return {"boards": boards}

    def _change(self, player: int, number: int) -> None:
        """Let somebody begin another game, which no other begins."""
        platform = platform_of(player)
        id_ = account(platform, player).account_id
        if platform is Platform.XBOX:
            self._xbox.accounts[id_].state = "online"
            self._xbox.accounts[id_].game = game(number)
        else:
            self._steam.accounts[id_].state = Persona.ONLINE
            self._steam.accounts[id_].game = game(number)
        self._changed[number] = self._clock.now().timestamp()

    def _told(self, at: float) -> Answer:
        """Say what was asked of Telegram in all, and from that time on; how soon the changes since were to be seen."""
        asked = [one for one in self._timed.requests if one.method in _COUNTED]
        chats = defaultdict(list)
        for one in asked:
            chats[one.params["chat_id"]].append(one.at)
        late = self._lateness(asked, at)
        return {
            "statuses": Counter(str(one.status) for one in asked),
            "asked": sum(one.at >= at for one in asked),
            "chat_minute": max(busiest(times, 60.0) for times in chats.values()),
            "second": busiest([one.at for one in asked], 1.0),
            "unseen": sum(when >= at for when in self._changed.values()) - len(late),
            "median": statistics.median(late),
            "p95": statistics.quantiles(late, n=20)[-1],
            "last": max(late),
        }

    def _lateness(self, asked: Iterable[Request], since: float) -> list[float]:
        """Give for each change since then how many seconds later its board showed it first."""
        shown: dict[int, float] = {}
        for one in asked:
            if one.status == HTTPStatus.OK:
                for number in _GAME.findall(one.params["text"]):
                    shown.setdefault(int(number), one.at)
        changed = ((number, when) for number, when in self._changed.items() if when >= since)
        return [shown[number] - when for number, when in changed if number in shown]


async def play() -> None:
    """Serve until stdin ends."""
    clock = Standing()
    world = TimedWorld(clock)
    xbox, psn, steam = Xbox(clock), Psn(clock), Steam(clock)
    add_players(clock, xbox, psn, steam)
    desk = BoardsDesk(world, clock, xbox, psn, steam)
    async with SimServer(world, platforms=SimulatedPlatforms(steam, xbox, psn)) as server:
        await serve({"url": server.url}, desk.answer)


if __name__ == "__main__":
    asyncio.run(play())

"""The simulated Telegram, Xbox Live, PlayStation Network and Steam of the `/status` benchmarks, in one process.

It talks with benchmarks/status_stage.py.
"""

import asyncio
import time
from typing import Any

from benchmarks.desk import PATIENCE, Desk
from benchmarks.lines import Answer, serve
from benchmarks.players import add_players, begin
from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.sandbox.platforms import SimulatedPlatforms
from gub.sandbox.psn import NPSSO, Psn
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import Xbox
from gub.sandbox.xbox.tokens import XSTS_LIFE, Kind


class TimedWorld(World):
    """A world that notes when its bot says something, and what."""

    said: tuple[float, SimMessage] | None = None

    def post(self, chat: Chat, sender: User | None, **fields: Any) -> SimMessage:
        """Note, and do as ever."""
        at = time.monotonic()
        message = super().post(chat, sender, **fields)
        if sender is self.default_bot.user:
            self.said = at, message
        return message


class StatusDesk(Desk):
    """Has one person ask at a time, and gives out what it takes to sign in to the platforms."""

    def __init__(self, world: TimedWorld, xbox: Xbox, psn: Psn, steam: Steam) -> None:
        super().__init__(world)
        self._timed = world
        self._xbox = xbox
        self._psn = psn
        self._steam = steam
        self._places: dict[int, tuple[User, Chat]] = {}

    async def answer(self, question: dict[str, Any]) -> Answer:
        """Do what is asked."""
        match question["do"]:
            case "ask":
                return await self._ask(question["chat"], question["text"])
            case "signed_in":
                await self._timed.wait_for(lambda: self._xbox.counts["xsts"], PATIENCE)
                return {}
            case "group":
                return self._group(question["title"])
            case "tokens" | "requests" | "forget_requests" | "answer_after" | "begin":
                return self._of_platforms(question)
        return await super().answer(question)

    def _of_platforms(self, question: dict[str, Any]) -> Answer:
        match question["do"]:
            case "tokens":
                return self._tokens()
            case "requests":
                return self._requests()
            case "answer_after":
                self._answer_after(question["seconds"])
            case "begin":
                for number in question["players"]:
                    begin(number, question["game"], self._xbox, self._psn, self._steam)
            case "forget_requests":
                self._xbox.counts.clear()
                self._psn.counts.clear()
                self._steam.requests.clear()
        return {}

    def _group(self, title: str) -> Answer:
        """Make a group of somebody and the bot."""
        person = self._timed.add_user(f"Keeper of {title}")
        group = self._timed.add_group(title, [person])
        self._timed.add_bot(group, by=person)
        self._places[group.id] = person, group
        return {"chat": group.id, "keeper": person.id}

    def _tokens(self) -> Answer:
        """Sign somebody in to Xbox Live and PlayStation Network, and give what that brings."""
        tokens = self._xbox.tokens
        refresh = self._xbox.issue_refresh_token()
        code = self._psn.tokens.give_code(NPSSO)
        issued = self._psn.tokens.redeem(code or "")
        assert issued
        return {
            "xbox": {"refresh": refresh, "access": tokens.issue_access(tokens.grants[refresh])},
            "xsts": f"XBL3.0 x={self._xbox.user_hash};{tokens.issue(Kind.XSTS, XSTS_LIFE)}",
            "psn": {"refresh": issued.refresh_token, "access": issued.access_token},
        }

    def _answer_after(self, seconds: float) -> None:
        """Let every question about presence take so long."""
        self._xbox.fail("slow", times=-1, delay=seconds, where="presence")
        self._psn.fail("slow", times=-1, delay=seconds, where="presence")
        self._steam.fail("slow", times=-1, delay=seconds)

    def _requests(self) -> Answer:
        """Count the questions about presence that were answered."""
        return {
            Platform.XBOX: self._xbox.counts["presence"],
            Platform.PSN: self._psn.counts["batch"] + self._psn.counts["presence"],
            Platform.STEAM: len([one for one in self._steam.requests if one.status == 200]),
        }

    async def _ask(self, chat_id: int, text: str) -> Answer:
        self._timed.said = None
        start = time.monotonic()
        self._timed.say(*self._places[chat_id], text)
        at, message = await self._timed.wait_for(lambda: self._timed.said, PATIENCE)
        assert message.chat_id == chat_id
        return {"seconds": at - start, "text": message.text}


async def play(made: type[StatusDesk] = StatusDesk) -> None:
    """Serve until stdin ends."""
    clock = SystemClock()
    world = TimedWorld(clock)
    xbox, psn, steam = (platform(clock, on_change=world.touch) for platform in (Xbox, Psn, Steam))
    add_players(clock, xbox, psn, steam)
    desk = made(world, xbox, psn, steam)
    async with SimServer(world, platforms=SimulatedPlatforms(steam, xbox, psn)) as server:
        await serve({"url": server.url}, desk.answer)


if __name__ == "__main__":
    asyncio.run(play())

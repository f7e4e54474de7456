"""The simulators of the `/status` benchmarks, seen from outside (benchmarks/status_simulator.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.lines import asked
from benchmarks.stage import Stage
from gub.domain.values import Platform


@dataclass(frozen=True)
class Pair:
    """What an OAuth server gave."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


@dataclass(frozen=True)
class Signed:
    """A sign-in to the simulated platforms; `xsts` is the Authorization that Xbox Live's services take."""

    xbox: Pair
    psn: Pair
    xsts: str = field(repr=False)


@dataclass(frozen=True)
class Group:
    """A group chat and the one person in it, by their ids."""

    chat_id: int
    keeper_id: int
    title: str


class StatusStage(Stage):
    """Telegram and all platforms."""

    module = "benchmarks.status_simulator"

    @property
    def gateway(self) -> str:
        """GUB_PLATFORM_GATEWAY."""
        return f"{self.url}/platforms"

    async def group(self, title: str) -> Group:
        """Make a group."""
        made = await asked(self.child, "group", title=title)
        return Group(made["chat"], made["keeper"], title)

    async def tokens(self) -> Signed:
        """Sign in to Xbox Live and PlayStation Network."""
        told = await asked(self.child, "tokens")
        return Signed(Pair(**told["xbox"]), Pair(**told["psn"]), told["xsts"])

    async def answer_after(self, seconds: float) -> None:
        """Let the platforms answer each question about presence so late."""
        await asked(self.child, "answer_after", seconds=seconds)

    async def begin(self, players: Sequence[int], game: str) -> None:
        """Have these players begin a game, each where they play."""
        await asked(self.child, "begin", players=list(players), game=game)

    async def signed_in(self) -> None:
        """Wait until the bot has signed in to Xbox Live, the only one where stored tokens do not do."""
        await asked(self.child, "signed_in")

    async def forget_requests(self) -> None:
        """Count from zero."""
        await asked(self.child, "forget_requests")

    async def requests(self) -> Mapping[Platform, int]:
        """Count the questions about presence that each platform has answered."""
        told = await asked(self.child, "requests")
        return {platform: told[platform] for platform in Platform}

    async def ask(self, group: Group, text: str) -> tuple[float, str]:
        """Have it said in the group; give the seconds until the bot's message arrived there, and its text."""
        told = await asked(self.child, "ask", chat=group.chat_id, text=text)
        return told["seconds"], told["text"]

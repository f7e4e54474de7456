"""The whole bot watches over somebody: what they do is noticed unasked, over faults and restarts, and kept at will."""

import asyncio
from datetime import timedelta

import pytest

from gub.domain.presence import Status
from gub.domain.values import Allowance, Platform, Visibility
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import groups, until
from tests.scenarios.people import put
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place, bot_in_process

MINUTE = timedelta(seconds=61)
PLAYING, OFFLINE = Status.PLAYING, Status.OFFLINE


@pytest.fixture
async def squad(world: World, platforms: Platforms, store: Store) -> tuple[User, Chat]:
    """A chat with somebody who allows a history and somebody who does not, each playing on Steam and on PlayStation."""
    ((ana, chat),) = groups(world, 1)
    for number, name in enumerate(("Ana", "Bea"), start=1):
        accounts = [platforms.player(one, number, "Hades") for one in (Platform.STEAM, Platform.PSN)]
        await put(store, ana, chat, {name: accounts})
    allowing, _ = await store.statususers.of_chat(chat.id)
    await store.statususers.claim(allowing.id, chat.id, ana.id)
    await store.statususers.allow(allowing.id, chat.id, ana.id, Allowance.HISTORY, allowed=True)
    return ana, chat


def _now_plays(platforms: Platforms, number: int, game: str | None) -> None:
    """Have somebody play another game on both, or leave both."""
    steam = next(one for one in platforms.steam.accounts.values() if one.name == f"hidden {number}s")
    psn = next(one for one in platforms.psn.accounts.values() if one.online_id == f"hidden-{number}p")
    state = "online" if game else "offline"
    platforms.steam.set_presence(steam.id, state=state, game=game or "")
    platforms.psn.set_presence(psn.id, state=state, game=game or "")


class Life:
    """The simulated world around the bot, and what it keeps of Ana."""

    def __init__(self, world: World, platforms: Platforms, store: Store, chat: Chat) -> None:
        self.world = world
        self.platforms = platforms
        self.store = store
        self.chat = chat

    async def look(self, after: timedelta = MINUTE) -> None:
        """Let so much time pass at once, and wait until the bot has looked."""
        looks = self.platforms.time.naps["Poller.run"]
        self.platforms.time.leap(after)
        while self.platforms.time.naps["Poller.run"] == looks:
            try:
                async with asyncio.timeout(0.3):
                    await until(self.world, lambda: self.platforms.time.naps["Poller.run"] > looks)
            except TimeoutError:  # something waits before it tries again
                self.platforms.time.leap(timedelta(seconds=5))

    async def first_look(self) -> None:
        """Wait until the bot, just started, has looked."""
        await until(self.world, lambda: self.platforms.time.naps["Poller.run"] > 0)

    async def kept(self) -> list[tuple[Status, str | None]]:
        """Give what is kept of Ana, who allows it. Of Bea, who does not, nothing is."""
        ana, bea = await self.store.statususers.of_chat(self.chat.id)
        assert await self.store.history.of_person(bea.id) == []
        return [(one.status, one.title) for one in reversed(await self.store.history.of_person(ana.id))]


@pytest.fixture
def life(world: World, platforms: Platforms, store: Store, squad: tuple[User, Chat]) -> Life:
    return Life(world, platforms, store, squad[1])


async def test_what_somebody_does_is_noticed_unasked_and_over_a_restart(place: Place, life: Life) -> None:
    async with bot_in_process(place, life.platforms.time):
        await life.first_look()
        assert await life.kept() == [(PLAYING, "Hades")]
        _now_plays(life.platforms, 1, "Dota 2")
        await life.look()
        assert await life.kept() == [(PLAYING, "Hades"), (PLAYING, "Dota 2")]
        await life.look()
    life.platforms.time.naps.clear()
    async with bot_in_process(place, life.platforms.time):
        await life.first_look()
        assert await life.kept() == [(PLAYING, "Hades"), (PLAYING, "Dota 2")]
        _now_plays(life.platforms, 1, None)
        await life.look()
        assert await life.kept() == [(PLAYING, "Hades"), (PLAYING, "Dota 2"), (OFFLINE, None)]


@pytest.mark.parametrize("kind", ["down", "429", "garbage", "500"])
async def test_a_platform_in_trouble_turns_nobody_offline_and_is_heard_again_by_itself(
    place: Place, life: Life, kind: str
) -> None:
    platforms = life.platforms
    steam = next(one for one in platforms.steam.accounts.values() if one.name == "hidden 1s")
    # On PlayStation they are gone: by that alone they would be offline.
    _now_plays(platforms, 1, None)
    platforms.steam.set_presence(steam.id, state="online", game="Hades")
    async with bot_in_process(place, platforms.time):
        await life.first_look()
        assert await life.kept() == [(PLAYING, "Hades")]
        platforms.steam.fail(kind, times=-1)
        asked = platforms.questions
        for _ in range(14):
            await life.look()
        assert await life.kept() == [(PLAYING, "Hades")]
        assert platforms.questions[Platform.PSN] >= asked[Platform.PSN] + 10
        assert platforms.questions[Platform.STEAM] > asked[Platform.STEAM]
        platforms.steam.clear_faults()
        platforms.steam.set_presence(steam.id, state="online", game="Dota 2")
        # It may have said for how long it wants to be left alone; a question under way may fail once more.
        await life.look(after=timedelta(minutes=6))
        for _ in range(3):
            if len(await life.kept()) == 1:
                await life.look()
        assert await life.kept() == [(PLAYING, "Hades"), (PLAYING, "Dota 2")]


async def test_who_hides_is_asked_about_no_more(place: Place, life: Life, squad: tuple[User, Chat]) -> None:
    ana, chat = squad
    async with bot_in_process(place, life.platforms.time):
        await life.first_look()
        await life.look()
        (person, _) = await life.store.statususers.of_chat(chat.id)
        await life.store.statususers.set_visibility(person.id, chat.id, Visibility.HIDDEN, by=ana.id)
        before = life.platforms.questions
        for _ in range(10):
            await life.look()
        assert life.platforms.questions == before
        await life.store.statususers.set_visibility(person.id, chat.id, Visibility.EVERYONE, by=ana.id)
        await life.look()
        assert life.platforms.questions[Platform.STEAM] == before[Platform.STEAM] + 1

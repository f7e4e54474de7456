"""A platform that is down, hangs or talks nonsense costs the others nothing, and comes back."""

from datetime import timedelta

import pytest

from gub.domain.values import Platform
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import ask, groups
from tests.scenarios.people import put, rows, status_with
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place, bot_in_process

FORGOTTEN = timedelta(minutes=15)
"""After this nothing of an answer is left in the bot's memory, and no platform is left alone any more."""

NAMES = {Platform.XBOX: "Xbox", Platform.PSN: "PlayStation", Platform.STEAM: "Steam"}
GAMES = {platform: f"On {platform}" for platform in Platform}
MEANINGFUL = {Platform.STEAM: {"401", "403"}, Platform.PSN: {"403"}}
"""How Steam refuses the key, and PlayStation to speak of somebody private: no failures, once it is signed in."""


@pytest.fixture
async def squad(world: World, platforms: Platforms, store: Store) -> tuple[User, Chat]:
    """A chat with somebody playing on each platform."""
    ((ana, chat),) = groups(world, 1)
    await put(store, ana, chat, {f"P-{p}": platforms.player(p, 1, GAMES[p]) for p in Platform})
    return ana, chat


@pytest.mark.parametrize("platform", Platform)
async def test_d62_d63_a_failing_platform_hides_nobody_and_comes_back(
    world: World, place: Place, platforms: Platforms, squad: tuple[User, Chat], platform: Platform
) -> None:
    ana, chat = squad
    failing = {Platform.XBOX: platforms.xbox, Platform.PSN: platforms.psn, Platform.STEAM: platforms.steam}[platform]
    async with bot_in_process(place, platforms.time):
        await status_with(world, ana, chat, *GAMES.values())
        for kind in ("down", "slow", "429", "html", "garbage", "drop", "500", "403", "401"):
            if kind in MEANINGFUL.get(platform, ()):
                continue
            platforms.time.leap(FORGOTTEN)
            failing.fail(kind, times=-1, delay=600.0)
            told = await ask(world, ana, chat, "/status")
            assert f"{NAMES[platform]} isn't answering right now." in told.text, kind
            assert sorted(rows(told)) == sorted(f"P-{p}" for p in Platform), kind
            assert [game for game in GAMES.values() if game not in told.text] == [GAMES[platform]], kind
            assert bool(platforms.clock.held) is (kind == "slow"), "it is not waited for"
            failing.clear_faults()
            platforms.clock.let_go()
            # A question that was under way may fail once more when time leaps.
            back = await status_with(world, ana, chat, *GAMES.values(), before=lambda: platforms.time.leap(FORGOTTEN))
            assert "answering" not in back.text, kind


async def test_a_short_silence_is_bridged_by_what_was_last_said(
    world: World, place: Place, platforms: Platforms, squad: tuple[User, Chat]
) -> None:
    ana, chat = squad
    async with bot_in_process(place, platforms.time):
        await status_with(world, ana, chat, *GAMES.values())
        platforms.time.leap(timedelta(minutes=5))
        platforms.psn.fail("down")
        told = await ask(world, ana, chat, "/status")
        assert "On psn on PlayStation" in told.text
        assert "(as of 5 minutes ago)" in rows(told)["P-psn"]
        assert "as of" not in rows(told)["P-xbox"] + rows(told)["P-steam"]
        assert "PlayStation isn't answering right now. This is what it last said." in told.text

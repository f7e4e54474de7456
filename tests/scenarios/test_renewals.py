"""Tokens renewed once for all who wait, over kills and restarts, and by the NPSSO only when nothing else works."""

from datetime import timedelta

import pytest

from gub.domain.credentials import CredentialStatus
from gub.domain.values import Platform
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import all_answered, answers, ask, bot_messages, groups, until
from tests.scenarios.people import put, status_with
from tests.scenarios.platforms import EXPIRED, Moving, Platforms
from tests.scenarios.running import BotProcess, Place, bot_in_process

ONCE_EACH = {Platform.XBOX: 1, Platform.PSN: 1}
GAMES = ("On xbox", "On psn", "On steam")


async def revisions(store: Store) -> dict[Platform, int]:
    xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
    assert xbox is not None
    assert psn is not None
    return {Platform.XBOX: xbox.revision, Platform.PSN: psn.revision}


async def check_signed_in(platforms: Platforms, store: Store) -> None:
    """The stored tokens are those that the platforms take, and nothing is dead."""
    xbox, psn = await store.credentials.xbox(), await store.credentials.psn()
    assert xbox is not None
    assert psn is not None
    assert platforms.is_signed_in_with(xbox.tokens, Platform.XBOX)
    assert platforms.is_signed_in_with(psn.tokens, Platform.PSN)
    assert CredentialStatus.DEAD not in [state.status for state in await store.credentials.states()]


@pytest.fixture
async def squad(world: World, platforms: Platforms, store: Store) -> tuple[User, Chat]:
    """A chat with somebody playing on each platform."""
    ((ana, chat),) = groups(world, 1)
    await put(store, ana, chat, {f"P-{p}": platforms.player(p, 1, f"On {p}") for p in Platform})
    return ana, chat


@pytest.fixture
def tokens_work_once(platforms: Platforms) -> None:
    """Refresh tokens are used up: a second renewal, or one that was not stored, would be the end."""
    platforms.xbox.uses_up_refresh_tokens = True
    platforms.psn.rotating = True


@pytest.mark.usefixtures("tokens_work_once")
async def test_d68_twenty_askers_with_expired_tokens_cause_one_renewal_and_nobody_is_lost(
    world: World, place: Place, platforms: Platforms, store: Store
) -> None:
    """Ten ask for presences, which go together, and ten look somebody up, each with requests of their own."""
    people = groups(world, 20)
    zoe = world.add_user("Zoe")
    for number, (person, chat) in enumerate(people):
        mine = {p.value: platforms.player(p, number, f"Game {number:02}") for p in Platform}
        if number < 10:
            await put(store, person, chat, dict(mine))
    async with bot_in_process(place, Moving(20.0)):
        await until(world, lambda: all(bot_messages(world, chat) for _, chat in people))
        await until(world, lambda: platforms.xbox.counts["xsts"])
        before = await revisions(store)
        assert platforms.renewals == dict.fromkeys(ONCE_EACH, 0)
        platforms.expire_access_tokens()
        platforms.xbox.fail("slow", where="login", delay=60)
        platforms.psn.fail("slow", where="token", delay=60)
        asked = [(chat, world.say(person, chat, "/status")) for person, chat in people[:10]]
        # Xbox allows ten look-ups in 15 seconds, and each of these takes two.
        added = [
            (chat, world.say(person, chat, f"/add Nova {f'xbox:hidden {n}x' if n < 14 else f'psn:hidden-{n}p'}"))
            for n, (person, chat) in enumerate(people[10:], 10)
        ]
        # The first renewal of each is held while all others come to want one; any other renewal would pass it.
        await until(world, lambda: platforms.clock.held == 2)
        for _ in range(5):
            await ask(world, zoe, zoe, "/about")
        platforms.clock.let_go()
        await all_answered(world, asked + added)
    assert platforms.renewals == ONCE_EACH
    assert await revisions(store) == {platform: count + 1 for platform, count in before.items()}
    assert platforms.npsso_uses == 0
    await check_signed_in(platforms, store)
    for number, (chat, message) in enumerate(asked):
        assert answers(world, chat, message)[0].text.count(f"Game {number:02}") == 3
    for chat, _ in added:
        assert [one.display_name for one in await store.statususers.of_chat(chat.id)] == ["Nova"]


@pytest.mark.usefixtures("tokens_work_once")
async def test_twenty_askers_at_the_start_share_the_renewal_of_what_is_stored(
    world: World, place: Place, platforms: Platforms, store: Store
) -> None:
    await platforms.give_all(store, age=EXPIRED)
    before = await revisions(store)
    people = groups(world, 20)
    for number, (person, chat) in enumerate(people):
        mine = {p.value: platforms.player(p, number, f"Game {number:02}") for p in Platform}
        await put(store, person, chat, dict(mine))
    said = [(chat, world.say(person, chat, "/status")) for person, chat in people]
    async with bot_in_process(place, Moving(20.0)):
        await all_answered(world, said)
    assert platforms.renewals == ONCE_EACH
    assert await revisions(store) == {platform: count + 1 for platform, count in before.items()}
    await check_signed_in(platforms, store)
    for number, (chat, message) in enumerate(said):
        assert answers(world, chat, message)[0].text.count(f"Game {number:02}") == 3


@pytest.mark.usefixtures("tokens_work_once")
@pytest.mark.parametrize("platform", [Platform.XBOX, Platform.PSN])
async def test_kill_9_between_a_renewal_and_the_next_call_comes_back_signed_in(  # noqa: PLR0917 - fixtures, by name
    world: World, platforms: Platforms, store: Store, process: BotProcess, squad: tuple[User, Chat], platform: Platform
) -> None:
    """The next call is held: so the tokens came, and were in use."""
    ana, chat = squad
    await platforms.give_all(store, age=EXPIRED)
    if platform is Platform.XBOX:
        platforms.xbox.fail("slow", where="user", delay=60)
    else:
        platforms.psn.fail("slow", where="presence", delay=60)
        world.say(ana, chat, "/status")
    await process.start()
    await until(world, lambda: platforms.clock.held and platforms.renewals[platform])
    process.kill()
    await process.ended()
    platforms.clock.let_go()
    await until(world, lambda: not platforms.clock.held)
    await process.start()
    await status_with(world, ana, chat, *GAMES)
    assert platforms.renewals[platform] == 1
    assert platforms.npsso_uses == 0
    await check_signed_in(platforms, store)
    # And the stored refresh token is the newest: an older one would be refused.
    platforms.expire_access_tokens()
    process.kill()
    await process.ended()
    await process.start()
    await status_with(world, ana, chat, *GAMES)
    assert platforms.renewals[platform] == 2
    assert platforms.npsso_uses == 0
    await check_signed_in(platforms, store)


@pytest.mark.parametrize("answered", [False, True], ids=["before the platform did it", "its answer lost"])
@pytest.mark.parametrize("platform", [Platform.XBOX, Platform.PSN])
async def test_kill_9_in_the_middle_of_a_renewal_comes_back_by_what_still_works(  # noqa: PLR0917 - as above
    world: World,
    platforms: Platforms,
    store: Store,
    process: BotProcess,
    squad: tuple[User, Chat],
    platform: Platform,
    answered: bool,
) -> None:
    """Xbox's old refresh token works on. Sony's may not (`rotating`): then the NPSSO leads back in, once."""
    ana, chat = squad
    # Only where it is what is shown: the other platform renews meanwhile, and the kill may lose its answer as well.
    platforms.psn.rotating = platform is Platform.PSN
    await platforms.give_all(store, age=EXPIRED)
    part = platforms.xbox if platform is Platform.XBOX else platforms.psn
    part.fail("slow", where="login" if platform is Platform.XBOX else "token", delay=60)
    await process.start()
    await until(world, lambda: platforms.clock.held)
    process.kill()
    await process.ended()
    if answered:
        platforms.clock.let_go()
        await until(world, lambda: platforms.renewals[platform] == 1)
    await process.start()
    await status_with(world, ana, chat, *GAMES)
    renewed_again = platform is Platform.XBOX or not answered
    assert platforms.renewals[platform] == int(answered) + int(renewed_again)
    assert platforms.npsso_uses == int(not renewed_again)
    await check_signed_in(platforms, store)


async def test_the_npsso_is_used_only_when_nothing_else_works(
    world: World, place: Place, platforms: Platforms, store: Store, squad: tuple[User, Chat]
) -> None:
    """Each use is a sign-in that Sony may hold against the account."""
    ana, chat = squad
    for restart in range(3):
        await platforms.give_all(store, age=EXPIRED) if restart == 0 else platforms.expire_access_tokens()
        async with bot_in_process(place, platforms.time):
            await status_with(world, ana, chat, *GAMES)
            platforms.time.leap(timedelta(hours=1, minutes=10))
            await status_with(world, ana, chat, *GAMES)
    renewed = platforms.renewals[Platform.PSN]
    assert renewed >= 6
    assert platforms.npsso_uses == 0
    platforms.psn.revoke_refresh_tokens()
    async with bot_in_process(place, platforms.time):
        await status_with(world, ana, chat, *GAMES)
        assert platforms.npsso_uses == 0, "the access token still works"
        platforms.psn.expire_access_tokens()
        platforms.time.leap(timedelta(minutes=1))
        await status_with(world, ana, chat, *GAMES)
        assert platforms.npsso_uses == 1
        platforms.time.leap(timedelta(hours=1, minutes=10))
        await status_with(world, ana, chat, *GAMES)
    async with bot_in_process(place, platforms.time):
        await status_with(world, ana, chat, *GAMES)
    assert platforms.npsso_uses == 1
    assert platforms.renewals[Platform.PSN] > renewed
    await check_signed_in(platforms, store)

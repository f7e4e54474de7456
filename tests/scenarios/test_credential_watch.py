"""What owners hear of credentials: of an end in time, of a death once, and that a new one works at once."""

from datetime import timedelta

import pytest

from gub.credential_commands import store_steam_key
from gub.domain.credentials import CredentialStatus
from gub.domain.values import Platform
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET
from gub.services.credentials.watch import CredentialWatch
from gub.store.store import Store
from tests.scenarios.commands import Outcome, gub, sign_in_to_xbox
from tests.scenarios.conversation import groups, until
from tests.scenarios.people import private_notices, put, rows, status_with
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place, bot_in_process

NAMES = {Platform.XBOX: "Xbox", Platform.PSN: "PlayStation", Platform.STEAM: "Steam"}
GAMES = {platform: f"On {platform}" for platform in Platform}
DEAD = "doesn't accept my credential any more"
OTHER_KEY = "0123456789ABCDEF" * 2


@pytest.fixture
def owner(world: World) -> User:
    owner = world.add_user("Olga")
    world.start(owner)
    return owner


@pytest.fixture
def owned(place: Place, owner: User) -> Place:
    return place.having(GUB_OWNER_IDS=str(owner.id))


@pytest.fixture
async def squad(world: World, platforms: Platforms, store: Store) -> tuple[User, Chat]:
    """A chat with somebody playing on each platform."""
    ((ana, chat),) = groups(world, 1)
    await put(store, ana, chat, {f"P-{p}": platforms.player(p, 1, GAMES[p]) for p in Platform})
    return ana, chat


async def looked_after(world: World, platforms: Platforms, passed: timedelta = timedelta(hours=2)) -> None:
    """Let so much time pass while the watch sleeps, and wait until it sleeps again: it has looked and told."""
    naps, watch = platforms.time.naps, CredentialWatch.run.__qualname__
    await until(world, lambda: naps[watch])
    before = naps[watch]
    platforms.time.leap(passed)
    await until(world, lambda: naps[watch] > before)


def kill(platforms: Platforms, platform: Platform) -> None:
    """Let the platform refuse all that is stored."""
    match platform:
        case Platform.XBOX:
            platforms.xbox.expire_access_tokens()
            platforms.xbox.revoke_refresh_tokens()
        case Platform.PSN:
            platforms.psn.expire_access_tokens()
            platforms.psn.revoke_refresh_tokens()
            platforms.psn.expire_npsso()
        case Platform.STEAM:
            platforms.steam.key = OTHER_KEY


async def give_anew(place: Place, platforms: Platforms, platform: Platform) -> Outcome:
    """Do on the machine what the notice says, while the bot runs.

    Steam's key not as a process: when it was proved is compared with when Steam refused the old one, and no time has
    leapt for a process.
    """
    match platform:
        case Platform.XBOX:
            return await sign_in_to_xbox(place, platforms.xbox)
        case Platform.PSN:
            return await gub(place, "credentials", "psn", stdin=f'{{"npsso":"{platforms.psn.new_npsso()}"}}\n')
        case Platform.STEAM:
            said: list[str] = []
            await store_steam_key(place.settings, platforms.time, OTHER_KEY, said.append)
            return Outcome(0, "\n".join(said))


@pytest.mark.parametrize("platform", Platform)
async def test_d72_a_dead_credential_switches_one_platform_off_and_is_told_once(  # noqa: PLR0917 - fixtures
    world: World,
    owned: Place,
    platforms: Platforms,
    store: Store,
    owner: User,
    squad: tuple[User, Chat],
    platform: Platform,
) -> None:
    ana, chat = squad
    others = [game for of, game in GAMES.items() if of is not platform]
    async with bot_in_process(owned, platforms.time):
        await status_with(world, ana, chat, *GAMES.values())
        kill(platforms, platform)
        off = await status_with(
            world,
            ana,
            chat,
            f"{NAMES[platform]} needs my owner",
            *others,
            before=lambda: platforms.time.leap(timedelta(minutes=12)),
        )
        assert sorted(rows(off)) == sorted(f"P-{p}" for p in Platform)
        assert GAMES[platform] not in off.text
        await looked_after(world, platforms)
        assert len(private_notices(world, owner, DEAD)) == 1
        await looked_after(world, platforms)
    async with bot_in_process(owned, platforms.time):
        await looked_after(world, platforms)
        await status_with(
            world,
            ana,
            chat,
            f"{NAMES[platform]} needs my owner",
            *others,
            before=lambda: platforms.time.leap(timedelta(minutes=12)),
        )
        await looked_after(world, platforms)
        (notice,) = private_notices(world, owner, DEAD)
        assert NAMES[platform] in notice.text
        assert f"gub credentials {platform}" in notice.text
        assert not [m for m in world.messages(chat) if DEAD in m.text]
        given = await give_anew(owned, platforms, platform)
        assert given.code == 0, given.output
        platforms.time.leap(timedelta(minutes=1))
        back = await status_with(world, ana, chat, *GAMES.values())
        assert "owner" not in back.text
        await looked_after(world, platforms)
    assert {state.status for state in await store.credentials.states()} == {CredentialStatus.OK}
    assert len(private_notices(world, owner, DEAD)) == 1


async def test_d71_d74_owners_are_warned_at_14_7_3_and_1_days(
    world: World, owned: Place, platforms: Platforms, store: Store, owner: User
) -> None:
    """Of PlayStation's 60 days, which no renewal lengthens, and of the client secret's end a few hours later."""
    ends = platforms.time.now() + timedelta(days=60, hours=6)
    tokens = platforms.xbox_tokens(platforms.time.now())
    await store.credentials.set_xbox(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, tokens, platforms.time.now(), ends)
    async with bot_in_process(owned, platforms.time):
        await looked_after(world, platforms)
        assert private_notices(world, owner, "ends in") == []
        await looked_after(world, platforms, timedelta(days=60 - 15))
        assert private_notices(world, owner, "ends in") == []
        for number, days in enumerate((14, 7, 3, 1), 1):
            mark = ends - timedelta(days=days)
            await looked_after(world, platforms, mark - platforms.time.now() + timedelta(minutes=5))
            assert len(private_notices(world, owner, "ends in")) == 2 * number, days
            await looked_after(world, platforms)
            await looked_after(world, platforms)
            assert len(private_notices(world, owner, "ends in")) == 2 * number, "once each"
    text = "\n".join(one.text for one in private_notices(world, owner, "ends in"))
    assert text.count("My PlayStation sign-in ends in") == 4
    assert text.count("My Xbox client secret ends in") == 4
    assert text.count("My Xbox sign-in") == 0, "it is renewed again and again"


async def test_owners_are_warned_of_the_end_of_xboxs_sign_in_while_microsoft_is_away(
    world: World, owned: Place, platforms: Platforms, owner: User
) -> None:
    platforms.xbox.fail("html", times=-1, where="login")
    async with bot_in_process(owned, platforms.time):
        await looked_after(world, platforms)
        for days in (76, 7, 4, 2):
            await looked_after(world, platforms, timedelta(days=days))
            await looked_after(world, platforms)
        told = [one for one in private_notices(world, owner, "ends in") if "Xbox" in one.text]
        assert [one.text.partition("ends in ")[2].partition(" (")[0] for one in told] == [
            "14 days",
            "7 days",
            "3 days",
            "15 hours",
        ]

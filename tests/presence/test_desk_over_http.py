"""The desk with Steam's own client, over real HTTP and in real time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from gub.clock import SystemClock
from gub.domain.presence import Status
from gub.domain.values import Platform
from gub.platforms.limiter import Budget
from gub.platforms.steam import BUDGET, SteamClient
from gub.platforms.steam.refusals import SPELL_SECONDS
from gub.platforms.transport import Transport
from gub.presence.desk import PresenceDesk
from gub.presence.health import Health
from tests.platforms.server import Server, answer, running_server
from tests.platforms.steam_answers import FORBIDDEN, KEY, NOVA, ORBIT, Steam, player
from tests.presence.clients import person


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running_server() as running:
        yield running


class Leaping(SystemClock):
    """The machine's clock, on which time can be made to have passed."""

    passed = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.passed


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
async def steam(server: Server, clock: Leaping) -> AsyncIterator[SteamClient]:

    async def key() -> str:
        return KEY

    transport = Transport(f"{server.url}/platforms", clock)
    client = SteamClient(transport, Budget(BUDGET, clock), key, clock)
    yield client
    await client.aclose()
    await transport.aclose()


async def test_fifteen_chats_at_once_are_one_request(server: Server, steam: SteamClient) -> None:
    ids = [str(int(NOVA) + number) for number in range(15)]
    server.handler = Steam(*(player(one, gameid=one[-2:], gameextrainfo=f"game {one}") for one in ids))
    desk = PresenceDesk({Platform.STEAM: steam}, SystemClock(), deadline=20.0, gather=0.2)
    answers = await asyncio.gather(*(desk.of_people([person(one, steam=one)]) for one in ids))
    for one, found in zip(ids, answers, strict=True):
        main = found[one].main
        assert main is not None
        assert main.title == f"game {one}"
    assert len(server.seen) == 1
    await desk.aclose()


async def test_a_late_answer_is_used_by_the_next(server: Server, steam: SteamClient) -> None:
    server.handler = Steam(player(NOVA))
    server.release.clear()
    desk = PresenceDesk({Platform.STEAM: steam}, SystemClock(), deadline=0.05)
    who = person("a", steam=NOVA)
    assert (await desk.of_people([who]))["a"].unanswered == (Platform.STEAM,)
    server.release.set()
    while (found := (await desk.of_people([who]))["a"]).unanswered:
        pass
    assert found.status is Status.ONLINE
    assert len(server.seen) == 1
    await desk.aclose()


async def test_a_refused_key_is_reported_only_when_it_stays_refused(
    server: Server, steam: SteamClient, clock: Leaping
) -> None:
    server.handler = lambda _: FORBIDDEN
    states = []
    for _ in range(3):
        desk = PresenceDesk({Platform.STEAM: steam}, SystemClock(), deadline=20.0)
        await desk.of_people([person("a", steam=NOVA), person("b", steam=ORBIT)])
        states.append(desk.states()[Platform.STEAM].health)
        await desk.aclose()
        clock.passed += SPELL_SECONDS / 2
    assert states == [Health.DEGRADED, Health.DEGRADED, Health.AUTH_NEEDED]


async def test_closing_in_the_middle_of_a_request(server: Server, steam: SteamClient) -> None:
    server.handler = lambda _: answer(200, {})
    server.release.clear()
    desk = PresenceDesk({Platform.STEAM: steam}, SystemClock(), deadline=20.0)
    asked = asyncio.create_task(desk.of_people([person("a", steam=NOVA)]))
    await server.until_seen(1)
    await desk.aclose()
    assert (await asked)["a"].unanswered == (Platform.STEAM,)

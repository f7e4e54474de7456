"""Batches that are refused: who spoils one is found out, and the others have their answer."""

from collections.abc import AsyncIterator, Callable

import pytest

from gub.domain.credentials import PsnCredential
from gub.domain.presence import Status
from gub.platforms.errors import PlatformError
from gub.platforms.psn import PsnClient, psn_budgets
from gub.platforms.transport import Transport
from tests.platforms.clocks import SkippingClock, TickingClock
from tests.platforms.psn_answers import BAD_ID, NPSSO, PRIVATE, MemoryShelf, Psn, presence, tokens
from tests.platforms.server import Server, answer

IDS = [str(2066273500000000000 + number) for number in range(1, 101)]


class World(Psn):
    """A hundred people, some of whom spoil each batch that they are in."""

    def __init__(self, *private: str, gone: tuple[str, ...] = ()) -> None:
        super().__init__(*map(presence, IDS))
        self.private, self.gone = set(private), set(gone)
        self.refuses = self._spoiled

    def _spoiled(self, ids: list[str]) -> bytes | None:
        if self.gone & set(ids):
            return BAD_ID
        return PRIVATE if self.private & set(ids) else None

    @property
    def asked(self) -> int:
        return len(self.batches) + len(self.singles)

    def forget(self) -> None:
        self.batches.clear()
        self.singles.clear()


@pytest.fixture
async def client(transport: Transport, clock: SkippingClock) -> AsyncIterator[PsnClient]:
    # Tokens for days, so that this is about batches alone.
    shelf = MemoryShelf(PsnCredential(NPSSO, tokens(clock.now(), expires_in=864000), grant="g"))
    client = PsnClient(transport, psn_budgets(clock), shelf, clock)
    yield client
    await client.aclose()


async def test_d61_one_private_profile_does_not_take_the_rest_down(
    server: Server, client: PsnClient, clock: SkippingClock
) -> None:
    world = server.handler = World(IDS[41])
    found = await client.presences(IDS)
    assert [one for one in IDS if found[one].status is Status.PRIVATE] == [IDS[41]]
    assert [one for one in IDS if found[one].status is Status.ONLINE] == [one for one in IDS if one != IDS[41]]
    assert world.asked <= 1 + 2 * 7
    assert world.singles.count(IDS[41]) == 1
    told_at = found[IDS[41]].fetched_at
    world.forget()
    await clock.sleep(60)
    again = await client.presences(IDS)
    assert world.batches == [[one for one in IDS if one != IDS[41]]]
    assert (again[IDS[41]].status, again[IDS[41]].fetched_at) == (Status.PRIVATE, told_at)
    assert len(again) == 100
    assert world.singles == []


async def test_d61_a_refused_batch_is_told_apart_while_time_goes_on(server: Server, transport: Transport) -> None:
    """By a clock that stands still between two looks everybody is always in time."""
    clock = TickingClock()
    server.handler = World(IDS[41])
    shelf = MemoryShelf(PsnCredential(NPSSO, tokens(clock.now(), expires_in=864000), grant="g"))
    client = PsnClient(transport, psn_budgets(clock), shelf, clock)
    found = await client.presences(IDS)
    await client.aclose()
    assert len(found) == len(IDS)
    assert [one for one in IDS if found[one].status is Status.PRIVATE] == [IDS[41]]


async def test_a_private_profile_is_asked_about_alone_after_an_hour(
    server: Server, client: PsnClient, clock: SkippingClock
) -> None:
    world = server.handler = World(IDS[0], IDS[1])
    await client.presences(IDS[:10])
    await clock.sleep(3601)
    world.forget()
    world.private = {IDS[0]}
    found = await client.presences(IDS[:10])
    assert (world.batches, world.singles) == ([IDS[2:10]], IDS[:2])
    assert (found[IDS[0]].status, found[IDS[1]].status) == (Status.PRIVATE, Status.ONLINE)
    assert found[IDS[0]].fetched_at == clock.now()
    world.forget()
    await client.presences(IDS[:10])
    assert (world.batches, world.singles) == ([IDS[1:10]], [])


async def test_only_known_private_profiles_cost_nothing(server: Server, client: PsnClient) -> None:
    world = server.handler = World(IDS[0])
    assert (await client.presences(IDS[:1]))[IDS[0]].status is Status.PRIVATE
    world.forget()
    assert (await client.presences(IDS[:1]))[IDS[0]].status is Status.PRIVATE
    assert world.asked == 0


async def test_when_everybody_is_refused_it_is_asked_again_soon(
    server: Server, client: PsnClient, clock: SkippingClock
) -> None:
    world = server.handler = World(*IDS[:3])
    found = await client.presences(IDS[:3])
    assert {it.status for it in found.values()} == {Status.PRIVATE}
    world.private = set()
    await clock.sleep(299)
    assert {it.status for it in (await client.presences(IDS[:3])).values()} == {Status.PRIVATE}
    await clock.sleep(1)
    assert {it.status for it in (await client.presences(IDS[:3])).values()} == {Status.ONLINE}


async def test_an_id_that_nobody_has_is_unknown_and_spoils_nothing(server: Server, client: PsnClient) -> None:
    world = server.handler = World(gone=(IDS[7],))
    found = await client.presences(IDS)
    assert (found[IDS[7]].status, found[IDS[7]].unanswered) == (Status.UNKNOWN, False)
    assert sum(it.status is Status.ONLINE for it in found.values()) == 99
    world.forget()
    await client.presences(IDS)
    assert [len(batch) for batch in world.batches] == [99]


async def test_many_private_profiles_are_found_out_little_by_little_and_the_others_are_answered(
    server: Server, client: PsnClient, clock: SkippingClock
) -> None:
    private = IDS[:100:5]
    world = server.handler = World(*private)
    answered = 0
    for _ in range(12):
        world.forget()
        found = await client.presences(IDS)
        assert world.asked <= 1 + 1 + 30 + 3  # the clean, the suspects, the splitting, those whose hour is over
        assert len(found) >= answered
        answered = len(found)
        await clock.sleep(901)
    assert {one for one in IDS if found[one].status is Status.PRIVATE} == set(private)
    assert len(found) == 100
    assert world.asked <= 1 + 3


async def test_a_refused_batch_does_not_eat_the_whole_budget(
    server: Server, client: PsnClient, clock: SkippingClock
) -> None:
    world = server.handler = World(*IDS[1::2])
    for _ in range(20):  # ten minutes of sweeps
        found = await client.presences(IDS)
        assert found
        await clock.sleep(30)
    assert world.asked < 85


async def test_half_of_the_people_need_not_wait_for_the_private_ones_of_the_other_half(
    server: Server, client: PsnClient
) -> None:
    server.handler = World(*IDS[:50])
    found = await client.presences(IDS)
    assert all(found[one].status is Status.ONLINE for one in IDS[50:])


@pytest.mark.parametrize("status", [400, 414])
async def test_a_batch_that_is_too_long_is_halved_and_stays_so_for_a_while(
    server: Server, client: PsnClient, clock: SkippingClock, status: int
) -> None:
    world = server.handler = World()
    world.refuses = lambda ids: answer(status) if len(ids) > 30 else None
    found = await client.presences(IDS)
    assert all(it.status is Status.ONLINE for it in found.values())
    assert [len(batch) for batch in world.batches] == [100, 50, 50, 25, 25, 25, 25]
    world.forget()
    await client.presences(IDS)
    assert [len(batch) for batch in world.batches] == [25, 25, 25, 25]
    await clock.sleep(3601)
    world.forget()
    world.refuses = lambda _: None
    await client.presences(IDS)
    assert [len(batch) for batch in world.batches] == [100]


async def test_a_passing_400_of_a_small_batch_makes_no_smaller_ones(server: Server, client: PsnClient) -> None:
    world = server.handler = World()
    server.script.append(answer(400))
    assert len(await client.presences(IDS[:4])) == 4
    world.forget()
    await client.presences(IDS[:4])
    assert world.batches == [IDS[:4]]


async def test_a_part_that_fails_is_left_out_and_asked_about_apart(server: Server, client: PsnClient) -> None:
    world = server.handler = World()
    server.script.extend([PRIVATE, answer(503)])
    found = await client.presences(IDS[:10])
    assert sorted(found) == IDS[5:10]
    world.forget()
    assert len(await client.presences(IDS[:10])) == 10
    assert world.batches == [IDS[5:10], IDS[:5]]
    world.forget()
    await client.presences(IDS[:10])
    assert world.batches == [IDS[:10]]


async def test_when_nobody_could_be_asked_it_is_an_error(server: Server, client: PsnClient) -> None:
    server.script.append(PRIVATE)
    replies: Callable[[object], bytes] = lambda _: answer(200, "x")  # noqa: E731
    server.handler = replies
    with pytest.raises(PlatformError):
        await client.presences(IDS[:4])

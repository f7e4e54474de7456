"""The watch: signs in ahead, notes what is dead, tells each thing once."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import AutoReconnect

from gub.domain.credentials import WARNED_AHEAD, CredentialState, CredentialStatus, Tokens
from gub.domain.values import Platform
from gub.platforms.errors import CredentialDead, PlatformError, Unavailable, Unreadable
from gub.presence.health import Health, PlatformState
from gub.services.credentials import words
from gub.services.credentials.watch import (
    LOOKED_AFTER_SECONDS,
    RETOLD_AFTER_SECONDS,
    CredentialWatch,
    News,
    Notice,
)
from gub.store.store import Store
from tests.support.clock import START, FakeClock
from tests.support.people import KnownPlatform

DAY = timedelta(days=1)


class Owners:
    """Hears what is told; `reachable` is whether anybody has it then."""

    def __init__(self) -> None:
        self.heard: list[Notice] = []
        self.reachable = True

    async def __call__(self, notice: Notice) -> bool:
        self.heard.append(notice)
        return self.reachable


class Desk:
    def __init__(self, store: Store, clock: FakeClock) -> None:
        self.clock = clock
        self.store = store.credentials
        self.owners = Owners()
        self.clients = {platform: KnownPlatform(platform) for platform in Platform}
        self.health: dict[Platform, PlatformState] = {}
        self.watch = self.new_watch()

    def new_watch(self) -> CredentialWatch:
        """A watch as after a restart."""
        return CredentialWatch(self.store, self.clients, lambda: self.health, self.owners, self.clock)

    async def give(self, platform: Platform, lasts: timedelta, secret_ends: datetime | None = None) -> None:
        tokens = Tokens("access-test", "refresh-test", self.clock.now(), 3600, int(lasts.total_seconds()))
        if platform is Platform.XBOX:
            await self.store.set_xbox("client", "secret-test", tokens, self.clock.now(), secret_ends)
        else:
            await self.store.set_psn("n" * 64, tokens, self.clock.now())

    async def status(self, platform: Platform) -> CredentialStatus:
        return next(state.status for state in await self.store.states() if state.platform is platform)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, FakeClock())


async def test_d74_owners_are_told_once_at_each_mark_over_restarts(desk: Desk) -> None:
    """D74: the predecessor warned of an expiry at its start alone."""
    await desk.give(Platform.PSN, 30 * DAY)
    told_when = []
    for hours in range(30 * 24):
        before = len(desk.owners.heard)
        await desk.new_watch().look()
        told_when += [hours / 24] * (len(desk.owners.heard) - before)
        await desk.clock.advance(3600)
    assert told_when == [16, 23, 27, 29]
    assert {notice.news for notice in desk.owners.heard} == {News.ENDING}
    assert {notice.end for notice in desk.owners.heard} == {START + 30 * DAY}


async def test_a_warning_by_a_clock_that_was_wrong_silences_none_that_is_due(desk: Desk) -> None:
    await desk.give(Platform.PSN, 10 * DAY)
    await desk.store.warned(Platform.PSN, START + 400 * DAY)
    for _ in range(3):
        await desk.watch.look()
        await desk.clock.advance(60)
    assert len(desk.owners.heard) == 1


async def test_d71_each_end_is_the_owners_own_date_and_stops_nothing(desk: Desk) -> None:
    """D71: an end written into the code stopped the whole bot when it had passed."""
    await desk.give(Platform.XBOX, 90 * DAY, secret_ends=START + 5 * DAY)
    await desk.watch.look()
    assert [(notice.news, notice.end) for notice in desk.owners.heard] == [(News.SECRET_ENDING, START + 5 * DAY)]
    await desk.clock.advance(400 * 86_400.0)
    await desk.watch.look()
    await desk.watch.look()
    assert [notice.news for notice in desk.owners.heard[1:]] == [News.ENDING, News.SECRET_ENDING]
    assert await desk.status(Platform.XBOX) is CredentialStatus.OK


async def test_a_new_credential_begins_anew(desk: Desk) -> None:
    await desk.give(Platform.PSN, 10 * DAY)
    await desk.watch.look()
    await desk.give(Platform.PSN, 10 * DAY)
    await desk.watch.look()
    assert len(desk.owners.heard) == 2


async def test_who_could_not_be_told_is_told_later(desk: Desk) -> None:
    await desk.give(Platform.PSN, 10 * DAY)
    desk.owners.reachable = False
    await desk.watch.look()
    await desk.watch.look()
    assert len(desk.owners.heard) == 1
    desk.owners.reachable = True
    await desk.clock.advance(RETOLD_AFTER_SECONDS)
    await desk.watch.look()
    await desk.watch.look()
    assert len(desk.owners.heard) == 2


@pytest.mark.parametrize("platform", [Platform.XBOX, Platform.PSN])
async def test_a_dead_one_is_noted_and_told_once_and_no_end_of_it(desk: Desk, platform: Platform) -> None:
    await desk.give(platform, 2 * DAY)
    desk.clients[platform].trouble = CredentialDead("refused")
    for _ in range(3):
        await desk.new_watch().look()
        await desk.clock.advance(60)
    assert [(notice.platform, notice.news) for notice in desk.owners.heard] == [(platform, News.DEAD)]
    assert await desk.status(platform) is CredentialStatus.DEAD
    desk.clients[platform].trouble = None
    await desk.give(platform, 90 * DAY)
    desk.clients[platform].trouble = CredentialDead("refused again")
    await desk.watch.look()
    assert len(desk.owners.heard) == 2


async def test_a_credential_given_while_the_old_one_was_tried_is_not_dead(desk: Desk, monkeypatch) -> None:
    await desk.give(Platform.PSN, 90 * DAY)

    async def replaced_meanwhile() -> None:
        await desk.give(Platform.PSN, 90 * DAY)
        raise CredentialDead("the old one")

    monkeypatch.setattr(desk.clients[Platform.PSN], "sign_in", replaced_meanwhile)
    await desk.watch.look()
    assert await desk.status(Platform.PSN) is CredentialStatus.OK
    assert not desk.owners.heard


async def test_one_platform_in_trouble_leaves_the_others_signed_in(desk: Desk, monkeypatch) -> None:
    signed_in = []

    async def sign_in() -> None:
        signed_in.append(Platform.PSN)

    monkeypatch.setattr(desk.clients[Platform.PSN], "sign_in", sign_in)
    desk.clients[Platform.XBOX].trouble = Unavailable("out of order")
    desk.clients[Platform.STEAM].trouble = PlatformError("odd")
    await desk.give(Platform.XBOX, 90 * DAY)
    await desk.watch.look()
    assert signed_in == [Platform.PSN]
    assert await desk.status(Platform.XBOX) is CredentialStatus.OK


async def test_a_key_that_steam_keeps_refusing_is_dead_until_it_answers_again(desk: Desk) -> None:
    now = desk.clock.now
    await desk.store.set_steam_key("a" * 32)
    await desk.store.mark(Platform.STEAM, CredentialStatus.OK, now())
    await desk.clock.advance(1)
    desk.health[Platform.STEAM] = PlatformState(Health.AUTH_NEEDED, since=now())
    await desk.clock.advance(1)
    for _ in range(2):
        await desk.watch.look()
    assert await desk.status(Platform.STEAM) is CredentialStatus.DEAD
    assert [notice.news for notice in desk.owners.heard] == [News.DEAD]
    await desk.clock.advance(1)
    desk.health[Platform.STEAM] = PlatformState(Health.OK, since=now(), answered_at=now())
    await desk.watch.look()
    assert await desk.status(Platform.STEAM) is CredentialStatus.OK


async def test_a_new_key_does_not_die_of_what_was_said_of_the_old_one(desk: Desk) -> None:
    desk.health[Platform.STEAM] = PlatformState(Health.AUTH_NEEDED, since=desk.clock.now())
    await desk.clock.advance(1)
    await desk.store.set_steam_key("a" * 32)
    await desk.store.mark(Platform.STEAM, CredentialStatus.OK, desk.clock.now())
    await desk.watch.look()
    assert await desk.status(Platform.STEAM) is CredentialStatus.OK
    assert not desk.owners.heard


async def test_a_platform_that_breaks_keeps_no_owner_from_hearing_of_the_others(desk: Desk, monkeypatch) -> None:
    await desk.give(Platform.PSN, 10 * DAY)

    async def sign_in() -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(desk.clients[Platform.XBOX], "sign_in", sign_in)
    running = asyncio.create_task(desk.watch.run())
    await desk.clock.until_sleeping()
    assert [notice.platform for notice in desk.owners.heard] == [Platform.PSN]
    await desk.clock.advance(3 * 86_400.0)
    await desk.clock.until_sleeping()
    assert len(desk.owners.heard) == 2
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_look_that_fails_costs_only_itself(desk: Desk, monkeypatch) -> None:
    await desk.give(Platform.PSN, 10 * DAY)
    states, errors = desk.store.states, [RuntimeError("a mistake"), AutoReconnect("away")]

    async def fail_at_first() -> list[CredentialState]:
        if errors:
            raise errors[-1]
        return await states()

    monkeypatch.setattr(desk.store, "states", fail_at_first)
    running = asyncio.create_task(desk.watch.run())
    while errors:
        await desk.clock.until_sleeping()
        assert not desk.owners.heard
        errors.pop()
        await desk.clock.advance(LOOKED_AFTER_SECONDS)
    await desk.clock.until_sleeping()
    assert len(desk.owners.heard) == 1
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


class Remembers:
    """The store's operations as far as the watch needs them, in memory, for many examples."""

    def __init__(self, end: datetime) -> None:
        self.state = CredentialState(Platform.PSN, CredentialStatus.OK, expires_at=end)

    async def psn(self) -> None:
        return None

    async def states(self) -> list[CredentialState]:
        return [self.state]

    async def warned(self, _platform: Platform, now: datetime) -> None:
        self.state = CredentialState(Platform.PSN, CredentialStatus.OK, expires_at=self.state.expires_at, warned_at=now)


@settings(max_examples=200, deadline=None)
@given(
    lasts=st.floats(0, 40 * 86_400),
    pauses=st.lists(st.floats(0.001, 12 * 86_400), min_size=1, max_size=40),
    crashes=st.lists(st.booleans(), min_size=40, max_size=40),
)
def test_each_mark_is_told_exactly_once_whenever_the_watch_looks(
    lasts: float, pauses: list[float], crashes: list[bool]
) -> None:
    async def run() -> None:
        clock = FakeClock()
        end = clock.now() + timedelta(seconds=lasts)
        store, owners = Remembers(end), Owners()
        watch = CredentialWatch(store, {}, dict, owners, clock)  # type: ignore[arg-type]
        looked: list[datetime] = []
        for pause, restarts in zip(pauses, crashes, strict=False):
            if restarts:
                watch = CredentialWatch(store, {}, dict, owners, clock)  # type: ignore[arg-type]
            await watch.look()
            looked.append(clock.now())
            await clock.advance(pause)
        # A mark is told at the first look that comes after it; marks passed between two looks are told as one.
        firsts = [next((at for at in looked if at >= end - ahead), None) for ahead in WARNED_AHEAD]
        assert [notice.at for notice in owners.heard] == sorted({at for at in firsts if at is not None})

    asyncio.run(run())


async def test_owners_are_told_once_in_each_life_of_a_credential_that_cannot_be_decrypted(desk: Desk) -> None:
    await desk.give(Platform.PSN, 60 * DAY)
    desk.clients[Platform.PSN].trouble = Unreadable("what is stored cannot be decrypted")
    for _ in range(3):
        await desk.watch.look()
    assert [(notice.platform, notice.news) for notice in desk.owners.heard] == [(Platform.PSN, News.UNREADABLE)]
    await desk.new_watch().look()
    assert len(desk.owners.heard) == 2
    assert await desk.status(Platform.PSN) is CredentialStatus.OK
    assert "decrypt" in words.notice(desk.owners.heard[0])


def _fares(health: Health, *, since: datetime, failed: datetime | None, answered: datetime | None) -> PlatformState:
    return PlatformState(health, since, "x", answered, failed)


async def test_a_platform_that_stays_silent_is_told_once_and_its_return_once_over_restarts(desk: Desk) -> None:
    await desk.give(Platform.PSN, 90 * DAY)
    for minute in range(30):
        desk.health[Platform.PSN] = _fares(Health.DEGRADED, since=START, failed=desk.clock.now(), answered=None)
        await desk.new_watch().look()
        told = [notice.news for notice in desk.owners.heard]
        assert told == ([News.SILENT] if minute >= 10 else []), minute
        await desk.clock.advance(60)
    back = desk.clock.now()
    for _ in range(3):
        desk.health[Platform.PSN] = _fares(Health.OK, since=back, failed=back, answered=desk.clock.now())
        await desk.new_watch().look()
    assert [notice.news for notice in desk.owners.heard] == [News.SILENT, News.BACK]


async def test_one_failure_that_nobody_asked_after_is_no_silence(desk: Desk) -> None:
    await desk.give(Platform.PSN, 90 * DAY)
    desk.health[Platform.PSN] = _fares(Health.DEGRADED, since=START, failed=START, answered=None)
    for _ in range(30):
        await desk.watch.look()
        await desk.clock.advance(60)
    assert desk.owners.heard == []

from dataclasses import replace

import pytest

from gub.platforms.errors import CredentialDead, Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.keeper import DEAD_RETRIED_AFTER
from tests.platforms.keeper.renewals import Keeper, Renewals, Shelf, some_tokens, stored
from tests.support.clock import FakeClock


async def test_a_dead_credential_is_marked_and_left_alone(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.errors = [CredentialDead("invalid_grant")]
    for _ in range(3):
        with pytest.raises(CredentialDead, match="invalid_grant"):
            await keeper.signed_in()
        with pytest.raises(CredentialDead, match="invalid_grant"):
            await keeper.stored()
    assert shelf.deaths == ["grant-1"]
    assert len(renewals.asked) == 1
    await clock.advance(DEAD_RETRIED_AFTER)
    await keeper.signed_in()


@pytest.mark.parametrize("error", [CredentialDead("invalid_grant"), Unavailable("status 503")])
async def test_a_new_grant_is_tried_at_once(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, error: PlatformError
) -> None:
    renewals.errors = [error]
    with pytest.raises(type(error)):
        await keeper.signed_in()
    shelf.credential = replace(stored(shelf), grant="grant-2")
    assert (await keeper.signed_in())[1].access_token == "access-2"


async def test_tokens_that_came_by_another_way_are_tried_at_once(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    """A document of the seed's schema has no grant: whoever replaces its tokens has given a new one."""
    renewals.errors = [CredentialDead("invalid_grant")]
    with pytest.raises(CredentialDead):
        await keeper.signed_in()
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 3000, "new"))
    assert (await keeper.signed_in())[1].access_token == "access-new"


async def test_a_death_that_cannot_be_marked_is_a_death(keeper: Keeper, shelf: Shelf, renewals: Renewals) -> None:
    await keeper.died(stored(shelf), CredentialDead("terms"))
    shelf.unreachable = Unavailable("database")
    await keeper.died(stored(shelf), CredentialDead("terms"))
    shelf.unreachable = None
    with pytest.raises(CredentialDead, match="terms"):
        await keeper.signed_in()
    assert renewals.asked == []


@pytest.mark.parametrize(
    ("error", "rests"),
    [(Unavailable("status 503"), (30, 60, 120, 120)), (RateLimited("status 429"), (30, 60, 300, 900, 900))],
)
async def test_failures_are_followed_by_longer_and_longer_rests(
    keeper: Keeper, renewals: Renewals, clock: FakeClock, error: PlatformError, rests: tuple[float, ...]
) -> None:
    """FunkeyFlo/ps5-mqtt#385: who keeps knocking at a token page is shut out."""
    for rest in rests:
        renewals.errors = [error]
        with pytest.raises(type(error)):
            await keeper.signed_in()
        asked = len(renewals.asked)
        await clock.advance(rest - 1)
        with pytest.raises(type(error)) as caught:
            await keeper.signed_in()
        assert caught.value.retry_after == pytest.approx(1)
        assert len(renewals.asked) == asked
        await clock.advance(1)
    await keeper.signed_in()


async def test_a_longer_time_that_the_platform_names_is_kept(
    keeper: Keeper, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.errors = [RateLimited("status 429", 600.0)]
    with pytest.raises(RateLimited):
        await keeper.signed_in()
    await clock.advance(599)
    with pytest.raises(RateLimited):
        await keeper.signed_in()
    await clock.advance(1)
    await keeper.signed_in()


async def test_an_early_renewal_that_fails_leaves_tokens_that_work_in_use(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 200))
    renewals.errors = [Unavailable("status 503")]
    for _ in range(3):
        assert (await keeper.signed_in())[1].access_token == "access-0"
    assert len(renewals.asked) == 1
    await clock.advance(31)
    assert (await keeper.signed_in())[1].access_token == "access-2"


async def test_tokens_that_a_service_refused_are_renewed_before_their_time(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 3000))
    _, tokens = await keeper.signed_in()
    keeper.refused(tokens)
    keeper.refused(tokens)
    renewals.errors = [Malformed("html")]
    with pytest.raises(Malformed):  # the refused ones are no way out
        await keeper.signed_in()
    await clock.advance(30)
    _, new = await keeper.signed_in()
    assert new.access_token == "access-2"
    keeper.refused(tokens)  # late news of the old ones
    assert (await keeper.signed_in())[1] == new

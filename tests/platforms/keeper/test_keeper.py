import asyncio
import logging
from dataclasses import replace

import pytest

from gub.domain.credentials import Tokens, XboxCredential
from gub.platforms.errors import CredentialDead, NoCredential, Unavailable
from tests.platforms.keeper.renewals import Keeper, Renewals, Shelf, some_tokens, stored
from tests.support.clock import FakeClock


async def test_twenty_callers_with_an_expired_token_cause_one_renewal_and_one_stored_token(
    keeper: Keeper, shelf: Shelf, renewals: Renewals
) -> None:
    renewals.gate.clear()
    callers = [asyncio.create_task(keeper.signed_in()) for _ in range(20)]
    await renewals.begun.wait()
    renewals.gate.set()
    answers = await asyncio.gather(*callers)
    assert {tokens.access_token for _, tokens in answers} == {"access-1"}
    assert {credential.revision for credential, _ in answers} == {1}
    assert len(renewals.asked) == len(shelf.kept) == 1
    assert stored(shelf).tokens == answers[0][1]


async def test_a_caller_that_read_before_a_renewal_ended_causes_no_other(
    keeper: Keeper, shelf: Shelf, renewals: Renewals
) -> None:
    async def read_slowly() -> XboxCredential | None:
        old = shelf.credential
        shelf.read = at_once  # type: ignore[method-assign]
        began.set()
        await gate.wait()
        return old

    began, gate, at_once = asyncio.Event(), asyncio.Event(), shelf.read
    shelf.read = read_slowly  # type: ignore[method-assign]
    slow = asyncio.create_task(keeper.signed_in())
    await began.wait()
    await keeper.signed_in()
    gate.set()
    assert (await slow)[1].access_token == "access-1"
    assert len(renewals.asked) == 1


async def test_tokens_are_stored_before_anybody_gets_them(keeper: Keeper, shelf: Shelf) -> None:
    async def keep(of: XboxCredential, tokens: Tokens) -> XboxCredential:
        began.set()
        await gate.wait()
        return replace(of, tokens=tokens)

    began, gate = asyncio.Event(), asyncio.Event()
    shelf.keep = keep  # type: ignore[method-assign]
    caller = asyncio.create_task(keeper.signed_in())
    await began.wait()
    for _ in range(10):
        await asyncio.sleep(0)
    assert not caller.done()
    gate.set()
    assert (await caller)[1].access_token == "access-1"


async def test_d67_tokens_with_time_left_are_not_renewed(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 301))
    for _ in range(3):
        assert (await keeper.signed_in())[1].access_token == "access-0"
    assert renewals.asked == []
    await clock.advance(2)
    assert (await keeper.signed_in())[1].access_token == "access-1"


async def test_a_caller_that_is_cancelled_loses_no_token(keeper: Keeper, shelf: Shelf, renewals: Renewals) -> None:
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    renewals.gate.set()
    assert (await keeper.signed_in())[1].access_token == "access-1"
    assert len(renewals.asked) == len(shelf.kept) == 1


async def test_who_cannot_wait_for_a_renewal_leaves_it_to_go_on(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.gate.clear()
    with pytest.raises(Unavailable, match="too long"):
        await keeper.signed_in(clock.monotonic())
    await renewals.begun.wait()
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 200))
    assert (await keeper.signed_in(clock.monotonic()))[1].access_token == "access-0", "it still works"
    renewals.gate.set()
    assert (await keeper.signed_in())[1].access_token == "access-1"
    assert len(renewals.asked) == len(shelf.kept) == 1


async def test_closing_lets_a_renewal_end_and_store(keeper: Keeper, shelf: Shelf, renewals: Renewals) -> None:
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    closing = asyncio.create_task(keeper.aclose())
    await asyncio.sleep(0)
    renewals.gate.set()
    await closing
    await caller
    assert [tokens.access_token for tokens in shelf.kept] == ["access-1"]


async def test_closing_does_not_wait_for_ever_and_a_caller_gets_a_typed_error(
    keeper: Keeper, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    closing = asyncio.create_task(keeper.aclose())
    await clock.until_sleeping()
    await clock.advance(10)
    await closing
    with pytest.raises(Unavailable):
        await caller
    with pytest.raises(Unavailable):
        await keeper.signed_in()
    assert len(renewals.asked) == 1


async def test_a_store_that_fails_after_the_rotation_loses_no_token_and_none_is_used_before(
    keeper: Keeper, shelf: Shelf, renewals: Renewals
) -> None:
    shelf.failures = [Unavailable("database"), Unavailable("database")]
    for _ in range(2):
        with pytest.raises(Unavailable, match="database"):
            await keeper.signed_in()
    assert shelf.kept == []
    # No rest: the platform has done nothing wrong, and the tokens wait.
    assert (await keeper.signed_in())[1].access_token == "access-1"
    assert len(renewals.asked) == 1
    assert [tokens.access_token for tokens in shelf.kept] == ["access-1"]


async def test_old_tokens_serve_while_new_ones_cannot_be_stored(keeper: Keeper, shelf: Shelf, clock: FakeClock) -> None:
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 200))
    shelf.failures = [Unavailable("database")]
    assert (await keeper.signed_in())[1].access_token == "access-0"
    assert (await keeper.signed_in())[1].access_token == "access-1"


async def test_tokens_that_could_not_be_stored_until_they_ended_are_stored_and_renewed(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    shelf.failures = [Unavailable("database")]
    with pytest.raises(Unavailable):
        await keeper.signed_in()
    await clock.advance(4000)
    _, tokens = await keeper.signed_in()
    assert tokens.access_token == "access-2"
    assert [tokens.access_token for tokens in shelf.kept] == ["access-1", "access-2"]
    asked_with = renewals.asked[1].tokens
    assert asked_with is not None
    assert asked_with.refresh_token == "refresh-1"


async def test_tokens_that_could_not_be_stored_are_stored_in_closing(keeper: Keeper, shelf: Shelf) -> None:
    shelf.failures = [Unavailable("database")]
    with pytest.raises(Unavailable):
        await keeper.signed_in()
    await keeper.aclose()
    assert [tokens.access_token for tokens in shelf.kept] == ["access-1"]


async def test_tokens_of_a_removed_credential_are_dropped(keeper: Keeper, shelf: Shelf, renewals: Renewals) -> None:
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    credential, shelf.credential = shelf.credential, None
    renewals.gate.set()
    with pytest.raises(NoCredential):
        await caller
    shelf.credential = credential
    assert (await keeper.signed_in())[1].access_token == "access-2"


async def test_another_process_that_was_first_is_believed(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 3000, "theirs"), revision=7)
    renewals.gate.set()
    credential, tokens = await caller
    assert (credential.revision, tokens.access_token) == (7, "access-theirs")
    assert shelf.kept == []


async def test_a_refusal_of_what_another_process_has_replaced_is_no_death(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.errors = [CredentialDead("invalid_grant")]
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, 3000, "theirs"), revision=7)
    renewals.gate.set()
    assert (await caller)[1].access_token == "access-theirs"
    assert shelf.deaths == []


async def test_tokens_of_another_process_that_have_ended_too_are_renewed(
    keeper: Keeper, shelf: Shelf, renewals: Renewals, clock: FakeClock
) -> None:
    renewals.gate.clear()
    caller = asyncio.create_task(keeper.signed_in())
    await renewals.begun.wait()
    shelf.credential = replace(stored(shelf), tokens=some_tokens(clock, -5, "theirs"), revision=7)
    renewals.gate.set()
    assert (await caller)[1].access_token == "access-2"
    assert stored(shelf).revision == 8


async def test_short_lived_tokens_are_used_and_renewed(keeper: Keeper, renewals: Renewals) -> None:
    renewals.lifetime = 60
    assert (await keeper.signed_in())[1].access_token == "access-1"
    renewals.lifetime = 0
    with pytest.raises(Unavailable):
        await keeper._renewed(await keeper.stored(), None)
    assert len(renewals.asked) == 4


async def test_without_a_credential_nothing_is_asked(keeper: Keeper, shelf: Shelf, renewals: Renewals) -> None:
    shelf.credential = None
    with pytest.raises(NoCredential):
        await keeper.stored()
    with pytest.raises(NoCredential):
        await keeper.signed_in()
    assert renewals.asked == []


async def test_a_credential_without_tokens_is_signed_in(keeper: Keeper, shelf: Shelf) -> None:
    shelf.credential = replace(stored(shelf), tokens=None)
    assert (await keeper.signed_in())[1].access_token == "access-1"


async def test_a_shelf_that_cannot_be_reached_is_a_typed_error(keeper: Keeper, shelf: Shelf) -> None:
    shelf.unreachable = Unavailable("database")
    with pytest.raises(Unavailable, match="database"):
        await keeper.signed_in()


async def test_no_token_is_printed(
    keeper: Keeper,
    shelf: Shelf,
    renewals: Renewals,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    renewals.errors = [CredentialDead("invalid_grant")]
    with pytest.raises(CredentialDead) as caught:
        await keeper.signed_in()
    shelf.credential = replace(stored(shelf), grant="grant-2")
    shown = f"{caught.value!r} {await keeper.signed_in()!r} {vars(keeper)!r} {shelf!r} {keeper!r}"
    output = capsys.readouterr()
    for secret in ("access-", "refresh-", "client-secret"):
        assert secret not in shown + caplog.text + output.out + output.err

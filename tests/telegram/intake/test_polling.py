"""Long polling against a server that does it as Telegram does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiogram import Bot
from aiohttp import web

from gub.telegram.gateway.outcomes import Unauthorized, UnknownMethod
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.intake.errors import AnotherPoller
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.polling import Polling
from tests.support.clock import FakeClock
from tests.telegram.intake.support import (
    TOKEN,
    Handler,
    MemoryInbox,
    Telegram,
    make_intake,
    message,
    running_intake,
    settle,
)

ALLOWED = ["message", "callback_query", "my_chat_member"]


@asynccontextmanager
async def polling(url: str, intake: Intake, clock: FakeClock) -> AsyncIterator[tuple[Polling, asyncio.Task[None]]]:
    """One process' polling, running; stopped at the end if it still runs."""
    bot = Bot(TOKEN, session=GatewaySession(url, clock, pace=Pace.unlimited()))
    poller = Polling(bot, intake, clock, ALLOWED)
    task = asyncio.create_task(poller.run())
    try:
        yield poller, task
    finally:
        poller.stop()
        with suppress(Exception):
            await task
        await bot.session.close()


async def test_updates_are_asked_for_stored_confirmed_and_handled() -> None:
    telegram, inbox, handler, clock = Telegram(), MemoryInbox(), Handler(), FakeClock()
    telegram.deliver(message(10), message(11, 2))
    async with (
        telegram.serving() as url,
        running_intake(inbox, handler, clock) as intake,
        polling(url, intake, clock) as (poller, _),
    ):
        await handler.until(lambda seen: len(seen.ended) == 2)
        await telegram.until(lambda there: len(there.polls) == 2)
        assert telegram.calls[0] == ("deleteWebhook", {"drop_pending_updates": "false"})
        assert telegram.polls[0] == {
            "timeout": "50",
            "allowed_updates": '["message", "callback_query", "my_chat_member"]',
        }
        assert telegram.polls[1]["offset"] == "12"
        assert poller.offset == 12
        telegram.deliver(message(12))
        await telegram.poke()
        await handler.until(lambda seen: len(seen.ended) == 3)


async def test_the_offset_waits_for_the_store() -> None:
    telegram, inbox, handler, clock = Telegram(), MemoryInbox(), Handler(), FakeClock()
    telegram.deliver(message(10))
    inbox.gate.clear()
    async with (
        telegram.serving() as url,
        running_intake(inbox, handler, clock) as intake,
        polling(url, intake, clock) as (poller, _),
    ):
        await inbox.until(lambda box: box.adds == [[10]])
        await settle()
        assert (len(telegram.polls), poller.offset) == (1, None)
        inbox.gate.set()
        await telegram.until(lambda there: len(there.polls) == 2)
        assert telegram.polls[1]["offset"] == "11"


async def test_while_the_store_is_away_it_looks_for_more_and_confirms_nothing() -> None:
    """So that whoever writes meanwhile is told too that the answer will be late."""
    telegram, inbox, handler, clock = Telegram(), MemoryInbox(), Handler(), FakeClock()
    telegram.deliver(message(10))
    inbox.gate.clear()
    async with (
        telegram.serving() as url,
        running_intake(inbox, handler, clock) as intake,
        polling(url, intake, clock) as (poller, _),
    ):
        await inbox.until(lambda box: box.adds == [[10]])
        telegram.deliver(message(11, 2))
        await clock.until_sleeping(2)  # who tells of delays, and who looks again
        await clock.advance(0.5)
        await telegram.until(lambda there: len(there.polls) == 2)
        assert telegram.polls[1]["timeout"] == "0"
        assert "offset" not in telegram.polls[1]
        await clock.until_sleeping(2)
        assert (intake.held, poller.offset) == (2, None)
        inbox.gate.set()
        await handler.until(lambda seen: sorted(seen.ended) == [10, 11])
        await telegram.until(lambda there: len(there.polls) == 3)
        assert telegram.polls[2]["offset"] == "12"
        assert sorted(handler.began) == [10, 11]


@pytest.mark.parametrize("poison", [None, 5, "text", [], {}, {"update_id": "1"}, {"update_id": -5}])
async def test_what_is_no_update_does_not_stop_the_batch(poison: Any) -> None:
    telegram, inbox, handler, clock = Telegram(), MemoryInbox(), Handler(), FakeClock()
    telegram.deliver(message(10), poison, message(11))
    async with (
        telegram.serving() as url,
        running_intake(inbox, handler, clock) as intake,
        polling(url, intake, clock),
    ):
        await handler.until(lambda seen: seen.ended == [10, 11])
        await telegram.until(lambda there: len(there.polls) == 2)


async def test_a_server_that_does_not_wait_is_not_hammered() -> None:
    telegram, clock = Telegram(), FakeClock()
    for _ in range(3):
        telegram.answers.append(web.json_response({"ok": True, "result": []}))
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), Handler(), clock) as intake,
        polling(url, intake, clock),
    ):
        for polls in (1, 2, 3):
            await clock.until_sleeping()
            await settle()
            assert len(telegram.polls) == polls
            await clock.advance(0.5)
        await telegram.until(lambda there: len(there.polls) == 4)


async def test_failures_are_backed_off_from_and_a_success_starts_anew() -> None:
    telegram, handler, clock = Telegram(), Handler(), FakeClock()
    telegram.fail(500, "Internal Server Error")
    telegram.answers.append(web.Response(status=502, text="<html>Bad Gateway</html>", content_type="text/html"))
    telegram.fail(429, "Too Many Requests: retry after 17", retry_after=17)
    telegram.fail(400, "Bad Request: something new")
    telegram.deliver(message(1))
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), handler, clock) as intake,
        polling(url, intake, clock),
    ):
        for polls, pause in enumerate((1, 2, 17, 8), start=1):
            await clock.until_sleeping()
            await clock.advance(pause - 0.5)
            assert len(telegram.polls) == polls
            await clock.advance(0.5)
            await telegram.until(lambda there, polls=polls: len(there.polls) > polls)
        await handler.until(lambda seen: seen.ended == [1])
        await telegram.until(lambda there: len(there.polls) == 6)
        telegram.fail(500, "Internal Server Error")
        telegram.deliver(message(2))
        await telegram.poke()
        await telegram.until(lambda there: len(there.polls) == 7)
        await clock.until_sleeping()
        await clock.advance(1)
        await handler.until(lambda seen: seen.ended == [1, 2])


@pytest.mark.parametrize(("status", "outcome"), [(401, Unauthorized), (404, UnknownMethod)])
async def test_a_token_that_telegram_does_not_know_stops_at_once(status: int, outcome: type[Exception]) -> None:
    telegram, clock = Telegram(), FakeClock()
    telegram.fail(status, "Unauthorized" if status == 401 else "Not Found")
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), Handler(), clock) as intake,
        polling(url, intake, clock) as (_, task),
    ):
        with pytest.raises(outcome) as raised:
            await task
        assert TOKEN not in str(raised.value)
        assert clock.monotonic() == 0


async def test_409_the_newcomer_stops_and_the_elder_goes_on() -> None:
    telegram, handler, clock = Telegram(), Handler(), FakeClock()
    newcomers = Handler()
    async with telegram.serving() as url, running_intake(MemoryInbox(), handler, clock) as elder:
        async with polling(url, elder, clock) as (_, task):
            await telegram.until(lambda there: len(there.polls) == 1)
            await clock.advance(10)
            async with (
                running_intake(MemoryInbox(), newcomers, clock) as newcomer,
                polling(url, newcomer, clock) as (_, second),
            ):
                await telegram.until(lambda there: len(there.polls) == 2)
                await clock.until_sleeping()
                await clock.advance(1)
                with pytest.raises(AnotherPoller, match="another process polls with this token"):
                    await second
            assert not task.done()
            telegram.deliver(message(1))
            await telegram.poke()
            await handler.until(lambda seen: seen.ended == [1])
        assert newcomers.began == []


async def test_409_of_two_that_start_together_one_goes_on() -> None:
    telegram, clock = Telegram(), FakeClock()
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), Handler(), clock) as one,
        running_intake(MemoryInbox(), Handler(), clock) as other,
        polling(url, one, clock) as (_, first),
        polling(url, other, clock) as (_, second),
    ):
        done, running = await asyncio.wait({first, second}, return_when=asyncio.FIRST_COMPLETED)
        assert len(running) == 1
        with pytest.raises(AnotherPoller):
            await done.pop()


async def test_409_waiting_on_a_dead_network_makes_no_elder() -> None:
    telegram, clock = Telegram(), FakeClock()
    telegram.fail(500, "Internal Server Error")
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), Handler(), clock) as intake,
        polling(url, intake, clock) as (_, task),
    ):
        await clock.until_sleeping()
        telegram.fail(409, "Conflict: terminated by other getUpdates request")
        await clock.advance(60)
        with pytest.raises(AnotherPoller):
            await task


async def test_409_because_of_a_webhook_an_elder_waits_for_it_to_go() -> None:
    telegram, handler, clock = Telegram(), Handler(), FakeClock()
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), handler, clock) as intake,
        polling(url, intake, clock),
    ):
        await telegram.until(lambda there: len(there.polls) == 1)
        await clock.advance(10)
        telegram.fail(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook")
        telegram.deliver(message(1))
        await telegram.poke()
        await telegram.until(lambda there: len(there.polls) == 2)
        await clock.until_sleeping()
        telegram.deliver(message(2))
        await clock.advance(15)
        await handler.until(lambda seen: 2 in seen.ended)


async def test_stop_breaks_off_the_long_poll_at_once() -> None:
    telegram, clock = Telegram(), FakeClock()
    async with (
        telegram.serving() as url,
        running_intake(MemoryInbox(), Handler(), clock) as intake,
        polling(url, intake, clock) as (poller, task),
    ):
        await telegram.until(lambda there: len(there.polls) == 1)
        poller.stop()
        await task
        assert clock.monotonic() == 0


async def test_stop_in_the_middle_of_a_batch_loses_nothing() -> None:
    telegram, inbox, clock = Telegram(), MemoryInbox(), FakeClock()
    telegram.deliver(message(1), message(2))
    async with telegram.serving() as url:
        first, intake = Handler(), make_intake(inbox, Handler(), clock)
        await intake.recover()
        inbox.gate.clear()
        async with polling(url, intake, clock) as (poller, task):
            await inbox.until(lambda box: box.adds == [[1, 2]])
            poller.stop()
            await task
        await intake.aclose()
        inbox.gate.set()
        assert inbox.bodies == {}
        async with running_intake(inbox, first, clock) as again, polling(url, again, clock):
            await first.until(lambda seen: seen.ended == [1, 2])


async def test_stop_while_telegram_is_away() -> None:
    clock = FakeClock()
    async with (
        running_intake(MemoryInbox(), Handler(), clock) as intake,
        polling("http://127.0.0.1:9", intake, clock) as (poller, task),
    ):
        await clock.until_sleeping()
        poller.stop()
        await task

"""Who does not act for the bot any more sends nothing."""

import asyncio

import pytest
from aiohttp import web

from gub.clock import Clock
from gub.standing import Standing
from gub.telegram.gateway import GatewaySession, Hooks, Lane, Pace, in_lane, outcomes

from aiogram import Bot  # isort: skip

from tests.support.clock import FakeClock
from tests.telegram.gateway.conftest import Log, Told
from tests.telegram.support import TOKEN, Server, Step, let_time_run, ok, refuse

GROUP = -1001
TERM = 15.0


def standing_on(clock: Clock) -> Standing:
    standing = Standing(clock, TERM)
    standing.confirmed(clock.monotonic())
    return standing


def guarded(server: Server, clock: FakeClock, standing: Standing, told: Told, log: Log) -> Bot:
    session = GatewaySession(
        server.base,
        clock,
        pace=Pace.unlimited(),
        hooks=Hooks(told.on_unreachable, told.on_migrated, told.on_called),
        may_act=standing.proven,
        random=lambda: 0.5,
        log=log,
    )
    return Bot(TOKEN, session=session)


async def test_who_stood_down_sends_nothing(server: Server, clock: FakeClock, told: Told, log: Log) -> None:
    standing = standing_on(clock)
    bot = guarded(server, clock, standing, told, log)
    await bot.send_message(GROUP, "hi")
    standing.end()
    with pytest.raises(outcomes.StoodDown) as caught:
        await let_time_run(clock, bot.send_message(GROUP, "a secret"))
    with pytest.raises(outcomes.StoodDown):
        await let_time_run(clock, bot.answer_callback_query("1"))
    await bot.session.close()
    assert server.methods == ["sendMessage"]
    assert told.called == [
        ("sendMessage", "ok", 1),
        ("sendMessage", "StoodDown", 0),
        ("answerCallbackQuery", "StoodDown", 0),
    ]
    assert "secret" not in str(caught.value)


async def test_finding_a_place_needs_none(server: Server, clock: FakeClock, told: Told, log: Log) -> None:
    bot = guarded(server, clock, Standing(clock, TERM), told, log)
    await bot.get_me()
    await bot.get_updates()
    await bot.set_webhook("https://bot.example.org")
    await bot.delete_webhook()
    await bot.session.close()
    assert server.methods == ["getMe", "getUpdates", "setWebhook", "deleteWebhook"]


async def test_a_call_that_waits_to_be_tried_again_is_given_up(
    server: Server, clock: FakeClock, told: Told, log: Log
) -> None:
    standing = standing_on(clock)
    bot = guarded(server, clock, standing, told, log)

    async def overtaken(request: web.Request) -> web.StreamResponse:
        standing.end()
        return await refuse(429, "Too Many Requests: retry after 3", retry_after=3)(request)

    server.script(overtaken)
    with pytest.raises(outcomes.StoodDown):
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    await bot.session.close()
    assert len(server.calls) == 1


async def test_who_was_frozen_asks_first_and_then_goes_on(
    server: Server, clock: FakeClock, told: Told, log: Log
) -> None:
    standing = standing_on(clock)
    bot = guarded(server, clock, standing, told, log)
    await clock.advance(TERM + 1)

    async def ask_again() -> None:
        await clock.sleep(1)
        standing.confirmed(clock.monotonic())

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask_again())
            group.create_task(bot.send_message(GROUP, "hi"))
            await clock.until_sleeping()
            assert server.methods == []

    await let_time_run(clock, both())
    await bot.session.close()
    assert server.methods == ["sendMessage"]


async def test_nobody_goes_on_from_an_answer_that_came_when_the_right_was_lost(
    server: Server, clock: FakeClock, told: Told, log: Log
) -> None:
    """A worker frozen while it asks who somebody is would else write down what others have changed since."""
    standing = standing_on(clock)
    bot = guarded(server, clock, standing, told, log)

    async def overtaken(request: web.Request) -> web.StreamResponse:
        standing.end()
        return await ok({"status": "left", "user": {"id": 1, "is_bot": False, "first_name": "Ann"}})(request)

    server.script(overtaken)
    with pytest.raises(outcomes.StoodDown):
        await let_time_run(clock, bot.get_chat_member(GROUP, 1))
    await bot.session.close()
    assert server.methods == ["getChatMember"]


@pytest.mark.parametrize("step", [ok(True), refuse(403, "Forbidden: bot was kicked"), refuse(502, "Bad Gateway")])
async def test_work_that_is_ended_never_hears_what_came_of_it(
    server: Server, clock: FakeClock, told: Told, log: Log, step: Step
) -> None:
    """Else it would note in the database, as the last it does, that something failed which another does by now."""
    standing = standing_on(clock)
    bot = guarded(server, clock, standing, told, log)
    noted = []

    async def overtaken(request: web.Request) -> web.StreamResponse:
        standing.end()
        return await step(request)

    async def work() -> None:
        try:
            with in_lane(Lane.BULK):
                await bot.send_message(GROUP, "hi")
        except outcomes.Refused as refused:
            noted.append(refused)

    server.script(overtaken)
    working = asyncio.create_task(work())
    await clock.until_sleeping()
    working.cancel()
    await asyncio.wait({working})
    await bot.session.close()
    assert (noted, told.unreachable) == ([], [])

"""429, 5xx, broken connections, garbage and slowness, against a server that does them."""

import asyncio
import socket

import pytest

from gub.telegram.gateway import GatewaySession, Lane, Pace, Retries, in_lane, outcomes

from aiogram import Bot  # isort: skip

from tests.support.clock import FakeClock
from tests.telegram.gateway.conftest import Log, Told
from tests.telegram.support import (
    TOKEN,
    Server,
    Step,
    answer,
    drop,
    drop_midway,
    let_time_run,
    ok,
    refuse,
)

GROUP = -1001
HTML = b"<html><head><title>502 Bad Gateway</title></head></html>"
PASSING: list[Step] = [
    answer(502, HTML),
    answer(504, b""),
    answer(500, {"ok": False, "error_code": 500, "description": "Internal Server Error"}),
    answer(500, {"ok": False}),
    answer(200, b"\xff\xfe garbage"),
    answer(200, b"[]"),
    answer(200, b"[" * 100_000),
    answer(200, {"ok": True}),
    answer(200, {"result": True}),
    drop,
    drop_midway,
]


@pytest.fixture(params=range(len(PASSING)))
def trouble(request: pytest.FixtureRequest) -> Step:
    return PASSING[request.param]


async def test_an_answer_is_tried_again_until_it_is_out(
    bot: Bot, server: Server, clock: FakeClock, told: Told, trouble: Step
):
    server.script(trouble, trouble)
    sent = await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert sent.text == "hi"
    assert server.methods == ["sendMessage"] * 3
    assert clock.monotonic() == pytest.approx(0.5 + 1.0)
    assert told.called == [("sendMessage", "ok", 3)]


async def test_a_bulk_message_that_may_be_out_is_not_sent_twice(
    bot: Bot, server: Server, clock: FakeClock, trouble: Step
):
    server.script(trouble)
    with in_lane(Lane.BULK), pytest.raises(outcomes.Uncertain):
        await bot.send_message(GROUP, "hi")
    assert len(server.calls) == 1
    assert clock.monotonic() == 0


async def test_what_can_be_done_twice_is_tried_again_in_bulk_too(bot: Bot, server: Server, clock: FakeClock):
    server.script(answer(502, HTML), drop)
    with in_lane(Lane.BULK):
        assert await let_time_run(clock, bot.delete_message(GROUP, 1))
    assert len(server.calls) == 3


async def test_tries_are_counted(bot: Bot, server: Server, clock: FakeClock, told: Told, trouble: Step):
    server.otherwise = trouble
    with pytest.raises(outcomes.Unreachable):
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert len(server.calls) == 5
    assert clock.monotonic() == pytest.approx(0.5 + 1 + 2 + 4)
    assert told.called == [("sendMessage", "Unreachable", 5)]


async def test_a_result_that_is_not_understood_was_nevertheless_done(bot: Bot, server: Server):
    server.otherwise = ok({"message_id": "no number"})
    with pytest.raises(outcomes.Uncertain):
        await bot.send_message(GROUP, "hi")
    with pytest.raises(outcomes.Unreachable):
        await bot.get_me()
    assert len(server.calls) == 2


async def test_429_waits_what_it_says(bot: Bot, server: Server, clock: FakeClock, log: Log):
    server.script(refuse(429, "Too Many Requests: retry after 7", retry_after=7))
    await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert clock.monotonic() == pytest.approx(7)
    assert log.lines == [
        (
            "telegram call is tried again",
            {
                "method": "sendMessage",
                "chat_id": GROUP,
                "reason": "429 Too Many Requests: retry after 7",
                "wait": 7,
                "tries": 1,
            },
        )
    ]


@pytest.mark.parametrize(
    ("step", "wait"),
    [
        (refuse(429, "Too Many Requests: retry after 9"), 9),
        (refuse(429, "Too Many Requests"), 1),
        (answer(429, HTML), 1),
        (answer(429, HTML, {"Retry-After": "4"}), 4),
        (answer(429, HTML, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}), 1),
        (answer(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": "5"}}), 1),
        (refuse(503, "Restarting", retry_after=5), 5),
    ],
)
async def test_429_in_other_forms(bot: Bot, server: Server, clock: FakeClock, step: Step, wait: float):
    server.script(step)
    with in_lane(Lane.BULK):
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert len(server.calls) == 2
    assert clock.monotonic() == pytest.approx(wait)


async def test_a_long_429_is_said_at_once_and_remembered(bot: Bot, server: Server, clock: FakeClock):
    server.script(refuse(429, "Too Many Requests: retry after 300", retry_after=300))
    with pytest.raises(outcomes.RateLimited) as caught:
        await bot.send_message(GROUP, "hi")
    assert caught.value.retry_after == 300
    await clock.advance(100)
    with pytest.raises(outcomes.RateLimited) as caught:
        await bot.send_message(GROUP, "hi")
    assert caught.value.retry_after == pytest.approx(200)
    assert len(server.calls) == 1
    await bot.send_message(-1002, "other chats are not concerned")
    await clock.advance(201)
    await bot.send_message(GROUP, "hi")


async def test_429_again_and_again_ends(bot: Bot, server: Server, clock: FakeClock):
    server.otherwise = refuse(429, "Too Many Requests: retry after 2", retry_after=2)
    with pytest.raises(outcomes.RateLimited):
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert len(server.calls) == 5


async def test_the_total_time_is_capped(bot: Bot, server: Server, clock: FakeClock):
    server.otherwise = refuse(429, "Too Many Requests: retry after 50", retry_after=50)
    with pytest.raises(outcomes.RateLimited) as caught:
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert caught.value.retry_after == 50
    assert clock.monotonic() == pytest.approx(50)


async def test_429_of_one_chat_holds_only_its_calls_and_keeps_their_order(bot: Bot, server: Server, clock: FakeClock):
    server.script(refuse(429, "Too Many Requests: retry after 10", retry_after=10))
    async with asyncio.TaskGroup() as group:
        group.create_task(bot.send_message(GROUP, "first"))
        await clock.until_sleeping()
        group.create_task(bot.send_message(GROUP, "second"))
        await bot.send_message(-1002, "elsewhere")
        assert [params["text"] for params in server.params] == ["first", "elsewhere"]
        await clock.advance(10)
        await server.until_called(4)
    assert sorted(params["text"] for params in server.params[2:]) == ["first", "second"]


async def test_429_without_a_chat_holds_all_but_the_poll(bot: Bot, server: Server, clock: FakeClock):
    server.script(refuse(429, "Too Many Requests: retry after 10", retry_after=10))
    async with asyncio.TaskGroup() as group:
        tap = group.create_task(bot.answer_callback_query("1"))
        await clock.until_sleeping()
        later = [group.create_task(bot.send_message(GROUP, "hi")), group.create_task(bot.get_me())]
        assert await bot.get_updates() == []
        assert server.methods == ["answerCallbackQuery", "getUpdates"]
        await clock.advance(10)
    assert all(task.done() for task in [tap, *later])


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        (answer(502, HTML), outcomes.Unreachable),
        (answer(200, b"no"), outcomes.Unreachable),
        (drop, outcomes.Unreachable),
        (refuse(500, "Internal Server Error"), outcomes.Unreachable),
        (refuse(429, "Too Many Requests: retry after 3", retry_after=3), outcomes.RateLimited),
        (refuse(409, "Conflict: terminated by other getUpdates request"), outcomes.Conflict),
        (refuse(401, "Unauthorized"), outcomes.Unauthorized),
    ],
)
async def test_the_poll_is_not_tried_again_here(
    bot: Bot, server: Server, clock: FakeClock, step: Step, outcome: type[outcomes.Refused]
):
    server.script(step)
    with pytest.raises(outcome):
        await bot.get_updates(timeout=30)
    assert len(server.calls) == 1
    # Nor does its 429 hold the others.
    await bot.send_message(GROUP, "hi")
    assert clock.monotonic() == 0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("lane", Lane)
async def test_a_refused_connection_sent_nothing_so_even_bulk_is_tried_again(clock: FakeClock, log: Log, lane: Lane):
    port = free_port()
    session = GatewaySession(f"http://127.0.0.1:{port}", clock, random=lambda: 0.5, log=log)
    bot = Bot(TOKEN, session=session)
    with in_lane(lane), pytest.raises(outcomes.Unreachable) as caught:
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert caught.value.description == f"cannot connect to 127.0.0.1:{port}"
    assert len(log.lines) == 4
    await session.close()


@pytest.mark.parametrize(("lane", "outcome"), [(Lane.ANSWER, outcomes.Unreachable), (Lane.BULK, outcomes.Uncertain)])
async def test_an_answer_that_does_not_come(
    server: Server, clock: FakeClock, lane: Lane, outcome: type[outcomes.Refused]
):
    server.otherwise = server.hang
    session = GatewaySession(server.base, clock, retries=Retries(tries=2), timeout=0.05)
    bot = Bot(TOKEN, session=session)
    with in_lane(lane), pytest.raises(outcome) as caught:
        await let_time_run(clock, bot.send_message(GROUP, "hi"))
    assert caught.value.description == "no answer in time"
    assert len(server.calls) == (2 if lane is Lane.ANSWER else 1)
    await session.close()


async def test_the_poll_may_take_its_time(server: Server, clock: FakeClock):
    seen: list[float | None] = []
    session = GatewaySession(server.base, clock, pace=Pace.unlimited(), timeout=5)
    bot = Bot(TOKEN, session=session)
    client = await session.create_session()
    post = client.post

    def spy(url: str, **options: object) -> object:
        seen.append(options["timeout"].total)  # type: ignore[attr-defined]
        return post(url, **options)  # type: ignore[arg-type]

    client.post = spy  # type: ignore[method-assign, assignment]
    server.otherwise = ok([])
    await bot.get_updates(timeout=50)
    await bot.get_updates(timeout=50, request_timeout=90)
    await bot.get_updates()
    assert seen == [60, 90, 10]
    await session.close()


async def test_cancelling_a_call_leaves_nothing_behind(bot: Bot, server: Server, clock: FakeClock, told: Told):
    server.script(server.hang)
    task = asyncio.create_task(bot.send_message(GROUP, "hi"))
    await server.until_called(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert told.called == [("sendMessage", "cancelled", 1)]
    assert clock.sleepers == 0
    await bot.send_message(GROUP, "hi")


async def test_closing_ends_calls_that_wait(bot: Bot, server: Server, clock: FakeClock):
    server.script(refuse(429, "Too Many Requests: retry after 10", retry_after=10))
    task = asyncio.create_task(bot.send_message(GROUP, "hi"))
    await clock.until_sleeping()
    await bot.session.close()
    with pytest.raises(outcomes.Unreachable):
        await task
    with pytest.raises(outcomes.Unreachable):
        await bot.get_updates()


def session_of(bot: Bot) -> GatewaySession:
    assert isinstance(bot.session, GatewaySession)
    return bot.session

"""The webhook: who may deliver, what is taken, and what 200 means."""

import asyncio
import gzip
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from unittest.mock import Mock

import aiohttp
import pytest
from aiogram import Bot
from aiohttp.test_utils import TestServer, make_mocked_request

from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.webhook import MAX_BODY, SECRET_HEADER, derive_secret, set_webhook, webhook_app
from tests.support.clock import FakeClock
from tests.telegram.intake.support import (
    BOT_ID,
    TOKEN,
    Handler,
    MemoryInbox,
    Telegram,
    message,
    running_intake,
    settle,
)

SECRET = derive_secret(TOKEN)
Post = Callable[..., Awaitable[aiohttp.ClientResponse]]


@asynccontextmanager
async def webhook(intake: Intake, clock: FakeClock) -> AsyncIterator[Post]:
    """The webhook's server, and what posts to it as Telegram does."""
    server = TestServer(webhook_app(intake, SECRET, clock), host="127.0.0.1")
    await server.start_server()
    async with aiohttp.ClientSession() as client:

        async def post(
            body: object, secret: str | None = SECRET, path: str = "/telegram", method: str = "POST"
        ) -> aiohttp.ClientResponse:
            headers = {} if secret is None else {SECRET_HEADER: secret}
            data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
            async with client.request(method, server.make_url(path), data=data, headers=headers) as response:
                await response.read()
                return response

        try:
            yield post
        finally:
            await server.close()


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def post(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> AsyncIterator[Post]:
    async with running_intake(inbox, handler, clock) as intake, webhook(intake, clock) as poster:
        yield poster


async def test_200_means_stored(post: Post, inbox: MemoryInbox, handler: Handler) -> None:
    handler.hold(1)
    inbox.gate.clear()
    delivering = asyncio.create_task(post(message(1)))
    await inbox.until(lambda box: box.adds == [[1]])
    await settle()
    assert not delivering.done()
    inbox.gate.set()
    assert (await delivering).status == 200
    assert (BOT_ID, 1) in inbox.bodies
    handler.release()
    await handler.until(lambda seen: seen.ended == [1])


async def test_requests_at_once_share_a_write(post: Post, inbox: MemoryInbox, handler: Handler) -> None:
    inbox.gate.clear()
    first = asyncio.create_task(post(message(1, 1)))
    await inbox.until(lambda box: box.adds == [[1]])
    others = [asyncio.create_task(post(message(n, n))) for n in range(2, 12)]
    while len(inbox.adds) == 1 and not all(task.done() for task in others):
        await asyncio.sleep(0)
        inbox.gate.set()
    assert {response.status for response in await asyncio.gather(first, *others)} == {200}
    await handler.until(lambda seen: len(seen.ended) == 11)
    assert len(inbox.adds) < 11


@pytest.mark.parametrize(
    "secret",
    [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "gehéim", "секрет", "\udcff", "é" * 300],
)
async def test_without_the_secret_401(post: Post, inbox: MemoryInbox, secret: str | None) -> None:
    assert (await post(message(1), secret)).status == 401
    assert inbox.adds == []


async def test_raw_bytes_in_the_secret_header_401(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    async with running_intake(inbox, handler, clock) as intake:
        server = TestServer(webhook_app(intake, SECRET, clock), host="127.0.0.1")
        await server.start_server()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            b"POST /telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            b"X-Telegram-Bot-Api-Secret-Token: \xff\xfe\xc3\x28\r\n\r\n{}"
        )
        assert b" 401 " in await reader.readline()
        writer.close()
        await writer.wait_closed()
        await server.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"{",
        b"[]",
        b"null",
        b"5",
        b'"text"',
        b"NaN",
        b"{}",
        b'{"update_id": null}',
        b'{"update_id": "1"}',
        b'{"update_id": 1.5}',
        b'{"update_id": true}',
        b'{"update_id": -1}',
        b'{"update_id": 99999999999999999999}',
        b'{"update_id": ' + b"9" * 5000 + b"}",
        b'{"update_id": 1, "x": NaN}',
        b'{"update_id": 1, "x": Infinity}',
        b"[" * 100_000,
        b'{"update_id": 1, "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
    ids=lambda body: repr(body[:30]),
)
async def test_what_is_no_update_400(post: Post, inbox: MemoryInbox, body: bytes) -> None:
    assert (await post(body)).status == 400
    assert inbox.adds == []


async def test_bodies_up_to_one_mebibyte_are_taken_and_larger_ones_413(
    post: Post, inbox: MemoryInbox, handler: Handler
) -> None:
    room = MAX_BODY - len(json.dumps(message(1, text="")))
    full = json.dumps(message(1, text="x" * room)).encode()
    assert len(full) == MAX_BODY
    assert (await post(full)).status == 200
    assert (await post(json.dumps(message(2, text="x" * (room + 1))).encode())).status == 413
    assert (await post(b"x" * (5 * MAX_BODY))).status == 413
    await handler.until(lambda seen: seen.ended == [1])
    assert inbox.adds == [[1]]


async def test_a_large_body_without_the_secret_is_not_even_read(post: Post) -> None:
    assert (await post(b"x" * MAX_BODY, "wrong")).status == 401


async def test_other_methods_and_paths(post: Post) -> None:
    assert (await post(b"", method="GET")).status == 405
    assert (await post(b"", method="PUT")).status == 405
    assert (await post(message(1), path="/")).status == 404
    assert (await post(message(1), path="/telegram/more")).status == 404


async def test_database_away_503_then_the_update_is_handled_once(
    post: Post, inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    inbox.away = True
    delivering = asyncio.create_task(post(message(1)))
    await clock.until_sleeping(3)  # the write's next try, the delay, the request's patience
    await clock.advance(10)
    response = await delivering
    assert (response.status, response.headers["Retry-After"]) == (503, "2")
    assert handler.began == []
    inbox.away = False
    await clock.advance(2)
    assert (await post(message(1))).status == 200
    await handler.until(lambda seen: seen.ended == [1])
    await settle()
    assert handler.began == [1]


async def test_a_poison_update_is_taken_and_does_not_hold_the_queue_back(post: Post, handler: Handler) -> None:
    handler.fails[1] = ValueError("cannot be decoded")
    assert (await post({"update_id": 1, "message": {"chat": {"id": 1}, "reply_markup": 5}})).status == 200
    assert (await post(message(2))).status == 200
    await handler.until(lambda seen: seen.ended == [2])


async def test_while_stopping_503(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    async with running_intake(inbox, handler, clock) as intake, webhook(intake, clock) as post:
        await intake.drain(1)
        assert (await post(message(1))).status == 503
    assert inbox.bodies == {}


def test_the_derived_secret_is_what_telegram_allows_and_tells_nothing_of_the_token() -> None:
    assert len(SECRET) == 64
    assert set(SECRET) <= set("0123456789abcdef")
    assert derive_secret(TOKEN) == SECRET
    assert derive_secret("123456:OTHER-token") != SECRET


async def test_the_webhook_is_set_with_everything_and_insists() -> None:
    telegram, clock = Telegram(), FakeClock()
    async with telegram.serving() as url:
        bot = Bot(TOKEN, session=GatewaySession(url, clock, pace=Pace.unlimited()))
        await set_webhook(bot, clock, "https://gub.example/bot/", SECRET, ["message"])
        assert telegram.calls == [
            (
                "setWebhook",
                {
                    "url": "https://gub.example/bot/telegram",
                    "secret_token": SECRET,
                    "allowed_updates": '["message"]',
                    "max_connections": "40",
                    "drop_pending_updates": "false",
                },
            )
        ]
        await bot.session.close()


async def test_a_webhook_that_telegram_refuses_is_an_error_at_once() -> None:
    telegram, clock = Telegram(), FakeClock()
    telegram.refuse("setWebhook", 400, "Bad Request: bad webhook: HTTPS url must be provided for webhook")
    async with telegram.serving() as url:
        bot = Bot(TOKEN, session=GatewaySession(url, clock, pace=Pace.unlimited()))
        with pytest.raises(Rejected, match="HTTPS url must be provided"):
            await set_webhook(bot, clock, "https://gub.example", SECRET, ["message"])
        await bot.session.close()


async def _said_raw(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock, request: bytes, *, wait: float = 0
) -> bytes:
    """Send bytes to the webhook, let `wait` seconds go by, and read until it hangs up."""
    async with running_intake(inbox, handler, clock) as intake:
        server = TestServer(webhook_app(intake, SECRET, clock), host="127.0.0.1")
        await server.start_server(lingering_time=0.0)
        await settle()
        idle = clock.sleepers
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request)
        if wait:
            await clock.until_sleeping(idle + 1)  # the request's patience
            await clock.advance(wait)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        await server.close()
        return answer


def _head(secret: str, *more: str) -> bytes:
    lines = ["POST /telegram HTTP/1.1", "Host: x", f"{SECRET_HEADER}: {secret}", *more]
    return "\r\n".join([*lines, "", ""]).encode()


async def test_who_has_no_secret_is_answered_before_the_body_and_cut_off(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    answer = await _said_raw(inbox, handler, clock, _head("wrong", "Content-Length: 1000000"))
    assert answer.startswith(b"HTTP/1.1 401")
    assert b"aiohttp" not in answer
    assert b"Python" not in answer


async def test_a_packed_body_is_not_unpacked(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    packed = gzip.compress(json.dumps(message(1)).encode())
    request = _head(SECRET, "Content-Encoding: gzip", f"Content-Length: {len(packed)}") + packed
    assert (await _said_raw(inbox, handler, clock, request)).startswith(b"HTTP/1.1 415")
    assert inbox.adds == []


async def test_a_body_that_does_not_come_408(inbox: MemoryInbox, handler: Handler, clock: FakeClock) -> None:
    request = _head(SECRET, "Content-Length: 100") + b"{"
    assert (await _said_raw(inbox, handler, clock, request, wait=10)).startswith(b"HTTP/1.1 408")
    assert inbox.adds == []


async def test_a_sender_that_goes_in_the_middle_of_a_body_is_no_error(
    inbox: MemoryInbox, handler: Handler, clock: FakeClock
) -> None:
    """A balancer that waited too long for a frozen process hangs up, and the process finds that when it goes on."""

    body = aiohttp.StreamReader(Mock(), 2**16)
    body.set_exception(ConnectionResetError("Connection lost"))
    async with running_intake(inbox, handler, clock) as intake:
        request = make_mocked_request("POST", "/telegram", headers={SECRET_HEADER: SECRET}, payload=body)
        route = await webhook_app(intake, SECRET, clock).router.resolve(request)
        answer = await route.handler(request)
    assert (answer.status, inbox.adds) == (408, [])

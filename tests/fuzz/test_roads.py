"""What comes in by the other roads: requests to the webhook, answers of the Bot API, answers of sign-ins."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime
from typing import Any

import httpx
from aiogram.methods import GetMe, Response, SendMessage
from aiogram.types import Message, User
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.credentials import Tokens, XboxCredential
from gub.platforms.errors import PlatformError
from gub.platforms.psn import psn_budgets
from gub.platforms.psn.oauth import PsnOAuth
from gub.platforms.transport import Transport
from gub.platforms.xbox import xbox_budgets
from gub.platforms.xbox.oauth import XboxOAuth
from gub.telegram.gateway.answers import Done, Reply, Trouble, read_reply
from gub.telegram.gateway.calls import Call, Lane
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.intake.webhook import SECRET_HEADER, derive_secret, webhook_app
from tests.fuzz.hostile import FUZZ, odd_values
from tests.platforms.clocks import SkippingClock
from tests.support.clock import FakeClock
from tests.telegram.intake.support import TOKEN, Handler, MemoryInbox, message, running_intake

SECRET = derive_secret(TOKEN)
TAKEN, REFUSED = {200}, {400, 401, 404, 405, 408, 413, 415, 417}

anything = st.recursive(
    odd_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
).filter(lambda value: type(value) is not object)

# -- the webhook

_TEXTS = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
_HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "Content-Type",
                "Content-Encoding",
                "Expect",
                "Cookie",
                "Accept",
                "Range",
                "X-Forwarded-For",
                SECRET_HEADER,
            ]
        ),
        _TEXTS,
    ),
    max_size=5,
)
_BODIES = st.one_of(
    st.binary(max_size=200),
    anything.map(lambda value: json.dumps(value, default=repr).encode()),
    st.dictionaries(st.sampled_from(["update_id", "message", "callback_query", "poll"]), anything, max_size=3).map(
        lambda value: json.dumps(value, default=repr).encode()
    ),
)


async def _status(port: int, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> int:
    """Send a request byte for byte; 0 when the connection ends without an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        answer = await reader.readline()
        return int(answer.split()[1]) if answer else 0
    except ConnectionError:
        return 0
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


Requests = list[tuple[str, str, bool, list[tuple[str, str]], bytes]]


@FUZZ
@given(
    requests=st.lists(
        st.tuples(
            st.sampled_from(["POST", "POST", "POST", "GET", "PUT", "OPTIONS"]),
            st.sampled_from(
                ["/telegram", "/telegram", "/telegram", "/", "/telegram/", "/telegram?a=%00", "/../telegram"]
            ),
            st.booleans(),
            _HEADERS,
            _BODIES,
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_is_requested_of_the_webhook_is_answered_and_the_next_update_taken(requests: Requests) -> None:
    async def run() -> None:
        inbox, handler, clock = MemoryInbox(), Handler(), FakeClock()
        async with running_intake(inbox, handler, clock) as intake:
            server = TestServer(webhook_app(intake, SECRET, clock), host="127.0.0.1")
            await server.start_server(lingering_time=0)
            try:
                for method, path, knows_it, headers, body in requests:
                    secret = [(SECRET_HEADER, SECRET)] if knows_it else []
                    before = len(inbox.bodies)
                    status = await _status(server.port or 0, method, path, secret + headers, body)
                    assert status in TAKEN | REFUSED, (status, method, path, headers)
                    assert knows_it or len(inbox.bodies) == before
                last = json.dumps(message(2**40)).encode()
                assert await _status(server.port or 0, "POST", "/telegram", [(SECRET_HEADER, SECRET)], last) == 200
            finally:
                await server.close()

    asyncio.run(run())


# -- the Bot API

_CALLS = (SendMessage(chat_id=1, text="x"), GetMe())


@FUZZ
@given(
    status=st.sampled_from([200, 400, 401, 403, 404, 409, 413, 429, 500, 502]),
    body=st.one_of(
        st.binary(max_size=60),
        anything.map(lambda value: json.dumps(value, default=repr).encode()),
        st.fixed_dictionaries(
            {"ok": st.booleans() | odd_values},
            optional={
                "result": anything,
                "error_code": st.integers(390, 520) | odd_values,
                "description": st.text(max_size=60) | odd_values,
                "parameters": st.dictionaries(
                    st.sampled_from(["retry_after", "migrate_to_chat_id"]), odd_values, max_size=2
                )
                | odd_values,
            },
        ).map(lambda value: json.dumps(value, default=repr).encode()),
    ),
    header=st.none() | st.text(max_size=12),
    lane=st.sampled_from(list(Lane)),
)
def test_whatever_the_bot_api_answers_has_a_name(status: int, body: bytes, header: str | None, lane: Lane) -> None:
    for method in _CALLS:
        kind = Message if isinstance(method, SendMessage) else User

        def decode(data: Any, kind: type = kind) -> Any:
            return Response[kind].model_validate(data).result  # type: ignore[valid-type]

        answer = read_reply(Call.of(method, lane), Reply(status, body, header), decode, str)
        assert isinstance(answer, Done | Trouble | Refused)
        if isinstance(answer, Trouble) and answer.retry_after is not None:
            assert answer.retry_after == answer.retry_after, "a number"
        str(answer)


# -- signing in

_TOKENS = st.dictionaries(
    st.sampled_from(
        [
            *("access_token", "refresh_token", "expires_in", "refresh_token_expires_in", "token_type", "scope"),
            *("user_id", "id_token", "error", "error_description", "error_code"),
        ]
    ),
    odd_values | st.sampled_from(["invalid_grant", "3600", 3600, "bearer"]),
    max_size=6,
)
SignIn = Callable[[Transport, SkippingClock], Coroutine[Any, Any, Tokens]]


def _old(now: datetime) -> Tokens:
    return Tokens(access_token="old", refresh_token="refresh", issued=now, expires_in=1)


def _xbox(transport: Transport, clock: SkippingClock) -> Coroutine[Any, Any, Tokens]:
    oauth = XboxOAuth(transport, xbox_budgets(clock).sign_in, clock)
    return oauth.refresh(XboxCredential("client", "test-secret", _old(clock.now())))


def _psn(transport: Transport, clock: SkippingClock) -> Coroutine[Any, Any, Tokens]:
    return PsnOAuth(transport, psn_budgets(clock), clock).refresh(_old(clock.now()))


@FUZZ
@given(
    status=st.sampled_from([200, 200, 200, 400, 401, 403, 429, 503]),
    body=st.one_of(
        st.binary(max_size=60),
        *(one.map(lambda v: json.dumps(v, default=repr).encode()) for one in (_TOKENS, anything)),
    ),
    sign_in=st.sampled_from([_xbox, _psn]),
)
def test_whatever_a_sign_in_answers_gives_usable_tokens_or_a_typed_error(
    status: int, body: bytes, sign_in: SignIn
) -> None:
    async def run() -> Tokens | None:
        clock = SkippingClock()
        transport = Transport(None, clock, inner=httpx.MockTransport(lambda _: httpx.Response(status, content=body)))
        try:
            return await sign_in(transport, clock)
        except PlatformError:
            return None
        finally:
            await transport.aclose()

    if (tokens := asyncio.run(run())) is not None:
        assert tokens.access_token
        assert isinstance(tokens.access_token, str)
        assert tokens.expires_in >= 0
        tokens.access_token.encode()
        assert tokens.expires_at >= tokens.issued

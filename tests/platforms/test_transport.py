import asyncio
import gzip
import logging
import string
import traceback
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.platforms.addresses import Gateway, direct
from gub.platforms.errors import Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.limiter import Budget
from gub.platforms.reply import Reply
from gub.platforms.transport import LARGEST_BODY, LONGEST_SILENCE, Transport, retry_after
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.support.clock import FakeClock

URL = "https://api.example.com/a"
VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "#")

targets = [
    "/",
    "/a?ids=1%2C2%2c3",
    "/api/users//basicPresences?type=primary&accountIds=1%2C2&platforms=PS4%2CPS5",
    "//double//slashes//",
    "/users/gt(Major%23881)/profile/settings?settings=Gamertag,ModernGamertag",
    "/profiles/[U:1:22202]?a[]=1&b={x}",
    """/quotes"and'ticks`?q="it's\"""",
    "/a/../b/./c",
    "/%zz/%/%41?%zz=%",
    "/p;v=1?a=b?c&&==;|^\\<>",
    "/?",
    "/a?",
    "/" + VISIBLE,
    "/?" + VISIBLE,
]


@pytest.mark.parametrize("target", targets)
async def test_the_gateway_receives_path_and_query_byte_for_byte(
    server: Server, transport: Transport, target: str
) -> None:
    await transport.request("GET", f"https://m.np.playstation.com{target}")
    assert server.seen[0].target == f"/platforms/m.np.playstation.com{target}"


@pytest.mark.parametrize("target", targets)
async def test_without_a_gateway_the_platform_receives_the_same(clock: SkippingClock, target: str) -> None:
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, stream=httpx.ByteStream(b""))

    transport = Transport(None, clock, inner=httpx.MockTransport(respond))
    await transport.request("GET", f"https://m.np.playstation.com{target}")
    await transport.aclose()
    assert sent[0].url.raw_path == target.encode()
    assert (sent[0].url.scheme, sent[0].url.host) == ("https", "m.np.playstation.com")
    assert sent[0].headers["host"] == "m.np.playstation.com"


@given(st.text(alphabet=VISIBLE), st.sampled_from(["", "/", "/x/y", "/x/"]))
def test_routing_never_changes_a_target(tail: str, base: str) -> None:
    assert direct(f"https://h.example/{tail}") == ("https://h.example/", f"/{tail}".encode())
    expected = f"{base.rstrip('/')}/h.example/{tail}".encode()
    assert Gateway(f"http://127.0.0.1:8080{base}").route(f"https://h.example/{tail}") == (
        "http://127.0.0.1:8080/",
        expected,
    )


def test_an_address_without_a_path_gets_one() -> None:
    assert direct("https://h.example") == ("https://h.example/", b"/")
    assert direct("https://h.example?a=1") == ("https://h.example/", b"/?a=1")
    assert Gateway("http://[::1]:9/").route("https://h.example") == ("http://[::1]:9/", b"/h.example/")


@pytest.mark.parametrize(
    "url", ["http://a.example/", "https://a b/", "https://a/\n", "https://a/é", "https://u:p@a/", "https://a/#f", ""]
)
def test_an_address_that_cannot_be_sent_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(ValueError, match="not an https address that can be sent as it is"):
        direct(url)


@pytest.mark.parametrize("address", ["", "ftp://x", "127.0.0.1:80", "http://a b", "http://a/?q", "http://a/#f"])
def test_a_gateway_must_be_a_plain_address(address: str) -> None:
    with pytest.raises(ValueError, match="plain http or https"):
        Gateway(address)


async def test_a_proxy_is_asked_for_the_platform_and_not_for_the_path(
    server: Server, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, server.url)
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server.handler = lambda _: answer(502)
    transport = Transport(None, clock)
    with pytest.raises(Unavailable):
        await transport.request("GET", "https://api.example.com/secret?key=1", retries=0)
    await transport.aclose()
    assert (server.seen[0].method, server.seen[0].target) == ("CONNECT", "api.example.com:443")


async def test_a_gateway_is_reached_without_any_proxy(
    server: Server, clock: SkippingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    transport = Transport(server.url, clock)
    assert (await transport.request("GET", URL)).status == 200
    await transport.aclose()


async def test_method_headers_and_body_arrive(server: Server, transport: Transport) -> None:
    server.handler = lambda _: answer(201, {"a": 1}, X_Thing="yes")
    reply = await transport.request("POST", URL, headers={"Authorization": "x"}, content=b"{}")
    assert (reply.status, reply.json(), reply.headers["x-thing"]) == (201, {"a": 1}, "yes")
    seen = server.seen[0]
    assert (seen.method, seen.headers["authorization"], seen.body) == ("POST", "x", b"{}")
    assert seen.headers["user-agent"].startswith("gub/")


async def test_redirects_are_answers_and_cookies_are_not_kept(server: Server, transport: Transport) -> None:
    server.script.append(answer(302, Location="/elsewhere", Set_Cookie="session=1; Path=/"))
    reply = await transport.request("GET", URL)
    assert (reply.status, reply.headers["location"]) == (302, "/elsewhere")
    await transport.request("GET", URL)
    assert len(server.seen) == 2
    assert "cookie" not in server.seen[1].headers


async def test_gzip_is_unpacked(server: Server, transport: Transport) -> None:
    server.handler = lambda _: answer(200, gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")
    assert (await transport.request("GET", URL)).json() == {"a": 1}


@pytest.mark.parametrize(
    "reply",
    [
        answer(200, b"x" * (LARGEST_BODY + 1)),
        answer(200, gzip.compress(b"\0" * (LARGEST_BODY + 1)), Content_Encoding="gzip"),
        answer(200, gzip.compress(b"hello")[:-9], Content_Encoding="gzip"),
        answer(200, b"not gzip", Content_Encoding="gzip"),
        answer(200, b"x", Content_Encoding="br"),
    ],
    ids=["too large", "bomb", "cut off", "broken", "unknown"],
)
async def test_a_body_that_cannot_be_taken_is_malformed_and_not_asked_for_again(
    server: Server, transport: Transport, reply: bytes
) -> None:
    server.handler = lambda _: reply
    with pytest.raises(Malformed):
        await transport.request("GET", URL)
    assert len(server.seen) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff", b"[" * 100_000, b"1" * 5000])
def test_what_is_not_json_is_malformed_and_not_quoted(body: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        Reply(200, {}, body).json()
    assert caught.value.__context__ is None
    assert str(caught.value) == "status 200 with a body that is not JSON"


@pytest.mark.parametrize("bad", [answer(500), answer(503, "<html>"), None, b"nonsense\r\n\r\n", answer(200, "xx")[:-1]])
async def test_two_retries_then_unavailable(
    server: Server, transport: Transport, clock: SkippingClock, bad: bytes | None
) -> None:
    server.script.extend([bad, bad])
    assert (await transport.request("GET", URL)).status == 200
    assert clock.slept == [1.0, 2.0]
    server.script.extend([bad] * 3)
    with pytest.raises(Unavailable):
        await transport.request("GET", URL)
    assert len(server.seen) == 6


async def test_nothing_listening_is_unavailable(clock: SkippingClock, unused_tcp_port: int) -> None:
    transport = Transport(f"http://127.0.0.1:{unused_tcp_port}", clock)
    with pytest.raises(Unavailable, match="ConnectError"):
        await transport.request("GET", URL)
    await transport.aclose()
    assert clock.slept == [1.0, 2.0]


async def test_no_retry_when_told_so(server: Server, transport: Transport) -> None:
    server.handler = lambda _: answer(500)
    with pytest.raises(Unavailable):
        await transport.request("POST", URL, retries=0)
    assert len(server.seen) == 1


async def test_retry_after_is_honoured_for_429_and_503(
    server: Server, transport: Transport, clock: SkippingClock
) -> None:
    server.script.extend([answer(429, Retry_After="7"), answer(503, Retry_After="3")])
    assert (await transport.request("GET", URL)).status == 200
    assert clock.slept == [7.0, 3.0]


async def test_a_429_that_says_nothing_is_given_more_time(
    server: Server, transport: Transport, clock: SkippingClock
) -> None:
    server.script.extend([answer(429)] * 2)
    assert (await transport.request("GET", URL)).status == 200
    assert clock.slept == [5.0, 10.0]


@pytest.mark.parametrize("header", ["61", "3600", "9" * 400])
async def test_a_long_wait_is_reported_instead_of_waited_for(server: Server, transport: Transport, header: str) -> None:
    server.handler = lambda _: answer(429, Retry_After=header)
    with pytest.raises(RateLimited) as caught:
        await transport.request("GET", URL)
    assert caught.value.retry_after is not None
    assert caught.value.retry_after >= 61
    assert len(server.seen) == 1


async def test_no_retry_goes_past_the_deadline(server: Server, transport: Transport, clock: SkippingClock) -> None:
    server.handler = lambda _: answer(429, Retry_After="4")
    with pytest.raises(RateLimited):
        await transport.request("GET", URL, deadline=clock.monotonic() + 5)
    assert clock.slept == [4.0]
    assert len(server.seen) == 2


async def test_an_answer_that_does_not_end_is_cut_off_at_the_deadline(server: Server, clock: SkippingClock) -> None:
    server.release.clear()
    transport = Transport(server.url, clock)
    with pytest.raises(Unavailable, match="TimeoutError"):
        await transport.request("GET", URL, deadline=clock.monotonic() + 0.05)
    await transport.aclose()


async def test_every_attempt_counts_against_the_budget_and_a_429_holds_everybody(
    server: Server, transport: Transport, clock: SkippingClock
) -> None:
    budget = Budget([(2, 1000.0)], clock)
    server.script.extend([answer(500), answer(500)])
    with pytest.raises(RateLimited, match="budget"):
        await transport.request("GET", URL, budget=budget)
    assert len(server.seen) == 2

    other = Budget([(100, 1.0)], clock)
    server.script.append(answer(429, Retry_After="40"))
    with pytest.raises(RateLimited):
        await transport.request("GET", URL, budget=other)
    with pytest.raises(RateLimited):
        await other.acquire(clock.monotonic() + 39)


async def test_every_try_is_told_with_its_platform_and_outcome(server: Server, clock: SkippingClock) -> None:
    heard: list[tuple[str, str, float]] = []
    transport = Transport(server.url, clock, on_tried=lambda *one: heard.append(one))
    server.script.extend([answer(500), answer(429, Retry_After="1"), answer(302), answer(401), b"junk\r\n\r\n"])
    await transport.request("GET", "https://userpresence.xboxlive.com/users/batch")
    await transport.request("GET", "https://ca.account.sony.com/api/authz", retries=0)
    with pytest.raises(Unavailable):
        await transport.request("GET", "https://api.steampowered.com/a?key=TEST", retries=0)
    await transport.request("GET", "https://steampowered.com.example.com/")
    await transport.aclose()
    assert [(platform, outcome) for platform, outcome, _ in heard] == [
        ("xbox", "unavailable"),
        ("xbox", "rate_limited"),
        ("xbox", "ok"),
        ("psn", "refused"),
        ("steam", "unavailable"),
        ("other", "ok"),
    ]
    assert "TEST" not in repr(heard)


async def test_a_cancelled_request_leaves_nothing_behind(server: Server) -> None:
    server.release.clear()
    transport = Transport(server.url, FakeClock())
    task = asyncio.create_task(transport.request("GET", URL))
    await server.until_seen(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    server.release.set()
    assert (await transport.request("GET", URL)).status == 200
    await transport.aclose()


@pytest.mark.parametrize("bad", [answer(500, "KEY"), answer(429), None, b"junk KEY\r\n\r\n", answer(200, "KEY KEY")])
async def test_no_secret_is_printed_anywhere(
    server: Server, transport: Transport, caplog: pytest.LogCaptureFixture, bad: bytes | None
) -> None:
    caplog.set_level(logging.DEBUG)
    server.handler = lambda _: bad
    request = transport.request(
        "GET", f"{URL}?key=KEY", headers={"Authorization": "KEY", "Cookie": "npsso=KEY"}, content=b"KEY"
    )
    (outcome,) = await asyncio.gather(request, return_exceptions=True)
    shown = f"{outcome!r} {outcome}"
    if isinstance(outcome, BaseException):
        assert isinstance(outcome, PlatformError)
        assert outcome.__cause__ is None
        assert outcome.__context__ is None
        shown += "".join(traceback.format_exception(outcome))
    assert "KEY" not in shown
    assert "KEY" not in caplog.text
    assert "KEY" in server.seen[0].target


async def test_a_header_that_cannot_be_sent_is_not_shown(transport: Transport) -> None:
    for value in ("KEY\r\nX: y", "KEY\u20ac"):
        with pytest.raises(PlatformError) as caught:
            await transport.request("GET", URL, headers={"Authorization": value}, retries=0)
        assert "KEY" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("7", 7.0),
        (" 0 ", 0.0),
        ("-1", None),
        ("1.5", None),
        ("nonsense", None),
        ("٧", None),
        ("Sun, 22 Nov 2026 18:00:30 GMT", 30.0),
        ("Sun, 22 Nov 2026 17:00:00 GMT", 0.0),
        ("Sun, 22 Nov 2026 18:00:30", 30.0),
        ("Sun, 99 Nov 2026 18:00:30 GMT", None),
        ("86400", 3600.0),
        ("9" * 400, 3600.0),
        ("Mon, 22 Nov 2027 18:00:00 GMT", 3600.0),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, datetime(2026, 11, 22, 18, tzinfo=UTC)) == seconds


@given(st.text(alphabet=string.printable))
def test_any_retry_after_is_read_without_an_error(header: str) -> None:
    seconds = retry_after(header, datetime(2026, 11, 22, 18, tzinfo=UTC))
    assert seconds is None or 0 <= seconds <= LONGEST_SILENCE

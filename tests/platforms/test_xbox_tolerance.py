"""Whatever JSON stands in whatever field: nothing but typed errors comes out, and nobody else's answer changes."""

import asyncio
import json
import unicodedata
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeVar

import httpx
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence, Status
from gub.platforms import tolerant
from gub.platforms.errors import PlatformError
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxClient, xbox_budgets
from tests.platforms.clocks import SkippingClock
from tests.platforms.shelf import FakeShelf
from tests.platforms.test_steam_tolerance import anything
from tests.platforms.xbox_answers import NOVA, ORBIT, a_credential, device, person, profile, title

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 18, tzinfo=UTC)

SIGNED = {
    "access_token": "a",
    "refresh_token": "r",
    "Token": "t",
    "NotAfter": "2027-01-01T00:00:00Z",
    "DisplayClaims": {"xui": [{"uhs": "u"}]},
}
LAST_SEEN = {"deviceType": "Scarlett", "titleId": "1", "titleName": "A", "timestamp": "2026-01-19T05:03:43.1Z"}
IN_GAME = person(
    ORBIT,
    device("Scarlett", title("Home", "750323071", placement="Background"), title("A", activity={"richPresence": "B"})),
    device("WindowsOneCore", title("A")),
    lastSeen=LAST_SEEN,
)


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, inner in inside for path in paths(inner, (*at, key)))]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copied = dict(value) if isinstance(value, dict) else list(value)
    copied[path[0]] = put(copied[path[0]], path[1:], new)
    return copied


def damaged_copy(document: Any) -> st.SearchStrategy[Any]:
    return st.builds(lambda path, new: put(document, path, new), st.sampled_from(paths(document)), anything)


damaged = damaged_copy(IN_GAME) | damaged_copy(IN_GAME).flatmap(
    lambda once: damaged_copy(once) if isinstance(once, dict) else st.just(once)
)


def ask(body: bytes, question: Callable[[XboxClient], Awaitable[T]], *, host: str = "userpresence") -> T:
    """Put a question to a client whose sign-in works and whose service, named by `host`, answers that."""

    def respond(request: httpx.Request) -> httpx.Response:
        content = body if request.url.host.startswith(host) else json.dumps(SIGNED).encode()
        return httpx.Response(200, stream=httpx.ByteStream(content))

    async def run() -> T:
        clock = SkippingClock()
        transport = Transport(None, clock, inner=httpx.MockTransport(respond))
        client = XboxClient(transport, xbox_budgets(clock), FakeShelf(a_credential()), clock)
        try:
            return await question(client)
        finally:
            await client.aclose()
            await transport.aclose()

    return asyncio.run(run())


def presences(*items: Any) -> dict[str, AccountPresence]:
    found = ask(json.dumps(list(items)).encode(), lambda client: client.presences([NOVA, ORBIT]))
    return dict(found)


def is_one_line(word: str) -> bool:
    """Letters that this Python does not know yet are fine: names have them before it learns them."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    return 0 < len(word) <= 100 and not any(unicodedata.category(one) in hidden for one in word)


GOOD = person(NOVA, device("XboxOne", title("Halo Infinite", activity={"richPresence": "Big Team Battle"})))
ALONE = presences(GOOD)[NOVA]


@settings(max_examples=200)
@given(damaged | anything, st.booleans())
@example(person(NOVA, device("Scarlett", title("somebody else's entry"))), True)
@example({"xuid": ORBIT, "state": "Offline", "lastSeen": {"timestamp": "9999-12-31T23:59:59.9999999-23:59"}}, True)
@example(person(ORBIT, device("Scarlett", title("A", 10**400, lastModified="0001-01-01T00:00:00+23:59"))), True)
def test_a_damaged_person_costs_only_themself(item: Any, first: bool) -> None:
    if tolerant.digits(tolerant.entry(item, "xuid")) == NOVA:
        first = False  # two entries of one person: the first counts
    found = presences(item, GOOD) if first else presences(GOOD, item)
    assert found[NOVA] == ALONE
    assert set(found) <= {NOVA, ORBIT}
    for presence in found.values():
        words = [presence.title, presence.title_id, presence.activity, presence.device]
        json.dumps(words, ensure_ascii=False).encode()
        assert all(word is None or is_one_line(word) for word in words)
        assert presence.last_seen is None or presence.last_seen <= NOW


def test_the_example_that_is_damaged_is_read_when_it_is_not() -> None:
    orbit = presences(IN_GAME)[ORBIT]
    assert (orbit.status, orbit.title, orbit.activity, orbit.device) == (Status.PLAYING, "A", "B", "Scarlett")


@settings(max_examples=100)
@given(anything)
def test_a_damaged_answer_is_a_typed_error(document: Any) -> None:
    with suppress(PlatformError):
        found = ask(json.dumps(document).encode(), lambda client: client.presences([NOVA, ORBIT]))
        assert set(found) <= {NOVA, ORBIT}


@settings(max_examples=50)
@given(st.binary(max_size=50))
def test_bytes_that_are_no_answer_are_a_typed_error(body: bytes) -> None:
    for host in ("userpresence", "login", "user.auth", "xsts"):
        with suppress(PlatformError):
            ask(body, lambda client: client.presences([NOVA]), host=host)


PROFILES = {"profileUsers": [profile(NOVA, "Nova1", "Nova", "1")]}
SUGGESTED = {"results": [{"text": "x", "result": {"id": NOVA, "gamertag": "x", "score": 0.0}}]}


@settings(max_examples=100)
@given(damaged_copy(PROFILES) | anything, st.sampled_from(["Nova", "Nova#1"]))
def test_a_damaged_profile_is_an_account_or_a_typed_error(document: Any, text: str) -> None:
    with suppress(PlatformError):
        account = ask(json.dumps(document).encode(), lambda client: client.look_up(text), host="profile")
        assert account.account_id.isdigit()
        assert is_one_line(account.name)


@settings(max_examples=100)
@given(damaged_copy(SUGGESTED) | anything)
def test_a_damaged_search_is_a_typed_error(document: Any) -> None:
    body = json.dumps(document).encode()

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.host.startswith("usersearch"):
            return httpx.Response(200, stream=httpx.ByteStream(body))
        answer = {"profileUsers": []} if request.url.host.startswith("profile") else SIGNED
        return httpx.Response(200, stream=httpx.ByteStream(json.dumps(answer).encode()))

    async def run() -> None:
        clock = SkippingClock()
        transport = Transport(None, clock, inner=httpx.MockTransport(respond))
        client = XboxClient(transport, xbox_budgets(clock), FakeShelf(a_credential()), clock)
        with pytest.raises(PlatformError):
            await client.look_up("Nova#1")
        await client.aclose()
        await transport.aclose()

    asyncio.run(run())


@settings(max_examples=150)
@given(damaged_copy(SIGNED) | anything, st.sampled_from(["login", "user.auth", "xsts"]))
def test_a_damaged_sign_in_is_a_typed_error(document: Any, host: str) -> None:
    with suppress(PlatformError):
        ask(json.dumps(document).encode(), lambda client: client.sign_in(), host=host)


@given(anything | st.text(alphabet="0123456789-:TtZz+., ", max_size=40) | st.datetimes().map(datetime.isoformat))
def test_times_never_raise(value: Any) -> None:
    instant, past = tolerant.instant(value), tolerant.past(value, NOW)
    assert instant is None or (instant.tzinfo is UTC and instant.microsecond % 1000 == 0)
    assert past is None or past <= NOW


@given(st.datetimes(), st.timezones() | st.just(UTC))
def test_d68_a_time_is_read_as_it_was_written(naive: datetime, zone: tzinfo) -> None:
    assume(2 <= naive.year <= 9998)
    time = naive.replace(tzinfo=zone)
    offset = time.utcoffset()
    assume(offset is not None and offset.total_seconds() % 60 == 0)  # ISO 8601 writes no seconds in a zone
    read = tolerant.instant(time.isoformat())
    assert read is not None
    assert 0 <= (time - read).total_seconds() < 0.001

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from gub.failure import Failure
from gub.health import Check, health_app, not_yet, serving
from gub.metrics import Metrics
from gub.settings import Address
from tests.support.clock import FakeClock

ANY = Address("127.0.0.1", 0)


async def _get(at: Address, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"http://{at.host}:{at.port}{path}")


async def test_ready_tells_the_truth_of_the_moment() -> None:
    state = {"database": True}

    async def database() -> bool:
        return state["database"]

    async def telegram() -> bool:
        return True

    async with serving(
        health_app({"database": database, "telegram": telegram}, Metrics(FakeClock())), ANY, "GUB_HTTP_LISTEN"
    ) as at:
        assert (await _get(at, "/readyz")).status_code == 200
        state["database"] = False
        answer = await _get(at, "/readyz")
        assert (answer.status_code, answer.text) == (503, "not ready: database\n")
        assert (await _get(at, "/healthz")).status_code == 200


async def test_while_the_bot_starts_it_lives_and_is_not_ready() -> None:
    checks: dict[str, Check] = {"database": not_yet}

    async def there() -> bool:
        return True

    async with serving(health_app(checks, Metrics(FakeClock())), ANY, "GUB_HTTP_LISTEN") as at:
        assert (await _get(at, "/healthz")).status_code == 200
        assert (await _get(at, "/readyz")).status_code == 503
        checks["database"] = there
        assert (await _get(at, "/readyz")).status_code == 200


async def test_a_check_that_breaks_is_not_ready() -> None:
    async def breaks() -> bool:
        raise KeyError

    async with serving(health_app({"database": breaks}, Metrics(FakeClock())), ANY, "GUB_HTTP_LISTEN") as at:
        answer = await _get(at, "/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready: database\n")


async def test_a_check_that_hangs_is_not_ready(monkeypatch) -> None:
    monkeypatch.setattr("gub.health._CHECK_SECONDS", 0.01)

    async def hangs() -> bool:
        await asyncio.Event().wait()
        return True

    async with serving(health_app({"database": hangs}, Metrics(FakeClock())), ANY, "GUB_HTTP_LISTEN") as at:
        assert (await _get(at, "/readyz")).status_code == 503


async def test_metrics_count_updates_and_calls() -> None:
    metrics = Metrics(FakeClock(), ["message"])
    metrics.update_handled("message", "ok", 0.01)
    metrics.telegram_called("SendMessage", "ok", 0.02, 3)
    async with serving(health_app({}, metrics), ANY, "GUB_HTTP_LISTEN") as at:
        text = (await _get(at, "/metrics")).text
    assert 'gub_updates_total{kind="message",outcome="ok"} 1.0' in text
    assert 'gub_telegram_tries_total{method="SendMessage"} 3.0' in text


async def test_an_address_in_use_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(
            Failure, match=r"^GUB_HTTP_LISTEN: cannot listen on 127.0.0.1:\d+ \(Address already in use\)\.$"
        ):
            async with serving(
                health_app({}, Metrics(FakeClock())), Address("127.0.0.1", taken.getsockname()[1]), "GUB_HTTP_LISTEN"
            ):
                pass


def _ask_from_outside(at: Address, patience: float) -> str:
    """Ask /healthz without any help of the event loop."""
    with socket.create_connection((at.host, at.port), timeout=patience) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        try:
            return connection.recv(100).decode().split("\r\n")[0]
        except TimeoutError:
            return "silence"


async def test_a_loop_that_hangs_answers_nothing_and_one_that_turns_does() -> None:
    async with serving(health_app({}, Metrics(FakeClock())), ANY, "GUB_HTTP_LISTEN") as at:
        with ThreadPoolExecutor(1) as outside:
            assert (
                outside.submit(_ask_from_outside, at, 0.3).result(10) == "silence"
            )  # waited for here: the loop stands
        assert await asyncio.to_thread(_ask_from_outside, at, 10) == "HTTP/1.1 200 OK"

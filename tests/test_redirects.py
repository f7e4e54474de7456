"""The local end of a sign-in in the browser."""

import asyncio
import socket

import httpx
import pytest

from gub.redirects import Redirects, can_be_served


def free_address() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"http://localhost:{listener.getsockname()[1]}/auth/callback"


@pytest.mark.parametrize(
    ("address", "served"),
    [
        ("http://localhost:8765/auth/callback", True),
        ("http://127.0.0.1/", True),
        ("https://localhost:8765/auth/callback", False),
        ("http://bot.example:8765/auth", False),
        ("http://localhost:99999/", False),
        ("http://localhost:0/", False),
        ("http://[::1", False),
        ("nonsense", False),
        ("", False),
    ],
)
def test_only_an_address_of_this_machine_can_be_served(address: str, served: bool) -> None:
    assert can_be_served(address) is served


async def test_a_reloaded_page_is_told_the_same_and_nothing_in_it_is_markup() -> None:
    address = free_address()
    async with Redirects.served(address, "the-state") as redirects, httpx.AsyncClient(trust_env=False) as browser:
        pages = [asyncio.create_task(browser.get(f"{address}?code=1&state=the-state")) for _ in range(2)]
        assert await redirects.next() == f"{address}?code=1&state=the-state"
        await redirects.answer("Done", "a <b>name</b>")
        first = await pages[0]
        assert "a &lt;b&gt;name&lt;/b&gt;" in first.text
        assert first.headers["Cache-Control"] == "no-store"
        assert (await pages[1]).text == first.text


async def test_a_browser_that_waits_does_not_hold_up_the_end() -> None:
    address = free_address()
    async with httpx.AsyncClient(trust_env=False) as browser:
        async with Redirects.served(address, "the-state") as redirects:
            page = asyncio.create_task(browser.get(f"{address}?code=1&state=the-state"))
            await redirects.next()
        with pytest.raises(httpx.HTTPError):
            await asyncio.wait_for(page, 10)

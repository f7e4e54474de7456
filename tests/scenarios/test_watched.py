"""What an operator sees of a running bot: /healthz, /readyz, /metrics, and lines of the log that belong together."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from gub.sandbox.steam import Steam
from gub.sandbox.telegram.world import World
from tests.scenarios.conversation import ask, bot_messages, greeted, groups, tap, until
from tests.scenarios.running import BotProcess, Place, bot_in_process, free_port
from tests.support.outages import Outages


@pytest.fixture
def watched(place: Place) -> Place:
    return place.having(GUB_HTTP_LISTEN=f"127.0.0.1:{free_port()}")


async def _get(there: Place, path: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient(timeout=10) as client:
        return await client.request(method, f"http://{there.extra['GUB_HTTP_LISTEN']}{path}")


async def _until_it_says(there: Place, path: str, status: int, text: str = "") -> httpx.Response:
    async with asyncio.timeout(30):
        while True:
            with suppress(httpx.ConnectError):
                answer = await _get(there, path)
                if answer.status_code == status and text in answer.text:
                    return answer
            await asyncio.sleep(0.02)


def _figures(text: str) -> dict[str, float]:
    """Read the samples, by name and labels as they are written."""
    pairs = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in pairs}


async def test_a_bot_at_work_is_ready_and_says_what_it_did(world: World, watched: Place, steam: Steam) -> None:
    steam.add_account("nova", vanity="player1", game="Counter-Strike 2")
    ((ana, chat),) = groups(world, 1)
    async with bot_in_process(watched):
        await ask(world, ana, chat, "/add Player1 steam:player1")
        await ask(world, ana, chat, "/status")
        made = await ask(world, ana, chat, "/newgroup Warzone")
        await tap(world, ana, made, "Leave")
        assert (await _get(watched, "/readyz")).text == "ready\n"
        # The next scrape, five seconds later, would see it too: an update is through when it is remembered as that.
        shown = await _until_it_says(watched, "/metrics", 200, 'gub_updates_total{kind="callback_query",outcome="ok"}')
    assert shown.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    figures = _figures(shown.text)
    assert figures['gub_updates_total{kind="message",outcome="ok"}'] >= 3
    assert figures["gub_update_through_seconds_count"] >= 3
    assert figures['gub_telegram_calls_total{method="sendMessage",outcome="ok"}'] >= 3
    assert figures['gub_platform_requests_total{outcome="ok",platform="steam"}'] >= 2
    assert figures["gub_status_age_seconds_count"] == 1
    assert figures['gub_database_commands_total{command="insert",outcome="ok"}'] > 0
    assert figures['gub_platform_budget_left{budget="all",platform="psn",span="900s"}'] > 0
    assert figures['gub_credential_state{platform="steam",state="dead"}'] == 0
    assert figures["gub_database_up"] == figures["gub_workers"] == figures["gub_on_duty"] == 1
    assert figures["gub_standing_by"] == 0
    assert figures['gub_documents{collection="chats"}'] == 1
    assert not [name for name, value in figures.items() if name.startswith("gub_reading_ok") and value != 1]
    for private in ("Player1", "Warzone", str(ana.id), str(chat.id), "player1"):
        assert private not in "\n".join(figures), "in no name and in no label"


async def test_each_is_for_looking_only(watched: Place) -> None:
    async with bot_in_process(watched):
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await _get(watched, path)).status_code == 200
            head = await _get(watched, path, "HEAD")
            assert (head.status_code, head.content) == (200, b"")
            for method in ("POST", "PUT", "DELETE", "OPTIONS"):
                assert (await _get(watched, path, method)).status_code == 405
        assert (await _get(watched, "/other")).status_code == 404
        assert "server" not in (await _get(watched, "/healthz")).headers


@asynccontextmanager
async def _own_database(there: Place, directory: Path) -> AsyncIterator[tuple[Place, Outages]]:
    database = Outages(directory)
    await database.start()
    try:
        yield Place(there.sim, database.uri, there.database_name, there.extra), database
    finally:
        await database.aclose()


async def test_without_its_database_it_lives_is_not_ready_and_still_tells_its_figures(
    world: World, watched: Place, tmp_path: Path
) -> None:
    ((ana, chat),) = groups(world, 1)
    async with _own_database(watched, tmp_path / "mongo") as (there, database), bot_in_process(there):
        await ask(world, ana, chat, "/about")
        await _until_it_says(there, "/readyz", 200)
        database.hangs(now=True)
        unready = await _until_it_says(there, "/readyz", 503)
        assert unready.text == "not ready: database\n"
        assert (await _get(there, "/healthz")).text == "ok\n"
        figures = _figures((await _until_it_says(there, "/metrics", 200, "gub_database_up 0.0")).text)
        assert figures['gub_updates_total{kind="message",outcome="ok"}'] >= 1
        assert figures['gub_reading_ok{part="database"}'] == 0
        assert "gub_inbox_pending" not in figures
        database.hangs(now=False)
        await _until_it_says(there, "/readyz", 200)


async def test_what_telegram_refuses_to_give_makes_it_unready(world: World, watched: Place) -> None:
    ((ana, chat),) = groups(world, 1)
    async with bot_in_process(watched):
        await _until_it_says(watched, "/readyz", 200)
        world.fail("getUpdates", "500", -1)
        world.say(ana, chat, "/about")  # ends the poll that waits; the next one fails
        assert "intake" in (await _until_it_says(watched, "/readyz", 503, "intake")).text
        world.clear_faults()
        world.say(ana, chat, "/about")  # what fails is not believed to work again before a poll has ended well
        await _until_it_says(watched, "/readyz", 200)


async def test_who_stands_by_says_so(watched: Place) -> None:
    second = watched.having(GUB_HTTP_LISTEN=f"127.0.0.1:{free_port()}")
    waiting = BotProcess(second)
    try:
        async with bot_in_process(watched):
            await waiting.start(until_polling=False)
            answer = await _until_it_says(second, "/readyz", 503, "standing by")
            assert answer.text.startswith("not ready: standing by")
            assert (await _get(second, "/healthz")).status_code == 200
            await _until_it_says(second, "/metrics", 200, "gub_standing_by 1.0")
            assert (await _get(watched, "/readyz")).status_code == 200
        await _until_it_says(second, "/readyz", 200)
    finally:
        await waiting.aclose()


async def test_of_two_workers_each_knows_of_the_other_and_one_is_on_duty(watched: Place) -> None:
    places = [watched.having(GUB_HTTP_LISTEN=f"127.0.0.1:{free_port()}").on_webhook() for _ in range(2)]
    workers = [BotProcess(there) for there in places]
    try:
        await asyncio.gather(*(worker.start(until_polling=False) for worker in workers))
        for there in places:
            await _until_it_says(there, "/readyz", 200)
        shown = [(await _until_it_says(there, "/metrics", 200, "gub_workers 2.0")).text for there in places]
        assert sorted(_figures(text)["gub_on_duty"] for text in shown) == [0, 1]
        # Telegram knows one address, here the one that was set last; behind a load balancer all have the same.
        assert sum(_figures(text)["gub_webhook_set"] for text in shown) == 1
    finally:
        for worker in workers:
            await worker.aclose()


async def test_by_webhook_it_tells_what_telegram_says_of_the_webhook(world: World, watched: Place) -> None:
    there = watched.on_webhook()
    ((ana, chat),) = groups(world, 1)
    async with bot_in_process(there):
        await ask(world, ana, chat, "/about")
        assert (await _get(there, "/readyz")).status_code == 200
        figures = _figures((await _until_it_says(there, "/metrics", 200, "gub_webhook_set")).text)
        assert (figures["gub_webhook_set"], figures["gub_webhook_last_error_timestamp_seconds"]) == (1, 0)
        assert figures["gub_webhook_pending_updates"] == 0


async def test_how_the_last_announcement_went_is_told(world: World, watched: Place) -> None:
    owner = world.add_user("Olga")
    there = watched.having(GUB_OWNER_IDS=str(owner.id))
    async with bot_in_process(there):
        people = groups(world, 4)
        await greeted(world, people)
        world.fail("sendMessage", "403", chat_id=people[0][1].id)
        world.start(owner)
        world.say(owner, owner, "/announce An update tonight")
        panel = await until(
            world, lambda: next((one for one in bot_messages(world, owner) if "message above" in one.text), None)
        )
        await tap(world, owner, panel, "Confirm")
        await until(world, lambda: panel.text.startswith("✅ Announced"))
        figures = _figures((await _get(there, "/metrics")).text)
    assert figures['gub_announcement_chats{state="sent"}'] == 3
    assert figures['gub_announcement_chats{state="skipped"}'] == 1
    assert figures['gub_announcement_chats{state="pending"}'] == 0
    assert figures['gub_announcements{phase="done"}'] == 1


async def test_every_line_of_an_update_has_its_id_and_every_other_its_job(
    world: World, place: Place, steam: Steam
) -> None:
    steam.add_account("nova", vanity="player1", game="Counter-Strike 2")
    ((ana, chat),) = groups(world, 1)
    bot = BotProcess(place.having(GUB_LOG_FORMAT="json", GUB_LOG_LEVEL="debug"))
    try:
        await bot.start()
        await ask(world, ana, chat, "/about")
        world.fail("sendMessage", "500")
        await ask(world, ana, chat, "/add Player1 steam:player1")
        steam.fail("down")
        await ask(world, ana, chat, "/status")
        await until(world, lambda: "platform_trouble" in bot.log)
        bot.terminate()
        assert await bot.ended() == 0
    finally:
        await bot.aclose()
    lines = [json.loads(line) for line in bot.lines]
    for line in lines:
        assert {"timestamp", "level", "event", "logger"} <= line.keys(), line
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["timestamp"])
    (retry,) = [line for line in lines if line["event"] == "telegram call is tried again"]
    (trouble,) = [line for line in lines if line["event"] == "platform_trouble"]
    assert retry["update_id"] < trouble["update_id"]
    assert {line["job"] for line in lines if "job" in line} >= {"on_duty"}

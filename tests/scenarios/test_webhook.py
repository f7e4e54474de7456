"""The bot by webhook: the same story, nothing lost, and nobody let in who is not Telegram."""

import asyncio
import json
from contextlib import suppress

import aiohttp
import pytest

from gub.sandbox.steam import Steam
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import all_answered, ask, bot_messages, counts, greeted, groups, hanging, tap, until
from tests.scenarios.running import WEBHOOK_SECRET, BotProcess, Place, bot_in_process

MIB = 1024 * 1024


@pytest.fixture
def there(place: Place) -> Place:
    return place.on_webhook()


async def _post(there: Place, body: bytes, *headers: bytes, path: bytes = b"/telegram", method: bytes = b"POST") -> int:
    """Send a request byte for byte, and give the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", there.webhook_port)
    lines = [
        b"%b %b HTTP/1.1" % (method, path),
        b"Host: localhost",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
        b"Connection: close",
        *headers,
    ]
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    try:
        status = await reader.readline()
        return int(status.split()[1])
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


def _secret(value: bytes) -> bytes:
    return b"X-Telegram-Bot-Api-Secret-Token: " + value


GOOD = _secret(WEBHOOK_SECRET.encode())


async def test_the_story_by_webhook(world: World, there: Place, steam: Steam) -> None:
    steam.add_account("nova", vanity="player1", game="Counter-Strike 2")
    ana, bea = world.add_user("Ana"), world.add_user("Bea")
    chat = world.add_group("Friday Squad", [ana, bea])
    async with bot_in_process(there):
        world.add_bot(chat, ana)
        await ask(world, ana, chat, "/add Player1 steam:player1")
        status = await ask(world, bea, chat, "/status")
        assert "Player1" in status.text
        assert "Counter-Strike 2" in status.text
        made = await ask(world, ana, chat, "/newgroup Warzone")
        assert "Warzone" in (await tap(world, bea, made, "Join")).text
        before = len(world.pushes)
        world.say(ana, chat, "/notify Warzone tonight?")
        await until(world, lambda: [p.user_id for p in world.pushes[before:] if p.reason == "mention"] == [bea.id])
    assert not [request for request in world.requests if request.method == "getUpdates"]


async def test_d75_who_does_not_know_the_secret_is_turned_away_and_changes_nothing(
    world: World, there: Place, store: Store
) -> None:
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(there):
        await greeted(world, people)
        forged = {
            "update_id": 900_000_001,
            "message": {
                "message_id": 5,
                "date": 1,
                "chat": {"id": chat.id, "type": "group", "title": "G"},
                "from": {"id": ana.id, "is_bot": False, "first_name": "Ana"},
                "text": "/newgroup Forged",
            },
        }
        body = json.dumps(forged).encode()
        wrong = [
            [],
            [_secret(b"")],
            [_secret(b"wrong")],
            [_secret(WEBHOOK_SECRET[:-1].encode())],
            [_secret(WEBHOOK_SECRET.upper().encode())],
            [_secret(WEBHOOK_SECRET.encode() + b"x")],
            [_secret("gehëim-ключ".encode())],
            [_secret(b"\xff\xfe\xfd")],
            [_secret(WEBHOOK_SECRET.encode() + b"\xe4")],
            [_secret(b"x" * 4000)],
        ]
        assert [await _post(there, body, *headers) for headers in wrong] == [401] * len(wrong)
        assert await _post(there, b"x" * (2 * MIB)) == 401
        assert await _post(there, body, path=b"/telegram/123456:TEST-token") == 404
        assert await _post(there, b"", GOOD, method=b"GET") == 405
        await ask(world, ana, chat, "/about")
        assert await store.notifygroups.of_chat(chat.id) == []
        assert await _post(there, body, GOOD) == 200
        await until(world, lambda: any("Forged" in message.text for message in bot_messages(world, chat)))


async def test_what_is_no_update_is_refused_and_the_next_is_taken(world: World, there: Place) -> None:
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(there):
        await greeted(world, people)
        assert await _post(there, b'{"update_id": 1, "x": "' + b"a" * MIB + b'"}', GOOD) == 413
        for body in (
            b"",
            b"hello",
            b"<update/>",
            b"{",
            b"[]",
            b"[1, 2]",
            b"null",
            b'"text"',
            b"5",
            b"{}",
            b'{"update_id": "1"}',
            b'{"update_id": -1}',
            b'{"update_id": 1.5}',
            b'{"update_id": NaN}',
            b'{"update_id": 99999999999999999999999}',
            b"\xff\xfe{}",
            b"\x80",
            b"[" * 100_000,
        ):
            assert await _post(there, body, GOOD) == 400, body[:30]
        await ask(world, ana, chat, "/about")


async def test_the_secret_is_derived_when_none_is_given(world: World, place: Place) -> None:
    on_webhook = place.on_webhook()
    extra = {name: value for name, value in on_webhook.extra.items() if name != "GUB_WEBHOOK_SECRET"}
    there = Place(place.sim, place.mongo_uri, place.database_name, extra)
    ((ana, chat),) = groups(world, 1)
    async with bot_in_process(there):
        await ask(world, ana, chat, "/about")
        assert await _post(there, b"{}") == 401
        settings = world.default_bot.webhook
        assert settings is not None
        assert len(settings.secret) >= 32
        assert world.default_bot.token.partition(":")[2] not in settings.secret


async def test_what_was_said_while_the_bot_was_down_is_answered_after_the_start(world: World, there: Place) -> None:
    people = groups(world, 5)
    early = [(chat, world.say(person, chat, "/newgroup Early")) for person, chat in people]
    async with bot_in_process(there):
        await all_answered(world, early)
    # The webhook stays set: what is said now is pushed at a closed door, again and again.
    late = [(chat, world.say(person, chat, "/newgroup Late")) for person, chat in people]
    async with bot_in_process(there):
        await all_answered(world, late)
        for person, chat in people:
            await ask(world, person, chat, "/about")
    assert counts(world, [*early, *late]) == [1] * 10


async def test_a_polling_bot_takes_over_from_a_webhook_and_back(world: World, place: Place, there: Place) -> None:
    ((ana, chat),) = groups(world, 1)
    for somewhere in (there, place, there):
        async with bot_in_process(somewhere):
            await ask(world, ana, chat, "/about")


async def test_sigterm_by_webhook_loses_nothing(world: World, there: Place, store: Store) -> None:
    people = groups(world, 20)
    process = BotProcess(there)
    try:
        await process.start()
        await greeted(world, people)
        world.fail("sendMessage", "slow", 20, delay=1.0)
        taken = [(chat, world.say(person, chat, "/newgroup First")) for person, chat in people]
        await until(world, lambda: hanging(world) >= len(people))
        process.terminate()
        # Said while it stops: taken still, or refused, or not even heard. What was not acknowledged comes again.
        during = [(chat, world.say(person, chat, "/newgroup Second")) for person, chat in people]
        assert await process.ended() == 0
        assert counts(world, taken) == [1] * 20
        assert await store.inbox.pending(world.default_bot.id) == []
        await process.start()
        await all_answered(world, during)
        assert counts(world, [*taken, *during]) == [1] * 40
    finally:
        await process.aclose()
    assert "Traceback" not in process.log


async def test_kill_9_by_webhook_loses_nothing(world: World, there: Place) -> None:
    people = groups(world, 10)
    process = BotProcess(there)
    try:
        await process.start()
        await greeted(world, people)
        world.fail("sendMessage", "slow", 10, delay=30.0)
        stuck = [(chat, world.say(person, chat, "/about")) for person, chat in people]
        await until(world, lambda: hanging(world) >= len(people))
        process.kill()
        await process.ended()
        world.clear_faults()
        missed = [(chat, world.say(person, chat, "/newgroup Missed")) for person, chat in people]
        await process.start()
        await all_answered(world, [*stuck, *missed])
        assert counts(world, missed) == [1] * 10
    finally:
        await process.aclose()


async def test_many_deliveries_at_once_are_each_answered_once(world: World, there: Place) -> None:
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(there), aiohttp.ClientSession() as http:
        await greeted(world, people)
        url = f"http://127.0.0.1:{there.webhook_port}/telegram"
        headers = {"X-Telegram-Bot-Api-Secret-Token": WEBHOOK_SECRET}
        sender = {"id": ana.id, "is_bot": False, "first_name": "Ana"}

        async def deliver(number: int) -> int:
            message = {"message_id": number, "date": 1_900_000_000, "chat": {"id": ana.id, "type": "private"}}
            update = {"update_id": 900_000_000 + number, "message": message | {"from": sender, "text": f"/x{number}"}}
            async with http.post(url, json=update, headers=headers) as response:
                return response.status

        world.start(ana)
        await until(world, lambda: bot_messages(world, ana))
        assert await asyncio.gather(*[deliver(number) for number in range(1, 101)]) == [200] * 100
        await until(world, lambda: len(bot_messages(world, ana)) == 101)
        for number in range(1, 101):
            named = [m for m in bot_messages(world, ana) if f"/x{number}." in m.text]
            assert len(named) == 1
        await ask(world, ana, chat, "/about")

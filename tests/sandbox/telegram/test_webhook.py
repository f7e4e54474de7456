"""setWebhook and the pushing of updates."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from gub.sandbox.telegram import World
from tests.support.clock import FakeClock
from tests.support.world import Api


class Receiver:
    """A bot's webhook. `answers` are the statuses to come; then 200."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.answers: list[web.Response] = []
        self.hold: dict[int, asyncio.Event] = {}
        self.arrived = asyncio.Condition()

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        async with self.arrived:
            self.got.append(body)
            self.arrived.notify_all()
        chat_id = body.get("message", {}).get("chat", {}).get("id")
        if chat_id in self.hold:
            await self.hold[chat_id].wait()
        return self.answers.pop(0) if self.answers else web.Response()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10), self.arrived:
            await self.arrived.wait_for(lambda: len(self.got) >= count)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.got]


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_updates_are_pushed_with_the_secret(api: Api, world: World, receiver: Receiver) -> None:
    ann = world.add_user("Ann")
    world.say(ann, ann, "before")
    await api("setWebhook", url=receiver.url, secret_token="s3cret")
    world.say(ann, ann, "after")
    await receiver.until(2)
    assert receiver.texts == ["before", "after"]
    assert receiver.secrets == ["s3cret", "s3cret"]
    info = await api("getWebhookInfo")
    assert (info["url"], info["max_connections"]) == (receiver.url, 40)


async def test_polling_is_refused_while_a_webhook_is_set(api: Api, receiver: Receiver) -> None:
    await api("setWebhook", url=receiver.url)
    assert "can't use getUpdates method while webhook is active" in await api.refusal("getUpdates")
    assert (await api("deleteWebhook")) is True
    assert await api.updates() == []
    status, body = await api.raw("deleteWebhook")
    assert (status, body["description"]) == (200, "Webhook is already deleted")


async def test_setting_a_webhook_ends_the_poll(api: Api, world_clock: FakeClock, receiver: Receiver) -> None:
    async with asyncio.TaskGroup() as tasks:
        poll = tasks.create_task(api.refusal("getUpdates", timeout=30))
        await world_clock.until_sleeping()
        await api("setWebhook", url=receiver.url)
    assert poll.result() == "409 Conflict: terminated by setWebhook request"


async def test_a_chat_waits_for_itself_and_not_for_others(api: Api, world: World, receiver: Receiver) -> None:
    ann, bob = world.add_user("Ann"), world.add_user("Bob")
    receiver.hold[ann.id] = asyncio.Event()
    await api("setWebhook", url=receiver.url)
    for user, text in ((ann, "a1"), (ann, "a2"), (bob, "b1"), (bob, "b2")):
        world.say(user, user, text)
    await receiver.until(3)
    assert sorted(receiver.texts) == ["a1", "b1", "b2"]
    receiver.hold[ann.id].set()
    await receiver.until(4)
    assert receiver.texts[-1] == "a2"


async def test_one_connection_pushes_one_at_a_time(api: Api, world: World, receiver: Receiver) -> None:
    ann, bob = world.add_user("Ann"), world.add_user("Bob")
    receiver.hold[ann.id] = asyncio.Event()
    await api("setWebhook", url=receiver.url, max_connections=1)
    world.say(ann, ann, "a")
    world.say(bob, bob, "b")
    await receiver.until(1)
    assert receiver.texts == ["a"]
    receiver.hold[ann.id].set()
    await receiver.until(2)


async def test_a_refused_update_is_pushed_again_later_and_later(
    api: Api, world: World, world_clock: FakeClock, receiver: Receiver
) -> None:
    ann = world.add_user("Ann")
    receiver.answers = [web.Response(status=500), web.Response(status=500), web.Response(status=503)]
    await api("setWebhook", url=receiver.url)
    world.say(ann, ann, "again")
    world.say(ann, ann, "behind it")
    await receiver.until(2)  # the first retry comes at once
    await world_clock.until_sleeping()
    info = await api("getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    assert info["pending_update_count"] == 2
    await world_clock.advance(2)
    await receiver.until(3)
    await world_clock.until_sleeping()
    await world_clock.advance(4)
    await receiver.until(5)
    assert receiver.texts == ["again"] * 4 + ["behind it"]
    assert len({update["update_id"] for update in receiver.got}) == 2


async def test_retry_after_is_honoured(api: Api, world: World, world_clock: FakeClock, receiver: Receiver) -> None:
    ann = world.add_user("Ann")
    receiver.answers = [web.Response(status=429, headers={"Retry-After": "30"})]
    await api("setWebhook", url=receiver.url)
    world.say(ann, ann, "x")
    await world_clock.until_sleeping()
    await world_clock.advance(29)
    assert len(receiver.got) == 1
    await world_clock.advance(1)
    await receiver.until(2)


async def test_an_answer_may_hold_a_call(api: Api, world: World, receiver: Receiver) -> None:
    ann = world.add_user("Ann")
    receiver.answers = [web.json_response({"method": "sendMessage", "chat_id": ann.id, "text": "inline"})]
    await api("setWebhook", url=receiver.url)
    world.say(ann, ann, "hi")
    await world.wait_for(lambda: [m.text for m in world.messages(ann)] == ["hi", "inline"])


async def test_a_redelivery_is_pushed(api: Api, world: World, receiver: Receiver) -> None:
    ann = world.add_user("Ann")
    await api("setWebhook", url=receiver.url)
    world.say(ann, ann, "hi")
    await receiver.until(1)
    world.redeliver(receiver.got[0]["update_id"])
    await receiver.until(2)
    assert receiver.got[0] == receiver.got[1]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "http://example.org/x"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://example.org:81/x"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://example.org/x", "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": "https://example.org/x", "secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_bad_webhooks_are_refused(api: Api, params: dict[str, str], reason: str) -> None:
    refusal = await api.refusal("setWebhook", **params)
    assert refusal.startswith("400 Bad Request: ")
    assert reason in refusal

"""What the page uses: state, events, actions, platforms, the bot's process."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from gub.sandbox.server import SimServer
from gub.sandbox.telegram import World


class FakePlatforms:
    def __init__(self) -> None:
        self.acts: list[tuple[str, dict[str, Any]]] = []

    async def handle(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        return web.json_response([host, path, request.rel_url.raw_query_string])

    def state(self) -> dict[str, Any]:
        return {"steam": {"up": False, "accounts": [], "faults": [{"target": "steam", "kind": "down"}]}}

    async def act(self, action: str, data: dict[str, Any]) -> dict[str, Any] | None:
        if data.get("kind") == "unheard":
            raise ValueError("There is no such fault: choose another.")
        self.acts.append((action, data))
        return {"id": "76561197960287930"} if action == "add_account" else None


class FakeController:
    def __init__(self) -> None:
        self.done: list[str] = []

    async def do(self, what: str) -> None:
        self.done.append(what)

    def state(self) -> dict[str, Any]:
        return {"running": True, "pid": 42, "mode": "polling"}


class Page:
    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self.http = http

    async def act(self, action: str, **fields: Any) -> Any:
        async with self.http.post(f"{self.url}/sandbox/act/{action}", json=fields) as response:
            body = await response.json()
            assert (response.status == 200) != ("error" in body)
            return body.get("error", body)

    async def state(self) -> Any:
        async with self.http.get(f"{self.url}/sandbox/state") as response:
            return await response.json()


@pytest.fixture
def platforms() -> FakePlatforms:
    return FakePlatforms()


@pytest.fixture
def controller() -> FakeController:
    return FakeController()


@pytest.fixture
async def page(world: World, platforms: FakePlatforms, controller: FakeController) -> AsyncIterator[Page]:
    async with (
        SimServer(world, platforms=platforms, controller=controller) as server,
        aiohttp.ClientSession() as http,
    ):
        yield Page(server.url, http)


async def test_a_story_through_the_page(page: Page, world: World) -> None:
    ann = (await page.act("add_user", first_name="Ann", username="ann"))["user"]
    bob = (await page.act("add_user", first_name="Bob"))["user"]
    chat = (await page.act("add_group", title="Friends", members=[ann, bob]))["chat"]
    await page.act("add_bot", chat=chat, by=ann)
    said = (await page.act("say", user=ann, chat=chat, text="hi @ann and bob"))["message_id"]
    await page.act("edit", user=ann, chat=chat, message_id=said, text="hi 😀")
    await page.act("promote", user=world.default_bot.id, chat=chat, by=ann)
    await page.act("start", user=bob)
    await page.act("block", user=bob)
    state = await page.state()
    assert state["bot"]["running"] is True
    assert state["bot"]["username"] == "gub_test_bot"
    assert [u["first_name"] for u in state["users"]] == ["Ann", "Bob"]
    group, private = state["chats"]
    assert (group["id"], group["bot"], group["type"]) == (chat, "admin", "group")
    assert {"user_id": ann, "status": "creator"} in group["members"]
    message = next(m for m in group["messages"] if m["id"] == said)
    assert (message["text"], message["from"], message["deleted"]) == ("hi 😀", ann, False)
    assert message["edited"] is not None
    assert (private["private_user"], private["blocked"]) == (bob, True)
    assert state["faults"] == [{"target": "steam", "kind": "down"}]
    new = (await page.act("migrate", chat=chat))["chat"]
    await page.act("delete", chat=new, message_id=1)
    assert (await page.state())["chats"][0]["migrated_to"] == new


async def test_presses_and_their_answers(page: Page, world: World) -> None:
    ann = world.add_user("Ann")
    world.start(ann)
    token = world.default_bot.token
    markup = json.dumps({"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]})
    form = {"chat_id": str(ann.id), "text": "x", "reply_markup": markup}
    async with page.http.post(f"{page.url}/bot{token}/sendMessage", data=form) as response:
        sent = (await response.json())["result"]
    pressed = await page.act("press", user=ann.id, chat=ann.id, message_id=sent["message_id"], callback_data="x")
    answer = {"callback_query_id": pressed["query_id"], "text": "done", "show_alert": "true"}
    async with page.http.post(f"{page.url}/bot{token}/answerCallbackQuery", data=answer):
        pass
    state = await page.state()
    assert state["callback_answers"] == [
        {"query_id": pressed["query_id"], "user_id": ann.id, "text": "done", "alert": True}
    ]
    assert [r["method"] for r in state["requests"]] == ["sendMessage", "answerCallbackQuery"]
    assert state["pushes"] == [
        {"user_id": ann.id, "chat_id": ann.id, "message_id": sent["message_id"], "reason": "private"}
    ]


@pytest.mark.parametrize("action", ["say", "add_user", "add_group", "rename_chat"])
async def test_half_a_character_is_refused_wherever_it_is(page: Page, action: str) -> None:
    body = json.dumps({"user": 1, "chat": 1, "text": "\ud800", "first_name": "\ud800", "title": "\ud800"})
    async with page.http.post(f"{page.url}/sandbox/act/{action}", data=body) as response:
        assert response.status == 400
        assert "half a character" in (await response.json())["error"]


async def test_errors_say_what_to_do(page: Page) -> None:
    assert await page.act("dance") != {}
    assert "Choose one of" in await page.act("dance")
    assert await page.act("say", chat=1, text="x") == "The field user is missing: give an id."
    assert await page.act("say", user="1", chat=1, text="x") == "The field user must be a whole number."
    assert "There is no user 1" in await page.act("say", user=1, chat=1, text="x")
    assert await page.act("fault", target="steam", kind="unheard") == "There is no such fault: choose another."
    assert "no fault" in await page.act("fault", kind="earthquake")
    async with page.http.post(f"{page.url}/sandbox/act/say", data=b"[") as response:
        assert (response.status, await response.json()) == (400, {"error": "The body is not JSON: send a JSON object."})


async def test_faults_platforms_and_the_process(
    page: Page, world: World, platforms: FakePlatforms, controller: FakeController
) -> None:
    await page.act("fault", target="telegram", kind="429", times=3, method="sendMessage", retry_after=5)
    assert (world.faults.state()[0]["times"], world.faults.state()[0]["retry_after"]) == (3, 5)
    await page.act("fault", target="steam", kind="down")
    await page.act("set_presence", platform="steam", account="1", game="Warzone")
    assert await page.act("add_account", platform="steam", name="x") == {"id": "76561197960287930"}
    await page.act("clear_faults")
    await page.act("bot", do="kill")
    assert world.faults.state() == []
    assert [action for action, _ in platforms.acts] == ["fault", "set_presence", "add_account", "clear_faults"]
    assert controller.done == ["kill"]


async def test_platform_requests_keep_every_byte(page: Page) -> None:
    path = "/platforms/api.example.org/a%2Fb/c?x=1%2C2"
    async with page.http.get(aiohttp.client.URL(page.url + path, encoded=True)) as response:
        assert await response.json() == ["api.example.org", "a%2Fb/c", "x=1%2C2"]


async def test_events_tell_of_changes(page: Page, world: World) -> None:
    async with page.http.get(f"{page.url}/sandbox/events") as response:
        assert response.content_type == "text/event-stream"

        async def line() -> bytes:
            text = await asyncio.wait_for(response.content.readline(), 10)
            assert await response.content.readline() == b"\n"
            return text

        async def revision() -> int:
            number: int = json.loads((await line()).removeprefix(b"data: "))["revision"]
            return number

        assert await line() == b"retry: 500\n"
        assert await revision() == world.revision
        world.add_user("Ann")
        world.add_user("Bob")
        assert await revision() == world.revision


async def test_other_sites_may_not(page: Page) -> None:
    for origin, status in (("https://evil.example", 403), (page.url, 200)):
        async with page.http.get(f"{page.url}/sandbox/state", headers={"Origin": origin}) as response:
            assert response.status == status


async def test_without_platforms_and_process(sim: SimServer) -> None:
    async with aiohttp.ClientSession() as http:
        page = Page(sim.url, http)
        assert "not run by this sandbox" in await page.act("bot", do="stop")
        assert "no simulated platforms" in await page.act("set_presence", platform="steam")
        assert (await page.state())["platforms"] == {}

"""Scripted failures and flood control."""

import asyncio

import aiohttp
import pytest

from gub.sandbox.telegram import World, WorldError
from gub.sandbox.telegram.models import User
from tests.support.clock import FakeClock
from tests.support.world import Api, Refused


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ann(world: World) -> User:
    ann = world.add_user("Ann")
    world.start(ann)
    return ann


@pytest.mark.parametrize(
    ("kind", "status", "description", "parameters"),
    [
        ("429", 429, "Too Many Requests: retry after 7", {"retry_after": 7}),
        ("429_plain", 429, "Too Many Requests", {}),
        ("500", 500, "Internal Server Error", {}),
        ("401", 401, "Unauthorized", {}),
        ("409", 409, "Conflict", {}),
    ],
)
async def test_refusals(
    api: Api, world: World, ann: User, *, kind: str, status: int, description: str, parameters: dict[str, int]
) -> None:
    world.fail("sendMessage", kind, retry_after=7)
    with pytest.raises(Refused) as refused:
        await api("sendMessage", chat_id=ann.id, text="x")
    assert (refused.value.status, refused.value.description) == (status, description)
    assert refused.value.parameters == parameters
    assert await api("sendMessage", chat_id=ann.id, text="x")
    assert [m.text for m in world.messages(ann)] == ["/start", "x"]


async def test_a_proxy_s_page(api: Api, world: World) -> None:
    world.fail(kind="502_html", times=2)
    for _ in range(2):
        with pytest.raises(aiohttp.ContentTypeError) as error:
            await api("getMe")
        assert error.value.status == 502
    assert await api("getMe")


@pytest.mark.parametrize(("kind", "texts"), [("drop_before", ["/start"]), ("drop_after", ["/start", "x"])])
async def test_a_cut_connection(api: Api, world: World, ann: User, kind: str, texts: list[str]) -> None:
    world.fail("sendMessage", kind)
    with pytest.raises(aiohttp.ClientConnectionError):
        await api("sendMessage", chat_id=ann.id, text="x")
    assert [m.text for m in world.messages(ann)] == texts
    assert world.requests[-1].status == 0


async def test_half_an_answer(api: Api, world: World) -> None:
    world.fail("getMe", "garbage")
    with pytest.raises(ValueError, match="Unterminated"):
        await api("getMe")


@pytest.mark.parametrize(("kind", "meanwhile"), [("slow", 1), ("slow_after", 2)])
async def test_slowness(
    api: Api, world: World, world_clock: FakeClock, ann: User, *, kind: str, meanwhile: int
) -> None:
    world.fail("sendMessage", kind, delay=20)
    async with asyncio.TaskGroup() as tasks:
        call = tasks.create_task(api("sendMessage", chat_id=ann.id, text="x"))
        await world_clock.until_sleeping()
        assert len(world.messages(ann)) == meanwhile
        assert not call.done()
        await world_clock.advance(20)
    assert len(world.messages(ann)) == 2


async def test_faults_of_one_chat_and_until_cleared(api: Api, world: World, ann: User) -> None:
    bob = world.add_user("Bob")
    world.start(bob)
    world.fail("sendMessage", "500", times=-1, chat_id=bob.id)
    assert await api("sendMessage", chat_id=ann.id, text="x")
    for _ in range(3):
        assert (await api.refusal("sendMessage", chat_id=bob.id, text="x")).startswith("500")
    assert world.faults.state()[0]["hits"] == 3
    world.clear_faults()
    assert await api("sendMessage", chat_id=bob.id, text="x")
    with pytest.raises(WorldError, match="Choose one of"):
        world.fail(kind="earthquake")


async def count_until_flood(api: Api, chat_id: int) -> tuple[int, int]:
    """Send until refused: how many went through, and the retry_after."""
    for sent in range(100):
        status, body = await api.raw("sendMessage", json={"chat_id": chat_id, "text": "x"})
        if status == 429:
            return sent, body["parameters"]["retry_after"]
    raise AssertionError("nothing was refused")


async def test_flood_control(api: Api, world: World, world_clock: FakeClock, ann: User) -> None:
    group = world.add_group("Friends", [ann], with_bot=True)
    world.flood = True
    assert await count_until_flood(api, ann.id) == (3, 1)
    await world_clock.advance(1)
    assert await count_until_flood(api, ann.id) == (1, 1)
    for _ in range(20):
        await world_clock.advance(1)
        await api("sendMessage", chat_id=group.id, text="x")
    await world_clock.advance(1)
    sent, wait = await count_until_flood(api, group.id)
    assert (sent, wait) == (0, 40)
    await world_clock.advance(wait)
    assert await api("sendMessage", chat_id=group.id, text="x")


async def test_flood_control_overall(api: Api, world: World) -> None:
    people = [world.add_user(f"P{n}") for n in range(31)]
    for person in people:
        world.start(person)
    world.flood = True
    for person in people[:30]:
        await api("sendMessage", chat_id=person.id, text="x")
    assert await api.refusal("sendMessage", chat_id=people[30].id, text="x") == "429 Too Many Requests: retry after 1"


async def test_edits_of_a_group_count_as_its_messages_do(api: Api, world: World, world_clock: FakeClock, ann: User):
    group = world.add_group("Friends", [ann], with_bot=True)
    sent = await api("sendMessage", chat_id=group.id, text="0")
    world.flood = True
    this = {"chat_id": group.id, "message_id": sent["message_id"]}
    keys = {"inline_keyboard": [[{"text": "End", "callback_data": "end"}]]}
    for number in range(1, 11):
        await world_clock.advance(1)
        await api("editMessageText", text=str(number), **this)
        await world_clock.advance(1)
        await api("editMessageReplyMarkup", reply_markup=keys, **this)
    await world_clock.advance(1)
    for method, change in (
        ("editMessageText", {"text": "more"}),
        ("editMessageReplyMarkup", {}),
        ("sendMessage", {"text": "more"}),
    ):
        status, body = await api.raw(method, json=this | change)
        assert (status, body["parameters"]["retry_after"]) == (429, 40)
    assert world.messages(group)[-1].text == "10"
    await world_clock.advance(39)
    assert (await api.refusal("editMessageText", text="more", **this)).startswith("429")
    await world_clock.advance(1)
    assert await api("editMessageText", text="more", **this)


async def test_bursts_of_edits_and_edits_that_change_nothing_count(api: Api, world: World, ann: User) -> None:
    sent = await api("sendMessage", chat_id=ann.id, text="same")
    world.flood = True
    this = {"chat_id": ann.id, "message_id": sent["message_id"]}
    for _ in range(3):
        assert "not modified" in await api.refusal("editMessageText", text="same", **this)
    assert await api.refusal("editMessageText", text="another", **this) == "429 Too Many Requests: retry after 1"
    assert await api("deleteMessage", **this)  # no message


async def test_an_edit_that_cannot_be_does_not_count(api: Api, world: World, ann: User) -> None:
    world.flood = True
    for _ in range(4):
        assert "to edit not found" in await api.refusal("editMessageText", chat_id=ann.id, message_id=99, text="x")
    assert await api("sendMessage", chat_id=ann.id, text="x")

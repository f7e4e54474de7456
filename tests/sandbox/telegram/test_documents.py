"""Files that the bot sends: sendDocument, and the page that lets people save them."""

import aiohttp
import pytest

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import User
from gub.sandbox.telegram.view import world_json
from gub.sandbox.telegram.world import World
from tests.support.world import Api


@pytest.fixture
async def ann(world: World, api: Api) -> User:
    user = world.add_user("Ann")
    world.start(user)
    await api.take()
    return user


def upload(user: User, content: bytes = b'{"a": 1}', name: str = "dat\u00e4.json", **more: str) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    for field, value in {"chat_id": str(user.id), **more}.items():
        form.add_field(field, value)
    form.add_field("document", "attach://f1")
    form.add_field("f1", content, filename=name, content_type="application/json")
    return form


async def test_an_uploaded_file_is_in_the_message_and_can_be_saved(
    world: World, sim: SimServer, api: Api, ann: User
) -> None:
    status, body = await api.raw("sendDocument", data=upload(ann, caption=" @bob, here "))
    assert status == 200
    document = body["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "dat\u00e4.json",
        "application/json",
        8,
    )
    assert body["result"]["caption"] == "@bob, here"
    assert body["result"]["caption_entities"] == [{"type": "mention", "offset": 0, "length": 4}]
    (chat,) = (one for one in world_json(world)["chats"] if one["id"] == ann.id)
    assert chat["messages"][-1]["document"] == document
    assert chat["messages"][-1]["text"] == "@bob, here"
    async with aiohttp.ClientSession() as http, http.get(f"{sim.url}/sandbox/files/{document['file_id']}") as saved:
        assert await saved.read() == b'{"a": 1}'
        assert saved.headers["Content-Disposition"] == "attachment; filename*=UTF-8''dat%C3%A4.json"
        assert saved.content_type == "application/octet-stream"


async def test_a_file_that_is_known_is_sent_by_its_id(api: Api, ann: User) -> None:
    _, body = await api.raw("sendDocument", data=upload(ann))
    known = body["result"]["document"]["file_id"]
    again = await api("sendDocument", chat_id=ann.id, document=known)
    assert again["document"] == body["result"]["document"]
    assert "caption" not in again


async def test_a_copy_has_the_file(api: Api, ann: User, world: World) -> None:
    _, body = await api.raw("sendDocument", data=upload(ann))
    copy = await api("copyMessage", chat_id=ann.id, from_chat_id=ann.id, message_id=body["result"]["message_id"])
    assert world.private(ann).messages[copy["message_id"]].extra["document"] == body["result"]["document"]


async def test_what_is_no_file_is_refused(api: Api, ann: User) -> None:
    assert await api.refusal("sendDocument", chat_id=ann.id) == "400 Bad Request: there is no document in the request"
    unknown = await api.refusal("sendDocument", chat_id=ann.id, document="nothing")
    assert unknown == "400 Bad Request: wrong file identifier/HTTP URL specified"
    status, body = await api.raw("sendDocument", data=upload(ann, content=b""))
    assert (status, body["description"]) == (400, "Bad Request: file must be non-empty")
    status, body = await api.raw("sendDocument", data=upload(ann, caption="x" * 1025))
    assert (status, body["description"]) == (400, "Bad Request: message caption is too long")


async def test_there_is_no_file_that_was_not_sent(sim: SimServer) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{sim.url}/sandbox/files/nothing") as answer:
        assert answer.status == 404

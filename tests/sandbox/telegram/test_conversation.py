"""A bot and people talk: the plain path through the simulator over HTTP."""

import aiohttp
import pytest

from gub.sandbox.server import SimServer
from gub.sandbox.telegram import World, WorldError
from tests.support.world import Api

KEYBOARD = {"inline_keyboard": [[{"text": "Join", "callback_data": "join:1"}]]}


async def test_the_bot_introduces_itself(api: Api) -> None:
    me = await api("getMe")
    assert me["is_bot"] is True
    assert me["username"] == "gub_test_bot"
    assert me["can_read_all_group_messages"] is False


async def test_a_wrong_token_is_refused(sim: SimServer) -> None:
    async with Api(sim.url, "123456:wrong") as stranger:
        assert await stranger.refusal("getMe") == "401 Unauthorized"


async def test_an_unknown_method_is_not_found(api: Api) -> None:
    assert await api.refusal("sendTelepathy") == "404 Not Found: method not found"


async def test_a_private_chat_both_ways(api: Api, world: World) -> None:
    ann = world.add_user("Ann", username="ann")
    world.start(ann)
    [update] = await api.take()
    assert update["message"]["text"] == "/start"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["from"]["language_code"] == "en"
    sent = await api("sendMessage", chat_id=ann.id, text="  Hello Ann \n")
    assert sent["text"] == "Hello Ann"
    assert [m.text for m in world.messages(ann)] == ["/start", "Hello Ann"]
    assert [(p.user_id, p.reason) for p in world.pushes] == [(ann.id, "private")]


async def test_a_button_is_pressed_and_answered(api: Api, world: World) -> None:
    ann = world.add_user("Ann")
    world.start(ann)
    await api.take()
    sent = await api("sendMessage", chat_id=ann.id, text="Press", reply_markup=KEYBOARD)
    query_id = world.press(ann, ann, sent["message_id"], world.messages(ann)[-1].button("join"))
    [update] = await api.take()
    query = update["callback_query"]
    assert (query["id"], query["data"], query["from"]["id"]) == (query_id, "join:1", ann.id)
    assert query["message"]["message_id"] == sent["message_id"]
    assert world.callback_answer(query_id) is None
    await api("answerCallbackQuery", callback_query_id=query_id, text="You joined", show_alert=True)
    answer = await world.wait_for(lambda: world.callback_answer(query_id))
    assert answer is not None
    assert (answer.text, answer.alert) == ("You joined", True)
    assert "query is too old" in await api.refusal("answerCallbackQuery", callback_query_id=query_id)


async def test_bodies_of_every_kind(api: Api, sim: SimServer, world: World) -> None:
    ann = world.add_user("Ann")
    world.start(ann)
    await api.take()
    for request in (
        {"json": {"chat_id": ann.id, "text": "x", "disable_notification": True, "reply_markup": KEYBOARD}},
        {"data": {"chat_id": str(ann.id), "text": "x"}},
        {"params": {"chat_id": str(ann.id), "text": "x"}},
    ):
        assert (await api.raw("sendMessage", **request))[0] == 200
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in (("chat_id", str(ann.id)), ("text", "x")):
            form.append(value).set_content_disposition("form-data", name=name)
    assert (await api.raw("sendMessage", data=form))[0] == 200
    assert len(world.messages(ann)) == 5
    assert (await api.raw("sendMessage", data=b"{", headers={"Content-Type": "application/json"}))[0] == 400
    async with aiohttp.ClientSession() as http, http.get(f"{sim.url}/bot{world.default_bot.token}/GETME") as answer:
        assert answer.status == 200


async def test_waiting_in_vain_says_what_happened(world: World) -> None:
    with pytest.raises(AssertionError, match="Last calls"):
        await world.wait_for(lambda: world.pushes, timeout=0.01)


async def test_people_cannot_do_what_the_apps_would_not_let_them(world: World) -> None:
    ann, bob = world.add_user("Ann"), world.add_user("Bob")
    group = world.add_group("Friends", [ann])
    with pytest.raises(WorldError, match="join first"):
        world.say(bob, group, "hi")
    with pytest.raises(WorldError, match="no user"):
        world.say(99, group, "hi")
    world.join(bob, group)
    with pytest.raises(WorldError, match="no administrator"):
        world.kick(ann, group, by=bob)

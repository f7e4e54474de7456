"""What a bot in privacy mode is shown of a group, and who stands behind a message."""

import pytest

from gub.sandbox.server import SimServer
from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.support.world import Api


@pytest.fixture
def ann(world: World) -> User:
    return world.add_user("Ann")


@pytest.fixture
def group(world: World, ann: User) -> Chat:
    group = world.add_group("Friends", [ann], supergroup=True)
    world.add_bot(group)
    return group


async def heard(api: Api) -> list[str]:
    return [u["message"]["text"] for u in await api.take() if "text" in u.get("message", {})]


async def test_only_what_is_meant_for_it(api: Api, world: World, ann: User, group: Chat) -> None:
    for text in ("hello", "@gub_test_bot hi", "/go@gub_test_bot", "/go@GUB_Test_Bot", "/go@other_bot", "so /go"):
        world.say(ann, group, text)
    assert await heard(api) == ["/go@gub_test_bot", "/go@GUB_Test_Bot"]


async def test_bare_commands_are_for_the_last_bot_to_post(
    api: Api, sim: SimServer, world: World, ann: User, group: Chat
) -> None:
    world.say(ann, group, "/first")
    assert await heard(api) == ["/first"]
    other = world.bot("777:other", username="other_bot")
    world.add_bot(group, bot=other.user)
    world.say(ann, group, "/ambiguous")
    async with Api(sim.url, "777:other") as rival:
        await rival("sendMessage", chat_id=group.id, text="I am here")
        world.say(ann, group, "/theirs")
        assert await heard(api) == []
        assert await heard(rival) == ["/theirs"]
        await api("sendMessage", chat_id=group.id, text="me too")
        world.say(ann, group, "/ours")
        assert await heard(api) == ["/ours"]
        assert await heard(rival) == []


async def test_replies_to_the_bot_and_to_what_was_meant_for_it(api: Api, world: World, ann: User, group: Chat) -> None:
    sent = await api("sendMessage", chat_id=group.id, text="a question")
    plain = world.say(ann, group, "hello")
    answer = world.say(ann, group, "an answer", reply_to=sent["message_id"])
    world.say(ann, group, "a correction", reply_to=answer.id)
    world.say(ann, group, "elsewhere", reply_to=plain.id)
    assert await heard(api) == ["an answer", "a correction"]


async def test_what_was_not_shown_cannot_be_replied_to(api: Api, world: World, ann: User, group: Chat) -> None:
    plain = world.say(ann, group, "hello")
    refused = await api.refusal("sendMessage", chat_id=group.id, text="x", reply_parameters={"message_id": plain.id})
    assert refused == "400 Bad Request: message to be replied not found"
    world.say(ann, group, "/quote", reply_to=plain.id)
    [*_, update] = await api.take()
    assert update["message"]["reply_to_message"]["text"] == "hello"
    assert await api("sendMessage", chat_id=group.id, text="x", reply_parameters={"message_id": plain.id})


async def test_admins_and_open_bots_hear_all(api: Api, world: World, ann: User, group: Chat) -> None:
    world.promote(world.default_bot.user, group)
    world.say(ann, group, "one")
    world.demote(world.default_bot.user, group)
    world.say(ann, group, "two")
    world.default_bot.privacy = False
    world.say(ann, group, "three")
    assert await heard(api) == ["one", "three"]
    assert (await api("getMe"))["can_read_all_group_messages"] is True


async def test_edits_are_told_as_such(api: Api, world: World, ann: User, group: Chat) -> None:
    said = world.say(ann, group, "/go")
    await api.take()
    world.edit_message(ann, group, said.id, "/went")
    [update] = await api.take()
    assert update["edited_message"]["text"] == "/went"
    assert "edit_date" in update["edited_message"]


async def test_anonymous_admins_channels_and_automatic_forwards(api: Api, world: World, ann: User, group: Chat) -> None:
    await api.take()
    world.default_bot.privacy = False
    world.say(ann, group, "/go", anonymous=True)
    world.say(ann, group, "/go", as_channel="Ann's news")
    world.auto_forward(group, "/go")
    anonymous, channel, forward = [u["message"] for u in await api.take()]
    assert (anonymous["from"]["id"], anonymous["sender_chat"]["id"]) == (1087968824, group.id)
    assert (channel["from"]["id"], channel["sender_chat"]["type"]) == (136817688, "channel")
    assert (forward["from"]["id"], forward["is_automatic_forward"]) == (777000, True)

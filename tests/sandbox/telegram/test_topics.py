"""Forums, and the reply threads of plain supergroups."""

import pytest

from gub.sandbox.telegram import World, WorldError
from gub.sandbox.telegram.models import Chat, User
from tests.support.world import Api


@pytest.fixture
def ann(world: World) -> User:
    return world.add_user("Ann")


@pytest.fixture
def forum(world: World, ann: User) -> Chat:
    forum = world.add_group("Forum", [ann], forum=True)
    world.add_bot(forum)
    return forum


async def test_a_topic_is_opened_and_written_to(api: Api, world: World, ann: User, forum: Chat) -> None:
    await api.take()
    topic = world.open_topic(forum, "Games")
    world.say(ann, forum, "/go", thread_id=topic.id)
    opened, said = [u["message"] for u in await api.take()]
    assert opened["forum_topic_created"]["name"] == "Games"
    assert opened["chat"]["is_forum"] is True
    assert (said["message_thread_id"], said["is_topic_message"]) == (topic.id, True)
    assert said["reply_to_message"]["message_id"] == topic.id
    sent = await api("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic.id)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (topic.id, True)


async def test_general_has_no_thread_id(api: Api, world: World, ann: User, forum: Chat) -> None:
    await api.take()
    world.say(ann, forum, "/go")
    [update] = await api.take()
    assert not {"message_thread_id", "is_topic_message"} & update["message"].keys()
    for number in (1, 999):
        refused = await api.refusal("sendMessage", chat_id=forum.id, text="x", message_thread_id=number)
        assert refused == "400 Bad Request: message thread not found"
    assert "message_thread_id" not in await api("sendMessage", chat_id=forum.id, text="x")


async def test_closed_and_deleted_topics(api: Api, world: World, ann: User, forum: Chat) -> None:
    topic = world.open_topic(forum, "Games")
    world.close_topic(forum, topic.id)
    there = {"chat_id": forum.id, "text": "x", "message_thread_id": topic.id}
    assert await api.refusal("sendMessage", **there) == "400 Bad Request: TOPIC_CLOSED"
    with pytest.raises(WorldError, match="closed"):
        world.say(ann, forum, "x", thread_id=topic.id)
    world.promote(world.default_bot.user, forum, ["can_manage_topics"])
    assert await api("sendMessage", **there)
    topic.closed = False
    world.delete_topic(forum, topic.id)
    assert await api.refusal("sendMessage", **there) == "400 Bad Request: message thread not found"


async def test_a_reply_thread_is_no_topic(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann], supergroup=True)
    world.add_bot(group)
    sent = await api("sendMessage", chat_id=group.id, text="root")
    await api.take()
    world.say(ann, group, "reply", reply_to=sent["message_id"])
    [update] = await api.take()
    assert update["message"]["message_thread_id"] == sent["message_id"]
    assert "is_topic_message" not in update["message"]

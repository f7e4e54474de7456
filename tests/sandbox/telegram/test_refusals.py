"""Who cannot be written to, in Telegram's exact words (tdlib/telegram-bot-api, Client.cpp)."""

import pytest

from gub.sandbox.telegram import World
from tests.support.world import Api, Refused


async def send(api: Api, chat_id: int) -> str:
    try:
        await api("sendMessage", chat_id=chat_id, text="x")
    except Refused as refused:
        return f"{refused.status} {refused.description}"
    return "sent"


async def test_private_chats(api: Api, world: World) -> None:
    ann, bob = world.add_user("Ann"), world.add_user("Bob")
    group = world.add_group("Friends", [ann, bob], with_bot=True)
    assert await send(api, bob.id) == "400 Bad Request: chat not found"
    world.say(bob, group, "/hello")
    assert await send(api, bob.id) == "403 Forbidden: bot can't initiate conversation with a user"
    assert await send(api, ann.id) == "403 Forbidden: bot can't initiate conversation with a user"
    world.start(ann)
    assert await send(api, ann.id) == "sent"
    world.block(ann)
    assert await send(api, ann.id) == "403 Forbidden: bot was blocked by the user"
    world.unblock(ann)
    assert await send(api, ann.id) == "sent"
    world.deactivate(ann)
    assert await send(api, ann.id) == "403 Forbidden: user is deactivated"
    assert await send(api, 424242) == "400 Bad Request: chat not found"
    assert await api.refusal("sendMessage", text="x") == "400 Bad Request: chat_id is empty"


async def test_groups_and_supergroups(api: Api, world: World) -> None:
    ann = world.add_user("Ann")
    for supergroup, name in ((False, "group chat"), (True, "supergroup chat")):
        group = world.add_group("Friends", [ann], supergroup=supergroup)
        assert await send(api, group.id) == "400 Bad Request: chat not found"
        world.add_bot(group)
        assert await send(api, group.id) == "sent"
        world.restrict_bot(group)
        assert await send(api, group.id) == "400 Bad Request: not enough rights to send text messages to the chat"
        world.unrestrict_bot(group)
        assert await send(api, group.id) == "sent"
        world.remove_bot(group)
        assert await send(api, group.id) == f"403 Forbidden: bot was kicked from the {name}"
        world.add_bot(group)
        assert await api("leaveChat", chat_id=group.id) is True
        assert await send(api, group.id) == f"403 Forbidden: bot is not a member of the {name}"
    group = world.add_group("Short-lived", [ann], with_bot=True)
    world.delete_chat(group)
    assert await send(api, group.id) == "403 Forbidden: the group chat was deleted"


async def test_a_migrated_group_names_its_successor(api: Api, world: World) -> None:
    ann = world.add_user("Ann")
    group = world.add_group("Friends", [ann], with_bot=True)
    new = world.migrate(group, tell=False)
    with pytest.raises(Refused) as refused:
        await api("sendMessage", chat_id=group.id, text="x")
    assert refused.value.description == "Bad Request: group chat was upgraded to a supergroup chat"
    assert refused.value.parameters == {"migrate_to_chat_id": new.id}
    assert await send(api, new.id) == "sent"


async def test_tokens(api: Api, world: World) -> None:
    status, body = await api.raw("../botnonsense/getMe")
    assert (status, body["description"]) == (401, "Unauthorized: invalid token specified")
    world.revoke_token()
    assert await api.refusal("getMe") == "401 Unauthorized"

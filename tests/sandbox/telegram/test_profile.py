"""Commands, names and descriptions."""

from gub.sandbox.telegram import World
from tests.support.world import Api

ONE = [{"command": "status", "description": "Who plays what"}]
TWO = [{"command": "hilfe", "description": "Hilfe"}]


async def test_commands_by_scope_and_language(api: Api, world: World) -> None:
    group = world.add_group("Friends", [world.add_user("Ann")], with_bot=True)
    here = {"type": "chat", "chat_id": group.id}
    await api("setMyCommands", commands=ONE)
    await api("setMyCommands", commands=TWO, scope=here, language_code="de")
    assert await api("getMyCommands") == ONE
    assert await api("getMyCommands", scope=here) == []
    assert await api("getMyCommands", scope=here, language_code="de") == TWO
    await api("deleteMyCommands")
    assert await api("getMyCommands") == []


async def test_bad_commands(api: Api) -> None:
    for command, refusal in (
        ({"command": "Status", "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "x" * 33, "description": "x"}, "BOT_COMMAND_INVALID"),
        ({"command": "x", "description": ""}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ):
        assert await api.refusal("setMyCommands", commands=[command]) == f"400 Bad Request: {refusal}"
    assert "too many" in await api.refusal("setMyCommands", commands=ONE * 101)
    assert "unsupported type" in await api.refusal("setMyCommands", commands=ONE, scope={"type": "moon"})
    away = {"type": "chat", "chat_id": -5}
    assert await api.refusal("setMyCommands", commands=ONE, scope=away) == "400 Bad Request: chat not found"
    assert "language code" in await api.refusal("setMyCommands", commands=ONE, language_code="english")


async def test_names_and_descriptions(api: Api) -> None:
    for field, limit in (("Name", 64), ("Description", 512), ("ShortDescription", 120)):
        key = {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[field]
        assert await api(f"setMy{field}", **{key: "x" * limit}) is True
        assert await api(f"getMy{field}") == {key: "x" * limit}
        assert "is too long" in await api.refusal(f"setMy{field}", **{key: "x" * (limit + 1)})
        await api(f"setMy{field}", **{key: ""})
    assert await api("getMyName") == {"name": "GUB"}

"""Coming and going, and what bots are told of it."""

from typing import Any

import pytest

from gub.sandbox.telegram import World, WorldError
from gub.sandbox.telegram.models import User
from tests.support.world import Api


@pytest.fixture
def ann(world: World) -> User:
    return world.add_user("Ann")


@pytest.fixture
def bob(world: World) -> User:
    return world.add_user("Bob")


SERVICES = {
    "new_chat_members",
    "left_chat_member",
    "group_chat_created",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "new_chat_title",
}


def transition(update: dict[str, Any]) -> tuple[str, str]:
    [body] = [update[kind] for kind in update if kind.endswith("chat_member")]
    return body["old_chat_member"]["status"], body["new_chat_member"]["status"]


def flatten(updates: list[dict[str, Any]]) -> list[str]:
    result = []
    for update in updates:
        [kind] = update.keys() - {"update_id"}
        service = SERVICES & update[kind].keys()
        result.append(f"{kind} {'/'.join(transition(update))}" if "member" in kind else ",".join(service))
    return result


async def test_the_bot_is_told_of_its_own_membership(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann])
    world.add_bot(group, by=ann)
    world.promote(world.default_bot.user, group)
    world.demote(world.default_bot.user, group)
    world.remove_bot(group)
    assert flatten(await api.take()) == [
        "my_chat_member left/member",
        "new_chat_members",
        "my_chat_member member/administrator",
        "my_chat_member administrator/member",
        "left_chat_member",
        "my_chat_member member/left",
    ]
    world.say(ann, group, "/unheard")
    assert await api.take() == []


async def test_a_supergroup_hides_the_removal_but_says_kicked(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann], supergroup=True)
    world.add_bot(group)
    await api.take()
    world.remove_bot(group, by=ann)
    [update] = await api.take()
    assert transition(update) == ("member", "kicked")
    assert update["my_chat_member"]["from"]["id"] == ann.id


async def test_a_group_made_with_the_bot(api: Api, world: World, ann: User) -> None:
    world.add_group("Friends", [ann], with_bot=True)
    assert flatten(await api.take()) == ["my_chat_member left/member", "group_chat_created"]


async def test_a_startgroup_link(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann])
    world.add_bot(group, payload="abc", rights=["can_pin_messages"])
    updates = await api.take()
    assert updates[-1]["message"]["text"] == "/start@gub_test_bot abc"
    right = updates[2]["my_chat_member"]["new_chat_member"]
    assert (right["can_pin_messages"], right["can_delete_messages"]) == (True, False)


async def test_people_come_and_go(api: Api, world: World, ann: User, bob: User) -> None:
    group = world.add_group("Friends", [ann], with_bot=True)
    await api.take()
    world.join(bob, group)
    world.leave(bob, group)
    world.join(bob, group, by=ann)
    world.kick(bob, group)
    updates = await api.take()
    assert flatten(updates) == ["new_chat_members", "left_chat_member"] * 2
    assert [u["message"]["from"]["id"] for u in updates] == [bob.id, bob.id, ann.id, ann.id]


async def test_chat_member_needs_an_admin_who_asked(api: Api, world: World, ann: User, bob: User) -> None:
    group = world.add_group("Friends", [ann], supergroup=True)
    world.add_bot(group)
    asked = ["message", "chat_member"]
    await api.updates(allowed_updates=asked)
    await api.take()
    world.join(bob, group)
    assert flatten(await api.take()) == ["new_chat_members"]
    world.promote(world.default_bot.user, group)
    world.restrict(bob, group)
    world.kick(bob, group)
    assert flatten(await api.take()) == [
        "chat_member member/restricted",
        "left_chat_member",
        "chat_member restricted/kicked",
    ]
    await api.updates(allowed_updates=[])
    with pytest.raises(WorldError, match="must add them"):
        world.join(bob, group)
    world.join(bob, group, by=ann)
    assert flatten(await api.take()) == ["new_chat_members"]


async def test_blocking(api: Api, world: World, ann: User) -> None:
    world.start(ann)
    world.block(ann)
    with pytest.raises(WorldError, match="unblock it first"):
        world.say(ann, ann, "x")
    world.start(ann, "payload")
    updates = await api.take()
    assert [sorted(u.keys() - {"update_id"}) for u in updates] == [
        ["message"],
        ["my_chat_member"],
        ["my_chat_member"],
        ["message"],
    ]
    assert [transition(u) for u in updates[1:3]] == [("member", "kicked"), ("kicked", "member")]
    assert updates[3]["message"]["text"] == "/start payload"


async def test_migration_is_told_in_both_chats(api: Api, world: World, ann: User, bob: User) -> None:
    group = world.add_group("Friends", [ann, bob], with_bot=True)
    await api.take()
    new = world.migrate(group)
    old_side, new_side = [u["message"] for u in await api.take()]
    assert (old_side["chat"]["id"], old_side["migrate_to_chat_id"]) == (group.id, new.id)
    assert (new_side["chat"]["id"], new_side["migrate_from_chat_id"]) == (new.id, group.id)
    assert new_side["from"]["username"] == "GroupAnonymousBot"
    assert new.id < -1000000000000
    assert new.present(bob.id)
    with pytest.raises(WorldError, match="became the supergroup"):
        world.say(ann, group, "/x")
    world.say(ann, new, "/x")
    assert len(await api.take()) == 1


async def test_titles(api: Api, world: World, ann: User) -> None:
    group = world.add_group("Friends", [ann], with_bot=True)
    await api.take()
    world.rename_chat(group, "Foes")
    [update] = await api.take()
    assert update["message"]["new_chat_title"] == update["message"]["chat"]["title"] == "Foes"


async def test_asking_about_members(api: Api, world: World, ann: User, bob: User) -> None:
    eve = world.add_user("Eve")
    group = world.add_group("Friends", [ann, bob, eve], supergroup=True, admins=[bob])
    world.add_bot(group)
    there = {"chat_id": group.id}
    admins = await api("getChatAdministrators", **there)
    assert [(a["user"]["id"], a["status"]) for a in admins] == [(ann.id, "creator"), (bob.id, "administrator")]
    assert admins[1]["can_delete_messages"] is True
    world.leave(eve, group)
    for user, status in ((ann, "creator"), (eve, "left"), (world.default_bot.user, "member")):
        assert (await api("getChatMember", **there, user_id=user.id))["status"] == status
    assert await api.refusal("getChatMember", **there, user_id=5) == "400 Bad Request: PARTICIPANT_ID_INVALID"
    assert await api.refusal("getChatMember", **there, user_id=0) == "400 Bad Request: invalid user_id specified"
    assert await api("getChatMemberCount", **there) == 3
    group.hidden_members = True
    assert "member list is inaccessible" in await api.refusal("getChatMember", **there, user_id=bob.id)
    full = await api("getChat", **there)
    assert (full["title"], full["type"], full["has_hidden_members"]) == ("Friends", "supergroup", True)
    world.start(ann)
    nobody = await api.refusal("getChatAdministrators", chat_id=ann.id)
    assert nobody == "400 Bad Request: there are no administrators in the private chat"

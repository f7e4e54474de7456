"""/list_notify_groups: who is in which group, for reading."""

import pytest

from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.group_cards.support import INVITE, Make


async def test_all_groups_are_listed_by_name(stage: Stage, squad: Chat, ann: User, bob: User, make: Make):
    await make(ann, "Warzone", bob, description="evenings")
    await make(bob, "Chess", joining=INVITE)
    answer = await stage.answer(ann, squad, "/list_notify_groups")
    assert answer.text == (
        "🎮 Chess 🔒 - 1 member, looked after by Bob\nBob\n\n"
        "🎮 Warzone - 2 members, looked after by Ann\nevenings\nAnn, Bob"
    )
    assert not answer.buttons
    assert not stage.pinged(answer)


async def test_d14_the_named_are_listed_and_nothing_is_a_pattern(stage: Stage, squad: Chat, ann: User, make: Make):
    for name in ("Warzone", "apex", "b", ".*"):
        await make(ann, name)
    answer = await stage.answer(ann, squad, "/list_notify_groups wARZONE b  (\n.* ^a|b$")
    assert [line[2:].split(" - ")[0] for line in answer.text.splitlines() if line.startswith("🎮")] == [
        "Warzone",
        "b",
        ".*",
    ]
    assert answer.text.endswith("There is no group (, ^a|b$ here.")
    assert (await stage.answer(ann, squad, "/list_notify_groups Nope")).text == "There is no group Nope here."


async def test_without_groups_it_says_how_to_make_one(stage: Stage, squad: Chat, ann: User):
    assert "/newgroup Warzone" in (await stage.answer(ann, squad, "/list_notify_groups")).text


async def test_d16_d20_twelve_groups_of_thirty_take_few_messages_and_ask_telegram_nothing(
    stage: Stage, squad: Chat, ann: User
):
    people = [stage.world.add_user(f"P{number:02} @player_number_{number}") for number in range(30)]
    for person in people:
        await stage.said(person, person, "/start")
    for number in range(12):
        made = await stage.store.notifygroups.create(squad.id, ann.id, f"Group{number:02}", "x" * 256, INVITE, None)
        members = {"$set": {"members": [person.id for person in people]}}
        await stage.store.notifygroups._collection.update_one({"chat_id": squad.id, "name": made.name}, members)
    stage.world.requests.clear()
    said = await stage.said(ann, squad, "/list_notify_groups")
    assert 1 < len(said) <= 4
    methods = [request.method for request in stage.world.requests if request.method != "getUpdates"]
    assert methods == ["sendMessage"] * len(said)
    text = "".join(message.text for message in said)
    for number in range(12):
        assert f"Group{number:02}" in text
    for number in range(30):
        assert text.count(f"P{number:02} ") == 12
    assert not any(stage.pinged(message) for message in said)


async def test_d18_who_left_is_not_asked_about(stage: Stage, squad: Chat, ann: User, make: Make):
    await make(ann, "Warzone", 999_999)
    assert "Ann, somebody" in (await stage.answer(ann, squad, "/list_notify_groups")).text
    assert stage.calls("getChatMember") == 0


@pytest.mark.parametrize("name", ["@Ann_A", "<b>*_`[", "$where", "🎮"])
async def test_hostile_names_ping_nobody(stage: Stage, squad: Chat, ann: User, bob: User, *, make: Make, name: str):
    await make(bob, name, ann, description="@Ann_A")
    for command in ("/list_notify_groups", f"/list_notify_groups {name} @Ann_A"):
        for message in await stage.said(bob, squad, command):
            assert name in message.text
            assert not stage.pinged(message)

"""What a chat chose, read from whatever its document holds; choosing; and people by their usernames."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.domain.limits import CALL_COOLDOWN, CONFIRM_ABOVE, INVITATION_LIFETIME
from gub.domain.values import ChatFacts, ChatSettings, KnownUser, Who
from gub.store.chats import SettingsField
from gub.store.documents import Database
from gub.store.store import Store

CHAT = -1001234567890123
FIELDS = tuple(SettingsField)

scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=5)
garbage = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), scalars, max_size=3)


async def settings_of(store: Store, database: Database, chosen: object) -> ChatSettings:
    await database["chats"].delete_many({})
    await database["chats"].insert_one({"chat_id": CHAT, "settings": chosen}, bypass_document_validation=True)
    return await store.chats.settings(CHAT)


async def test_a_chat_that_chose_nothing_has_the_defaults(store: Store) -> None:
    assert await store.chats.settings(CHAT) == ChatSettings(CALL_COOLDOWN, CONFIRM_ABOVE, INVITATION_LIFETIME)
    await store.chats.remember(ChatFacts(CHAT, "supergroup"))
    assert await store.chats.settings(CHAT) == ChatSettings()


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"call_cooldown_seconds": 0}, ChatSettings(call_cooldown=timedelta(0))),
        ({"call_cooldown_seconds": 86_400.0}, ChatSettings(call_cooldown=timedelta(days=1))),
        ({"call_cooldown_seconds": 86_401}, ChatSettings()),
        ({"call_cooldown_seconds": -1, "confirm_above": 3}, ChatSettings(confirm_above=3)),
        ({"confirm_above": 0}, ChatSettings(confirm_above=0)),
        ({"confirm_above": 500}, ChatSettings(confirm_above=500)),
        ({"confirm_above": 501}, ChatSettings()),
        ({"confirm_above": True, "invitation_days": "2"}, ChatSettings()),
        ({"invitation_days": 1}, ChatSettings(invitation_lifetime=timedelta(days=1))),
        ({"invitation_days": 30}, ChatSettings(invitation_lifetime=timedelta(days=30))),
        ({"invitation_days": 31}, ChatSettings()),
        ({"invitation_days": 0}, ChatSettings()),
        ({"who_creates": "admins"}, ChatSettings(who_creates=Who.ADMINS)),
        ({"who_calls": "admins", "who_creates": "nobody"}, ChatSettings(who_calls=Who.ADMINS)),
        ({"members_add": False, "announcements": 0}, ChatSettings(members_add=False)),
        ({"announcements": False, "members_add": None}, ChatSettings(announcements=False)),
        ({"time_zone": "Europe/Berlin"}, ChatSettings(time_zone="Europe/Berlin")),
        ({"time_zone": "../etc/passwd"}, ChatSettings()),
        ({"starts": True}, ChatSettings(starts=True)),
        ({"starts": 1}, ChatSettings()),
    ],
    ids=str,
)
async def test_what_a_chat_chose(
    store: Store, database: Database, chosen: dict[str, object], expected: ChatSettings
) -> None:
    assert await settings_of(store, database, chosen) == expected


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=garbage)
async def test_nonsense_is_the_default(store: Store, database: Database, chosen: object) -> None:
    read = await settings_of(store, database, chosen)
    assert timedelta(0) <= read.call_cooldown <= timedelta(days=1)
    assert 0 <= read.confirm_above <= 500
    assert timedelta(days=1) <= read.invitation_lifetime <= timedelta(days=30)


CHOICES: dict[SettingsField, str | int | bool] = {
    SettingsField.COOLDOWN: 300,
    SettingsField.CONFIRM_ABOVE: 10,
    SettingsField.INVITATION_DAYS: 3,
    SettingsField.WHO_CREATES: "admins",
    SettingsField.WHO_CALLS: "admins",
    SettingsField.MEMBERS_ADD: False,
    SettingsField.ANNOUNCEMENTS: False,
    SettingsField.TIME_ZONE: "Asia/Tokyo",
    SettingsField.STARTS: True,
}
ALL_CHOSEN = ChatSettings(
    timedelta(minutes=5),
    10,
    timedelta(days=3),
    Who.ADMINS,
    Who.ADMINS,
    False,
    False,
    "Asia/Tokyo",
    starts=True,
)


@pytest.mark.parametrize("before", [{}, {"settings": None}, {"settings": {}}], ids=str)
async def test_what_is_chosen_at_once_is_all_kept(store: Store, database: Database, before: dict[str, object]) -> None:
    await database["chats"].insert_one({"chat_id": CHAT, **before})
    assert all(await asyncio.gather(*(store.chats.choose(CHAT, field, value) for field, value in CHOICES.items())))
    assert await store.chats.settings(CHAT) == ALL_CHOSEN


async def test_nothing_is_kept_of_a_chat_that_is_not(store: Store) -> None:
    assert not await store.chats.choose(CHAT, SettingsField.CONFIRM_ABOVE, 10)
    assert not await store.chats.exists(CHAT)


async def test_the_time_zone_of_a_person(store: Store, database: Database) -> None:
    await store.users.choose_time_zone(1, "Asia/Tokyo")
    assert await store.users.time_zone(1) is None, "of somebody unknown nothing is kept"
    await store.users.learn([KnownUser(1, "Ann")])
    assert await store.users.time_zone(1) is None
    await store.users.choose_time_zone(1, "Asia/Tokyo")
    await store.users.learn([KnownUser(1, "Anna")])
    assert await store.users.time_zone(1) == "Asia/Tokyo"
    await database["users"].update_one({"_id": 1}, {"$set": {"time_zone": "Mars/Olympus"}})
    assert await store.users.time_zone(1) is None


async def test_people_are_found_by_many_usernames_at_once(store: Store) -> None:
    ann, bob = KnownUser(1, "Ann", username="Ann_X"), KnownUser(2, "Bob", username="bob")
    await store.users.learn([ann, bob, KnownUser(3, "Cyd")])
    assert await store.users.by_usernames(["@ANN_x", "BOB", "@bob", "@nobody", "@", "", ".*", "@$ne"]) == {
        "@ann_x": ann,
        "@bob": bob,
    }
    assert await store.users.by_usernames([]) == {}

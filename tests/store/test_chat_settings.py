"""What a chat chose, read from whatever its document holds; and people by their usernames."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.domain.limits import CALL_COOLDOWN, CONFIRM_ABOVE, INVITATION_LIFETIME
from gub.domain.values import ChatFacts, ChatSettings, KnownUser
from gub.store.documents import Database
from gub.store.store import Store

CHAT = -1001234567890123
FIELDS = ("call_cooldown_seconds", "confirm_above", "invitation_days")

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


async def test_people_are_found_by_many_usernames_at_once(store: Store) -> None:
    ann, bob = KnownUser(1, "Ann", username="Ann_X"), KnownUser(2, "Bob", username="bob")
    await store.users.learn([ann, bob, KnownUser(3, "Cyd")])
    assert await store.users.by_usernames(["@ANN_x", "BOB", "@bob", "@nobody", "@", "", ".*", "@$ne"]) == {
        "@ann_x": ann,
        "@bob": bob,
    }
    assert await store.users.by_usernames([]) == {}

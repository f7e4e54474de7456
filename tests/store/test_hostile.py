"""Names and ids that were made to be taken for something else: no query operator, pattern or path comes of them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.domain.errors import NameTaken
from gub.domain.values import Account, ChatFacts, Joining, KnownUser, Platform
from gub.store.notifygroups import ClaimResult, JoinResult, LeaveResult
from gub.store.store import Store
from tests.support.clock import START

CHAT = -1001234567890123
NASTY = [
    *("$ne", "$where", "$gt", "a.b", "members.0", "$", ".", "..", "$$ROOT", "$literal", "{'$ne': 1}"),
    *(".*", "^", "(", "C++", "(duo)", "team?", "a|b", "[", "\\", "^War$", "W.r", "%s", "{}", "\x00", "a\x00b"),
    *("ß", "ss", "İ", "i", "ı", "ﬁ", "fi", "é", "e\u0301", "e", "Ω", "\u2126", "ＷＡＲ", "👩‍👩‍👧", "\u200b"),
]
names = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=32),
    st.text("$.{}()[]*+?^|\\\x00 aA", min_size=1, max_size=8),
)


@pytest.mark.parametrize("name", NASTY)
async def test_a_nasty_name_finds_its_own_group_and_no_other(store: Store, name: str) -> None:
    """D13: a name is never a pattern."""
    await store.notifygroups.create(CHAT, 1, "War", None, Joining.OPEN, None)
    assert await store.notifygroups.by_name(CHAT, name) is None
    made = await store.notifygroups.create(CHAT, 1, name, name, Joining.OPEN, None)
    found = await store.notifygroups.by_name(CHAT, name)
    assert found is not None
    assert (found.id, found.name, found.description) == (made.id, name, name)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(names, min_size=1, max_size=4), asked=names)
async def test_a_name_is_found_exactly_when_it_was_given(store: Store, made: list[str], asked: str) -> None:
    await store.life.purge(CHAT)
    kept = []
    for name in made:
        try:
            kept.append(await store.notifygroups.create(CHAT, 1, name, None, Joining.OPEN, None))
        except NameTaken:
            assert await store.notifygroups.by_name(CHAT, name) is not None
    for group in kept:
        assert (await store.notifygroups.by_name(CHAT, group.name)) == group
    found = await store.notifygroups.by_name(CHAT, asked)
    if found is None:
        assert asked not in [group.name for group in kept]
        await store.notifygroups.create(CHAT, 1, asked, None, Joining.OPEN, None)
    else:
        with pytest.raises(NameTaken):
            await store.notifygroups.create(CHAT, 1, asked, None, Joining.OPEN, None)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names, title=names, account=names)
async def test_a_person_is_read_back_as_written(store: Store, name: str, title: str, account: str) -> None:
    await store.life.purge(CHAT)
    accounts = {Platform.STEAM: Account(Platform.STEAM, "76561197960287930", account)}
    added = await store.statususers.add(CHAT, 1, name, accounts, title)
    assert added.display_name == name
    assert await store.statususers.of_chat(CHAT) == [added]
    assert await store.statususers.get(added.id, CHAT) == added
    assert await store.statususers.get(added.id, CHAT + 1) is None
    assert not await store.statususers.delete(added.id, CHAT + 1)
    assert await store.statususers.delete(added.id, CHAT)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=names, last=names, title=names)
async def test_users_and_chats_are_read_back_as_written(store: Store, first: str, last: str, title: str) -> None:
    user = KnownUser(7, first, last, "Player_1", "en")
    await store.users.learn([user])
    assert await store.users.get_many([7]) == {7: user}
    await store.chats.remember(ChatFacts(CHAT, "supergroup", title))
    assert await store.chats.get(CHAT) == ChatFacts(CHAT, "supergroup", title)


@pytest.mark.parametrize("id_", ["", "x", "$ne", "0" * 24, "g" * 24, "0" * 23, "{}", "\x00"])
async def test_an_id_that_is_none_is_nobodys(store: Store, id_: str) -> None:
    await store.notifygroups.create(CHAT, 1, "War", None, Joining.OPEN, None)
    groups = store.notifygroups
    assert await groups.get(id_, CHAT) is None
    assert await groups.join(id_, CHAT, 2) is JoinResult.GONE
    assert await groups.leave(id_, CHAT, 1) is LeaveResult.GONE
    assert (await groups.claim_call(id_, CHAT, 1, START, START - START)).result is ClaimResult.GONE
    assert await store.statususers.get(id_, CHAT) is None
    assert not await store.statususers.delete(id_, CHAT)


@pytest.mark.parametrize("asked", ["", "@", "$ne", ".*", "@.*", "play"])
async def test_a_username_is_never_a_pattern(store: Store, asked: str) -> None:
    await store.users.learn([KnownUser(1, "A", username="player"), KnownUser(2, "B")])
    assert await store.users.by_username(asked) is None
    assert await store.users.by_username("@PLAYER") == KnownUser(1, "A", username="player")

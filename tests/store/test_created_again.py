"""A command that is handled again, because the process died before it was marked as done, creates nothing twice."""

import asyncio

import pytest

from gub.domain.errors import LimitReached, NameTaken
from gub.domain.limits import GROUPS_PER_CHAT
from gub.domain.values import Joining, NotifyGroup, StatusUser
from gub.store.store import Store

CHAT, OTHER_CHAT = -1001234567890123, -1001234567890124


async def a_group(store: Store, message_id: int | None, name: str = "War", chat_id: int = CHAT) -> NotifyGroup:
    return await store.notifygroups.create(chat_id, 1, name, "what for", Joining.OPEN, None, message_id=message_id)


async def a_person(store: Store, message_id: int | None, name: str = "Ann", chat_id: int = CHAT) -> StatusUser:
    return await store.statususers.add(chat_id, 1, name, {}, "Friends", message_id=message_id)


async def test_the_same_command_gives_the_same_again(store: Store) -> None:
    assert await a_group(store, 7) == await a_group(store, 7)
    assert await a_person(store, 8) == await a_person(store, 8)
    assert len(await store.notifygroups.of_chat(CHAT)) == 1
    assert len(await store.statususers.of_chat(CHAT)) == 1


async def test_handled_twice_at_once_it_creates_one(store: Store) -> None:
    made = await asyncio.gather(*(a_group(store, 7) for _ in range(10)))
    assert len({group.id for group in made}) == 1


@pytest.mark.parametrize("first", [7, None])
@pytest.mark.parametrize("second", [9, None])
async def test_another_command_is_refused(store: Store, first: int | None, second: int | None) -> None:
    await a_group(store, first)
    await a_person(store, first)
    with pytest.raises(NameTaken):
        await a_group(store, second, "WAR")
    with pytest.raises(NameTaken):
        await a_person(store, second, "ANN")


async def test_the_same_number_in_another_chat_is_another_command(store: Store) -> None:
    await a_group(store, 7, chat_id=OTHER_CHAT)
    await a_group(store, 9)
    with pytest.raises(NameTaken):
        await a_group(store, 7)


async def test_the_last_that_a_chat_takes_is_given_again_too(store: Store) -> None:
    for number in range(GROUPS_PER_CHAT):
        last = await a_group(store, number, f"g{number}")
    assert await a_group(store, GROUPS_PER_CHAT - 1, f"g{GROUPS_PER_CHAT - 1}") == last
    with pytest.raises(LimitReached):
        await a_group(store, GROUPS_PER_CHAT, "one more")

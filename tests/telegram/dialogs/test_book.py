"""The book of open dialogs on a real MongoDB wire server."""

import pytest

from gub.clock import SystemClock
from gub.store.dialogs import open_dialogs
from gub.store.store import Store
from gub.telegram.dialogs.book import DialogBook

BOT, ANN, BOB = 9, 1, 2


@pytest.fixture
def book(store: Store) -> DialogBook:
    return DialogBook(store.dialogs)


async def test_d43_several_are_open_and_none_is_disturbed_by_another(book: DialogBook) -> None:
    first = await book.open(BOT, ANN, ANN, "adding", {"chat_id": -5}, step="name")
    second = await book.open(BOT, ANN, ANN, "adding", {"chat_id": -6}, step="name")
    others = [
        await book.open(BOT, BOB, BOB, "adding", {}, step="name"),
        await book.open(BOT + 1, ANN, ANN, "adding", {}, step="name"),
    ]
    assert (first.about, second.about, others[0].about) == (-5, -6, BOB)
    await book.save(second, step="xbox", data={"name": "Zed"}, prompt=8)
    saved = await book.save(first, step="xbox", data={"name": "Ann"}, prompt=7)
    assert saved is not None
    assert await book.get(BOT, ANN, ANN, first.id) == saved
    assert await book.close(second)
    assert await book.latest(BOT, ANN, ANN) == saved
    for other in others:
        assert await book.get(other.bot_id, other.user_id, other.chat_id, other.id) == other


async def test_a_text_belongs_to_the_one_touched_last_and_a_reply_to_whoever_asked(book: DialogBook) -> None:
    first = await book.open(BOT, ANN, ANN, "adding", {}, step="name")
    await book.save(first, prompt=7)
    second = await book.open(BOT, ANN, ANN, "editing", {}, step="name")
    await book.save(second, prompt=8)
    latest, asked = await book.latest(BOT, ANN, ANN), await book.by_prompt(BOT, ANN, ANN, 7)
    assert latest is not None
    assert latest.id == second.id
    assert asked is not None
    assert asked.id == first.id
    assert await book.by_prompt(BOT, ANN, ANN, 9) is None
    assert await book.by_prompt(BOT, BOB, BOB, 7) is None


async def test_a_new_process_goes_on_with_the_dialog(book: DialogBook, mongo_uri: str, database_name: str) -> None:
    dialog = await book.open(BOT, ANN, ANN, "adding", {"name": "Ann"}, step="xbox")
    states = open_dialogs(mongo_uri, database_name, SystemClock())
    assert await DialogBook(states).get(BOT, ANN, ANN, dialog.id) == dialog
    await states.close()


@pytest.mark.parametrize("id_", ["", "x:y", "$ne", "0" * 10, "../1"])
async def test_an_id_that_is_none_has_no_dialog(book: DialogBook, id_: str) -> None:
    await book.open(BOT, ANN, ANN, "adding", {})
    assert await book.get(BOT, ANN, ANN, id_) is None


async def test_of_others_nothing_is_given(book: DialogBook) -> None:
    dialog = await book.open(BOT, ANN, ANN, "adding", {})
    assert await book.get(BOT, BOB, BOB, dialog.id) is None
    assert await book.latest(BOT, BOB, BOB) is None


async def test_what_is_over_is_not_saved(book: DialogBook) -> None:
    dialog = await book.open(BOT, ANN, ANN, "adding", {})
    assert await book.close(dialog)
    assert not await book.close(dialog)
    assert await book.save(dialog, step="xbox") is None
    assert await book.latest(BOT, ANN, ANN) is None

"""Which language is spoken where."""

import pytest
from pymongo.errors import AutoReconnect

from gub.domain.languages import Language
from gub.domain.values import ChatFacts, KnownUser
from gub.services.languages import Languages
from gub.store.store import Store
from tests.support.clock import FakeClock

GROUP, ANN = -1001, 1


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def languages(store: Store, clock: FakeClock) -> Languages:
    await store.chats.remember(ChatFacts(GROUP, "supergroup", "Squad"))
    await store.chats.remember(ChatFacts(ANN, "private"))
    return Languages(store, clock)


async def test_a_person_is_spoken_to_as_their_telegram_is_until_they_choose(languages: Languages, store: Store):
    await store.users.learn([KnownUser(ANN, "Ann", language="de")])
    assert await languages.of(ANN) is Language.GERMAN
    await languages.choose(ANN, Language.SPANISH)
    assert await languages.of(ANN, "de") is Language.SPANISH
    assert await store.chats.language(ANN) == "es"


async def test_what_telegram_tells_now_counts_before_what_it_told(store: Store, clock: FakeClock):
    await store.users.learn([KnownUser(ANN, "Ann", language="de")])
    assert await Languages(store, clock).of(ANN, "ru") is Language.RUSSIAN
    assert await Languages(store, clock).of(ANN, "fr") is Language.ENGLISH


async def test_a_group_is_spoken_to_as_who_added_gub_until_it_chooses(languages: Languages):
    assert await languages.of(GROUP) is Language.ENGLISH
    assert await languages.suggest(GROUP, "tlh") is Language.ENGLISH
    assert await languages.suggest(GROUP, "pt-br") is Language.PORTUGUESE
    assert await languages.suggest(GROUP, "de") is Language.PORTUGUESE
    await languages.choose(GROUP, Language.RUSSIAN)
    assert await languages.suggest(GROUP, "de") is Language.RUSSIAN


async def test_another_process_s_choice_is_known_within_a_minute(languages: Languages, store: Store, clock: FakeClock):
    assert await languages.of(GROUP) is Language.ENGLISH
    await Languages(store, clock).choose(GROUP, Language.GERMAN)
    assert await languages.of(GROUP) is Language.ENGLISH
    await clock.advance(61)
    assert await languages.of(GROUP) is Language.GERMAN


async def test_what_is_no_language_is_english(languages: Languages, store: Store):
    await store.chats.set_language(GROUP, "klingon")
    assert await languages.of(GROUP) is Language.ENGLISH


async def test_while_the_database_is_away_it_is_what_was_known_or_told(
    languages: Languages, store: Store, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    await languages.choose(GROUP, Language.SPANISH)

    async def away(_: int) -> str | None:
        raise AutoReconnect

    monkeypatch.setattr(store.chats, "language", away)
    assert await languages.surely(GROUP) is Language.SPANISH
    assert await languages.surely(ANN, "de") is Language.GERMAN
    assert languages.lately(ANN, "de") is Language.GERMAN
    await clock.advance(61)
    assert await languages.surely(GROUP, "de") is Language.ENGLISH, "what one reads is not what the group does"


async def test_beside_others_another_worker_s_choice_is_known_within_seconds(store: Store, clock: FakeClock):
    await store.chats.remember(ChatFacts(GROUP, "supergroup", "Squad"))
    one, other = (Languages(store, clock, lambda: 1) for _ in range(2))
    assert await one.of(GROUP) is Language.ENGLISH
    await other.choose(GROUP, Language.GERMAN)
    await clock.advance(5)
    assert await one.of(GROUP) is Language.GERMAN

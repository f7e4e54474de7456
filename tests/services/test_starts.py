"""Who is told to have started what: decided once, by what people allow and chats want at that moment."""

import asyncio
from datetime import timedelta

import pytest

from gub.domain.choices import NO, YES, Setting
from gub.domain.errors import LimitReached
from gub.domain.limits import IGNORED_TITLES, TOLD_A_DAY
from gub.domain.presence import AccountPresence, PersonPresence, Status, merge
from gub.domain.starts import NEWS_FOR, Sessions, Start, digest_of
from gub.domain.values import Account, Allowance, ChatFacts, Platform, StatusUser, Visibility
from gub.presence.look import Look, Seen
from gub.services.chat_settings import Choices
from gub.services.languages import Languages
from gub.services.people import People
from gub.services.start_news import Started, StartNews
from gub.services.starts import StartsBook
from gub.store.store import Store
from tests.support.clock import FakeClock

SQUAD, OTHER, ANN, BOB = ChatFacts(-1001, "supergroup", "Squad"), -1002, 1, 2
STEAM = Platform.STEAM


class Life:
    """Ann in a chat that wants to hear who starts what, and what the poller tells of her."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.changed = asyncio.Event()
        self.book = StartsBook(store, self.changed)
        self.news = StartNews(store, self.clock)
        self.people = People(store, {}, self.clock, on_changed=(self.list_changed,))
        self.choices = Choices(store, Languages(store, self.clock))
        self.ann: StatusUser = StatusUser("", 0, 0, "")

    async def begin(self) -> "Life":
        await self.store.chats.remember(SQUAD)
        await self.wants()
        self.ann = await self.add("Ann", ANN)
        await self.allow()
        return self

    async def add(self, name: str, user_id: int) -> StatusUser:
        account = Account(STEAM, str(user_id), name)
        return await self.store.statususers.add(SQUAD.chat_id, user_id, name, {STEAM: account}, "S", person_id=user_id)

    async def wants(self, *, wanted: bool = True) -> None:
        assert await self.choices.choose(SQUAD.chat_id, Setting.STARTS, YES if wanted else NO)

    async def allow(self, *, allowed: bool = True) -> None:
        self.ann = await self.people.allow(self.ann, ANN, Allowance.WATCHES, allowed=allowed)

    async def list_changed(self, chat_id: int) -> None:
        await self.book.changed(chat_id)

    def restart(self) -> None:
        self.book = StartsBook(self.store, self.changed)

    async def sees(
        self, *titles: str, minutes: float = 1, sure: bool = True, changed: bool = True, ago: float = 0
    ) -> None:
        await self.clock.advance(minutes * 60)
        await self.tell({self.ann.id: Seen(self.ann, self.plays(*titles, ago=ago), changed=changed, sure=sure)})

    def plays(self, *titles: str, ago: float = 0) -> PersonPresence:
        now = self.clock.now()
        since = now - timedelta(minutes=ago)
        accounts = [
            AccountPresence(STEAM, "1", Status.PLAYING, title=one, since=since, fetched_at=now) for one in titles
        ]
        return merge(accounts or [AccountPresence(STEAM, "1", Status.OFFLINE, fetched_at=now)])

    async def tell(self, people: dict[str, Seen]) -> None:
        await self.book.heard(Look(self.clock.now(), people, {}, frozenset()))

    async def due(self) -> list[str]:
        """Give the titles of what may be told now."""
        return [one.title for one in (await self.news.of_chat(SQUAD.chat_id)).starts]

    async def told(self) -> list[str]:
        """Have all that is due told; give its titles."""
        news = await self.news.of_chat(SQUAD.chat_id)
        titles = [one.title for one in news.starts]
        await (self.news.told(news, SQUAD.chat_id, titles) if titles else self.news.done(news))
        assert await self.store.starts.waiting(10) == []
        return titles

    async def kept(self) -> Sessions | None:
        return (await self.store.starts.of_people([self.ann.id])).get(self.ann.id)


@pytest.fixture
async def life(store: Store) -> Life:
    return await Life(store).begin()


async def test_what_begins_is_due_once_and_wakes_who_tells(life: Life):
    await life.sees()
    assert not life.changed.is_set()
    await life.sees("Hades")
    assert life.changed.is_set()
    assert [one.chat_id for one in await life.news.waiting(10)] == [SQUAD.chat_id]
    news = await life.news.of_chat(SQUAD.chat_id)
    assert list(news.starts) == [Started("Ann", "Hades")]
    assert await life.told() == ["Hades"]
    life.changed.clear()
    await life.sees("Hades")
    assert not life.changed.is_set()
    assert await life.news.waiting(10) == []


async def test_nobody_is_watched_where_nobody_wants_to_hear_it(life: Life):
    assert list(await life.book.people()) == [life.ann.id]
    assert list(await life.book.chats()) == []
    await life.wants(wanted=False)
    assert list(await life.book.people()) == []
    await life.sees()
    await life.sees("Hades")
    assert await life.kept() is None


async def test_nobody_is_watched_who_does_not_allow_it(life: Life):
    bob = await life.add("Bob", BOB)
    assert list(await life.book.people()) == [life.ann.id]
    await life.tell({bob.id: Seen(bob, life.plays(), changed=True)})
    await life.tell({bob.id: Seen(bob, life.plays("Hades"), changed=True)})
    assert await life.store.starts.people() == []


async def test_what_somebody_plays_when_they_are_first_seen_is_no_news(life: Life):
    """The chat wants it from now on: of who plays already, nothing changes in this look."""
    await life.sees("Hades", changed=False)
    assert await life.kept() is not None
    await life.sees("Hades")
    assert await life.due() == []
    await life.sees("Dota 2")
    assert await life.due() == ["Dota 2"]


async def test_what_begins_after_somebody_was_seen_without_news_is_told(life: Life):
    await life.sees(changed=False)
    await life.sees("Hades")
    assert await life.due() == ["Hades"]


async def test_a_chat_that_wants_it_again_sees_everybody_for_the_first_time(life: Life):
    await life.sees()
    await life.wants(wanted=False)
    await life.sees(changed=False)
    await life.book.tidy()
    await life.wants()
    await life.sees(changed=False)
    await life.sees("Hades")
    assert await life.due() == ["Hades"]


async def test_what_nobody_told_in_time_goes_with_the_next_news(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.sees("Dota 2", minutes=NEWS_FOR.total_seconds() / 60)
    kept = await life.kept()
    assert kept is not None
    assert [one.title for one in kept.due] == ["Dota 2"]


async def test_who_withdraws_it_and_allows_it_again_at_once_is_told_of_what_begins_then(life: Life):
    await life.sees("Hades")
    await life.allow(allowed=False)
    await life.allow()
    await life.sees("Hades", changed=False)
    assert await life.told() == []
    await life.sees("Dota 2")
    assert await life.told() == ["Dota 2"]


async def test_what_is_not_sure_changes_nothing(life: Life):
    await life.sees(sure=False)
    assert await life.kept() is None
    await life.sees()
    await life.sees("Hades")
    kept = await life.kept()
    await life.sees(sure=False)
    await life.sees("Dota 2", sure=False)
    assert await life.kept() == kept
    await life.sees("Hades", minutes=20)
    assert await life.told() == [], "what was due is too old by now"


async def test_who_is_gone_from_the_look_has_not_stopped(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.told()
    await life.clock.advance(3600)
    gone = Look(life.clock.now(), {}, {}, frozenset(), gone={life.ann.id: life.ann})
    await life.book.heard(gone)
    await life.sees("Hades", ago=61)
    assert await life.due() == []


async def test_a_restart_tells_nothing_twice(life: Life):
    await life.sees()
    await life.sees("Hades")
    life.restart()
    await life.sees("Hades")
    assert await life.told() == ["Hades"]
    life.restart()
    await life.sees("Hades", ago=2)
    assert await life.told() == []


async def test_what_began_while_gub_was_away_is_no_news(life: Life):
    await life.sees()
    life.restart()
    await life.sees("Hades", minutes=180, ago=100)
    assert await life.due() == []


async def test_a_console_that_restarts_is_no_news_over_a_restart_of_ours_either(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.told()
    await life.sees()
    life.restart()
    await life.sees("Hades", minutes=9)
    assert await life.due() == []


async def test_two_processes_that_hear_the_same_decide_once(life: Life):
    await life.sees()
    other = StartsBook(life.store, asyncio.Event())
    await life.clock.advance(60)
    look = Look(life.clock.now(), {life.ann.id: Seen(life.ann, life.plays("Hades"), changed=True)}, {}, frozenset())
    await asyncio.gather(life.book.heard(look), other.heard(look), life.book.heard(look))
    kept = await life.kept()
    assert kept is not None
    assert [one.title for one in kept.due] == ["Hades"]


async def test_two_processes_that_meet_somebody_at_once_keep_them_once(life: Life):
    look = Look(life.clock.now(), {life.ann.id: Seen(life.ann, life.plays(), changed=True)}, {}, frozenset())
    await asyncio.gather(*(StartsBook(life.store, asyncio.Event()).heard(look) for _ in range(4)))
    assert await life.store.starts.people() == [life.ann.id]


async def test_what_is_decided_on_what_is_past_is_not_kept(life: Life):
    await life.sees()
    before = await life.kept()
    assert before is not None
    await life.sees("Hades")
    assert not await life.store.starts.keep(before, before)
    assert not await life.store.starts.keep(None, before)
    assert await life.due() == ["Hades"]


async def test_a_decision_that_another_change_overtook_is_made_again(life: Life, monkeypatch: pytest.MonkeyPatch):
    await life.sees()
    keep, tries = life.store.starts.keep, []

    async def overtaken_once(before: Sessions | None, sessions: Sessions) -> bool:
        tries.append(sessions)
        if len(tries) == 1 and before is not None:
            assert await keep(before, before)
        return await keep(before, sessions)

    with monkeypatch.context() as patch:
        patch.setattr(life.store.starts, "keep", overtaken_once)
        await life.sees("Hades")
    assert len(tries) == 2
    assert life.changed.is_set()
    assert await life.due() == ["Hades"]


async def test_consent_is_asked_when_it_is_decided(life: Life):
    await life.sees()
    remembered = life.ann
    await life.allow(allowed=False)
    life.ann = remembered
    await life.sees("Hades")
    assert await life.store.starts.people() == []
    await life.store.starts.forget([life.ann.id])


@pytest.mark.parametrize(
    "how", ["withdrawn", "withdrawn and a death", "unclaimed", "deleted", "erased", "hidden", "off", "purged"]
)
async def test_and_when_it_is_told(life: Life, how: str):
    await life.sees()
    await life.sees("Hades")
    match how:
        case "withdrawn":
            await life.allow(allowed=False)
        case "withdrawn and a death":
            await life.store.statususers.allow(life.ann.id, SQUAD.chat_id, ANN, Allowance.WATCHES, allowed=False)
        case "unclaimed":
            await life.people.unclaim(life.ann, ANN, is_admin=False)
        case "deleted":
            await life.people.delete(life.ann, ANN, is_admin=False)
        case "erased":
            await life.store.personal.erase(await life.store.personal.meet(ANN))
        case "hidden":
            await life.people.show(life.ann, ANN, Visibility.HIDDEN)
        case "off":
            await life.wants(wanted=False)
        case "purged":
            await life.store.life.purge(SQUAD.chat_id)
    assert await life.told() == []
    if how not in {"withdrawn and a death", "hidden", "off"}:
        assert await life.store.starts.people() == []


async def test_what_is_kept_goes_with_the_next_tidying(life: Life):
    bob = await life.add("Bob", BOB)
    await life.people.allow(bob, BOB, Allowance.WATCHES, allowed=True)
    await life.store.starts.keep(None, Sessions(bob.id, BOB, SQUAD.chat_id))
    await life.sees()
    await life.book.tidy()
    assert len(await life.store.starts.people()) == 2
    await life.store.statususers.allow(bob.id, SQUAD.chat_id, BOB, Allowance.WATCHES, allowed=False)
    await life.book.tidy()
    assert await life.store.starts.people() == [life.ann.id]
    await life.wants(wanted=False)
    await life.book.tidy()
    assert await life.store.starts.people() == []


async def test_who_is_somebody_else_by_now_is_seen_for_the_first_time(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.store.statususers.unclaim(life.ann.id, SQUAD.chat_id, ANN)
    await life.store.statususers.claim(life.ann.id, SQUAD.chat_id, BOB)
    life.ann = await life.people.allow(life.ann, BOB, Allowance.WATCHES, allowed=True)
    assert await life.due() == [], "it is not Bob's"
    await life.sees("Dota 2")
    kept = await life.kept()
    assert kept is not None
    assert (kept.user_id, set(kept.spells), kept.due) == (BOB, {"dota 2"}, ())


async def test_who_hides_and_shows_again_has_not_started_anything(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.told()
    await life.people.show(life.ann, ANN, Visibility.HIDDEN)
    await life.sees("Hades")
    await life.people.show(life.ann, ANN, Visibility.PLAYING)
    await life.sees("Hades", minutes=60, ago=61)
    assert await life.due() == []


async def test_what_is_due_for_too_long_is_not_told(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.clock.advance(NEWS_FOR.total_seconds())
    assert await life.told() == []


async def test_what_comes_while_something_is_told_stays_due(life: Life):
    await life.sees()
    await life.sees("Hades")
    news = await life.news.of_chat(SQUAD.chat_id)
    await life.sees("Dota 2")
    await life.news.told(news, SQUAD.chat_id, ["Hades"])
    assert await life.due() == ["Dota 2"]


async def test_an_ignored_game_is_not_told_until_it_is_wanted_again(life: Life):
    await life.sees()
    await life.sees("Hades")
    assert not await life.news.ignore(SQUAD.chat_id, digest_of("Hades")), "it was not told yet"
    await life.told()
    assert await life.news.ignore(SQUAD.chat_id, digest_of("HADES\u2122"))
    assert await life.news.ignore(SQUAD.chat_id, digest_of("Hades")), "twice is once"
    assert await life.news.ignored(SQUAD.chat_id) == ("Hades",)
    await life.sees("Dota 2")
    await life.sees("hades", minutes=20)
    assert await life.told() == []
    assert not await life.news.tell_again(SQUAD.chat_id, digest_of("Dota 2"))
    assert await life.news.tell_again(SQUAD.chat_id, digest_of("Hades"))
    assert await life.news.ignored(SQUAD.chat_id) == ()
    await life.sees()
    await life.sees("Hades", minutes=20)
    assert await life.told() == ["Hades"]


async def test_as_many_games_are_ignored_as_gub_keeps(life: Life):
    games = [f"Game {number}" for number in range(IGNORED_TITLES + 5)]
    kept = await asyncio.gather(
        *(life.store.start_news.ignore(SQUAD.chat_id, game) for game in games), return_exceptions=True
    )
    ignored = await life.news.ignored(SQUAD.chat_id)
    assert len(ignored) == IGNORED_TITLES
    refused = [one for one in kept if one is not None]
    assert len(refused) == 5
    assert all(isinstance(one, LimitReached) for one in refused)
    await life.store.start_news.ignore(SQUAD.chat_id, ignored[0])
    await life.news.tell_again(SQUAD.chat_id, digest_of(ignored[7]))
    await life.store.start_news.ignore(SQUAD.chat_id, "One more")
    assert len(await life.news.ignored(SQUAD.chat_id)) == IGNORED_TITLES


async def test_a_chat_is_told_so_many_times_a_day(life: Life):
    await life.sees()
    last = []
    for number in range(TOLD_A_DAY + 3):
        await life.sees(f"Game {number}", minutes=15)
        news = await life.news.of_chat(SQUAD.chat_id)
        last.append(news.last)
        assert await life.told() == ([f"Game {number}"] if number < TOLD_A_DAY else [])
    assert [number for number, one in enumerate(last) if one] == [TOLD_A_DAY - 1]
    await life.sees("Tomorrow's", minutes=24 * 60 - 15 * (TOLD_A_DAY + 2))
    assert (await life.news.of_chat(SQUAD.chat_id)).last, "yesterday's first one is a day old, the others are not"
    assert await life.told() == ["Tomorrow's"]


async def test_it_moves_with_the_chat(life: Life):
    await life.sees()
    await life.sees("Hades")
    await life.store.start_news.ignore(SQUAD.chat_id, "Dota 2")
    news = await life.news.of_chat(SQUAD.chat_id)
    await life.store.life.migrate(SQUAD.chat_id, OTHER)
    assert (await life.news.of_chat(SQUAD.chat_id)).starts == ()
    assert list((await life.news.of_chat(OTHER)).starts) == [Started("Ann", "Hades")]
    # It was being told while the chat moved.
    await life.news.told(news, OTHER, ["Hades"])
    assert await life.news.waiting(10) == []
    assert await life.news.ignored(OTHER) == ("Dota 2",)
    assert await life.news.ignore(OTHER, digest_of("Hades"))


async def test_what_the_new_chat_ignores_already_stays(life: Life, store: Store):
    await store.chats.remember(ChatFacts(OTHER, "supergroup", "Squad"))
    await store.start_news.ignore(OTHER, "Halo")
    await store.start_news.ignore(SQUAD.chat_id, "Dota 2")
    await store.life.migrate(SQUAD.chat_id, OTHER)
    assert await life.news.ignored(OTHER) == ("Halo",)


async def test_a_new_chat_that_was_seen_first_ignores_what_the_old_one_did(life: Life, store: Store):
    await store.chats.remember(ChatFacts(OTHER, "supergroup", "Squad"))
    await store.start_news.ignore(SQUAD.chat_id, "Dota 2")
    await store.life.migrate(SQUAD.chat_id, OTHER)
    assert await life.news.ignored(OTHER) == ("Dota 2",)
    assert await store.start_news.chats() == [OTHER]


async def test_what_is_decided_while_the_chat_moves_is_of_the_new_one(life: Life, monkeypatch: pytest.MonkeyPatch):
    await life.sees()
    keep = life.store.starts.keep

    async def moves_first(before: Sessions | None, sessions: Sessions) -> bool:
        await life.store.life.migrate(SQUAD.chat_id, OTHER)
        return await keep(before, sessions)

    with monkeypatch.context() as patch:
        patch.setattr(life.store.starts, "keep", moves_first)
        await life.sees("Hades")
    kept = await life.kept()
    assert kept is not None
    assert kept.chat_id == OTHER, "else it would be told nowhere, and found by nobody who purges the chat"


async def test_of_a_chat_that_is_not_kept_nothing_is(life: Life):
    await life.store.start_news.ignore(OTHER, "Hades")
    await life.store.start_news.told(OTHER, life.clock.now(), ["Hades"])
    assert await life.news.ignored(OTHER) == ()
    assert not await life.store.starts.keep(Sessions(life.ann.id, ANN, OTHER), Sessions(life.ann.id, ANN, OTHER))
    assert await life.kept() is None


async def test_one_that_fails_in_between_is_told_later(life: Life):
    """Only the event was lost: what is due is in the database."""
    await life.sees()
    await life.store.starts.keep(
        await life.kept(), Sessions(life.ann.id, ANN, SQUAD.chat_id, due=(Start("Hades", life.clock.now()),))
    )
    assert await life.due() == ["Hades"]

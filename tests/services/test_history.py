"""The history of those who allow it, and of nobody else: what came, what went, and that it goes when they say so."""

from datetime import timedelta

import pytest

from gub.domain.errors import NotAllowed
from gub.domain.presence import AccountPresence, PersonPresence, Status, merge
from gub.domain.values import Account, Allowance, ChatFacts, Platform, StatusUser, Visibility
from gub.presence.look import Look, Seen
from gub.services.history import HistoryBook
from gub.services.people import People
from gub.store.mongo import connect
from gub.store.store import Store
from tests.support.clock import FakeClock

SQUAD, ANN, BOB = ChatFacts(-1001, "supergroup", "Squad"), 1, 2
STEAM = Platform.STEAM


class Life:
    """One person, and what the poller tells of them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = FakeClock()
        self.book = HistoryBook(store)
        self.people = People(store, {}, self.clock)
        self.ann: StatusUser = StatusUser("", 0, 0, "")

    async def begin(self) -> "Life":
        account = Account(STEAM, "7", "ann")
        self.ann = await self.store.statususers.add(SQUAD.chat_id, ANN, "Ann", {STEAM: account}, "Squad", person_id=ANN)
        return self

    async def allow(self, *, allowed: bool = True) -> None:
        self.ann = await self.people.allow(self.ann, ANN, Allowance.HISTORY, allowed=allowed)

    async def sees(self, status: Status, title: str | None = None, *, sure: bool = True, changed: bool = True) -> None:
        await self.clock.advance(60)
        presence = merge([AccountPresence(STEAM, "7", status, title=title, fetched_at=self.clock.now())])
        await self.tell({self.ann.id: Seen(self.ann, presence, changed=changed, sure=sure)})

    async def tell(self, people: dict[str, Seen]) -> None:
        await self.book.heard(Look(self.clock.now(), people, {}, frozenset()))

    async def loses(self) -> None:
        """Have a look in which they are no more."""
        await self.clock.advance(60)
        await self.book.heard(Look(self.clock.now(), {}, {}, frozenset(), gone={self.ann.id: self.ann}))

    async def kept(self) -> list[tuple[Status, str | None]]:
        return [(one.status, one.title) for one in reversed(await self.store.history.of_person(self.ann.id))]


@pytest.fixture
async def life(store: Store) -> Life:
    return await Life(store).begin()


async def test_nothing_is_kept_of_who_has_not_allowed_it(life: Life):
    await life.sees(Status.PLAYING, "Hades")
    assert await life.kept() == []
    assert list(await life.book.people()) == []


async def test_what_changes_is_kept_and_what_stays_is_not(life: Life):
    await life.allow()
    assert list(await life.book.people()) == [life.ann.id]
    for status, title in (
        (Status.OFFLINE, None),
        (Status.PLAYING, "Hades"),
        (Status.PLAYING, "HADES\u2122"),
        (Status.PLAYING, "Dota 2"),
        (Status.ONLINE, None),
        (Status.OFFLINE, None),
        (Status.OFFLINE, None),
    ):
        await life.sees(status, title)
    assert await life.kept() == [
        (Status.OFFLINE, None),
        (Status.PLAYING, "Hades"),
        (Status.PLAYING, "Dota 2"),
        (Status.ONLINE, None),
        (Status.OFFLINE, None),
    ]
    (first, *_) = reversed(await life.store.history.of_person(life.ann.id))
    assert (first.user_id, first.chat_id, first.at) == (ANN, SQUAD.chat_id, life.clock.now() - timedelta(minutes=6))


async def test_what_is_not_sure_or_not_known_is_no_news(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    await life.sees(Status.OFFLINE, sure=False)
    await life.sees(Status.UNKNOWN)
    await life.sees(Status.PLAYING, "Hades")
    assert await life.kept() == [(Status.PLAYING, "Hades")]


async def test_a_restart_writes_nothing_twice(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    life.book = HistoryBook(life.store)
    await life.sees(Status.PLAYING, "Hades")
    await life.sees(Status.OFFLINE)
    assert await life.kept() == [(Status.PLAYING, "Hades"), (Status.OFFLINE, None)]


async def test_the_same_look_told_twice_is_kept_once(life: Life):
    await life.allow()
    presence = PersonPresence(Status.OFFLINE)
    for _ in range(2):
        life.book = HistoryBook(life.store)
        await life.tell({life.ann.id: Seen(life.ann, presence, changed=True)})
    assert await life.kept() == [(Status.OFFLINE, None)]


async def test_whether_it_is_allowed_is_asked_at_the_moment_of_writing(life: Life):
    await life.allow()
    remembered = life.ann
    await life.allow(allowed=False)
    life.ann = remembered
    await life.sees(Status.PLAYING, "Hades")
    assert await life.kept() == []


async def test_what_somebody_does_not_show_is_kept_as_private(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    # Chosen since the poller read them.
    await life.people.show(life.ann, ANN, Visibility.PLAYING)
    await life.sees(Status.ONLINE)
    await life.people.show(life.ann, ANN, Visibility.HIDDEN)
    await life.sees(Status.PLAYING, "Dota 2")
    assert await life.kept() == [(Status.PLAYING, "Hades"), (Status.PRIVATE, None)]


async def test_who_hides_altogether_does_so_in_their_history_too(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    await life.people.show(life.ann, ANN, Visibility.HIDDEN)
    await life.loses()
    await life.people.show(life.ann, ANN, Visibility.EVERYONE)
    await life.sees(Status.PLAYING, "Hades")
    assert await life.kept() == [(Status.PLAYING, "Hades"), (Status.PRIVATE, None), (Status.PLAYING, "Hades")]


async def test_who_is_not_looked_at_any_more_for_another_reason_does_not_hide(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    await life.loses()
    assert await life.kept() == [(Status.PLAYING, "Hades")]
    await life.allow(allowed=False)
    await life.people.show(life.ann, ANN, Visibility.HIDDEN)
    await life.loses()
    assert await life.kept() == [], "they do not allow it"


async def test_who_allows_it_again_has_a_history_that_begins_anew(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    await life.allow(allowed=False)
    await life.sees(Status.PLAYING, "Hades")
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    assert await life.kept() == [(Status.PLAYING, "Hades")]


@pytest.mark.parametrize("how", ["withdrawn", "unclaimed", "deleted", "erased", "purged"])
async def test_it_goes_when_it_is_no_longer_allowed(life: Life, how: str):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    match how:
        case "withdrawn":
            await life.allow(allowed=False)
        case "unclaimed":
            await life.people.unclaim(life.ann, ANN, is_admin=False)
        case "deleted":
            await life.people.delete(life.ann, ANN, is_admin=False)
        case "erased":
            await life.store.personal.erase(await life.store.personal.meet(ANN))
        case "purged":
            await life.store.life.purge(SQUAD.chat_id)
    assert await life.kept() == []


async def test_nobody_allows_it_for_another(life: Life):
    with pytest.raises(NotAllowed):
        await life.people.allow(life.ann, BOB, Allowance.HISTORY, allowed=True)
    with pytest.raises(NotAllowed):
        await life.people.allow(life.ann, BOB, Allowance.HISTORY, allowed=False)
    assert list(await life.book.people()) == []


async def test_withdrawing_one_allowance_touches_no_other(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    await life.people.allow(life.ann, ANN, Allowance.WATCHES, allowed=True)
    await life.people.allow(life.ann, ANN, Allowance.WATCHES, allowed=False)
    assert await life.kept() == [(Status.PLAYING, "Hades")]


async def test_what_a_death_leaves_goes_with_the_next_tidying(life: Life):
    await life.allow()
    await life.sees(Status.PLAYING, "Hades")
    await life.book.tidy()
    assert len(await life.kept()) == 1
    # The leave is withdrawn, and the process dies before what was kept is deleted.
    await life.store.statususers.allow(life.ann.id, SQUAD.chat_id, ANN, Allowance.HISTORY, allowed=False)
    await life.book.tidy()
    assert await life.kept() == []
    await life.allow()
    await life.sees(Status.ONLINE)
    await life.store.statususers.delete(life.ann.id, SQUAD.chat_id)
    await life.book.tidy()
    assert await life.kept() == []
    assert await life.store.history.people() == []


async def test_it_is_forgotten_after_thirty_days(store: Store, mongo_uri: str, database_name: str):
    assert await store.history.people() == []
    client = connect(mongo_uri)
    indexes = await client[database_name]["presencechanges"].index_information()
    await client.close()
    assert indexes["at_ttl"]["expireAfterSeconds"] == 30 * 24 * 3600

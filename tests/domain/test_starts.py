"""When somebody starts a game: once a session, and only when it was seen to begin."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gub.domain.limits import SAME_SESSION
from gub.domain.presence import AccountPresence, Status, merge, title_key
from gub.domain.spells import Spell
from gub.domain.starts import NEWS_FOR, Start, digest_of, gone_on, visible_games
from gub.domain.values import Platform, StatusUser, Visibility

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def playing(
    title: str | None, since: datetime | None = NOW, platform: Platform = Platform.STEAM, *, stale: bool = False
) -> AccountPresence:
    return AccountPresence(platform, "7", Status.PLAYING, title=title, since=since, stale=stale)


class Somebody:
    """Plays, one minute after the other, and is told of."""

    def __init__(self) -> None:
        self.spells: dict[str, Spell] | None = None
        self.now = NOW
        self.since: dict[str, datetime] = {}

    def does(self, *titles: str, minutes: float = 1) -> list[str]:
        self.now += minutes * MINUTE
        self.since = {title: self.since.get(title, self.now) for title in titles}
        accounts = [playing(title, since) for title, since in self.since.items()]
        self.spells, started = gone_on(self.spells, accounts, self.now)
        return [one.title for one in started]


def test_what_is_played_when_somebody_is_first_seen_is_no_news():
    ann = Somebody()
    assert ann.does("Hades") == []
    assert ann.does("Hades") == []
    assert ann.does() == []
    assert ann.does("Hades", minutes=10) == ["Hades"]


def test_what_begins_is_news_once():
    ann = Somebody()
    ann.does()
    assert ann.does("Hades") == ["Hades"]
    assert ann.does("Hades") == []
    assert ann.does("HADES\u2122") == []


def test_a_restart_of_a_console_is_no_news():
    ann = Somebody()
    ann.does()
    ann.does("Hades")
    ann.does()
    assert ann.does("Hades", minutes=9.9) == []
    ann.does()
    assert ann.does("Hades", minutes=10) == ["Hades"]


def test_there_and_back_again_is_one_session():
    ann = Somebody()
    ann.does()
    assert ann.does("Hades") == ["Hades"]
    assert ann.does("Dota 2") == ["Dota 2"]
    assert ann.does("Hades") == []
    assert ann.does("Dota 2") == []
    assert ann.does("Hades", minutes=30) == ["Hades"]


def test_a_game_on_two_accounts_is_one():
    accounts = [playing("Hades"), playing("Hades", platform=Platform.XBOX)]
    assert gone_on({}, accounts, NOW)[1] == [Start("Hades", NOW)]
    spells, _ = gone_on({}, accounts, NOW)
    assert gone_on(spells, accounts[1:], NOW + MINUTE) == (spells, [])


def test_two_games_at_once_are_two():
    accounts = [playing("Hades"), playing("Dota 2", platform=Platform.XBOX)]
    assert [one.title for one in gone_on({}, accounts, NOW)[1]] == ["Hades", "Dota 2"]


def test_a_game_without_a_name_that_can_be_seen_is_no_news():
    assert gone_on({}, [playing(None), playing(""), playing("\u200b\u202e")], NOW) == ({}, [])


def test_only_what_was_seen_to_begin_lately_is_news():
    """Else it began while nobody looked: GUB was away, or it was not allowed yet."""
    for since in (None, NOW - NEWS_FOR, NOW - timedelta(hours=3)):
        spells, started = gone_on({}, [playing("Hades", since)], NOW)
        assert started == []
        assert gone_on(spells, [playing("Hades", NOW)], NOW)[1] == [], "nor is it later"
    assert gone_on({}, [playing("Hades", NOW - NEWS_FOR + MINUTE)], NOW)[1]
    one_older = [playing("Hades", NOW), playing("Hades", None, Platform.XBOX)]
    assert gone_on({}, one_older, NOW)[1] == []


def test_what_is_over_for_good_is_forgotten():
    ann = Somebody()
    ann.does()
    ann.does("Hades")
    ann.does()
    assert ann.spells == {"hades": Spell(lasts=False, lapsed_at=ann.now)}
    ann.does(minutes=9)
    assert ann.spells
    ann.does()
    assert ann.spells == {}


def test_a_title_can_be_stored_whatever_it_is():
    for title in ("\ud800Hades", "Ha\0des", "\udfff" * 200 + "x"):
        _, started = gone_on({}, [playing(title)], NOW)
        assert all(one.title.encode() for one in started)
        assert not any("\0" in one.title for one in started)


def test_a_title_without_an_end_is_cut():
    _, (start,) = gone_on({}, [playing("x" * 10_000)], NOW)
    assert len(start.title) < 200


def test_nobody_plays_who_does_not_let_it_be_seen():
    presence = merge([playing("Hades")])
    for visibility, seen in (
        (Visibility.EVERYONE, presence.playing),
        (Visibility.PLAYING, presence.playing),
        (Visibility.HIDDEN, ()),
    ):
        person = StatusUser("a", -1, 1, "Ann", visibility=visibility)
        assert visible_games(person, presence) == seen


def test_a_start_is_news_for_ten_minutes():
    assert Start("Hades", NOW).is_news(NOW + NEWS_FOR - MINUTE)
    assert not Start("Hades", NOW).is_news(NOW + NEWS_FOR)


def test_a_digest_is_of_the_game_and_short():
    assert digest_of("Hades") == digest_of("  HADES\u2122 ") != digest_of("Hades II")
    assert len(digest_of("x" * 10_000)) == 16


games = st.lists(st.sampled_from(["Hades", "HADES", "Dota 2", "Halo"]), max_size=3, unique_by=title_key)


@given(st.lists(st.tuples(st.integers(0, 30), games), max_size=60))
def test_between_two_news_of_a_game_it_was_not_played_for_long_enough(steps: list[tuple[int, list[str]]]):
    spells: dict[str, Spell] | None = None
    at, played_at = NOW, dict[str, datetime]()
    for number, (minutes, titles) in enumerate(steps):
        at += minutes * MINUTE
        keys = {title_key(title) for title in titles}
        spells, started = gone_on(spells, [playing(title, at) for title in titles], at)
        told = [title_key(one.title) for one in started]
        assert len(told) == len(set(told))
        for key in told:
            assert number > 0
            assert key in keys
            assert key not in played_at or at - played_at[key] >= SAME_SESSION
        played_at |= dict.fromkeys(keys, at)
        assert {key for key, spell in spells.items() if spell.lasts} == keys


@given(st.lists(st.tuples(st.integers(1, 30), games), max_size=40))
def test_whatever_begins_after_a_long_time_is_news(steps: list[tuple[int, list[str]]]):
    spells: dict[str, Spell] = {}
    at, over_since = NOW, dict[str, datetime | None]()
    for minutes, titles in steps:
        at += minutes * MINUTE
        spells, started = gone_on(spells, [playing(title, at) for title in titles], at)
        told, keys = {title_key(one.title) for one in started}, {title_key(title) for title in titles}
        for key in keys:
            over = over_since.get(key)
            assert (key in told) is (key not in over_since or (over is not None and at - over >= SAME_SESSION))
        over_since = {key: since or at for key, since in over_since.items()} | dict.fromkeys(keys)

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence, Status, merge, same_doing, title_key
from gub.domain.values import Platform

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
times = st.none() | st.integers(0, 600).map(lambda minutes: NOON + timedelta(minutes=minutes))
devices = st.sampled_from([None, "Scarlett", "PS5", "PC", "iOS", "Toaster"])
presences = st.builds(
    AccountPresence,
    platform=st.sampled_from(Platform),
    account_id=st.sampled_from(["1", "2", "3"]),
    status=st.sampled_from(Status),
    title=st.none() | st.text(max_size=5),
    device=devices,
    since=times,
    last_seen=times,
    fetched_at=times,
    stale=st.booleans(),
    busy=st.booleans(),
    away=st.booleans(),
)
people = st.lists(presences, max_size=6, unique_by=lambda one: (one.platform, one.account_id))


def account(platform: Platform, status: Status, **facts: object) -> AccountPresence:
    return replace(AccountPresence(platform, "1", status, fetched_at=NOON), **facts)  # type: ignore[arg-type]


def test_the_order_of_the_design() -> None:
    order = ["playing", "online", "away", "phone", "offline", "private", "unknown"]
    assert [status.value for status in sorted(Status, key=lambda status: status.rank)] == order


def test_nobody_known_is_unknown() -> None:
    assert merge(()).status is Status.UNKNOWN
    assert merge(()).unanswered == ()


def test_a_console_in_use_beats_a_phone() -> None:
    phone = account(Platform.PSN, Status.PHONE, device="MOBILE_APP")
    away = account(Platform.XBOX, Status.AWAY, device="Scarlett")
    assert merge([phone, away]).main == away


def test_the_latest_game_is_the_main_one_and_all_are_shown() -> None:
    early = account(Platform.XBOX, Status.PLAYING, title="Halo", device="Scarlett", since=NOON)
    late = account(Platform.STEAM, Status.PLAYING, title="Dota 2", device="PC", since=NOON + timedelta(hours=1))
    person = merge([early, late])
    assert person.main == late
    assert person.playing == (late, early)


def test_on_a_tie_a_console_goes_before_a_computer() -> None:
    steam = account(Platform.STEAM, Status.PLAYING, title="Dota 2", device="PC", since=NOON)
    psn = account(Platform.PSN, Status.PLAYING, title="Astro Bot", device="PS5", since=NOON)
    assert merge([steam, psn]).main == psn


def test_who_says_offline_is_named() -> None:
    offline = account(Platform.XBOX, Status.OFFLINE)
    silent = account(Platform.PSN, Status.UNKNOWN, fetched_at=None)
    person = merge([silent, offline])
    assert (person.status, person.offline, person.unanswered) == (Status.OFFLINE, (Platform.XBOX,), (Platform.PSN,))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Halo\u00ae Infinite", "HALO Infinite\u2122", True),
        ("Tom\u200b Clancy", "Tom  Clancy", True),
        ("Diablo\u200b IV", "Diablo IV", True),
        ("Halo 2", "Halo 3", False),
        (None, "", True),
        ("A\u2122", "ATM", False),
    ],
)
def test_titles_are_compared_by_what_is_seen_of_them(one: str | None, other: str | None, same: bool) -> None:
    assert (title_key(one) == title_key(other)) is same


def test_a_game_is_the_same_by_its_id_else_by_its_title() -> None:
    playing = account(Platform.XBOX, Status.PLAYING, title="Halo", title_id="1")
    assert same_doing(playing, replace(playing, title="Halo (new name)"))
    assert same_doing(playing, replace(playing, title_id=None))
    assert not same_doing(playing, replace(playing, title_id="2"))
    assert not same_doing(playing, replace(playing, status=Status.ONLINE))


def test_a_silent_platform_is_named_and_a_kept_answer_is_marked() -> None:
    kept = account(Platform.XBOX, Status.PLAYING, stale=True)
    silent = account(Platform.PSN, Status.UNKNOWN, fetched_at=None)
    missing = account(Platform.STEAM, Status.UNKNOWN)
    person = merge([kept, silent, missing])
    assert person.status is Status.PLAYING
    assert person.stale_platforms == (Platform.XBOX,)
    assert person.unanswered == (Platform.PSN,)


def test_an_answer_that_grew_too_old_counts_as_none() -> None:
    expired = account(Platform.XBOX, Status.UNKNOWN, stale=True)
    person = merge([expired])
    assert person.unanswered == (Platform.XBOX,)
    assert person.stale_platforms == ()


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_asking_does_not_matter(accounts: list[AccountPresence], random: object) -> None:
    shuffled = list(accounts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge(shuffled) == merge(accounts)


@given(people)
def test_saying_it_twice_changes_nothing(accounts: list[AccountPresence]) -> None:
    assert merge(accounts + accounts) == merge(accounts)


@given(people, presences)
def test_one_more_account_never_makes_anybody_look_worse(
    accounts: list[AccountPresence], more: AccountPresence
) -> None:
    before, after = merge(accounts), merge([*accounts, more])
    assert after.status.rank <= before.status.rank
    if more.status is Status.UNKNOWN and accounts:
        assert after.status is before.status
        assert after.playing == before.playing
        assert after.main == before.main or before.status is Status.UNKNOWN


@given(people, st.data())
def test_who_answers_late_or_not_at_all_never_turns_anybody_offline(
    accounts: list[AccountPresence], data: st.DataObject
) -> None:
    """Whatever becomes stale stays as good as it was; and what becomes unknown leaves the others' word standing."""
    stale = [replace(one, stale=one.stale or data.draw(st.booleans())) for one in accounts]
    assert merge(stale).status is merge(accounts).status
    lost = [replace(one, status=Status.UNKNOWN, stale=True) if one.stale else one for one in stale]
    kept = merge([one for one in stale if not one.stale])
    assert merge(lost).status is kept.status


@given(people)
def test_the_summary_agrees_with_the_accounts(accounts: list[AccountPresence]) -> None:
    person = merge(accounts)
    assert person.status.rank == min((one.status.rank for one in accounts), default=Status.UNKNOWN.rank)
    assert set(person.playing) == {one for one in accounts if one.status is Status.PLAYING}
    assert (person.main is None) == (not person.status.present)
    assert person.last_seen == max((one.last_seen for one in accounts if one.last_seen), default=None)
    if person.playing:
        assert person.main == person.playing[0]

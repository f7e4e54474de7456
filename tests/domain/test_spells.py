"""When something begins to be so."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gub.domain.limits import SAME_SESSION
from gub.domain.spells import Spell, stepped

NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_what_is_seen_for_the_first_time_is_no_news() -> None:
    assert stepped(None, NOW, is_so=True) == (Spell(lasts=True), False)
    assert stepped(None, NOW, is_so=False) == (Spell(lasts=False), False)


def test_what_begins_is_news_once() -> None:
    spell, _ = stepped(None, NOW, is_so=False)
    spell, news = stepped(spell, NOW + MINUTE, is_so=True)
    assert news
    assert stepped(spell, NOW + 2 * MINUTE, is_so=True) == (Spell(lasts=True), False)


def test_a_restart_is_no_news() -> None:
    spell, _ = stepped(Spell(lasts=True), NOW, is_so=False)
    spell, _ = stepped(spell, NOW + 9 * MINUTE, is_so=False)
    assert stepped(spell, NOW + SAME_SESSION - timedelta(milliseconds=1), is_so=True) == (Spell(lasts=True), False)
    assert stepped(spell, NOW + SAME_SESSION, is_so=True) == (Spell(lasts=True), True)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), max_size=60))
def test_between_two_news_it_was_not_so_for_long_enough(steps: list[tuple[int, bool]]) -> None:
    spell, at, so_last = None, NOW, None
    for minutes, is_so in steps:
        at += minutes * MINUTE
        spell, news = stepped(spell, at, is_so=is_so)
        if news:
            assert is_so
            assert so_last is None or at - so_last >= SAME_SESSION
        so_last = at if is_so else so_last

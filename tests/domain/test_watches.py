"""When what somebody waits for is so."""

from hypothesis import given
from hypothesis import strategies as st

from gub.domain.presence import AccountPresence, Status, merge
from gub.domain.values import Platform, StatusUser, Visibility
from gub.domain.watches import are_enough, is_on, is_playing


def person(visibility: Visibility = Visibility.EVERYONE) -> StatusUser:
    return StatusUser("1", -5, 1, "Bob", visibility=visibility)


def does(status: Status, title: str | None = None, *others: AccountPresence):
    return merge([AccountPresence(Platform.STEAM, "1", status, title=title), *others])


def test_who_has_a_phone_in_hand_is_not_on():
    assert {status for status in Status if is_on(person(), does(status))} == {
        Status.PLAYING,
        Status.ONLINE,
        Status.AWAY,
    }


def test_what_is_not_to_be_seen_is_not_so():
    assert not is_on(person(Visibility.PLAYING), does(Status.ONLINE))
    assert is_on(person(Visibility.PLAYING), does(Status.PLAYING, "Chess"))
    assert not is_on(person(Visibility.HIDDEN), does(Status.PLAYING, "Chess"))
    assert not is_playing(person(Visibility.HIDDEN), does(Status.PLAYING, "Chess"), None)


def test_a_game_is_the_same_however_it_is_spelled_and_on_whichever_platform():
    other = AccountPresence(Platform.XBOX, "2", Status.PLAYING, title="HALO® Infinite")
    assert is_playing(person(), does(Status.PLAYING, "Chess", other), "halo infinite")
    assert is_playing(person(), does(Status.PLAYING, "Chess", other), None)
    assert not is_playing(person(), does(Status.PLAYING, "Chess", other), "Go")
    assert not is_playing(person(), does(Status.ONLINE), None)


@given(st.lists(st.sampled_from([True, False, None]), max_size=12), st.integers(1, 8))
def test_it_is_told_only_what_holds_whatever_the_unsure_turn_out_to_be(told: list[bool | None], count: int):
    worst, best = sum(one is True for one in told), sum(one is not False for one in told)
    said = are_enough(told, count)
    assert said is (True if worst >= count else False if best < count else None)

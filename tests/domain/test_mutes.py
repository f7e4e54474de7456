from datetime import UTC, datetime, timedelta

from gub.domain.mutes import MuteFor, is_muted, muted, muted_until
from gub.domain.values import NotifyGroup

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)


def group(**mutes: datetime | None) -> NotifyGroup:
    return NotifyGroup("0" * 24, -1, 1, "Duo", None, (1, 2, 3), mutes={int(key[1:]): at for key, at in mutes.items()})


def test_a_mute_lasts_an_hour_a_day_or_for_good():
    assert muted_until(MuteFor.HOUR, NOW) == NOW + timedelta(hours=1)
    assert muted_until(MuteFor.TOMORROW, NOW) == NOW + timedelta(days=1)
    assert muted_until(MuteFor.GOOD, NOW) is None


def test_a_mute_ends_by_itself():
    one = group(_2=NOW + timedelta(hours=1), _3=None)
    assert muted(one, NOW) == {2, 3}
    assert muted(one, NOW + timedelta(hours=1)) == {3}
    assert not is_muted(one, 1, NOW)


def test_the_mute_of_who_is_no_member_is_nothing():
    assert muted(group(_9=None), NOW) == frozenset()

import pytest

from gub.domain.presence import Status
from gub.domain.values import Visibility
from gub.domain.visibility import is_shown, may_be_asked_about


@pytest.mark.parametrize("status", Status)
def test_d69_everyone_always_and_hidden_never(status: Status) -> None:
    assert is_shown(Visibility.EVERYONE, status)
    assert not is_shown(Visibility.HIDDEN, status)
    assert is_shown(Visibility.PLAYING, status) is (status is Status.PLAYING)


@pytest.mark.parametrize("visibility", Visibility)
def test_nobody_is_asked_about_in_vain(visibility: Visibility) -> None:
    assert may_be_asked_about(visibility) is any(is_shown(visibility, status) for status in Status)

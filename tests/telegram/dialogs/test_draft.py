"""A status user in the making."""

from hypothesis import given
from hypothesis import strategies as st

from gub.domain.values import Account, Platform
from gub.telegram.dialogs.book import Dialog
from gub.telegram.dialogs.draft import CONFIRM, NAME, Draft

PLATFORMS = st.lists(st.sampled_from(Platform), unique=True, min_size=1).map(tuple)


def accounts(platform: Platform) -> st.SearchStrategy[Account | None]:
    return st.none() | st.builds(Account, st.just(platform), st.text(min_size=1), st.text(min_size=1))


@given(PLATFORMS, st.data())
def test_each_platform_is_asked_once_and_confirm_comes_last_with_an_account(
    asked: tuple[Platform, ...], data: st.DataObject
):
    draft = Draft("0" * 24, -5, asked)
    assert draft.step == NAME
    draft = draft.named("Zed")
    for platform in asked:
        assert draft.step == platform
        draft = draft.answered(platform, data.draw(accounts(platform)))
    if draft.accounts:
        assert draft.step == CONFIRM
        redone = draft.without(next(iter(draft.accounts)))
        assert redone.step in asked
    else:
        assert draft.step == asked[0], "at least one is needed"
        assert not draft.answers


@given(PLATFORMS, st.none() | st.text(), st.none() | st.integers(1), st.data())
def test_it_is_read_as_it_was_written(
    asked: tuple[Platform, ...], name: str | None, thread_id: int | None, data: st.DataObject
):
    answers = {platform: data.draw(accounts(platform)) for platform in asked[1:]}
    draft = Draft("0" * 24, -5, asked, thread_id, name, answers)
    stored = Dialog(1, 2, 2, "id", "adding", draft.step, draft.to_open())
    assert Draft.of(stored) == draft
    moved = Dialog(1, 2, 2, "id", "adding", draft.step, draft.to_open() | {"chat_id": -6})
    assert Draft.of(moved).chat_id == -6
    assert "chat_id" not in draft.as_data(), "or a migration would be undone by the next answer"

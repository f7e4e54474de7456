"""A notify group in the making."""

from hypothesis import given
from hypothesis import strategies as st

from gub.telegram.dialogs.book import Dialog
from gub.telegram.dialogs.draft import NAME
from gub.telegram.dialogs.group_draft import DESCRIPTION, JOINING, NEW_GROUP, GroupDraft

DRAFTS = st.builds(
    GroupDraft,
    st.just("0" * 24),
    st.just(-5),
    st.none() | st.integers(1),
    st.none() | st.text(min_size=1),
    st.none() | st.text(min_size=1),
    st.none() | st.text(min_size=1),
    st.booleans(),
)


def stored(draft: GroupDraft, **more: object) -> Dialog:
    return Dialog(1, 2, 2, "id", NEW_GROUP, draft.step, draft.to_open() | more)


@given(DRAFTS)
def test_it_is_read_as_it_was_written(draft: GroupDraft):
    assert GroupDraft.of(stored(draft)) == draft
    assert GroupDraft.of(stored(draft, chat_id=-6)).chat_id == -6
    assert "chat_id" not in draft.as_data(), "or a migration would be undone by the next answer"


def test_the_name_is_asked_then_the_description_then_who_may_join():
    draft = GroupDraft("0" * 24, -5)
    assert draft.step == NAME
    suggesting = draft.named(None, suggestion="war_zone")
    assert (suggesting.step, suggesting.suggestion) == (NAME, "war_zone")
    named = suggesting.named("Warzone")
    assert (named.step, named.suggestion) == (DESCRIPTION, None)
    assert named.with_description(None).step == JOINING
    described = named.with_description("evenings")
    assert described.step == JOINING
    again = described.named(None)
    assert (again.step, again.named("War").step, again.named("War").description) == (NAME, JOINING, "evenings")


def test_one_that_lacks_what_came_later_is_read():
    draft = GroupDraft.of(Dialog(1, 2, 2, "id", NEW_GROUP, NAME, {"chat_id": -5, "group": "0" * 24}))
    assert draft == GroupDraft("0" * 24, -5)

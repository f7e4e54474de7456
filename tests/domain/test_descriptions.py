"""What may be said about a group."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.descriptions import clean_description
from gub.domain.errors import BadDescription
from gub.domain.limits import DESCRIPTION_UNITS
from gub.domain.names import visible_length
from gub.domain.splitting import utf16_length


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("evenings, any rank", "evenings, any rank"),
        ("  one \t two  ", "one two"),
        ("first\n\n\n\nsecond\r\n \u200b \nthird", "first\nsecond\nthird"),
        ("`code` <b> $ne @ann {0}", "`code` <b> $ne @ann {0}"),
        ("\u202eevil\u202c", "evil"),
        ("👩\u200d👩\u200d👧 مرحبا", "👩\u200d👩\u200d👧 مرحبا"),
        ("x" * DESCRIPTION_UNITS, "x" * DESCRIPTION_UNITS),
    ],
)
def test_d23_it_is_kept_as_it_is_seen(text: str, kept: str):
    assert clean_description(text) == kept


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b", "\u202e\u202c", "x" * (DESCRIPTION_UNITS + 1), "🎮" * 129])
def test_d23_what_is_too_long_or_not_to_be_seen_is_refused(text: str):
    with pytest.raises(BadDescription):
        clean_description(text)


@given(st.text(max_size=300))
def test_what_is_kept_is_kept_for_good(text: str):
    try:
        kept = clean_description(text)
    except BadDescription:
        return
    assert clean_description(kept) == kept
    assert visible_length(kept)
    assert utf16_length(kept) <= DESCRIPTION_UNITS

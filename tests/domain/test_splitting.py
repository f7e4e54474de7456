from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.limits import MESSAGE_ENTITIES, MESSAGE_UNITS
from gub.domain.splitting import MESSAGE, Size, characters, cut, pack, utf16_length

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
texts = st.text(alphabet=st.one_of(st.characters(codec="utf-8"), st.sampled_from("\n\n   😀🇨🇦\u200d\ufe0f\u0301")))


@given(texts)
def test_length_is_telegrams(text: str):
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2


@given(texts, st.integers(2, 50))
def test_cutting_loses_nothing_and_every_piece_fits(text: str, units: int):
    pieces = cut(text, units)
    assert "".join(pieces) == text
    assert all(piece and utf16_length(piece) <= units for piece in pieces)


@given(texts, st.integers(2, 50))
def test_pieces_are_not_scraps(text: str, units: int):
    pieces = cut(text, units)
    # Two neighbours never fit one piece together by a wide margin: the cutter fills at least a third.
    assert len(pieces) <= 1 + utf16_length(text) * 3 // max(1, units - 2)


@pytest.mark.parametrize("character", [FAMILY, "🇨🇦", "👍🏽", "e\u0301", "\r\n", "#\ufe0f\u20e3"])
@pytest.mark.parametrize("before", range(12))
def test_a_character_as_seen_is_never_cut(character: str, before: int):
    pieces = cut("x" * before + character + "y" * 20, 12)
    assert any(character in piece for piece in pieces)


def test_flags_in_a_row_are_cut_between_flags():
    assert cut("🇨🇦🇩🇪🇫🇷", 6) == ["🇨🇦", "🇩🇪", "🇫🇷"]


def test_lines_then_words_are_preferred():
    assert cut("one two\nthree four", 10) == ["one two\n", "three four"]
    assert cut("one two three four", 10) == ["one two ", "three four"]
    assert cut("abcdefghijklmno", 10) == ["abcdefghij", "klmno"]


def test_an_early_line_end_does_not_make_a_scrap():
    assert cut("a\n" + "b" * 30, 20) == ["a\n" + "b" * 18, "b" * 12]


def test_a_character_longer_than_a_piece_is_cut_between_code_points():
    heap = "a" + "\u0301" * 30
    assert "".join(cut(heap, 10)) == heap


def test_a_piece_must_hold_an_emoji():
    with pytest.raises(ValueError, match="room"):
        cut("😀", 1)


def test_no_text_is_no_piece():
    assert cut("", 10) == []
    assert pack([]) == []


sizes = st.lists(st.builds(Size, st.integers(0, MESSAGE_UNITS), st.integers(0, MESSAGE_ENTITIES)), max_size=40)


@given(sizes)
def test_packing_keeps_every_item_whole_and_in_order(items: list[Size]):
    runs = pack(items)
    assert [index for run in runs for index in run] == list(range(len(items)))
    for run in runs:
        assert len(run)
        assert sum(items[index].units for index in run) <= MESSAGE_UNITS
        assert sum(items[index].entities for index in run) <= MESSAGE_ENTITIES


@given(sizes)
def test_packing_takes_the_fewest_messages(items: list[Size]):
    runs = pack(items)
    for run, following in pairwise(runs):
        both = [items[index] for index in (*run, following[0])]
        assert sum(i.units for i in both) > MESSAGE_UNITS or sum(i.entities for i in both) > MESSAGE_ENTITIES


def test_an_item_too_big_for_a_message_is_refused():
    with pytest.raises(ValueError, match="item 1"):
        pack([Size(1), Size(MESSAGE_UNITS + 1)], MESSAGE)
    with pytest.raises(ValueError, match="item 0"):
        pack([Size(1, MESSAGE_ENTITIES + 1)])


@given(texts)
def test_characters_are_the_text(text: str):
    assert "".join(characters(text)) == text


def test_an_emoji_family_is_one_character():
    assert characters(f"a{FAMILY}🇨🇦b") == ["a", FAMILY, "🇨🇦", "b"]

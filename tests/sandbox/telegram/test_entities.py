"""UTF-16 arithmetic, against Python's own codec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.sandbox.telegram.entities import (
    boundaries,
    covered,
    find_entities,
    parse_entities,
    trim,
    utf16_length,
    with_automatic,
)
from gub.sandbox.telegram.errors import ApiError

texts = st.text(st.characters(codec="utf-8"), max_size=60)
busy = st.lists(st.sampled_from(["/go", "@ann_x", "#tag", "https://a.de/b", "😀", " ", "é", "\n", "x"]), max_size=20)


@given(texts)
def test_lengths_and_boundaries(text: str) -> None:
    assert utf16_length(text) == len(text.encode("utf-16-le")) // 2
    ends = boundaries(text)
    assert max(ends) == utf16_length(text)
    assert all(utf16_length(text[:index]) == offset for offset, index in ends.items())


@given(texts, st.data())
def test_a_marked_part_survives_trimming(text: str, data: st.DataObject) -> None:
    ends = sorted(boundaries(text))
    start, end = sorted((data.draw(st.sampled_from(ends)), data.draw(st.sampled_from(ends))))
    entity = {"type": "bold", "offset": start, "length": end - start}
    body, moved = trim(text, [entity])
    assert body == text.strip()
    marked = covered(text, entity)
    assert [covered(body, e) for e in moved] in ([], [marked.strip()], [marked.lstrip()], [marked.rstrip()], [marked])
    if marked.strip():
        assert moved
    if not body:
        assert not moved


@given(busy.map("".join))
def test_what_is_found_lies_in_the_text_and_does_not_overlap(text: str) -> None:
    last = 0
    for entity in find_entities(text):
        assert entity["offset"] >= last
        last = entity["offset"] + entity["length"]
        assert covered(text, entity)[0] in "/@#ha"
    assert last <= utf16_length(text)


def test_what_is_marked_as_solid_is_left_alone() -> None:
    code = {"type": "code", "offset": 0, "length": 4}
    assert with_automatic("@ann @bob", [code]) == [code, {"type": "mention", "offset": 5, "length": 4}]


def test_commands_are_where_tdlib_sees_them() -> None:
    text = "/go@some_bot <b>x</b> </i> /go> (/in) #/out 1/2 a/b /a/b @/up"
    found = [covered(text, e) for e in find_entities(text) if e["type"] == "bot_command"]
    assert found == ["/go@some_bot", "/in", "/out", "/up"]


@pytest.mark.parametrize("wanted", ["", "r", "t", "dt", "wDT", "w"])
def test_a_time_is_taken_in_every_format_there_is(wanted: str) -> None:
    time = {"type": "date_time", "offset": 0, "length": 5, "unix_time": 1_795_370_400, "date_time_format": wanted}
    assert parse_entities([time], "19:00", lambda _: True) == [time]


@pytest.mark.parametrize(
    "more",
    [{}, {"unix_time": "now"}, {"unix_time": True}]
    + [{"unix_time": 1, "date_time_format": wanted} for wanted in ("rt", "td", "x", "tT", None, 5)],
)
def test_a_time_that_is_none_is_refused(more: dict[str, object]) -> None:
    time = {"type": "date_time", "offset": 0, "length": 5, **more}
    with pytest.raises(ApiError):
        parse_entities([time], "19:00", lambda _: True)

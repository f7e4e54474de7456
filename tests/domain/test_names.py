import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gub.domain.errors import BadName
from gub.domain.limits import NAME_CHARACTERS
from gub.domain.names import clean_display_name, clean_group_name, fold, seen_part, visible_length
from gub.domain.splitting import utf16_length

FAMILY = "👨\u200d👩\u200d👧\u200d👦"

GOOD = [
    "Player1",
    "C++",
    "(duo)",
    "$ne",
    ".*",
    "team?",
    "a|b",
    "[x](y)",
    "<b>&_*`",
    "@cyd",
    "/status",
    "cancel",
    "Wärzone",
    "Ёлка",
    "夜更かし組",
    "فريق",
    "می\u200cخواهم",
    "שָׁלוֹם",
    "नमस्ते",
    "क्\u200dष",
    "ไทยที่นี่",
    "Việt",
    "🎮",
    FAMILY,
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "#\ufe0f\u20e3",
    "❤️\u200d🔥",
    "🇨🇦",
    "👍🏽",
    "\U0001fae9",  # a face of Unicode 16, unknown to Python 3.11
]


@pytest.mark.parametrize("name", GOOD)
def test_any_script_and_any_sign_is_a_name(name: str):
    assert clean_group_name(name) == unicodedata.normalize("NFC", name)
    assert clean_display_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", ["", " ", "\n\t", "\u3000"])
def test_nothing_is_no_name(name: str):
    for clean in (clean_display_name, clean_group_name):
        with pytest.raises(BadName) as caught:
            clean(name)
        assert caught.value.problem == "empty"
        assert caught.value.suggestion is None


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("\u200b\u200b", None),
        ("\u3164", None),
        ("\u2800", None),
        ("\u200d", None),
        ("\u0301", None),
        ("\x07bell", "bell"),
        ("a\u202eb", "ab"),
        ("\u2068Ann\u2069", "Ann"),
        ("Ann\u200d", "Ann"),
        ("A\u200dnn", "Ann"),
        ("Ann\ufe0f\ufe0f", "Ann\ufe0f"),
        ("Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306", "Z\u0300\u0301\u0302\u0303"),
        ("a\ufdd0", "a"),
        ("a\ue000", "a"),
        ("a\U000e0041", "a"),
    ],
)
def test_what_cannot_be_seen_is_refused_with_what_would_do(name: str, suggestion: str | None):
    for clean in (clean_display_name, clean_group_name):
        with pytest.raises(BadName) as caught:
            clean(name)
        assert caught.value.problem == "invisible"
        assert caught.value.suggestion == suggestion


def test_d23_length_is_what_is_seen():
    for name in ("x" * NAME_CHARACTERS, "é" * NAME_CHARACTERS, "😀" * NAME_CHARACTERS, "🇨🇦" * NAME_CHARACTERS):
        assert clean_group_name(name) == name
    with pytest.raises(BadName) as caught:
        clean_group_name("x" * (NAME_CHARACTERS + 1))
    assert (caught.value.problem, caught.value.suggestion) == ("too_long", "x" * NAME_CHARACTERS)


def test_visible_length_counts_what_is_seen():
    assert visible_length(f"a{FAMILY}e\u0301") == 3


def test_many_units_in_few_characters_are_too_long():
    with pytest.raises(BadName) as caught:
        clean_group_name(FAMILY * 20)
    assert caught.value.problem == "too_long"
    assert caught.value.suggestion == FAMILY * 11


@pytest.mark.parametrize("name", ["war zone", "war\tzone", "war\nzone", "war\u00a0zone", "war\u2003 zone"])
def test_d23_white_space_in_a_group_name_is_offered_as_underscores(name: str):
    with pytest.raises(BadName) as caught:
        clean_group_name(name)
    assert (caught.value.problem, caught.value.suggestion) == ("white_space", "war_zone")


def test_d24_a_long_name_with_spaces_is_offered_short():
    with pytest.raises(BadName) as caught:
        clean_group_name("the long name of a group that plays " * 3)
    assert caught.value.problem == "white_space"
    assert caught.value.suggestion is not None
    assert clean_group_name(caught.value.suggestion) == caught.value.suggestion


def test_white_space_in_a_display_name_is_one_space():
    assert clean_display_name("  Big \n\t Ann ") == "Big Ann"


def test_names_are_composed():
    assert clean_group_name("e\u0301quipe") == "équipe"


def test_d22_names_are_the_same_in_any_case():
    assert fold("War") == fold("wAR")
    assert fold("Straße") == fold("STRASSE")
    assert fold("Ｗａｒ") == fold("war")
    assert fold("C++") != fold("C")


hostile = st.text(
    alphabet=st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from("ab 😀é\u0301\u0300\u200d\u200c\u202e\u3164\ufe0f🇨🏴\U000e0067\u0bbe"),
    ),
    max_size=200,
)


def attempt(clean: Callable[[str], str], text: str) -> tuple[str | None, str | None]:
    """Give the clean name, or None and what is suggested instead."""
    try:
        return clean(text), None
    except BadName as bad:
        return None, bad.suggestion


@given(hostile, st.sampled_from([clean_display_name, clean_group_name]))
def test_every_name_is_clean_for_good_or_refused(text: str, clean: Callable[[str], str]):
    name, suggestion = attempt(clean, text)
    if suggestion is not None:
        assert clean(suggestion) == unicodedata.normalize("NFC", suggestion)
    if name is not None:
        assert clean(name) == name
        assert 1 <= visible_length(name) <= NAME_CHARACTERS
        assert utf16_length(name) <= 128
        assert not any(unicodedata.category(character) in {"Cc", "Zl", "Zp", "Cs"} for character in name)


@given(hostile)
def test_the_seen_part_is_left_whole(text: str):
    assert seen_part(seen_part(text)) == seen_part(text)


@given(st.text(st.sampled_from("aZ0 _~!\t\x7f"), max_size=12))
@example("Sea of Thieves")
@example("tab\tand bell\a")
def test_ascii_text_alone_is_seen_as_it_is_beside_another_letter(text: str):
    assert seen_part(text + "é") == seen_part(text) + "é"
    assert visible_length(text + "é") == visible_length(text) + 1


def test_a_heap_of_text_is_answered_at_once():
    for text in ("a" + "\u0301" * 4095, "\u200d" * 4096, "🇨" * 2048, "x " * 2048):
        with pytest.raises(BadName):
            clean_group_name(text)

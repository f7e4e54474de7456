import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.errors import AccountTextInvalid
from gub.platforms.xbox.gamertags import Gamertag, parse_gamertag, same


@pytest.mark.parametrize(
    ("text", "name", "suffix"),
    [
        ("Nova Storm", "Nova Storm", ""),
        ("  Nova   Storm\n", "Nova Storm", ""),
        ("\u200eNova\u00a0Storm\ufeff", "Nova Storm", ""),
        ("A", "A", ""),
        ("Fifteen Letters", "Fifteen Letters", ""),
        ("a,b", "a,b", ""),
        ("1234567890", "1234567890", ""),
        ("Nova#1234", "Nova", "1234"),
        ("Nova #1234", "Nova", "1234"),
        ("Nova\uff031234", "Nova", "1234"),
        ("TwelveLetter#881", "TwelveLetter", "881"),
        ("N\u0303andu", "\u00d1andu", ""),
        ("N\u200b\u0303andu", "\u00d1andu", ""),
        ("ノヴァ", "ノヴァ", ""),
        ("노바 스톰#12", "노바 스톰", "12"),
        ("नोवा", "नोवा", ""),
    ],
)
def test_what_is_a_gamertag(text: str, name: str, suffix: str) -> None:
    assert parse_gamertag(text) == Gamertag(name, suffix)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "#",
        "#1234",
        "Nova#",
        "Nova#12a4",
        "Nova##1",
        "Nova#1#2",
        "Nova#١٢",
        "SixteenLettersss",
        "TwelveLetter#8812",
        "ThirteenLette#1",
        "Nova_Storm",
        "Nova-Storm",
        "a/b?x=1",
        "100%",
        "gt(Nova)",
        "<b>Nova</b>",
        "https://example.com",
        "No\x00va",
        "No\ud800va",
        "Nova🎮",
        "\u200b\u200d",
        ",",
        " , ",
        "\u0301",
        "Нова Нова Нова",
        "a" * 100_000,
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(AccountTextInvalid):
        parse_gamertag(text)


def test_the_forms_of_a_gamertag() -> None:
    assert (Gamertag("Nova", "12").classic, Gamertag("Nova", "12").unique) == ("Nova12", "Nova#12")
    assert (Gamertag("Nova").classic, Gamertag("Nova").unique) == ("Nova", "Nova")
    assert [Gamertag("Nova").is_plain, Gamertag("Nova", "1").is_plain, Gamertag("Ñ").is_plain] == [True, False, False]


def test_spellings_of_one_gamertag() -> None:
    assert same("NOVA  storm", "nova Storm")
    assert same("n\u0303", "\u00d1")
    assert same("Straße", "STRASSE")
    assert not same("Nova", "Nova#1")


@given(st.text() | st.text(alphabet="aZ9 ,#\u200bÑ\u0303ノ\uff03", max_size=20))
def test_any_text_is_a_gamertag_that_can_be_sent_or_a_typed_error(text: str) -> None:
    try:
        found = parse_gamertag(text)
    except AccountTextInvalid:
        return
    assert found.classic.encode()
    assert 0 < len(found.unique) <= 16
    assert parse_gamertag(found.unique) == found
    assert unicodedata.is_normalized("NFC", found.name)
    assert all(one.isprintable() for one in found.classic)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.commands import AddRequest, parse_add, parse_name_and_text, split_mention
from gub.domain.values import Platform

XBOX, PSN, STEAM = Platform.XBOX, Platform.PSN, Platform.STEAM


@pytest.mark.parametrize(
    ("argument", "name", "accounts"),
    [
        ("Player1 steam:player1", "Player1", {STEAM: "player1"}),
        ("Big Ann steam:ann", "Big Ann", {STEAM: "ann"}),
        (
            "Ann xbox:Major Nelson#123 psn:ann_psn steam:ann",
            "Ann",
            {XBOX: "Major Nelson#123", PSN: "ann_psn", STEAM: "ann"},
        ),
        ("Ann STEAM: ann", "Ann", {STEAM: "ann"}),
        ("Ann Steam :ann", "Ann", {STEAM: "ann"}),
        ("Ann steam：ann", "Ann", {STEAM: "ann"}),
        ("Ann\nsteam:ann\npsn:bob", "Ann", {STEAM: "ann", PSN: "bob"}),
        ("Ann steam:https://steamcommunity.com/id/ann/", "Ann", {STEAM: "https://steamcommunity.com/id/ann/"}),
        ("Ann steam: steam://url/SteamIDPage/1", "Ann", {STEAM: "steam://url/SteamIDPage/1"}),
        ("Ann steam:", "Ann", {}),
        ("Ann steam:a steam:b", "Ann", {STEAM: "b"}),
        ("Ann", "Ann", {}),
        ("", "", {}),
        ("steam:ann", "", {STEAM: "ann"}),
        ("mysteam:ann", "mysteam:ann", {}),
        (".* $ne steam:(", ".* $ne", {STEAM: "("}),
    ],
)
def test_add(argument: str, name: str, accounts: dict[Platform, str]):
    assert parse_add(argument) == AddRequest(name, accounts)


@given(st.text())
def test_add_takes_any_text(argument: str):
    request = parse_add(argument)
    assert request.name == request.name.strip()
    assert all(value and value == value.strip() for value in request.accounts.values())


@pytest.mark.parametrize(
    ("argument", "name", "text"),
    [
        ("Warzone tonight at nine?", "Warzone", "tonight at nine?"),
        ("Warzone", "Warzone", None),
        ("Warzone   ", "Warzone", None),
        ("C++ `tick` *star*", "C++", "`tick` *star*"),
        ("Warzone\nline one\n\nline two", "Warzone", "line one\n\nline two"),
        ("Warzone\n  indented", "Warzone", "  indented"),
        ("  Warzone x", "Warzone", "x"),
        ("Warzone\u00a0x", "Warzone", "x"),
        ("", "", None),
        ("  ", "", None),
    ],
)
def test_d55_name_and_text_as_typed(argument: str, name: str, text: str | None):
    assert parse_name_and_text(argument) == (name, text)


@given(st.text(min_size=1).filter(lambda name: not any(map(str.isspace, name))), st.text().filter(str.strip))
def test_the_text_is_kept_to_the_letter(name: str, text: str):
    assert parse_name_and_text(f"{name} {text}") == (name, text)


@pytest.mark.parametrize(
    ("name", "username", "rest"),
    [
        ("@bob_1", "bob_1", ""),
        ("@bob_1 Big Bob", "bob_1", "Big Bob"),
        ("@Bob_1\n Bob", "Bob_1", "Bob"),
        ("Bob", None, "Bob"),
        ("Bob @bob_1", None, "Bob @bob_1"),
        ("@me", None, "@me"),
        ("@1bob", None, "@1bob"),
        ("@bob-1", None, "@bob-1"),
        ("@" + "b" * 33, None, "@" + "b" * 33),
        ("", None, ""),
    ],
)
def test_a_username_in_the_place_of_the_name(name: str, username: str | None, rest: str):
    assert split_mention(name) == (username, rest)

"""Forms of Steam accounts; the invite codes `cv-dgb` and `r` are known from ValvePython/steam's own tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.errors import AccountTextInvalid
from gub.domain.steam_ids import (
    FIRST_ID64,
    LAST_ID64,
    SteamId,
    SteamVanity,
    invite_code,
    parse_steam_id,
)

GABE = "76561197960287930"
ids64 = st.integers(FIRST_ID64, LAST_ID64).map(str)


@pytest.mark.parametrize(
    "text",
    [
        GABE,
        f"  {GABE}\n",
        "[U:1:22202]",
        "[u:1:22202]",
        "U:1:22202",
        "STEAM_0:0:11101",
        "STEAM_1:0:11101",
        "steam_1:0:11101",
        f"https://steamcommunity.com/profiles/{GABE}",
        f"http://www.steamcommunity.com/profiles/{GABE}/",
        f"m.steamcommunity.com/profiles/{GABE}/games/?tab=all&l=russian#top",
        f"HTTPS://SteamCommunity.COM//profiles//{GABE}",
        f"steamcommunity.com:443/PROFILES/{GABE}",
        f"profiles/{GABE}",
        "https://steamcommunity.com/profiles/[U:1:22202]",
        "https://steamcommunity.com/profiles/%5BU:1:22202%5D/",
        "https://steamcommunity.com/user/hj-qp",
        "https://steamcommunity.com/user/hj-qp/ABCDEFGH",
        "https://s.team/p/hj-qp",
        "s.team/p/hjqp",
        "https://s.team/p/HJ-QP/TWCHQKKF?utm=x",
    ],
)
def test_every_form_of_one_account(text: str) -> None:
    assert parse_steam_id(text) == SteamId(GABE)


@pytest.mark.parametrize(("code", "number"), [("cv-dgb", 123456), ("r", 12), ("w" * 8, 0xFFFF_FFFF), ("b", 0)])
def test_known_invite_codes(code: str, number: int) -> None:
    parsed = parse_steam_id(f"https://s.team/p/{code}")
    assert isinstance(parsed, SteamId)
    assert parsed.account_id == number


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nova", "nova"),
        ("Nova_Storm-7", "Nova_Storm-7"),
        ("n7", "n7"),
        ("x" * 32, "x" * 32),
        ("https://steamcommunity.com/id/nova", "nova"),
        ("https://www.steamcommunity.com/id/nova/?l=german", "nova"),
        ("steamcommunity.com/id/nova/games?tab=all", "nova"),
        ("/id/nova", "nova"),
        ("https://steamcommunity.com/id/12345678", "12345678"),
        ("1234567", "1234567"),
        ("4294967296", "4294967296"),
        ("103582791429521408", "103582791429521408"),
        ("hj-qp", "hj-qp"),
        ("groups", "groups"),
    ],
)
def test_vanity_names(text: str, name: str) -> None:
    assert parse_steam_id(text) == SteamVanity(name)


@pytest.mark.parametrize("code", ["46143802", "12345678", "4294967295", "00022202"])
def test_eight_to_ten_digits_are_a_friend_code_and_perhaps_a_vanity(code: str) -> None:
    assert parse_steam_id(code) == SteamId(str(FIRST_ID64 + int(code)), or_vanity=code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "x",
        "x" * 33,
        "two words",
        "naïve",
        "٧٦٥٦١١٩٧٩٦٠٢٨٧٩٣٠",
        "７６５６１１９７９６０２８７９３０",
        "[U:1:٢٢٢]",
        "[U:1:4294967296]",
        "[U:0:22202]",
        "[g:1:4]",
        "[U:1:22202",
        "U:1:22202]",
        "STEAM_0:2:11101",
        "STEAM_2:0:11101",
        "STEAM_0:0:2147483648",
        "https://steamcommunity.com/groups/valve",
        "https://steamcommunity.com/gid/103582791429521412",
        "https://steamcommunity.com/app/730",
        "https://store.steampowered.com/app/730",
        "https://steamcommunity.com/",
        "steamcommunity.com",
        "https://steamcommunity.com/profiles/nova",
        "https://steamcommunity.com/profiles/22202",
        "https://steamcommunity.com/id/x",
        "https://steamcommunity.com/id/na%20me",
        "https://s.team/p/aaaa",
        "https://s.team/p/bbbbbbbbb",
        "https://s.team/p/-",
        "https://s.team/hj-qp",
        f"https://evil.example/steamcommunity.com/profiles/{GABE}",
        f"https://steamcommunity.com.evil.example/profiles/{GABE}",
        f"https://steamcommunity.com@evil.example/profiles/{GABE}",
        "ſteamcommunity.com/id/nova",
        "steamcommunity.com/id/nova\x00",
        "https://[::1/profiles/1",
        "9" * 5000,
        "\ud800",
        f"{GABE}x" * 500,
    ],
)
def test_what_is_no_account_is_refused(text: str) -> None:
    with pytest.raises(AccountTextInvalid) as caught:
        parse_steam_id(text)
    assert caught.value.platform == "steam"
    assert caught.value.text == text


@given(ids64)
def test_every_form_reads_back(id64: str) -> None:
    number = int(id64) - FIRST_ID64
    for text in (
        id64,
        f"[U:1:{number}]",
        f"STEAM_0:{number % 2}:{number // 2}",
        f"https://steamcommunity.com/profiles/{id64}/",
        f"https://s.team/p/{invite_code(id64)}",
    ):
        assert parse_steam_id(text) == SteamId(id64)


@given(st.from_regex(r"[A-Za-z0-9_-]{2,32}", fullmatch=True), st.sampled_from(["", "/", "/games?tab=all", "?l=x"]))
def test_a_vanity_address_reads_back(name: str, tail: str) -> None:
    assert parse_steam_id(f"https://steamcommunity.com/id/{name}{tail}") == SteamVanity(name)


@given(
    st.one_of(
        st.text(),
        st.characters(categories=["Nd"]).flatmap(lambda digit: st.integers(1, 20).map(lambda n: digit * n)),
        st.text().map("https://steamcommunity.com/".__add__),
        st.text(alphabet="steamcommunity.com/profilesid:[]%0129U?#").map(str),
        st.text(alphabet=st.characters(categories=["Cs", "Nd", "Cf"])).map("https://s.team/p/".__add__),
    )
)
def test_anything_else_raises_only_what_it_promises(text: str) -> None:
    try:
        parsed = parse_steam_id(text)
    except AccountTextInvalid:
        return
    if isinstance(parsed, SteamId):
        assert FIRST_ID64 <= int(parsed.id64) <= LAST_ID64
        assert parsed.id64.isascii()
    else:
        assert parsed.name.isascii()

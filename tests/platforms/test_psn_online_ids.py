import pytest

from gub.domain.errors import AccountTextInvalid
from gub.platforms.psn.online_ids import read_online_id


@pytest.mark.parametrize("text", ["abc", "VaultTec_Trading", "a-b_c", "X" * 16, "007agent", "ABC"])
def test_online_ids_are_taken_as_they_are_typed(text: str) -> None:
    assert read_online_id(text) == text
    assert read_online_id(f" {text}\n") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "me",
        "ab",
        "..",
        "X" * 17,
        "X" * 100_000,
        "two words",
        "a/b/c",
        "abc?fields=x",
        "abc%2e",
        "abc#1234",
        "abc\n\ndef",
        "abc\x00",
        "no\u200bva",
        "\u202eavon",
        "\uff41\uff42\uff43",  # full-width letters
        "n\u043eva",  # a Cyrillic o
        "nova\u0301",
        "\u0661\u0662\u0663\u0664",  # digits of another script
        "\ud800abc",
        "\U0001f3ae\U0001f3ae\U0001f3ae",
        "https://psnprofiles.com/nova",
        "2066273500000000001",
    ],
)
def test_what_is_no_online_id_is_refused_before_anybody_is_asked(text: str) -> None:
    with pytest.raises(AccountTextInvalid) as caught:
        read_online_id(text)
    assert (caught.value.platform, caught.value.text) == ("psn", text)

"""What can be said of raw updates."""

import pytest

from gub.telegram.intake.updates import NOWHERE, update_id_of, update_key, update_kind

CHAT = {"id": -100123, "type": "supergroup"}
USER = {"id": 7, "is_bot": False, "first_name": "A"}


@pytest.mark.parametrize(
    ("event", "key"),
    [
        ({"message": {"chat": CHAT, "from": USER}}, -100123),
        ({"edited_message": {"chat": CHAT}}, -100123),
        ({"callback_query": {"id": "1", "from": USER, "message": {"chat": CHAT, "date": 0}}}, -100123),
        ({"callback_query": {"id": "1", "from": USER, "inline_message_id": "x"}}, 7),
        ({"my_chat_member": {"chat": CHAT, "from": USER}}, -100123),
        ({"chat_member": {"chat": CHAT, "from": USER}}, -100123),
        ({"message_reaction": {"chat": CHAT, "user": USER}}, -100123),
        ({"inline_query": {"id": "1", "from": USER}}, 7),
        ({"poll_answer": {"poll_id": "1", "user": USER}}, 7),
        ({"poll_answer": {"poll_id": "1", "voter_chat": CHAT}}, -100123),
        ({"poll": {"id": "1"}}, NOWHERE),
        ({"what_comes_in_2027": {"chat": {"id": 5}}}, 5),
        ({"message": {"chat": {"id": True}}}, NOWHERE),
        ({"message": {"chat": {"id": "5"}, "from": {"id": 2**80}}}, NOWHERE),
        ({"message": []}, NOWHERE),
        ({}, NOWHERE),
    ],
)
def test_the_key_is_the_chat_else_the_user(event: dict[str, object], key: int) -> None:
    assert update_key({"update_id": 1, **event}) == key


@pytest.mark.parametrize("raw", [None, 1, "x", [], [{}], True, 1.5])
def test_any_json_has_a_key_and_a_kind(raw: object) -> None:
    assert (update_key(raw), update_kind(raw), update_id_of(raw)) == (NOWHERE, "unknown", None)


def test_the_kind_is_the_name_of_what_is_carried() -> None:
    assert update_kind({"update_id": 1, "message": {}}) == "message"
    assert update_kind({"message": {}, "update_id": 1}) == "message"
    assert update_kind({"update_id": 1, "message": "text"}) == "unknown"
    assert update_kind({"update_id": 1, "a name with\nline breaks": {}}) == "unknown"
    assert update_kind({"update_id": 1, "x" * 1000: {}}) == "unknown"


@pytest.mark.parametrize("bad", [None, True, 1.0, "1", -1, 2**63, [], {}])
def test_an_id_is_a_whole_number_that_can_be_kept(bad: object) -> None:
    assert update_id_of({"update_id": bad}) is None
    assert update_id_of({"update_id": 2**63 - 1}) == 2**63 - 1
    assert update_id_of({"update_id": 0}) == 0

"""The check can fail: wrong answers and updates are refused, right ones pass."""

import copy
import json
from pathlib import Path
from typing import Any

from tests.outside.recorder import Answer, Tape
from tests.outside.typecheck import complaints

BOTH = {"@gramio/types", "@grammyjs/types"}
USER = {"id": 1001, "is_bot": False, "first_name": "Ada"}
BOT = {"id": 7, "is_bot": True, "first_name": "GUB", "username": "gub_bot"}
GROUP = {"id": -4001, "type": "group", "title": "Friends"}
MESSAGE: dict[str, Any] = {"message_id": 1, "date": 1_700_000_000, "chat": GROUP, "from": BOT, "text": "hi"}


def changed(**fields: Any) -> dict[str, Any]:
    return {**copy.deepcopy(MESSAGE), **fields}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in MESSAGE.items() if key != name}


def answer(method: str, result: Any) -> Answer:
    return Answer(method, 200, {"ok": True, "result": result})


def refusals_of(tape: Tape, tmp_path: Path, modules: Path) -> dict[str, set[str]]:
    """Who refused each value."""
    found: dict[str, set[str]] = {}
    for each in complaints(tape, tmp_path, modules):
        found.setdefault(each.value, set()).add(each.library)
    return found


def as_text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_right_answers_pass(tmp_path: Path, modules: Path):
    tape = Tape(
        answers=[
            answer("sendMessage", MESSAGE),
            answer("sendMessage", changed(entities=[{"type": "text_mention", "offset": 0, "length": 2, "user": USER}])),
            answer("deleteMessage", True),
            answer("editMessageText", changed(edit_date=1_700_000_001)),
            answer("getChatMember", {"status": "member", "user": USER}),
            Answer("setWebhook", 200, {"ok": True, "result": True, "description": "Webhook was set"}),
            Answer("sendMessage", 502, None),
            Answer(
                "sendMessage",
                429,
                {
                    "ok": False,
                    "error_code": 429,
                    "description": "Too Many Requests: retry after 3",
                    "parameters": {"retry_after": 3},
                },
            ),
        ],
        updates=[{"update_id": 1, "message": changed(**{"from": USER})}],
    )
    assert complaints(tape, tmp_path, modules) == []


def test_wrong_answers_are_refused_by_both_libraries(tmp_path: Path, modules: Path):
    answers = [
        answer("sendMessage", without("date")),
        answer("sendMessage", changed(chat={"id": -4001, "type": "gruop", "title": "Friends"})),
        answer("sendMessage", changed(**{"from": {"id": 1001, "first_name": "Ada"}})),
        answer("sendMessage", changed(message_id="1")),
        answer("sendMessage", changed(invented_by_us=True)),
        answer("sendMessage", changed(reply_to_message={"message_id": 1})),
        answer("sendMessage", changed(entities=[{"type": "shout", "offset": 0, "length": 1}])),
        answer("editMessageText", changed(edit_date=None)),
        answer("deleteMessage", {}),
        answer("getChatMember", {"status": "member"}),
        answer("getMe", {"id": 7, "is_bot": True}),
        answer("getChatAdministrators", [{"status": "boss", "user": USER}]),
        answer("getUpdates", [{"message": changed(**{"from": USER})}]),
        answer("noSuchMethod", True),
    ]
    expected = {as_text(each.body): BOTH for each in answers}
    assert refusals_of(Tape(answers), tmp_path, modules) == expected


def test_wrong_refusals_and_updates_are_refused_by_both_libraries(tmp_path: Path, modules: Path):
    refusals = [
        {"ok": False, "description": "no code"},
        {"ok": False, "error_code": 429, "description": "", "parameters": {"retry": 3}},
        {"ok": False, "error_code": 429, "description": "", "retry_after": 3},
    ]
    updates = [
        {"update_id": 1, "callback_query": {"id": "1", "from": USER, "data": "no chat_instance"}},
        {"update_id": 2, "my_chat_member": {"chat": GROUP, "from": USER, "date": 1}},
        {"update_id": 3, "letter": {}},
        {"message": changed(**{"from": USER})},
    ]
    tape = Tape([Answer("sendMessage", 400, body) for body in refusals], updates)
    expected = {as_text(value): BOTH for value in [*refusals, *updates]}
    assert refusals_of(tape, tmp_path, modules) == expected


def test_chats_of_different_kinds_are_told_apart(tmp_path: Path, modules: Path):
    titled_person = {"id": 1001, "type": "private", "first_name": "Ada", "title": "Friends"}
    wrong = answer("sendMessage", changed(chat=titled_person))
    assert refusals_of(Tape([wrong]), tmp_path, modules) == {as_text(wrong.body): {"@grammyjs/types"}}

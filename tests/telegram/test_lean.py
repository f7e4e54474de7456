"""The lean import must not be told from the plain one by anything but its cost."""

import json
import subprocess
import sys

_UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 5,
        "date": 1,
        "chat": {"id": -5, "type": "group", "title": "T"},
        "from": {"id": 1, "is_bot": False, "first_name": "<b>"},
        "text": "hi @a",
        "entities": [
            {"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 2, "is_bot": False, "first_name": "x"}}
        ],
        "reply_markup": {"inline_keyboard": [[{"text": "Join", "callback_data": "g:1"}]]},
        "a_field_of_tomorrow": {"deep": [1]},
    },
}

_SCRIPT = """
import json, sys
if sys.argv[1] == "lean":
    import gub.telegram
import aiogram
from aiogram import methods, types
from pydantic_core import SchemaValidator
lazy = not isinstance(types.Sticker.__pydantic_validator__, SchemaValidator)
update = types.Update.model_validate(json.loads(sys.argv[2]))
answer = methods.base.Response[types.Message].model_validate({"ok": True, "result": json.loads(sys.argv[2])["message"]})
send = methods.SendMessage(chat_id=1, text="x", reply_parameters=types.ReplyParameters(message_id=1))
try:
    types.User.model_validate({"id": "no"})
except ValueError as error:
    wrong = [e["loc"] for e in error.errors()]
incomplete = []
for name in types.__all__:
    cls = getattr(types, name)
    if hasattr(cls, "model_rebuild"):
        cls.model_rebuild()
        if not isinstance(cls.__pydantic_validator__, SchemaValidator):
            incomplete.append(name)
for name in methods.__all__:
    cls = getattr(methods, name)
    if hasattr(cls, "model_rebuild") and name not in ("TelegramMethod", "Request", "Response"):
        cls.model_rebuild()
        if not isinstance(cls.__pydantic_validator__, SchemaValidator):
            incomplete.append(name)
seen = [update.model_dump_json(), answer.model_dump_json(), repr(send), wrong, incomplete]
print(json.dumps({"lazy": lazy, "seen": seen}))
"""


def _see(how: str) -> dict:
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", _SCRIPT, how, json.dumps(_UPDATE)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_what_is_read_and_sent_is_the_same() -> None:
    lean, plain = _see("lean"), _see("plain")
    assert lean["lazy"]
    assert not plain["lazy"]
    assert lean["seen"] == plain["seen"]
    assert lean["seen"][-1] == []


def test_the_bot_itself_imports_lean() -> None:
    script = (
        "import gub.app; from aiogram import types; from pydantic_core import SchemaValidator;"
        "print(isinstance(types.Sticker.__pydantic_validator__, SchemaValidator))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.strip() == "False"

from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import Chat, Message, User

from gub.telegram.kinds import InPrivate, Tells

ADA = User(id=1001, is_bot=False, first_name="Ada")


def message(kind: str = "group", **fields: Any) -> Message:
    chat = Chat(id=1001 if kind == "private" else -4001, type=kind)
    return Message(message_id=1, date=datetime(2026, 1, 1, tzinfo=UTC), chat=chat, from_user=ADA, **fields)


async def test_a_service_message_passes_by_the_field_that_tells():
    assert await Tells("left_chat_member")(message(left_chat_member=ADA))
    assert not await Tells("left_chat_member")(message(text="/leave"))
    assert not await Tells("new_chat_members")(message(new_chat_members=[]))


def test_a_field_that_no_message_has_is_a_mistake():
    with pytest.raises(AttributeError, match="no field 'left_chat'"):
        Tells("left_chat")


@pytest.mark.parametrize(
    ("kind", "text", "any_text", "plain"),
    [
        ("private", "hello", True, True),
        ("private", "/hello", True, False),
        ("private", None, True, False),
        ("group", "hello", False, False),
        ("supergroup", "/hello", False, False),
    ],
)
async def test_private_texts(kind: str, text: str | None, any_text: bool, plain: bool):
    assert await InPrivate()(message(kind, text=text)) is any_text
    assert await InPrivate(plain_text=True)(message(kind, text=text)) is plain

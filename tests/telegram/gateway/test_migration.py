"""A group that became a supergroup while we were writing to it."""

import pytest
from aiohttp import web

from gub.telegram.gateway import outcomes

from aiogram import Bot  # isort: skip
from aiogram.types import ReplyParameters

from tests.telegram.gateway.conftest import Log, Told
from tests.telegram.support import Server, Step, refuse

OLD, NEW, NEWER = -4001, -1001000000001, -1001000000002
TEXT = "Bad Request: group chat was upgraded to a supergroup chat"


def moved(to: int) -> Step:
    return refuse(400, TEXT, migrate_to_chat_id=to)


async def test_it_is_followed_and_told_before_the_call_is_repeated(bot: Bot, server: Server, told: Told):
    async def check(request: web.Request) -> web.StreamResponse:
        assert told.migrated == [(OLD, NEW)]
        return await server._echo(request)

    server.script(moved(NEW), check)
    sent = await bot.send_message(
        OLD, "hi", reply_parameters=ReplyParameters(message_id=5, allow_sending_without_reply=True)
    )
    assert sent.chat.id == NEW
    assert [params["chat_id"] for params in server.params] == [OLD, NEW]
    assert "reply_parameters" in server.params[0]
    # Ids of messages mean others there.
    assert "reply_parameters" not in server.params[1]
    assert told.called == [("sendMessage", "ok", 2)]


async def test_it_is_followed_once(bot: Bot, server: Server, told: Told):
    server.script(moved(NEW))
    server.otherwise = moved(NEWER)
    with pytest.raises(outcomes.Migrated) as caught:
        await bot.send_message(OLD, "hi")
    assert caught.value.new_chat_id == NEWER
    assert len(server.calls) == 2
    assert told.migrated == [(OLD, NEW)]


async def test_without_an_address_it_is_not_followed(bot: Bot, server: Server, told: Told):
    server.script(refuse(400, TEXT))
    with pytest.raises(outcomes.Migrated) as caught:
        await bot.send_message(OLD, "hi")
    assert caught.value.new_chat_id is None
    assert told.migrated == []


async def test_a_message_of_the_old_group_is_not_looked_for_in_the_new_one(bot: Bot, server: Server, told: Told):
    server.script(moved(NEW), moved(NEW), moved(NEW))
    with pytest.raises(outcomes.NothingToDelete):
        await bot.delete_message(OLD, 5)
    with pytest.raises(outcomes.NothingToEdit):
        await bot.edit_message_text("hi", chat_id=OLD, message_id=5)
    with pytest.raises(outcomes.NothingToEdit):
        await bot.pin_chat_message(OLD, 5)
    assert len(server.calls) == 3
    assert told.migrated == [(OLD, NEW)] * 3


async def test_a_hook_that_fails_does_not_keep_the_answer_back(bot: Bot, server: Server, told: Told, log: Log):
    told.failing = True
    server.script(moved(NEW))
    assert (await bot.send_message(OLD, "hi")).chat.id == NEW
    assert ("hook failed", {"chat_id": OLD, "error": "RuntimeError"}) in log.lines


async def test_the_new_chat_may_refuse_like_any_other(bot: Bot, server: Server, told: Told):
    server.script(moved(NEW), refuse(403, "Forbidden: bot was kicked from the supergroup chat"))
    with pytest.raises(outcomes.Kicked):
        await bot.send_message(OLD, "hi")
    assert told.unreachable == [NEW]

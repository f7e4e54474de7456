"""Each refusal of tdlib/telegram-bot-api's Client.cpp that matters here, over HTTP, and what becomes of it."""

import pytest

from gub.telegram.gateway import GatewaySession, Lane, in_lane, outcomes

from aiogram import Bot  # isort: skip

from tests.support.clock import FakeClock
from tests.telegram.gateway.conftest import Told
from tests.telegram.support import Server, answer, let_time_run, refuse

GROUP = -1001
PERSON = 7

FORBIDDEN = [
    (PERSON, "Forbidden: bot was blocked by the user", outcomes.Blocked),
    (PERSON, "Forbidden: user is deactivated", outcomes.Dead),
    (PERSON, "Forbidden: bot can't initiate conversation with a user", outcomes.Blocked),
    (GROUP, "Forbidden: bot was kicked from the group chat", outcomes.Kicked),
    (GROUP, "Forbidden: bot was kicked from the supergroup chat", outcomes.Kicked),
    (GROUP, "Forbidden: bot was kicked from the channel chat", outcomes.Kicked),
    (GROUP, "Forbidden: bot is not a member of the group chat", outcomes.Kicked),
    (GROUP, "Forbidden: bot is not a member of the supergroup chat", outcomes.Kicked),
    (GROUP, "Forbidden: bot is not a member of the channel chat", outcomes.Kicked),
    (GROUP, "Forbidden: the group chat was deleted", outcomes.Dead),
    (GROUP, "Forbidden: a text of next year", outcomes.Kicked),
    (PERSON, "Forbidden: a text of next year", outcomes.Blocked),
]


@pytest.mark.parametrize("case", FORBIDDEN)
async def test_a_403_on_sending_means_that_the_chat_is_lost_and_is_told(
    bot: Bot, server: Server, told: Told, case: tuple[int, str, type[outcomes.Refused]]
):
    chat_id, text, outcome = case
    server.script(refuse(403, text))
    with pytest.raises(outcomes.Unwritable) as caught:
        await bot.send_message(chat_id, "hi")
    assert type(caught.value) is outcome
    assert (caught.value.method, caught.value.chat_id, caught.value.code) == ("sendMessage", chat_id, 403)
    assert told.unreachable == [chat_id]
    assert server.methods == ["sendMessage"]
    assert told.called == [("sendMessage", outcome.__name__, 1)]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Forbidden: not enough rights to send text messages to the chat", outcomes.NoRights),
        ("Forbidden: CHAT_WRITE_FORBIDDEN", outcomes.NoRights),
        ("Forbidden: bots can't send messages to bots", outcomes.Rejected),
        ("Forbidden: bot can't send messages to bots", outcomes.Rejected),
    ],
)
async def test_a_403_about_something_else_removes_nobody(
    bot: Bot, server: Server, told: Told, text: str, outcome: type[outcomes.Refused]
):
    server.script(refuse(403, text))
    with pytest.raises(outcomes.Refused) as caught:
        await bot.send_message(GROUP, "hi")
    assert type(caught.value) is outcome
    assert told.unreachable == []


async def test_an_unknown_403_on_asking_removes_nobody_but_a_known_one_does(bot: Bot, server: Server, told: Told):
    server.script(
        refuse(403, "Forbidden: members are hidden"), refuse(403, "Forbidden: bot was kicked from the group chat")
    )
    with pytest.raises(outcomes.Rejected):
        await bot.get_chat_member(GROUP, 5)
    assert told.unreachable == []
    with pytest.raises(outcomes.Kicked):
        await bot.get_chat_member(GROUP, 5)
    assert told.unreachable == [GROUP]


@pytest.mark.parametrize("lane", Lane)
async def test_a_403_of_a_proxy_is_not_telegrams_word(
    bot: Bot, server: Server, clock: FakeClock, told: Told, lane: Lane
):
    server.script(answer(403, b"<html>Forbidden: bot was blocked by the user</html>"))
    assert isinstance(bot.session, GatewaySession)
    with in_lane(lane):
        await let_time_run(clock, bot.send_message(PERSON, "hi"))
    assert len(server.calls) == 2
    assert told.unreachable == []


BAD = [
    ("Bad Request: chat not found", outcomes.Gone),
    ("Bad Request: PEER_ID_INVALID", outcomes.Gone),
    ("Bad Request: message thread not found", outcomes.ThreadGone),
    ("Bad Request: TOPIC_CLOSED", outcomes.ThreadGone),
    ("Bad Request: TOPIC_DELETED", outcomes.ThreadGone),
    ("Bad Request: not enough rights to send text messages to the chat", outcomes.NoRights),
    ("Bad Request: have no rights to send a message", outcomes.NoRights),
    ("Bad Request: need administrator rights in the channel chat", outcomes.NoRights),
    ("Bad Request: CHAT_WRITE_FORBIDDEN", outcomes.NoRights),
    ("Bad Request: CHAT_RESTRICTED", outcomes.NoRights),
    ("Bad Request: BUTTON_DATA_INVALID", outcomes.Rejected),
    ("Bad Request: message text is empty", outcomes.Rejected),
    ("", outcomes.Rejected),
]


@pytest.mark.parametrize(("text", "outcome"), BAD)
async def test_400_on_sending(bot: Bot, server: Server, told: Told, text: str, outcome: type[outcomes.Refused]):
    server.script(refuse(400, text))
    with pytest.raises(outcomes.Refused) as caught:
        await bot.send_message(GROUP, "hi")
    assert type(caught.value) is outcome
    assert caught.value.description == text
    assert told.unreachable == []
    assert len(server.calls) == 1


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (
            "Bad Request: message is not modified: specified new message content and reply markup are exactly ...",
            outcomes.NotModified,
        ),
        ("Bad Request: message to edit not found", outcomes.NothingToEdit),
        ("Bad Request: message can't be edited", outcomes.NothingToEdit),
        ("Bad Request: MESSAGE_ID_INVALID", outcomes.NothingToEdit),
    ],
)
async def test_400_on_editing(bot: Bot, server: Server, text: str, outcome: type[outcomes.Refused]):
    server.script(refuse(400, text))
    with pytest.raises(outcomes.Refused) as caught:
        await bot.edit_message_text("hi", chat_id=GROUP, message_id=1)
    assert type(caught.value) is outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Bad Request: message to delete not found", outcomes.NothingToDelete),
        ("Bad Request: MESSAGE_ID_INVALID", outcomes.NothingToDelete),
        ("Bad Request: message can't be deleted", outcomes.NoRights),
        ("Bad Request: message can't be deleted for everyone", outcomes.NoRights),
    ],
)
async def test_400_on_deleting(bot: Bot, server: Server, text: str, outcome: type[outcomes.Refused]):
    server.script(refuse(400, text))
    with pytest.raises(outcomes.Refused) as caught:
        await bot.delete_message(GROUP, 1)
    assert type(caught.value) is outcome


async def test_400_on_answering_a_tap(bot: Bot, server: Server):
    server.script(refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"))
    with pytest.raises(outcomes.QueryTooOld):
        await bot.answer_callback_query("1")


@pytest.mark.parametrize(
    ("code", "text", "outcome"),
    [
        (401, "Unauthorized", outcomes.Unauthorized),
        (404, "Not Found", outcomes.UnknownMethod),
        (409, "Conflict: terminated by other getUpdates request; make sure that ...", outcomes.Conflict),
        (413, "Request Entity Too Large", outcomes.Rejected),
        (418, "I'm a teapot", outcomes.Rejected),
        (499, "no such status", outcomes.Rejected),
    ],
)
async def test_other_codes(bot: Bot, server: Server, code: int, text: str, outcome: type[outcomes.Refused]):
    server.script(refuse(code, text))
    with pytest.raises(outcomes.Refused) as caught:
        await bot.get_me()
    assert type(caught.value) is outcome
    assert caught.value.code == code


async def test_a_webhook_in_the_way_is_another_conflict_than_a_second_poller(bot: Bot, server: Server):
    server.script(
        refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook ..."),
        refuse(409, "Conflict: terminated by other getUpdates request; make sure that ..."),
    )
    for expected in (True, False):
        with pytest.raises(outcomes.Conflict) as caught:
            await bot.get_updates()
        assert caught.value.webhook_is_set is expected


async def test_a_hook_that_fails_changes_nothing(bot: Bot, server: Server, told: Told):
    told.failing = True
    server.script(refuse(403, "Forbidden: bot was blocked by the user"))
    with pytest.raises(outcomes.Blocked):
        await bot.send_message(PERSON, "hi")
    assert told.unreachable == [PERSON]

from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gub.domain.splitting import utf16_length
from gub.telegram.gateway import GatewaySession, Pace, outcomes
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View, divided, fitted

from aiogram import Bot  # isort: skip
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message, MessageEntity, User
from aiogram.utils.formatting import Bold, Italic, Text, TextMention

from tests.support.clock import FakeClock
from tests.telegram.support import TOKEN, Server, message, refuse, serving

GROUP, PERSON = -1001, 7
KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Join", callback_data="join:1")]])
ANA = User(id=1001, is_bot=False, first_name="Ana <b>&_*[x](y)")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def messenger(server: Server) -> AsyncIterator[Messenger]:
    session = GatewaySession(server.base, FakeClock(), pace=Pace.unlimited())
    yield Messenger(Bot(TOKEN, session=session))
    await session.close()


def trigger(chat_id: int = GROUP, **more: Any) -> Message:
    return Message.model_validate(message(55, chat_id, **more))


def tap() -> CallbackQuery:
    return CallbackQuery(id="77", from_user=ANA, chat_instance="1", data="x")


async def test_text_goes_as_entities_and_never_as_markup(messenger: Messenger, server: Server):
    sent = await messenger.send(GROUP, View([Text("😀 ", TextMention(ANA.first_name, user=ANA)), " *plays*"], KEYBOARD))
    (params,) = server.params
    assert params["text"] == "😀 Ana <b>&_*[x](y) *plays*"
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in params["entities"]] == [
        ("text_mention", 3, 16)
    ]
    assert params["entities"][0]["user"]["id"] == ANA.id
    assert "parse_mode" not in params
    assert params["link_preview_options"] == {"is_disabled": True}
    assert params["reply_markup"]["inline_keyboard"][0][0]["text"] == "Join"
    assert "reply_parameters" not in params
    assert len(sent) == 1


async def test_a_default_parse_mode_of_the_bot_does_not_matter(server: Server):
    from aiogram.client.default import DefaultBotProperties  # noqa: PLC0415 - after gub.telegram

    session = GatewaySession(server.base, FakeClock(), pace=Pace.unlimited())
    messenger = Messenger(Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML")))
    await messenger.send(GROUP, View(["<b>"]), reply_to=3)
    await messenger.edit(trigger(), View(["<b>"]))
    assert "parse_mode" not in server.params[0]
    assert "parse_mode" not in server.params[1]
    assert "quote_parse_mode" not in server.params[0]["reply_parameters"]
    await session.close()


async def test_a_reply_tolerates_that_its_trigger_is_deleted(messenger: Messenger, server: Server):
    await messenger.reply(trigger(), View(["hi"]))
    (params,) = server.params
    assert params["chat_id"] == GROUP
    assert params["reply_parameters"] == {"message_id": 55, "allow_sending_without_reply": True}
    assert "message_thread_id" not in params


async def test_a_reply_stays_in_its_topic(messenger: Messenger, server: Server):
    await messenger.reply(trigger(message_thread_id=9, is_topic_message=True), View(["hi"]))
    assert server.params[0]["message_thread_id"] == 9


async def test_a_thread_of_replies_is_no_topic(messenger: Messenger, server: Server):
    await messenger.reply(trigger(message_thread_id=9), View(["hi"]))
    assert "message_thread_id" not in server.params[0]


async def test_general_is_not_named(messenger: Messenger, server: Server):
    await messenger.reply(trigger(message_thread_id=1, is_topic_message=True), View(["hi"]))
    await messenger.send(GROUP, View(["hi"]), thread_id=1)
    assert all("message_thread_id" not in params for params in server.params)


async def test_in_private_nothing_is_quoted(messenger: Messenger, server: Server):
    await messenger.reply(trigger(PERSON), View(["hi"]))
    assert "reply_parameters" not in server.params[0]


@pytest.mark.parametrize("text", ["Bad Request: message thread not found", "Bad Request: TOPIC_CLOSED"])
async def test_when_the_topic_is_gone_it_goes_to_general(messenger: Messenger, server: Server, text: str):
    server.script(refuse(400, text))
    sent = await messenger.send(GROUP, View(["a" * 4000, "b" * 4000]), thread_id=9)
    assert [params.get("message_thread_id") for params in server.params] == [9, None, None]
    assert [one.text[:1] for one in sent if one.text] == ["a", "b"]


async def test_general_itself_may_be_closed(messenger: Messenger, server: Server):
    server.script(refuse(400, "Bad Request: TOPIC_CLOSED"))
    with pytest.raises(outcomes.ThreadGone):
        await messenger.send(GROUP, View(["hi"]))


async def test_no_rights_is_said(messenger: Messenger, server: Server):
    server.script(refuse(400, "Bad Request: not enough rights to send text messages to the chat"))
    with pytest.raises(outcomes.NoRights):
        await messenger.send(GROUP, View(["hi"]))
    assert len(server.calls) == 1


async def test_a_long_view_is_split_between_items(messenger: Messenger, server: Server):
    lines = [Text(Bold(f"{number:03}"), " ", "x" * 95, "\n") for number in range(120)]
    sent = await messenger.send(GROUP, View(lines, KEYBOARD), reply_to=5)
    texts = [params["text"] for params in server.params]
    assert len(sent) == 3
    assert "".join(texts) == "".join(line.render()[0] for line in lines)
    assert all(text.endswith("\n") for text in texts)
    assert [len(params.get("entities", [])) for params in server.params] == [40, 40, 40]
    assert ["reply_markup" in params for params in server.params] == [False, False, True]
    assert ["reply_parameters" in params for params in server.params] == [True, False, False]


async def test_a_hundred_entities_a_message(messenger: Messenger, server: Server):
    await messenger.send(GROUP, View([Bold("x") for _ in range(201)]))
    assert [len(params["entities"]) for params in server.params] == [100, 100, 1]


async def test_the_rest_of_a_split_view_follows_the_group(messenger: Messenger, server: Server):
    server.script(refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009))
    await messenger.send(-4001, View(["a" * 4000, "b" * 4000]))
    assert [params["chat_id"] for params in server.params] == [-4001, -1009, -1009]


async def test_a_part_that_shows_nothing_is_not_sent(messenger: Messenger, server: Server):
    await messenger.send(GROUP, View(["a" * 4096, "\n", "  "], KEYBOARD))
    assert len(server.calls) == 1
    assert "reply_markup" in server.params[0]


@pytest.mark.parametrize("items", [[], [""], ["", Text()], [" \n"]])
async def test_an_empty_view_is_a_mistake(messenger: Messenger, server: Server, items: list[Text | str]):
    with pytest.raises(ValueError, match="show something"):
        await messenger.send(GROUP, View(items))
    assert server.calls == []


words = st.text(st.sampled_from("ab \n😀é\u200d👩🏽"), min_size=1)
items = st.lists(
    st.one_of(
        words,
        words.map(Bold),
        st.tuples(words, words).map(lambda two: Text(two[0], Italic(two[1], Bold("!")))),
        st.tuples(words, st.integers(min_value=1, max_value=3000)).map(lambda two: two[0] * two[1]),
        st.tuples(words, st.integers(min_value=1, max_value=3000)).map(lambda two: Bold(two[0] * two[1])),
    ),
    max_size=12,
)


@given(items.map(lambda items: ["start", *items]))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_is_lost_and_no_part_is_too_long(items: list[Text | str]) -> None:
    whole = Text(*items)
    text, entities = whole.render()
    parts = divided(View(items))
    assert "".join(part.text for part in parts).split() == text.split()
    for part in parts:
        assert part.text.strip()
        assert utf16_length(part.text) <= 4096
        assert len(part.entities) <= 100
        assert all(0 <= entity.offset < entity.offset + entity.length <= part.size.units for entity in part.entities)
    kept = (shown for part in parts for shown in _bold(part.text, part.entities))
    assert "".join(kept).split() == "".join(_bold(text, entities)).split()
    fitting = fitted(View(items))
    assert utf16_length(fitting.text) <= 4096
    assert fitting.text.endswith("\n…") == (len(parts) > 1)


def _bold(text: str, entities: Iterable[MessageEntity]) -> list[str]:
    return [entity.extract_from(text) for entity in entities if entity.type == "bold"]


def test_an_entity_keeps_to_its_characters_where_a_long_item_is_cut() -> None:
    item = Text("😀" * 2000, " ", Bold("b" * 200), Italic("i"))
    parts = divided(View([item, Bold("z")]))
    shown = [(entity.type, entity.extract_from(part.text)) for part in parts for entity in part.entities]
    assert "".join(text for kind, text in shown if kind == "bold") == "b" * 200 + "z"
    assert [text for kind, text in shown if kind == "italic"] == ["i"]


async def test_editing(messenger: Messenger, server: Server):
    assert await messenger.edit(trigger(), View([Bold("new")], KEYBOARD)) is True
    (params,) = server.params
    assert (params["chat_id"], params["message_id"], params["text"]) == (GROUP, 55, "new")
    assert params["reply_markup"]["inline_keyboard"]
    assert params["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    ("text", "shows_it"),
    [
        ("Bad Request: message is not modified: specified new message content ...", True),
        ("Bad Request: message to edit not found", False),
        ("Bad Request: message can't be edited", False),
    ],
)
async def test_editing_what_is_so_already_or_not_there(messenger: Messenger, server: Server, text: str, shows_it: bool):
    server.script(refuse(400, text))
    assert await messenger.edit(trigger(), View(["new"])) is shows_it


async def test_one_message_stays_one_when_edited(messenger: Messenger, server: Server):
    await messenger.edit(trigger(), View(["a" * 4000, Bold("b" * 4000)], KEYBOARD))
    (params,) = server.params
    assert params["text"] == "a" * 4000 + "\n…"
    assert "reply_markup" in params


async def test_toast_and_alert(messenger: Messenger, server: Server):
    await messenger.toast(tap(), "ok")
    await messenger.toast(tap())
    await messenger.alert(tap(), "😀" * 150)
    assert server.params[0] == {"callback_query_id": 77, "text": "ok"}
    assert server.params[1] == {"callback_query_id": 77}
    assert server.params[2]["show_alert"] is True
    assert utf16_length(server.params[2]["text"]) <= 200
    assert server.params[2]["text"].endswith("😀…")


async def test_a_tap_of_long_ago_is_let_be(messenger: Messenger, server: Server):
    server.script(refuse(400, "Bad Request: query is too old and response timeout expired or query ID is invalid"))
    await messenger.toast(tap(), "ok")


@pytest.mark.parametrize(
    "text",
    [
        "Bad Request: message to delete not found",
        "Bad Request: message can't be deleted",
        "Bad Request: not enough rights",
    ],
)
async def test_deleting_what_cannot_be_deleted(messenger: Messenger, server: Server, text: str):
    assert await messenger.delete(GROUP, 1) is True
    server.script(refuse(400, text))
    assert await messenger.delete(GROUP, 1) is False


@pytest.mark.parametrize("silent", [True, False])
async def test_what_is_silent_makes_no_sound(messenger: Messenger, server: Server, *, silent: bool):
    await messenger.send(GROUP, View(["Psst."]), silent=silent)
    (params,) = server.params
    assert params.get("disable_notification", False) is silent


async def test_buttons_are_dropped_but_for_those_that_stay(messenger: Messenger, server: Server):
    await messenger.drop_buttons(GROUP, 5)
    await messenger.drop_buttons(GROUP, 5, KEYBOARD)
    none, some = server.params
    assert "reply_markup" not in none
    assert some["reply_markup"]["inline_keyboard"][0][0]["text"] == "Join"

"""sendMessage and its kin: what is taken, what is refused, with Telegram's own words."""

from typing import Any

import pytest

from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import User
from tests.support.world import Api

PLAIN = {"text": "x"}


@pytest.fixture
def ann(world: World) -> User:
    ann = world.add_user("Ann", username="ann")
    world.start(ann)
    return ann


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **fields}]]}


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "\u200b\u200d"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x", "entities": "{"}, "can't parse MessageEntity JSON object"),
        (
            {"text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
            "entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3",
        ),
        (
            {"text": "😀b", "entities": [{"type": "bold", "offset": 1, "length": 2}]},
            "entity beginning at UTF-16 offset 1 begins in a middle of a UTF-16 symbol",
        ),
        (
            {"text": "ab", "entities": [{"type": "loud", "offset": 0, "length": 2}]},
            "can't parse MessageEntity: unsupported type specified",
        ),
        ({**PLAIN, "reply_markup": button(callback_data="x" * 65)}, "BUTTON_DATA_INVALID"),
        ({**PLAIN, "reply_markup": button(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
        ({**PLAIN, "reply_markup": button(callback_data="")}, "BUTTON_DATA_INVALID"),
        (
            {**PLAIN, "reply_markup": button()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {**PLAIN, "reply_markup": button(callback_data="x", url="https://example.org")},
            "can't parse inline keyboard button: exactly one action must be specified",
        ),
        (
            {**PLAIN, "reply_markup": button(callback_data="x", style="loud")},
            "can't parse inline keyboard button: invalid button style specified",
        ),
        (
            {**PLAIN, "reply_markup": button(url="javascript:x")},
            "inline keyboard button URL 'javascript:x' is invalid: wrong HTTP URL",
        ),
        ({**PLAIN, "reply_markup": {"inline_keyboard": [button(callback_data="x")]}}, None),
        ({**PLAIN, "reply_markup": "["}, "can't parse reply keyboard markup JSON object"),
        ({**PLAIN, "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({**PLAIN, "message_thread_id": 1}, "message thread not found"),
        ({**PLAIN, "parse_mode": "Loud"}, "unsupported parse_mode"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            {"text": "a.b", "parse_mode": "MarkdownV2"},
            "can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
        ),
    ],
)
async def test_what_is_wrong_is_refused(api: Api, ann: User, params: dict[str, Any], refusal: str | None) -> None:
    said = await api.refusal("sendMessage", chat_id=ann.id, **params)
    if refusal is None:
        assert said.startswith("400 Bad Request: ")
    else:
        assert said == f"400 Bad Request: {refusal}"


async def test_the_longest_text_is_taken(api: Api, ann: User) -> None:
    assert (await api("sendMessage", chat_id=ann.id, text="😀" * 2048 + "\n"))["text"] == "😀" * 2048
    buttons = button(callback_data="é" * 32, style="success")
    sent = await api("sendMessage", chat_id=ann.id, text="x", reply_markup=buttons)
    assert sent["reply_markup"] == buttons


async def test_entities_move_with_the_trimmed_text(api: Api, ann: User) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 6}, {"type": "italic", "offset": 5, "length": 1}]
    sent = await api("sendMessage", chat_id=ann.id, text="  😀b  ", entities=entities)
    assert sent["text"] == "😀b"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 3}]


async def test_only_a_hundred_entities_count(api: Api, ann: User) -> None:
    text = " ".join("x" * 150)
    entities = [{"type": "bold", "offset": 2 * n, "length": 1} for n in range(150)]
    assert len((await api("sendMessage", chat_id=ann.id, text=text, entities=entities))["entities"]) == 100


async def test_telegram_finds_entities_itself(api: Api, ann: User) -> None:
    text = "😀 @ann /go@some_bot #tag https://example.org/a. a@b 1/2 #1"
    sent = await api("sendMessage", chat_id=ann.id, text=text)
    units = text.encode("utf-16-le")
    found = [
        (e["type"], units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in sent["entities"]
    ]
    assert found == [
        ("mention", "@ann"),
        ("bot_command", "/go@some_bot"),
        ("hashtag", "#tag"),
        ("url", "https://example.org/a"),
    ]


async def test_explicit_mentions_by_name_are_ignored(api: Api, ann: User) -> None:
    entities = [{"type": "mention", "offset": 0, "length": 3}]
    assert "entities" not in await api("sendMessage", chat_id=ann.id, text="ann", entities=entities)


async def test_only_members_and_contacts_can_be_mentioned_by_id(api: Api, world: World, ann: User) -> None:
    bob, eve = world.add_user("Bob"), world.add_user("Eve")
    group = world.add_group("Friends", [bob])
    world.add_bot(group)

    async def mention(user: User) -> bool:
        entity = {"type": "text_mention", "offset": 0, "length": 1, "user": {"id": user.id}}
        sent = await api("sendMessage", chat_id=group.id, text="x", entities=[entity])
        return [e["user"]["id"] for e in sent.get("entities", [])] == [user.id]

    assert await mention(bob)  # a member
    assert await mention(ann)  # wrote to the bot in private
    assert not await mention(eve)
    cem = world.add_user("Cem")
    world.join(cem, group)
    world.say(cem, group, "/go@gub_test_bot")
    world.leave(cem, group)
    assert not await mention(cem)  # was a member, and wrote to the bot there
    world.join(eve, group)
    sent = await api("sendMessage", chat_id=group.id, text="x", reply_markup=button(callback_data="x"))
    world.press(eve, group, sent["message_id"], "x")
    world.leave(eve, group)
    assert await mention(eve)  # pressed a button of the bot's
    links = f'<a href="tg://user?id={cem.id}">Cem</a> <a href="tg://user?id={eve.id}">Eve</a>'
    sent = await api("sendMessage", chat_id=group.id, text=links, parse_mode="HTML")
    assert (sent["text"], [e["user"]["id"] for e in sent["entities"]]) == ("Cem Eve", [eve.id])


async def test_marked_up_text(api: Api, ann: User) -> None:
    html = f'<b>Hi <i>&lt;you&gt;</i></b> <a href="tg://user?id={ann.id}">Ann</a>'
    sent = await api("sendMessage", chat_id=ann.id, text=html, parse_mode="HTML")
    assert sent["text"] == "Hi <you> Ann"
    assert [e["type"] for e in sent["entities"]] == ["bold", "italic", "text_mention"]
    sent = await api("sendMessage", chat_id=ann.id, text=r"*Hi* _\(you\)_ `a.b`", parse_mode="MarkdownV2")
    assert sent["text"] == "Hi (you) a.b"
    assert [e["type"] for e in sent["entities"]] == ["bold", "italic", "code"]


async def test_replies(api: Api, world: World, ann: User) -> None:
    trigger = world.say(ann, ann, "hello")
    await api.take()
    sent = await api("sendMessage", chat_id=ann.id, text="x", reply_parameters={"message_id": trigger.id})
    assert sent["reply_to_message"]["text"] == "hello"
    world.delete_message(ann, trigger.id)
    lost = {"message_id": trigger.id, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await api("sendMessage", chat_id=ann.id, text="x", reply_parameters=lost)


async def test_copies_and_forwards(api: Api, world: World, ann: User) -> None:
    bob = world.add_user("Bob")
    world.start(bob)
    said = world.say(ann, ann, "hello")
    await api.take()
    copy = await api("copyMessage", chat_id=bob.id, from_chat_id=ann.id, message_id=said.id)
    forward = await api("forwardMessage", chat_id=bob.id, from_chat_id=ann.id, message_id=said.id)
    assert list(copy) == ["message_id"]
    assert forward["forward_origin"]["sender_user"]["id"] == ann.id
    assert [m.text for m in world.messages(bob)][-2:] == ["hello", "hello"]
    lost = await api.refusal("copyMessage", chat_id=bob.id, from_chat_id=ann.id, message_id=999)
    assert lost == "400 Bad Request: message to copy not found"


async def test_chat_actions(api: Api, ann: User) -> None:
    assert await api("sendChatAction", chat_id=ann.id, action="typing") is True
    assert "wrong parameter action" in await api.refusal("sendChatAction", chat_id=ann.id, action="dance")

"""Updates that nobody should ever send, as somebody surely will."""

from typing import Any

from gub.sandbox.telegram.models import Chat, User

Json = dict[str, Any]


def poison(person: User, chat: Chat) -> dict[str, Json]:
    """Give hostile updates by name; those that name a chat name this one, so they stand in its lane."""
    sender: Json = {"id": person.id, "is_bot": False, "first_name": "Mallory"}
    place: Json = {"id": chat.id, "type": chat.type, "title": "G"}
    message: Json = {"message_id": 999_001, "date": 1_700_000_000, "chat": place, "from": sender, "text": "hello"}
    tap: Json = {"id": "77", "from": sender, "chat_instance": "1", "data": "g:join:x", "message": message}
    change: Json = {"chat": place, "from": sender, "date": 1}
    nested: Any = "deep"
    for _ in range(300):
        nested = {"x": [nested]}
    return {
        "nothing but an id": {},
        "null": {"message": None},
        "text for an object": {"message": "/about"},
        "list for an object": {"message": [message]},
        "hardly anything": {"message": {"message_id": 1, "chat": {"id": chat.id}}},
        "an id that is text": {"message": message | {"from": sender | {"id": "not a number"}}},
        "an id that is a condition": {"message": message | {"from": sender | {"id": {"$gt": 0}}}},
        "an id that is true": {"message": message | {"from": sender | {"id": True}}},
        "an id of 70 bits": {"message": message | {"from": sender | {"id": 2**70}}},
        "a chat of 70 bits": {"message": message | {"chat": place | {"id": -(2**70)}}},
        "a kind of chat to come": {"message": message | {"chat": place | {"type": "planet"}}},
        "a date beyond all calendars": {"message": message | {"date": 10**18}},
        "a date that is none": {"message": message | {"date": "tomorrow"}},
        "a date before Christ": {"message": message | {"date": -(10**12)}},
        "half a surrogate pair": {"message": message | {"text": "/about \ud83d"}},
        "half a surrogate in a name": {"message": message | {"from": sender | {"first_name": "\udc00"}}},
        "control characters": {
            "message": message | {"text": "\x00\x01\x1b[2J", "from": sender | {"first_name": "\x00"}}
        },
        "keys that are operators": {"message": message | {"$where": "1", "a.b": 1, "": 2, "\x00": 3}},
        "an operator as the kind": {"$set": {"chat": place, "from": sender}},
        "three hundred deep": {"message": message | {"extra": nested}},
        "a megabyte of text": {"message": message | {"text": "x" * 1_000_000}},
        "a kind to come": {"telepathy": {"chat": place, "from": sender, "text": "/about"}},
        "two kinds at once": {"message": message, "callback_query": tap},
        "a tap from nowhere": {"callback_query": {"id": "78", "from": sender, "chat_instance": "1"}},
        "a tap on no object": {"callback_query": tap | {"message": {"chat": place}}},
        "a tap with all too much": {"callback_query": tap | {"data": "g:join:" + "a" * 5000}},
        "a tap with a pattern": {"callback_query": tap | {"data": 'g:join:{"$ne": null}'}},
        "a change without a change": {"my_chat_member": change},
        "a change to nothing known": {
            "my_chat_member": change
            | {
                "old_chat_member": {"user": sender, "status": "emperor"},
                "new_chat_member": {"user": sender, "status": "emperor"},
            }
        },
        "entities from elsewhere": {
            "message": message
            | {
                "text": "/notify X hi",
                "entities": [
                    {"type": "bold", "offset": -5, "length": 10**12},
                    {"type": "text_mention", "offset": 3, "length": 2},
                    {"type": "hologram", "offset": 0, "length": 1},
                ],
            }
        },
    }

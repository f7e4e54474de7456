"""Somebody who is named in every way in every collection that can name a person, and others beside them."""

from bson import ObjectId

from gub.clock import SystemClock
from gub.store.documents import Database

ANN, BOB, CEM = 4_000_000_001, 4_000_000_002, 4_000_000_003
SQUAD = -1001234567890
ACCOUNT, BOBS, CEMS = "76561190000000001", "76561190000000002", "76561190000000003"
NAMES = (ANN, "ann_plays", "Annabella")
"""What the scan looks for. Bob's and Cem's things name none of it."""


async def fill(database: Database) -> None:
    """Name Ann in every way in every collection that can, and Bob and Cem beside her."""
    now = SystemClock().now()
    group, hers = ObjectId(), ObjectId()
    await database.users.insert_many(
        [
            {"_id": ANN, "first_name": "Annabella", "username": "Ann_Plays", "username_key": "ann_plays"},
            {"_id": BOB, "first_name": "Bob", "username": "bob_plays", "username_key": "bob_plays"},
        ]
    )
    await database.chats.insert_many(
        [{"chat_id": ANN, "type": "private", "language": "de"}, {"chat_id": SQUAD, "title": "Squad"}]
    )
    await database.departures.insert_one({"_id": ANN, "at": now})
    entry = {"chat_id": SQUAD, "group_name": "Squad"}
    await database.statususers.insert_many(
        [
            {**entry, "user_id": BOB, "person_id": ANN, "display_name": "Annabella", "steam_account_id": ACCOUNT},
            {**entry, "user_id": ANN, "display_name": "Brother", "psn_account_id": 123, "psn_online_id": "bro"},
            {**entry, "user_id": ANN, "person_id": BOB, "display_name": "Bobby", "steam_account_id": BOBS},
            {**entry, "user_id": BOB, "display_name": "Cem", "steam_account_id": CEMS},
            {"chat_id": ANN, "user_id": ANN, "group_name": None, "display_name": "Me", "xbox_account_id": "9"},
        ]
    )
    for key in (f"steam:{ACCOUNT}", "psn:123", "xbox:9", f"steam:{BOBS}"):
        platform, _, account = key.partition(":")
        seen = {"platform": platform, "account_id": account, "status": "online"}
        await database.presences.insert_one({"_id": key, **seen, "fetched_at": now, "noted_at": now})
    for number, user in enumerate((ANN, BOB)):
        kept = {
            "person": ObjectId(),
            "user_id": user,
            "chat_id": SQUAD,
            "at": now,
            "status": "playing",
            "title": "Hades",
        }
        await database.presencechanges.insert_one({"_id": f"kept:{number}", **kept})
        await database.starts.insert_one(
            {"user_id": user, "chat_id": SQUAD, "sessions": [{"game": "hades", "lasts": True}], "revision": 1}
        )
    await database.notifygroups.insert_many(
        [
            {"_id": group, "chat_id": SQUAD, "creator_id": BOB, "name": "war", "members": [BOB, ANN]}
            | {"mutes": {str(ANN): None, str(BOB): now}, "invited": [CEM]},
            {"_id": hers, "chat_id": SQUAD, "creator_id": BOB, "name": "quiz", "members": [BOB]}
            | {"invited": ["@ann_plays", CEM]},
        ]
    )
    await database.notifygroupinvitation.insert_many(
        [
            {"notify_group_id": group, "initially_invited": [ANN, CEM], "actively_invited": [CEM], "accepted": [ANN]}
            | {"inviter_id": BOB, "unfinished": [ANN], "chat_id": SQUAD},
            {"notify_group_id": hers, "initially_invited": ["@ann_plays", CEM], "inviter_id": ANN, "chat_id": SQUAD}
            | {"actively_invited": ["@ann_plays", CEM], "declined": [ANN, BOB]},
        ]
    )
    rings = {"kind": "call", "chat_id": SQUAD, "group_id": str(group), "created_at": now, "stored_at": now}
    await database.ringing.insert_one({"_id": f"{SQUAD}:7", **rings, "left": [ANN, "@ann_plays", BOB]})
    called = {"chat_id": SQUAD, "group_id": str(group), "group_name": "crew", "opened_at": now, "closes_at": now}
    called |= {"stored_at": now, "revision": 0, "ended": False}
    await database.calls.insert_many(
        [
            {**called, "caller_id": ANN, "coming": [ANN, BOB], "people": [ANN, BOB], "words": {"text": "at nine?"}},
            {**called, "caller_id": BOB, "coming": [BOB, ANN], "late": {str(ANN): now}, "cant": [], "called": [ANN]}
            | {"people": [BOB, ANN]},
        ]
    )
    paid = {"chat_id": SQUAD, "stored_at": now, "revision": 0}
    await database.respects.insert_many(
        [
            {**paid, "created_by_message": 1, "creator_id": ANN, "what": "the cat", "people": [ANN, BOB]},
            {**paid, "created_by_message": 2, "creator_id": BOB, "what": "@Ann_plays's rank", "people": [BOB, ANN]},
        ]
    )
    watch = {"kind": "on", "chat_id": SQUAD, "title_key": "", "always": True, "stored_at": now, "revision": 0}
    await database.watches.insert_many([{**watch, "owner_id": ANN}, {**watch, "owner_id": BOB}])
    board = {"message_id": 5, "revision": 0, "stored_at": now}
    await database.boards.insert_many(
        [
            {"_id": f"{SQUAD}:1", "chat_id": SQUAD, "creator_id": ANN, **board},
            {"_id": f"{SQUAD}:2", "chat_id": SQUAD, "creator_id": BOB, **board},
            {"_id": f"{ANN}:0", "chat_id": ANN, "creator_id": ANN, **board},
        ]
    )
    given = {"amount": 50, "paid_at": now}
    await database.donations.insert_many([{"charge_id": f"c{one}", "user_id": one, **given} for one in (ANN, BOB)])
    told = {"command_id": 5, "stored_at": now}
    await database.announcements.insert_many(
        [
            {**told, "owner_id": ANN, "phase": "done"},
            {**told, "owner_id": BOB, "phase": "draft", "text": "@ann_plays runs this from now on"},
            {**told, "owner_id": CEM, "phase": "draft", "text": "An update"},
        ]
    )
    await database.announcementtargets.insert_many(
        [
            {"_id": f"a:{chat}", "announcement": group, "chat_id": chat, "state": "sent", "stored_at": now}
            for chat in (ANN, BOB)
        ]
    )
    dialog = {"kind": "k", "state": "s", "touched_at": now}
    await database.dialogs.insert_many(
        [
            {"_id": f"1:{ANN}:{ANN}:a", "chat_id": ANN, **dialog, "data": {}},
            {"_id": f"1:{SQUAD}:{ANN}:b", "chat_id": SQUAD, **dialog, "data": {}},
            {"_id": f"1:{SQUAD}:{BOB}:c", "chat_id": SQUAD, **dialog, "data": {"text": "come, @Ann_Plays!"}},
            {"_id": f"1:{SQUAD}:{BOB}:d", "chat_id": SQUAD, **dialog, "data": {"asked": [{"user": ANN}]}},
            {"_id": f"1:{BOB}:{BOB}:e", "chat_id": BOB, **dialog, "data": {"text": "@cem, come"}},
        ]
    )

"""What has to be so when a soak is over and everything is calm."""

import asyncio
import sys
from collections import Counter
from datetime import timedelta

from gub.clock import SystemClock
from gub.domain.limits import CALL_LIFETIME
from gub.sandbox.telegram.world import World
from gub.store.documents import Database, Document
from tests.chaos.events import Events
from tests.chaos.fleet import Worker
from tests.chaos.regulars import KnownGroup, Regulars
from tests.scenarios.running import Place

WARM = 30.0
"""Seconds after which a process has loaded all that it uses."""
GROWTH, SLACK = 1.25, 16 * 1024 * 1024
"""A process may end with so many times the memory that it had when it was warm, and so many bytes."""

_MARGIN = timedelta(seconds=30)


async def leftovers(database: Database, bot_id: int) -> list[str]:
    """Name what is not through: updates, calls, invitations, moves, announcements, wishes to be forgotten."""
    young = SystemClock().now() - CALL_LIFETIME + _MARGIN
    asked: dict[str, Document] = {
        "inbox": {"bot_id": bot_id, "state": "new"},
        "ringing": {"left.0": {"$exists": True}, "created_at": {"$gt": young}},
        "notifygroupinvitation": {"$or": [{"unfinished.0": {"$exists": True}}, {"stale": True}]},
        "respects": {"stale": True},
        "calls": {"stale": True, "message_id": {"$ne": None}},
        "migrations": {"finished_at": {"$exists": False}},
        "announcements": {"phase": {"$in": ["gathering", "sending", "recalling"]}},
        "deletions": {},
    }
    found = {name: await database[name].count_documents(condition) for name, condition in asked.items()}
    return [f"{count} in {name}" for name, count in found.items() if count]


async def invited_agree(database: Database, events: Events) -> None:
    """`invited` of a group is the union of those whom its open invitations ask."""
    asked: dict[object, set[object]] = {}
    async for one in database["notifygroupinvitation"].find({"ended": {"$exists": False}}):
        asked.setdefault(one["notify_group_id"], set()).update(one["actively_invited"])
    async for group in database["notifygroups"].find({}):
        if set(group.get("invited", [])) != asked.get(group["_id"], set()):
            events.problem(f"invited of {group['name']!r}: {group['invited']}, asked {asked.get(group['_id'])}")
        if len(set(group["members"])) != len(group["members"]):
            events.problem(f"somebody is twice in {group['name']!r}")


async def chats_agree(database: Database, world: World, events: Events) -> None:
    """A chat is kept exactly while the bot may write there, as far as it was told; whoever is listed has an account."""
    async for one in database["chats"].find({}):
        chat = world.find_chat(one["chat_id"])
        gone = chat.blocked if chat.private else not chat.present(world.default_bot.id)
        if gone and chat.migrated_to is None:
            events.problem(f"chat {chat.id} is kept, and the bot is not in it")
        if await database["departures"].find_one({"_id": chat.id}) is not None:
            events.problem(f"chat {chat.id} is kept, and was left")
    nobody: Document = {f"{platform}_account_id": {"$exists": False} for platform in ("xbox", "psn", "steam")}
    if count := await database["statususers"].count_documents(nobody):
        events.problem(f"{count} are listed without an account")


async def nothing_is_held(database: Database, events: Events) -> None:
    """Once all processes have stopped in order, nobody has a place or a lease. Claims end with the place."""
    for name in ("workers", "leases"):
        async for one in database[name].find({}):
            events.problem(f"in {name} is left {one}")


async def no_faults(database: Database, events: Events) -> None:
    """Nothing failed that nobody had expected to fail: the owners would have been told."""
    async for one in database["faults"].find({}):
        events.problem(f"the owners were told of {one['_id']}")


async def remembered(database: Database, regulars: Regulars, events: Events) -> None:
    """Every answer that people got is so in the database, and nothing is there that nobody was told of."""
    title, here = regulars.chat.title, {"chat_id": regulars.chat.id}
    stored = {group["name"]: set(group["members"]) async for group in database["notifygroups"].find(here)}
    for name, known in regulars.groups.items():
        if known is not None and name not in stored:
            events.problem(f"{title}: {name} is gone from the database")
        elif known is not None:
            _compare_members(known, stored[name], f"{title}: {name}", events)
    for name in stored.keys() - regulars.groups.keys():
        events.problem(f"{title}: nobody was told of {name}")
    listed = {one["display_name"] async for one in database["statususers"].find(here)}
    for name, is_listed in regulars.listed.items():
        if is_listed is not None and (name in listed) is not is_listed:
            events.problem(f"{title}: of {name} being listed was told: {is_listed}")
    if await database["chats"].find_one(here) is None:
        events.problem(f"{title}: the chat itself is not remembered")


def _compare_members(known: KnownGroup, stored: set[int], where: str, events: Events) -> None:
    for person, member in known.members.items():
        if member is not None and (person in stored) is not member:
            events.problem(f"{where}: {person} was told of being a member: {member}")
    if strangers := stored - known.members.keys():
        events.problem(f"{where}: {strangers} are members, and were never told")


class Repeats:
    """Tells whether somebody was told the same more often than kills, freezes and lost answers of Telegram explain."""

    def __init__(self, events: Events, excuses: list[float]) -> None:
        """Excuse with what happened at these times."""
        self._events = events
        self._excuses = excuses

    def check(self, at: float, text: str, times: int) -> None:
        """Judge how often something that was said then was answered."""
        excuses = sum(at - 30 <= one <= at + 90 for one in self._excuses)
        if times > 1:
            self._events.count("repeated")
        if times > 1 + excuses:
            self._events.problem(f"{text!r} of {at:.1f} was answered {times} times, with {excuses} excuses")


def pinged(world: World, regulars: Regulars, events: Events, repeats: Repeats) -> None:
    """Every call pinged all whom it is to ping, and went out once."""
    for call in regulars.calls:
        sent = [message for message in world.messages(regulars.chat, deleted=True) if call.token in message.text]
        ours = {message.id for message in sent if message.from_user is world.default_bot.user}
        reached = {one.user_id for one in world.pushes if one.message_id in ours and one.chat_id == regulars.chat.id}
        if missed := call.members - reached:
            events.problem(f"{regulars.chat.title}: {missed} never heard of {call.said.text!r}")
        repeats.check(call.at, call.said.text, len(ours))


def told_once(world: World, regulars: Regulars, repeats: Repeats) -> None:
    """Nobody was given the same answer twice."""
    replies = Counter(
        (message.reply_to, message.text)
        for message in world.messages(regulars.chat, deleted=True)
        if message.from_user is world.default_bot.user and message.reply_to is not None
    )
    for at, said, answer in regulars.told:
        repeats.check(at, said.text, replies[said.id, answer.text])


def memory_is_flat(workers: list[Worker], events: Events) -> None:
    """No process that ran for long ends with much more memory than it had once it was warm."""
    for worker in workers:
        warm = [taken for age, taken in worker.memory if age >= WARM]
        if not warm or worker.memory[-1][0] < 2 * WARM:
            events.note(f"{worker.name} did not run long enough to say anything about its memory")
            continue
        last = worker.memory[-1]
        events.note(f"{worker.name}: {warm[0] >> 20} MB warm, {last[1] >> 20} MB after {last[0]:.0f} s")
        if last[1] > warm[0] * GROWTH + SLACK:
            events.problem(f"the memory of {worker.name} grew from {warm[0]} to {last[1]} bytes in {last[0]:.0f} s")


async def database_checks(place: Place, events: Events) -> None:
    """`gub db check` finds nothing."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gub", "db", "check", env={**Worker.clean_environ(), **place.environ},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await process.communicate()
    if process.returncode != 0:
        events.problem(f"gub db check says {process.returncode}: {output.decode()[-2000:]}")

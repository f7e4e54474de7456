"""How long people wait with 100,000 chats in the database, beside the same bot on an empty one, in turn.

Two bots run at once, each with a Telegram, platforms and an embedded database server of its own, and the same is said
to one and then to the other.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.bots import Contender, polling
from benchmarks.report import Figure
from benchmarks.scale_fill import fill
from benchmarks.scale_stage import ScaleStage
from benchmarks.stage import TOKEN, staged
from benchmarks.status_data import make_groups, store_credentials
from benchmarks.status_stage import Group
from gub.clock import SystemClock
from gub.domain.values import ChatFacts, Joining, KnownUser
from gub.store.chats import SettingsField
from gub.store.embedded import EmbeddedServer
from gub.store.mongo import connect
from gub.store.store import Store, open_store

RATIO_AIM: Final = 1.5
DATABASE: Final = "gub_scale"
CHATS: Final = 100_000
MATES: Final = 3
"""Members of the group that is called."""

INVITED_A_CHAT: Final = 8
"""Fewer than one user may invite within ten minutes."""

_CREW: Final = "crew"
_SETTLE_SECONDS: Final = 0.05
"""What the bot does after its answer is no part of the next one."""

_START_SECONDS: Final = 5.0
"""What a bot does beside at its start, and does not wait for, is no part of an answer either."""

_PATIENCE: Final = "timeoutMS=600000"
"""A thousand documents of many indexes take the embedded server longer than the driver's usual limit, at times."""


@dataclass(frozen=True)
class Place:
    """A group chat: who can be invited there."""

    group: Group
    guests: Sequence[KnownUser]


@dataclass
class House:
    """A bot at work, where it works, and the seconds until each of its answers, by command."""

    stage: ScaleStage
    places: Sequence[Place]
    documents: int
    times: dict[str, list[float]] = field(default_factory=dict)

    async def ask(self, place: Place, text: str) -> None:
        """Have it said, and note how long the answer took."""
        seconds, answer = await self.stage.ask(place.group, text)
        command = text.split(maxsplit=1)[0]
        if not _is_answer(command, answer):
            raise RuntimeError(f"{text} was answered by: {answer}")
        self.times.setdefault(command, []).append(seconds)
        await asyncio.sleep(_SETTLE_SECONDS)

    def median(self, command: str) -> float:
        """Give the median of a command, without the first answer in each place."""
        return statistics.median(self.times[command][len(self.places) :])


async def measure_scale(number: int, places: int) -> tuple[list[Figure], list[str]]:
    """Fill a database with that many chats, and ask there and in an empty one in turn."""
    async with AsyncExitStack() as stack:
        kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gub-scale-")))
        bare = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gub-scale-")))
        began = time.monotonic()
        full = await stack.enter_async_context(_house(kept, number, places))
        filled = time.monotonic() - began
        empty = await stack.enter_async_context(_house(bare, 0, places))
        await asyncio.sleep(_START_SECONDS)
        await _alternate(full, empty)
    return _figures(full, empty), [_note(full, empty, number, filled)]


async def _alternate(full: House, empty: House) -> None:
    """Say the same to both; what comes first in a place does not count."""
    for turn in range(INVITED_A_CHAT):
        for there, here in zip(full.places, empty.places, strict=True):
            for text in ("/about", "/status", f"/notify {_CREW}", "/invite"):
                for house, place in ((full, there), (empty, here)):
                    await house.ask(place, _wording(text, place, turn))


def _wording(text: str, place: Place, turn: int) -> str:
    return text if text != "/invite" else f"/invite {_CREW} @{place.guests[turn].username}"


def _is_answer(command: str, answer: str) -> bool:
    words = {"/about": "Gamers", "/status": "Player", "/notify": _CREW, "/invite": _CREW}
    return words[command] in answer


@asynccontextmanager
async def _house(folder: Path, number: int, places: int) -> AsyncIterator[House]:
    """Run a bot on a database with that many chats in it."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        server = EmbeddedServer(folder, clock=clock)
        uri = await server.start()
        stack.push_async_callback(server.stop)
        store = await open_store(f"{uri}&{_PATIENCE}", DATABASE, clock=clock)
        stack.push_async_callback(store.close)
        await _filled(store, uri, clock, number)
        stage = await stack.enter_async_context(staged(ScaleStage.module, ScaleStage))
        signed = await stage.tokens()
        await store_credentials(store, signed, clock)
        made = [await _place(store, stage, group) for group in await make_groups(store, stage, places)]
        environment = {
            "GUB_MONGODB_URI": uri,
            "GUB_MONGODB_DATABASE": DATABASE,
            "GUB_PLATFORM_GATEWAY": stage.gateway,
            "GUB_LOG_LEVEL": "warning",
        }
        bot = Contender("GUB", ["-m", "benchmarks.unpaced_bot"], environment)
        await stack.enter_async_context(polling(bot, stage))
        await stage.signed_in()
        yield House(stage, made, sum((await _counts(uri)).values()))


async def _filled(store: Store, uri: str, clock: SystemClock, number: int) -> None:
    if number:
        client = connect(f"{uri}&{_PATIENCE}&retryWrites=false")
        try:
            await fill(store, client[DATABASE], clock, number, bot_id=int(TOKEN.partition(":")[0]))
        finally:
            await client.close()


async def _place(store: Store, stage: ScaleStage, group: Group) -> Place:
    """Make a notify group with members in a chat, which may be called again at once, and guests beside."""
    people = await stage.crowd(group, MATES + INVITED_A_CHAT)
    mates, guests = people[:MATES], people[MATES:]
    await store.users.learn(people)
    await store.chats.remember(ChatFacts(group.chat_id, "group", group.title))
    await store.chats.choose(group.chat_id, SettingsField.COOLDOWN, 0)
    crew = await store.notifygroups.create(group.chat_id, group.keeper_id, _CREW, None, Joining.OPEN, None)
    for mate in mates:
        await store.notifygroups.join(crew.id, group.chat_id, mate.user_id)
    return Place(group, guests)


async def _counts(uri: str) -> Mapping[str, int]:
    client = connect(f"{uri}&{_PATIENCE}")
    try:
        database = client[DATABASE]
        return {
            name: await database[name].estimated_document_count() for name in await database.list_collection_names()
        }
    finally:
        await client.close()


def _figures(full: House, empty: House) -> list[Figure]:
    figures = []
    for command in ("/about", "/status", "/notify", "/invite"):
        ours, bare = full.median(command), empty.median(command)
        aim = f"ratio at most {RATIO_AIM}"
        met = ours / bare <= RATIO_AIM
        figures.append(Figure(f"{command} in a full database", "ms", 1e3 * ours, 1e3 * bare, "empty", aim, met))
    return figures


def _note(full: House, empty: House, number: int, filled: float) -> str:
    return (
        f"Scale: {number:,} chats, groups and users, {full.documents:,} documents in all, {empty.documents:,} in the "
        f"empty one; ready after {filled:.0f} s. Medians of {len(full.places) * (INVITED_A_CHAT - 1)} each, in turn."
    )

"""/f: one F each, kept over restarts, and few edits however many tap at once."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from aiogram import Bot

from gub.domain.languages import Language
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.services.respects import RespectsBook
from gub.telegram.gateway import GatewaySession, Pace
from gub.telegram.messenger import Messenger
from gub.telegram.respects_upkeep import RespectsUpkeep
from gub.telegram.showing import View
from gub.telegram.words import spoken_now
from tests.support.clock import FakeClock
from tests.telegram.handlers.conftest import Stage

_PATIENCE = 20  # seconds of real time, on however busy a machine


class Recording(Messenger):
    """Remembers when and in which languages messages were edited."""

    def __init__(self, bot: Bot, clock: FakeClock) -> None:
        super().__init__(bot)
        self.clock = clock
        self.languages: list[Language] = []
        self.times: list[float] = []

    async def edit_at(self, chat_id: int, message_id: int, view: View) -> bool:
        self.languages.append(spoken_now())
        self.times.append(self.clock.monotonic())
        return await super().edit_at(chat_id, message_id, view)


@dataclass
class Upkeep:
    stage: Stage
    changed: asyncio.Event
    messenger: Recording

    async def show(self) -> None:
        """Let it show all that is to be shown anew."""
        self.changed.set()
        async with asyncio.timeout(_PATIENCE):
            while await self.stage.store.respects.stale(10):
                await self.stage.clock.advance(0.5)


@pytest.fixture
async def upkeep(stage: Stage, sim: SimServer) -> AsyncIterator[Upkeep]:
    changed = asyncio.Event()
    desk = replace(stage.parts.fun_desk, respects=RespectsBook(stage.store, changed))
    stage.parts = replace(stage.parts, fun_desk=desk)
    stage.restart()
    session = GatewaySession(sim.url, stage.clock, pace=Pace.unlimited())
    async with Bot(TEST_TOKEN, session=session) as bot:
        messenger = Recording(bot, stage.clock)
        made = RespectsUpkeep(stage.store, stage.parts.languages, messenger, changed, stage.clock)
        running = asyncio.create_task(made.run(), name="upkeep")
        yield Upkeep(stage, changed, messenger)
        running.cancel()
        await asyncio.wait([running], timeout=_PATIENCE)
        assert running.cancelled(), "nothing but being cancelled ends it"


@pytest.fixture
async def paid(stage: Stage, squad: Chat, ann: User) -> SimMessage:
    return await stage.answer(ann, squad, "/f  my last\nlife")


async def test_f_counts_who_asks_and_whoever_taps_once(
    stage: Stage, upkeep: Upkeep, ann: User, bob: User, paid: SimMessage
):
    assert paid.text == "🫡 F to pay respects: my last life\n🕯️ 1: Ann"
    told = await stage.press(bob, paid, "F")
    assert told is not None
    assert (told.text, told.alert) == ("🫡 Respects paid.", False)
    for person in (bob, ann):
        told = await stage.press(person, paid, "F")
        assert told is not None
        assert "already" in told.text
    await upkeep.show()
    assert paid.text.endswith("🕯️ 2: Ann and Bob")
    assert [button["text"] for button in paid.buttons] == ["F"]


async def test_a_crowd_at_once_is_one_edit_and_the_first_few_are_named(
    stage: Stage, upkeep: Upkeep, squad: Chat, paid: SimMessage
):
    crowd = [stage.world.add_user(f"P{number}") for number in range(9)]
    for person in crowd:
        stage.world.join(person, squad)
        stage.world.press(person, squad.id, paid.id, paid.button("F"))
    await stage.settle()
    before = stage.calls("editMessageText")
    await upkeep.show()
    assert stage.calls("editMessageText") - before <= 2
    assert paid.text.endswith("🕯️ 10: Ann, P0, P1, P2, P3 and 5 more")


async def test_edits_of_one_message_keep_their_distance(
    stage: Stage, upkeep: Upkeep, squad: Chat, bob: User, paid: SimMessage
):
    late = stage.world.add_user("Late")
    stage.world.join(late, squad)
    for person in (bob, late):
        await stage.press(person, paid, "F")
        await upkeep.show()
    first, second = upkeep.messenger.times
    assert second - first >= 3


async def test_a_restart_loses_nothing(stage: Stage, upkeep: Upkeep, bob: User, paid: SimMessage):
    stage.restart()
    await stage.press(bob, paid, "F")
    stage.restart()
    await upkeep.show()
    assert "Ann and Bob" in paid.text


async def test_the_same_command_handled_again_says_nothing_twice(stage: Stage, squad: Chat, ann: User):
    stage.world.say(ann, squad, "/f")
    updates = await stage.api.take()
    for update in (*updates, *updates):
        await stage.feed(update)
    assert len([message for message in stage.by_bot(squad) if "respects" in message.text]) == 1


async def test_f_alone_in_private_and_as_the_group(stage: Stage, squad: Chat, ann: User, bob: User):
    assert (await stage.answer(bob, bob, "/f")).text == "🫡 F to pay respects\n🕯️ 1: Bob"
    assert (await stage.answer(ann, squad, "/f", anonymous=True)).text == "🫡 F to pay respects"


async def test_who_is_named_in_it_is_not_pinged_and_a_long_text_is_cut(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/f @Ann_A " + "x" * 3000)
    assert stage.pinged(answer) == set()
    assert len(answer.text) < 300


async def test_who_is_not_in_the_chat_pays_none(stage: Stage, squad: Chat, bob: User, paid: SimMessage):
    query_id = stage.world.press(bob, squad.id, paid.id, paid.button("F"))
    stage.world.leave(bob, squad)
    await stage.settle()
    told = stage.world.callback_answer(query_id)
    assert told is not None
    assert told.alert
    (kept,) = [await stage.store.respects.get(paid.button("F").split(":")[2])]
    assert kept is not None
    assert bob.id not in kept.people


async def test_a_message_that_was_deleted_is_forgotten_and_its_button_says_so(
    stage: Stage, upkeep: Upkeep, squad: Chat, bob: User, paid: SimMessage
):
    data = paid.button("F")
    await stage.press(bob, paid, "F")
    stage.world.delete_message(squad, paid.id)
    await upkeep.show()
    assert await stage.store.respects.get(data.split(":")[2]) is None
    other = await stage.answer(bob, squad, "/f")
    told = await stage.press_data(bob, other, data, forged=True)
    assert told is not None
    assert "a while ago" in told.text


async def test_it_is_shown_in_the_language_of_the_chat(
    stage: Stage, upkeep: Upkeep, squad: Chat, bob: User, paid: SimMessage
):
    await stage.parts.languages.choose(squad.id, Language.GERMAN)
    await stage.press(bob, paid, "F")
    await upkeep.show()
    assert upkeep.messenger.languages == [Language.GERMAN]

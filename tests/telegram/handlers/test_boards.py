"""/board: one message a topic that stays true, edited when something changes and not otherwise."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from aiogram import Bot

from gub.domain.boards import Board
from gub.domain.choices import Setting
from gub.domain.limits import BOARDS_PER_CHAT
from gub.domain.presence import Status
from gub.domain.values import Account, Platform, StatusUser, Visibility
from gub.platforms.errors import Unavailable
from gub.presence.desk import PresenceDesk
from gub.presence.poller import Poller
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.faults import Fault
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.services.boards import BoardBook
from gub.services.chat_settings import Choices
from gub.services.people import People
from gub.services.status import StatusList
from gub.services.watched import Watched
from gub.telegram.board_desk import BoardDesk
from gub.telegram.board_upkeep import BoardUpkeep
from gub.telegram.gateway import GatewaySession, Pace
from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View, fitted
from tests.support.clock import START, FakeClock
from tests.support.people import KnownPlatform
from tests.telegram.handlers.conftest import Stage

_PATIENCE = 20  # seconds of real time, on however busy a machine


class Counting(Messenger):
    """Remembers when which messages were edited."""

    def __init__(self, bot: Bot, clock: FakeClock) -> None:
        super().__init__(bot)
        self.clock = clock
        self.edits: list[tuple[int, float]] = []

    async def edit_at(self, chat_id: int, message_id: int, view: View) -> bool:
        self.edits.append((message_id, self.clock.monotonic()))
        return await super().edit_at(chat_id, message_id, view)


@dataclass
class Wall:
    """Where boards hang: the poller and the upkeep, moved by hand."""

    stage: Stage
    poller: Poller
    book: BoardBook
    messenger: Counting
    upkeep: asyncio.Task[None]

    async def look(self, minutes: float = 1) -> None:
        """Let time pass, then look once, and let what follows be shown."""
        await self.stage.clock.advance(minutes * 60)
        await self.poller.look()
        await self.show()

    async def show(self) -> None:
        """Let it show all that is to be shown anew."""
        async with asyncio.timeout(_PATIENCE):
            while await self.stage.store.boards.stale(100):
                await self.stage.clock.advance(0.5)

    async def opened(self, user: User, chat: Chat | User, **more: object) -> SimMessage:
        """Let somebody open a board; give its message."""
        before = {message.id for message in self.stage.by_bot(chat)}
        await self.stage.said(user, chat, "/board", **more)
        (board,) = (message for message in self.stage.by_bot(chat) if message.id not in before)
        if self.book.has_looked:
            await self.show()
        return board


@pytest.fixture
async def wall(stage: Stage, sim: SimServer) -> AsyncIterator[Wall]:
    async with hung(stage, sim) as made:
        await made.poller.look()
        yield made


class hung:  # noqa: N801 - reads as what it is: a wall that is hung
    """A process that keeps boards: leave it and enter another one, and it was restarted."""

    def __init__(self, stage: Stage, sim: SimServer) -> None:
        self._stage = stage
        self._sim = sim

    async def __aenter__(self) -> Wall:
        stage, changed = self._stage, asyncio.Event()
        session = GatewaySession(self._sim.url, stage.clock, pace=Pace.unlimited())
        self._bot = Bot(TEST_TOKEN, session=session)
        messenger = Counting(self._bot, stage.clock)
        desk = PresenceDesk(stage.clients, stage.clock, gather=0)
        status_list = StatusList(stage.store, desk)
        book = BoardBook(stage.store, status_list, changed)
        watched = Watched(stage.store, (book,))
        people = People(stage.store, stage.clients, stage.clock, on_changed=(watched.changed, book.list_changed))
        board_desk = BoardDesk(book, messenger, self._bot, stage.clock)
        erasing = replace(stage.parts.erasing, boards=board_desk)
        cards = replace(stage.parts, people=people, board_desk=board_desk, status_list=status_list, erasing=erasing)
        choices = Choices(stage.store, stage.parts.languages, on_chosen=(book.list_changed,))
        stage.parts = replace(cards, choices=choices)
        stage.restart()
        upkeep = BoardUpkeep(stage.store, board_desk, stage.parts.languages, changed, stage.clock)
        self._running = asyncio.create_task(upkeep.run(), name="upkeep")
        self._desk = desk
        return Wall(stage, Poller(desk, watched.people, stage.clock, (book,)), book, messenger, self._running)

    async def __aexit__(self, *_: object) -> None:
        self._running.cancel()
        await asyncio.wait([self._running], timeout=_PATIENCE)
        await self._desk.aclose()
        await self._bot.session.close()
        assert self._running.cancelled(), "nothing but being cancelled ends it"


@pytest.fixture
async def ann_plays(stage: Stage, squad: Chat, ann: User) -> StatusUser:
    account = stage.steam.know("ann", Status.PLAYING, title="Chess")
    return await stage.store.statususers.add(squad.id, ann.id, "Ann", {Platform.STEAM: account}, "Squad")


pytestmark = pytest.mark.usefixtures("ann_plays")


async def test_it_follows_what_people_do(wall: Wall, stage: Stage, squad: Chat, ann: User):
    board = await wall.opened(ann, squad)
    assert "Ann - Chess on Steam" in board.text
    await wall.look()
    stage.steam.know("ann", Status.PLAYING, title="Go")
    await wall.look()
    assert "Ann - Go on Steam, since 18:02 UTC" in board.text
    stage.steam.know("ann", Status.OFFLINE)
    await wall.look(3)
    assert "Offline: Ann" in board.text
    assert "Nobody is on right now." in board.text
    assert board.buttons


async def test_times_are_each_readers_own(wall: Wall, stage: Stage, squad: Chat, ann: User):
    await stage.parts.choices.choose(squad.id, Setting.TIME_ZONE, "Europe/Berlin")
    board = await wall.opened(ann, squad)
    (as_of,) = (one for one in board.entities if one["type"] == "date_time")
    assert as_of["unix_time"] == int(START.timestamp())
    assert as_of["date_time_format"] == "dt"
    assert "As of 2026-11-22 19:00." in board.text


async def test_nothing_changed_is_no_edit(wall: Wall, squad: Chat, ann: User):
    await wall.opened(ann, squad)
    await wall.look()
    edits = len(wall.messenger.edits)
    for _ in range(60):
        await wall.look(5)
    assert len(wall.messenger.edits) == edits


async def test_one_that_stays_as_it_is_for_days_says_of_which_day_it_is(
    wall: Wall, stage: Stage, squad: Chat, ann: User
):
    stage.steam.know("ann", Status.OFFLINE)
    board = await wall.opened(ann, squad)
    for _ in range(3):
        await wall.look(24 * 60)
    assert "As of 2026-11-22 18:00 UTC" in board.text
    (as_of,) = (entity for entity in board.entities if entity["type"] == "date_time")
    assert as_of["date_time_format"] == "dt"


async def test_a_week_of_life_takes_as_many_edits_as_there_were_changes(
    wall: Wall, stage: Stage, squad: Chat, ann: User
):
    board = await wall.opened(ann, squad)
    await wall.look()
    begun = len(wall.messenger.edits)
    for day in range(7):
        for status in (Status.ONLINE, Status.PLAYING, Status.OFFLINE):
            stage.steam.know("ann", status, title=f"Game {day}" if status is Status.PLAYING else None)
            await wall.look(60)
            await wall.look(60)
        await stage.clock.advance(18 * 3600)
    assert len(wall.messenger.edits) - begun <= 7 * 3 * 2, "an answer after a long silence may be unsure for one look"
    assert "Offline: Ann" in board.text


async def test_there_is_one_a_topic(wall: Wall, stage: Stage, squad: Chat, ann: User):
    first = await wall.opened(ann, squad)
    second = await wall.opened(ann, squad)
    assert first not in stage.by_bot(squad)
    assert second in stage.by_bot(squad)
    stage.steam.know("ann", Status.OFFLINE)
    await wall.look(3)
    assert "Offline: Ann" in second.text
    assert await stage.store.boards.count(squad.id) == 1


async def test_one_that_cannot_be_deleted_says_where_the_new_one_is(
    wall: Wall, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    async def refused(*_: object) -> bool:
        return False

    first = await wall.opened(ann, squad)
    monkeypatch.setattr(wall.messenger, "delete", refused)
    await wall.opened(ann, squad)
    assert first.text == "📌 The board is further down now."


async def test_a_command_that_is_handled_again_opens_no_second_one(stage: Stage, squad: Chat, ann: User):
    updates = await _said_without_answer(stage, ann, squad)
    for _ in range(2):
        for update in updates:
            await stage.feed(update)
    assert len([one for one in stage.by_bot(squad) if "Who's on" in one.text]) == 1


@pytest.mark.parametrize("fault", ["429", "502_html", "drop_before"])
async def test_what_telegram_does_not_do_at_once_is_done_later(  # noqa: PLR0917 - fixtures
    wall: Wall, stage: Stage, squad: Chat, ann: User, ann_plays: StatusUser, fault: str
):
    stage.world.promote(stage.world.default_bot.user, squad, ["can_pin_messages", "can_delete_messages"])
    first = await wall.opened(ann, squad)
    for method in ("deleteMessage", "pinChatMessage"):
        stage.world.faults.add(Fault(method, fault, times=3, retry_after=2))
    second = await wall.opened(ann, squad)
    assert first not in stage.by_bot(squad)
    assert squad.pinned == [second.id]
    await stage.parts.people.show(ann_plays, ann.id, Visibility.HIDDEN)
    await wall.show()
    assert not any("Ann - " in message.text for message in stage.by_bot(squad))


async def test_a_death_after_a_new_one_leaves_no_old_one(stage: Stage, sim: SimServer, squad: Chat, ann: User):
    async with hung(stage, sim) as wall:
        await wall.poller.look()
        first = await wall.opened(ann, squad)
        wall.upkeep.cancel()
        await asyncio.wait([wall.upkeep])
        await stage.said(ann, squad, "/board")
        assert first in stage.by_bot(squad)
    async with hung(stage, sim) as wall:
        await wall.poller.look()
        await wall.show()
        assert len([message for message in stage.by_bot(squad) if "Who's on" in message.text]) == 1
        assert first not in stage.by_bot(squad)


async def test_a_death_after_end_ends_it(stage: Stage, sim: SimServer, squad: Chat, ann: User):
    async with hung(stage, sim) as wall:
        await wall.poller.look()
        board = await wall.opened(ann, squad)
        wall.upkeep.cancel()
        await asyncio.wait([wall.upkeep])
        await stage.press(ann, board, "End")
        again = await stage.press(ann, board, "End")
        assert again is not None
        assert again.alert
    async with hung(stage, sim) as wall:
        await wall.show()
        assert "This board ended" in board.text
        assert not board.buttons
        assert await stage.store.boards.chats() == []


async def test_many_at_once_leave_one(wall: Wall, stage: Stage, squad: Chat, ann: User, bob: User):
    for number in range(10):
        stage.world.say((ann, bob)[number % 2], squad, "/board")
    await stage.settle()
    await wall.show()
    assert len([message for message in stage.by_bot(squad) if "Who's on" in message.text]) == 1
    boards = [await _board(stage, squad)]
    assert boards[0].old == ()


async def test_it_is_pinned_where_gub_may(wall: Wall, stage: Stage, squad: Chat, ann: User):
    stage.world.promote(stage.world.default_bot.user, squad, ["can_pin_messages", "can_delete_messages"])
    first = await wall.opened(ann, squad)
    assert squad.pinned == [first.id]
    second = await wall.opened(ann, squad)
    assert squad.pinned == [second.id]
    await stage.press(ann, second, "End")
    await wall.show()
    assert squad.pinned == []


async def test_only_who_opened_it_or_an_admin_ends_it(wall: Wall, stage: Stage, squad: Chat, ann: User, bob: User):
    board = await wall.opened(bob, squad)
    await stage.store.boards.place(replace(await _board(stage, squad), creator_id=ann.id))
    refused = await stage.press(bob, board, "End")
    assert refused is not None
    assert refused.alert
    ended = await stage.press(ann, board, "End")
    assert ended is not None
    assert not ended.alert
    await wall.show()
    assert "This board ended" in board.text
    assert "Ann - Chess" in board.text
    assert not board.buttons
    assert await stage.store.boards.chats() == []
    again = await stage.press_data(ann, board, "b:end", forged=True)
    assert again is not None
    assert again.alert


async def test_a_deleted_one_ends_quietly(wall: Wall, stage: Stage, squad: Chat, ann: User):
    board = await wall.opened(ann, squad)
    stage.world.delete_message(squad, board.id)
    said = len(stage.by_bot(squad))
    stage.steam.know("ann", Status.ONLINE)
    await wall.look()
    assert await stage.store.boards.chats() == []
    assert len(stage.by_bot(squad)) == said


async def test_who_hides_is_gone_at_once(wall: Wall, stage: Stage, squad: Chat, ann: User, ann_plays: StatusUser):
    board = await wall.opened(ann, squad)
    await wall.look()
    await stage.parts.people.show(ann_plays, ann.id, Visibility.HIDDEN)
    await wall.show()
    assert "Ann" not in board.text
    await stage.parts.people.show(ann_plays, ann.id, Visibility.EVERYONE)
    await wall.show()
    assert "Ann - Chess" in board.text, "without waiting for the next look"


async def test_who_is_forgotten_is_gone_at_once(wall: Wall, stage: Stage, squad: Chat, ann: User):
    board = await wall.opened(ann, squad)
    await wall.look()
    await stage.parts.erasing.person(ann.id)
    await wall.show()
    assert "Ann" not in board.text


async def test_a_restart_keeps_it(stage: Stage, sim: SimServer, squad: Chat, ann: User):
    async with hung(stage, sim) as wall:
        board = await wall.opened(ann, squad)
        await wall.look()
    async with hung(stage, sim) as wall:
        await wall.book.list_changed(squad.id)
        await stage.clock.advance(5)
        assert not wall.messenger.edits, "before the first look nobody knows what people do"
        await wall.look()
        assert len(wall.messenger.edits) <= 1
        stage.steam.know("ann", Status.OFFLINE)
        await wall.look(3)
        assert "Offline: Ann" in board.text


async def test_who_hid_in_the_last_moment_of_a_process_is_gone_with_the_next_one(
    stage: Stage, sim: SimServer, squad: Chat, ann: User, ann_plays: StatusUser
):
    async with hung(stage, sim) as wall:
        board = await wall.opened(ann, squad)
        await wall.look()
    async with hung(stage, sim) as wall:
        await stage.store.statususers.set_visibility(ann_plays.id, squad.id, Visibility.HIDDEN)
        await stage.store.boards.mark([squad.id])
        await wall.look()
        assert "Ann" not in board.text


async def test_a_platform_in_trouble_is_marked_with_since_when_and_recovers(
    wall: Wall, stage: Stage, squad: Chat, ann: User
):
    board = await wall.opened(ann, squad)
    await wall.look()
    stage.steam.trouble = Unavailable("x")
    await wall.look()
    assert "⚠️ Steam isn't answering right now. This is what it last said. (since 18:02 UTC)" in board.text
    assert "Ann - Chess on Steam" in board.text
    status = await stage.answer(ann, squad, "/status")
    assert "Steam isn't answering right now. This is what it last said." in status.text
    edits = len(wall.messenger.edits)
    for _ in range(5):
        await wall.look()
    assert len(wall.messenger.edits) == edits, "its age is told by a time that stays"
    stage.steam.trouble = None
    await wall.look(2)
    assert "⚠️" not in board.text


async def test_a_platform_that_says_nothing_of_somebody_is_not_in_trouble_since_it_first_answered(
    wall: Wall, stage: Stage, squad: Chat, ann: User
):
    unread = stage.steam.know("bob", Status.ONLINE)
    await stage.store.statususers.add(squad.id, ann.id, "Bob", {Platform.STEAM: unread}, "Squad")
    board = await wall.opened(ann, squad)
    del stage.steam.now[unread.account_id]
    await wall.look(20)
    assert "❔ Unknown: Bob" in board.text
    assert "\n⚠️ Steam gave no clear answer about everybody.\n" in board.text


async def test_nobody_is_called_offline_while_a_platform_of_theirs_is_silent(
    stage: Stage, sim: SimServer, squad: Chat, ann: User
):
    xbox = stage.clients.setdefault(Platform.XBOX, KnownPlatform(Platform.XBOX))
    both = {Platform.STEAM: stage.steam.know("bob"), Platform.XBOX: xbox.know("bob", Status.PLAYING, title="Halo")}
    await stage.store.statususers.add(squad.id, ann.id, "Bob", both, "Squad")
    async with hung(stage, sim) as wall:
        await wall.poller.look()
        board = await wall.opened(ann, squad)
        xbox.trouble = Unavailable("x")
        for _ in range(12):
            await wall.look()
        assert "❔ Unknown: Bob" in board.text
        assert "⚠️ Xbox isn't answering right now. (since 18:01 UTC)" in board.text
        assert "Bob - offline on Steam" in (await stage.answer(ann, squad, "/status")).text
        xbox.trouble = None
        xbox.know("bob", Status.OFFLINE)
        await wall.look(2)
        assert "⚫ Offline: Bob" in board.text


async def test_a_server_that_knows_no_such_times_gets_plain_ones(
    wall: Wall, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    sends = type(wall.messenger).send

    async def old(self: Messenger, chat_id: int, view: View, *more: object, **others: object) -> list[object]:
        if any(entity.type == "date_time" for entity in fitted(view).entities):
            raise Rejected("sendMessage", 400, "Bad Request: unsupported entity")
        return await sends(self, chat_id, view, *more, **others)  # type: ignore[arg-type,return-value]

    monkeypatch.setattr(type(wall.messenger), "send", old)
    board = await wall.opened(ann, squad)
    assert "As of 2026-11-22 18:00 UTC" in board.text


async def test_it_goes_along_to_the_supergroup(wall: Wall, stage: Stage, squad: Chat, ann: User):
    await wall.opened(ann, squad)
    await wall.look()
    new = -100_777_888_999
    await stage.store.life.migrate(squad.id, new)
    moved = await stage.store.boards.get(f"{new}:0")
    assert moved is not None
    assert (moved.chat_id, moved.message_id, moved.pinned) == (new, None, None)
    assert [one.id for one in await stage.store.boards.stale(10)] == [moved.id]
    await stage.store.life.migrate(squad.id, new)
    assert await stage.store.boards.chats() == [new]


async def test_one_without_a_message_is_sent_anew(wall: Wall, stage: Stage, squad: Chat, ann: User):
    board = await _opened(wall, stage, squad, ann)
    await stage.store.boards.place(replace(board, message_id=None, shown=None))
    await wall.look()
    await wall.book.list_changed(squad.id)
    await wall.show()
    found = await _board(stage, squad)
    assert found.message_id not in (None, board.message_id)


async def test_150_people_with_hostile_names_are_one_message(wall: Wall, stage: Stage, squad: Chat, ann: User):
    for number in range(150):
        status = (Status.PLAYING, Status.ONLINE, Status.OFFLINE, Status.PRIVATE)[number % 4]
        title = "\u202e<b>@all</b> " * 9
        account = stage.steam.know(f"p{number}", status, title=title if status is Status.PLAYING else None)
        name = f"{number} @everyone \u202e<i>" + "🧑‍🚀" * 5
        await stage.store.statususers.add(squad.id, ann.id, name, {Platform.STEAM: account}, "Squad")
    board = await wall.opened(ann, squad)
    assert "more who are on" in board.text
    assert "As of" in board.text
    assert not any(entity["type"] in {"mention", "text_mention"} for entity in board.entities)
    assert not stage.pinged(board)


async def test_there_are_only_so_many(wall: Wall, stage: Stage, squad: Chat, ann: User):
    board = await _opened(wall, stage, squad, ann)
    for topic in range(1, BOARDS_PER_CHAT):
        other = replace(board, id=f"{squad.id}:{topic}", thread_id=topic, message_id=10_000 + topic)
        await stage.store.boards.place(other)
    await stage.store.boards.forget(board)
    await stage.store.boards.place(replace(board, id=f"{squad.id}:99", thread_id=99, message_id=77_777))
    answer = await stage.answer(ann, squad, "/board")
    assert "full" in answer.text


async def test_in_private_it_shows_ones_own_list(wall: Wall, stage: Stage, ann: User):
    account = stage.steam.know("me", Status.ONLINE)
    await stage.store.statususers.add(ann.id, ann.id, "Me", {Platform.STEAM: account}, None)
    board = await wall.opened(ann, ann)
    assert "Me - online on Steam" in board.text


async def test_who_is_new_to_the_poller_is_asked_about_and_no_silence_is_claimed(
    wall: Wall, stage: Stage, squad: Chat, ann: User
):
    board = await wall.opened(ann, squad)
    await stage.clock.advance(40)
    stage.steam.know("ann", Status.PLAYING, title="Go")
    await wall.book.list_changed(squad.id)
    await wall.show()
    assert "Ann - Go on Steam, since" in board.text
    assert "⚠️" not in board.text


async def test_a_platform_in_trouble_has_no_other_asked_beyond_the_pollers_turns(
    wall: Wall, stage: Stage, squad: Chat, ann: User
):
    both = {Platform.STEAM: stage.steam.know("bob"), Platform.XBOX: Account(Platform.XBOX, "7", "bob")}
    await stage.store.statususers.add(squad.id, ann.id, "Bob", both, "Squad")
    await wall.opened(ann, squad)
    await wall.look()
    asked = stage.steam.questions
    for _ in range(5):
        await stage.clock.advance(40)
        await wall.book.list_changed(squad.id)
        await wall.show()
    assert stage.steam.questions == asked


async def test_too_many_edits_are_waited_for(wall: Wall, stage: Stage, squad: Chat, ann: User):
    board = await wall.opened(ann, squad)
    await wall.look()
    stage.world.faults.add(Fault("editMessageText", "429", retry_after=7))
    stage.steam.know("ann", Status.ONLINE)
    await wall.look()
    assert "Ann - online on Steam" in board.text


async def _said_without_answer(stage: Stage, user: User, chat: Chat) -> list[dict[str, object]]:
    stage.world.say(user, chat, "/board")
    return await stage.api.take(allowed_updates=["message"])


async def _board(stage: Stage, chat: Chat) -> Board:
    board = await stage.store.boards.get(f"{chat.id}:0")
    assert board is not None
    return board


async def _opened(wall: Wall, stage: Stage, chat: Chat, user: User) -> Board:
    await wall.opened(user, chat)
    return await _board(stage, chat)

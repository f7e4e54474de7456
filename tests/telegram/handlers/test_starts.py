"""A chat that wants it is told who starts what: silently, once a session, only of those who allow it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from gub.domain.choices import YES, Setting
from gub.domain.limits import IGNORED_TITLES, TOLD_A_DAY
from gub.domain.presence import Status
from gub.domain.values import Allowance, Platform, StatusUser, Visibility
from gub.platforms.errors import Unavailable
from gub.presence.desk import PresenceDesk
from gub.presence.poller import Poller
from gub.sandbox.telegram.faults import Fault
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.services.start_news import StartNews
from gub.services.starts import StartsBook
from gub.services.watched import Watched
from gub.telegram.starts_teller import StartsTeller
from tests.support.clock import START
from tests.telegram.handlers.conftest import Stage

_PATIENCE = 20  # seconds of real time, on however busy a machine


@dataclass
class Room:
    """Where people play: the poller and the teller, moved by hand."""

    stage: Stage
    poller: Poller
    running: asyncio.Task[None]

    async def look(self, minutes: float = 3) -> None:
        """Let time pass (where nobody is on, it is asked each 3 minutes), look once, and let what follows be told."""
        await self.stage.clock.advance(minutes * 60)
        await self.poller.look()
        await self.tell()

    async def tell(self) -> None:
        """Let it tell all that is due, or drop it."""
        async with asyncio.timeout(_PATIENCE):
            while await self.stage.store.starts.waiting(100):
                await self.stage.clock.advance(0.5)

    async def dies(self) -> None:
        """Let it do nothing more."""
        self.running.cancel()
        await asyncio.wait([self.running], timeout=_PATIENCE)

    def plays(self, name: str, title: str | None = None) -> None:
        """Let somebody play something, or nothing."""
        self.stage.steam.know(name, Status.PLAYING if title else Status.OFFLINE, title=title)


class begun:  # noqa: N801 - reads as what it is: a room that is begun
    """A process that tells: leave it and enter another one, and it was restarted."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def __aenter__(self) -> Room:
        stage, changed = self._stage, asyncio.Event()
        self._desk = PresenceDesk(stage.clients, stage.clock, gather=0, history=stage.store.presences)
        book = StartsBook(stage.store, changed)
        watched = Watched(stage.store, (book,))
        news = StartNews(stage.store, stage.clock)
        teller = StartsTeller(news, stage.parts.languages, stage.parts.messenger, changed, stage.clock)
        poller = Poller(self._desk, watched.people, stage.clock, (book,))
        self._room = Room(stage, poller, asyncio.create_task(teller.run(), name="teller"))
        return self._room

    async def __aexit__(self, *_: object) -> None:
        await self._room.dies()
        await self._desk.aclose()
        assert self._room.running.cancelled(), "nothing but being cancelled ends it"


async def listed(stage: Stage, chat: Chat, user: User, name: str, *, allows: bool = True) -> StatusUser:
    """Put somebody on the list who is there, and allows it."""
    account = stage.steam.know(name.lower())
    person = await stage.store.statususers.add(
        chat.id, user.id, name, {Platform.STEAM: account}, "Squad", person_id=user.id
    )
    if allows:
        return await stage.parts.people.allow(person, user.id, Allowance.WATCHES, allowed=True)
    return person


async def wanted(stage: Stage, chat: Chat) -> None:
    """Let a chat want to hear it."""
    assert await stage.parts.choices.choose(chat.id, Setting.STARTS, YES)


@pytest.fixture
async def ann_listed(stage: Stage, squad: Chat, ann: User) -> StatusUser:
    await wanted(stage, squad)
    return await listed(stage, squad, ann, "Ann")


@pytest.fixture
async def bob_listed(stage: Stage, squad: Chat, bob: User) -> StatusUser:
    return await listed(stage, squad, bob, "Bob")


@pytest.fixture
async def room(stage: Stage, ann_listed: StatusUser) -> AsyncIterator[Room]:
    del ann_listed
    async with begun(stage) as made:
        await made.look()
        yield made


def told(stage: Stage, chat: Chat) -> list[SimMessage]:
    """Give the messages that tell who started what."""
    return [message for message in stage.by_bot(chat) if " started " in message.text]


async def starts(room: Room, chat: Chat, name: str, title: str) -> SimMessage:
    """Let somebody start something; give the message that tells it."""
    before = len(told(room.stage, chat))
    room.plays(name, title)
    await room.look()
    new = told(room.stage, chat)[before:]
    assert len(new) == 1
    return new[0]


# -- what is told


async def test_it_says_who_starts_what_silently(room: Room, stage: Stage, squad: Chat):
    message = await starts(room, squad, "ann", "Hades")
    assert message.text == "🎮 Ann started Hades."
    assert [button["text"] for button in message.buttons] == ["🙈 Ignore this game"]
    assert message.silent
    assert message.thread_id is None
    assert not stage.pinged(message)
    await room.look()
    await room.look(60)
    assert told(stage, squad) == [message]


async def test_nothing_is_told_until_an_admin_wants_it(stage: Stage, squad: Chat, ann: User):
    await listed(stage, squad, ann, "Ann")
    async with begun(stage) as room:
        await room.look()
        room.plays("ann", "Hades")
        await room.look()
        assert stage.steam.questions == 0, "nobody wants to know"
        menu = await stage.answer(ann, ann, f"/start settings_{squad.id}")
        assert "🕹 Say who starts what: no" in menu.text
        await stage.press(ann, menu, "Who starts what")
        assert "Silently, 20 times a day at most, and only of people who allow it" in menu.text
        await stage.press(ann, menu, "yes")
        assert "🕹 Say who starts what: yes" in menu.text
        await room.look()
        await room.look()
        assert told(stage, squad) == [], "what is played already has not begun"
        await starts(room, squad, "ann", "Dota 2")


async def test_nothing_is_told_of_who_does_not_allow_it(room: Room, stage: Stage, squad: Chat, bob: User):
    person = await listed(stage, squad, bob, "Bob", allows=False)
    await room.look()
    room.plays("bob", "Hades")
    await room.look()
    assert told(stage, squad) == []
    await stage.parts.people.allow(person, bob.id, Allowance.WATCHES, allowed=True)
    await room.look()
    await room.look()
    assert told(stage, squad) == [], "what is played already has not begun"


@pytest.mark.usefixtures("bob_listed")
async def test_what_begins_together_is_one_message(room: Room, squad: Chat):
    await room.look()
    room.plays("bob", "Halo Infinite")
    message = await starts(room, squad, "ann", "FIFA")
    assert message.text == "🎮 Ann started FIFA.\n🎮 Bob started Halo Infinite."
    assert [button["text"] for button in message.buttons] == ["🙈 FIFA", "🙈 Halo Infinite"]


@pytest.mark.usefixtures("bob_listed")
async def test_one_game_that_two_start_has_one_button(room: Room, squad: Chat):
    await room.look()
    room.plays("bob", "HADES\u2122")
    message = await starts(room, squad, "ann", "Hades")
    assert message.text == "🎮 Ann started Hades.\n🎮 Bob started HADES\u2122."
    assert [button["text"] for button in message.buttons] == ["🙈 Ignore this game"]


async def test_a_restart_of_the_console_and_of_gub_is_no_news(stage: Stage, squad: Chat, ann_listed: StatusUser):
    del ann_listed
    async with begun(stage) as room:
        await room.look()
        await starts(room, squad, "ann", "Hades")
        room.plays("ann")
        await room.look()
    async with begun(stage) as room:
        room.plays("ann", "Hades")
        await room.look(5)
    async with begun(stage) as room:
        await room.look()
        await room.look()
        assert len(told(stage, squad)) == 1
        await starts(room, squad, "ann", "Dota 2")


async def test_a_platform_that_was_silent_makes_no_news(room: Room, stage: Stage, squad: Chat):
    await starts(room, squad, "ann", "Hades")
    stage.steam.trouble = Unavailable("x")
    for _ in range(25):
        await room.look(2)
    stage.steam.trouble = None
    for _ in range(5):
        await room.look()
    assert len(told(stage, squad)) == 1


async def test_hostile_names_and_titles_are_shown_and_ping_nobody(room: Room, stage: Stage, squad: Chat, ann: User):
    name = "@everyone \u202e<i>" + "🧑‍🚀" * 5
    for number in range(30):
        user = stage.world.add_user(f"p{number}")
        account = stage.steam.know(f"p{number}")
        person = await stage.store.statususers.add(
            squad.id, ann.id, f"{number} {name}", {Platform.STEAM: account}, "Squad", person_id=user.id
        )
        await stage.parts.people.allow(person, user.id, Allowance.WATCHES, allowed=True)
    await room.look()
    for number in range(30):
        room.plays(f"p{number}", f"{number} \u202e<b>@Ann_A</b>\n*x* {{name}} " * 9)
    await room.look()
    (message,) = told(stage, squad)
    assert "… and 20 more starts" in message.text
    assert len(message.text.splitlines()) == 11
    assert "\u202e" not in message.text
    assert len(message.buttons) == 10
    assert not any(entity["type"] in {"mention", "text_mention", "bot_command", "url"} for entity in message.entities)
    assert all(len(button["callback_data"]) <= 64 for button in message.buttons)


# -- what must not be told any more


@pytest.mark.parametrize("how", ["withdrawn", "hidden", "gone", "off", "ignored", "late"])
async def test_what_is_wanted_no_more_since_it_was_decided_is_not_told(
    stage: Stage, squad: Chat, ann: User, ann_listed: StatusUser, how: str
):
    async with begun(stage) as room:
        await room.look()
        await room.dies()
        room.plays("ann", "Hades")
        await stage.clock.advance(180)
        await room.poller.look()
        assert len(await stage.store.starts.waiting(5)) == 1
    people = stage.parts.people
    match how:
        case "withdrawn":
            await people.allow(ann_listed, ann.id, Allowance.WATCHES, allowed=False)
        case "hidden":
            await people.show(ann_listed, ann.id, Visibility.HIDDEN)
        case "gone":
            await stage.store.statususers.delete(ann_listed.id, squad.id)
        case "off":
            await stage.parts.choices.choose(squad.id, Setting.STARTS, "no")
        case "ignored":
            await stage.store.start_news.ignore(squad.id, "hades")
        case "late":
            await stage.clock.advance(600)
    async with begun(stage) as room:
        await room.tell()
    assert told(stage, squad) == []
    assert await stage.store.starts.waiting(5) == []


async def test_what_a_process_left_is_told_by_the_next_one(stage: Stage, squad: Chat, ann_listed: StatusUser):
    del ann_listed
    async with begun(stage) as room:
        await room.look()
        await room.dies()
        room.plays("ann", "Hades")
        await stage.clock.advance(180)
        await room.poller.look()
        assert told(stage, squad) == []
    async with begun(stage) as room:
        await room.tell()
        await room.look()
    assert [one.text for one in told(stage, squad)] == ["🎮 Ann started Hades."]


async def test_a_death_before_it_is_noted_tells_that_one_message_again(
    stage: Stage, squad: Chat, ann_listed: StatusUser, monkeypatch: pytest.MonkeyPatch
):
    del ann_listed
    async with begun(stage) as room:
        await room.look()
        reached = asyncio.Event()

        async def dies(*_: object) -> None:
            reached.set()
            await asyncio.Event().wait()

        with monkeypatch.context() as patch:
            patch.setattr(StartNews, "told", dies)
            room.plays("ann", "Hades")
            await stage.clock.advance(180)
            await room.poller.look()
            async with asyncio.timeout(_PATIENCE):
                while not reached.is_set():
                    await stage.clock.advance(0.5)
            await room.dies()
        assert len(told(stage, squad)) == 1
    async with begun(stage) as room:
        await room.tell()
        await room.look()
        await room.look()
    assert len(told(stage, squad)) == 2


@pytest.mark.parametrize("fault", ["429", "429_plain", "502_html", "500"])
async def test_what_telegram_does_not_take_now_is_told_later(room: Room, stage: Stage, squad: Chat, fault: str):
    stage.world.faults.add(Fault("sendMessage", fault, times=4, retry_after=40))
    message = await starts(room, squad, "ann", "Hades")
    assert message.text == "🎮 Ann started Hades."
    await room.look()
    assert len(told(stage, squad)) == 1


async def test_a_telegram_that_is_away_for_too_long_is_told_nothing(room: Room, stage: Stage, squad: Chat):
    stage.world.faults.add(Fault("sendMessage", "429", times=-1, retry_after=3600))
    room.plays("ann", "Hades")
    await room.look()
    stage.world.faults.clear()
    await room.look(70)
    assert told(stage, squad) == []


@pytest.mark.parametrize(
    ("kind", "description"),
    [("403", "Forbidden: bot was kicked from the supergroup chat"), ("400", "Bad Request: not enough rights")],
)
async def test_a_chat_that_cannot_be_written_to_is_told_nothing(
    room: Room, stage: Stage, squad: Chat, kind: str, description: str
):
    stage.world.faults.add(Fault("sendMessage", kind, times=1, description=description))
    room.plays("ann", "Hades")
    await room.look()
    await room.look()
    assert told(stage, squad) == []


async def test_a_chat_that_waits_holds_up_no_other(room: Room, stage: Stage, squad: Chat, ann: User, bob: User):
    other = await stage.group(bob, ann, title="Others")
    await wanted(stage, other)
    await listed(stage, other, bob, "Bob")
    await room.look()
    stage.world.faults.add(Fault("sendMessage", "429", times=1, retry_after=60, chat_id=squad.id))
    room.plays("ann", "Hades")
    room.plays("bob", "Hades")
    await stage.clock.advance(180)
    await room.poller.look()
    async with asyncio.timeout(_PATIENCE):
        while not told(stage, other):
            await stage.clock.advance(0.1)
    assert told(stage, squad) == []
    await room.tell()
    assert len(told(stage, squad)) == len(told(stage, other)) == 1


async def test_a_group_that_became_a_supergroup_meanwhile_is_told_there(stage: Stage, ann: User):
    old = stage.world.add_group("Squad", [ann])
    stage.world.add_bot(old, ann)
    await stage.settle()
    await wanted(stage, old)
    await listed(stage, old, ann, "Ann")
    async with begun(stage) as room:
        await room.look()
        new = stage.world.migrate(old)  # of which GUB has not heard yet
        message = await starts(room, new, "ann", "Hades")
        await room.look()
        await room.look()
        assert told(stage, new) == [message]
        answer = await stage.press(ann, message, "Ignore")
        assert answer is not None
        assert not answer.alert


async def test_twenty_times_a_day_is_enough(room: Room, stage: Stage, squad: Chat):
    for number in range(TOLD_A_DAY):
        message = await starts(room, squad, "ann", f"Game {number}")
        assert ("That's the last one for today." in message.text) is (number == TOLD_A_DAY - 1)
    room.plays("ann", "One more")
    await room.look()
    assert len(told(stage, squad)) == TOLD_A_DAY
    await room.look(24 * 60)
    room.plays("ann")
    await room.look()
    await starts(room, squad, "ann", "Tomorrow's")


# -- what is ignored


@pytest.mark.usefixtures("bob_listed")
async def test_an_admin_has_a_game_ignored_and_takes_it_back(
    room: Room, stage: Stage, squad: Chat, ann: User, bob: User
):
    await room.look()
    room.plays("bob", "Halo")
    message = await starts(room, squad, "ann", "Hades")
    refused = await stage.press(bob, message, "🙈 Hades")
    assert refused is not None
    assert (refused.text, refused.alert) == ("Only admins of the chat can have a game ignored.", True)
    assert len(message.buttons) == 2
    ignored = await stage.press(ann, message, "🙈 Hades")
    assert ignored is not None
    assert (ignored.text, bool(ignored.alert)) == ("Ignored. /settings brings it back.", False)
    assert [button["text"] for button in message.buttons] == ["🙈 Halo"]
    await stage.press(ann, message, "🙈 Halo")
    assert not message.buttons
    for title in ("Dota 2", "hades\u00ae", "Dota 2"):
        room.plays("ann", title)
        for _ in range(5):
            await room.look()
    assert [one.text for one in told(stage, squad)[1:]] == ["🎮 Ann started Dota 2."] * 2

    menu = await stage.answer(ann, ann, f"/start settings_{squad.id}")
    await stage.press(ann, menu, "Who starts what")
    assert "Of these games I say nothing here. A button takes one back." in menu.text
    labels = [button["text"] for button in menu.buttons]
    assert labels == ["✓ yes", "no", "🔔 Tell again: Halo", "🔔 Tell again: Hades", "« Back"]
    again = await stage.press(ann, menu, "Tell again: Hades")
    assert again is not None
    assert again.text == "✓ Saved"
    assert [button["text"] for button in menu.buttons if "Tell" in button["text"]] == ["🔔 Tell again: Halo"]
    await starts(room, squad, "ann", "Hades")


async def test_only_an_admin_takes_one_back(room: Room, stage: Stage, squad: Chat, ann: User, bob: User):
    message = await starts(room, squad, "ann", "Hades")
    await stage.press(ann, message, "Ignore")
    menu = await stage.answer(ann, ann, f"/start settings_{squad.id}")
    await stage.press(ann, menu, "Who starts what")
    data = menu.button("Tell again")
    theirs = await stage.answer(bob, bob, "/settings")
    for forged in (data, data.replace(str(squad.id), "0")):
        refused = await stage.press_data(bob, theirs, forged, forged=True)
        assert refused is not None
        assert refused.alert
    for nonsense in ("", "0" * 16, "x"):
        stale = await stage.press_data(ann, menu, f"st:tell:{squad.id}:starts:{nonsense}", forged=True)
        assert stale is not None
        assert stale.alert
    assert await stage.parts.start_news.ignored(squad.id) == ("Hades",)


async def test_a_button_of_long_ago_or_of_another_chat_says_so(room: Room, stage: Stage, squad: Chat, ann: User):
    message = await starts(room, squad, "ann", "Hades")
    for forged in ("ig:", "ig:0123456789abcdef", "ig:hades"):
        answer = await stage.press_data(ann, message, forged, forged=True)
        assert answer is not None
        assert answer.alert
        assert "too long ago" in answer.text
    other = await stage.group(ann, title="Others")
    there = await stage.answer(ann, other, "/settings")
    elsewhere = await stage.press_data(ann, there, message.button("Ignore"), forged=True)
    assert elsewhere is not None
    assert elsewhere.alert
    assert await stage.parts.start_news.ignored(squad.id) == await stage.parts.start_news.ignored(other.id) == ()


async def test_two_taps_at_once_ignore_once(room: Room, stage: Stage, squad: Chat, ann: User):
    message = await starts(room, squad, "ann", "Hades")
    data = message.button("Ignore")
    for _ in range(2):
        answer = await stage.press_data(ann, message, data, forged=True)
        assert answer is not None
        assert not answer.alert
    assert await stage.parts.start_news.ignored(squad.id) == ("Hades",)


@pytest.mark.usefixtures("bob_listed")
async def test_two_games_tapped_at_once_are_both_ignored_and_gone(room: Room, stage: Stage, squad: Chat, ann: User):
    await room.look()
    room.plays("bob", "Halo")
    message = await starts(room, squad, "ann", "Hades")
    # Both taps show the message as it was before either.
    for label in ("Hades", "Halo"):
        stage.world.press(ann, squad.id, message.id, message.button(label))
    await stage.settle()
    assert set(await stage.parts.start_news.ignored(squad.id)) == {"Hades", "Halo"}
    assert not message.buttons


async def test_only_so_many_games_are_ignored_and_the_page_has_room_for_all(
    room: Room, stage: Stage, squad: Chat, ann: User
):
    for number in range(IGNORED_TITLES):
        await stage.store.start_news.ignore(squad.id, f"Game {number}")
    message = await starts(room, squad, "ann", "Hades")
    answer = await stage.press(ann, message, "Ignore")
    assert answer is not None
    assert (answer.text, answer.alert) == ("That's full: I keep 50 at most.", True)
    assert message.buttons
    menu = await stage.answer(ann, ann, f"/start settings_{squad.id}")
    await stage.press(ann, menu, "Who starts what")
    assert len(menu.buttons) == IGNORED_TITLES + 3


# -- a week


@pytest.mark.usefixtures("bob_listed")
async def test_a_week_of_life_is_told_as_it_was(room: Room, stage: Stage, squad: Chat):
    """Ann plays each evening, her console restarts once; Bob goes from one game to another and back, each night."""
    expected = []
    for day in range(7):
        await room.look(60)
        evening = [
            ("ann", "Hades", 12, [f"Ann started Hades of day {day}"]),
            ("ann", None, 2, []),
            ("ann", "Hades", 3, []),
            ("bob", "Halo", 8, [f"Bob started Halo of day {day}"]),
            ("bob", "Chess", 2, [f"Bob started Chess of day {day}"]),
            ("bob", "Halo", 4, []),
            ("ann", None, 12, []),
            ("ann", "Hades", 1, [f"Ann started Hades of day {day}"]),
            ("ann", None, 1, []),
            ("bob", None, 1, []),
        ]
        for name, title, looks, lines in evening:
            room.plays(name, title and f"{title} of day {day}")
            for _ in range(looks):
                await room.look()
            expected += [f"🎮 {line}." for line in lines]
        await room.look(60)
        now = stage.clock.now()
        midday = START + timedelta(days=day + 1)
        await stage.clock.advance((midday - now).total_seconds())
    assert [message.text for message in told(stage, squad)] == expected
    assert all(message.silent for message in told(stage, squad))

"""The bot's handlers on a stage: the simulated Telegram over HTTP, a real store, a clock moved by hand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from aiogram import Bot

from gub.domain.credentials import Tokens
from gub.domain.owners_wishes import OwnersWishes
from gub.domain.values import KnownUser, Platform
from gub.platforms.transport import Transport
from gub.presence.desk import PresenceDesk
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.services.announcements import AnnouncementBook
from gub.services.boards import BoardBook
from gub.services.call_answers import CallBook
from gub.services.calls import Calls
from gub.services.chat_settings import Choices
from gub.services.chats import ChatBook
from gub.services.credentials import Access, Credentials
from gub.services.departures import Departures
from gub.services.donations import Donations
from gub.services.fun import Fun
from gub.services.group_editing import GroupEditing
from gub.services.groups import Groups
from gub.services.hours import HoursBook
from gub.services.invitations import Invitations
from gub.services.invited import Invited
from gub.services.languages import Languages
from gub.services.people import People
from gub.services.privacy import Privacy
from gub.services.reach import Reaching
from gub.services.respects import RespectsBook
from gub.services.start_news import StartNews
from gub.services.status import StatusList
from gub.services.watches import WatchBook
from gub.store.dialogs import open_dialogs
from gub.store.store import Store
from gub.telegram.board_desk import BoardDesk
from gub.telegram.call_desk import CallDesk
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.dispatcher import ALLOWED_UPDATES, Parts, build_dispatcher
from gub.telegram.erasing import Erasing
from gub.telegram.farewells import Farewells
from gub.telegram.feed import Feed
from gub.telegram.gateway import GatewaySession, Hooks, Pace
from gub.telegram.handlers.delay import DelayNotice
from gub.telegram.handlers.fun import FunDesk
from gub.telegram.messenger import Messenger
from gub.telegram.ringing import Ringer
from tests.support.clock import START, FakeClock
from tests.support.crews import lone
from tests.support.people import KnownPlatform
from tests.support.world import Api, api, sim, world  # noqa: F401 - fixtures


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def owner_ids() -> frozenset[int]:
    """Who runs the bot; override it for tests of what owners alone can do."""
    return frozenset()


@pytest.fixture
def wishes(owner_ids: frozenset[int]) -> OwnersWishes:
    """What whoever runs the bot has chosen for it; override it as well."""
    return OwnersWishes(owner_ids)


@pytest.fixture
def pace() -> Pace:
    """How fast the bot may write; override it for tests of that."""
    return Pace.unlimited()


@dataclass
class Stage:
    """People act in `world`; `settle` lets the bot answer all that happened."""

    world: World
    store: Store
    clock: FakeClock
    steam: KnownPlatform
    clients: dict[Platform, KnownPlatform]
    api: Api
    feed: Feed
    outcomes: list[tuple[str, str]]
    delay_notice: DelayNotice
    parts: Parts
    bot: Bot

    def restart(self, dialogs: DialogBook | None = None) -> None:
        """Let another process go on with the same store."""
        parts = replace(self.parts, dialogs=dialogs or DialogBook(self.store.dialogs))
        self.feed = _feed(parts, self.bot, self.outcomes)

    async def settle(self) -> None:
        while updates := await self.api.take(allowed_updates=list(ALLOWED_UPDATES)):
            for update in updates:
                await self.feed(update)
            await asyncio.wait_for(self.parts.ringer.quiet(), 10)

    async def said(self, user: User, chat: Chat | User, text: str, **more: object) -> list[SimMessage]:
        """Let somebody write, and give what the bot wrote then."""
        place = self.world.find_chat(chat)
        before = {message.id for message in self.by_bot(place)}
        self.world.say(user, chat, text, **more)  # type: ignore[arg-type]
        await self.settle()
        return [message for message in self.by_bot(place) if message.id not in before]

    async def answer(self, user: User, chat: Chat | User, text: str, **more: object) -> SimMessage:
        """Let somebody write, and give the bot's one answer."""
        (message,) = await self.said(user, chat, text, **more)
        return message

    async def press(self, user: User, message: SimMessage, label: str) -> CallbackAnswer | None:
        """Let somebody press a button, and give what they saw."""
        return await self.press_data(user, message, message.button(label))

    async def press_data(
        self, user: User, message: SimMessage, data: str, *, forged: bool = False
    ) -> CallbackAnswer | None:
        query_id = self.world.press(user, message.chat_id, message.id, data, forged=forged)
        await self.settle()
        return self.world.callback_answer(query_id)

    async def connect(self, *platforms: Platform) -> list[KnownPlatform]:
        """Connect these platforms, which know nobody yet, but for Steam, which stays."""
        now = self.clock.now()
        tokens = Tokens("access", "refresh", now, 3600)
        for platform in platforms:
            self.clients.setdefault(platform, KnownPlatform(platform))
            match platform:
                case Platform.XBOX:
                    await self.store.credentials.set_xbox("test-client", "test-secret", tokens, now)
                case Platform.PSN:
                    await self.store.credentials.set_psn("test-npsso", tokens, now)
                case Platform.STEAM:
                    await self.store.credentials.set_steam_key("test-key")
        return [self.clients[platform] for platform in platforms]

    def by_bot(self, chat: Chat | User) -> list[SimMessage]:
        mine = self.world.default_bot.user
        return [message for message in self.world.messages(chat) if message.from_user is mine and not message.service]

    def pinged(self, message: SimMessage) -> set[int]:
        """Tell who was notified because a message mentions them."""
        return {p.user_id for p in self.world.pushes if p.message_id == message.id and p.reason == "mention"}

    async def group(self, *members: User, title: str = "Squad", **more: object) -> Chat:
        """Make a supergroup with the bot in it, greeted."""
        chat = self.world.add_group(title, members, supergroup=True, **more)  # type: ignore[arg-type]
        self.world.add_bot(chat, members[0])
        await self.settle()
        return chat

    def calls(self, method: str) -> int:
        return sum(request.method == method for request in self.world.requests)


def _feed(parts: Parts, bot: Bot, outcomes: list[tuple[str, str]]) -> Feed:
    return Feed(build_dispatcher(parts), bot, parts.clock, lambda kind, outcome, _: outcomes.append((kind, outcome)))


@pytest.fixture
async def stage(
    world: World,  # noqa: F811 - the fixture imported above
    world_clock: FakeClock,
    sim: SimServer,  # noqa: F811
    api: Api,  # noqa: F811
    store: Store,
    *,
    pace: Pace,
    owner_ids: frozenset[int],
    wishes: OwnersWishes,
) -> AsyncIterator[Stage]:
    steam = KnownPlatform()
    clients: dict[Platform, KnownPlatform] = {Platform.STEAM: steam}
    desk = PresenceDesk(clients, world_clock, gather=0)
    invited = Invited(store, asyncio.Event())
    chats = ChatBook(store, world_clock, invited)

    async def on_unreachable_chat(chat_id: int) -> None:
        await chats.left(chat_id, world_clock.now())

    hooks = Hooks(on_unreachable_chat=on_unreachable_chat, on_migrated=chats.migrated)
    session = GatewaySession(sim.url, world_clock, pace=pace, hooks=hooks)
    groups = Groups(store, invited, world_clock)
    transport = Transport(sim.gateway, world_clock)
    outcomes: list[tuple[str, str]] = []
    async with Bot(TEST_TOKEN, session=session) as bot:
        me = await bot.get_me()
        departures, messenger = Departures(store, invited), Messenger(bot)
        status_list = StatusList(store, desk)
        hours = HoursBook(store, world_clock)
        boards = BoardBook(store, status_list, asyncio.Event())
        board_desk = BoardDesk(boards, messenger, bot, world_clock)
        people = People(store, clients, world_clock, on_changed=(boards.list_changed,))
        languages = Languages(store, world_clock)
        farewells = Farewells(me, departures, people, messenger, languages)

        async def on_absent(chat_id: int, user: KnownUser) -> None:
            await farewells.left(bot, chat_id, user)

        privacy = Privacy(store, invited, chats, languages, world_clock)
        parts = Parts(
            me=me,
            chats=chats,
            people=people,
            status_list=status_list,
            groups=groups,
            group_editing=GroupEditing(store, invited),
            departures=departures,
            invitations=Invitations(store, invited, world_clock),
            calls=Calls(store, groups, Reaching(store, desk, hours), world_clock),
            call_desk=CallDesk(CallBook(store, asyncio.Event(), world_clock), messenger, world_clock),
            ringer=Ringer(
                store,
                messenger,
                bot,
                world_clock,
                languages=languages,
                hours=hours,
                on_absent=on_absent,
                crew=lone(store, world_clock),
            ),
            messenger=messenger,
            clock=world_clock,
            dialogs=DialogBook(store.dialogs),
            credentials=Credentials(store.credentials, Access.over(transport, world_clock)),
            owner_ids=owner_ids,
            languages=languages,
            choices=Choices(store, languages),
            donations=Donations(store, wishes.donation_amounts),
            wishes=wishes,
            announcements=AnnouncementBook(store, asyncio.Event()),
            erasing=Erasing(me, bot, privacy, people, messenger, languages, board_desk),
            fun_desk=FunDesk(me, Fun(store, world_clock), RespectsBook(store, asyncio.Event()), people, messenger),
            board_desk=board_desk,
            hours=hours,
            watches=WatchBook(store, asyncio.Event()),
            start_news=StartNews(store, world_clock),
        )
        feed = _feed(parts, bot, outcomes)
        ringing = asyncio.ensure_future(parts.ringer.run())
        yield Stage(
            world, store, world_clock, steam, clients, api, feed, outcomes, DelayNotice(bot, me, languages), parts, bot
        )
        ringing.cancel()
        with suppress(asyncio.CancelledError):
            await ringing
    await transport.aclose()
    await desk.aclose()


@pytest.fixture
def ann(stage: Stage) -> User:
    return stage.world.add_user("Ann", username="Ann_A")


@pytest.fixture
def bob(stage: Stage) -> User:
    return stage.world.add_user("Bob")


@pytest.fixture
async def squad(stage: Stage, ann: User, bob: User) -> Chat:
    """A supergroup with Ann, Bob and the bot."""
    return await stage.group(ann, bob)


@pytest.fixture
async def dialog_clock(stage: Stage, mongo_uri: str, database_name: str) -> AsyncIterator[FakeClock]:
    """The clock by which dialogs expire. It is far ahead: else the server would delete them by its own."""
    clock = FakeClock(START + timedelta(days=3650))
    states = open_dialogs(mongo_uri, database_name, clock)
    stage.restart(DialogBook(states))
    yield clock
    await states.close()

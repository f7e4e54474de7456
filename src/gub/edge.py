"""The edge put together: what handles updates, and what works beside it."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from gub.clock import Clock
from gub.domain.owners_wishes import OwnersWishes
from gub.domain.values import KnownUser
from gub.housekeeping import housekeeping
from gub.jobs import as_job, name_of
from gub.platform_desk import PlatformDesk
from gub.presence.poller import Poller
from gub.services.announcements import AnnouncementBook
from gub.services.boards import BoardBook
from gub.services.call_answers import CallBook
from gub.services.calls import Calls
from gub.services.chat_settings import Choices
from gub.services.chats import ChatBook
from gub.services.departures import Departures
from gub.services.donations import Donations
from gub.services.fun import Fun
from gub.services.group_editing import GroupEditing
from gub.services.groups import Groups
from gub.services.history import HistoryBook
from gub.services.hours import HoursBook
from gub.services.invitations import Invitations
from gub.services.invited import Invited
from gub.services.languages import Languages
from gub.services.people import People
from gub.services.privacy import Privacy
from gub.services.reach import Reaching
from gub.services.respects import RespectsBook
from gub.services.start_news import StartNews
from gub.services.starts import StartsBook
from gub.services.status import StatusList
from gub.services.watched import Watched
from gub.services.watches import WatchBook
from gub.store.crew import Crew
from gub.store.mongo import is_unavailable
from gub.store.store import Store
from gub.telegram.announcer import Announcer
from gub.telegram.board_desk import BoardDesk
from gub.telegram.board_upkeep import BoardUpkeep
from gub.telegram.bot import SignedIn
from gub.telegram.call_desk import CallDesk
from gub.telegram.call_upkeep import CallUpkeep
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.dispatcher import Parts
from gub.telegram.erasing import Erasing
from gub.telegram.farewells import Farewells
from gub.telegram.handlers.fun import FunDesk
from gub.telegram.invitation_upkeep import InvitationUpkeep
from gub.telegram.menus import offer_commands
from gub.telegram.messenger import Messenger
from gub.telegram.respects_upkeep import RespectsUpkeep
from gub.telegram.ringing import Ringer
from gub.telegram.starts_teller import StartsTeller
from gub.telegram.watch_teller import WatchTeller

_LOOK_SECONDS: Final = 1.0

Work = Callable[[], Coroutine[Any, Any, None]]
"""Something that goes on beside the updates until it is done, or cancelled."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What the edge remembers by, with whom: store, chats, dialogs, and what wakes the upkeep of invitations."""

    store: Store
    crew: Crew
    chats: ChatBook
    dialogs: DialogBook
    invited: Invited
    invitations_changed: asyncio.Event


@dataclass(frozen=True, slots=True)
class Edge:
    """The parts that handlers are given, and what works beside them: in each worker, and in the one on duty."""

    parts: Parts
    announcer: Announcer
    poller: Poller
    beside: tuple[Work, ...]
    duties: tuple[Work, ...]


def put_together(
    bot: SignedIn,
    memory: Memory,
    platforms: PlatformDesk,
    clock: Clock,
    wishes: OwnersWishes,
) -> Edge:
    """Build services, parts, and what works beside them."""
    store, messenger = memory.store, Messenger(bot.bot)
    crew = memory.crew
    languages = Languages(store, clock, lambda: crew.others)
    history = HistoryBook(store)
    status_list, looking = StatusList(store, platforms.presence), asyncio.Event()
    boards = BoardBook(store, status_list, looking)
    beginning, starting = asyncio.Event(), asyncio.Event()
    watches = WatchBook(store, beginning)
    starts, start_news = StartsBook(store, starting), StartNews(store, clock)
    watched = Watched(store, interests=(history, boards, watches, starts))
    people = People(store, platforms.clients, clock, on_changed=(watched.changed, boards.list_changed, starts.changed))
    board_desk = BoardDesk(boards, messenger, bot.bot, clock)
    groups = Groups(store, memory.invited, clock)
    departures = Departures(store, memory.invited)
    invitations = Invitations(store, memory.invited, clock)
    farewells = Farewells(bot.me, departures, people, messenger, languages)

    async def on_absent(chat_id: int, user: KnownUser) -> None:
        await farewells.left(bot.bot, chat_id, user)

    hours = HoursBook(store, clock)
    ringer = Ringer(store, messenger, bot.bot, clock, languages=languages, hours=hours, on_absent=on_absent, crew=crew)
    invitation_upkeep = InvitationUpkeep(
        store, invitations, messenger, languages, changed=memory.invitations_changed, clock=clock
    )
    privacy = Privacy(store, memory.invited, memory.chats, languages, clock)
    erasing = Erasing(bot.me, bot.bot, privacy, people, messenger, languages, board_desk)
    announcing = asyncio.Event()
    announcer = Announcer(store, memory.chats, messenger, bot.bot, languages, changed=announcing, clock=clock)
    paying, answering = asyncio.Event(), asyncio.Event()
    call_desk = CallDesk(CallBook(store, answering, clock), messenger, clock)
    respects_upkeep = RespectsUpkeep(store, languages, messenger, paying, clock)
    parts = Parts(
        me=bot.me,
        messenger=messenger,
        clock=clock,
        chats=memory.chats,
        people=people,
        status_list=status_list,
        groups=groups,
        group_editing=GroupEditing(store, memory.invited),
        departures=departures,
        invitations=invitations,
        calls=Calls(store, groups, Reaching(store, platforms.presence, hours), clock),
        call_desk=call_desk,
        ringer=ringer,
        dialogs=memory.dialogs,
        credentials=platforms.credentials,
        owner_ids=wishes.owner_ids,
        languages=languages,
        choices=Choices(store, languages, on_chosen=(boards.list_changed,)),
        donations=Donations(store, wishes.donation_amounts),
        wishes=wishes,
        announcements=AnnouncementBook(store, announcing),
        erasing=erasing,
        fun_desk=FunDesk(bot.me, Fun(store, clock), RespectsBook(store, paying), people, messenger),
        board_desk=board_desk,
        hours=hours,
        watches=watches,
        start_news=start_news,
    )
    poller = Poller(
        platforms.presence,
        watched.people,
        clock,
        listeners=(history, boards, watches, starts),
        every=platforms.poll_seconds,
        meter=platforms.meter,
        is_passing=is_unavailable,
    )
    tapped = (memory.invitations_changed, paying, answering, announcing, looking)
    offer = partial(offer_commands, bot.bot, wishes, languages)
    return Edge(
        parts,
        announcer,
        poller,
        beside=(offer, ringer.run),
        duties=(
            invitation_upkeep.run,
            respects_upkeep.run,
            CallUpkeep(store, call_desk, languages, answering, clock).run,
            BoardUpkeep(store, board_desk, languages, looking, clock).run,
            WatchTeller(
                store,
                watches,
                status_list,
                messenger,
                bot.bot,
                languages=languages,
                hours=hours,
                changed=beginning,
                clock=clock,
            ).run,
            StartsTeller(start_news, languages, messenger, starting, clock).run,
            announcer.run,
            poller.run,
            partial(housekeeping, clock, erasing.resume, history.tidy, watches.tidy, starts.tidy),
            partial(wake_for_others, crew, clock, tapped),
        ),
    )


async def wake_for_others(crew: Crew, clock: Clock, events: Iterable[asyncio.Event]) -> None:
    """Have upkeep and announcer look each second while others work for the bot: what those do wakes nobody here.

    A look that finds nothing reads a few short indexes.
    """
    while True:
        await clock.sleep(_LOOK_SECONDS)
        if crew.others:
            for event in events:
                event.set()


async def on_duty(crew: Crew, duties: Iterable[Work]) -> None:
    """Do what is to be done once, in the one worker of the crew that has the duty."""
    await crew.duty()
    async with asyncio.TaskGroup() as group:
        for work in duties:
            group.create_task(as_job(name_of(work), work))

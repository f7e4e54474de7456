"""The routing of updates to handlers."""

from dataclasses import dataclass
from typing import Final

from aiogram import Dispatcher, Router
from aiogram.types import User

from gub.clock import Clock
from gub.domain.owners_wishes import OwnersWishes
from gub.services.announcements import AnnouncementBook
from gub.services.calls import Calls
from gub.services.chat_settings import Choices
from gub.services.chats import ChatBook
from gub.services.credentials import Credentials
from gub.services.departures import Departures
from gub.services.donations import Donations
from gub.services.feedback import Feedback
from gub.services.group_editing import GroupEditing
from gub.services.groups import Groups
from gub.services.hours import HoursBook
from gub.services.invitations import Invitations
from gub.services.languages import Languages
from gub.services.people import People
from gub.services.start_news import StartNews
from gub.services.status import StatusList
from gub.services.watches import WatchBook
from gub.telegram.asked import FromSomebody
from gub.telegram.attendance import Attendance
from gub.telegram.board_desk import BoardDesk
from gub.telegram.call_desk import CallDesk
from gub.telegram.calling import Calling
from gub.telegram.dialogs.asking import Asking
from gub.telegram.dialogs.book import DialogBook
from gub.telegram.dialogs.filters import FindsDialog, FindsTappedDialog
from gub.telegram.erasing import Erasing
from gub.telegram.farewells import Farewells
from gub.telegram.handlers import (
    add_dialog,
    adding,
    announcing,
    big_calls,
    boards,
    calls,
    credentials,
    dialogs,
    donating,
    editing,
    fallback,
    feedback,
    fun,
    general,
    group_cards,
    group_dialog,
    group_list,
    group_members,
    group_texts,
    groups,
    helping,
    hours,
    invitations,
    inviting,
    life,
    people,
    privacy,
    settings,
    starts,
    status,
    support,
    watching,
)
from gub.telegram.handlers.add_dialog import Adding
from gub.telegram.handlers.editing import Editing
from gub.telegram.handlers.feedback import FeedbackDesk
from gub.telegram.handlers.fun import FunDesk
from gub.telegram.handlers.group_desk import GroupDesk
from gub.telegram.handlers.group_dialog import NewGroups
from gub.telegram.handlers.group_news import GroupNews
from gub.telegram.handlers.group_texts import GroupTexts
from gub.telegram.handlers.hours import HoursDesk
from gub.telegram.handlers.inviting import Inviting
from gub.telegram.handlers.people import Cards
from gub.telegram.handlers.settings import SettingsDesk
from gub.telegram.handlers.watching import WatchDesk
from gub.telegram.inviter import Inviter
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.errors import TellErrors
from gub.telegram.middlewares.gate import Gate
from gub.telegram.middlewares.learning import Learning
from gub.telegram.middlewares.life_signs import LifeSigns
from gub.telegram.middlewares.speaking import Speaking
from gub.telegram.ringing import Ringer
from gub.telegram.routing import Choosing

ALLOWED_UPDATES: Final = ("message", "callback_query", "pre_checkout_query", "my_chat_member", "chat_member")
"""The kinds of updates that Telegram is asked for. It remembers the last wish, so it is always named in full."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the handlers are given. `me` is the bot itself, as getMe told at the start."""

    me: User
    chats: ChatBook
    people: People
    status_list: StatusList
    groups: Groups
    group_editing: GroupEditing
    departures: Departures
    invitations: Invitations
    calls: Calls
    call_desk: CallDesk
    ringer: Ringer
    messenger: Messenger
    clock: Clock
    dialogs: DialogBook
    credentials: Credentials
    owner_ids: frozenset[int]
    languages: Languages
    choices: Choices
    donations: Donations
    wishes: OwnersWishes
    announcements: AnnouncementBook
    erasing: Erasing
    fun_desk: FunDesk
    board_desk: BoardDesk
    hours: HoursBook
    watches: WatchBook
    start_news: StartNews


def build_dispatcher(parts: Parts) -> Dispatcher:
    """Put the routers together. Feed it raw updates; it fails on none that can be decoded."""
    inviter = Inviter(
        parts.me,
        parts.groups,
        parts.invitations,
        parts.messenger,
        parts.ringer,
        parts.clock,
        parts.languages,
        parts.hours,
    )
    news = GroupNews(parts.people, parts.messenger, parts.languages)
    # Not the framework's own dialogs, which know one for each user and chat: see `dialogs.book`.
    dispatcher = Dispatcher(
        disable_fsm=True,
        me=parts.me,
        chats=parts.chats,
        people=parts.people,
        status_list=parts.status_list,
        groups=parts.groups,
        group_editing=parts.group_editing,
        departures=parts.departures,
        farewells=Farewells(parts.me, parts.departures, parts.people, parts.messenger, parts.languages),
        invitations=parts.invitations,
        inviter=inviter,
        inviting=Inviting(parts.me, parts.people, parts.dialogs, parts.messenger, inviter),
        calling=Calling(parts.me, parts.calls, parts.call_desk, parts.ringer, parts.dialogs, parts.messenger),
        messenger=parts.messenger,
        clock=parts.clock,
        dialogs=parts.dialogs,
        adding=Adding(parts.me, parts.people, parts.dialogs, parts.messenger, news),
        editing=Editing(parts.me, parts.people, parts.dialogs, parts.messenger),
        new_groups=NewGroups(parts.me, parts.people, parts.dialogs, parts.messenger, parts.groups, news),
        group_texts=GroupTexts(
            parts.me, parts.people, parts.dialogs, parts.messenger, parts.groups, parts.group_editing, news
        ),
        cards=Cards(parts.me, parts.people, parts.messenger, news),
        group_desk=GroupDesk(
            parts.me,
            parts.people,
            parts.messenger,
            parts.groups,
            parts.group_editing,
            parts.invitations,
            Attendance(parts.clock),
            parts.clock,
            news,
        ),
        credentials=parts.credentials,
        owner_ids=parts.owner_ids,
        announcements=parts.announcements,
        languages=parts.languages,
        choices=parts.choices,
        settings_desk=SettingsDesk(
            parts.me, parts.people, parts.messenger, parts.choices, parts.languages, parts.clock, parts.start_news
        ),
        donations=parts.donations,
        wishes=parts.wishes,
        erasing=parts.erasing,
        fun_desk=parts.fun_desk,
        board_desk=parts.board_desk,
        watch_desk=WatchDesk(
            parts.me,
            parts.people,
            parts.messenger,
            Asking(parts.me, parts.people, parts.dialogs, parts.messenger),
            parts.watches,
            parts.status_list,
        ),
        start_news=parts.start_news,
        hours_desk=HoursDesk(parts.me, parts.messenger, parts.hours, parts.choices, parts.clock),
        refreshes=status.Refreshes(parts.clock),
        feedback_desk=FeedbackDesk(
            parts.me,
            parts.people,
            parts.dialogs,
            parts.messenger,
            Feedback(parts.clock),
            parts.languages,
            parts.owner_ids,
        ),
    )
    # Errors before the others, so that they are told of those as well; in which language comes before that.
    dispatcher.update.outer_middleware(Speaking(parts.languages))
    dispatcher.update.outer_middleware(TellErrors(parts.messenger, parts.clock))
    dispatcher.update.outer_middleware(Learning(parts.chats))
    # Around the handlers of commands: a refusal by the gate needs no sign of life.
    dispatcher.message.middleware(Gate(parts.messenger))
    dispatcher.message.middleware(LifeSigns(parts.clock))
    # Comings and goings, whoever tells of them: a bot that removes a member speaks for itself.
    dispatcher.include_router(life.router())
    # Then what people ask for, each command and button in one place.
    dispatcher.include_router(_asked_by_people())
    return dispatcher


def _asked_by_people() -> Router:
    router = Choosing("people ask")
    router.message.filter(FromSomebody(), FindsDialog())
    router.callback_query.filter(FindsTappedDialog())
    # What comes by a link is a /start as well, so it stands before `general`.
    router.include_routers(donating.router(), helping.router(), settings.router(), hours.router(), watching.router())
    router.include_routers(privacy.router(), inviting.router(), invitations.router())
    router.include_routers(adding.router(), add_dialog.router(), editing.router(), people.router())
    router.include_routers(group_dialog.router(), group_texts.router())
    router.include_routers(group_list.router(), group_members.router(), group_cards.router())
    router.include_routers(general.router(), status.router(), groups.router(), calls.router(), credentials.router())
    router.include_routers(announcing.router(), boards.router(), starts.router())
    router.include_routers(feedback.router(), support.router())
    router.include_router(fun.router())
    router.include_routers(big_calls.router(), dialogs.router())
    # Last, what nothing above takes.
    router.include_router(fallback.router())
    return router

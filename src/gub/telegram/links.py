"""Links that go on in private: what they carry after /start, written and read. What they carry is believed in nothing.

`add_<chat>[_<topic>]` begins the dialog that adds somebody, `people_<chat>` shows that chat's list, `edit_<id>` changes
a status user. `newgroup_<chat>[_<topic>]` begins the dialog that makes a notify group, `groups_<chat>` shows that
chat's, `group_<id>` shows one, and `invite_<id>` asks whom to invite into it. `privacy_<chat>` says what is kept of
that chat, `privacy` what is kept of who comes. `settings_<chat>` shows that chat's settings, `settings` those of who
comes, `hours` when who comes wants to be called, `watch_<chat>` what they watch in that chat. `help` and `help_<page>`
show what GUB does.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from aiogram.filters import Filter
from aiogram.types import Message

from gub.telegram.asked import Asked

_ABOUT_A_CHAT: Final = re.compile(
    r"(add|people|newgroup|groups|privacy|settings|watch)_(-?[0-9]{1,16})(?:_([0-9]{1,10}))?"
)
_HELP: Final = re.compile(r"help(?:_([a-z]{1,8}))?")
_ABOUT_A_DOCUMENT: Final = re.compile(r"(edit|group|invite)_([0-9a-f]{24})")


class Way(StrEnum):
    """Where a link leads."""

    ADD = "add"
    PEOPLE = "people"
    EDIT = "edit"
    NEW_GROUP = "newgroup"
    GROUPS = "groups"
    GROUP = "group"
    INVITE = "invite"
    PRIVACY = "privacy"
    SETTINGS = "settings"
    HOURS = "hours"
    WATCH = "watch"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says it is about: a chat and the topic it was opened in, a status user, a notify group or a page."""

    way: Way
    chat_id: int = 0
    thread_id: int | None = None
    person: str = ""
    group: str = ""
    page: str = ""

    def payload(self) -> str:
        """Write what /start brings along: at most 64 of `A-Za-z0-9_-`."""
        if what := self.person or self.group or self.page:
            return f"{self.way}_{what}"
        if self in (Link(Way.PRIVACY), Link(Way.SETTINGS), Link(Way.HOURS), Link(Way.HELP)):
            return str(self.way)
        thread = "" if self.thread_id is None else f"_{self.thread_id}"
        return f"{self.way}_{self.chat_id}{thread}"

    def url(self, username: str) -> str:
        """Write the address that opens the bot's private chat with it."""
        return f"https://t.me/{username}?start={self.payload()}"


def read_link(payload: str) -> Link | None:
    """Read what /start brought along; None when it is none of ours."""
    if payload in (Way.PRIVACY, Way.SETTINGS, Way.HOURS):
        return Link(Way(payload))
    if match := _HELP.fullmatch(payload):
        return Link(Way.HELP, page=match[1] or "")
    if match := _ABOUT_A_CHAT.fullmatch(payload):
        thread_id = int(match[3]) if match[3] else None
        return Link(Way(match[1]), chat_id=int(match[2]), thread_id=thread_id)
    if match := _ABOUT_A_DOCUMENT.fullmatch(payload):
        way = Way(match[1])
        return Link(way, person=match[2]) if way is Way.EDIT else Link(way, group=match[2])
    return None


class Comes(Filter):
    """Passes a private /start that came by a link of this way, and hands that on as `link`."""

    def __init__(self, way: Way) -> None:
        """Take the way."""
        self._way = way

    async def __call__(self, message: Message, command: Asked | None) -> bool | dict[str, Any]:
        """See `Filter`."""
        if command is None or command.name != "start" or message.chat.type != "private":
            return False
        link = read_link(command.argument.strip())
        return {"link": link, "asked": command} if link is not None and link.way is self._way else False

    def may_pass(self, kind: str | None) -> bool:
        """See `routing.Choosy`."""
        return kind == "start"

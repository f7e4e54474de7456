"""Commands as people type them, and who typed them."""

import re
from dataclasses import dataclass
from typing import Any, Final

from aiogram.filters import Filter
from aiogram.types import Message, User

_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{1,64}))?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A command addressed to GUB: its name in lower case, and all that stands after it, as typed."""

    name: str
    argument: str


def read_command(message: Message, username: str | None) -> Asked | None:
    """Read a command from a text message. A caption is none, nor is what is addressed to another bot."""
    match = _COMMAND.match(message.text or "")
    if match is None:
        return None
    addressee = match[2]
    if addressee is not None and addressee.lower() != (username or "").lower():
        return None
    return Asked(match[1].lower(), (message.text or "")[match.end() :])


def is_from_somebody(message: Message) -> bool:
    """Say whether a person wrote this, or an admin who writes as the group.

    Channels, forwards from a linked channel and other bots are nobody.
    """
    if message.is_automatic_forward or message.from_user is None:
        return False
    if message.sender_chat is not None:
        return message.sender_chat.id == message.chat.id
    return not message.from_user.is_bot


def awaits_answer(message: Message, username: str | None) -> bool:
    """Say whether somebody waits for GUB to answer this: a text in private, or a command to it in a group."""
    if not is_from_somebody(message):
        return False
    if message.chat.type == "private":
        return bool(message.text)
    return read_command(message, username) is not None


class Asks(Filter):
    """Passes the commands of these names, in any case, and hands them on as `asked`. It stands below `FromSomebody`."""

    def __init__(self, *names: str) -> None:
        """Take the names, the one to be shown first. None at all: any command."""
        self._names = frozenset(names)

    async def __call__(self, _: Message, command: Asked | None) -> bool | dict[str, Any]:
        """See `Filter`."""
        if command is None or (self._names and command.name not in self._names):
            return False
        return {"asked": command}

    def may_pass(self, kind: str | None) -> bool:
        """See `routing.Choosy`."""
        return kind is not None and (not self._names or kind in self._names)


class FromSomebody(Filter):
    """Passes what somebody writes, and hands on who as `person`: None for an admin who writes as the group.

    What they ask for, if it is a command to GUB, is read here once for all handlers, as `command`.
    """

    async def __call__(self, message: Message, me: User) -> bool | dict[str, Any]:
        """See `Filter`."""
        if not is_from_somebody(message):
            return False
        person = None if message.sender_chat is not None else message.from_user
        return {"person": person, "command": read_command(message, me.username)}

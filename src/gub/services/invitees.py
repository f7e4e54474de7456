"""Who can be invited: the named found by their ids, and told apart from bots, members and those who are not here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gub.domain.invitees import entry_of
from gub.domain.values import KnownUser, NotifyGroup
from gub.store.users import Users

_BOT: Final = "bot"
"""How the usernames of bots end, and no others (core.telegram.org/bots/features, Creating a new bot)."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What Telegram says of somebody: whether they are in the chat, and who they are now (None: it does not say)."""

    here: bool
    user: KnownUser | None = None


Look = Callable[[int], Awaitable[Seen]]
"""Asks Telegram about a user in the chat."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be invited: a user id, or `@username` of whom GUB has not seen; and who that is, where known.

    `name` is the `@username` by which they were named, where GUB knew whose it is.
    """

    entry: int | str
    user: KnownUser | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Who was not asked, and why: bots, who is a member already, and who is not in the chat."""

    bots: tuple[Candidate, ...] = ()
    members: tuple[Candidate, ...] = ()
    absent: tuple[Candidate, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bots or self.members or self.absent)


async def resolved(candidates: Iterable[Candidate], users: Users) -> list[Candidate]:
    """Know them by their ids where that is possible, and each once."""
    everybody = list(candidates)
    names = [one.entry for one in everybody if isinstance(one.entry, str)]
    by_name = await users.by_usernames(names) if names else {}
    ids = [one.entry for one in everybody if isinstance(one.entry, int) and one.user is None]
    by_id = await users.get_many(ids) if ids else {}
    found: dict[int | str, Candidate] = {}
    for one in everybody:
        if isinstance(one.entry, str):
            name = entry_of(one.entry)
            user = by_name.get(name)
            made = Candidate(name) if user is None else Candidate(user.user_id, user, name)
        else:
            made = Candidate(one.entry, one.user or by_id.get(one.entry))
        found.setdefault(made.entry, made)
    return list(found.values())


async def learn(asked: Iterable[Candidate], users: Users) -> None:
    """Keep what those are called who were chosen from a list, and whom GUB has not seen: the message names them."""
    told = {one.user.user_id: one.user for one in asked if one.user is not None}
    known = await users.get_many(told)
    await users.learn([user for user_id, user in told.items() if user_id not in known])


async def looked_at(people: Iterable[Candidate], look: Look, users: Users) -> list[tuple[Candidate, bool]]:
    """Ask about each who is known by an id; give them as they are now, and whether they are in the chat.

    A username may have changed hands unseen: then it is the username that was named, and whose it is is not known. Of
    a username alone, Telegram tells nothing.
    """
    everybody = list(people)
    seen = await asyncio.gather(*(_look(one, look) for one in everybody))
    both = list(zip(everybody, seen, strict=True))
    renamed = {told.user.user_id: told.user for one, told in both if told.user and _is_renamed(one, told.user)}
    await users.learn(list(renamed.values()))
    return [
        (Candidate(one.name), True) if one.name and one.entry in renamed else (one, told.here) for one, told in both
    ]


def is_bot(one: Candidate) -> bool:
    """Say whether it is a bot, as far as is known."""
    return one.user.is_bot if one.user is not None else isinstance(one.entry, str) and one.entry.endswith(_BOT)


def sorted_out(group: NotifyGroup, people: Sequence[tuple[Candidate, bool]]) -> tuple[tuple[Candidate, ...], LeftOut]:
    """Tell those who can be asked from bots, members and those who are not in the chat."""
    bots = tuple(one for one, _ in people if is_bot(one))
    members = tuple(one for one, _ in people if one not in bots and one.entry in group.members)
    others = [(one, here) for one, here in people if one not in bots and one not in members]
    asked = tuple(one for one, here in others if here)
    return asked, LeftOut(bots, members, tuple(one for one, here in others if not here))


async def _look(one: Candidate, look: Look) -> Seen:
    return Seen(here=True) if isinstance(one.entry, str) or is_bot(one) else await look(one.entry)


def _is_renamed(one: Candidate, user: KnownUser) -> bool:
    return one.name is not None and (user.username is None or entry_of(user.username) != one.name)

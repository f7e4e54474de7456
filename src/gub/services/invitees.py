"""Who can be invited: the named found by their ids, and told apart from bots, members and those who are not here."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gub.domain.invitees import entry_of
from gub.domain.values import KnownUser, NotifyGroup
from gub.store.users import Users

IsHere = Callable[[int], Awaitable[bool]]
"""Says whether a user is in the chat now, as far as Telegram tells."""

_BOT: Final = "bot"
"""How the usernames of bots end, and no others (core.telegram.org/bots/features, Creating a new bot)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be invited: a user id, or `@username` of whom GUB has not seen; and who that is, where known."""

    entry: int | str
    user: KnownUser | None = None


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
            user = by_name.get(entry_of(one.entry))
            entry: int | str = entry_of(one.entry) if user is None else user.user_id
        else:
            user, entry = one.user or by_id.get(one.entry), one.entry
        found.setdefault(entry, Candidate(entry, user))
    return list(found.values())


async def learn(asked: Iterable[Candidate], users: Users) -> None:
    """Keep what those are called who were chosen from a list, and whom GUB has not seen: the message names them."""
    told = {one.user.user_id: one.user for one in asked if one.user is not None}
    known = await users.get_many(told)
    await users.learn([user for user_id, user in told.items() if user_id not in known])


async def sorted_out(
    group: NotifyGroup, people: Sequence[Candidate], is_here: IsHere
) -> tuple[tuple[Candidate, ...], LeftOut]:
    """Tell those who can be asked from bots, members and those who are not in the chat."""
    bots = tuple(one for one in people if _is_bot(one))
    members = tuple(one for one in people if one not in bots and one.entry in group.members)
    others = [one for one in people if one not in bots and one not in members]
    here = await asyncio.gather(*(_may_be_here(one, is_here) for one in others))
    asked = tuple(one for one, is_in in zip(others, here, strict=True) if is_in)
    absent = tuple(one for one, is_in in zip(others, here, strict=True) if not is_in)
    return asked, LeftOut(bots, members, absent)


async def _may_be_here(one: Candidate, is_here: IsHere) -> bool:
    """Say whether somebody is in the chat. Of a username alone, Telegram does not tell."""
    return isinstance(one.entry, str) or await is_here(one.entry)


def _is_bot(one: Candidate) -> bool:
    return one.user.is_bot if one.user is not None else isinstance(one.entry, str) and one.entry.endswith(_BOT)

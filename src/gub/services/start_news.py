"""What a chat is told of who started what: what is due, what may be told of it now, and what is ignored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from gub.clock import Clock
from gub.domain.limits import TOLD_A_DAY
from gub.domain.presence import Status, title_key
from gub.domain.starts import Sessions, Start, digest_of
from gub.domain.values import Allowance, StatusUser
from gub.domain.visibility import is_shown
from gub.store.start_news import ToldStarts
from gub.store.store import Store

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Started:
    """Somebody started a game: their display name and its title, as people and platforms wrote them."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class News:
    """What a chat is to be told in one message, the first first; nothing, if nothing may be told any more.

    `last`: it is told nothing more within the next hours. `due` is what is done with when it is told, or not to be.
    """

    chat_id: int
    starts: Sequence[Started]
    last: bool
    due: Sequence[Sessions]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A chat for which something is due, as `upkeep` knows things to show."""

    chat_id: int

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.chat_id)


class StartNews:
    """Says what may be told, by what people allow and chats want at that moment."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Read in `store`."""
        self._store = store
        self._clock = clock

    async def waiting(self, most: int) -> list[Waiting]:
        """Give the chats for which something is due; those of at most so many people."""
        due = await self._store.starts.waiting(most)
        return [Waiting(chat_id) for chat_id in dict.fromkeys(one.chat_id for one in due)]

    async def of_chat(self, chat_id: int) -> News:
        """Say what a chat is to be told now."""
        due = await self._store.starts.waiting_in(chat_id)
        chat = await self._store.start_news.of_chat(chat_id)
        now = self._clock.now()
        room = TOLD_A_DAY - sum(now - one.at < _DAY for one in chat.told)
        people = await self._store.statususers.by_ids([one.person for one in due])
        starts = _tellable(due, people, chat, now) if chat.wanted and room > 0 else ()
        return News(chat_id, starts, room == 1, due)

    async def told(self, news: News, chat_id: int, titles: Sequence[str]) -> None:
        """Note that it was told, in the chat as it is now called, with these games to be ignored by buttons."""
        await self._store.start_news.told(chat_id, self._clock.now(), titles)
        await self.done(news)

    async def done(self, news: News) -> None:
        """Note that what was due is due no more. What came to it meanwhile stays."""
        for due in news.due:
            await self._done(due)

    async def ignored(self, chat_id: int) -> tuple[str, ...]:
        """Give the titles of the games that a chat does not want to hear of."""
        return (await self._store.start_news.of_chat(chat_id)).ignored

    async def ignore(self, chat_id: int, game: str) -> bool:
        """Tell a chat no more of a game that it was told of (`digest_of`). False: not lately, so who knows which it is.

        Raises:
            LimitReached: it ignores as many as GUB keeps.
        """
        chat = await self._store.start_news.of_chat(chat_id)
        title = _of_digest(game, (*chat.ignored, *(title for one in chat.told for title in one.titles)))
        if title is None:
            return False
        await self._store.start_news.ignore(chat_id, title)
        return True

    async def tell_again(self, chat_id: int, game: str) -> bool:
        """Tell a chat again of a game that it ignored (`digest_of`). False: it does not."""
        title = _of_digest(game, await self.ignored(chat_id))
        if title is None:
            return False
        await self._store.start_news.tell_again(chat_id, title)
        return True

    async def _done(self, told: Sessions) -> None:
        now: Sessions | None = told
        while now is not None:
            left = tuple(one for one in now.due if one not in told.due)
            if (left and left == now.due) or await self._store.starts.keep(now, replace(now, due=left)):
                return
            now = (await self._store.starts.of_people([told.person])).get(told.person)


def _tellable(
    due: Iterable[Sessions], people: Mapping[str, StatusUser], chat: ToldStarts, now: datetime
) -> Sequence[Started]:
    ignored = set(map(title_key, chat.ignored))
    found: list[tuple[Start, str]] = []
    for sessions in due:
        person = people.get(sessions.person)
        if person is not None and _may_be_told(person, sessions):
            found += [(start, person.display_name) for start in sessions.due]
    news = [(start, name) for start, name in found if start.is_news(now) and title_key(start.title) not in ignored]
    return [Started(name, start.title) for start, name in sorted(news, key=lambda one: (one[0].at, one[1]))]


def _may_be_told(person: StatusUser, sessions: Sessions) -> bool:
    """Say whether somebody is who they were, in the chat that is told, allows it, and shows what they play."""
    same = person.person_id == sessions.user_id and person.chat_id == sessions.chat_id
    return same and Allowance.WATCHES in person.allows and is_shown(person.visibility, Status.PLAYING)


def _of_digest(digest: str, titles: Iterable[str]) -> str | None:
    return next((title for title in titles if digest_of(title) == digest), None)

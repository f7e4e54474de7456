"""Boards: which there are, and when they may not show what is true any more."""

import asyncio
from collections.abc import Collection

from gub.domain.boards import Board
from gub.domain.errors import LimitReached
from gub.domain.limits import BOARDS_PER_CHAT
from gub.presence.look import Look
from gub.services.status import ChatStatus, StatusList
from gub.store.boards import key_of
from gub.store.store import Store


class BoardBook:
    """An interest in everybody of a chat with a board, and a listener that has the board shown anew."""

    def __init__(self, store: Store, status_list: StatusList, changed: asyncio.Event) -> None:
        """Keep them in `store`; set `changed` when one is to be looked at. What they show is the `status_list`."""
        self._store = store
        self._status_list = status_list
        self._changed = changed
        self._has_looked = False

    @property
    def has_looked(self) -> bool:
        """Whether this process knows what people do: before its first look it would show that nobody is there."""
        return self._has_looked

    async def chats(self) -> Collection[int]:
        """See `Interest`."""
        return await self._store.boards.chats()

    async def people(self) -> Collection[str]:
        """See `Interest`."""
        return ()

    async def heard(self, look: Look) -> None:
        """Have the boards looked at on which something may have changed; all of them, when a platform fares anew."""
        chats = {seen.person.chat_id for seen in look.people.values() if seen.changed}
        chats |= {person.chat_id for person in look.gone.values()}
        if look.states_changed:
            chats |= {seen.person.chat_id for seen in look.people.values()}
        self._has_looked = True
        await self._look_at(chats)

    async def list_changed(self, chat_id: int) -> None:
        """Have a chat's boards looked at: its list is another, or how it is to be written."""
        await self._look_at({chat_id})

    async def of_place(self, chat_id: int, thread_id: int | None) -> Board | None:
        """Give the board of a topic, or of a chat outside topics."""
        return await self._store.boards.get(key_of(chat_id, thread_id))

    async def of_chat(self, chat_id: int) -> list[Board]:
        """Give all boards of a chat."""
        return await self._store.boards.of_chat(chat_id)

    async def require_room(self, chat_id: int) -> None:
        """Raise LimitReached when a chat has as many boards as GUB keeps."""
        if await self._store.boards.count(chat_id) >= BOARDS_PER_CHAT:
            raise LimitReached(BOARDS_PER_CHAT)

    async def shown_by(self, chat_id: int, message_id: int) -> Board | None:
        """Give the board that this message is."""
        board = await self._store.boards.at(chat_id, message_id)
        return None if board is None or board.ended else board

    async def placed(self, board: Board) -> None:
        """Note that this is a place's board now: what follows is the upkeep's."""
        await self._store.boards.place(board)
        self._changed.set()

    async def end(self, board: Board) -> bool:
        """Have a board left as it is, and kept no more; say whether it was one still."""
        ended = await self._store.boards.end(board)
        self._changed.set()
        return ended

    async def status_of(self, chat_id: int) -> ChatStatus:
        """Say what a board of this chat is to show: what is known, and is asked again and again beside."""
        return await self._status_list.known_of_chat(chat_id)

    async def asked_status_of(self, chat_id: int) -> ChatStatus:
        """Say the same for who may not be the worker that asks again and again: what it knows may be of long ago."""
        return await self._status_list.of_chat(chat_id)

    async def zone_of(self, chat_id: int) -> str | None:
        """Give the time zone of the chat; of a person in private, theirs."""
        if chat_id > 0:
            return await self._store.users.time_zone(chat_id)
        return (await self._store.chats.settings(chat_id)).time_zone

    def look(self) -> None:
        """Have those looked at that are marked: something that has no part in boards marked some."""
        self._changed.set()

    async def _look_at(self, chats: Collection[int]) -> None:
        with_board = set(await self._store.boards.chats()) & set(chats)
        if with_board:
            await self._store.boards.mark(with_board)
            self._changed.set()

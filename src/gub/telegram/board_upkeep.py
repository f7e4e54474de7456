"""Keeps boards true, as `upkeep` does: edited only when they would show something else, with what follows from taps."""

import asyncio
from collections.abc import Sequence

import structlog

from gub.clock import Clock
from gub.domain.boards import Board
from gub.services.languages import Languages
from gub.store.store import Store
from gub.telegram.board_desk import BoardDesk
from gub.telegram.upkeep import FOR_GOOD, Upkeep
from gub.telegram.views import boards as views
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


class BoardUpkeep(Upkeep):
    """Shows who is on, where a chat wants to see it at any time; pins, moves and ends what shows it.

    Each step can be done again: what a death cuts off is done by the next look.
    """

    kind = "board"

    def __init__(
        self, store: Store, desk: BoardDesk, languages: Languages, changed: asyncio.Event, clock: Clock
    ) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, clock)
        self._desk = desk
        self._boards = store.boards
        self._languages = languages

    async def _tidy(self) -> None:
        """Nothing is to be done: a board lasts."""

    async def _stale(self, most: int) -> Sequence[Board]:
        return await self._boards.stale(most)

    async def _show(self, id_: str) -> None:
        board = await self._boards.get(id_)
        if board is None:
            return
        with speaking(await self._languages.of(board.chat_id)):
            await self._clear_away(board)
            try:
                if board.ended:
                    await self._end(board)
                elif self._desk.book.has_looked:
                    await self._keep(board)
            except FOR_GOOD as refused:
                # It is gone, or nothing can be written there any more: whoever wants a board asks for a new one.
                log.info("a board ends", chat_id=board.chat_id, outcome=type(refused).__name__)
                await self._boards.forget(board)

    async def _clear_away(self, board: Board) -> None:
        for message_id in board.old:
            await self._desk.clear_away(board.chat_id, message_id)
            await self._boards.cleared(board, message_id)

    async def _keep(self, board: Board) -> None:
        if board.message_id is None:
            await self._send_anew(board)
            return
        page = await self._desk.page(board.chat_id)
        if page.digest != board.shown and not await self._desk.edit(board, page):
            log.info("a board ends", chat_id=board.chat_id, outcome="deleted")
            await self._boards.forget(board)
            return
        if board.pinned is None:
            pinned = await self._desk.pin(board.chat_id, board.message_id)
            await self._boards.tried_to_pin(board, pinned=pinned)
        await self._boards.shown(board, page.digest)

    async def _send_anew(self, board: Board) -> None:
        """Send the message of one that has none. It is looked at again, as it was not shown by that one yet."""
        page = await self._desk.page(board.chat_id)
        message = await self._desk.send(board.chat_id, board.thread_id, page)
        if not await self._boards.posted(board, message.message_id):
            await self._desk.clear_away(message.chat.id, message.message_id)

    async def _end(self, board: Board) -> None:
        if await self._desk.edit(board, await self._desk.answer(board.chat_id, views.ended)):
            if board.pinned and board.message_id is not None:
                await self._desk.unpin(board.chat_id, board.message_id)
            log.info("a board ends", chat_id=board.chat_id, outcome="wanted")
        await self._boards.forget(board)

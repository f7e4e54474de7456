"""Keeps boards true, as `upkeep` does: edited only when they would show something else."""

import asyncio
from collections.abc import Sequence

import structlog

from gub.domain.boards import Board
from gub.services.languages import Languages
from gub.telegram.board_desk import BoardDesk
from gub.telegram.upkeep import FOR_GOOD, Upkeep
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


class BoardUpkeep(Upkeep):
    """Shows who is on, where a chat wants to see it at any time."""

    kind = "board"

    def __init__(self, desk: BoardDesk, languages: Languages, changed: asyncio.Event) -> None:
        """Look when `changed` is set."""
        super().__init__(changed, desk.clock)
        self._desk = desk
        self._boards = desk.store.boards
        self._languages = languages

    async def _tidy(self) -> None:
        """Nothing is to be done: a board lasts."""

    async def _stale(self, most: int) -> Sequence[Board]:
        return await self._boards.stale(most) if self._desk.book.has_looked else ()

    async def _show(self, id_: str) -> None:
        board = await self._boards.get(id_)
        if board is None:
            return
        with speaking(await self._languages.of(board.chat_id)):
            try:
                if board.message_id is None:
                    await self._send_anew(board)
                else:
                    await self._edit(board)
            except FOR_GOOD as refused:
                # It is gone, or nothing can be written there any more: whoever wants a board asks for a new one.
                log.info("a board ends", chat_id=board.chat_id, outcome=type(refused).__name__)
                await self._boards.end(board.id, board.message_id)

    async def _edit(self, board: Board) -> None:
        page = await self._desk.page(board.chat_id)
        if page.digest != board.shown and not await self._desk.edit(board, page):
            log.info("a board ends", chat_id=board.chat_id, outcome="deleted")
            await self._boards.end(board.id, board.message_id)
            return
        await self._boards.shown(board.id, board.revision, page.digest)

    async def _send_anew(self, board: Board) -> None:
        page = await self._desk.page(board.chat_id)
        message = await self._desk.send(board.chat_id, board.thread_id, page)
        if not await self._boards.posted(board, message.message_id):
            await self._desk.messenger.delete(message.chat.id, message.message_id)
            return
        await self._boards.shown(board.id, board.revision, page.digest)
        posted = await self._boards.get(board.id)
        if posted is not None:
            await self._desk.pin(posted)

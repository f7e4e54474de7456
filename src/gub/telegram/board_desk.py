"""Writing boards: sending, editing, pinning and ending their messages."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog
from aiogram import Bot
from aiogram.types import Message

from gub.clock import Clock
from gub.domain.boards import Board
from gub.services.boards import BoardBook
from gub.services.status import ChatStatus
from gub.telegram.gateway.outcomes import Refused, Rejected
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.upkeep import FOR_GOOD
from gub.telegram.views import boards as views
from gub.telegram.views.clocks import Clocks

log = structlog.get_logger(__name__)

Write = Callable[[ChatStatus, Clocks], View]


@dataclass(frozen=True, slots=True)
class Page:
    """What a board shows now: as it is written, the same for servers that know no times, and what stands for it."""

    view: View
    plain: View
    digest: str


@dataclass(frozen=True, slots=True)
class BoardDesk:
    """Writes boards, each in the language that is spoken."""

    book: BoardBook
    messenger: Messenger
    bot: Bot
    clock: Clock

    async def page(self, chat_id: int) -> Page:
        """Write what a board of this chat shows now, where the poller is."""
        return await self._written(chat_id, await self.book.status_of(chat_id), views.board)

    async def answer(self, chat_id: int, write: Write = views.board) -> Page:
        """Write the same for who asks for it, in whichever worker."""
        return await self._written(chat_id, await self.book.asked_status_of(chat_id), write)

    async def _written(self, chat_id: int, told: ChatStatus, write: Write) -> Page:
        clocks = Clocks(await self.book.zone_of(chat_id), self.clock.now())
        plain = write(told, replace(clocks, plain=True))
        return Page(write(told, clocks), plain, views.digest(told, clocks))

    async def send(self, chat_id: int, thread_id: int | None, page: Page) -> Message:
        """Send a board; raises Refused."""
        try:
            sent = await self.messenger.send(chat_id, page.view, thread_id)
        except Rejected as refused:
            log.info("a board without times", chat_id=chat_id, refused=refused.description)
            sent = await self.messenger.send(chat_id, page.plain, thread_id)
        return sent[-1]

    async def edit(self, board: Board, page: Page) -> bool:
        """Make a board's message show it. False: it is not there any more. Raises Refused."""
        if board.message_id is None:
            return False
        try:
            return await self.messenger.edit_at(board.chat_id, board.message_id, page.view)
        except Rejected as refused:
            log.info("a board without times", chat_id=board.chat_id, refused=refused.description)
            return await self.messenger.edit_at(board.chat_id, board.message_id, page.plain)

    async def pin(self, chat_id: int, message_id: int) -> bool:
        """Pin a message for everybody, without a sound; say whether GUB may. Raises Refused for what may pass."""
        try:
            return bool(await self.bot.pin_chat_message(chat_id, message_id, disable_notification=True))
        except FOR_GOOD as refused:
            log.debug("a board stays unpinned", chat_id=chat_id, outcome=type(refused).__name__)
            return False

    async def unpin(self, chat_id: int, message_id: int) -> None:
        """Unpin a message, if GUB may. Raises Refused for what may pass."""
        try:
            await self.bot.unpin_chat_message(chat_id, message_id=message_id)
        except FOR_GOOD as refused:
            log.debug("a board stays pinned", chat_id=chat_id, outcome=type(refused).__name__)

    async def take_down(self, chat_id: int) -> None:
        """Take away the boards of a chat of which nothing is kept any more; one that stays shows nobody."""
        nobody = ChatStatus((), 0, {})
        over = views.ended(nobody, Clocks(await self.book.zone_of(chat_id), self.clock.now()))
        for board in await self.book.of_chat(chat_id):
            for message_id in (*board.old, board.message_id):
                if message_id is None:
                    continue
                try:
                    if not await self.messenger.delete(chat_id, message_id):
                        await self.messenger.edit_at(chat_id, message_id, over)
                except Refused as refused:
                    log.info("a board stays", chat_id=chat_id, outcome=type(refused).__name__)

    async def clear_away(self, chat_id: int, message_id: int) -> None:
        """Take away a message that is no board any more; one that stays says so. Raises Refused for what may pass."""
        try:
            if await self.messenger.delete(chat_id, message_id):
                return
            if await self.messenger.edit_at(chat_id, message_id, views.moved()):
                await self.unpin(chat_id, message_id)
        except FOR_GOOD as refused:
            log.info("an old board stays", chat_id=chat_id, outcome=type(refused).__name__)

"""/board: the message that always shows who is on; and its End."""

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.boards import Board
from gub.store.boards import key_of
from gub.telegram.asked import Asks
from gub.telegram.board_desk import BoardDesk
from gub.telegram.members import Standing, standing
from gub.telegram.views import boards as views
from gub.telegram.views import general
from gub.telegram.views.keyboards import BoardTap


def router() -> Router:
    """Make the router."""
    made = Router(name="boards")
    made.message.register(post, Asks("board"))
    made.callback_query.register(end, BoardTap.filter())
    return made


async def post(message: Message, person: User | None, board_desk: BoardDesk) -> None:
    """Answer /board: send the board of this chat or topic. The upkeep pins it, and takes the one before away.

    The same command, handled again, does nothing.
    """
    chat_id, book = message.chat.id, board_desk.book
    thread_id = message.message_thread_id if message.is_topic_message else None
    before = await book.of_place(chat_id, thread_id)
    if before is not None and before.command_id == message.message_id:
        return
    if before is None:
        await book.require_room(chat_id)
    page = await board_desk.answer(chat_id)
    sent = await board_desk.send(chat_id, thread_id, page)
    await book.placed(
        Board(
            id=key_of(sent.chat.id, thread_id),
            chat_id=sent.chat.id,
            thread_id=thread_id,
            creator_id=None if person is None else person.id,
            message_id=sent.message_id,
            command_id=message.message_id,
            shown=page.digest,
        )
    )


async def end(query: CallbackQuery, bot: Bot, board_desk: BoardDesk) -> None:
    """Answer a tap on End, by who opened the board or an admin: it stays as it is, and is kept no more."""
    message, messenger = query.message, board_desk.messenger
    board = None if message is None else await board_desk.book.shown_by(message.chat.id, message.message_id)
    if board is None:
        await messenger.alert(query, general.stale_button())
        return
    stands = await standing(bot, board.chat_id, query.from_user.id)
    opened = board.creator_id == query.from_user.id and stands is not Standing.ABSENT
    if not (opened or stands is Standing.ADMIN):
        await messenger.alert(query, views.not_yours())
    elif await board_desk.book.end(board):
        await messenger.toast(query, views.ended_toast())
    else:
        await messenger.alert(query, general.stale_button())

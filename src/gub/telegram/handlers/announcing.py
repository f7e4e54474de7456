"""/announce: for owners, in private."""

from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery, Message

from gub.domain.splitting import utf16_length
from gub.services.announcements import AnnouncementBook
from gub.store.announcements import Phase, Source, TargetState
from gub.telegram.announcement import is_source_gone, send
from gub.telegram.asked import Asked, Asks
from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.handlers.credentials import ByOwner
from gub.telegram.kinds import in_private
from gub.telegram.messenger import Messenger
from gub.telegram.views import announcing as views
from gub.telegram.views.announcing import AnnounceAction, AnnounceTap
from gub.telegram.views.parts import entities_after

_STEPS = {
    AnnounceAction.PAUSE: Phase.PAUSED,
    AnnounceAction.RESUME: Phase.SENDING,
    AnnounceAction.STOP: Phase.STOPPED,
    AnnounceAction.RECALL_YES: Phase.RECALLING,
}


def router() -> Router:
    """Make the router."""
    made = Router(name="announcing")
    made.message.filter(ByOwner())
    made.callback_query.filter(ByOwner())
    made.message.register(announce, Asks("announce"))
    made.callback_query.register(confirm, AnnounceTap.filter(F.action == AnnounceAction.CONFIRM), in_private)
    made.callback_query.register(cancel, AnnounceTap.filter(F.action == AnnounceAction.CANCEL), in_private)
    made.callback_query.register(
        choose_sound, AnnounceTap.filter(F.action.in_({AnnounceAction.SILENT, AnnounceAction.RING})), in_private
    )
    made.callback_query.register(ask_to_recall, AnnounceTap.filter(F.action == AnnounceAction.RECALL), in_private)
    made.callback_query.register(steer, AnnounceTap.filter(F.action.in_(set(_STEPS))), in_private)
    made.callback_query.register(show, AnnounceTap.filter(F.action == AnnounceAction.SHOW), in_private)
    return made


async def announce(
    message: Message, asked: Asked, bot: Bot, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Answer /announce: show what would be sent, and ask."""
    if message.chat.type != "private":
        await messenger.reply(message, views.come_to_private())
        return
    source = _source(message, asked)
    if source is None:
        await messenger.reply(message, views.usage())
        return
    owner_id = message.chat.id
    draft, audience = await announcements.draft(owner_id, message.message_id, source)
    try:
        await send(bot, owner_id, source, owner_id, silent=True)
    except Rejected as refused:
        if not is_source_gone(refused):
            raise
        await announcements.go(draft.id, Phase.CANCELLED)
        await messenger.reply(message, views.nothing_to_copy())
        return
    await messenger.send(owner_id, views.question(draft, audience))


async def confirm(
    query: CallbackQuery, callback_data: AnnounceTap, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Send it to all chats, beside everything else."""
    message = _message(query)
    await announcements.of(callback_data.announcement, query.from_user.id)
    await announcements.show_at(callback_data.announcement, message.message_id)
    await announcements.go(callback_data.announcement, Phase.GATHERING)
    await show(query, callback_data, announcements, messenger)


async def cancel(
    query: CallbackQuery, callback_data: AnnounceTap, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Send nothing."""
    await announcements.of(callback_data.announcement, query.from_user.id)
    await announcements.go(callback_data.announcement, Phase.CANCELLED)
    await messenger.show(query, views.cancelled())
    await messenger.toast(query)


async def choose_sound(
    query: CallbackQuery, callback_data: AnnounceTap, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Choose whether it rings."""
    await announcements.of(callback_data.announcement, query.from_user.id)
    silent = callback_data.action is AnnounceAction.SILENT
    await announcements.be_silent(callback_data.announcement, silent=silent)
    announcement = await announcements.of(callback_data.announcement, query.from_user.id)
    await messenger.show(query, views.question(announcement, await announcements.audience(query.from_user.id)))
    await messenger.toast(query)


async def steer(
    query: CallbackQuery, callback_data: AnnounceTap, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Pause it, go on, stop it, or take it back."""
    await announcements.of(callback_data.announcement, query.from_user.id)
    await announcements.go(callback_data.announcement, _STEPS[callback_data.action])
    await show(query, callback_data, announcements, messenger)


async def ask_to_recall(
    query: CallbackQuery, callback_data: AnnounceTap, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Ask whether it is to be taken back."""
    announcement, counts = await announcements.standing(callback_data.announcement, query.from_user.id)
    await messenger.show(query, views.recall_question(announcement, counts.of(TargetState.SENT)))
    await messenger.toast(query)


async def show(
    query: CallbackQuery, callback_data: AnnounceTap, announcements: AnnouncementBook, messenger: Messenger
) -> None:
    """Show how it goes."""
    announcement, counts = await announcements.standing(callback_data.announcement, query.from_user.id)
    await messenger.show(query, views.panel(announcement, counts))
    await messenger.toast(query)


def _source(message: Message, asked: Asked) -> Source | None:
    """Read what is to be announced: the text after the command, else the message that it answers."""
    text = asked.argument.strip()
    if text:
        start = utf16_length((message.text or "").rstrip()) - utf16_length(text)
        entities = entities_after(message.entities or (), start)
        return Source(text, tuple(entity.model_dump(exclude_none=True, mode="json") for entity in entities))
    if message.reply_to_message is not None:
        return Source(copied_message_id=message.reply_to_message.message_id)
    return None


def _message(query: CallbackQuery) -> Message:
    if not isinstance(query.message, Message):
        raise TypeError("`in_private` passes buttons whose message can be seen")
    return query.message

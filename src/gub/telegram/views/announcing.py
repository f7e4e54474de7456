"""What an owner sees of an announcement: the question before it, how it goes, and what came of it."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from gub.domain.languages import mark
from gub.store.announcements import Announcement, Counts, Phase, TargetState
from gub.telegram.showing import View
from gub.telegram.views.keyboards import button, rows
from gub.telegram.views.parts import lines, typed
from gub.telegram.words import lasting, said, said_many, words

SOURCE_GONE: Final = "source"

_HEADINGS: Final = {
    Phase.GATHERING: mark("📢 Getting ready …"),
    Phase.SENDING: mark("📢 On its way"),
    Phase.PAUSED: mark("⏸ Paused"),
    Phase.STOPPED: mark("⏹ Stopped"),
    Phase.DONE: mark("✅ Announced"),
    Phase.RECALLING: mark("↩️ Taking it back …"),
    Phase.RECALLED: mark("↩️ Taken back"),
}


class AnnounceAction(StrEnum):
    """What a button under an announcement does."""

    CONFIRM = "go"
    CANCEL = "no"
    SILENT = "hush"
    RING = "ring"
    PAUSE = "pause"
    RESUME = "on"
    STOP = "stop"
    RECALL = "back"
    RECALL_YES = "backyes"
    SHOW = "show"


class AnnounceTap(CallbackData, prefix="an"):
    """`an:<action>:<id of the announcement>`, in the owner's private chat."""

    action: AnnounceAction
    announcement: str


def usage() -> View:
    """Say how an announcement is made."""
    return View(
        lines(
            said(
                "Like this: {command}", command=typed(words("/announce Tonight I get an update and am away for a bit."))
            ),
            words("Or answer any message of this chat with /announce, and all chats get a copy of it."),
            words("You see it first, and nothing is sent before you confirm."),
        )
    )


def come_to_private() -> View:
    """Answer an owner who types it in a group."""
    return View([said("{command} works in our private chat.", command=typed("/announce"))])


def nothing_to_copy() -> View:
    """Say that the message that was answered cannot be copied."""
    return View([words("I can't copy that message. Answer another one, or write the text after /announce.")])


def question(announcement: Announcement, audience: int) -> View:
    """Ask whether what is shown above is to be sent."""
    hushed = announcement.silent
    quiet = (
        button(words("🔔 Ring"), _tap(AnnounceAction.RING, announcement))
        if hushed
        else button(words("🔕 Silent"), _tap(AnnounceAction.SILENT, announcement))
    )
    return View(
        lines(
            said_many("📢 {count} chat gets the message above.", "📢 {count} chats get the message above.", audience),
            words("It rings nowhere: it comes silently.") if hushed else None,
            words("Chats that want no announcements are left out."),
        ),
        rows(
            [button(words("📢 Confirm"), _tap(AnnounceAction.CONFIRM, announcement), style="success"), quiet],
            [button(words("Cancel"), _tap(AnnounceAction.CANCEL, announcement))],
        ),
    )


def cancelled() -> View:
    """Say that nothing is sent."""
    return View([words("Cancelled: nobody was told anything.")])


def panel(announcement: Announcement, counts: Counts, to_go: timedelta | None = None) -> View:
    """Show how it goes, with what can be done about it now."""
    why = None
    if announcement.why == SOURCE_GONE:
        why = words("The message that I was copying is gone, so I can't go on.")
    return View(
        lines(
            Bold(words(_HEADINGS[announcement.phase])) if announcement.phase in _HEADINGS else None,
            *_told(announcement.phase, counts),
            said("About {time} to go.", time=lasting(to_go)) if to_go else None,
            why,
        ),
        _steering(announcement, counts),
    )


def recall_question(announcement: Announcement, count: int) -> View:
    """Ask whether it is to be taken back."""
    return View(
        lines(
            said_many(
                "Delete it again in {count} chat? Telegram lets me do that for 48 hours.",
                "Delete it again in {count} chats? Telegram lets me do that for 48 hours.",
                count,
            ),
        ),
        rows(
            [button(words("↩️ Confirm"), _tap(AnnounceAction.RECALL_YES, announcement), style="danger")],
            [button(words("Cancel"), _tap(AnnounceAction.SHOW, announcement))],
        ),
    )


def _told(phase: Phase, counts: Counts) -> list[Text]:
    sent = counts.of(TargetState.SENT, TargetState.STAYS, TargetState.RECALLED)
    skipped, failed, unknown = (
        counts.of(state) for state in (TargetState.SKIPPED, TargetState.FAILED, TargetState.UNKNOWN)
    )
    waiting = counts.of(TargetState.PENDING, TargetState.SENDING)
    recalled, stays = counts.of(TargetState.RECALLED), counts.of(TargetState.STAYS)
    taking_back = phase in (Phase.RECALLING, Phase.RECALLED)
    told = [
        (True, said("Sent: {count}", count=sent)),
        (skipped, said("Skipped, because I can't write there: {count}", count=skipped)),
        (failed, said("Failed: {count}", count=failed)),
        (unknown, said("Unknown, perhaps sent, so not repeated: {count}", count=unknown)),
        (waiting and phase is not Phase.DONE and not taking_back, said("Left: {count}", count=waiting)),
        (taking_back, said("Deleted again: {count}", count=recalled)),
        (taking_back and stays, said("Too old or not to be deleted: {count}", count=stays)),
    ]
    return [line for wanted, line in told if wanted]


def _steering(announcement: Announcement, counts: Counts) -> InlineKeyboardMarkup | None:
    pause = button(words("⏸ Pause"), _tap(AnnounceAction.PAUSE, announcement))
    resume = button(words("▶️ Resume"), _tap(AnnounceAction.RESUME, announcement))
    stop = button(words("⏹ Stop"), _tap(AnnounceAction.STOP, announcement))
    recall = button(words("↩️ Recall"), _tap(AnnounceAction.RECALL, announcement))
    match announcement.phase:
        case Phase.GATHERING:
            return rows([stop])
        case Phase.SENDING:
            return rows([pause, stop])
        case Phase.PAUSED:
            return rows([resume, stop])
        case Phase.DONE | Phase.STOPPED if counts.of(TargetState.SENT):
            return rows([recall])
        case _:
            return None


def _tap(action: AnnounceAction, announcement: Announcement) -> AnnounceTap:
    return AnnounceTap(action=action, announcement=announcement.id)

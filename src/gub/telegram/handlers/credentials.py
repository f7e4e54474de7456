"""/credentials: for owners, in private. What they send is deleted before it is tried, and never shown."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import structlog
from aiogram import Bot, Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, User

from gub.clock import Clock
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.services.credentials import Credentials, XboxApp
from gub.telegram.asked import Asked, Asks
from gub.telegram.dialogs import questions
from gub.telegram.dialogs.book import Dialog, DialogBook
from gub.telegram.dialogs.filters import InDialog, says_cancel
from gub.telegram.gateway.outcomes import NothingToDelete, Refused
from gub.telegram.messenger import Messenger
from gub.telegram.showing import View
from gub.telegram.views import credentials as views
from gub.telegram.views import general
from gub.telegram.views.credentials import Action, CredentialTap

log = structlog.get_logger(__name__)

DIALOG: Final = "credential"
_TYPED: Final = {"psn": Platform.PSN, "steam": Platform.STEAM}


class ByOwner(Filter):
    """Passes what an owner does; to everybody else the command does not exist."""

    async def __call__(self, event: Message | CallbackQuery, owner_ids: frozenset[int]) -> bool:
        """See `Filter`."""
        if isinstance(event, Message) and event.sender_chat is not None:
            return False
        return event.from_user is not None and event.from_user.id in owner_ids


class CredentialAction(Filter):
    """Passes taps on the buttons of these actions, in private, and hands on the platform."""

    def __init__(self, *actions: Action) -> None:
        """Take the actions."""
        self._actions = frozenset(actions)

    async def __call__(self, query: CallbackQuery) -> bool | dict[str, Any]:
        """See `Filter`."""
        if query.message is None or query.message.chat.type != "private":
            return False
        try:
            tap = CredentialTap.unpack(query.data or "")
        except (TypeError, ValueError):
            return False
        return {"tap": tap} if tap.action in self._actions else False


class InsteadOfText(Filter):
    """Passes a file or picture in private where a secret is waited for."""

    async def __call__(self, message: Message, me: User, dialogs: DialogBook) -> bool:
        """See `Filter`."""
        if message.chat.type != "private" or not (message.document or message.photo):
            return False
        latest = await dialogs.latest(me.id, message.chat.id, message.chat.id)
        return latest is not None and latest.kind == DIALOG


def router() -> Router:
    """Make the router."""
    made = Router(name="credentials")
    made.message.filter(ByOwner())
    made.callback_query.filter(ByOwner())
    made.message.register(show_or_take, Asks("credentials"))
    made.message.register(take, InDialog(DIALOG))
    made.message.register(refuse_file, InsteadOfText())
    made.callback_query.register(ask, CredentialAction(Action.GIVE))
    made.callback_query.register(check, CredentialAction(Action.CHECK))
    made.callback_query.register(ask_to_delete, CredentialAction(Action.DELETE))
    made.callback_query.register(delete, CredentialAction(Action.CONFIRM))
    made.callback_query.register(back, CredentialAction(Action.BACK))
    made.callback_query.register(cancel, CredentialAction(Action.CANCEL))
    return made


async def show_or_take(
    message: Message,
    asked: Asked,
    me: User,
    bot: Bot,
    *,
    credentials: Credentials,
    dialogs: DialogBook,
    messenger: Messenger,
    clock: Clock,
) -> None:
    """Answer /credentials, also with the secret right in it, which is not how it is meant to be sent."""
    argument = asked.argument.strip()
    deleted = await _deleted(bot, message) if argument else True
    if message.chat.type != "private":
        view = views.come_to_private(me.username or "", told=bool(argument), deleted=deleted)
        await messenger.send(message.chat.id, view, _thread(message))
        return
    if not argument:
        await messenger.reply(message, views.overview(await credentials.standings(), clock.now()))
        return
    word, *rest = argument.split(maxsplit=1)
    platform = _TYPED.get(word.lower())
    if platform is None or not rest:
        await messenger.reply(message, views.usage())
        return
    dialog = await _open(dialogs, me.id, message.chat.id, platform)
    await _Taking(dialog, credentials, dialogs, messenger, clock).take(rest[0], deleted=deleted)


async def take(
    message: Message,
    dialog: Dialog,
    bot: Bot,
    *,
    credentials: Credentials,
    dialogs: DialogBook,
    messenger: Messenger,
    clock: Clock,
) -> None:
    """Take the secret that was asked for."""
    if says_cancel(message):
        await questions.end(dialog, views.cancelled(), None, dialogs=dialogs, messenger=messenger)
        return
    deleted = await _deleted(bot, message)
    await _Taking(dialog, credentials, dialogs, messenger, clock).take(message.text or "", deleted=deleted)


async def refuse_file(message: Message, bot: Bot, messenger: Messenger) -> None:
    """Answer a file or picture, which may show the secret."""
    deleted = await _deleted(bot, message)
    await messenger.reply(message, views.only_text(deleted=deleted))


async def ask(
    query: CallbackQuery,
    tap: CredentialTap,
    me: User,
    *,
    credentials: Credentials,
    dialogs: DialogBook,
    messenger: Messenger,
) -> None:
    """Answer a tap on "Set NPSSO" and the like: say what to send, and wait for it."""
    chat_id = query.from_user.id
    if tap.platform is None:
        await messenger.alert(query, general.stale_button())
        return
    if tap.platform is Platform.XBOX:
        try:
            app = await credentials.xbox_app()
        except PlatformTrouble as trouble:
            await messenger.alert(query, views.why_not(trouble))
            return
        if app is None:
            await messenger.alert(query, views.no_app())
            return
        begun = credentials.begin_xbox(app)
        dialog = await _open(dialogs, me.id, chat_id, Platform.XBOX, state=begun.state)
        view = views.ask_xbox(dialog.id, begun.address, app.redirect_uri)
    else:
        dialog = await _open(dialogs, me.id, chat_id, tap.platform)
        view = (views.ask_npsso if tap.platform is Platform.PSN else views.ask_steam_key)(dialog.id)
    *_, prompt = await messenger.send(chat_id, view)
    await dialogs.save(dialog, prompt=prompt.message_id)
    await messenger.toast(query)


async def check(query: CallbackQuery, credentials: Credentials, messenger: Messenger, *, clock: Clock) -> None:
    """Answer a tap on "Check now": try what is stored, all platforms at once."""
    await messenger.toast(query)
    if query.message is None:
        return
    stored = [one.platform for one in await credentials.standings() if one.state is not None]
    await messenger.edit(query.message, views.checking())
    outcomes = await asyncio.gather(*(_checked(credentials, platform) for platform in stored))
    notes = {platform: note for platform, note in zip(stored, outcomes, strict=True) if note is not None}
    await _show(query, views.overview(await credentials.standings(), clock.now(), notes), messenger)


async def ask_to_delete(query: CallbackQuery, tap: CredentialTap, messenger: Messenger) -> None:
    """Answer a tap on Delete."""
    if tap.platform is not None:
        await _show(query, views.ask_to_delete(tap.platform), messenger)
    await messenger.toast(query)


async def delete(
    query: CallbackQuery, tap: CredentialTap, credentials: Credentials, messenger: Messenger, *, clock: Clock
) -> None:
    """Answer a tap on Confirm."""
    if tap.platform is None:
        await messenger.alert(query, general.stale_button())
        return
    removed = await credentials.remove(tap.platform)
    log.info("credential deleted", platform=str(tap.platform), user_id=query.from_user.id)
    await _show(query, views.overview(await credentials.standings(), clock.now()), messenger)
    await messenger.toast(query, views.deleted_toast(tap.platform, removed=removed))


async def back(query: CallbackQuery, credentials: Credentials, messenger: Messenger, *, clock: Clock) -> None:
    """Answer a tap on Cancel under the question whether to delete."""
    await _show(query, views.overview(await credentials.standings(), clock.now()), messenger)
    await messenger.toast(query)


async def cancel(query: CallbackQuery, tap: CredentialTap, me: User, dialogs: DialogBook, messenger: Messenger) -> None:
    """Answer a tap on Cancel where a secret is waited for."""
    dialog = await dialogs.get(me.id, query.from_user.id, query.from_user.id, tap.dialog)
    if dialog is not None:
        await dialogs.close(dialog)
    await _show(query, views.cancelled(), messenger)
    await messenger.toast(query)


@dataclass(frozen=True, slots=True)
class _Taking:
    """Tries one secret, and tells what came of it in place of "trying"."""

    dialog: Dialog
    credentials: Credentials
    dialogs: DialogBook
    messenger: Messenger
    clock: Clock

    async def take(self, secret: str, *, deleted: bool) -> None:
        platform = Platform(self.dialog.data["platform"])
        *_, said = await self.messenger.send(self.dialog.chat_id, views.trying(deleted=deleted))
        try:
            await self._prove(platform, secret)
        except (CredentialInvalid, PlatformTrouble) as error:
            view = views.refused(views.why_not(error), self.dialog.id, deleted=deleted)
        else:
            await self.dialogs.close(self.dialog)
            log.info("credential stored", platform=str(platform), user_id=self.dialog.user_id)
            view = views.taken(platform, await self.credentials.standings(), self.clock.now(), deleted=deleted)
        if not await self.messenger.edit(said, view):
            await self.messenger.send(self.dialog.chat_id, view)

    async def _prove(self, platform: Platform, secret: str) -> None:
        if platform is Platform.PSN:
            await self.credentials.set_psn(secret)
        elif platform is Platform.STEAM:
            await self.credentials.set_steam_key(secret)
        else:
            app: XboxApp | None = await self.credentials.xbox_app()
            if app is None:
                raise PlatformTrouble(platform, "no_credential")
            await self.credentials.finish_xbox(app, secret, str(self.dialog.data.get("state", "")))


async def _open(dialogs: DialogBook, bot_id: int, user_id: int, platform: Platform, **data: str) -> Dialog:
    """Wait for a secret, and for no other one any more: a text must not be taken for what was asked long ago."""
    while (open_ := await dialogs.latest(bot_id, user_id, user_id)) is not None and open_.kind == DIALOG:
        await dialogs.close(open_)
    return await dialogs.open(bot_id, user_id, user_id, DIALOG, {"platform": str(platform), **data})


async def _checked(credentials: Credentials, platform: Platform) -> str | None:
    try:
        await credentials.check(platform)
    except PlatformTrouble as trouble:
        return views.why_not(trouble)
    return None


async def _show(query: CallbackQuery, view: View, messenger: Messenger) -> None:
    if query.message is not None and not await messenger.edit(query.message, view):
        await messenger.send(query.message.chat.id, view)


async def _deleted(bot: Bot, message: Message) -> bool:
    """Delete a message with a secret in it; say whether nobody can read it there any more."""
    try:
        return bool(await bot.delete_message(message.chat.id, message.message_id))
    except NothingToDelete:
        return True  # this update was begun before
    except Refused as refused:
        log.warning("a secret could not be deleted", chat_id=message.chat.id, outcome=type(refused).__name__)
        return False


def _thread(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None

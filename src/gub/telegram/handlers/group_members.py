"""Taking members out of a notify group, and handing it over, in private. Asked first, then done."""

import structlog
from aiogram import Bot, F, Router
from aiogram.types import CallbackQuery

from gub.domain import group_rights
from gub.domain.errors import NotAmongMembers
from gub.domain.values import Joining, KnownUser
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.handlers.group_desk import GroupDesk, Tapped, name_of
from gub.telegram.showing import View
from gub.telegram.views import general
from gub.telegram.views import group_menus as views
from gub.telegram.views.group_cards import Around
from gub.telegram.views.keyboards import CardAction, CardTap, MemberAction, MemberTap
from gub.telegram.views.places import Page, Place
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


def router() -> Router:
    """Make the router. It comes before that of the cards, whose taps it takes two of."""
    made = Router(name="group members")
    made.callback_query.register(show_members, CardTap.filter(F.action == CardAction.MEMBERS))
    made.callback_query.register(show_heirs, CardTap.filter(F.action == CardAction.HAND_OVER))
    made.callback_query.register(tap_member, MemberTap.filter())
    return made


async def show_members(query: CallbackQuery, callback_data: CardTap, group_desk: GroupDesk, bot: Bot) -> None:
    """Answer a tap on Members: the creator chooses whom to take out."""
    tapped = await _in_private(query, callback_data, group_desk, bot)
    if tapped is not None:
        await group_desk.editing.require_edit(tapped.group, tapped.user_id)
        await group_desk.answer(tapped, await _member_list(tapped, group_desk))


async def show_heirs(query: CallbackQuery, callback_data: CardTap, group_desk: GroupDesk, bot: Bot) -> None:
    """Answer a tap on Hand over: the creator, or an admin once the creator left, chooses to whom."""
    tapped = await _in_private(query, callback_data, group_desk, bot)
    if tapped is not None:
        await _require_hand_over(tapped, group_desk)
        await group_desk.answer(tapped, await _heir_list(tapped, group_desk))


async def tap_member(query: CallbackQuery, callback_data: MemberTap, group_desk: GroupDesk, bot: Bot) -> None:
    """Answer a tap on a member: ask whether it is meant, or do it."""
    tapped = await _in_private(query, callback_data, group_desk, bot)
    if tapped is None:
        return
    group, place = tapped.group, tapped.look.place
    if callback_data.action in (MemberAction.REMOVE, MemberAction.REMOVE_YES):
        await group_desk.editing.require_edit(group, tapped.user_id)
    else:
        await _require_hand_over(tapped, group_desk)
    if callback_data.user not in group.members:
        raise NotAmongMembers(group.name)
    user = await group_desk.user(callback_data.user)
    match callback_data.action:
        case MemberAction.REMOVE:
            await group_desk.answer(tapped, views.remove_question(group, user, place))
        case MemberAction.REMOVE_YES:
            await _remove(tapped, user, group_desk)
        case _ if not await group_desk.is_here(group, user.user_id, bot):
            await group_desk.messenger.edit(tapped.message, await _heir_list(tapped, group_desk))
            await group_desk.messenger.alert(query, views.not_here(user))
        case MemberAction.HAND_OVER:
            await group_desk.answer(tapped, views.hand_over_question(group, user, place))
        case MemberAction.HAND_OVER_YES:
            await _hand_over(tapped, user, group_desk)


async def _in_private(
    query: CallbackQuery, callback_data: CardTap | MemberTap, desk: GroupDesk, bot: Bot
) -> Tapped | None:
    """Find out what a tap is about; None, and an alert, where it is not in private, which its buttons are for."""
    if query.message is None or query.message.chat.type != "private":
        await desk.messenger.alert(query, general.stale_button())
        return None
    return await desk.tapped_group(query, callback_data, bot)


async def _require_hand_over(tapped: Tapped, desk: GroupDesk) -> None:
    """Raise OnlyCreator unless who tapped may make a member the creator now."""
    group, user_id = tapped.group, tapped.user_id
    here = not tapped.is_admin or await _creator_is_here(tapped, desk)
    if not group_rights.may_hand_over(group, user_id, is_admin=tapped.is_admin, creator_is_here=here):
        raise await desk.editing.only_creator(group, "hand_over")


async def _creator_is_here(tapped: Tapped, desk: GroupDesk) -> bool:
    group = tapped.group
    return tapped.user_id == group.creator_id or await desk.is_here(group, group.creator_id, tapped.bot)


async def _remove(tapped: Tapped, user: KnownUser, desk: GroupDesk) -> None:
    group = await desk.editing.remove_member(tapped.group, tapped.user_id, user.user_id)
    await desk.tell(group, lambda: views.removal(group, user, name_of(tapped)))
    view = await _member_list(tapped.about(group), desk)
    await desk.answer(tapped, view, views.removed_toast(group, user))


async def _hand_over(tapped: Tapped, user: KnownUser, desk: GroupDesk) -> None:
    is_admin, here = tapped.is_admin, await _creator_is_here(tapped, desk)
    group = await desk.editing.hand_over(
        tapped.group, tapped.user_id, user.user_id, is_admin=is_admin, creator_is_here=here
    )
    await _tell_heir(tapped.about(group), user, desk)
    view = await desk.card_of(group, tapped.look, tapped.bot)
    await desk.answer(tapped, view, views.handed_over_toast(group, user))


async def _tell_heir(tapped: Tapped, user: KnownUser, desk: GroupDesk) -> None:
    """Tell who looks after the group now, in the chat; of a hidden group in private, if GUB may write there."""
    group, by = tapped.group, name_of(tapped)
    if user.user_id == tapped.user_id:
        await desk.tell(group, lambda: views.taken_over(group, by))
    elif group.joining is not Joining.HIDDEN:
        await desk.tell(group, lambda: views.handed_over(group, user, by))
    elif await desk.people.place(user.user_id) is not None:
        place = Place(group.chat_id, tapped.look.place.username, title=tapped.look.place.title)
        with speaking(await desk.news.languages.of(user.user_id)):
            try:
                await desk.messenger.send(user.user_id, views.yours_now(group, place, by))
            except Refused as refused:
                log.info("could not tell of a handed over group", user_id=user.user_id, outcome=type(refused).__name__)


async def _member_list(tapped: Tapped, desk: GroupDesk) -> View:
    members, around = await _page_of(tapped, tapped.user_id, desk)
    return views.member_list(tapped.group, members, tapped.look.place, around)


async def _heir_list(tapped: Tapped, desk: GroupDesk) -> View:
    group = tapped.group
    members, around = await _page_of(tapped, group.creator_id, desk)
    return views.heir_list(group, members, tapped.look.place, around, mine=tapped.user_id == group.creator_id)


async def _page_of(tapped: Tapped, but: int, desk: GroupDesk) -> tuple[list[int], Around]:
    """Give the members but one, and what is to be known of those on the page."""
    members = [one for one in tapped.group.members if one != but]
    shown = Page.of(members, tapped.look.place.page).things
    return members, await desk.around(tapped.group, shown, tapped.look, tapped.bot)

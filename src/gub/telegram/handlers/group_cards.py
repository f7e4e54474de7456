"""The card of a notify group and what its buttons do. Every right is checked at every tap, from the id in the button.

It comes after the routers that take a few of the card's buttons: name, description and choosing whom to invite.
"""

from typing import Final

from aiogram import Bot, Router
from aiogram.types import CallbackQuery

from gub.domain import group_rights
from gub.domain.mutes import MuteFor
from gub.telegram.handlers.group_desk import GroupDesk, Tapped, name_of
from gub.telegram.showing import View
from gub.telegram.views import group_cards as views
from gub.telegram.views import group_menus as menus
from gub.telegram.views import groups as membership_views
from gub.telegram.views.keyboards import CardAction, CardTap

_MUTES: Final = {
    CardAction.MUTE_HOUR: MuteFor.HOUR,
    CardAction.MUTE_TOMORROW: MuteFor.TOMORROW,
    CardAction.MUTE_GOOD: MuteFor.GOOD,
}


def router() -> Router:
    """Make the router."""
    made = Router(name="group cards")
    made.callback_query.register(tap_card, CardTap.filter())
    return made


async def tap_card(query: CallbackQuery, callback_data: CardTap, group_desk: GroupDesk, bot: Bot) -> None:
    """Answer a tap on a group in the list, or on its card."""
    tapped = await group_desk.tapped_group(query, callback_data, bot)
    if tapped is not None:
        view, toast = await _act(callback_data.action, tapped, group_desk)
        await group_desk.answer(tapped, view, toast)


async def _act(action: CardAction, tapped: Tapped, desk: GroupDesk) -> tuple[View, str]:
    """Do what a button says; give what is to be shown then, and what to answer.

    Raises:
        DomainError: it is not for this user, or cannot be done.
    """
    match action:
        case CardAction.JOIN | CardAction.LEAVE:
            return await _join_or_leave(action, tapped, desk)
        case CardAction.DELETE | CardAction.CONFIRM:
            return await _delete(action, tapped, desk)
        case (
            CardAction.MUTE | CardAction.UNMUTE | CardAction.MUTE_HOUR | CardAction.MUTE_TOMORROW | CardAction.MUTE_GOOD
        ):
            return await _mute(action, tapped, desk)
        case _ if tapped.look.place.private:
            return await _look_after(action, tapped, desk)
        case _:
            return await _card(tapped, desk), ""


async def _join_or_leave(action: CardAction, tapped: Tapped, desk: GroupDesk) -> tuple[View, str]:
    if action is CardAction.JOIN:
        joined = await desk.groups.join(tapped.group, tapped.user_id)
        toast = membership_views.joined_toast(joined.group, changed=joined.changed)
        return await _card(tapped.about(joined.group), desk), toast
    left = await desk.groups.leave(tapped.group, tapped.user_id)
    toast = membership_views.left_toast(left.group, changed=left.changed)
    if not group_rights.may_find(left.group, tapped.user_id, is_admin=tapped.is_admin):
        return await desk.list_of(tapped.look), toast
    return await _card(tapped.about(left.group), desk), toast


async def _mute(action: CardAction, tapped: Tapped, desk: GroupDesk) -> tuple[View, str]:
    if action is CardAction.MUTE:
        return views.mute_menu(tapped.group, tapped.look.place), ""
    if action is CardAction.UNMUTE:
        group = await desk.groups.unmute(tapped.group, tapped.user_id)
        toast = views.unmuted_toast(group)
    else:
        group = await desk.groups.mute(tapped.group, tapped.user_id, _MUTES[action])
        toast = views.muted_toast(group, tapped.user_id, desk.clock.now())
    return await _card(tapped.about(group), desk), toast


async def _delete(action: CardAction, tapped: Tapped, desk: GroupDesk) -> tuple[View, str]:
    group, place = tapped.group, tapped.look.place
    if action is CardAction.DELETE:
        if not group_rights.may_delete(group, tapped.user_id, is_admin=tapped.is_admin):
            raise await desk.editing.only_creator(group, "delete")
        return views.delete_question(group, place), ""
    await desk.editing.delete(group, tapped.user_id, is_admin=tapped.is_admin)
    by = name_of(tapped)
    if place.private:
        await desk.tell(group, lambda: views.deletion(group, by))
    return views.deleted(group, place, by), ""


async def _look_after(action: CardAction, tapped: Tapped, desk: GroupDesk) -> tuple[View, str]:
    """Show the menus of who looks after the group, and choose in them; in private."""
    group, place = tapped.group, tapped.look.place
    if action in menus.WAYS_IN:
        changed = await desk.editing.set_joining(group, tapped.user_id, menus.WAYS_IN[action])
        if changed.joining is not group.joining:
            await desk.tell(changed, lambda: menus.joining_news(changed, name_of(tapped)))
        return menus.edit_menu(changed, place), views.joining_toast(changed)
    if action in menus.WHOM:
        changed = await desk.editing.set_only_on(group, tapped.user_id, only_on=menus.WHOM[action])
        if changed.only_on is not group.only_on:
            await desk.tell(changed, lambda: menus.whom_news(changed, name_of(tapped)))
        return menus.edit_menu(changed, place), menus.whom_toast(changed)
    if action not in (CardAction.EDIT, CardAction.JOINING, CardAction.INVITATIONS):
        return await _card(tapped, desk), ""
    await desk.editing.require_edit(group, tapped.user_id)
    if action is CardAction.EDIT:
        return menus.edit_menu(group, place), ""
    if action is CardAction.JOINING:
        return menus.joining_menu(group, place), ""
    around = await desk.around(group, (), tapped.look, tapped.bot)
    return menus.invitations(group, await desk.invitations.of_group(group), place, around), ""


async def _card(tapped: Tapped, desk: GroupDesk) -> View:
    return await desk.card_of(tapped.group, tapped.look, tapped.bot)

"""/invite, and the buttons under invitations. Who may answer or take back is checked at every tap."""

from collections.abc import Iterator

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.commands import parse_name_and_text
from gub.domain.errors import InvitationOver
from gub.domain.invitees import entry_of
from gub.domain.splitting import utf16_length
from gub.domain.values import KnownUser
from gub.services.invitations import Invitations
from gub.services.invitees import Candidate
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import GROUP_TYPES, is_person, known
from gub.telegram.inviter import Inviter
from gub.telegram.links import Link, Way
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.messenger import Messenger
from gub.telegram.middlewares.gate import BY_A_PERSON_IN_A_GROUP
from gub.telegram.views import general
from gub.telegram.views import invitations as views
from gub.telegram.views.keyboards import InvitationAction, InvitationTap
from gub.telegram.views.parts import entities_after


def router() -> Router:
    """Make the router."""
    made = Router(name="invitations")
    made.message.register(invite, Asks("invite", "invite_to_notify_group"), flags=BY_A_PERSON_IN_A_GROUP)
    made.callback_query.register(tap, InvitationTap.filter())
    return made


async def invite(message: Message, asked: Asked, person: User, inviter: Inviter, bot: Bot) -> None:
    """Answer /invite NAME @somebody @another."""
    messenger = inviter.messenger
    name, rest = parse_name_and_text(asked.argument)
    if not name:
        await messenger.reply(message, views.usage())
        return
    group = await inviter.groups.by_name(message.chat.id, name, person.id)
    candidates = list(people_named(message, rest or ""))
    if not candidates:
        await inviter.invitations.require_creator(group, person.id)
        link = Link(Way.INVITE, group=group.id)
        await messenger.reply(message, views.whom(group, link.url(inviter.me.username or "")))
        return
    thread_id = message.message_thread_id if message.is_topic_message else None
    outcome = await inviter.ask(
        group, known(person), candidates, bot, thread_id=thread_id, message_id=message.message_id
    )
    if outcome.left_out:
        await messenger.reply(message, views.left_out(outcome.left_out, outcome.group, nobody=not outcome.asked))


def people_named(message: Message, text: str) -> Iterator[Candidate]:
    """Give those whom the end of a message, this text, mentions. Links, hashtags and the like are nobody."""
    start = utf16_length(message.text or "") - utf16_length(text)
    for entity in entities_after(message.entities or (), start):
        if entity.type == "mention":
            yield Candidate(entry_of(entity.extract_from(text)))
        elif entity.type == "text_mention" and entity.user is not None and is_person(entity.user):
            yield Candidate(entity.user.id, known(entity.user))


async def tap(
    query: CallbackQuery, callback_data: InvitationTap, bot: Bot, invitations: Invitations, messenger: Messenger
) -> None:
    """Answer a tap under an invitation; or, in private, on Revoke in a group's card."""
    if query.message is None:
        await messenger.alert(query, general.stale_button())
        return
    in_group = query.message.chat.type in GROUP_TYPES
    id_, user = callback_data.invitation, query.from_user
    place = query.message.chat.id if in_group else await invitations.place_of(id_)
    if place is None:
        raise InvitationOver
    stands = await standing(bot, place, user.id)
    if not may_act(stands, in_group=in_group):
        await messenger.alert(query, general.not_in_chat(untold=stands is Standing.UNTOLD))
        return
    await messenger.toast(query, await _do(callback_data.action, id_, place, known(user), invitations))


async def _do(
    action: InvitationAction, invitation_id: str, chat_id: int, user: KnownUser, invitations: Invitations
) -> str:
    """Do it, and say so to who tapped."""
    match action:
        case InvitationAction.ACCEPT:
            return views.accepted_toast((await invitations.accept(invitation_id, chat_id, user)).group)
        case InvitationAction.DECLINE:
            return views.declined_toast((await invitations.decline(invitation_id, chat_id, user)).group)
        case InvitationAction.REVOKE:
            await invitations.revoke(invitation_id, chat_id, user.user_id)
            return views.revoked_toast()

"""/add at once, and what the person shown says to it."""

from dataclasses import replace

from aiogram import Bot, Router
from aiogram.types import CallbackQuery, Message, User

from gub.domain.commands import AddRequest, parse_add, split_mention
from gub.domain.errors import DomainError
from gub.domain.values import KnownUser, StatusUser, Visibility
from gub.services.chat_settings import Choices
from gub.services.people import People
from gub.telegram.allowed import require
from gub.telegram.asked import Asked, Asks
from gub.telegram.facts import GROUP_TYPES, chat_facts, known
from gub.telegram.gateway.outcomes import Refused, Rejected
from gub.telegram.handlers.add_dialog import Adding
from gub.telegram.links import Link, Way
from gub.telegram.members import Standing, may_act, standing
from gub.telegram.middlewares.gate import BY_A_PERSON
from gub.telegram.views import adding as views
from gub.telegram.views import general
from gub.telegram.views import people as people_views
from gub.telegram.views.errors import explain
from gub.telegram.views.keyboards import ConsentAction, ConsentTap
from gub.telegram.views.parts import full_name
from gub.telegram.words import speaking


def router() -> Router:
    """Make the router."""
    made = Router(name="adding")
    made.message.register(add, Asks("add", "add_status_user"), flags=BY_A_PERSON)
    made.callback_query.register(consent, ConsentTap.filter())
    return made


async def add(  # noqa: PLR0917 - what the dispatcher hands over, by name
    message: Message, asked: Asked, person: User, adding: Adding, bot: Bot, choices: Choices
) -> None:
    """Answer /add: with a name and accounts at once, else by a dialog, which is held in private."""
    await require(choices, bot, message.chat.id, person.id, "add")
    people, messenger = adding.people, adding.messenger
    chat = chat_facts(message.chat)
    in_group = message.chat.type in GROUP_TYPES
    request, shown = await _who(message, parse_add(asked.argument), people)
    if chat is None or (not request.name and request.accounts):
        await messenger.reply(message, views.usage())
    elif not request.name and in_group:
        thread_id = message.message_thread_id if message.is_topic_message else None
        link = Link(Way.ADD, chat_id=message.chat.id, thread_id=thread_id)
        await messenger.reply(message, views.goes_on_in_private(link.url(adding.me.username or "")))
    elif not request.accounts and not in_group:
        await adding.begin(person.id, message.chat.id, name=request.name)
    else:
        if shown is not None and await standing(bot, message.chat.id, shown.user_id) is Standing.ABSENT:
            shown = None  # only who is in the chat is asked
        try:
            added = await people.add(
                chat,
                person.id,
                request,
                message_id=message.message_id,
                person_id=None if shown is None else shown.user_id,
            )
        except DomainError as error:
            await messenger.reply(message, views.not_added(explain(error)))
            return
        await _tell(message, added, None if shown is None or shown.user_id == person.id else shown, adding)


async def consent(query: CallbackQuery, callback_data: ConsentTap, bot: Bot, adding: Adding) -> None:
    """Answer what somebody says to having been put on the list. Who it is may do so from wherever they were asked."""
    people, messenger = adding.people, adding.messenger
    message, user = query.message, query.from_user
    if not isinstance(message, Message):
        await messenger.alert(query, general.stale_button())
        return
    in_group = message.chat.type in GROUP_TYPES
    person_id = callback_data.person
    shown = await (people.by_id(message.chat.id, person_id) if in_group else people.anywhere(person_id))
    if callback_data.action is ConsentAction.CLAIM:
        stands = await standing(bot, shown.chat_id, user.id)
        if not may_act(stands, in_group=in_group):
            await messenger.alert(query, general.not_in_chat(untold=stands is Standing.UNTOLD))
            return
        shown = await people.claim(shown, user.id)
        await messenger.edit(message, views.claimed(shown, full_name(known(user))))
        await messenger.toast(query, people_views.claimed_toast(shown))
        return
    if shown.person_id != user.id:
        await messenger.alert(query, views.not_you())
        return
    match callback_data.action:
        case ConsentAction.HIDE:
            await messenger.edit(message, views.hidden(await people.show(shown, user.id, Visibility.HIDDEN)))
        case ConsentAction.DELETE:
            await people.delete(shown, user.id, is_admin=False)
            if not in_group:
                off, by = shown, full_name(known(user))
                await adding.news.of_person(off, lambda: people_views.taken_off(off, by))
            await messenger.edit(message, views.withdrawn(shown))
        case _:
            await messenger.edit(message, views.fine(shown))
    await messenger.toast(query)


async def _who(message: Message, request: AddRequest, people: People) -> tuple[AddRequest, KnownUser | None]:
    """Read whom a command names: by a mention in the place of the name, or by being a reply to them."""
    for entity in message.entities or ():
        if entity.type == "text_mention" and entity.user is not None and not entity.user.is_bot:
            text = entity.extract_from(message.text or "").strip()
            if text and request.name.startswith(text):
                name = request.name[len(text) :].strip() or text.lstrip("@")
                return replace(request, name=name), known(entity.user)
    username, name = split_mention(request.name)
    if username is not None:
        return replace(request, name=name or username), await people.by_username(username)
    replied = _replied_to(message)
    if replied is not None and request.accounts:
        return replace(request, name=request.name or replied.first_name), known(replied)
    return request, None


def _replied_to(message: Message) -> User | None:
    """Give the person whose message this answers.

    In a topic, what answers nothing is given as an answer to the message that opened the topic (Bot API, Message).
    """
    replied = message.reply_to_message
    if replied is None or replied.forum_topic_created is not None or replied.sender_chat is not None:
        return None
    user = replied.from_user
    return None if user is None or user.is_bot else user


async def _tell(message: Message, added: StatusUser, shown: KnownUser | None, adding: Adding) -> None:
    """Tell the chat, and the person shown: in private where GUB may write to them, else in the chat."""
    messenger = adding.messenger
    if shown is None or message.from_user is None:
        await messenger.reply(message, views.added(added))
        return
    if await _asked_in_private(added, shown, message.from_user, message.chat.title, adding):
        await messenger.reply(message, views.added(added, told_in_private=full_name(shown)))
        return
    try:
        await messenger.reply(message, views.asked_in_group(added, shown))
    except Rejected:
        await messenger.reply(message, views.asked_in_group(added, shown, ping=False))


async def _asked_in_private(
    added: StatusUser, shown: KnownUser, keeper: User, title: str | None, adding: Adding
) -> bool:
    """Ask the person shown, in their language; say whether it reached them."""
    if await adding.people.place(shown.user_id) is None:
        return False
    with speaking(await adding.news.languages.of(shown.user_id)):
        try:
            asked = views.asked_in_private(added, full_name(known(keeper)), title)
            await adding.messenger.send(shown.user_id, asked)
        except Refused:
            return False  # blocked a moment ago, or out of reach: the chat is left
    return True

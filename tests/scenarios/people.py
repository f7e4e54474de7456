"""People on the lists of chats, put there at once, and what /status says of them."""

from collections.abc import Callable, Mapping

from gub.domain.values import Account
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import ask, bot_messages

_ATTEMPTS = 20


async def put(store: Store, keeper: User, chat: Chat, people: Mapping[str, Account | list[Account]]) -> None:
    """Put people on a chat's list."""
    for name, accounts in people.items():
        given = accounts if isinstance(accounts, list) else [accounts]
        await store.statususers.add(chat.id, keeper.id, name, {one.platform: one for one in given}, chat.title)


def rows(message: SimMessage) -> dict[str, str]:
    """Give what a /status says of each person, by name."""
    lines = [line.partition(" ")[2].partition(" - ") for line in message.text.splitlines()]
    return {name: doing for name, dash, doing in lines if dash}


async def status_with(
    world: World, person: User, chat: Chat, *words: str, before: Callable[[], object] = lambda: None
) -> SimMessage:
    """Ask for the /status, each time `before` it was called, until it has all these words.

    The first answers may come before the platforms'.
    """
    for _ in range(_ATTEMPTS):
        before()
        answer = await ask(world, person, chat, "/status")
        if all(word in answer.text for word in words):
            return answer
    raise AssertionError(f"{words} not in: {answer.text}")


def all_texts(world: World) -> str:
    """Everything that the bot ever showed anybody: messages, also deleted ones, buttons, and answers to presses."""
    shown = [message for chat in world.all_chats() for message in world.messages(chat, deleted=True)]
    own = [f"{m.text} {m.keyboard}" for m in shown if m.from_user is world.default_bot.user]
    return "\n".join([*own, *(str(query.answer) for query in world.queries.values())])


def private_notices(world: World, owner: User, words: str) -> list[SimMessage]:
    """Everything that the bot told an owner with these words."""
    return [message for message in bot_messages(world, owner) if words in message.text]

"""Talking with the bot in tests: say something, get its answer."""

from collections.abc import Callable
from typing import TypeVar

from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from gub.sandbox.telegram.world import World

T = TypeVar("T")

DELAY = "can't reach my memory"
"""What the bot says before its answer when the database takes more than a second; on a busy machine it may."""

PATIENCE = 60.0
"""Real seconds to wait for what is sure to come, on however busy a machine. Who waits goes on as soon as it is."""


async def until(world: World, condition: Callable[[], T]) -> T:
    """Wait until something is so in the world, and give it."""
    return await world.wait_for(condition, PATIENCE)


def groups(world: World, count: int, **more: object) -> list[tuple[User, Chat]]:
    """Make groups with the bot in them, each with a person: as many lanes, and each within its own pace."""
    made = []
    for number in range(count):
        person = world.add_user(f"Person {number}")
        chat = world.add_group(f"Group {number}", [person], **more)  # type: ignore[arg-type]
        world.add_bot(chat, person)
        made.append((person, chat))
    return made


def bot_messages(world: World, chat: Chat | User, after: int = 0) -> list[SimMessage]:
    """Everything the bot wrote in a chat after a message."""
    return [m for m in world.messages(chat) if m.id > after and m.from_user is world.default_bot.user]


def answers(world: World, chat: Chat, said: SimMessage) -> list[SimMessage]:
    """Everything the bot replied to a message, but for the notice that the answer will be late."""
    return [message for message in replies(world, chat, said) if DELAY not in message.text]


def delay_notices(world: World, chat: Chat, said: SimMessage) -> list[SimMessage]:
    """The notices that the answer to a message will be late."""
    return [message for message in replies(world, chat, said) if DELAY in message.text]


def replies(world: World, chat: Chat, said: SimMessage) -> list[SimMessage]:
    """Everything the bot wrote in reply to a message."""
    return [message for message in bot_messages(world, chat) if message.reply_to == said.id]


Said = list[tuple[Chat, SimMessage]]
"""Messages of people that are to be answered, and where."""


async def all_answered(world: World, said: Said) -> None:
    """Wait until the bot has replied to each of these."""
    await until(world, lambda: all(answers(world, chat, message) for chat, message in said))


def counts(world: World, said: Said) -> list[int]:
    """Count the replies to each of these."""
    return [len(answers(world, chat, message)) for chat, message in said]


def hanging(world: World, method: str = "sendMessage") -> int:
    """Count the calls of the bot that Telegram has not answered."""
    return sum(request.method == method and request.status is None for request in world.requests)


async def greeted(world: World, chats: list[tuple[User, Chat]]) -> None:
    """Wait until the bot has greeted all these groups."""
    await until(world, lambda: all(bot_messages(world, chat) for _, chat in chats))


async def ask(world: World, user: User, chat: Chat | User, text: str, **more: object) -> SimMessage:
    """Say something and wait for the bot's reply to it."""
    said = world.say(user, chat, text, **more)  # type: ignore[arg-type]
    return await reply_to(world, chat, said)


async def reply_to(world: World, chat: Chat | User, said: SimMessage) -> SimMessage:
    """Wait for the bot's reply to a message; in private it just answers."""
    to = (said.id,) if said.chat_id < 0 else (said.id, None)
    return await until(
        world,
        lambda: next((m for m in bot_messages(world, chat, said.id) if m.reply_to in to and DELAY not in m.text), None),
    )


async def tap(world: World, user: User, message: SimMessage, label: str) -> CallbackAnswer:
    """Press a button and wait for the bot's answer to the press."""
    query = world.press(user, message.chat_id, message.id, message.button(label))
    return await until(world, lambda: world.callback_answer(query))


def last_update(world: World) -> int:
    """Give the id of the update that was queued last."""
    return world.default_bot.queue.pending[-1].id

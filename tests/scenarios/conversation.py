"""Talking with the bot in tests: say something, get its answer."""

from collections.abc import Callable

from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from gub.sandbox.telegram.world import World


def bot_messages(world: World, chat: Chat | User, after: int = 0) -> list[SimMessage]:
    """Everything the bot wrote in a chat after a message."""
    return [m for m in world.messages(chat) if m.id > after and m.from_user is not None and m.from_user.is_bot]


async def ask(world: World, user: User, chat: Chat | User, text: str, **more: object) -> SimMessage:
    """Say something and wait for the bot's reply to it."""
    said = world.say(user, chat, text, **more)  # type: ignore[arg-type]
    return await reply_to(world, chat, said)


async def reply_to(world: World, chat: Chat | User, said: SimMessage) -> SimMessage:
    """Wait for the bot's reply to a message; in private it just answers."""
    replies = (said.id,) if said.chat_id < 0 else (said.id, None)
    return await world.wait_for(
        lambda: next((m for m in bot_messages(world, chat, said.id) if m.reply_to in replies), None)
    )


async def tap(world: World, user: User, message: SimMessage, label: str) -> CallbackAnswer:
    """Press a button and wait for the bot's answer to the press."""
    query = world.press(user, message.chat_id, message.id, message.button(label))
    return await world.wait_for(lambda: world.callback_answer(query))


async def until(world: World, condition: Callable[[], bool]) -> None:
    """Wait until something is so in the world."""
    await world.wait_for(condition)

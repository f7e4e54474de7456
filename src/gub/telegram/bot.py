"""The bot as Telegram knows it: signed in."""

import asyncio
from dataclasses import dataclass

import structlog
from aiogram import Bot
from aiogram.types import User

from gub.clock import Clock
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.intake.patience import insist
from gub.waiting import unless

log = structlog.get_logger(__name__)


def new_bot(token: str, session: GatewaySession) -> Bot:
    """Make a bot; entered as `async with`, it closes the session in the end."""
    return Bot(token, session=session)


async def answers(bot: Bot) -> bool:
    """Say whether Telegram answers now."""
    try:
        return bool(await bot.get_me())
    except Refused:
        return False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A bot whose token Telegram has accepted, and what it said of it."""

    bot: Bot
    me: User


async def sign_in(bot: Bot, clock: Clock, stop: asyncio.Event) -> SignedIn:
    """Have Telegram accept the token; waits for as long as it cannot be reached.

    Raises:
        Unauthorized, UnknownMethod: Telegram does not accept the token.
        Interrupted: `stop` was set first.
    """
    me = await unless(stop.wait(), insist(clock, bot.get_me))
    log.info("signed in", bot=me.username, bot_id=me.id)
    return SignedIn(bot, me)

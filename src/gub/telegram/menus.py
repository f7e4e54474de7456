"""Offering the commands: what Telegram shows when somebody types a slash, set where it is not what it should be."""

import structlog
from aiogram import Bot
from aiogram.methods import SetMyCommands

from gub.domain.owners_wishes import OwnersWishes
from gub.services.languages import Languages
from gub.telegram.gateway import Lane, in_lane
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.views.menu import menus, owner_menu

log = structlog.get_logger(__name__)


async def offer_commands(bot: Bot, wishes: OwnersWishes, languages: Languages) -> None:
    """Tell Telegram which commands to offer. A menu that is not set is a pity, not a failure.

    They are asked for first: Telegram lets a bot read them often, and set them rarely.
    """
    with in_lane(Lane.BULK):
        for menu in menus(donations=wishes.donations):
            try:
                await _set(bot, menu)
            except Refused as error:
                log.warning("the command menu could not be set", outcome=type(error).__name__)
                return
        for owner in sorted(wishes.owner_ids):
            menu = owner_menu(owner, await languages.surely(owner), donations=wishes.donations)
            try:
                await _set(bot, menu)
            except Refused as error:
                # Telegram knows no private chat with who never pressed Start: there will be one at a later start.
                log.info("an owner's command menu could not be set", outcome=type(error).__name__)


async def _set(bot: Bot, menu: SetMyCommands) -> None:
    offered = await bot.get_my_commands(scope=menu.scope, language_code=menu.language_code)
    # Not the objects: aiogram's know which bot they came by, and are never the same as what was made here.
    if [one.model_dump() for one in offered] != [one.model_dump() for one in menu.commands]:
        await bot(menu)

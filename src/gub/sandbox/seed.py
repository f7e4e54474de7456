"""The world that a newcomer finds: a few people, two groups, some accounts on each platform."""

from gub.sandbox.psn import Psn
from gub.sandbox.steam import Steam
from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import User
from gub.sandbox.xbox import Xbox

# A name may hold anything; one of these people shows that nothing comes of it.
HOSTILE_FIRST_NAME = "<b>Zed</b>"
HOSTILE_LAST_NAME = "\u202e'; DROP {0}%s"


def plant(world: World, steam: Steam, xbox: Xbox, psn: Psn) -> User:
    """Fill an empty world; give the person who owns the bot.

    The bot is in "Friday Squad" already and not yet in "Quiet Corner".
    """
    ana = world.add_user("Ana", username="ana")
    bea = world.add_user("Bea", last_name="Lopez", username="bea_plays")
    cem = world.add_user("Cem")
    zed = world.add_user(HOSTILE_FIRST_NAME, last_name=HOSTILE_LAST_NAME)
    squad = world.add_group("Friday Squad", [ana, bea, cem, zed])
    world.add_bot(squad, ana)
    world.add_group("Quiet Corner", [bea, ana])
    steam.add_account("Player One", vanity="player1", game="Counter-Strike 2")
    steam.add_account("bea", vanity="beatrix", state="away")
    steam.add_account("cem_the_quiet", state="online", private=True)
    xbox.add_account("Nova Storm", state="online", game="Halo Infinite")
    xbox.add_account("Major#881", state="online", device="Scarlett")
    psn.add_account("bea_plays", state="online", game="ELDEN RING")
    psn.add_account("cem-at-home", state="offline")
    return ana

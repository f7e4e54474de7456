"""The world that a newcomer finds: a few people, two groups, some Steam accounts."""

from gub.sandbox.steam import Steam
from gub.sandbox.telegram import World

# A name may hold anything; one of these people shows that nothing comes of it.
HOSTILE_FIRST_NAME = "<b>Zed</b>"
HOSTILE_LAST_NAME = "\u202e'; DROP {0}%s"


def plant(world: World, steam: Steam) -> None:
    """Fill an empty world. The bot is in "Friday Squad" already and not yet in "Quiet Corner"."""
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

"""A simulated Steam: accounts whose presence is set by hand, behind the real web API's paths and manners.

Modelled on facts that were measured or read: JSON answers are those of GetPlayerSummaries v2 and ResolveVanityURL v1,
errors are Steam's own HTML pages, unknown ids are left out, and the order of the answer is never that of the question.
"""

from gub.sandbox.steam.accounts import (
    FIRST_ID,
    STEAM_KEY,
    Persona,
    Steam,
    SteamAccount,
)
from gub.sandbox.steam.api import HOSTS, SteamApi

__all__ = [
    "FIRST_ID",
    "HOSTS",
    "STEAM_KEY",
    "Persona",
    "Steam",
    "SteamAccount",
    "SteamApi",
]

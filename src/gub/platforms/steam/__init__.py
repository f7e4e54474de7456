"""Steam: the client, and the budget that its terms of use allow."""

from gub.platforms.steam.client import BATCH_SIZE, BUDGET, SteamClient

__all__ = ["BATCH_SIZE", "BUDGET", "SteamClient"]

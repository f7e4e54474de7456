"""Xbox Live: the client, and the budgets that Microsoft allows."""

from gub.platforms.xbox.client import BATCH_SIZE, XboxBudgets, XboxClient, xbox_budgets
from gub.platforms.xbox.oauth import DeviceCode, XboxOAuth, read_redirect

__all__ = ["BATCH_SIZE", "DeviceCode", "XboxBudgets", "XboxClient", "XboxOAuth", "read_redirect", "xbox_budgets"]

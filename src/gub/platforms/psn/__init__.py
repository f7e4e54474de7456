"""PlayStation Network: the client, its sign-in, and the budgets that keep it welcome."""

from gub.platforms.psn.batches import BATCH_SIZE
from gub.platforms.psn.budgets import PsnBudgets, psn_budgets
from gub.platforms.psn.client import PsnClient
from gub.platforms.psn.oauth import PsnOAuth, PsnRenewer, read_npsso

__all__ = ["BATCH_SIZE", "PsnBudgets", "PsnClient", "PsnOAuth", "PsnRenewer", "psn_budgets", "read_npsso"]

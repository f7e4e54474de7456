"""The way to the platforms and what they allow: shared by all who ask, so that it is kept in sum."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from gub.clock import Clock
from gub.platforms.limiter import Budget, alone
from gub.platforms.psn import PsnBudgets, psn_budgets
from gub.platforms.steam import BUDGET as STEAM_BUDGET
from gub.platforms.transport import Transport
from gub.platforms.xbox import XboxBudgets, xbox_budgets


@dataclass(frozen=True, slots=True)
class Access:
    """One for a process. The transport is closed by whoever made it."""

    transport: Transport
    clock: Clock
    xbox: XboxBudgets
    psn: PsnBudgets
    steam: Budget

    @classmethod
    def over(cls, transport: Transport, clock: Clock, others: Callable[[], int] = alone) -> Self:
        """Begin with full allowances, of which `others` processes have an equal part each."""
        steam = Budget(STEAM_BUDGET, clock, others)
        return cls(transport, clock, xbox_budgets(clock, others), psn_budgets(clock, others), steam)

    def left(self) -> dict[tuple[str, str, str], int]:
        """Say how many requests are allowed now, by platform, budget and span (`900s`)."""
        budgets = {
            ("xbox", "presence"): self.xbox.presence,
            ("xbox", "profile"): self.xbox.profile,
            ("xbox", "sign_in"): self.xbox.sign_in,
            ("psn", "all"): self.psn.all,
            ("psn", "look_ups"): self.psn.look_ups,
            ("psn", "sign_in"): self.psn.sign_in,
            ("steam", "all"): self.steam,
        }
        return {
            (*which, f"{seconds:.0f}s"): left
            for which, budget in budgets.items()
            for seconds, left in budget.left().items()
        }

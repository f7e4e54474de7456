"""What PlayStation Network may be asked, so that GUB stays welcome."""

from collections.abc import Callable
from dataclasses import dataclass

from gub.clock import Clock
from gub.platforms.limiter import Budget, alone


@dataclass(frozen=True, slots=True)
class PsnBudgets:
    """`all` counts everything, `look_ups` the look-ups beside that, so that they leave some, `sign_in` the sign-ins.

    When Sony has shut one out who signed in, all wait who would sign in, for whatever reason.
    """

    all: Budget
    look_ups: Budget
    sign_in: Budget


def psn_budgets(clock: Clock, others: Callable[[], int] = alone) -> PsnBudgets:
    """Allow a third of what others have found to be the limit: 300 in 15 minutes for each account (facts 2.4)."""
    return PsnBudgets(
        all=Budget([(100, 900.0)], clock, others),
        look_ups=Budget([(40, 900.0)], clock, others),
        sign_in=Budget([(20, 900.0)], clock, others),
    )

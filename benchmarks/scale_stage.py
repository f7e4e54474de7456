"""The simulators of the scale benchmark, seen from outside (benchmarks/scale_simulator.py)."""

from benchmarks.lines import asked
from benchmarks.status_stage import Group, StatusStage
from gub.domain.values import KnownUser


class ScaleStage(StatusStage):
    """Telegram with larger groups, and all platforms."""

    module = "benchmarks.scale_simulator"

    async def crowd(self, group: Group, number: int) -> list[KnownUser]:
        """Let people come into a group; give them."""
        told = await asked(self.child, "crowd", chat=group.chat_id, people=number)
        return [KnownUser(user_id, f"Guest {user_id}", username=username) for user_id, username in told["people"]]

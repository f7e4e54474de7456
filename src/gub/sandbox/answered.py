"""What a simulated platform remembers of the requests that it answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

KEPT: Final = 500
"""So many requests are remembered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One request as it was answered, without any secret. `call` names it; `status` 0: the connection was dropped."""

    host: str
    path: str
    params: tuple[tuple[str, str], ...]
    status: int
    at: datetime
    call: str = ""

    @property
    def succeeded(self) -> bool:
        """Say whether the answer was neither a refusal nor a failure."""
        return 0 < self.status < 400  # noqa: PLR2004 - HTTP's own line

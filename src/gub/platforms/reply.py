"""A platform's answer, read in full."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gub.platforms.errors import Malformed


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, headers (names in lower case) and body. Its `repr` shows the status alone: the rest may hold tokens."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Read the body as JSON.

        Raises:
            Malformed: it is something else, such as a page for people, or nested beyond reason.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            pass  # what json says of it quotes the body
        raise Malformed(f"status {self.status} with a body that is not JSON")

    def text(self) -> str:
        """Read the body as text, whatever it is."""
        return self.body.decode("utf-8", errors="replace")

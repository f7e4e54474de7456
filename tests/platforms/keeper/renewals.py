"""What a keeper of tokens is tried with: a platform that gives numbered tokens, and tokens made by hand."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from gub.domain.credentials import Tokens, XboxCredential
from gub.platforms.keeper import TokenKeeper
from tests.platforms.shelf import FakeShelf
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from gub.platforms.errors import PlatformError

Keeper = TokenKeeper[XboxCredential]
Shelf = FakeShelf[XboxCredential]


class Renewals:
    """Gives numbered tokens, or the next error. `gate` holds every renewal until it is open."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.asked: list[XboxCredential] = []
        self.errors: list[PlatformError] = []
        self.lifetime = 3600
        self.gate = asyncio.Event()
        self.gate.set()
        self.begun = asyncio.Event()

    async def renew(self, credential: XboxCredential) -> Tokens:
        self.asked.append(credential)
        number = len(self.asked)
        self.begun.set()
        await self.gate.wait()
        if self.errors:
            raise self.errors.pop(0)
        return Tokens(f"access-{number}", f"refresh-{number}", self.clock.now(), self.lifetime)


def some_tokens(clock: FakeClock, left: float, name: str = "0") -> Tokens:
    return Tokens(f"access-{name}", f"refresh-{name}", clock.now() - timedelta(seconds=3600 - left), 3600)


def stored(shelf: Shelf) -> XboxCredential:
    assert shelf.credential is not None
    return shelf.credential

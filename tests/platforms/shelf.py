"""A shelf in memory that keeps as the database does: conditionally on the revision."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from gub.domain.credentials import PsnCredential, Tokens, XboxCredential
from gub.platforms.errors import NoCredential, PlatformError

C = TypeVar("C", XboxCredential, PsnCredential)


@dataclass
class FakeShelf(Generic[C]):
    """`failures` are raised by `keep`, one each time, instead of storing."""

    credential: C | None
    kept: list[Tokens] = field(default_factory=list)
    deaths: list[str] = field(default_factory=list)
    failures: list[PlatformError] = field(default_factory=list)
    unreachable: PlatformError | None = None

    async def read(self) -> C | None:
        if self.unreachable is not None:
            raise self.unreachable
        return self.credential

    async def keep(self, of: C, tokens: Tokens) -> C:
        if self.failures:
            raise self.failures.pop(0)
        if self.credential is None:
            raise NoCredential("removed")
        if (of.grant, of.revision) == (self.credential.grant, self.credential.revision):
            self.credential = replace(of, tokens=tokens, revision=of.revision + 1)
            self.kept.append(tokens)
        return self.credential

    async def died(self, of: C) -> None:
        if self.unreachable is not None:
            raise self.unreachable
        self.deaths.append(of.grant)

    def renewing(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

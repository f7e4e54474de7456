"""What every platform's client can do."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from gub.domain.presence import AccountPresence
from gub.domain.values import Account, Platform
from gub.platforms.limiter import Ration


class PresenceClient(Protocol):
    """Asks one platform. Any method may raise any `gub.platforms.errors.PlatformError`, and nothing else of its own."""

    @property
    def platform(self) -> Platform:
        """Say which platform this is."""

    @property
    def batch_size(self) -> int:
        """Say how many accounts fit in one request."""

    def ration(self, share: float) -> Ration:
        """Say how often this process may ask for presence, for ever, if it is to take no more than that share.

        The share is of this process's part of what the platform allows, and counts what all of a question costs.
        """

    async def look_up(self, text: str) -> Account:
        """Find the account that somebody typed.

        Raises:
            NotFound: there is no such account.
            gub.domain.errors.AccountTextInvalid: the text cannot be an account of this platform.
        """

    async def presences(self, ids: Sequence[str]) -> Mapping[str, AccountPresence]:
        """Ask what these accounts do, in as few requests as possible.

        An account that the platform answers nothing about is `unknown`. One that is left out of the result got no
        usable answer: what was known of it before still stands. `since` is not the client's to say and stays None.
        """

    async def sign_in(self) -> None:
        """See that the next question need not wait for tokens: renew those that end soon. Costs nothing otherwise.

        Raises:
            CredentialDead: the platform refuses the credential; NoCredential: there is none.
        """

    async def probe(self) -> None:
        """Find out whether the credential works now, with one small request at the end of the platform's whole chain.

        It wants a client made for it: one that knows of a dead credential says so again without asking.

        Raises:
            CredentialDead: the platform refused it.
            NoCredential: there is none.
        """

    async def aclose(self) -> None:
        """Stop what still runs in the background. The transport is closed by whoever made it."""

"""The owner's sign-in to Xbox: an app registered with Microsoft, and the way from its address to tokens."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from gub.domain.credentials import Tokens, XboxCredential
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.platforms.errors import PlatformError, RateLimited, Unavailable
from gub.platforms.xbox.oauth import DeviceCode, XboxOAuth, read_redirect
from gub.services.credentials.access import Access
from gub.services.credentials.proofs import as_trouble, prove_xbox

_STATE_BYTES: Final = 16
_LONGEST_ID: Final = 100


@dataclass(frozen=True, slots=True)
class XboxApp:
    """An app as the owner registered it with Microsoft. `secret_expires_at` is None when the owner did not say."""

    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str
    secret_expires_at: datetime | None = None

    def check(self) -> None:
        """See that this can be sent.

        Raises:
            CredentialInvalid: there is no client id, or it or the secret is none.
        """
        if not self.client_id or len(self.client_id) > _LONGEST_ID or not _is_one_word(self.client_id):
            raise CredentialInvalid(
                Platform.XBOX, "The client id is one word, like 00000000-0000-0000-0000-000000000000."
            )
        if self.client_secret is not None and not _is_one_word(self.client_secret):
            raise CredentialInvalid(Platform.XBOX, "A client secret is one word of visible characters.")


@dataclass(frozen=True, slots=True)
class SignIn:
    """Where the owner signs in, and the word that must come back with the answer."""

    address: str
    state: str


class XboxSignIn:
    """Gets an owner's tokens from Microsoft, and proves them. Nothing is stored here."""

    def __init__(self, access: Access) -> None:
        """Ask by `access`."""
        self._access = access
        self._clock = access.clock
        self._oauth = XboxOAuth(access.transport, access.xbox.sign_in, access.clock)

    def begin(self, app: XboxApp, state: str | None = None) -> SignIn:
        """Give the address to open in a browser. Nothing is asked.

        Raises:
            CredentialInvalid: the app cannot be one.
        """
        app.check()
        state = state or secrets.token_urlsafe(_STATE_BYTES)
        return SignIn(self._oauth.authorize_url(app.client_id, app.redirect_uri, state), state)

    async def finish(self, app: XboxApp, redirected: str, state: str) -> XboxCredential:
        """Make a proved credential of the address that the browser was sent to in the end.

        Raises:
            CredentialInvalid: it is no such address, it answers another sign-in, or the sign-in was declined.
            PlatformTrouble: Microsoft or Xbox Live refuses, or could not be asked.
        """
        try:
            code = read_redirect(redirected, state)
        except ValueError as error:
            raise CredentialInvalid(Platform.XBOX, str(error)) from error
        with as_trouble(Platform.XBOX):
            tokens = await self._oauth.exchange(app.client_id, app.client_secret, code, app.redirect_uri)
        return await self._proved(app, tokens)

    async def begin_device(self, app: XboxApp) -> DeviceCode:
        """Ask for a code that the owner types in on any device.

        Raises:
            CredentialInvalid, PlatformTrouble: as `finish`.
        """
        app.check()
        with as_trouble(Platform.XBOX):
            return await self._oauth.device_code(app.client_id)

    async def finish_device(self, app: XboxApp, code: DeviceCode) -> XboxCredential:
        """Wait until the owner has typed the code in, as long as it is good for; make a proved credential of it.

        Raises:
            PlatformTrouble: Microsoft or Xbox Live refuses, or could not be asked, or the time is over.
        """
        until = self._clock.monotonic() + code.expires_in
        while self._clock.monotonic() < until:
            await self._clock.sleep(code.interval)
            tokens = await self._device_tokens(app, code)
            if tokens is not None:
                return await self._proved(app, tokens)
        raise PlatformTrouble(Platform.XBOX, "credential_dead", "expired_token")

    async def _device_tokens(self, app: XboxApp, code: DeviceCode) -> Tokens | None:
        """Ask whether the code was typed in; a Microsoft that does not answer is asked again."""
        try:
            return await self._oauth.device_tokens(app.client_id, app.client_secret, code.device_code, code.cookies)
        except (RateLimited, Unavailable):
            return None
        except PlatformError as error:
            raise PlatformTrouble(Platform.XBOX, error.reason, error.detail) from error

    async def _proved(self, app: XboxApp, tokens: Tokens) -> XboxCredential:
        if tokens.refresh_token is None:
            raise PlatformTrouble(Platform.XBOX, "credential_dead", "no refresh token")
        return await prove_xbox(self._access, XboxCredential(app.client_id, app.client_secret, tokens))


def _is_one_word(text: str) -> bool:
    return bool(text) and text.isascii() and text.isprintable() and not any(mark.isspace() for mark in text)

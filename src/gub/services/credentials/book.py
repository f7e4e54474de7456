"""The owner's credentials: proved against the platform first, stored after; shown without what they are."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gub.domain.credentials import CredentialState, CredentialStatus, PsnCredential, XboxCredential
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.platforms.psn.oauth import PsnOAuth, read_npsso
from gub.services.credentials.access import Access
from gub.services.credentials.clients import new_clients
from gub.services.credentials.proofs import as_trouble, prove_psn, prove_steam, proved
from gub.services.credentials.xbox_app import SignIn, XboxApp, XboxSignIn
from gub.store import credentials as stored
from gub.store.errors import WrongSecretKey

REDIRECT_URI: Final = "http://localhost:8765/auth/callback"
"""Where Microsoft sends the browser after the sign-in, unless the owner registered another address."""

_STEAM_KEY: Final = re.compile(r"[0-9A-Fa-f]{32}")

Stored = XboxCredential | PsnCredential | str
"""A credential as the store gives it; Steam's is its key."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What an owner may see of one platform's credential: never the credential.

    `state` is None when there is none. `unreadable` says why it cannot be decrypted.
    """

    platform: Platform
    state: CredentialState | None = None
    unreadable: str | None = None


class Credentials:
    """Takes credentials from the owner, tries them, forgets them.

    Whatever asks a platform raises `PlatformTrouble`: `credential_dead` with a detail when it refuses the credential,
    `wrong_secret_key` when the stored one cannot be decrypted, `no_credential` when there is none. Nothing is stored
    then, and what was there stays.
    """

    def __init__(self, store: stored.Credentials, access: Access, redirect_uri: str = REDIRECT_URI) -> None:
        """Keep credentials in `store`; ask the platforms by `access`."""
        self._store = store
        self._access = access
        self._clock = access.clock
        self._redirect_uri = redirect_uri
        self._xbox = XboxSignIn(access)

    async def set_steam_key(self, key: str) -> None:
        """Prove a Steam Web API key, then store it in the old one's place.

        Raises:
            CredentialInvalid: this is not the form of such a key.
            PlatformTrouble: see the class.
        """
        key = key.strip()
        if not _STEAM_KEY.fullmatch(key):
            raise CredentialInvalid(Platform.STEAM)
        await self.check_key(Platform.STEAM)
        await prove_steam(self._access, key)
        await self._store.set_steam_key(key)
        await self._store.mark(Platform.STEAM, CredentialStatus.OK, self._clock.now())

    async def set_psn(self, text: str) -> None:
        """Sign in with an NPSSO, alone or as the whole JSON of Sony's page, prove that, then store it with its tokens.

        Raises:
            CredentialInvalid: this is neither.
            PlatformTrouble: see the class.
        """
        try:
            npsso = read_npsso(text)
        except ValueError as error:
            raise CredentialInvalid(Platform.PSN, str(error)) from error
        await self.check_key(Platform.PSN)
        with as_trouble(Platform.PSN):
            tokens = await PsnOAuth(self._access.transport, self._access.psn, self._clock).from_npsso(npsso)
        credential = await prove_psn(self._access, PsnCredential(npsso, tokens))
        await self._store.set_psn(npsso, credential.tokens or tokens, self._clock.now())

    async def xbox_app(self) -> XboxApp | None:
        """Give the app whose sign-in is stored, to sign in to it anew; None when there is none.

        Raises:
            PlatformTrouble: it cannot be decrypted.
        """
        credential = await self._stored(Platform.XBOX)
        if not isinstance(credential, XboxCredential):
            return None
        state = await self._state(Platform.XBOX)
        ends = None if state is None else state.secret_expires_at
        return XboxApp(credential.client_id, credential.client_secret, self._redirect_uri, ends)

    def begin_xbox(self, app: XboxApp, state: str | None = None) -> SignIn:
        """Give the address where the owner signs in. See `XboxSignIn.begin`."""
        return self._xbox.begin(app, state)

    async def finish_xbox(self, app: XboxApp, redirected: str, state: str) -> None:
        """Make tokens of the address that the browser came to, prove them, then store all. See `XboxSignIn.finish`."""
        await self.keep_xbox(await self._xbox.finish(app, redirected, state), app.secret_expires_at)

    async def keep_xbox(self, proved: XboxCredential, secret_expires_at: datetime | None) -> None:
        """Store what a sign-in gave (`XboxSignIn`), which has proved it."""
        if proved.tokens is None:
            raise PlatformTrouble(Platform.XBOX, "no_credential")
        await self.check_key(Platform.XBOX)
        await self._store.set_xbox(
            proved.client_id, proved.client_secret, proved.tokens, self._clock.now(), secret_expires_at
        )

    async def prove(self, platform: Platform) -> None:
        """Try the stored credential; tokens that are renewed on the way are stored. What is known of it stays.

        Raises:
            PlatformTrouble: see the class.
        """
        await self._needed(platform)
        await proved(new_clients(self._access, self._store)[platform])

    async def check(self, platform: Platform) -> None:
        """Try the stored credential and note what came of it. One that was dead and works is as good as a new one.

        One refusal of Steam's key proves nothing (`gub.platforms.steam.refusals`), so it is told without being noted.

        Raises:
            PlatformTrouble: see the class.
        """
        before = await self._needed(platform)
        try:
            await self.prove(platform)
        except PlatformTrouble as trouble:
            if trouble.reason == "credential_dead" and not isinstance(before, str):
                await self._store.died(platform, before.grant, self._clock.now())
            raise
        state = await self._state(platform)
        if isinstance(before, str) or state is None or state.status is not CredentialStatus.DEAD:
            await self._store.mark(platform, CredentialStatus.OK, self._clock.now())
        else:
            await self._store.revived(platform, before.grant, self._clock.now())

    async def standings(self) -> list[Standing]:
        """Say how each platform's credential stands, by what is stored; nothing is asked."""
        states = {state.platform: state for state in await self._store.states()}
        return [Standing(one, states.get(one), await self._unreadable(one)) for one in Platform]

    async def check_key(self, platform: Platform) -> None:
        """Refuse to store in the clear where something is encrypted: this process may lack the key that another has.

        Raises:
            PlatformTrouble: `wrong_secret_key`.
        """
        if not self._store.encrypts and any(one.unreadable for one in await self.standings()):
            raise PlatformTrouble(
                platform,
                "wrong_secret_key",
                "The credentials here are encrypted and GUB_SECRET_KEY is not set: set it as it was, or remove what is "
                "encrypted first.",
            )

    async def remove(self, platform: Platform) -> bool:
        """Forget a platform's credential; say whether there was one."""
        return await self._store.remove(platform)

    async def _state(self, platform: Platform) -> CredentialState | None:
        return next((state for state in await self._store.states() if state.platform is platform), None)

    async def _stored(self, platform: Platform) -> Stored | None:
        """Read a credential.

        Raises:
            PlatformTrouble: it cannot be decrypted.
        """
        try:
            match platform:
                case Platform.XBOX:
                    return await self._store.xbox()
                case Platform.PSN:
                    return await self._store.psn()
                case Platform.STEAM:
                    return await self._store.steam_key()
        except WrongSecretKey as error:
            raise PlatformTrouble(platform, "wrong_secret_key", str(error)) from error

    async def _needed(self, platform: Platform) -> Stored:
        found = await self._stored(platform)
        if found is None:
            raise PlatformTrouble(platform, "no_credential")
        return found

    async def _unreadable(self, platform: Platform) -> str | None:
        try:
            await self._stored(platform)
        except PlatformTrouble as trouble:
            return trouble.detail
        return None

"""What `gub credentials` does, beside a running bot or alone. What it asks a person is in `cli_credentials`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from gub.clock import Clock
from gub.database import BRISK, database, opened_store
from gub.domain.credentials import XboxCredential
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.failure import Failure
from gub.platforms.transport import Transport
from gub.redirects import Redirects
from gub.services.credentials import Access, Credentials, XboxApp, words
from gub.services.credentials.xbox_app import SignIn, XboxSignIn
from gub.settings import Settings
from gub.store.errors import WrongSecretKey
from gub.store.store import Store

Say = Callable[[str], object]
Show = Callable[[SignIn], Awaitable[object]]


async def show_credentials(settings: Settings, clock: Clock, say: Say) -> None:
    """List each platform's credential: its state, and how long it lasts."""
    async with _credentials(settings, clock) as credentials:
        for one in await credentials.standings():
            say(f"{one.platform}: {words.standing(one, clock.now())}")


async def store_steam_key(settings: Settings, clock: Clock, key: str, say: Say) -> None:
    """Prove the key against Steam, then store it."""
    if not key:
        raise Failure("No key was given: type it, or pass it on stdin or in GUB_STEAM_API_KEY.")
    async with _credentials(settings, clock) as credentials:
        with _told():
            await credentials.set_steam_key(key)
    say("Steam accepts the key; it is stored.")


async def store_npsso(settings: Settings, clock: Clock, text: str, say: Say) -> None:
    """Sign in to PlayStation Network with an NPSSO, then store it with its tokens."""
    if not text:
        raise Failure("No NPSSO was given: paste it, or pass it on stdin or in GUB_PSN_NPSSO.")
    async with _credentials(settings, clock) as credentials:
        with _told():
            await credentials.set_psn(text)
        lasts = await _until(credentials, Platform.PSN, clock)
        say(f"PlayStation accepts the NPSSO; it is stored, and its tokens.{lasts}")


async def stored_app(settings: Settings, clock: Clock) -> XboxApp | None:
    """Give the app whose sign-in to Xbox is stored; None when there is none that can be read.

    It comes before a sign-in, so it refuses one that could only be stored in the clear beside what is encrypted.
    """
    async with _credentials(settings, clock) as credentials:
        with _told():
            await credentials.check_key(Platform.XBOX)
        try:
            return await credentials.xbox_app()
        except PlatformTrouble:
            return None


async def begin_xbox(settings: Settings, clock: Clock, app: XboxApp) -> SignIn:
    """Give the address where the owner signs in. Nothing is asked."""
    async with _signing_in(settings, clock) as xbox:
        return xbox.begin(app)


async def paste_xbox(
    settings: Settings, clock: Clock, app: XboxApp, say: Say, *, begun: SignIn, redirected: str
) -> None:
    """Finish a sign-in with the address that the owner's browser came to."""
    if not redirected:
        raise Failure("No address was given: paste the one that the browser came to after the sign-in.")
    async with _signing_in(settings, clock) as xbox:
        proved = await xbox.finish(app, redirected, begun.state)
    await _keep_xbox(settings, clock, proved, app, say)


async def browse_xbox(settings: Settings, clock: Clock, app: XboxApp, show: Show, say: Say) -> None:
    """Show the owner where to sign in, wait for the browser to come back, and tell there what became of it."""
    begun = await begin_xbox(settings, clock, app)
    async with Redirects.served(app.redirect_uri, begun.state) as redirects:
        await show(begun)
        redirected = await redirects.next()
        try:
            await paste_xbox(settings, clock, app, say, begun=begun, redirected=redirected)
        except Failure as failure:
            await redirects.answer("GUB is not signed in", str(failure))
            raise
        await redirects.answer("GUB is signed in to Xbox", "You can close this page.")


async def device_xbox(settings: Settings, clock: Clock, app: XboxApp, say: Say) -> None:
    """Have the owner type a code on any device, and wait for that."""
    async with _signing_in(settings, clock) as xbox:
        code = await xbox.begin_device(app)
        minutes = max(1, code.expires_in // 60)
        say(f"Open {code.verification_uri} on any device and type in {code.user_code} (good for {minutes} minutes).")
        proved = await xbox.finish_device(app, code)
    await _keep_xbox(settings, clock, proved, app, say)


async def remove_credential(settings: Settings, clock: Clock, platform: Platform, say: Say) -> None:
    """Forget one platform's credential."""
    async with _credentials(settings, clock) as credentials:
        removed = await credentials.remove(platform)
    say(f"{platform}: removed." if removed else f"{platform}: there was none.")


async def rotate_credentials(settings: Settings, clock: Clock, say: Say) -> None:
    """Encrypt everything that is secret with the first key of GUB_SECRET_KEY."""
    if not settings.secret_key:
        raise Failure("GUB_SECRET_KEY is not set, so there is nothing to encrypt with.")
    async with _store(settings, clock) as store:
        try:
            count = await store.credentials.reencrypt()
        except WrongSecretKey as error:
            raise Failure(f"{error} Nothing was changed.") from error
    say(f"Encrypted with the first key of GUB_SECRET_KEY: {count}. Older keys may be taken out of it now.")


@asynccontextmanager
async def _signing_in(settings: Settings, clock: Clock) -> AsyncIterator[XboxSignIn]:
    transport = Transport(settings.platform_gateway, clock)
    try:
        with _told():
            yield XboxSignIn(Access.over(transport, clock))
    finally:
        await transport.aclose()


async def _keep_xbox(settings: Settings, clock: Clock, proved: XboxCredential, app: XboxApp, say: Say) -> None:
    async with _credentials(settings, clock) as credentials:
        await credentials.keep_xbox(proved, app.secret_expires_at)
        say(f"Xbox accepts the sign-in; it is stored.{await _until(credentials, Platform.XBOX, clock)}")


async def _until(credentials: Credentials, platform: Platform, clock: Clock) -> str:
    for one in await credentials.standings():
        if one.platform is platform and one.state is not None and one.state.expires_at is not None:
            return f" It {words.left(one.state.expires_at, clock.now())} unless renewed."
    return ""


@contextmanager
def _told() -> Iterator[None]:
    """Say in one line why a credential was not taken."""
    try:
        yield
    except CredentialInvalid as error:
        raise Failure(f"{words.invalid(error)} Nothing was stored.") from error
    except PlatformTrouble as error:
        raise Failure(f"{words.trouble(error)} Nothing was stored.") from error


@asynccontextmanager
async def _credentials(settings: Settings, clock: Clock) -> AsyncIterator[Credentials]:
    transport = Transport(settings.platform_gateway, clock)
    try:
        async with _store(settings, clock) as store:
            yield Credentials(store.credentials, Access.over(transport, clock), settings.xbox_redirect_uri)
    finally:
        await transport.aclose()


@asynccontextmanager
async def _store(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    async with (
        database(settings, clock, share=True) as base,
        opened_store(settings, base.uri, clock, wait=BRISK) as store,
    ):
        yield store

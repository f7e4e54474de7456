"""What the short commands do to the store, beside a running bot or alone."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from gub.clock import Clock
from gub.database import BRISK, Database, database, opened_store
from gub.domain.errors import AccountTextInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.failure import Failure
from gub.platforms.transport import Transport
from gub.services.credentials import Credentials
from gub.settings import Settings
from gub.store.errors import StoreUnavailable, TransferError, WrongSecretKey
from gub.store.inspection import inspect
from gub.store.store import Store
from gub.store.transfer.exporting import export
from gub.store.transfer.files import checked_export
from gub.store.transfer.importing import fill

Say = Callable[[str], object]


async def show_credentials(settings: Settings, clock: Clock, say: Say) -> None:
    """List each platform's credential."""
    async with _store(settings, clock) as store:
        shown: dict[Platform, str] = {state.platform: state.status for state in await store.credentials.states()}
        try:
            await store.credentials.steam_key()
        except WrongSecretKey as error:
            shown[Platform.STEAM] = str(error)
    for platform in Platform:
        say(f"{platform}: {shown.get(platform, 'none')}")


async def store_steam_key(settings: Settings, clock: Clock, key: str, say: Say) -> None:
    """Prove the key against Steam, then store it."""
    if not key:
        raise Failure("No key was given: type it, or pass it on stdin.")
    async with _store(settings, clock) as store:
        transport = Transport(settings.platform_gateway, clock)
        try:
            await Credentials(store.credentials, transport, clock).set_steam_key(key)
        except AccountTextInvalid as error:
            raise Failure("That is not a Steam Web API key: it has 32 hexadecimal digits.") from error
        except PlatformTrouble as error:
            raise Failure(_REASONS.get(error.reason, "Steam could not be asked. Nothing was stored.")) from error
        finally:
            await transport.aclose()
    say("Steam accepts the key; it is stored.")


async def remove_credential(settings: Settings, clock: Clock, platform: Platform, say: Say) -> None:
    """Forget one platform's credential."""
    async with _store(settings, clock) as store:
        removed = await store.credentials.remove(platform)
    say(f"{platform}: removed." if removed else f"{platform}: there was none.")


async def check_database(settings: Settings, clock: Clock, say: Say) -> None:
    """Say what the next start, or `gub db upgrade`, would do to the database; change nothing."""
    async with database(settings, clock, share=True) as base:
        try:
            found = await inspect(base.uri, settings.mongodb_database, clock, wait=BRISK)
        except StoreUnavailable as error:
            raise Failure(str(error)) from error
    for problem in found.left:
        say(f"not as it should be: {problem}")
    if found.is_current:
        say("The database has the shape of this GUB.")
        return
    for name in found.upgrades:
        say(f"upgrade to do: {name}")
    for name in found.collections:
        say(f"collection to make or to give its rule: {name}")
    for name in found.indexes:
        say(f"index to build: {name}")
    raise Failure("The database is not up to date: `gub db upgrade`, or the bot's next start, mends that.")


async def upgrade_database(settings: Settings, clock: Clock, say: Say) -> None:
    """Bring the database to the shape of this GUB and say what was done."""
    async with database(settings, clock, share=True) as base:
        await _upgrade(settings, base, clock, say)
        say("The database has the shape of this GUB.")


async def export_database(settings: Settings, clock: Clock, directory: Path, say: Say, *, secrets: bool) -> None:
    """Write what lasts into a new directory, beside a running bot or alone."""
    async with database(settings, clock, share=True) as base:
        try:
            done = await export(base.uri, settings.mongodb_database, directory, clock, secrets=secrets, wait=BRISK)
        except (StoreUnavailable, TransferError) as error:
            raise Failure(str(error)) from error
    for name, count in done.documents.items():
        say(f"{name}: {count}")
    if done.waiting:
        say(
            f"Not in the export: updates that GUB took from Telegram and has not handled ({done.waiting}). For a move, "
            f"let the bot handle them and stop it in order (Ctrl-C), then export anew."
        )
    if secrets:
        say("The credentials are in it: whoever reads it can use them.")
    else:
        say("The credentials' secrets are not in it (--with-secrets puts them in).")
    say(f"Exported to {directory}.")


async def import_database(settings: Settings, clock: Clock, directory: Path, say: Say) -> None:
    """Check an export to its last line, then write it into an empty database."""
    try:
        checked = checked_export(directory)
    except TransferError as error:
        raise Failure(f"{error} Nothing was imported.") from error
    async with database(settings, clock, share=True) as base:
        try:
            done = await fill(base.uri, settings.mongodb_database, checked, clock, wait=BRISK)
        except (StoreUnavailable, TransferError) as error:
            raise Failure(str(error)) from error
        await _upgrade(settings, base, clock, say)
    if done.was_there:
        say("This export was imported into this database before: nothing was changed.")
        return
    for name, count in done.documents.items():
        say(f"{name}: {count}")
    if not checked.manifest.secrets:
        say("The export holds no secrets: give the credentials again with `gub credentials`.")
    say(f"Imported into the database {settings.mongodb_database}.")


_REASONS = {
    "credential_dead": "Steam refuses that key. Nothing was stored.",
    "unavailable": "Steam does not answer now, so the key could not be proved. Nothing was stored; try again later.",
    "rate_limited": "Steam asks to slow down, so the key could not be proved. Nothing was stored; try again later.",
}


async def _upgrade(settings: Settings, base: Database, clock: Clock, say: Say) -> None:
    async with opened_store(settings, base.uri, clock, wait=BRISK) as store:
        for step in store.upgraded:
            changed = ", ".join(f"{count} in {name}" for name, count in step.changed.items()) or "nothing to change"
            say(f"upgraded: {step.number}: {step.name} ({changed})")
            for problem in step.left:
                say(f"not as it should be: {problem}")


@asynccontextmanager
async def _store(settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    async with (
        database(settings, clock, share=True) as base,
        opened_store(settings, base.uri, clock, wait=BRISK) as store,
    ):
        yield store

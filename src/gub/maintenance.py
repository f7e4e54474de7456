"""What `gub db` does to the database, beside a running bot or alone."""

from collections.abc import Callable
from pathlib import Path

from gub.clock import Clock
from gub.database import BRISK, Database, database, opened_store, store_as_it_is
from gub.failure import Failure
from gub.services.mending import Mending
from gub.settings import Settings
from gub.store.errors import StoreUnavailable, TransferError
from gub.store.inspection import inspect
from gub.store.transfer.exporting import export
from gub.store.transfer.files import checked_export
from gub.store.transfer.importing import fill
from gub.store.transfer.merging import merge

Say = Callable[[str], object]


async def check_database(settings: Settings, clock: Clock, say: Say, *, repair: bool = False) -> None:
    """Say what is not as it must be in the database; change nothing, unless it is to be repaired.

    Raises Failure when something is to be done, or cannot be.
    """
    async with database(settings, clock, share=True) as base:
        if repair:
            await _upgrade(settings, base, clock, say)
        await _check_shape(settings, base, clock, say)
        await _check_contents(settings, base, clock, say, repair=repair)


async def _check_contents(settings: Settings, base: Database, clock: Clock, say: Say, *, repair: bool) -> None:
    async with store_as_it_is(settings, base.uri, clock, wait=BRISK) as store:
        found = await store.checking.findings()
        left = found
        if repair and found:
            await Mending(store, clock).mend(found)
            left = await store.checking.findings()
    for finding in [*found, *(one for one in left if one not in found)]:
        mended = " (mended)" if repair and finding not in left else ""
        say(f"{finding.where}: {finding.rule}{mended}")
    if not left:
        say("Everything in it is as it must be.")
    elif repair:
        raise Failure(f"What could not be mended: {len(left)}, see above.")
    else:
        raise Failure(f"Not as it must be: {len(left)}, see above; `gub db check --repair` mends what can be mended.")


async def _check_shape(settings: Settings, base: Database, clock: Clock, say: Say) -> None:
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
        say(
            "The credentials are in it, as they are stored: whoever reads it can use them; those that are encrypted "
            "only with the same GUB_SECRET_KEY, so keep that too."
        )
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


async def merge_database(settings: Settings, clock: Clock, directory: Path, say: Say) -> None:
    """Check an export to its last line, then add to a database what it lacks of it, and mend what does not fit."""
    try:
        checked = checked_export(directory)
    except TransferError as error:
        raise Failure(f"{error} Nothing was imported.") from error
    async with database(settings, clock, share=True) as base:
        await _upgrade(settings, base, clock, say)
        try:
            done = await merge(base.uri, settings.mongodb_database, checked, clock, wait=BRISK)
        except (StoreUnavailable, TransferError) as error:
            raise Failure(str(error)) from error
        for name, count in done.added.items():
            say(f"{name}: {count} added, {done.there[name]} were there and stay")
        # What refers to a group whose name was taken, say, refers to nothing.
        await _check_contents(settings, base, clock, say, repair=True)


async def _upgrade(settings: Settings, base: Database, clock: Clock, say: Say) -> None:
    async with opened_store(settings, base.uri, clock, wait=BRISK) as store:
        for step in store.upgraded:
            changed = ", ".join(f"{count} in {name}" for name, count in step.changed.items()) or "nothing to change"
            say(f"upgraded: {step.number}: {step.name} ({changed})")
            for problem in step.left:
                say(f"not as it should be: {problem}")

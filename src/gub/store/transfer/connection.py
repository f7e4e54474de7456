"""The database of an export or import, with errors that a person can act on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pymongo.errors import BulkWriteError, InvalidName, OperationFailure, PyMongoError

from gub.clock import Clock
from gub.store.documents import Database
from gub.store.errors import StoreRefused, StoreUnavailable, TransferError
from gub.store.mongo import REFUSALS, connect, is_unavailable, wait_until_up


@asynccontextmanager
async def connected(uri: str, database: str, clock: Clock, wait: float) -> AsyncIterator[Database]:
    """Have the database, as it is, for the block; wait for its server at most that many seconds.

    Raises:
        StoreUnavailable: as `open_store` does, also for what the database refuses later.
        TransferError: the disk gave up.
    """
    client = connect(uri)
    try:
        await wait_until_up(client, clock, wait)
        yield client[database]
    except InvalidName as error:
        raise StoreRefused("GUB_MONGODB_DATABASE is not a name that MongoDB takes.") from error
    except PyMongoError as error:
        raise _worded(error) from error
    except OSError as error:
        raise TransferError(f"A file could not be read or written: {error.strerror}.") from error
    finally:
        await client.close()


def _worded(error: PyMongoError) -> StoreUnavailable:
    """Say it in one line, without the document that the driver's own words may quote."""
    if is_unavailable(error):
        return StoreUnavailable(f"The database went away meanwhile ({type(error).__name__}).")
    if isinstance(error, OperationFailure) and error.code in REFUSALS:
        return StoreRefused("The database user lacks the right to read or write all of the database.")
    reason = getattr(error, "code", None) or type(error).__name__
    if isinstance(error, BulkWriteError):
        reason = next((each.get("code") for each in (error.details or {}).get("writeErrors", [])), reason)
    return StoreUnavailable(f"The database refused it ({reason}).")

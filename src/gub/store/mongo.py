"""The driver: how GUB connects, what counts as "the database is away", waiting until it is there."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pymongo
from pymongo import AsyncMongoClient
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WaitQueueTimeoutError,
)

from gub.clock import Clock
from gub.store.errors import StoreRefused, StoreUnavailable, WrongSecretKey
from gub.store.watching import OnCommand, Watching

__all__ = ["DUPLICATE_KEY", "REFUSALS", "StoreUnavailable", "connect", "is_unavailable", "wait_until_up"]

DUPLICATE_KEY: Final = 11000
REFUSALS: Final = frozenset({13, 18, 8000})  # Unauthorized, AuthenticationFailed, AtlasError
# "Try later" codes: the server specification's retryable ones and a failed write concern. Source: MongoDB's driver
# specifications, "Retryable Reads" and "Server Discovery And Monitoring" (state change errors).
_PASSING: Final = frozenset({6, 7, 64, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436})
_BETWEEN_PINGS: Final = 0.25

# What the address itself says goes before these.
_OPTIONS: Final[dict[str, Any]] = {
    "tz_aware": True,
    "tzinfo": UTC,
    "uuidRepresentation": "standard",
    "datetime_conversion": "DATETIME_AUTO",  # an out-of-range date costs its field, not the document
    "timeoutMS": 10_000,
    "serverSelectionTimeoutMS": 5_000,
    "connectTimeoutMS": 5_000,
    "waitQueueTimeoutMS": 2_000,
    "maxPoolSize": 50,
    "minPoolSize": 0,
    "maxIdleTimeMS": 240_000,  # the embedded server hangs up after 300 s
}


def connect(uri: str, *, appname: str = "gub", on_command: OnCommand | None = None) -> AsyncMongoClient[dict[str, Any]]:
    """Make a client; nothing is sent yet. One client belongs to one event loop. `on_command` hears of each command.

    Raises:
        StoreRefused: the address is not a MongoDB URI.
    """
    if not uri.startswith(("mongodb://", "mongodb+srv://")):
        raise StoreRefused("GUB_MONGODB_URI is not a MongoDB address: it begins with mongodb:// or mongodb+srv://.")
    try:
        given = {name.lower() for name in parse_qs(urlsplit(uri).query)}
        defaults = {name: value for name, value in _OPTIONS.items() if name.lower() not in given}
        listeners = [] if on_command is None else [Watching(on_command)]
        return AsyncMongoClient(uri, appname=appname, event_listeners=listeners, **defaults)
    except (ConfigurationError, ValueError, TypeError, OSError) as error:  # OSError: a certificate's file is not there
        # Not the driver's words: they may quote the address, which may hold a password.
        raise StoreRefused(f"GUB_MONGODB_URI is not a MongoDB address ({type(error).__name__}).") from error


def is_unavailable(error: BaseException) -> bool:
    """Say whether this error means that the database is away and the same may work later."""
    return any(_passes(one) for one in _chain(error))


def explain(error: BaseException) -> str | None:
    """Say in one line, for a person, what ails the database; None when it is nothing of this kind."""
    if isinstance(error, StoreUnavailable):
        return str(error)
    if isinstance(error, OperationFailure) and error.code in REFUSALS:
        return "The database refuses what GUB asks: the user in GUB_MONGODB_URI needs the roles readWrite and dbAdmin."
    if is_unavailable(error):
        return f"The database went away while it was needed ({type(error).__name__})."
    return None


def _passes(error: BaseException) -> bool:
    if isinstance(error, StoreRefused | WrongSecretKey):
        return False
    if isinstance(error, ConnectionFailure | WaitQueueTimeoutError | ExecutionTimeout | StoreUnavailable):
        return True
    if not isinstance(error, PyMongoError):
        return False
    if error.timeout or error.has_error_label("RetryableWriteError"):
        return True
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        problems = [*details.get("writeErrors", []), *details.get("writeConcernErrors", [])]
        return any(problem.get("code") in _PASSING for problem in problems)
    return isinstance(error, OperationFailure) and error.code in _PASSING


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Give the error and, of a group, those inside it."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _chain(inner)


async def wait_until_up(client: AsyncMongoClient[dict[str, Any]], clock: Clock, limit: float) -> None:
    """Return when the database answers; `limit` in seconds.

    Raises:
        StoreRefused: it answers and does not let us in.
        StoreUnavailable: it did not answer in time.
    """
    until = clock.monotonic() + limit
    while True:
        try:
            with pymongo.timeout(max(0.1, min(5.0, until - clock.monotonic()))):
                await client.admin.command("ping")
        except ConfigurationError as error:
            raise StoreRefused(f"The database cannot be used with this address ({type(error).__name__}).") from error
        except PyMongoError as error:
            if isinstance(error, OperationFailure) and error.code in REFUSALS:
                raise StoreRefused("The database refuses the user or the password in GUB_MONGODB_URI.") from error
            if clock.monotonic() + _BETWEEN_PINGS >= until:
                raise StoreUnavailable(f"The database did not answer within {limit:.0f} s.") from error
        else:
            return
        await clock.sleep(_BETWEEN_PINGS)

"""All collections: their validators and indexes, applied at every start. Applying them again changes nothing."""

from typing import Any, Final

from pymongo.errors import DuplicateKeyError, OperationFailure

from gub.store import (
    announcements,
    boards,
    calls,
    chats,
    claims,
    credentials,
    deletions,
    departures,
    dialogs,
    donations,
    faults,
    history,
    imports,
    inbox,
    invitations,
    leases,
    migrations,
    notifygroups,
    paces,
    presences,
    respects,
    ringing,
    starts,
    statususers,
    upgrades,
    users,
    watches,
    workers,
)
from gub.store.documents import CollectionSchema, Database
from gub.store.errors import SchemaConflict

SCHEMAS: Final[tuple[CollectionSchema, ...]] = (
    chats.SCHEMA,
    credentials.SCHEMA,
    statususers.SCHEMA,
    notifygroups.SCHEMA,
    invitations.SCHEMA,
    users.SCHEMA,
    departures.SCHEMA,
    deletions.SCHEMA,
    dialogs.SCHEMA,
    donations.SCHEMA,
    presences.SCHEMA,
    history.SCHEMA,
    starts.SCHEMA,
    ringing.SCHEMA,
    respects.SCHEMA,
    boards.SCHEMA,
    calls.SCHEMA,
    watches.SCHEMA,
    announcements.SCHEMA,
    announcements.TARGETS_SCHEMA,
    inbox.SCHEMA,
    migrations.SCHEMA,
    faults.SCHEMA,
    leases.SCHEMA,
    workers.SCHEMA,
    claims.SCHEMA,
    paces.SCHEMA,
    upgrades.SCHEMA,
    imports.SCHEMA,
)

_EXISTS: Final = 48
_OTHER_FORM: Final = frozenset({85, 86})
# Documents that broke a rule before it was made may still be changed; every other write obeys it.
_LEVEL: Final = "moderate"


def rules_of(schema: CollectionSchema) -> dict[str, Any]:
    """Give a collection's validation as MongoDB's `create` and `collMod` take it."""
    return {"validator": schema.validator, "validationLevel": _LEVEL, "validationAction": "error"}


async def apply_validators(database: Database) -> None:
    """Create the collections that are missing and give each its validator."""
    found = {each["name"]: each.get("options", {}) async for each in await database.list_collections()}
    for schema in SCHEMAS:
        rules = rules_of(schema)
        if schema.name not in found:
            try:
                await database.create_collection(schema.name, check_exists=False, **rules)
            except OperationFailure as error:
                if error.code != _EXISTS:  # another process was faster
                    raise
            else:
                continue
        elif all(found[schema.name].get(name) == value for name, value in rules.items()):
            continue
        await database.command("collMod", schema.name, **rules)


async def apply_indexes(database: Database) -> list[CollectionSchema]:
    """Build the indexes that are missing; give the collections whose documents break a unique one.

    Raises:
        SchemaConflict: an index of that name or those keys is there in another form.
    """
    broken = []
    for schema in SCHEMAS:
        if not schema.indexes:
            continue
        try:
            await database[schema.name].create_indexes(list(schema.indexes))
        except DuplicateKeyError:
            broken.append(schema)
        except OperationFailure as error:
            if error.code in _OTHER_FORM:
                raise SchemaConflict(
                    f"Collection {schema.name} has an index that GUB makes differently: drop it, then start again."
                ) from error
            raise
    return broken

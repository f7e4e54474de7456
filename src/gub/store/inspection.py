"""Looking at a database without changing it: what stands between it and this GUB."""

from dataclasses import dataclass

from pymongo.errors import OperationFailure, PyMongoError

from gub.clock import Clock
from gub.store.documents import Database
from gub.store.errors import StoreRefused, StoreUnavailable
from gub.store.imports import refuse_unfinished
from gub.store.mongo import REFUSALS, connect, wait_until_up
from gub.store.normalising import what_is_left
from gub.store.schema import SCHEMAS, rules_of
from gub.store.upgrades import pending


@dataclass(frozen=True, slots=True)
class Inspection:
    """What `gub db upgrade`, or the bot's next start, would do; nothing if all is empty but `left`."""

    upgrades: tuple[str, ...]
    collections: tuple[str, ...]
    """Collections that are missing or whose rule is another."""
    indexes: tuple[str, ...]
    """`collection.index` of what is missing."""
    left: tuple[str, ...] = ()
    """What no upgrade can mend, and a person can, a line each. GUB works nevertheless."""

    @property
    def is_current(self) -> bool:
        """Whether the database has the shape of this GUB."""
        return not (self.upgrades or self.collections or self.indexes)


async def inspect(uri: str, database: str, clock: Clock, *, wait: float) -> Inspection:
    """Look, waiting for the server at most that many seconds.

    Raises:
        StoreUnavailable: as `open_store` does.
    """
    client = connect(uri)
    try:
        await wait_until_up(client, clock, wait)
        return await _look(client[database])
    except PyMongoError as error:
        if isinstance(error, OperationFailure) and error.code in REFUSALS:
            raise StoreRefused("The database user lacks the right to look at collections and indexes.") from error
        raise StoreUnavailable(f"The database could not be looked at ({type(error).__name__}).") from error
    finally:
        await client.close()


async def _look(database: Database) -> Inspection:
    await refuse_unfinished(database)
    found = {each["name"]: each.get("options", {}) async for each in await database.list_collections()}
    collections, indexes = [], []
    for schema in SCHEMAS:
        rules = rules_of(schema)
        if any(found.get(schema.name, {}).get(name) != value for name, value in rules.items()):
            collections.append(schema.name)
        names = await database[schema.name].index_information() if schema.name in found else {}
        indexes += [
            f"{schema.name}.{index.document['name']}" for index in schema.indexes if index.document["name"] not in names
        ]
    upgrades = tuple(f"{step.number}: {step.name}" for step in await pending(database))
    return Inspection(upgrades, tuple(collections), tuple(indexes), tuple(await what_is_left(database)))

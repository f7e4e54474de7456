"""What the server says of how it finds what an operation asks for.

The commands of an operation are recorded as the driver sends them. A change is judged by the query for what it changes.

The embedded server says COLLSCAN of some queries for which it uses an index all the same: of several conditions it
takes the first that an index alone serves, and looks through what that gives (measured; facts in docs/data-model.md).
So where it says that, it is asked about each condition alone, in their order. It uses no collated index for changes:
these are asked about without their collation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from gub.store.documents import Database

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Query:
    """One search in a collection, for reading or for changing. `limit` is 0 for none."""

    collection: str
    filter: Document
    collation: Document | None = None
    order: Document | None = None
    changes: bool = False

    def __str__(self) -> str:
        shape = {name: list(value) if isinstance(value, dict) else "=" for name, value in self.filter.items()}
        words = ["collated"] * (self.collation is not None) + ["change" if self.changes else "find"]
        return f"{' '.join(words)} {self.collection} {shape}"


@dataclass(frozen=True)
class Plan:
    """How it is served: by which index (None: by looking at every document), and how many documents are looked at."""

    index: str | None
    examined: int
    found: int


class Recorder(CommandListener):
    """Keeps what is searched for while it is told to."""

    def __init__(self) -> None:
        self.recording = False
        self.queries: list[Query] = []

    def started(self, event: CommandStartedEvent) -> None:
        if self.recording:
            self.queries += _queries(event.command_name, event.command)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Nothing to keep."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Nothing to keep."""

    def taken(self) -> list[Query]:
        """Stop, and give what was searched for."""
        self.recording = False
        queries, self.queries = self.queries, []
        return queries


async def plan_of(database: Database, query: Query) -> Plan:
    """Ask the server."""
    collation = None if query.changes else query.collation
    # An index by which everything is read in order is of use where not everything is read.
    order = None if query.filter else query.order
    plan = await _explained(database, query.collection, query.filter, collation, order)
    if plan.index is not None:
        return plan
    for name, condition in query.filter.items():
        if name.startswith("$"):
            return plan
        alone = await _explained(database, query.collection, {name: condition}, collation)
        if alone.index is not None:
            return Plan(alone.index, alone.examined, plan.found)
    return plan


async def _explained(
    database: Database, collection: str, which: Document, collation: Document | None, order: Document | None = None
) -> Plan:
    find: dict[str, Any] = {"find": collection, "filter": which}
    find |= {} if collation is None else {"collation": collation}
    find |= {} if order is None else {"sort": order}
    told = await database.command("explain", find, verbosity="executionStats")
    stats = told["executionStats"]
    indexes = list(_indexes(told["queryPlanner"]["winningPlan"]))
    examined = max(stats["totalDocsExamined"], stats["totalKeysExamined"])
    return Plan(indexes[0] if indexes else None, examined, stats["nReturned"])


def _indexes(stage: Document) -> Iterator[str]:
    """Name the indexes of a plan; none if any part of it looks at every document."""
    stages = list(_stages(stage))
    if any(one.get("stage") == "COLLSCAN" for one in stages):
        return
    for one in stages:
        if one.get("stage") in {"IDHACK", "EOF"}:
            yield "_id_"
        elif "indexName" in one:
            yield str(one["indexName"])


def _stages(stage: Document) -> Iterator[Document]:
    # MongoDB 7 and later may put the plan of its other engine beside.
    stage = stage.get("queryPlan", stage)
    yield stage
    for name in ("inputStage", "thenStage", "elseStage", "outerStage", "innerStage"):
        if name in stage:
            yield from _stages(stage[name])
    for one in stage.get("inputStages", ()):
        yield from _stages(one)


def _queries(name: str, command: Document) -> Iterator[Query]:
    match name:
        case "find":
            yield Query(command["find"], command.get("filter", {}), command.get("collation"), command.get("sort"))
        case "aggregate":
            first = command["pipeline"][0] if command["pipeline"] else {}
            yield Query(command["aggregate"], first.get("$match", {}), command.get("collation"))
        case "count" | "distinct" | "findAndModify":
            changes = name == "findAndModify"
            yield Query(command[name], command.get("query", {}), command.get("collation"), changes=changes)
        case "update":
            for one in command["updates"]:
                yield Query(command["update"], one["q"], one.get("collation"), changes=True)
        case "delete":
            for one in command["deletes"]:
                yield Query(command["delete"], one["q"], one.get("collation"), changes=True)

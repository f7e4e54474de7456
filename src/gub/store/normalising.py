"""What the predecessor and its users' shells left in documents, brought to the seed's types; and what cannot be."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

from gub.domain.values import Platform
from gub.store import credentials, statususers
from gub.store.documents import Database, Document, text_of, time_of
from gub.store.sealing import SECRETS, TOKEN_SECRETS
from gub.store.tokens import seconds_of

_NEEDED: Final = {
    Platform.XBOX: ("client_id",),
    Platform.PSN: ("npsso", "tokens"),
    Platform.STEAM: ("api_key",),
}
"""What a credential cannot do without: one of these."""

_TEXTS: Final = frozenset({"client_id", *SECRETS, *TOKEN_SECRETS, "token_type", "scope"})
_SECONDS: Final = frozenset({"expires_in", "refresh_expires_in"})
_TOKEN_FIELDS: Final = frozenset({*TOKEN_SECRETS, *_SECONDS, "token_type", "scope", "issued"})
_DIGITS: Final = "^[0-9]+$"


async def seeds_types(database: Database) -> dict[str, int]:
    """Make dates of ISO text, integers of doubles, text of numbers, and drop what is null where the seed has no null.

    Each change is made only while the field is what was read. Give the number of documents changed by collection.
    """
    changed = {
        credentials.SCHEMA.name: await _credentials(database),
        statususers.SCHEMA.name: await _status_users(database),
    }
    return {name: count for name, count in changed.items() if count}


async def what_is_left(database: Database) -> list[str]:
    """Say, each in one line, what only a person can mend. No line holds anything of a document but a platform."""
    lines = [line async for line in _unusable_credentials(database)]
    people = database[statususers.SCHEMA.name]
    for platform, (id_field, name_field) in statususers.ACCOUNT_FIELDS.items():
        nameless = {id_field: {"$in": [None, ""]}, name_field: {"$nin": [None, ""]}}
        if count := await people.count_documents(nameless):
            lines.append(f"statususers: {count} with the name of an account on {platform} and not its id: link it anew")
        if count := await people.count_documents({id_field: {"$type": "string", "$not": {"$regex": _DIGITS}}}):
            lines.append(f"statususers: {count} with an account id on {platform} that is not of digits: link it anew")
    nothing: dict[str, Any] = {id_field: {"$in": [None, ""]} for id_field, _ in statususers.ACCOUNT_FIELDS.values()}
    if count := await people.count_documents(nothing):
        lines.append(f"statususers: {count} without any account")
    return lines


async def _credentials(database: Database) -> int:
    collection = database[credentials.SCHEMA.name]
    changed = 0
    for document in await collection.find({}).to_list():
        found: Document = {"_id": document["_id"]}
        put: Document = {}
        drop: Document = {}
        for name, value, wanted in _wanted(document):
            found[name] = value
            if wanted is None:
                drop[name] = ""
            else:
                put[name] = wanted
        change = {name: fields for name, fields in (("$set", put), ("$unset", drop)) if fields}
        if change:
            changed += (await collection.update_one(found, change)).modified_count
    return changed


def _wanted(document: Document) -> Iterator[tuple[str, Any, Any]]:
    """Give the fields of a credential that are not of the seed's types: name, value, what it should be (or nothing)."""
    tokens = document.get("tokens")
    fields: Document = {name: document[name] for name in ("client_id", *SECRETS, "tokens") if name in document}
    if isinstance(tokens, dict):
        fields |= {f"tokens.{name}": value for name, value in tokens.items() if name in _TOKEN_FIELDS}
    for name, value in fields.items():
        wanted = _as_in_the_seed(name.removeprefix("tokens."), value)
        if value is None or (wanted is not None and type(wanted) is not type(value)):
            yield name, value, wanted


def _as_in_the_seed(name: str, value: object) -> object:
    """Give the value in the seed's type; None when it cannot be."""
    if name in _TEXTS:
        return value if isinstance(value, str) else text_of(value)
    if name in _SECONDS:
        return value if isinstance(value, int) else seconds_of(value)
    return time_of(value) if name == "issued" else value


async def _status_users(database: Database) -> int:
    people = database[statususers.SCHEMA.name]
    changed = 0
    for fields in statususers.ACCOUNT_FIELDS.values():
        for field in fields:
            for empty in ({"$type": "null"}, ""):
                changed += (await people.update_many({field: empty}, {"$unset": {field: ""}})).modified_count
    return changed


async def _unusable_credentials(database: Database) -> AsyncIterator[str]:
    shown = {name: 1 for names in _NEEDED.values() for name in names} | {"platform": 1}
    async for document in database[credentials.SCHEMA.name].find({}, shown):
        platform = document.get("platform")
        if platform not in set(Platform):
            yield "credentials: one of a platform that GUB does not know: delete it"
            continue
        if not any(document.get(name) for name in _NEEDED[Platform(platform)]):
            yield f"credentials: that of {platform} lacks what it is for: `gub credentials {platform}` takes another"
        tokens = document.get("tokens")
        if isinstance(tokens, dict) and time_of(tokens.get("issued")) is None:
            yield f"credentials: the tokens of {platform} do not say when they were issued; they are renewed when used"

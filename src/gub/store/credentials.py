"""Collection `credentials`: what GUB needs to talk to each platform, one document a platform, secrets encrypted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pymongo import IndexModel

from gub.domain.values import Platform
from gub.store.documents import DATE_OR_NULL, OBJECT_OR_NULL, STRING, TEXT_OR_NULL, CollectionSchema, Database, upsert
from gub.store.vault import Vault

SCHEMA: Final = CollectionSchema(
    name="credentials",
    required=("platform",),
    properties={
        "platform": STRING,
        "client_id": TEXT_OR_NULL,
        "client_secret": TEXT_OR_NULL,
        "tokens": OBJECT_OR_NULL,
        "npsso": TEXT_OR_NULL,
        "api_key": TEXT_OR_NULL,
        "status": TEXT_OR_NULL,
        "checked_at": DATE_OR_NULL,
        "expires_at": DATE_OR_NULL,
        "warned_at": DATE_OR_NULL,
    },
    indexes=(IndexModel([("platform", 1)], name="platform", unique=True),),
)

UNPROVED: Final = "unproved"
"""The status of a credential that nothing has tried yet."""


@dataclass(frozen=True, slots=True)
class CredentialState:
    """What may be shown of a credential: never the credential."""

    platform: Platform
    status: str
    checked_at: datetime | None = None
    expires_at: datetime | None = None


class Credentials:
    """The credentials of all platforms."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._collection = database[SCHEMA.name]
        self._vault = vault

    async def steam_key(self) -> str | None:
        """Give the Steam Web API key; None when there is none.

        Raises:
            WrongSecretKey: it is encrypted with a key that this vault does not hold.
        """
        document = await self._collection.find_one({"platform": str(Platform.STEAM)})
        value = None if document is None else document.get("api_key")
        return self._vault.decrypt(value) if isinstance(value, str) and value else None

    async def set_steam_key(self, key: str) -> None:
        """Store a new Steam Web API key. What was known of the old one (status, warnings) goes with it."""
        await upsert(
            self._collection,
            {"platform": str(Platform.STEAM)},
            {
                "$set": {"api_key": self._vault.encrypt(key)},
                "$unset": {"status": "", "checked_at": "", "expires_at": "", "warned_at": ""},
            },
        )

    async def remove(self, platform: Platform) -> bool:
        """Forget a platform's credential; say whether there was one."""
        return (await self._collection.delete_one({"platform": str(platform)})).deleted_count > 0

    async def states(self) -> list[CredentialState]:
        """Say what is known of each credential that is there."""
        shown = {"platform": 1, "status": 1, "checked_at": 1, "expires_at": 1}
        return [
            CredentialState(
                platform=Platform(document["platform"]),
                status=document.get("status") or UNPROVED,
                checked_at=document.get("checked_at"),
                expires_at=document.get("expires_at"),
            )
            async for document in self._collection.find({}, shown).sort("platform", 1)
            if document.get("platform") in set(Platform)
        ]

    async def mark(self, platform: Platform, status: str, checked_at: datetime) -> None:
        """Note what trying the credential showed. Nothing happens when it was removed meanwhile."""
        await self._collection.update_one(
            {"platform": str(platform)}, {"$set": {"status": status, "checked_at": checked_at}}
        )

"""Collection `credentials`: what GUB needs to talk to each platform, one document a platform, secrets encrypted.

`grant` changes with each credential that the owner gives, `revision` also with each renewal of its tokens: a change
that follows from a credential is written only while both are what they were. Neither is in the seed's documents; absent
they count as "" and 0.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from pymongo import IndexModel

from gub.clock import Clock
from gub.domain.credentials import CredentialState, CredentialStatus, PsnCredential, Tokens, XboxCredential
from gub.domain.values import Platform
from gub.store.documents import (
    DATE_OR_NULL,
    INTEGER,
    OBJECT_OR_NULL,
    STRING,
    TEXT_OR_NULL,
    CollectionSchema,
    Database,
    Document,
    integer_of,
    text_of,
    time_of,
    upsert,
)
from gub.store.leases import Lease
from gub.store.renewals import TERM, one_at_a_time
from gub.store.sealing import SECRETS, opened, resealed, sealed
from gub.store.tokens import tokens_document, tokens_of
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
        "grant": TEXT_OR_NULL,
        "revision": INTEGER,
        "status": TEXT_OR_NULL,
        "checked_at": DATE_OR_NULL,
        "expires_at": DATE_OR_NULL,
        "secret_expires_at": DATE_OR_NULL,
        "warned_at": DATE_OR_NULL,
        "secret_warned_at": DATE_OR_NULL,
        "dead_told_at": DATE_OR_NULL,
        "silence_told_at": DATE_OR_NULL,
    },
    indexes=(IndexModel([("platform", 1)], name="platform", unique=True),),
)

_KNOWN_OF_IT: Final = (
    "status",
    "checked_at",
    "expires_at",
    "secret_expires_at",
    "warned_at",
    "secret_warned_at",
    "dead_told_at",
    "silence_told_at",
)
_ATTEMPTS: Final = 50  # each fails only if the same credential was changed in that moment
_SECRET_PARTS: Final = ("client_id", "client_secret", "npsso", "api_key", "tokens")


class Credentials:
    """The credentials of all platforms. Whatever reads one raises WrongSecretKey when the vault cannot open it."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._collection = database[SCHEMA.name]
        self._vault = vault

    def renewing(self, platform: Platform, clock: Clock) -> AbstractAsyncContextManager[None]:
        """Be the one process that renews a platform's tokens, for a block (`renewals.one_at_a_time`)."""
        return one_at_a_time(Lease(self._database, clock, f"renewal:{platform}", uuid4().hex, TERM), clock)

    async def xbox(self) -> XboxCredential | None:
        """Give Xbox's credential; None when there is none that could be used."""
        found = await self._read(Platform.XBOX)
        client_id = text_of(found.get("client_id"))
        if client_id is None:
            return None
        return XboxCredential(
            client_id=client_id,
            client_secret=found["client_secret"],
            tokens=tokens_of(found.get("tokens")),
            grant=text_of(found.get("grant")) or "",
            revision=integer_of(found.get("revision")) or 0,
        )

    async def psn(self) -> PsnCredential | None:
        """Give PlayStation's credential; None when there is none that could be used."""
        found = await self._read(Platform.PSN)
        tokens = tokens_of(found.get("tokens"))
        npsso = found.get("npsso")
        if tokens is None and npsso is None:
            return None
        return PsnCredential(
            npsso=npsso,
            tokens=tokens,
            grant=text_of(found.get("grant")) or "",
            revision=integer_of(found.get("revision")) or 0,
        )

    @property
    def encrypts(self) -> bool:
        """Say whether secrets are encrypted when they are stored."""
        return self._vault.is_locked

    async def steam_key(self) -> str | None:
        """Give the Steam Web API key; None when there is none."""
        key = (await self._read(Platform.STEAM)).get("api_key")
        return key if isinstance(key, str) else None

    async def set_xbox(
        self,
        client_id: str,
        client_secret: str | None,
        tokens: Tokens,
        now: datetime,
        secret_expires_at: datetime | None = None,
    ) -> None:
        """Store what the owner gave and Xbox has accepted, in the old one's place."""
        given = {"client_id": client_id, "client_secret": client_secret, "tokens": tokens_document(tokens)}
        known = {"secret_expires_at": secret_expires_at, "expires_at": tokens.refresh_expires_at}
        await self._give(Platform.XBOX, given, {"status": str(CredentialStatus.OK), "checked_at": now, **known})

    async def set_psn(self, npsso: str, tokens: Tokens, now: datetime) -> None:
        """Store what the owner gave and PlayStation Network has accepted, in the old one's place."""
        given = {"npsso": npsso, "tokens": tokens_document(tokens)}
        known = {"expires_at": tokens.refresh_expires_at}
        await self._give(Platform.PSN, given, {"status": str(CredentialStatus.OK), "checked_at": now, **known})

    async def set_steam_key(self, key: str) -> None:
        """Store a new Steam Web API key, which counts as unproved until it is marked, in the old one's place."""
        await self._give(Platform.STEAM, {"api_key": key}, {})

    async def keep_xbox(self, of: XboxCredential, tokens: Tokens, now: datetime) -> XboxCredential | None:
        """Store tokens renewed from this very credential; give what is stored then, None when it was removed.

        They are not stored when another renewal was first, or the owner gave another credential meanwhile.
        """
        await self._keep(Platform.XBOX, of.grant, of.revision, tokens, now)
        return await self.xbox()

    async def keep_psn(self, of: PsnCredential, tokens: Tokens, now: datetime) -> PsnCredential | None:
        """Do the same for PlayStation's."""
        await self._keep(Platform.PSN, of.grant, of.revision, tokens, now)
        return await self.psn()

    async def died(self, platform: Platform, grant: str, now: datetime, *, revision: int | None = None) -> bool:
        """Note that the platform refuses this credential for good; say whether it is the one that is stored.

        With a `revision`, tokens that were renewed meanwhile are another one too.
        """
        which = {"platform": str(platform), **_granted(grant)} | ({} if revision is None else _revised(revision))
        change = {"$set": {"status": str(CredentialStatus.DEAD), "checked_at": now}}
        return (await self._collection.update_one(which, change)).matched_count > 0

    async def revived(self, platform: Platform, grant: str, now: datetime) -> bool:
        """Note that what was dead works again, as a new grant; say whether it is the one that is stored.

        So whoever had given it up, in this process or another, takes it up at once.
        """
        known = {"grant": uuid4().hex, "status": str(CredentialStatus.OK), "checked_at": now}
        change = {"$set": known, "$unset": {"dead_told_at": ""}}
        which = {"platform": str(platform), **_granted(grant)}
        return (await self._collection.update_one(which, change)).matched_count > 0

    async def mark(self, platform: Platform, status: str, checked_at: datetime) -> None:
        """Note what trying the credential showed. Nothing happens when it was removed meanwhile."""
        change: dict[str, Any] = {"$set": {"status": str(status), "checked_at": checked_at}}
        if status != CredentialStatus.DEAD:
            change["$unset"] = {"dead_told_at": ""}
        await self._collection.update_one({"platform": str(platform)}, change)

    async def warned(self, platform: Platform, now: datetime) -> None:
        """Note that the owners were told that its end is near."""
        await self._collection.update_one({"platform": str(platform)}, {"$set": {"warned_at": now}})

    async def secret_warned(self, platform: Platform, now: datetime) -> None:
        """Note that the owners were told that the end of its client secret is near."""
        await self._collection.update_one({"platform": str(platform)}, {"$set": {"secret_warned_at": now}})

    async def dead_told(self, platform: Platform, now: datetime) -> None:
        """Note that the owners were told that it is dead, unless it has come to life meanwhile."""
        dead = {"platform": str(platform), "status": str(CredentialStatus.DEAD)}
        await self._collection.update_one(dead, {"$set": {"dead_told_at": now}})

    async def silence_told(self, platform: Platform, at: datetime | None) -> None:
        """Note when the owners were told that the platform does not answer; None: that it does again."""
        change = {"$unset": {"silence_told_at": ""}} if at is None else {"$set": {"silence_told_at": at}}
        await self._collection.update_one({"platform": str(platform)}, change)

    async def remove(self, platform: Platform) -> bool:
        """Forget a platform's credential; say whether there was one."""
        return (await self._collection.delete_one({"platform": str(platform)})).deleted_count > 0

    async def states(self) -> list[CredentialState]:
        """Say what is known of each credential that is there."""
        shown = {"platform": 1} | dict.fromkeys(_KNOWN_OF_IT, 1)
        return [
            _state(document)
            async for document in self._collection.find({}, shown).sort("platform", 1)
            if document.get("platform") in set(Platform)
        ]

    async def reencrypt(self) -> int:
        """Write every secret anew with the vault's first key; say in how many credentials. Without keys, in none.

        A renewal meanwhile is never undone: what it wrote is read and rewritten instead.

        Raises:
            WrongSecretKey: one cannot be opened. Then nothing was written.
        """
        if not self._vault.is_locked:
            return 0
        documents = await self._collection.find({}).to_list()
        for document in documents:
            resealed(self._vault, document)
        return sum([await self._reseal(document) for document in documents])

    async def _reseal(self, document: Document | None) -> bool:
        """Rewrite one, while each secret is what was read; say whether there was anything to rewrite."""
        for _ in range(_ATTEMPTS):
            before, after = resealed(self._vault, document or {})
            if document is None or not before:
                return False
            if (await self._collection.update_one({"_id": document["_id"]} | before, {"$set": after})).matched_count:
                return True
            document = await self._collection.find_one({"_id": document["_id"]})
        return False

    async def _read(self, platform: Platform) -> Document:
        return opened(self._vault, await self._collection.find_one({"platform": str(platform)}) or {})

    async def _give(self, platform: Platform, given: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Put what the owner gave in the place of all that was stored and known, in one operation."""
        fields = sealed(self._vault, given) | {name: value for name, value in known.items() if value is not None}
        fields["grant"] = uuid4().hex
        gone = dict.fromkeys({*_SECRET_PARTS, *_KNOWN_OF_IT} - fields.keys(), "")
        change = {"$set": fields, "$unset": gone, "$inc": {"revision": 1}}
        await upsert(self._collection, {"platform": str(platform)}, change)

    async def _keep(self, platform: Platform, grant: str, revision: int, tokens: Tokens, now: datetime) -> None:
        which = {"platform": str(platform), **_granted(grant), **_revised(revision)}
        fields = sealed(self._vault, {"tokens": tokens_document(tokens), "expires_at": tokens.refresh_expires_at})
        fields |= await self._others_resealed(which)
        gone = dict.fromkeys({"expires_at"} - fields.keys(), "")
        change = {"$set": fields, "$unset": gone, "$inc": {"revision": 1}}
        if (await self._collection.update_one(which, change)).matched_count:
            # Tokens prove nothing of a dead one: Xbox Live may refuse an account for which Microsoft gives some.
            alive = {"platform": str(platform), "status": {"$ne": str(CredentialStatus.DEAD)}}
            await self._collection.update_one(alive, {"$set": {"status": str(CredentialStatus.OK), "checked_at": now}})

    async def _others_resealed(self, which: Mapping[str, Any]) -> Document:
        """Give the secrets beside the tokens as they are to be stored: they may be in the clear, from before the key.

        To be written under the same condition: then nothing has come in their place meanwhile.
        """
        if not self._vault.is_locked:
            return {}
        _, after = resealed(self._vault, await self._collection.find_one(which) or {})
        return {name: value for name, value in after.items() if name in SECRETS}


def _granted(grant: str) -> Document:
    return {"grant": grant or {"$in": [None, ""]}}


def _revised(revision: int) -> Document:
    return {"revision": revision or {"$in": [None, 0]}}


def _state(document: Document) -> CredentialState:
    status = document.get("status")
    times = {name: time_of(document.get(name)) for name in _KNOWN_OF_IT if name != "status"}
    return CredentialState(
        platform=Platform(document["platform"]),
        status=next((known for known in CredentialStatus if known == status), CredentialStatus.UNPROVED),
        **times,
    )

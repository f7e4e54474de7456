"""What the database knows of how the bot fares, for the metrics: read by nobody else, and cheap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gub.clock import Clock
from gub.domain.credentials import CredentialState
from gub.store.announcements.document import SCHEMA as ANNOUNCEMENTS
from gub.store.announcements.document import Phase
from gub.store.chats import SCHEMA as CHATS
from gub.store.credentials import Credentials
from gub.store.documents import Database, time_of
from gub.store.inbox import SCHEMA as INBOX
from gub.store.invitations.document import SCHEMA as INVITATIONS
from gub.store.notifygroups.document import SCHEMA as GROUPS
from gub.store.ringing import Ringing
from gub.store.statususers import SCHEMA as PEOPLE
from gub.store.users import SCHEMA as USERS

_COUNTED: Final = (CHATS, USERS, PEOPLE, GROUPS, INVITATIONS)
_COUNTED_SECONDS: Final = 300.0
_LOOKED_AT: Final = 1000
"""Of so many updates that wait the oldest is looked for; when there are more, their number says enough."""

_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class DatabaseFigures:
    """How much of what there is. `credential_ends` has seconds by platform and `sign_in` or `client_secret`."""

    pending: int
    oldest_seconds: float
    ringing_jobs: int
    ringing_people: int
    announcements: Mapping[str, int]
    credentials: Sequence[CredentialState]
    credential_ends: Mapping[tuple[str, str], float]


class Figures:
    """Reads the figures of one database."""

    def __init__(self, database: Database, clock: Clock, ringing: Ringing, credentials: Credentials) -> None:
        self._database = database
        self._clock = clock
        self._ringing = ringing
        self._credentials = credentials
        self._looked_at = {schema.name: float("-inf") for schema in _COUNTED}
        self._documents: dict[str, int] = {}

    async def documents(self) -> Mapping[str, int]:
        """Say about how many documents there are, by collection; each is counted anew every five minutes.

        One at a time: MongoDB knows its counts, the embedded server takes 0.7 s for 100,000 (measured).
        """
        name = min(self._looked_at, key=self._looked_at.__getitem__)
        now = self._clock.monotonic()
        if now - self._looked_at[name] >= _COUNTED_SECONDS:
            self._looked_at[name] = now
            self._documents[name] = await self._database[name].estimated_document_count()
        return dict(self._documents)

    async def read(self, bot_id: int) -> DatabaseFigures:
        """Read all of them; `bot_id` says whose updates count."""
        rings = await self._ringing.all()
        credentials = await self._credentials.states()
        return DatabaseFigures(
            pending=await self._database[INBOX.name].count_documents(_waiting(bot_id), limit=_MOST),
            oldest_seconds=await self._oldest(bot_id),
            ringing_jobs=len(rings),
            ringing_people=sum(len(job.left) for job in rings),
            announcements=await self._announcements(),
            credentials=credentials,
            credential_ends=_ends(credentials, self._clock.now()),
        )

    async def _oldest(self, bot_id: int) -> float:
        cursor = self._database[INBOX.name].find(_waiting(bot_id), {"_id": 0, "received_at": 1}, limit=_LOOKED_AT)
        received = [at async for document in cursor if (at := time_of(document.get("received_at"))) is not None]
        return max(0.0, (self._clock.now() - min(received)).total_seconds()) if received else 0.0

    async def _announcements(self) -> dict[str, int]:
        phases = dict.fromkeys(map(str, Phase), 0)
        async for document in self._database[ANNOUNCEMENTS.name].find({}, {"_id": 0, "phase": 1}, limit=_LOOKED_AT):
            if document.get("phase") in phases:
                phases[document["phase"]] += 1
        return phases


def _waiting(bot_id: int) -> dict[str, object]:
    return {"bot_id": bot_id, "state": "new"}


def _ends(credentials: Sequence[CredentialState], now: datetime) -> dict[tuple[str, str], float]:
    return {
        (str(state.platform), what): (end - now).total_seconds()
        for state in credentials
        for what, end in (("sign_in", state.expires_at), ("client_secret", state.secret_expires_at))
        if end is not None
    }

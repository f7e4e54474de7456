"""Telling the owners, in private, what only they can mend."""

from collections.abc import Collection

import structlog

from gub.services.credentials.watch import Notice
from gub.services.languages import Languages
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.messenger import Messenger
from gub.telegram.views.credential_notices import notice as view_of
from gub.telegram.words import speaking

log = structlog.get_logger(__name__)


class OwnerNotices:
    """Sends each notice to every owner, in their language. One who cannot be written to does not stop the others."""

    def __init__(self, messenger: Messenger, languages: Languages, owner_ids: Collection[int]) -> None:
        """Tell these."""
        self._languages = languages
        self._messenger = messenger
        self._owner_ids = owner_ids

    async def __call__(self, notice: Notice) -> bool:
        """Say whether somebody has it. Without any owner the log is all there is, and it counts."""
        log.warning("credential needs its owner", platform=str(notice.platform), news=str(notice.news))
        told = not self._owner_ids
        for owner_id in self._owner_ids:
            try:
                with speaking(await self._languages.surely(owner_id)):
                    await self._messenger.send(owner_id, view_of(notice))
            except Refused as refused:
                log.warning("an owner could not be told", user_id=owner_id, outcome=type(refused).__name__)
            else:
                told = True
        return told

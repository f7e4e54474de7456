"""Telling a group what was done in private about somebody on its list."""

import structlog

from gub.domain.values import StatusUser, Visibility
from gub.services.people import People
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.messenger import Messenger, View

log = structlog.get_logger(__name__)


async def tell_group(
    person: StatusUser, view: View, *, people: People, messenger: Messenger, thread_id: int | None = None
) -> None:
    """Tell the group of a person, if GUB is in it. Of who is hidden nothing is told: not even that they are there."""
    if person.chat_id > 0 or person.visibility is Visibility.HIDDEN or await people.place(person.chat_id) is None:
        return
    try:
        await messenger.send(person.chat_id, view, thread_id)
    except Refused as refused:
        log.info("could not tell the group", chat_id=person.chat_id, outcome=type(refused).__name__)

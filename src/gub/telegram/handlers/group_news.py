"""Telling a group what was done in private about somebody on its list, or about a notify group."""

import structlog

from gub.domain.values import Joining, NotifyGroup, StatusUser, Visibility
from gub.services.people import People
from gub.telegram.gateway.outcomes import Refused
from gub.telegram.messenger import Messenger, View

log = structlog.get_logger(__name__)


async def tell_group(
    person: StatusUser, view: View, *, people: People, messenger: Messenger, thread_id: int | None = None
) -> None:
    """Tell the group of a person. Of who is hidden nothing is told: not even that they are there."""
    if person.visibility is not Visibility.HIDDEN:
        await _tell(person.chat_id, view, thread_id, people, messenger)


async def tell_of_group(group: NotifyGroup, view: View, *, people: People, messenger: Messenger) -> None:
    """Tell the chat of a notify group, in the group's own topic. A hidden one is not named there."""
    if group.joining is not Joining.HIDDEN:
        await _tell(group.chat_id, view, group.thread_id, people, messenger)


async def _tell(chat_id: int, view: View, thread_id: int | None, people: People, messenger: Messenger) -> None:
    """Tell a group, if GUB is in it."""
    if chat_id > 0 or await people.place(chat_id) is None:
        return
    try:
        await messenger.send(chat_id, view, thread_id)
    except Refused as refused:
        log.info("could not tell the group", chat_id=chat_id, outcome=type(refused).__name__)

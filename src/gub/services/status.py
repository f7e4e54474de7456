"""What /status tells: the people of a chat, and what they do."""

from gub.domain.names import fold
from gub.domain.presence import PersonPresence
from gub.domain.values import StatusUser
from gub.presence.desk import PresenceDesk
from gub.store.store import Store


class StatusList:
    """Tells what the people of a chat do."""

    def __init__(self, store: Store, desk: PresenceDesk) -> None:
        """Find the people in `store`, and ask `desk` what they do."""
        self._store = store
        self._desk = desk

    async def of_chat(self, chat_id: int) -> list[tuple[StatusUser, PersonPresence]]:
        """Tell what everybody in the chat's /status does, who plays first, else by name."""
        people = await self._store.statususers.of_chat(chat_id)
        presences = await self._desk.of_people(people)
        told = [(person, presences[person.id]) for person in people]
        return sorted(told, key=lambda one: (one[1].status.rank, fold(one[0].display_name)))

import pytest

from gub.domain.values import Joining, KnownUser, NotifyGroup
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.group_cards.support import OPEN, Make


@pytest.fixture
def carl(stage: Stage, squad: Chat) -> User:
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    return carl


@pytest.fixture
def gone(stage: Stage) -> User:
    """Somebody who is not in the chat (any more)."""
    return stage.world.add_user("Gone")


@pytest.fixture
def make(stage: Stage, squad: Chat) -> Make:
    """Make a group, past the commands."""

    async def make(
        creator: User,
        name: str = "Warzone",
        *members: User | int,
        chat: Chat | None = None,
        joining: Joining = OPEN,
        thread_id: int | None = None,
        description: str | None = None,
    ) -> NotifyGroup:
        place = squad if chat is None else chat
        groups = stage.store.notifygroups
        people = [creator, *(one for one in members if isinstance(one, User))]
        await stage.store.users.learn([KnownUser(one.id, one.first_name, username=one.username) for one in people])
        made = await groups.create(place.id, creator.id, name, description, joining, thread_id)
        for member in members:
            await groups.join(made.id, place.id, member if isinstance(member, int) else member.id, only_open=False)
        return made

    return make

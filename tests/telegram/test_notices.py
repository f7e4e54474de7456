"""Owners are told one by one; whoever cannot be reached stops nobody else."""

import pytest
from structlog.testing import capture_logs

from gub.domain.languages import Language
from gub.domain.values import Platform
from gub.services.credentials.watch import News, Notice
from gub.services.languages import Languages
from gub.store.store import Store
from gub.telegram.gateway.outcomes import Blocked, Gone, Refused, Unreachable
from gub.telegram.notices import OwnerNotices
from gub.telegram.showing import View
from gub.telegram.words import spoken_now
from tests.support.clock import START, FakeClock

NOTICE = Notice(Platform.PSN, News.DEAD, START)


class Post:
    """Takes messages as `Messenger` does, but for those whom it cannot reach."""

    def __init__(self, **unreachable: type[Refused]) -> None:
        self.unreachable = {int(name[1:]): kind for name, kind in unreachable.items()}
        self.sent: list[int] = []
        self.spoken: dict[int, Language] = {}

    async def send(self, chat_id: int, view: View) -> None:
        assert view.items
        if chat_id in self.unreachable:
            raise self.unreachable[chat_id]("sendMessage", chat_id, "no")
        self.sent.append(chat_id)
        self.spoken[chat_id] = spoken_now()


@pytest.fixture
def languages(store: Store) -> Languages:
    return Languages(store, FakeClock())


@pytest.mark.parametrize("kind", [Blocked, Gone, Unreachable])
async def test_one_who_blocked_the_bot_does_not_stop_the_others(kind: type[Refused], languages: Languages) -> None:
    post = Post(_1=kind)
    assert await OwnerNotices(post, languages, [1, 2, 3])(NOTICE)  # type: ignore[arg-type]
    assert post.sent == [2, 3]


async def test_nobody_reached_is_not_told(languages: Languages) -> None:
    assert not await OwnerNotices(Post(_1=Blocked, _2=Gone), languages, [1, 2])(NOTICE)  # type: ignore[arg-type]


async def test_without_owners_the_log_has_it_once(languages: Languages) -> None:
    with capture_logs() as logs:
        assert await OwnerNotices(Post(), languages, [])(NOTICE)  # type: ignore[arg-type]
    assert [(entry["event"], entry["platform"]) for entry in logs] == [("credential needs its owner", "psn")]


async def test_each_owner_is_told_in_their_language(languages: Languages):
    post = Post()
    await languages.choose(1, Language.GERMAN)
    assert await OwnerNotices(post, languages, [1, 2])(NOTICE)  # type: ignore[arg-type]
    assert post.spoken == {1: Language.GERMAN, 2: Language.ENGLISH}

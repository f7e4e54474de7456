"""Boards where one process follows another, several work for one bot, or a right is lost."""

import pytest

from gub.domain.presence import Status
from gub.domain.values import StatusUser, Visibility
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.test_boards import Wall, ann_plays, hung, wall  # noqa: F401 - fixtures

pytestmark = pytest.mark.usefixtures("ann_plays")


async def test_who_hid_and_was_the_last_to_be_seen_is_gone_after_a_restart(
    stage: Stage,
    sim: SimServer,
    squad: Chat,
    ann: User,
    ann_plays: StatusUser,  # noqa: F811 - the fixture imported above
) -> None:
    async with hung(stage, sim) as before:
        board = await before.opened(ann, squad)
        await before.look()
    await stage.parts.people.show(ann_plays, ann.id, Visibility.HIDDEN)
    async with hung(stage, sim) as after:
        await after.poller.look()
        assert after.book.has_looked, "there is nobody to ask about, and that is known"
        await after.show()
    assert "Ann" not in board.text


async def test_a_board_that_a_worker_without_the_poller_sends_is_true(
    stage: Stage, sim: SimServer, squad: Chat, ann: User
) -> None:
    async with hung(stage, sim) as duty:
        await duty.opened(ann, squad)
        await duty.look()
        async with hung(stage, sim) as other:
            assert "Chess" in (await stage.answer(ann, squad, "/status")).text, "what this worker knows from now on"
            stage.steam.know("ann", Status.OFFLINE)
            await duty.look(2)
            await duty.look(2)
            board = await other.opened(ann, squad)
            assert "Offline: Ann" in board.text


async def test_what_changes_while_a_board_is_sent_is_shown(  # noqa: PLR0917 - fixtures
    wall: Wall,  # noqa: F811
    stage: Stage,
    squad: Chat,
    ann: User,
    ann_plays: StatusUser,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await wall.look()
    sends = stage.parts.board_desk.messenger.send

    async def hides_meanwhile(*args: object, **more: object) -> object:
        sent = await sends(*args, **more)  # type: ignore[arg-type]
        await stage.parts.people.show(ann_plays, ann.id, Visibility.HIDDEN)
        return sent

    with monkeypatch.context() as patched:
        patched.setattr(stage.parts.board_desk.messenger, "send", hides_meanwhile)
        board = await wall.opened(ann, squad)
    await wall.show()
    assert "Ann" not in board.text


async def test_a_lost_right_to_pin_costs_nothing_else(
    wall: Wall,  # noqa: F811
    stage: Stage,
    squad: Chat,
    ann: User,
) -> None:
    bot = stage.world.default_bot.user
    stage.world.promote(bot, squad, ["can_pin_messages", "can_delete_messages"])
    first = await wall.opened(ann, squad)
    assert squad.pinned == [first.id]
    stage.world.promote(bot, squad, [])
    second = await wall.opened(ann, squad)
    stage.steam.know("ann", Status.ONLINE)
    await wall.look()
    assert "Ann - online" in second.text
    ended = await stage.press(ann, second, "End")
    assert ended is not None
    assert not ended.alert
    await wall.show()
    assert "This board ended" in second.text

"""/feedback, from whoever has something to say to the owners and back."""

import pytest
from structlog.testing import capture_logs

from gub.domain.languages import Language
from gub.sandbox.telegram.models import Chat, User
from gub.telegram.views.feedback import FeedbackTap
from tests.telegram.handlers.conftest import Stage

OWNER, SECOND = 1001, 1002


@pytest.fixture
def owner_ids() -> frozenset[int]:
    return frozenset({OWNER, SECOND})


@pytest.fixture
def olga(stage: Stage) -> User:
    """An owner. The other one, Otto, is to be started by the test."""
    olga, _ = stage.world.add_user("Olga"), stage.world.add_user("Otto")
    assert olga.id == OWNER
    stage.world.start(olga)
    return olga


@pytest.fixture
async def otto(stage: Stage, olga: User) -> User:
    otto = stage.world.find_user(olga.id + 1)
    stage.world.start(otto)
    await stage.settle()
    return otto


async def test_d80_feedback_reaches_every_owner_with_who_and_where(
    stage: Stage, olga: User, otto: User, ann: User, squad: Chat
):
    answer = await stage.answer(ann, squad, "/feedback The  list is *great*\nbut slow")
    assert "Thank you" in answer.text
    for owner in (olga, otto):
        told = stage.by_bot(owner)[-1]
        assert "Ann" in told.text
        assert "Squad" in told.text
        assert told.text.endswith("The  list is *great*\nbut slow")
        assert not stage.pinged(told)
        assert told.button("Reply")


async def test_d80_feedback_in_private_needs_no_text_at_first(stage: Stage, olga: User, ann: User):
    asked = await stage.answer(ann, ann, "/feedback")
    assert asked.button("Cancel")
    assert "Thank you" in (await stage.answer(ann, ann, "More dogs")).text
    told = stage.by_bot(olga)[-1]
    assert told.text.endswith("More dogs")
    assert "from" not in told.text
    assert "only understand commands" in (await stage.answer(ann, ann, "And cats")).text


async def test_d80_in_a_group_it_needs_a_text(stage: Stage, olga: User, ann: User, squad: Chat):
    before = len(stage.by_bot(olga))
    assert "/feedback I'd like" in (await stage.answer(ann, squad, "/feedback")).text
    assert "/feedback I'd like" in (await stage.answer(ann, squad, "/feedback   ")).text
    assert len(stage.by_bot(olga)) == before


async def test_looks_are_kept_and_nobody_is_pinged_by_it(stage: Stage, olga: User, ann: User, bob: User, squad: Chat):
    marks = [
        {"type": "bold", "offset": 10, "length": 4},
        {"type": "text_mention", "offset": 15, "length": 3, "user": bob.id},
    ]
    await stage.answer(ann, squad, "/feedback 🎮🎮 Bob", entities=marks)
    told = stage.by_bot(olga)[-1]
    (bold,) = [one for one in told.entities if one["type"] == "bold" and one["offset"] > 10]
    assert told.text.encode("utf-16-le")[bold["offset"] * 2 :][: bold["length"] * 2].decode("utf-16-le") == "🎮🎮"
    assert not [one for one in told.entities if one["type"] == "text_mention"]


async def test_cancelled_feedback_reaches_nobody(stage: Stage, olga: User, ann: User):
    for way in ("button", "word"):
        asked = await stage.answer(ann, ann, "/feedback")
        before = len(stage.by_bot(olga))
        if way == "button":
            await stage.press(ann, asked, "Cancel")
            assert "tell nobody" in stage.by_bot(ann)[-1].text
        else:
            assert "tell nobody" in (await stage.answer(ann, ann, "Cancel")).text
        assert len(stage.by_bot(olga)) == before


async def test_one_owner_who_can_be_reached_is_enough(stage: Stage, olga: User, ann: User, squad: Chat):
    assert "Thank you" in (await stage.answer(ann, squad, "/feedback hello")).text
    assert stage.by_bot(olga)[-1].text.endswith("hello")


async def test_when_no_owner_can_be_reached_it_says_so_and_keeps_nothing(
    stage: Stage, olga: User, ann: User, squad: Chat
):
    await stage.settle()
    stage.world.block(olga)
    await stage.settle()
    with capture_logs() as logs:
        answer = await stage.answer(ann, squad, "/feedback the secret wish")
        private = await stage.answer(ann, ann, "/feedback the secret wish")
    for said in (answer, private):
        assert "Nobody has read this" in said.text
        assert "Thank" not in said.text
    assert "secret wish" not in str(logs)
    assert {entry["event"] for entry in logs} >= {"feedback missed an owner"}


async def test_nobody_floods_the_owners(stage: Stage, olga: User, ann: User, bob: User, squad: Chat):
    for number in range(5):
        assert "Thank you" in (await stage.answer(ann, squad, f"/feedback {number}")).text
    before = len(stage.by_bot(olga))
    assert "in 60 minutes" in (await stage.answer(ann, squad, "/feedback once more")).text
    await stage.answer(ann, ann, "/feedback")
    assert "in 60 minutes" in (await stage.answer(ann, ann, "once more")).text
    assert "only understand commands" in (await stage.answer(ann, ann, "and more")).text
    assert len(stage.by_bot(olga)) == before
    assert "Thank you" in (await stage.answer(bob, squad, "/feedback mine")).text
    await stage.clock.advance(3601)
    assert "Thank you" in (await stage.answer(ann, squad, "/feedback once more")).text


async def test_an_anonymous_admin_is_refused_kindly(stage: Stage, ann: User, squad: Chat):
    assert "writing as the group" in (await stage.answer(ann, squad, "/feedback hi", anonymous=True)).text


async def test_an_owner_answers_in_private(stage: Stage, olga: User, ann: User, squad: Chat):
    stage.world.start(ann)
    await stage.settle()
    await stage.answer(ann, squad, "/feedback More dogs")
    told = stage.by_bot(olga)[-1]
    await stage.press(olga, told, "Reply")
    asked = stage.by_bot(olga)[-1]
    assert "Ann" in asked.text
    groups = len(stage.by_bot(squad))
    assert "Ann has your answer" in (await stage.answer(olga, olga, "Soon, *promised*")).text
    brought = stage.by_bot(ann)[-1]
    assert "An answer to your feedback" in brought.text
    assert "Soon, *promised*" in brought.text
    assert len(stage.by_bot(squad)) == groups
    assert not asked.buttons


async def test_who_never_started_the_bot_is_answered_where_they_wrote(stage: Stage, olga: User, ann: User, squad: Chat):
    await stage.answer(ann, squad, "/feedback More dogs")
    command = stage.world.messages(squad)[-2]
    await stage.press(olga, stage.by_bot(olga)[-1], "Reply")
    told = await stage.answer(olga, olga, "Soon")
    assert "answered in Squad" in told.text
    brought = stage.by_bot(squad)[-1]
    assert brought.text == "💬 An answer to the feedback of Ann:\n\nSoon"
    assert brought.reply_to == command.id


async def test_an_answer_finds_a_group_that_became_a_supergroup(stage: Stage, olga: User, ann: User):
    chat = stage.world.add_group("Old", [ann])
    stage.world.add_bot(chat, ann)
    await stage.settle()
    await stage.answer(ann, chat, "/feedback More dogs")
    moved = stage.world.migrate(chat)
    await stage.settle()
    await stage.press(olga, stage.by_bot(olga)[-1], "Reply")
    assert "answered in Old" in (await stage.answer(olga, olga, "Soon")).text
    brought = stage.by_bot(moved)[-1]
    assert brought.text.endswith("Soon")
    assert brought.reply_to is None, "the number is another message's there"


async def test_whom_no_answer_can_reach(stage: Stage, olga: User, ann: User):
    stage.world.start(ann)
    await stage.settle()
    await stage.answer(ann, ann, "/feedback More dogs")
    stage.world.block(ann)
    await stage.settle()
    await stage.press(olga, stage.by_bot(olga)[-1], "Reply")
    assert "reached nobody" in (await stage.answer(olga, olga, "Soon")).text


async def test_an_answer_that_telegram_does_not_take_is_asked_for_again(stage: Stage, olga: User, ann: User):
    stage.world.start(ann)
    await stage.settle()
    await stage.answer(ann, ann, "/feedback More dogs")
    await stage.press(olga, stage.by_bot(olga)[-1], "Reply")
    stage.world.fail("sendMessage", "400", 1, description="Bad Request: no idea", chat_id=ann.id)
    assert "again in a minute" in (await stage.answer(olga, olga, "Soon")).text
    assert "has your answer" in (await stage.answer(olga, olga, "Soon")).text
    assert "Soon" in stage.by_bot(ann)[-1].text


async def test_the_answer_survives_a_restart_and_can_be_cancelled(stage: Stage, olga: User, ann: User):
    stage.world.start(ann)
    await stage.settle()
    await stage.answer(ann, ann, "/feedback More dogs")
    told = stage.by_bot(olga)[-1]
    stage.restart()
    await stage.press(olga, told, "Reply")
    stage.restart()
    await stage.press(olga, stage.by_bot(olga)[-1], "Cancel")
    assert "answer nothing" in stage.by_bot(olga)[-1].text
    await stage.press(olga, told, "Reply")
    stage.restart()
    assert "has your answer" in (await stage.answer(olga, olga, "Soon")).text


async def test_only_an_owner_answers(stage: Stage, olga: User, ann: User, bob: User, squad: Chat):
    stage.world.start(ann)
    await stage.settle()
    await stage.answer(ann, squad, "/feedback More dogs")
    data = stage.by_bot(olga)[-1].button("Reply")
    mine = await stage.answer(bob, bob, "/feedback")
    before = len(stage.by_bot(bob))
    answer = await stage.press_data(bob, mine, data, forged=True)
    assert answer is not None
    assert answer.alert
    assert len(stage.by_bot(bob)) == before


async def test_everybody_reads_their_own_language(stage: Stage, olga: User, ann: User, squad: Chat):
    stage.world.start(ann)
    await stage.settle()
    spoken = []
    of = stage.parts.languages.of

    async def noting(chat_id: int, told: str | None = None) -> Language:
        spoken.append(chat_id)
        return await of(chat_id, told)

    stage.parts.languages.of = noting  # type: ignore[method-assign]
    await stage.answer(ann, squad, "/feedback More dogs")
    assert spoken == [squad.id, OWNER, SECOND]
    await stage.press(olga, stage.by_bot(olga)[-1], "Reply")
    spoken.clear()
    await stage.answer(olga, olga, "Soon")
    assert spoken == [OWNER, ann.id]


def test_what_the_button_carries_fits() -> None:
    widest = FeedbackTap(user=2**52, chat=-(2**52), message=2**31 - 1)
    assert len(widest.pack()) <= 64
    with pytest.raises(ValueError, match="less than or equal"):
        FeedbackTap(user=2**52 + 1, chat=0, message=0)

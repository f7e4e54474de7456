"""Changing a notify group's name and description, in private."""

from datetime import timedelta

import pytest

from gub.domain.limits import DESCRIPTION_UNITS
from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from gub.telegram.views.keyboards import Step
from tests.support.clock import FakeClock
from tests.telegram.handlers.conftest import Stage

OVER = "I only understand commands"


@pytest.fixture
async def war(stage: Stage, squad: Chat, ann: User, bob: User) -> NotifyGroup:
    """A group of Ann's, with Bob in it."""
    made = await stage.store.notifygroups.create(squad.id, ann.id, "Warzone", "evenings", Joining.OPEN, None)
    await stage.store.notifygroups.join(made.id, squad.id, bob.id)
    return await of(stage, made)


async def of(stage: Stage, group: NotifyGroup) -> NotifyGroup:
    found = await stage.store.notifygroups.find(group.id)
    assert found is not None
    return found


async def tapped(
    stage: Stage, user: User, group: NotifyGroup, action: str = "name", place: Chat | None = None
) -> tuple[SimMessage, CallbackAnswer | None]:
    """Let somebody tap Name or Description on a group's card; give the message, and what answered."""
    (message,) = (await stage.said(user, user if place is None else place, "/help"))[-1:]
    return message, await stage.press_data(user, message, f"gc:{action}:{group.id}:0:0", forged=True)


async def asked(stage: Stage, user: User, group: NotifyGroup, action: str = "name") -> SimMessage:
    message, answer = await tapped(stage, user, group, action)
    assert answer is not None
    assert not answer.alert
    return message


def alerted(answer: CallbackAnswer | None, words: str) -> None:
    assert answer is not None
    assert answer.alert
    assert words in answer.text


async def test_the_name_is_changed_and_the_chat_is_told(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    question = await asked(stage, ann, war)
    assert "What should Warzone be called?" in question.text
    before = len(stage.by_bot(squad))
    done = await stage.answer(ann, ann, "DMZ")
    assert done.text == "✅ It's called DMZ now."
    assert done.button("Back") == f"gc:card:{war.id}:0:0"
    assert not question.buttons
    assert (await of(stage, war)).name == "DMZ"
    (news,) = stage.by_bot(squad)[before:]
    assert news.text == "✏️ Ann renamed Warzone: it's DMZ now. Call it with\n/notify DMZ"
    assert not stage.pinged(news)
    assert OVER in (await stage.answer(ann, ann, "Other")).text


async def test_the_description_is_changed_and_taken_away(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    question = await asked(stage, ann, war, "desc")
    assert "Now it says: evenings" in question.text
    done = await stage.answer(ann, ann, "mornings\n\n@Ann_A")
    assert "has a new description:\nmornings\n@Ann_A" in done.text
    assert (await of(stage, war)).description == "mornings\n@Ann_A"
    assert stage.by_bot(squad)[-1].text == "📝 Ann described Warzone anew:\nmornings\n@Ann_A"
    assert not stage.pinged(stage.by_bot(squad)[-1])
    question = await asked(stage, ann, war, "desc")
    await stage.press(ann, question, "Delete the description")
    assert question.text == "✅ Warzone has no description any more."
    assert (await of(stage, war)).description is None
    assert stage.by_bot(squad)[-1].text == "📝 Ann took the description of Warzone away."
    question = await asked(stage, ann, war, "desc")
    assert [button["text"] for button in question.buttons] == ["Cancel"]


async def test_of_a_hidden_group_nothing_is_told(stage: Stage, squad: Chat, ann: User):
    hidden = await stage.store.notifygroups.create(squad.id, ann.id, "Secret", "x", Joining.HIDDEN, None)
    before = len(stage.by_bot(squad))
    await asked(stage, ann, hidden)
    await stage.answer(ann, ann, "Secret2")
    await asked(stage, ann, hidden, "desc")
    await stage.answer(ann, ann, "y")
    await stage.press(ann, await asked(stage, ann, hidden, "desc"), "Delete")
    changed = await of(stage, hidden)
    assert (changed.name, changed.description) == ("Secret2", None)
    assert len(stage.by_bot(squad)) == before


async def test_d39_the_chat_is_told_in_the_group_s_own_topic(stage: Stage, ann: User):
    forum = await stage.group(ann, forum=True)
    topic = stage.world.open_topic(forum, "Games")
    group = await stage.store.notifygroups.create(forum.id, ann.id, "War", None, Joining.OPEN, topic.id)
    await asked(stage, ann, group)
    await stage.answer(ann, ann, "War2")
    assert stage.by_bot(forum)[-1].thread_id == topic.id


async def test_d22_d31_a_taken_name_is_said_and_asked_for_again(
    stage: Stage, squad: Chat, ann: User, bob: User, war: NotifyGroup
):
    await stage.store.notifygroups.create(squad.id, bob.id, "DMZ", None, Joining.OPEN, None)
    await asked(stage, ann, war)
    for taken in ("DMZ", "dmz", "dMz"):
        again = await stage.answer(ann, ann, taken)
        assert f"{taken} is taken here already" in again.text
        assert "What should Warzone be called?" in again.text
    assert (await of(stage, war)).name == "Warzone"
    assert "It's called Apex now" in (await stage.answer(ann, ann, "Apex")).text


async def test_its_own_name_in_another_case_is_free(stage: Stage, ann: User, war: NotifyGroup):
    await asked(stage, ann, war)
    assert "It's called WARZONE now" in (await stage.answer(ann, ann, "WARZONE")).text


async def test_the_same_again_is_no_news(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    before = len(stage.by_bot(squad))
    await asked(stage, ann, war)
    assert "It's called Warzone now" in (await stage.answer(ann, ann, "Warzone")).text
    await asked(stage, ann, war, "desc")
    assert "evenings" in (await stage.answer(ann, ann, " evenings ")).text
    assert len(stage.by_bot(squad)) == before


async def test_d13_names_of_any_script_and_signs_are_names(stage: Stage, ann: User, war: NotifyGroup):
    for name in ("C++", "(duo)", "$ne", "🎮", "Дота", "x" * 32):
        await asked(stage, ann, war)
        await stage.answer(ann, ann, name)
        assert (await of(stage, war)).name == name


async def test_d23_d24_bad_names_are_asked_for_again_and_one_that_would_do_is_offered(
    stage: Stage, ann: User, war: NotifyGroup
):
    await asked(stage, ann, war)
    for name, told in (
        ("x" * 33, "32 characters at most"),
        ("\u200b", "can't be seen"),
        ("War zone " * 20, "one word"),
    ):
        again = await stage.answer(ann, ann, name)
        assert told in again.text
        assert "What should Warzone be called?" in again.text
    assert again.button("Use War_zone_")
    second = await stage.answer(ann, ann, "Call of Duty")
    use_first = second.button("Use")
    alerted(await stage.press_data(ann, again, use_first, forged=True), "answered already")
    await stage.press(ann, second, "Use Call_of_Duty")
    assert second.text == "✅ It's called Call_of_Duty now."
    assert (await of(stage, war)).name == "Call_of_Duty"


async def test_a_name_that_was_offered_and_is_taken_since_is_said(
    stage: Stage, squad: Chat, ann: User, bob: User, war: NotifyGroup
):
    await asked(stage, ann, war)
    again = await stage.answer(ann, ann, "Call of Duty")
    await stage.said(bob, squad, "/newgroup call_of_duty")
    await stage.press(ann, again, "Use")
    assert "Call_of_Duty is taken here already" in again.text
    assert [button["text"] for button in again.buttons] == ["Cancel"]
    assert (await of(stage, war)).name == "Warzone"


async def test_d23_a_description_that_is_too_long_or_not_to_be_seen_is_said(stage: Stage, ann: User, war: NotifyGroup):
    await asked(stage, ann, war, "desc")
    for text in ("x" * (DESCRIPTION_UNITS + 1), "\u200b \u202e"):
        again = await stage.answer(ann, ann, text)
        assert "up to 256 characters" in again.text
        assert again.button("Delete the description")
    assert (await of(stage, war)).description == "evenings"


@pytest.mark.parametrize("action", ["name", "desc"])
async def test_d25_cancel_changes_nothing(stage: Stage, squad: Chat, ann: User, war: NotifyGroup, action: str):
    before = len(stage.by_bot(squad))
    for how in ("button", "cancel", "CANCEL "):
        question = await asked(stage, ann, war, action)
        data, ended = question.button("Cancel"), question
        if how == "button":
            await stage.press(ann, question, "Cancel")
        else:
            ended = await stage.answer(ann, ann, how)
            assert not question.buttons
        assert ended.text == "Cancelled: Warzone stays as it is."
        alerted(await stage.press_data(ann, question, data, forged=True), "Type the command again")
        assert OVER in (await stage.answer(ann, ann, "Other")).text
    assert await of(stage, war) == war
    assert len(stage.by_bot(squad)) == before


@pytest.mark.parametrize("action", ["name", "desc"])
async def test_answers_that_were_not_asked_for_change_nothing(
    stage: Stage, ann: User, bob: User, war: NotifyGroup, action: str
):
    question = await asked(stage, ann, war, action)
    dialog, text = question.button("Cancel").split(":")[1], question.text
    theirs = await stage.answer(bob, bob, "/help")
    for answer in set(Step) - {Step.CANCEL}:
        for at in ("name", "description", "joining"):
            data = f"d:{dialog}:{at}:{answer}"
            alerted(await stage.press_data(bob, theirs, data, forged=True), "Type the command again")
            if (action, at, answer) != ("desc", "description", Step.REMOVE):
                alerted(await stage.press_data(ann, question, data, forged=True), "answered already")
    assert question.text == text
    assert await of(stage, war) == war


async def test_a_button_twice_does_it_once(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    question = await asked(stage, ann, war, "desc")
    data, before = question.button("Delete"), len(stage.by_bot(squad))
    for _ in range(2):
        stage.world.press(ann, ann, question.id, data)
    await stage.settle()
    alerted(await stage.press_data(ann, question, data, forged=True), "")
    assert len(stage.by_bot(squad)) == before + 1


async def test_others_than_the_creator_are_told_who_may(stage: Stage, squad: Chat, bob: User, war: NotifyGroup):
    stage.world.promote(bob, squad)
    for action in ("name", "desc"):
        _, answer = await tapped(stage, bob, war, action)
        alerted(answer, "Only Ann can change Warzone")
    assert OVER in (await stage.answer(bob, bob, "Evil")).text


async def test_d40_strangers_learn_nothing(stage: Stage, squad: Chat, ann: User, bob: User, war: NotifyGroup):
    stranger = stage.world.add_user("Eve")
    hidden = await stage.store.notifygroups.create(squad.id, ann.id, "Secret", None, Joining.HIDDEN, None)
    for user, group in ((stranger, war), (bob, hidden)):
        _, answer = await tapped(stage, user, group)
        alerted(answer, "That group isn't here any more.")


async def test_in_the_chat_itself_it_does_not_begin(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    _, answer = await tapped(stage, ann, war, place=squad)
    assert answer is not None
    assert answer.alert
    assert OVER in (await stage.answer(ann, ann, "Evil")).text
    assert (await of(stage, war)).name == "Warzone"


@pytest.mark.parametrize("action", ["name", "desc"])
async def test_d10_what_others_change_meanwhile_stays(
    stage: Stage, squad: Chat, ann: User, bob: User, *, war: NotifyGroup, action: str
):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await asked(stage, ann, war, action)
    await stage.said(carl, squad, "/join Warzone")
    await stage.said(bob, squad, "/leave Warzone")
    await stage.answer(ann, ann, "DMZ")
    changed = await of(stage, war)
    assert changed.members == (ann.id, carl.id)
    assert "DMZ" in (changed.name, changed.description)


async def test_a_group_renamed_meanwhile_is_asked_about_by_its_name_of_now(
    stage: Stage, squad: Chat, ann: User, war: NotifyGroup
):
    await asked(stage, ann, war)
    await stage.store.notifygroups.rename(war.id, squad.id, "DMZ", by=ann.id)
    assert "What should DMZ be called?" in (await stage.answer(ann, ann, "x" * 40)).text
    await stage.answer(ann, ann, "Apex")
    assert "Ann renamed DMZ: it's Apex now" in stage.by_bot(squad)[-1].text


@pytest.mark.parametrize("action", ["name", "desc"])
@pytest.mark.parametrize("how", ["text", "tap", "cancel"])
async def test_d30_a_group_deleted_meanwhile_is_told(
    stage: Stage, squad: Chat, ann: User, war: NotifyGroup, *, action: str, how: str
):
    question = await asked(stage, ann, war, action)
    await stage.store.notifygroups.delete(war.id, squad.id, by=ann.id)
    before = len(stage.by_bot(squad))
    if how == "text":
        assert "That group isn't here any more." in (await stage.answer(ann, ann, "DMZ")).text
    else:
        label = "Delete" if action == "desc" and how == "tap" else "Cancel"
        alerted(await stage.press(ann, question, label), "That group isn't here any more.")
    assert not question.buttons
    assert OVER in (await stage.answer(ann, ann, "DMZ")).text
    assert len(stage.by_bot(squad)) == before


@pytest.mark.parametrize("action", ["name", "desc"])
@pytest.mark.parametrize("how", ["text", "tap"])
async def test_d29_a_group_handed_over_meanwhile_is_not_theirs_any_more(
    stage: Stage, squad: Chat, ann: User, bob: User, *, war: NotifyGroup, action: str, how: str
):
    question = await asked(stage, ann, war, action)
    await stage.said(bob, squad, "/join Warzone")  # so that the bot knows him
    await stage.store.notifygroups.hand_over(war.id, squad.id, bob.id, from_=ann.id)
    if how == "text":
        assert "Only Bob can change Warzone" in (await stage.answer(ann, ann, "Evil")).text
    else:
        alerted(await stage.press(ann, question, "Delete" if action == "desc" else "Cancel"), "Only Bob can change")
    assert not question.buttons
    changed = await of(stage, war)
    assert (changed.name, changed.description, changed.creator_id) == ("Warzone", "evenings", bob.id)
    assert OVER in (await stage.answer(ann, ann, "Evil")).text


async def test_d29_who_was_an_admin_and_is_none_keeps_the_creator_s_right(
    stage: Stage, squad: Chat, bob: User, war: NotifyGroup
):
    await stage.store.notifygroups.hand_over(war.id, squad.id, bob.id, from_=war.creator_id)
    stage.world.promote(bob, squad)
    await asked(stage, bob, war)
    stage.world.demote(bob, squad)
    assert "It's called DMZ now" in (await stage.answer(bob, bob, "DMZ")).text


async def test_d27_who_left_the_chat_meanwhile_changes_nothing(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    await asked(stage, ann, war)
    squad.members[ann.id].status = "left"
    assert "That group isn't here any more." in (await stage.answer(ann, ann, "Evil")).text
    assert (await of(stage, war)).name == "Warzone"


async def test_a_chat_that_became_a_supergroup_meanwhile(stage: Stage, ann: User):
    old = stage.world.add_group("Old", [ann])
    stage.world.add_bot(old, ann)
    await stage.settle()
    group = await stage.store.notifygroups.create(old.id, ann.id, "War", None, Joining.OPEN, None)
    await asked(stage, ann, group)
    new = stage.world.migrate(old)
    await stage.settle()
    assert "It's called DMZ now" in (await stage.answer(ann, ann, "DMZ")).text
    assert "Ann renamed War" in stage.by_bot(new)[-1].text


async def test_d43_both_dialogs_of_two_groups_are_open_at_once(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    other = await stage.store.notifygroups.create(squad.id, ann.id, "Other", None, Joining.OPEN, None)
    questions = {
        (group.name, action): await asked(stage, ann, group, action)
        for group in (war, other)
        for action in ("name", "desc")
    }
    await stage.said(ann, squad, "/help")
    await stage.answer(ann, ann, "about war", reply_to=questions["Warzone", "desc"].id)
    await stage.answer(ann, ann, "Other2", reply_to=questions["Other", "name"].id)
    await stage.answer(ann, ann, "War2", reply_to=questions["Warzone", "name"].id)
    await stage.answer(ann, ann, "about other", reply_to=questions["Other", "desc"].id)
    changed = [await of(stage, group) for group in (war, other)]
    assert [(one.name, one.description) for one in changed] == [("War2", "about war"), ("Other2", "about other")]


async def test_after_a_restart_it_goes_on_where_it_was(stage: Stage, ann: User, war: NotifyGroup):
    await asked(stage, ann, war)
    stage.restart()
    again = await stage.answer(ann, ann, "Call of Duty")
    stage.restart()
    await stage.press(ann, again, "Use")
    assert (await of(stage, war)).name == "Call_of_Duty"


async def test_after_a_day_without_an_answer_it_is_gone(
    stage: Stage, ann: User, war: NotifyGroup, dialog_clock: FakeClock
):
    question = await asked(stage, ann, war, "desc")
    await dialog_clock.advance(timedelta(hours=24).total_seconds())
    alerted(await stage.press(ann, question, "Delete"), "Type the command again to start over")
    assert OVER in (await stage.answer(ann, ann, "DMZ")).text
    assert (await of(stage, war)).description == "evenings"


async def test_d47_news_that_are_refused_are_no_failure(stage: Stage, squad: Chat, ann: User, war: NotifyGroup):
    await asked(stage, ann, war)
    stage.world.restrict_bot(squad)
    assert "It's called DMZ now" in (await stage.answer(ann, ann, "DMZ")).text


async def test_a_text_that_is_handled_again_changes_nothing_more(stage: Stage, ann: User, war: NotifyGroup):
    await asked(stage, ann, war)
    stage.world.say(ann, ann, "two words")
    (update,) = await stage.api.take()
    for _ in range(2):
        await stage.feed(update)
        assert stage.by_bot(ann)[-1].button("Use two_words")

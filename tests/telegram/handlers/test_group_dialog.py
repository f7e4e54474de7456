"""The dialog that makes a notify group, in private."""

from datetime import timedelta

import pytest

from gub.domain.limits import DESCRIPTION_UNITS, GROUPS_PER_CHAT, NAME_CHARACTERS
from gub.domain.names import visible_length
from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from gub.telegram.views.keyboards import Step
from tests.support.clock import FakeClock
from tests.telegram.handlers.conftest import Stage

OPEN, INVITE, HIDDEN = "Anybody in the chat", "Only the invited", "Hidden"
FITS = {"name": (), "description": (Step.SKIP,), "joining": (Step.OPEN, Step.INVITE_ONLY, Step.HIDDEN)}
OVER = "I only understand commands"


async def begun(stage: Stage, user: User, chat: Chat, thread_id: int | None = None) -> SimMessage:
    """Let somebody follow the link that /newgroup gives in a group."""
    topic = "" if thread_id is None else f"_{thread_id}"
    return await stage.answer(user, user, f"/start newgroup_{chat.id}{topic}")


async def until(stage: Stage, user: User, chat: Chat, *, step: str = "joining", name: str = "Warzone") -> SimMessage:
    """Answer as far as to that question, and give it."""
    question = await begun(stage, user, chat)
    if step != "name":
        question = await stage.answer(user, user, name, reply_to=question.id)
    if step == "joining":
        await stage.press(user, question, "Skip")
    return question


async def groups(stage: Stage, chat: Chat) -> list[NotifyGroup]:
    return await stage.store.notifygroups.of_chat(chat.id)


async def only_group(stage: Stage, chat: Chat) -> NotifyGroup:
    (group,) = await groups(stage, chat)
    return group


def alerted(answer: CallbackAnswer | None, words: str) -> None:
    assert answer is not None
    assert answer.alert
    assert words in answer.text


async def test_from_the_group_through_all_steps(stage: Stage, squad: Chat, ann: User):
    led = await stage.answer(ann, squad, "/newgroup")
    question = await stage.answer(ann, ann, f"/start {led.buttons[0]['url'].partition('start=')[2]}")
    assert "What should the new group in Squad be called?" in question.text
    question = await stage.answer(ann, ann, "Warzone")
    assert "What is Warzone about?" in question.text
    question = await stage.answer(ann, ann, "evenings,\n\n any  rank")
    assert "Who may join Warzone?" in question.text
    assert not await groups(stage, squad), "nothing is stored before the last answer"
    before = len(stage.by_bot(squad))
    await stage.press(ann, question, OPEN)
    group = await only_group(stage, squad)
    assert (group.name, group.description, group.joining) == ("Warzone", "evenings,\nany rank", Joining.OPEN)
    assert (group.creator_id, group.members, group.thread_id) == (ann.id, (ann.id,), None)
    (announcement,) = stage.by_bot(squad)[before:]
    assert "Warzone" in announcement.text
    assert "evenings,\nany rank" in announcement.text
    assert "Ann" in announcement.text
    assert announcement.button("Join")
    assert not stage.pinged(announcement)
    assert "✅ Warzone is ready in Squad, and you're in." in question.text
    assert "/notify Warzone" in question.text
    assert question.button("Invite") == f"gc:pick:{group.id}:0:0"
    assert question.button("Show it") == f"gc:card:{group.id}:0:0"


@pytest.mark.parametrize(
    ("label", "joining", "told"), [(OPEN, Joining.OPEN, 1), (INVITE, Joining.INVITE, 1), (HIDDEN, Joining.HIDDEN, 0)]
)
async def test_who_may_join_is_chosen_and_of_a_hidden_group_nothing_is_told(
    stage: Stage, squad: Chat, ann: User, label: str, *, joining: Joining, told: int
):
    question = await until(stage, ann, squad)
    before = len(stage.by_bot(squad))
    await stage.press(ann, question, label)
    group = await only_group(stage, squad)
    assert (group.joining, group.description) == (joining, None)
    assert len(stage.by_bot(squad)) == before + told


@pytest.mark.parametrize("step", ["name", "description", "joining"])
async def test_d25_cancel_at_every_step_makes_no_group(stage: Stage, squad: Chat, ann: User, step: str):
    before = len(stage.by_bot(squad))
    for how in ("button", "cancel", " Cancel\n", "CANCEL"):
        question = await until(stage, ann, squad, step=step)
        if how == "button":
            await stage.press(ann, question, "Cancel")
            ended = question
        else:
            ended = await stage.answer(ann, ann, how)
        assert ended.text == "Cancelled: no group was made."
        assert not question.buttons
        assert OVER in (await stage.answer(ann, ann, "Warzone")).text
    assert not await groups(stage, squad)
    assert len(stage.by_bot(squad)) == before


async def test_d13_names_of_any_script_and_signs_are_names(stage: Stage, squad: Chat, ann: User):
    names = [
        "C++",
        "(duo)",
        "$ne",
        "team?",
        ".*",
        "🎮🔥",
        "Дота",
        "ダンジョン",
        "مجموعة",
        "a:b;c",
        "@ann_a",
        "x" * NAME_CHARACTERS,
    ]
    for name in names:
        question = await until(stage, ann, squad, name=name)
        await stage.press(ann, question, OPEN)
        assert name in stage.by_bot(squad)[-1].text
        assert not stage.pinged(stage.by_bot(squad)[-1])
    assert {group.name for group in await groups(stage, squad)} == set(names)


async def test_d23_bad_names_are_said_at_once_and_asked_for_again(stage: Stage, squad: Chat, ann: User):
    await begun(stage, ann, squad)
    for name, told in (("x" * 33, "32 characters at most"), ("\u202e", "can't be seen"), ("\u200b", "can't be seen")):
        again = await stage.answer(ann, ann, name)
        assert told in again.text
        assert "One word, up to 32 characters" in again.text
        assert again.button("Cancel")
    assert "about?" in (await stage.answer(ann, ann, "Warzone")).text


async def test_d24_a_name_with_spaces_is_offered_with_underscores(stage: Stage, squad: Chat, ann: User):
    question = await begun(stage, ann, squad)
    asked = await stage.answer(ann, ann, " Call of\t Duty \n")
    assert "one word, without spaces" in asked.text
    assert "Call_of_Duty" in asked.text
    assert not question.buttons
    await stage.press(ann, asked, "Use Call_of_Duty")
    assert "What is Call_of_Duty about?" in asked.text
    await stage.press(ann, asked, "Skip")
    await stage.press(ann, asked, OPEN)
    assert (await only_group(stage, squad)).name == "Call_of_Duty"


@pytest.mark.parametrize("name", ["very long name " * 10, "👩\u200d👩\u200d👧 " * 40, "\u202eевил \u202cнейм" * 9])
async def test_d24_a_long_name_with_spaces_is_offered_shortened(stage: Stage, squad: Chat, ann: User, name: str):
    await begun(stage, ann, squad)
    asked = await stage.answer(ann, ann, name)
    assert await stage.press(ann, asked, "Use ") is not None
    assert "about?" in asked.text
    await stage.press(ann, asked, "Skip")
    await stage.press(ann, asked, OPEN)
    kept = (await only_group(stage, squad)).name
    assert " " not in kept
    assert "\u202e" not in kept
    assert 20 < visible_length(kept) <= NAME_CHARACTERS


async def test_another_name_than_the_one_offered_may_be_sent(stage: Stage, squad: Chat, ann: User):
    await begun(stage, ann, squad)
    first = await stage.answer(ann, ann, "War zone")
    use_first = first.button("Use")
    second = await stage.answer(ann, ann, "Apex legends")
    assert not first.buttons
    alerted(await stage.press_data(ann, first, use_first, forged=True), "answered already")
    await stage.press(ann, second, "Use Apex_legends")
    assert "What is Apex_legends about?" in second.text
    again = await begun(stage, ann, squad)
    await stage.answer(ann, ann, "War zone", reply_to=again.id)
    plain = await stage.answer(ann, ann, "x" * 40 + "\u202e")
    assert plain.button("Use")
    assert "What is Apex about?" in (await stage.answer(ann, ann, "Apex")).text


async def test_a_name_that_was_offered_and_is_taken_since_is_said(stage: Stage, squad: Chat, ann: User, bob: User):
    await begun(stage, ann, squad)
    asked = await stage.answer(ann, ann, "War zone")
    await stage.said(bob, squad, "/newgroup war_ZONE")
    await stage.press(ann, asked, "Use War_zone")
    assert "War_zone is taken here already" in asked.text
    assert "be called?" in asked.text
    assert not any("Use" in button["text"] for button in asked.buttons)
    taken = await stage.answer(ann, ann, "war zone")
    assert "war_zone is taken here already" in taken.text
    assert not any("Use" in button["text"] for button in taken.buttons)


async def test_d22_a_taken_name_is_said_at_once_in_whatever_case(stage: Stage, squad: Chat, ann: User):
    await stage.said(ann, squad, "/newgroup Warzone")
    await begun(stage, ann, squad)
    for name in ("Warzone", "WARZONE", "warZone"):
        asked = await stage.answer(ann, ann, name)
        assert f"{name} is taken here already" in asked.text
        assert "be called?" in asked.text


async def test_d26_a_name_taken_before_the_last_tap_is_asked_for_again_and_the_rest_is_kept(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    await begun(stage, ann, squad)
    await stage.answer(ann, ann, "Warzone")
    question = await stage.answer(ann, ann, "evenings")
    await stage.said(bob, squad, "/newgroup WARZONE")
    await stage.press(ann, question, INVITE)
    assert "Warzone is taken here already" in question.text
    assert "be called?" in question.text
    question = await stage.answer(ann, ann, "Warzone2")
    assert "Who may join Warzone2?" in question.text
    await stage.press(ann, question, INVITE)
    made = {group.name: group for group in await groups(stage, squad)}
    assert set(made) == {"WARZONE", "Warzone2"}
    assert made["Warzone2"].description == "evenings"


async def test_d23_a_description_that_is_too_long_or_not_to_be_seen_is_said(stage: Stage, squad: Chat, ann: User):
    await until(stage, ann, squad, step="description")
    for text in ("x" * (DESCRIPTION_UNITS + 1), "\u200b \u202e"):
        again = await stage.answer(ann, ann, text)
        assert "up to 256 characters" in again.text
        assert again.button("Skip")
    question = await stage.answer(ann, ann, "x" * DESCRIPTION_UNITS)
    await stage.press(ann, question, OPEN)
    assert (await only_group(stage, squad)).description == "x" * DESCRIPTION_UNITS


async def test_hostile_texts_come_through(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, title="Sunday-Squad.`*_[")
    name, about = "<b>*_`[x](y)", "`code` <i> @Ann_A {0} %s $where"
    question = await begun(stage, ann, chat)
    assert "Sunday-Squad.`*_[" in question.text
    await stage.answer(ann, ann, name)
    question = await stage.answer(ann, ann, about)
    await stage.press(ann, question, OPEN)
    group = await only_group(stage, chat)
    assert (group.name, group.description) == (name, about)
    announcement = stage.by_bot(chat)[-1]
    assert name in announcement.text
    assert about in announcement.text
    assert not stage.pinged(announcement)


async def test_a_text_where_a_button_is_waited_for_changes_nothing(stage: Stage, squad: Chat, ann: User):
    question = await until(stage, ann, squad)
    again = await stage.answer(ann, ann, "everybody")
    assert "tap one of the buttons" in again.text
    assert "Who may join Warzone?" in again.text
    assert not question.buttons
    await stage.press(ann, again, OPEN)
    assert (await only_group(stage, squad)).name == "Warzone"


@pytest.mark.parametrize("step", ["name", "description", "joining"])
async def test_every_answer_at_every_other_step_changes_nothing(
    stage: Stage, squad: Chat, ann: User, bob: User, step: str
):
    question = await until(stage, ann, squad, step=step)
    dialog, text = question.button("Cancel").split(":")[1], question.text
    theirs = await stage.answer(bob, bob, "/help")
    for answer in set(Step) - {Step.CANCEL}:
        for at in ("name", "description", "joining"):
            data = f"d:{dialog}:{at}:{answer}"
            alerted(await stage.press_data(bob, theirs, data, forged=True), "Type the command again")
            if at != step or answer not in FITS[step]:
                alerted(await stage.press_data(ann, question, data, forged=True), "answered already")
    assert question.text == text
    assert not await groups(stage, squad)


async def test_the_last_tap_twice_makes_one_group_and_tells_once(stage: Stage, squad: Chat, ann: User):
    question = await until(stage, ann, squad)
    data, before = question.button(OPEN), len(stage.by_bot(squad))
    for _ in range(2):
        stage.world.press(ann, ann, question.id, data)
    await stage.settle()
    alerted(await stage.press_data(ann, question, data, forged=True), "")
    alerted(await stage.press_data(ann, question, data.replace("open", "cancel"), forged=True), "")
    assert (await only_group(stage, squad)).name == "Warzone"
    assert len(stage.by_bot(squad)) == before + 1
    assert "is ready" in question.text


async def test_the_last_tap_after_a_crash_makes_one_group(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    question = await until(stage, ann, squad)

    async def dies(*_: object) -> bool:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(type(stage.store.dialogs), "delete", dies)
        await stage.press(ann, question, HIDDEN)
    made = await only_group(stage, squad)
    await stage.press(ann, question, OPEN)
    assert await only_group(stage, squad) == made
    assert "🙈 Hidden" in question.text, "it says what was made, not what was tapped after"


async def test_a_text_that_is_handled_again_answers_one_question(stage: Stage, squad: Chat, ann: User):
    await begun(stage, ann, squad)
    stage.world.say(ann, ann, "Warzone")
    (update,) = await stage.api.take()
    for _ in range(2):
        await stage.feed(update)
        assert "What is Warzone about?" in stage.by_bot(ann)[-1].text


async def test_d42_d43_two_dialogs_for_two_chats_and_two_for_one_do_not_disturb_each_other(
    stage: Stage, ann: User, bob: User
):
    first, second = await stage.group(ann, bob, title="First"), await stage.group(ann, bob, title="Second")
    asked = [await begun(stage, ann, chat) for chat in (first, second, second)]
    theirs = await begun(stage, bob, first)
    assert ["First" in one.text for one in asked] == [True, False, False]
    for number, name in enumerate(("One", "Two", "Three")):
        asked[number] = await stage.answer(ann, ann, name, reply_to=asked[number].id)
    theirs = await stage.answer(bob, bob, "Four", reply_to=theirs.id)
    await stage.said(ann, ann, "/help")
    await stage.said(ann, second, "/newgroup Meanwhile")
    for number in (2, 0, 1):
        await stage.press(ann, asked[number], "Skip")
        await stage.press(ann, asked[number], "Cancel" if number == 2 else OPEN)
    await stage.press(bob, theirs, "Skip")
    await stage.press(bob, theirs, INVITE)
    assert [group.name for group in await groups(stage, first)] == ["Four", "One"]
    assert [group.name for group in await groups(stage, second)] == ["Meanwhile", "Two"]
    assert "Two" in stage.by_bot(second)[-1].text


async def test_a_command_in_between_is_that_command_and_the_dialog_waits(stage: Stage, squad: Chat, ann: User):
    await until(stage, ann, squad, step="description")
    for command in ("/help", "/cancel", "/status", "/newgroup Other"):
        assert "Who may join" not in "".join(one.text for one in await stage.said(ann, ann, command))
    await stage.said(ann, squad, "/newgroup Other")
    assert "Who may join Warzone?" in (await stage.answer(ann, ann, "evenings")).text


async def test_an_addition_open_beside_it_is_not_disturbed(stage: Stage, squad: Chat, ann: User):
    await stage.connect(*stage.clients)
    adding = await stage.answer(ann, ann, f"/start add_{squad.id}")
    making = await begun(stage, ann, squad)
    assert "What's Zed's" in (await stage.answer(ann, ann, "Zed", reply_to=adding.id)).text
    assert "What is Warzone about?" in (await stage.answer(ann, ann, "Warzone", reply_to=making.id)).text
    assert "Who may join" in (await stage.answer(ann, ann, "cancelled?")).text
    assert "no group was made" in (await stage.answer(ann, ann, "cancel")).text
    assert "nobody was added" in (await stage.answer(ann, ann, "cancel")).text


async def test_after_a_restart_it_goes_on_where_it_was(stage: Stage, squad: Chat, ann: User):
    await begun(stage, ann, squad)
    stage.restart()
    asked = await stage.answer(ann, ann, "War zone")
    stage.restart()
    await stage.press(ann, asked, "Use War_zone")
    stage.restart()
    question = await stage.answer(ann, ann, "evenings")
    stage.restart()
    await stage.press(ann, question, INVITE)
    group = await only_group(stage, squad)
    assert (group.name, group.description, group.joining) == ("War_zone", "evenings", Joining.INVITE)


async def test_after_a_day_without_an_answer_it_is_gone(stage: Stage, squad: Chat, ann: User, dialog_clock: FakeClock):
    question = await until(stage, ann, squad)
    day = timedelta(hours=24).total_seconds()
    await dialog_clock.advance(day - 60)
    question = await stage.answer(ann, ann, "hm")
    assert "Who may join" in question.text, "an answer keeps it"
    await dialog_clock.advance(day)
    alerted(await stage.press(ann, question, OPEN), "Type the command again to start over")
    assert OVER in (await stage.answer(ann, ann, "Warzone")).text
    assert not await groups(stage, squad)


@pytest.mark.parametrize("how", ["leave", "kick"])
async def test_d27_who_left_before_the_last_tap_makes_no_group(
    stage: Stage, squad: Chat, ann: User, bob: User, how: str
):
    question = await until(stage, bob, squad)
    stage.world.leave(bob, squad) if how == "leave" else stage.world.kick(bob, squad)
    alerted(await stage.press(bob, question, OPEN), "not in this chat")
    assert not await groups(stage, squad)
    assert question.buttons
    stage.world.join(bob, squad, by=ann)
    await stage.press(bob, question, OPEN)
    assert (await only_group(stage, squad)).creator_id == bob.id


async def test_d40_a_stranger_learns_nothing_of_a_chat_from_its_link(stage: Stage, squad: Chat):
    stranger = stage.world.add_user("Eve")
    real = await begun(stage, stranger, squad)
    none = await stage.answer(stranger, stranger, "/start newgroup_-1009999999999")
    assert real.text == none.text
    assert "Squad" not in real.text
    assert OVER in (await stage.answer(stranger, stranger, "Warzone")).text


async def test_a_private_chat_has_no_groups(stage: Stage, ann: User, bob: User):
    await stage.said(ann, ann, "/start")
    for link in (ann.id, bob.id):
        assert "works in a group" in (await stage.answer(ann, ann, f"/start newgroup_{link}")).text
    assert OVER in (await stage.answer(ann, ann, "Warzone")).text


async def test_a_chat_that_hides_its_members_says_what_helps(stage: Stage, squad: Chat, ann: User, bob: User):
    squad.hidden_members = True
    answer = await begun(stage, bob, squad)
    assert "hides its members from me" in answer.text
    assert "/newgroup NAME" in answer.text
    assert "be called?" in (await begun(stage, ann, squad)).text, "admins are told all the same"


async def test_a_chat_that_became_a_supergroup_meanwhile_gets_the_group(stage: Stage, ann: User):
    old = stage.world.add_group("Old", [ann])
    stage.world.add_bot(old, ann)
    await stage.settle()
    await begun(stage, ann, old)
    question = await stage.answer(ann, ann, "Warzone")
    new = stage.world.migrate(old)
    await stage.settle()
    await stage.press(ann, question, "Skip")
    await stage.press(ann, question, OPEN)
    assert (await only_group(stage, new)).name == "Warzone"
    assert "Warzone" in stage.by_bot(new)[-1].text
    assert "in Old" in question.text


async def test_a_link_from_before_the_chat_became_a_supergroup_leads_there(stage: Stage, ann: User):
    old = stage.world.add_group("Old", [ann])
    stage.world.add_bot(old, ann)
    await stage.settle()
    new = stage.world.migrate(old)
    await stage.settle()
    await stage.press(ann, await until(stage, ann, old), OPEN)
    assert (await only_group(stage, new)).name == "Warzone"


async def test_d39_the_group_is_told_in_the_topic_where_it_began(stage: Stage, ann: User, bob: User):
    forum = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(forum, "Games")
    await begun(stage, ann, forum, topic.id)
    question = await stage.answer(ann, ann, "Warzone")
    await stage.press(ann, question, "Skip")
    await stage.press(ann, question, OPEN)
    assert (await only_group(stage, forum)).thread_id == topic.id
    assert stage.by_bot(forum)[-1].thread_id == topic.id


async def test_d47_an_announcement_that_is_refused_is_no_failure(stage: Stage, squad: Chat, ann: User):
    question = await until(stage, ann, squad)
    stage.world.restrict_bot(squad)
    await stage.press(ann, question, OPEN)
    assert "Warzone is ready" in question.text


async def test_d46_questions_that_are_gone_are_asked_anew(stage: Stage, squad: Chat, ann: User):
    question = await until(stage, ann, squad, step="description")
    data = question.button("Skip")
    stage.world.delete_message(ann, question.id)
    await stage.press_data(ann, question, data, forged=True)
    question = stage.by_bot(ann)[-1]
    assert "Who may join Warzone?" in question.text
    await stage.press(ann, question, OPEN)
    assert (await only_group(stage, squad)).name == "Warzone"


async def test_a_chat_with_as_many_groups_as_it_may_have_says_so(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    question = await until(stage, ann, squad)
    await stage.said(ann, squad, "/newgroup Other")
    monkeypatch.setattr("gub.store.notifygroups.finding.GROUPS_PER_CHAT", 1)
    assert GROUPS_PER_CHAT > 1
    alerted(await stage.press(ann, question, OPEN), "That's full")
    assert question.button(OPEN)
    assert len(await groups(stage, squad)) == 1

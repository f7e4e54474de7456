"""Choosing whom to invite, in private, where the apps show the person's own list of people."""

from gub.domain.values import Joining
from gub.sandbox.telegram.models import Chat, ReplyInterface, SimMessage, User
from gub.telegram.views.keyboards import CardAction, CardTap
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.invitations.conftest import asking

Crowd = dict[str, User]


async def begun(stage: Stage, user: User, chat: Chat, group: str = "Warzone") -> SimMessage:
    """Let somebody type /invite NAME in a group, follow the button, and give the question."""
    answer = await stage.answer(user, chat, f"/invite {group}")
    payload = answer.buttons[0]["url"].partition("start=")[2]
    return await stage.answer(user, user, f"/start {payload}")


def keyboard(stage: Stage, user: User) -> ReplyInterface | None:
    return stage.world.find_chat(user).interfaces.get(user.id)


def request(stage: Stage, user: User) -> int:
    """Give the number of the request that the keyboard now makes."""
    shown = keyboard(stage, user)
    assert shown is not None
    (found,) = [button["request_users"] for button in shown.buttons if "request_users" in button]
    assert (found["user_is_bot"], found["max_quantity"]) == (False, 10)
    return int(found["request_id"])


async def chosen(stage: Stage, user: User, *people: User, number: int | None = None) -> list[SimMessage]:
    """Let somebody choose, and give what the bot answered in private."""
    before = {message.id for message in stage.by_bot(user)}
    stage.world.share_users(user, user, number or request(stage, user), people, forged=number is not None)
    await stage.settle()
    return [message for message in stage.by_bot(user) if message.id not in before]


async def invited(stage: Stage, chat: Chat) -> tuple[int | str, ...]:
    group = await stage.store.notifygroups.by_name(chat.id, "Warzone")
    assert group is not None
    return group.invited


async def test_people_chosen_from_the_list_are_asked_in_the_group(
    stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd
):
    question = await begun(stage, ann, squad)
    assert question.text.startswith("Whom shall I invite into Warzone in Squad?")
    before = {message.id for message in stage.by_bot(squad)}
    (done,) = await chosen(stage, ann, crowd["Cem"], bob)
    assert done.text == "📨 I asked Cem, Bob to join Warzone in Squad."
    message = asking([one for one in stage.by_bot(squad) if one.id not in before])
    assert "⏳ Asked: Cem, Bob" in message.text
    assert stage.pinged(message) == {crowd["Cem"].id, bob.id}
    assert keyboard(stage, ann) is None, "it is taken away"
    answer = await stage.press(bob, message, "Accept")
    assert answer is not None
    assert "You are in Warzone now" in answer.text


async def test_who_cannot_be_asked_is_told_and_the_question_stays(stage: Stage, squad: Chat, ann: User):
    stranger = stage.world.add_user("Zoe")
    await begun(stage, ann, squad)
    (again,) = await chosen(stage, ann, stranger, ann)
    assert again.text.startswith("I found nobody to ask.\n👍 In Warzone already: Ann\n🚪 Not in the chat: Zoe\n")
    assert "Whom shall I invite" in again.text
    assert keyboard(stage, ann) is not None
    assert await invited(stage, squad) == ()


async def test_typed_names_do_as_well(stage: Stage, squad: Chat, ann: User):
    await begun(stage, ann, squad)
    again = await stage.answer(ann, ann, "my friends")
    assert again.text.startswith("I see no usernames in that.")
    done = await stage.answer(ann, ann, "@Cem_Plays and @dee_plays, @ann_a please")
    assert done.text == "📨 I asked @cem_plays, @dee_plays to join Warzone in Squad.\n👍 In Warzone already: Ann"
    assert await invited(stage, squad) == ("@cem_plays", "@dee_plays")
    assert "only understand commands" in (await stage.answer(ann, ann, "@eve_plays")).text, "it is over"


async def test_cancel_by_its_button_and_typed_in_any_case(stage: Stage, squad: Chat, ann: User):
    await begun(stage, ann, squad)
    before = len(stage.by_bot(ann))
    stage.world.tap_key(ann, ann, "Cancel")
    await stage.settle()
    assert stage.by_bot(ann)[before].text == "OK, nobody was invited."
    assert keyboard(stage, ann) is None
    await begun(stage, ann, squad)
    assert (await stage.answer(ann, ann, "cANCEL")).text == "OK, nobody was invited."
    assert await invited(stage, squad) == ()


async def test_d42_two_choices_at_once_do_not_disturb_each_other(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    await stage.said(ann, squad, "/newgroup Chess")
    await begun(stage, ann, squad)
    first = request(stage, ann)
    await begun(stage, ann, squad, "Chess")
    done, again = await chosen(stage, ann, crowd["Cem"], number=first)
    assert "to join Warzone" in done.text
    assert "Whom shall I invite into Chess" in again.text, "its keyboard went with the other's"
    (done,) = await chosen(stage, ann, crowd["Cem"])
    assert "to join Chess" in done.text


async def test_a_choice_that_nobody_waits_for_is_answered(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    await begun(stage, ann, squad)
    number = request(stage, ann)
    await stage.answer(ann, ann, "cancel")
    for one in (number, 12345):
        (told,) = await chosen(stage, ann, crowd["Cem"], number=one)
        assert "finished or cancelled already" in told.text
    assert await invited(stage, squad) == ()


async def test_only_the_creator_who_is_in_the_chat_may_choose(stage: Stage, squad: Chat, ann: User, bob: User):
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert (
        await stage.answer(bob, bob, f"/start invite_{group.id}")
    ).text == "Only Ann can invite people into Warzone."
    zoe = stage.world.add_user("Zoe")
    for id_ in (group.id, "0" * 24):
        assert (await stage.answer(zoe, zoe, f"/start invite_{id_}")).text == "That group isn't here any more."
    squad.members[ann.id].status = "left"
    assert "isn't here any more" in (await stage.answer(ann, ann, f"/start invite_{group.id}")).text


async def test_the_rights_are_those_of_when_the_choice_is_made(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(bob, squad, "/join Warzone")
    await begun(stage, ann, squad)
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    await stage.store.notifygroups.hand_over(group.id, squad.id, bob.id, from_=ann.id)
    (told,) = await chosen(stage, ann, stage.world.add_user("Zoe"))
    assert told.text == "Only Bob can invite people into Warzone."
    assert keyboard(stage, ann) is None


async def test_the_group_is_deleted_meanwhile(stage: Stage, squad: Chat, ann: User, bob: User):
    await begun(stage, ann, squad)
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    await stage.store.notifygroups.delete(group.id, squad.id, by=ann.id)
    (told,) = await chosen(stage, ann, bob)
    assert told.text == "That group isn't here any more."


async def test_where_members_are_hidden_it_is_to_be_done_in_the_group(stage: Stage, squad: Chat, ann: User):
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    squad.hidden_members = True
    squad.members[ann.id].status = "member"
    assert "in the group itself" in (await stage.answer(ann, ann, f"/start invite_{group.id}")).text


async def test_when_the_group_takes_no_message_that_is_said(stage: Stage, squad: Chat, ann: User, bob: User):
    await begun(stage, ann, squad)
    stage.world.fail("sendMessage", "400", 1, description="Bad Request: not enough rights", chat_id=squad.id)
    (told,) = await chosen(stage, ann, bob)
    assert "didn't let me write there" in told.text
    assert await invited(stage, squad) == ()


async def test_d3_the_question_outlives_the_process(
    stage: Stage, squad: Chat, ann: User, bob: User, another_bot: Stage
):
    await begun(stage, ann, squad)
    (done,) = await chosen(another_bot, ann, bob)
    assert done.text == "📨 I asked Bob to join Warzone in Squad."


async def test_the_card_begins_it_in_private_alone(stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd):
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    pick = CardTap(action=CardAction.PICK, group=group.id).pack()
    (invitation, *_) = await stage.said(ann, squad, "/invite Warzone @dee_plays")
    in_group = await stage.press_data(ann, invitation, pick, forged=True)
    assert in_group is not None
    assert in_group.alert
    start = await stage.answer(bob, bob, "/start")
    not_bobs = await stage.press_data(bob, start, pick, forged=True)
    assert not_bobs is not None
    assert "Only Ann" in not_bobs.text
    start = await stage.answer(ann, ann, "/start")
    await stage.press_data(ann, start, pick, forged=True)
    assert "Whom shall I invite into Warzone in Squad?" in stage.by_bot(ann)[-1].text
    (done,) = await chosen(stage, ann, crowd["Cem"])
    assert "Cem" in done.text


async def test_a_link_into_a_hidden_group_tells_nothing_to_who_may_not_know_of_it(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    made = await stage.store.notifygroups.create(squad.id, ann.id, "Secret", None, Joining.HIDDEN, None)
    for link in (f"/start invite_{made.id}", f"/start group_{made.id}"):
        (answer,) = await stage.said(bob, bob, link)
        assert "Secret" not in answer.text
        assert "Ann" not in answer.text

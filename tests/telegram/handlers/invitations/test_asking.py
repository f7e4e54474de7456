"""/invite: who is asked, how, and what the inviter is told."""

import pytest

from gub.domain.hours import Snooze
from gub.domain.limits import INVITATIONS
from gub.domain.values import Joining, KnownUser
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.invitations.conftest import asking
from tests.telegram.views.support import HOSTILE

Crowd = dict[str, User]


async def test_the_message_asks_and_pings_who_is_asked(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    message = asking(await stage.said(ann, squad, "/invite warzone @Cem_Plays @dee_plays"))
    assert message.text == (
        "📨 Ann invites you into Warzone\nevenings, any rank\n\n⏳ Asked: @cem_plays, @dee_plays\n\n"
        "Tap Accept to be called too."
    )
    assert stage.pinged(message) == {crowd["Cem"].id, crowd["Dee"].id}
    shown = [[button["text"] for button in row] for row in message.keyboard or []]
    assert shown == [["Accept", "Decline"], ["🔕 1 hour", "🌙 Tonight"], ["Revoke"]]
    assert [button.get("style") for button in message.buttons] == ["success", "danger", None, None, None]
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.invited == ("@cem_plays", "@dee_plays")


async def test_a_snooze_under_it_leaves_the_answer_open(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    message = asking(await stage.said(ann, squad, "/invite warzone @Cem_Plays"))
    seen = await stage.press(crowd["Cem"], message, "1 hour")
    assert seen is not None
    assert (seen.text or "").startswith("🔕 All quiet until ")
    assert "⏳ Asked: @cem_plays" in message.text
    assert (await stage.parts.hours.mine(crowd["Cem"].id)).snoozed_until is not None


async def test_the_long_name_of_the_command_works_too(stage: Stage, squad: Chat, ann: User):
    asking(await stage.said(ann, squad, "/invite_to_notify_group Warzone @Cem_Plays"))


async def test_d5_usernames_count_in_any_case(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    message = asking(await stage.said(ann, squad, "/invite Warzone @CEM_PLAYS"))
    answer = await stage.press(crowd["Cem"], message, "Accept")
    assert answer is not None
    assert answer.text == "You are in Warzone now. Its calls will reach you."
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id, crowd["Cem"].id)


async def test_a_username_that_changed_hands_unseen_asks_whose_it_is_now(
    stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd
):
    cem = crowd["Cem"]
    await stage.said(cem, squad, "/about")
    stage.world.rename_user(cem, username="cem_before")
    stage.world.rename_user(bob, username="Cem_Plays")
    message = asking(await stage.said(ann, squad, "/invite Warzone @cem_plays"))
    assert stage.pinged(message) == {bob.id}
    refused = await stage.press(cem, message, "Accept")
    assert refused is not None
    assert refused.text == "This invitation isn't for you."
    answer = await stage.press(bob, message, "Accept")
    assert answer is not None
    assert "You are in Warzone" in answer.text


async def test_d6_emoji_before_the_mentions_do_no_harm(stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd):
    await stage.said(ann, squad, "/newgroup 🎮👩\u200d👩\u200d👧")
    text = "/invite 🎮👩\u200d👩\u200d👧 🎲🎲 @Cem_Plays 🎲 Bob"
    offset = len(text[: text.index("Bob")].encode("utf-16-le")) // 2
    entity = {"type": "text_mention", "offset": offset, "length": 3, "user": bob.id}
    message = asking(await stage.said(ann, squad, text, entities=[entity]))
    assert "⏳ Asked: @cem_plays, Bob" in message.text
    assert stage.pinged(message) == {crowd["Cem"].id, bob.id}


@pytest.mark.parametrize("text", ["https://example.org", "#dee", "dee@example.org", "$USD /join", "everybody", ""])
async def test_d7_links_and_hashtags_are_nobody(stage: Stage, squad: Chat, ann: User, text: str):
    answer = await stage.answer(ann, squad, f"/invite Warzone {text}")
    assert "Whom shall I invite into Warzone?" in answer.text
    (button,) = answer.buttons
    assert button["text"] == "👥 Choose people"
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert button["url"].endswith(f"?start=invite_{group.id}")
    assert group.invited == ()


async def test_d8_bots_members_and_strangers_are_told_apart_and_not_asked(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd
):
    stranger = stage.world.add_user("Zoe", username="zoe_plays")
    await stage.said(stranger, stranger, "/start")
    entity = {"type": "text_mention", "offset": 16, "length": 3, "user": stranger.id}
    sent = await stage.said(
        ann, squad, "/invite Warzone Zoe @Ann_A @some_bot @Cem_Plays @gub_test_bot", entities=[entity]
    )
    message, told = sent
    assert "⏳ Asked: @cem_plays\n" in asking([message]).text
    assert told.text == (
        "I didn't ask everybody.\n🤖 Bots can't join: @some_bot, GUB\n👍 In Warzone already: Ann\n"
        "🚪 Not in the chat: Zoe"
    )
    assert not stage.pinged(told)
    assert stage.pinged(message) == {crowd["Cem"].id}


async def test_when_nobody_can_be_asked_that_is_all_that_is_said(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/invite Warzone @Ann_A")
    assert answer.text == "I found nobody to ask.\n👍 In Warzone already: Ann"
    assert not answer.buttons


async def test_d9_the_stored_name_is_shown_not_what_was_typed(stage: Stage, squad: Chat, ann: User):
    await stage.said(ann, squad, "/newgroup C++")
    assert "into C++\n" in asking(await stage.said(ann, squad, "/invite c++ @Cem_Plays")).text
    assert "no group .* here" in (await stage.answer(ann, squad, "/invite .* @Cem_Plays")).text


async def test_only_the_creator_invites(stage: Stage, squad: Chat, bob: User):
    for text in ("/invite Warzone @Cem_Plays", "/invite Warzone"):
        assert (await stage.answer(bob, squad, text)).text == "Only Ann can invite people into Warzone."


async def test_a_hidden_group_is_not_found_by_others(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.store.notifygroups.create(squad.id, ann.id, "Secret", None, Joining.HIDDEN, None)
    assert "There is no group Secret here" in (await stage.answer(bob, squad, "/invite Secret @Cem_Plays")).text
    assert "into Secret" in asking(await stage.said(ann, squad, "/invite Secret @Cem_Plays")).text


async def test_wrong_use_gets_an_example(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/invite")
    assert "/invite Warzone @ann_plays @bobby" in answer.text
    assert not stage.pinged(answer)


async def test_it_stays_in_its_topic(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Games", by=ann).id
    await stage.said(ann, chat, "/newgroup Warzone", thread_id=topic)
    message = asking(await stage.said(ann, chat, "/invite Warzone @somebody", thread_id=topic))
    assert message.thread_id == topic


async def test_more_than_five_are_pinged_by_messages_of_their_own(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    names = " ".join(f"@{person.username}" for person in crowd.values())
    message, *further = await stage.said(ann, squad, f"/invite Warzone {names}")
    everybody = [person.id for person in crowd.values()]
    assert stage.pinged(message) == set(everybody[:5])
    assert "@hal_plays, @ida_plays" in message.text, "all are shown"
    assert [stage.pinged(one) for one in further] == [set(everybody[5:])]
    assert "Warzone, you are invited too" in further[0].text


async def test_an_invitation_that_cannot_be_posted_asks_nobody(stage: Stage, squad: Chat, ann: User):
    stage.world.fail("sendMessage", "400", 2, description="Bad Request: not enough rights to send text messages")
    assert await stage.said(ann, squad, "/invite Warzone @Cem_Plays") == []
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.invited == ()


async def test_where_mentions_are_refused_it_asks_with_plain_names(stage: Stage, squad: Chat, ann: User):
    stage.world.fail("sendMessage", "400", 1, description="Bad Request: USER_ID_INVALID")
    message = asking(await stage.said(ann, squad, "/invite Warzone @Cem_Plays"))
    assert "@cem_plays" in message.text
    assert not stage.pinged(message)


async def test_who_invites_too_often_is_told_to_wait(stage: Stage, squad: Chat, ann: User):
    for _ in range(INVITATIONS):
        asking(await stage.said(ann, squad, "/invite Warzone @Cem_Plays"))
    assert "a lot of invitations" in (await stage.answer(ann, squad, "/invite Warzone @Cem_Plays")).text


async def test_where_members_are_hidden_people_are_asked_all_the_same(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(bob, squad, "/join Warzone")
    await stage.said(bob, squad, "/leave Warzone")
    squad.hidden_members = True
    entity = {"type": "text_mention", "offset": 16, "length": 3, "user": bob.id}
    message = asking(await stage.said(ann, squad, "/invite Warzone Bob", entities=[entity]))
    answer = await stage.press(bob, message, "Accept")
    assert answer is not None
    assert "You are in Warzone now" in answer.text


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
async def test_hostile_names_stay_text(stage: Stage, squad: Chat, ann: User, bob: User, name: str):
    stage.world.rename_user(ann, first_name=name[:64])
    stage.world.rename_user(bob, first_name=name[:64])
    entity = {"type": "text_mention", "offset": 16, "length": 3, "user": bob.id}
    message = asking(await stage.said(ann, squad, "/invite Warzone Bob", entities=[entity]))
    assert stage.pinged(message) == {bob.id}
    assert "into Warzone\n" in message.text


async def test_an_anonymous_admin_is_told_that_a_person_is_needed(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, admins=[ann])
    await stage.said(ann, chat, "/newgroup Warzone")
    assert "writing as the group" in (await stage.answer(ann, chat, "/invite Warzone @x_plays", anonymous=True)).text


async def snoozed(stage: Stage, crowd: Crowd, name: str) -> None:
    """Have GUB know everybody, of whom one wants peace."""
    everybody = [KnownUser(user.id, user.first_name, username=user.username) for user in crowd.values()]
    await stage.store.users.learn(everybody)
    await stage.parts.hours.snooze(crowd[name].id, Snooze.HOUR)


async def test_who_wants_peace_is_asked_and_not_pinged(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    await snoozed(stage, crowd, "Cem")
    message = asking(await stage.said(ann, squad, "/invite Warzone @cem_plays @dee_plays"))
    assert stage.pinged(message) == {crowd["Dee"].id}
    assert "Asked: Cem, Dee" in message.text
    await stage.press(crowd["Cem"], message, "Accept")
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert crowd["Cem"].id in group.members


async def test_who_wants_peace_is_left_out_of_the_further_pings(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    names = ("Cem", "Dee", "Eve", "Fay", "Gus", "Hal", "Ida")
    await snoozed(stage, crowd, "Hal")
    before = len(stage.world.pushes)
    await stage.said(ann, squad, "/invite Warzone " + " ".join(f"@{name.lower()}_plays" for name in names))
    pinged = {push.user_id for push in stage.world.pushes[before:] if push.reason == "mention"}
    assert pinged == {crowd[name].id for name in names if name != "Hal"}

"""Taps under an invitation: who may, what becomes of it, and what the message says then."""

import pytest

from gub.domain.limits import GROUP_MEMBERS, INVITATION_LIFETIME
from gub.domain.values import NotifyGroup
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.invitations.conftest import Upkeep, asking

Crowd = dict[str, User]


async def warzone(stage: Stage, chat: Chat) -> NotifyGroup:
    group = await stage.store.notifygroups.by_name(chat.id, "Warzone")
    assert group is not None
    return group


async def invited(stage: Stage, by: User, chat: Chat, names: str, group: str = "Warzone") -> SimMessage:
    return asking(await stage.said(by, chat, f"/invite {group} {names}"))


async def alerted(stage: Stage, user: User, message: SimMessage, label: str) -> str:
    """Press, and give the words of the alert."""
    answer = await stage.press(user, message, label)
    assert answer is not None
    assert answer.alert
    return answer.text


async def told(stage: Stage, user: User, message: SimMessage, label: str) -> str:
    """Press, and give the words that pass by."""
    answer = await stage.press(user, message, label)
    assert answer is not None
    assert not answer.alert
    return answer.text


async def test_the_message_follows_the_answers_and_closes_with_the_last(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep
):
    message = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    assert "You are in Warzone now" in await told(stage, crowd["Cem"], message, "Accept")
    await upkeep.show()
    assert message.text == (
        "📨 Ann invites you into Warzone\nevenings, any rank\n\n⏳ Asked: @dee_plays\n✅ Accepted: Cem\n\n"
        "Tap Accept to be called too."
    )
    assert len(message.buttons) == 5
    assert "You declined" in await told(stage, crowd["Dee"], message, "Decline")
    await upkeep.show()
    assert message.text == (
        "📨 Ann invites you into Warzone\nevenings, any rank\n\n✅ Accepted: Cem\n❌ Declined: Dee\n\n"
        "Everybody has answered."
    )
    assert message.buttons == []
    group = await warzone(stage, squad)
    assert (group.members, group.invited) == ((ann.id, crowd["Cem"].id), ())
    assert await stage.store.invitations.of_group(group.id) == []


async def test_an_edit_keeps_the_mentions_of_who_is_still_asked_and_pings_nobody(
    stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd, *, upkeep: Upkeep
):
    await stage.said(bob, squad, "/status")
    entity = {"type": "text_mention", "offset": 16, "length": 3, "user": bob.id}
    message = asking(await stage.said(ann, squad, "/invite Warzone Bob @cem_plays", entities=[entity]))
    before = len(stage.world.pushes)
    await stage.press(crowd["Cem"], message, "Accept")
    await upkeep.show()
    assert [one["user_id"] for one in message.entities if one["type"] == "text_mention"] == [bob.id]
    assert len(stage.world.pushes) == before


@pytest.mark.parametrize("label", ["Accept", "Decline"])
async def test_d1_a_bystanders_tap_is_told_and_changes_nothing(
    stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd, *, upkeep: Upkeep, label: str
):
    message = await invited(stage, ann, squad, "@cem_plays")
    before = (message.text, message.buttons)
    assert await alerted(stage, bob, message, label) == "This invitation isn't for you."
    await upkeep.show()
    assert (message.text, message.buttons) == before
    assert upkeep.edits() == 0
    await told(stage, crowd["Cem"], message, "Accept")


async def test_d2_two_invitations_side_by_side(stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep):
    await stage.said(ann, squad, "/newgroup Chess")
    first = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    second = await invited(stage, ann, squad, "@cem_plays", "Chess")
    await told(stage, crowd["Cem"], first, "Decline")
    await upkeep.show()
    await told(stage, crowd["Cem"], second, "Accept")
    await told(stage, crowd["Dee"], first, "Accept")
    await upkeep.show()
    groups = {group.name: group.members for group in await stage.store.notifygroups.of_chat(squad.id)}
    assert groups == {"Warzone": (ann.id, crowd["Dee"].id), "Chess": (ann.id, crowd["Cem"].id)}
    assert first.buttons == second.buttons == []


async def test_who_answers_twice_is_told_so(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    message = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    await told(stage, crowd["Cem"], message, "Accept")
    for label in ("Accept", "Decline"):
        assert "accepted already" in await alerted(stage, crowd["Cem"], message, label)
    await told(stage, crowd["Dee"], message, "Decline")
    assert "declined already" in await alerted(stage, crowd["Dee"], message, "Accept")
    assert (await warzone(stage, squad)).members == (ann.id, crowd["Cem"].id)


async def test_d4_revoking_is_the_creators_and_final(
    stage: Stage, squad: Chat, ann: User, bob: User, crowd: Crowd, *, upkeep: Upkeep
):
    message = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    other = await invited(stage, ann, squad, "@dee_plays")
    for stranger in (bob, crowd["Cem"]):
        assert await alerted(stage, stranger, message, "Revoke") == "Only Ann can take this invitation back."
    revoke, accept = message.button("Revoke"), message.button("Accept")
    assert "Taken back" in await told(stage, ann, message, "Revoke")
    assert (await warzone(stage, squad)).invited == ("@dee_plays",)
    for shown in (False, True):
        answer = await stage.press_data(crowd["Cem"], message, accept, forged=True)
        assert answer is not None
        assert answer.alert
        assert ("taken back" in answer.text) is not shown
        await upkeep.show()
    assert "This invitation was taken back." in message.text
    assert "💤 No answer: Cem, @dee_plays\n" in message.text
    assert message.buttons == []
    answer = await stage.press_data(ann, message, revoke, forged=True)
    assert answer is not None
    assert "over" in answer.text
    assert "isn't for you" in await alerted(stage, crowd["Cem"], other, "Accept")
    assert (await warzone(stage, squad)).members == (ann.id,)


async def test_the_new_creator_revokes_not_the_old_one(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(bob, squad, "/join Warzone")
    message = await invited(stage, ann, squad, "@cem_plays")
    await stage.store.notifygroups.hand_over((await warzone(stage, squad)).id, squad.id, bob.id, from_=ann.id)
    assert "Only Bob" in await alerted(stage, ann, message, "Revoke")
    assert "Taken back" in await told(stage, bob, message, "Revoke")


async def test_who_left_the_chat_cannot_answer(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    message = await invited(stage, ann, squad, "@cem_plays")
    accept = message.button("Accept")
    squad.members[crowd["Cem"].id].status = "left"
    squad.members[ann.id].status = "left"
    for user, data in ((crowd["Cem"], accept), (ann, message.button("Revoke"))):
        update = {
            "callback_query": {
                "id": "1",
                "from": {"id": user.id, "is_bot": False, "first_name": "X", "username": user.username},
                "chat_instance": "1",
                "data": data,
                "message": {"message_id": message.id, "date": 0, "chat": {"id": squad.id, "type": "supergroup"}},
            }
        }
        stage.world.deliver_raw(update)
    await stage.settle()
    assert (await warzone(stage, squad)).members == (ann.id,)
    assert len(await stage.store.invitations.of_group((await warzone(stage, squad)).id)) == 1


async def test_its_time_runs_out(stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep):
    message = await invited(stage, ann, squad, "@cem_plays")
    await stage.clock.advance(INVITATION_LIFETIME.total_seconds() - 60)
    await upkeep.show()
    assert message.buttons
    accept = message.button("Accept")
    await stage.clock.advance(61)
    await upkeep.until(lambda: message.buttons == [])
    assert "This invitation has expired." in message.text
    assert message.buttons == []
    answer = await stage.press_data(crowd["Cem"], message, accept, forged=True)
    assert answer is not None
    assert answer.alert
    assert (await warzone(stage, squad)).invited == ()


async def test_the_group_is_called_otherwise_meanwhile(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep
):
    message = await invited(stage, ann, squad, "@cem_plays")
    group = await warzone(stage, squad)
    await stage.store.notifygroups.rename(group.id, squad.id, "Chess", by=ann.id)
    await stage.store.invitations.touch_group(group.id)
    await upkeep.show()
    assert "into Chess\n" in message.text
    assert "You are in Chess now" in await told(stage, crowd["Cem"], message, "Accept")


async def test_the_group_is_deleted_meanwhile(stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep):
    message = await invited(stage, ann, squad, "@cem_plays")
    group = await warzone(stage, squad)
    await stage.store.notifygroups.delete(group.id, squad.id, by=ann.id)
    assert "group was deleted, so this invitation is over" in await alerted(stage, crowd["Cem"], message, "Accept")
    await upkeep.show()
    assert "📨 Ann invites you into Warzone" in message.text
    assert "The group was deleted" in message.text
    assert message.buttons == []


async def test_a_full_group_still_asks(stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep):
    message = await invited(stage, ann, squad, "@cem_plays")
    group = await warzone(stage, squad)
    for user_id in range(1, GROUP_MEMBERS):
        await stage.store.notifygroups.join(group.id, squad.id, user_id, only_open=False)
    assert "full" in await alerted(stage, crowd["Cem"], message, "Accept")
    await upkeep.show()
    assert "⏳ Asked: Cem" in message.text
    await stage.store.notifygroups.leave(group.id, squad.id, 1)
    assert "You are in Warzone now" in await told(stage, crowd["Cem"], message, "Accept")


async def test_who_joins_by_another_way_has_accepted(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep
):
    message = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    await stage.said(crowd["Cem"], squad, "/join Warzone")
    await upkeep.show()
    assert "⏳ Asked: @dee_plays\n✅ Accepted: Cem" in message.text
    assert (await warzone(stage, squad)).invited == ("@dee_plays",)


async def test_who_leaves_the_chat_is_asked_no_more(stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep):
    message = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    stage.world.leave(crowd["Cem"], squad)
    await stage.settle()
    await upkeep.show()
    assert "⏳ Asked: @dee_plays\n\n" in message.text
    assert (await warzone(stage, squad)).invited == ("@dee_plays",)


async def test_a_username_becomes_an_id_and_may_change_then(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd, upkeep: Upkeep
):
    message = await invited(stage, ann, squad, "@cem_plays")
    await stage.said(crowd["Cem"], squad, "/status")
    assert (await warzone(stage, squad)).invited == (crowd["Cem"].id,)
    await upkeep.show()
    assert "⏳ Asked: Cem\n" in message.text
    stage.world.rename_user(crowd["Cem"], username="somebody_else")
    assert "You are in Warzone now" in await told(stage, crowd["Cem"], message, "Accept")


async def test_d3_an_open_invitation_outlives_the_process(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd, *, another_bot: Stage, upkeep: Upkeep
):
    message = await invited(stage, ann, squad, "@cem_plays @dee_plays")
    assert "You are in Warzone now" in await told(another_bot, crowd["Cem"], message, "Accept")
    assert "Taken back" in await told(another_bot, ann, message, "Revoke")
    await upkeep.show()
    assert "✅ Accepted: Cem" in message.text
    assert message.buttons == []


async def test_d10_who_accepts_while_the_group_is_changed_is_not_lost(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd
):
    message = await invited(stage, ann, squad, "@cem_plays")
    before = await warzone(stage, squad)
    await told(stage, crowd["Cem"], message, "Accept")
    await stage.store.notifygroups.describe(before.id, squad.id, "mornings", by=ann.id)
    after = await warzone(stage, squad)
    assert (after.description, after.members) == ("mornings", (ann.id, crowd["Cem"].id))


async def test_a_migration_in_the_middle_posts_it_anew_without_pinging(
    stage: Stage, ann: User, crowd: Crowd, upkeep: Upkeep
):
    old = stage.world.add_group("Friday", [ann, *crowd.values()])
    stage.world.add_bot(old, ann)
    await stage.settle()
    await stage.said(ann, old, "/newgroup Warzone")
    message = await invited(stage, ann, old, "@cem_plays @dee_plays")
    await told(stage, crowd["Cem"], message, "Accept")
    new = stage.world.migrate(old)
    await stage.settle()
    pushes = len(stage.world.pushes)
    await upkeep.show()
    again = asking(stage.by_bot(new))
    assert "⏳ Asked: @dee_plays\n✅ Accepted: Cem" in again.text
    assert len(stage.world.pushes) == pushes
    await told(stage, crowd["Dee"], again, "Accept")
    await upkeep.show()
    assert again.buttons == []
    assert (await warzone(stage, new)).members == (ann.id, crowd["Cem"].id, crowd["Dee"].id)
    assert len(stage.by_bot(new)) == 1, "once"


async def test_a_tap_on_a_message_that_is_not_there_any_more(stage: Stage, squad: Chat, ann: User, crowd: Crowd):
    message = await invited(stage, ann, squad, "@cem_plays")
    accept = message.button("Accept")
    message.deleted = True
    answer = await stage.press_data(crowd["Cem"], message, accept, forged=True)
    assert answer is not None
    assert "You are in Warzone now" in answer.text


async def test_revoking_in_private_from_the_card(stage: Stage, squad: Chat, ann: User, bob: User, upkeep: Upkeep):
    message = await invited(stage, ann, squad, "@cem_plays")
    revoke = message.button("Revoke")
    for user in (bob, ann):
        start = await stage.answer(user, user, "/start")
        answer = await stage.press_data(user, start, revoke, forged=True)
        assert answer is not None
        assert answer.alert is (user is bob)
    await upkeep.show()
    assert message.buttons == []


async def test_in_private_of_a_chat_that_one_is_not_in(stage: Stage, squad: Chat, ann: User):
    message = await invited(stage, ann, squad, "@zoe_plays")
    zoe = stage.world.add_user("Zoe", username="zoe_plays")
    start = await stage.answer(zoe, zoe, "/start")
    answer = await stage.press_data(zoe, start, message.button("Accept"), forged=True)
    assert answer is not None
    assert "not in this chat" in answer.text
    assert (await warzone(stage, squad)).members == (ann.id,)

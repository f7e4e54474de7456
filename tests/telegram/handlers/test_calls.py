import asyncio
from datetime import timedelta

import pytest

from gub.domain.limits import MENTIONS_PER_MESSAGE
from gub.domain.values import Joining, NotifyGroup
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.store.notifygroups import NotifyGroups
from tests.telegram.handlers.conftest import Stage

HOSTILE = "tick ` tick, *star* _under_ <b>bold</b> & [x](y) \\ C++ 夜 🎮 مرحبا\n\nsecond line"


async def a_group(stage: Stage, chat: Chat, creator: User, *members: User, name: str = "Warzone") -> SimMessage:
    announcement = await stage.answer(creator, chat, f"/newgroup {name}")
    for member in members:
        await stage.press(member, announcement, "Join")
    return announcement


async def test_a_call_pings_the_others_and_says_who_calls(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    call = await stage.answer(ann, squad, "/notify warzone tonight at nine?")
    assert "Ann calls Warzone" in call.text
    assert "tonight at nine?" in call.text
    assert stage.pinged(call) == {bob.id}
    assert call.text.split("\n\n")[-2:] == ["✋ In: Ann", "Bob"], "who calls is in, whom it calls comes last"
    answers = ["✋ In", "In 15 min", "Can't"]
    assert [button["text"] for button in call.buttons] == [
        *answers,
        "Join",
        "Leave",
        "🔕 1 hour",
        "🌙 Tonight",
        "🔕 This group",
        "🏁 Close",
    ]


async def test_d11_the_command_is_deleted_after_the_call_which_is_no_reply_to_it(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    stage.world.promote(stage.world.default_bot.user, squad)
    await a_group(stage, squad, ann, bob)
    (call,) = await stage.said(ann, squad, "/notify Warzone tonight")
    assert call.reply_to is None
    assert "tonight" in call.text
    assert not [message for message in stage.world.messages(squad) if message.text == "/notify Warzone tonight"]
    order = [request.method for request in stage.world.requests if request.method in {"sendMessage", "deleteMessage"}]
    assert order[-2:] == ["sendMessage", "deleteMessage"]


async def test_d11_without_the_right_to_delete_the_command_stays(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    await stage.said(ann, squad, "/notify Warzone tonight")
    assert [message for message in stage.world.messages(squad) if message.text == "/notify Warzone tonight"]


async def test_d11_a_call_that_cannot_be_sent_leaves_the_command(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.world.promote(stage.world.default_bot.user, squad)
    await a_group(stage, squad, ann, bob)
    stage.world.fail("sendMessage", "400", -1)
    await stage.said(ann, squad, "/notify Warzone tonight")
    assert [message for message in stage.world.messages(squad) if message.text == "/notify Warzone tonight"]


async def test_a_call_that_cannot_be_sent_costs_no_cool_down(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    stage.world.restrict_bot(squad)
    await stage.said(ann, squad, "/notify Warzone one")
    stage.world.unrestrict_bot(squad)
    call = await stage.answer(bob, squad, "/notify Warzone two")
    assert stage.pinged(call) == {ann.id}


async def test_a_call_that_was_begun_keeps_its_cool_down(stage: Stage, ann: User):
    others = [stage.world.add_user(f"P{number}") for number in range(10)]
    chat = await stage.group(ann, *others)
    await a_group(stage, chat, ann, *others)
    sent = stage.calls("sendMessage")
    stage.world.say(ann, chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    settling = asyncio.ensure_future(stage.feed(update))
    await stage.world.wait_for(lambda: stage.calls("sendMessage") == sent + 1)
    stage.world.restrict_bot(chat)
    await settling
    await stage.parts.ringer.quiet()
    stage.world.unrestrict_bot(chat)
    assert "Again in" in (await stage.answer(ann, chat, "/notify Warzone again")).text


async def test_nobody_goes_on_calling_where_nothing_comes_through(stage: Stage, ann: User):
    others = [stage.world.add_user(f"P{number}") for number in range(25)]
    chat = await stage.group(ann, *others)
    await a_group(stage, chat, ann, *others)
    before = stage.calls("sendMessage")
    stage.world.say(ann, chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    settling = asyncio.ensure_future(stage.feed(update))
    await stage.world.wait_for(lambda: stage.calls("sendMessage") > before)
    stage.world.remove_bot(chat, ann)
    await settling
    await stage.parts.ringer.quiet()
    assert stage.calls("sendMessage") <= before + 3


async def test_a_command_that_cannot_be_deleted_is_no_failure(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.world.promote(stage.world.default_bot.user, squad)
    await a_group(stage, squad, ann, bob)
    stage.world.fail("deleteMessage", "400", 1)
    call = await stage.answer(ann, squad, "/notify Warzone go")
    assert stage.pinged(call) == {bob.id}


@pytest.mark.parametrize("named", [1, 3, 5, 7])
async def test_names_in_the_text_leave_nobody_of_the_group_without_a_ping(stage: Stage, ann: User, named: int):
    others = [stage.world.add_user(f"P{number}") for number in range(7)]
    strangers = [stage.world.add_user(f"S{number}", username=f"stranger{number}") for number in range(named)]
    chat = await stage.group(ann, *others, *strangers)
    await a_group(stage, chat, ann, *others)
    names = " ".join(f"@stranger{number}" for number in range(named))
    sent = await stage.said(ann, chat, f"/notify Warzone with {names} too")
    pings = [sum(e["type"] in {"mention", "text_mention"} for e in message.entities) for message in sent]
    assert pings[0] == max(named, MENTIONS_PER_MESSAGE)
    assert all(count <= MENTIONS_PER_MESSAGE for count in pings[1:])
    assert set().union(*map(stage.pinged, sent)) >= {user.id for user in others}
    assert [bool(message.buttons) for message in sent] == [True, *[False] * (len(sent) - 2), True]


async def test_d12_d55_the_text_is_said_as_it_was_typed(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    call = await stage.answer(ann, squad, f"/notify Warzone {HOSTILE}")
    assert HOSTILE in call.text
    assert stage.pinged(call) == {bob.id}


async def test_the_looks_of_the_text_are_kept(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    typed = "/notify Warzone 🎮 be quick"
    call = await stage.answer(
        ann,
        squad,
        typed,
        entities=[{"type": "bold", "offset": 22, "length": 5}, {"type": "bold", "offset": 0, "length": 3}],
    )
    assert typed.encode("utf-16-le")[44:54].decode("utf-16-le") == "quick"
    bold = [e for e in call.entities if e["type"] == "bold"]
    words = [
        call.text.encode("utf-16-le")[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in bold
    ]
    assert words == ["Ann", "Warzone", "quick"]


async def test_d15_many_members_are_called_five_a_message(stage: Stage, ann: User):
    others = [stage.world.add_user(f"P{number}") for number in range(25)]
    chat = await stage.group(ann, *others)
    await a_group(stage, chat, ann, *others)
    before = stage.calls("getChatMember")
    sent = await stage.said(ann, chat, "/notify Warzone go")
    assert len(sent) == 5
    pinged = [stage.pinged(message) for message in sent]
    assert all(len(some) == MENTIONS_PER_MESSAGE for some in pinged)
    assert set().union(*pinged) == {user.id for user in others}
    assert [bool(message.buttons) for message in sent] == [True, False, False, False, True]
    # d16: no question to Telegram for each member
    assert stage.calls("getChatMember") == before


async def test_d17_one_refused_mention_never_stops_the_others(stage: Stage, ann: User):
    others = [stage.world.add_user(f"P{number}") for number in range(5)]
    chat = await stage.group(ann, *others)
    await a_group(stage, chat, ann, *others)
    stage.world.fail("sendMessage", "400", 1)
    sent = await stage.said(ann, chat, "/notify Warzone go")
    assert set().union(*(stage.pinged(message) for message in sent)) == {user.id for user in others}
    assert sum("go" in message.text for message in sent) == 1


async def test_d17_a_deleted_account_is_called_like_anyone(stage: Stage, squad: Chat, ann: User, bob: User):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await a_group(stage, squad, ann, bob, carl)
    stage.world.deactivate(carl)
    assert stage.pinged(await stage.answer(ann, squad, "/notify Warzone")) >= {bob.id}


async def test_d18_who_left_the_chat_is_not_called_any_more(stage: Stage, squad: Chat, ann: User, bob: User):
    carl, dora = stage.world.add_user("Carl"), stage.world.add_user("Dora")
    for user in (carl, dora):
        stage.world.join(user, squad)
    await a_group(stage, squad, ann, bob, carl, dora)
    stage.world.leave(carl, squad)
    stage.world.kick(dora, squad)
    await stage.settle()
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id, bob.id)
    call = await stage.answer(ann, squad, "/notify Warzone")
    assert "Carl" not in call.text
    assert "Dora" not in call.text


async def test_d18_an_admin_bot_is_told_by_chat_member_too(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.world.promote(stage.world.default_bot.user, squad)
    await a_group(stage, squad, ann, bob)
    stage.world.leave(bob, squad)
    await stage.settle()
    assert ("chat_member", "ok") in stage.outcomes
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == (ann.id,)


async def test_d19_only_yourself_is_said_and_costs_no_cool_down(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await a_group(stage, squad, ann)
    assert "Nobody else is in Warzone" in (await stage.answer(ann, squad, "/notify Warzone hello")).text
    await stage.press(bob, announcement, "Join")
    assert stage.pinged(await stage.answer(ann, squad, "/notify Warzone hello")) == {bob.id}


async def test_d20_a_text_as_long_as_can_be_is_split(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    text = "🎮" * 2038 + "end"
    sent = await stage.said(ann, squad, f"/notify Warzone {text}")
    assert len(sent) == 2
    assert text in "".join(message.text for message in sent)
    assert set().union(*map(stage.pinged, sent)) == {bob.id}


async def test_d21_the_cool_down_is_told_in_seconds(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    await stage.said(ann, squad, "/notify Warzone one")
    await stage.clock.advance(18)
    answer = await stage.answer(bob, squad, "/notify Warzone two")
    assert "42 seconds" in answer.text
    assert not stage.pinged(answer)
    await stage.clock.advance(42)
    assert stage.pinged(await stage.answer(bob, squad, "/notify Warzone three")) == {ann.id}


async def test_who_is_no_member_is_told_how_to_get_in_and_nobody_is_pinged(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await a_group(stage, squad, ann, bob)
    answer = await stage.answer(carl, squad, "/notify Warzone hello")
    assert "/join Warzone" in answer.text
    assert not stage.pinged(answer)


async def test_people_without_usernames_are_called_by_their_names(stage: Stage, squad: Chat, bob: User):
    strange = [
        stage.world.add_user(name) for name in ("<b>&_*[x](y)", "مرحبا", "👩\u200d🚀", "Z\u0301\u0301\u0301", "@Ann_A")
    ]
    for user in strange:
        stage.world.join(user, squad)
    await a_group(stage, squad, bob, *strange)
    call = await stage.answer(bob, squad, "/notify Warzone")
    assert stage.pinged(call) == {user.id for user in strange}
    assert "<b>&_*[x](y)" in call.text


async def test_the_caller_is_only_named(stage: Stage, squad: Chat, bob: User):
    caller = stage.world.add_user("@Bob_B", username="Caller")
    stage.world.rename_user(bob, username="Bob_B")
    stage.world.join(caller, squad)
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await a_group(stage, squad, caller, carl)
    call = await stage.answer(caller, squad, "/notify Warzone")
    assert stage.pinged(call) == {carl.id}


@pytest.mark.parametrize("name", ["C++", "(duo)", "$ne", ".*"])
async def test_d13_a_group_is_called_as_it_is_typed(stage: Stage, squad: Chat, ann: User, bob: User, name: str):
    await a_group(stage, squad, ann, bob, name="Other")
    await a_group(stage, squad, ann, bob, name=name)
    call = await stage.answer(ann, squad, f"/notify {name} now")
    assert f"Ann calls {name}" in call.text


async def test_d21_who_has_muted_the_group_is_named_and_not_pinged(stage: Stage, squad: Chat, ann: User, bob: User):
    carl = stage.world.add_user("@carl", username="carl")
    stage.world.join(carl, squad)
    await a_group(stage, squad, ann, bob, carl)
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    await stage.store.notifygroups.mute(group.id, squad.id, carl.id, stage.clock.now() + timedelta(hours=1))
    call = await stage.answer(ann, squad, "/notify Warzone")
    assert stage.pinged(call) == {bob.id}
    assert "🔕 Muted: @carl\n" in call.text
    await stage.clock.advance(3600)
    call = await stage.answer(ann, squad, "/notify Warzone")
    assert stage.pinged(call) == {bob.id, carl.id}
    assert "Muted" not in call.text


async def test_d21_where_everybody_has_muted_the_group_nobody_is_called(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    await a_group(stage, squad, ann, bob)
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    await stage.store.notifygroups.mute(group.id, squad.id, bob.id, None)
    answer = await stage.answer(ann, squad, "/notify Warzone")
    assert "has muted its calls" in answer.text
    assert (await stage.answer(bob, squad, "/notify Warzone")).text.startswith("📣 Bob calls"), "no cool-down was begun"


async def test_d21_a_tap_under_a_call_mutes_it(stage: Stage, squad: Chat, ann: User, bob: User):
    await a_group(stage, squad, ann, bob)
    call = await stage.answer(ann, squad, "/notify Warzone")
    seen = await stage.press(bob, call, "🔕 This group")
    assert seen is not None
    await stage.clock.advance(60)
    assert "has muted its calls" in (await stage.answer(ann, squad, "/notify Warzone")).text


async def test_a_hidden_group_is_called_by_its_members_and_not_found_by_others(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await a_group(stage, squad, ann, bob)
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    await stage.store.notifygroups.set_joining(group.id, squad.id, Joining.HIDDEN, by=ann.id)
    assert "There is no group Warzone" in (await stage.answer(carl, squad, "/notify Warzone")).text
    call = await stage.answer(ann, squad, "/notify Warzone")
    assert stage.pinged(call) == {bob.id}
    assert [button["text"] for button in call.buttons][3:] == [
        "Leave",
        "🔕 1 hour",
        "🌙 Tonight",
        "🔕 This group",
        "🏁 Close",
    ]


async def test_the_first_message_is_out_and_the_chat_is_free_before_the_rest(
    stage: Stage, ann: User, monkeypatch: pytest.MonkeyPatch
):
    others = [stage.world.add_user(f"P{number}") for number in range(10)]
    chat = await stage.group(ann, *others)
    await a_group(stage, chat, ann, *others)
    find, go_on = NotifyGroups.find, asyncio.Event()

    async def waits(self: NotifyGroups, id: str) -> NotifyGroup | None:  # noqa: A002 - the name there
        await go_on.wait()
        return await find(self, id)

    monkeypatch.setattr(NotifyGroups, "find", waits)
    stage.world.say(ann, chat, "/notify Warzone go")
    (update,) = await stage.api.take()
    before = stage.calls("sendMessage")
    await stage.feed(update)
    (call,) = [message for message in stage.by_bot(chat) if "calls" in message.text and "📣" in message.text]
    assert len(stage.pinged(call)) == MENTIONS_PER_MESSAGE
    go_on.set()
    await stage.parts.ringer.quiet()
    assert stage.calls("sendMessage") == before + 2

import asyncio

import pytest

from gub.domain.limits import LOOK_UPS
from gub.domain.presence import Status
from gub.domain.values import Platform, Visibility
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError, RateLimited, Unavailable
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage


async def test_add_then_status(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("player1", Status.PLAYING, title="Apex Legends")
    added = await stage.answer(ann, squad, "/add Player1 steam:player1")
    assert "Player1 is on /status now" in added.text
    status = await stage.answer(bob, squad, "/status")
    assert "🎮 Player1 - Apex Legends on Steam" in status.text


async def test_the_account_is_never_shown(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("secretname", Status.PLAYING, title="Chess")
    for text in ("/add Ann steam:secretname", "/add Ann steam:secretname", "/add Bob steam:othersecret", "/status"):
        answer = await stage.answer(ann, squad, text)
        assert "secret" not in answer.text


async def test_the_long_names_work(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p")
    assert "is on /status" in (await stage.answer(ann, squad, "/add_status_user Big Ann steam:p")).text
    assert "Big Ann" in (await stage.answer(ann, squad, "/Status@GUB_test_bot")).text


async def test_it_works_in_private(stage: Stage, ann: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, ann, "/add Me steam:p")
    assert "🟢 Me - online on Steam" in (await stage.answer(ann, ann, "/status")).text
    (person,) = await stage.store.statususers.of_chat(ann.id)
    assert person.group_name is None


async def test_wrong_use_gets_a_usage_line_with_an_example(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/add steam:p")
    assert "/add NAME xbox:TAG psn:ID steam:ID" in answer.text
    assert "For example" in answer.text


@pytest.mark.parametrize("text", ["/add", "/add   ", "/ADD@gub_test_bot", "/add_status_user"])
async def test_without_arguments_it_goes_on_in_private(stage: Stage, squad: Chat, ann: User, text: str):
    answer = await stage.answer(ann, squad, text)
    (button,) = answer.buttons
    assert button["url"] == f"https://t.me/gub_test_bot?start=add_{squad.id}"
    assert "/add NAME" in answer.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/add Ann", "Which account"),
        ("/add Ann steam:nobody", "knows no such account"),
        ("/add Ann steam:!!", "can't be a Steam account"),
        ("/add Ann xbox:Ann", "not connected to Xbox"),
        ("/add Ann psn:Ann steam:p", "not connected to PlayStation"),
        ("/add \u202eAnn steam:p", "can't be seen"),
        (f"/add {'x' * 40} steam:p", "32 characters"),
    ],
)
async def test_d64_nothing_is_stored_unless_everything_is_right(
    stage: Stage, squad: Chat, ann: User, text: str, expected: str
):
    stage.steam.know("p")
    answer = await stage.answer(ann, squad, text)
    assert answer.text.startswith("❌ Nobody was added. ")
    assert expected in answer.text
    assert not await stage.store.statususers.of_chat(squad.id)


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Unavailable("x"), "Steam isn't answering"),
        (RateLimited("x"), "slow down"),
        (NoCredential("x"), "isn't set up yet"),
        (CredentialDead("x"), "doesn't accept my key"),
    ],
)
async def test_d64_a_failed_look_up_stores_nothing(
    stage: Stage, squad: Chat, ann: User, trouble: PlatformError, expected: str
):
    stage.steam.know("p")
    stage.steam.trouble = trouble
    assert expected in (await stage.answer(ann, squad, "/add Ann steam:p")).text
    assert not await stage.store.statususers.of_chat(squad.id)


async def test_d26_a_name_is_taken_in_any_case(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p")
    await stage.said(ann, squad, "/add Ann steam:p")
    again = await stage.answer(ann, squad, "/add aNN steam:p")
    assert again.text.startswith("❌ Nobody was added. aNN is")
    assert "already" in again.text
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1


async def test_look_ups_of_one_user_are_limited_and_the_wait_is_told(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    for _ in range(LOOK_UPS):
        await stage.said(ann, squad, "/add Ann steam:nobody")
    refused = await stage.answer(ann, squad, "/add Ann steam:p")
    assert (
        refused.text == "❌ Nobody was added. That's a lot of look-ups in a short time. Please try again in 5 minutes."
    )
    assert "is on /status" in (await stage.answer(bob, squad, "/add Bob steam:p")).text
    await stage.clock.advance(241)
    assert "in 59 seconds" in (await stage.answer(ann, squad, "/add Ann steam:p")).text
    await stage.clock.advance(59)
    assert "is on /status" in (await stage.answer(ann, squad, "/add Ann steam:p")).text


async def test_a_command_that_is_handled_again_says_the_same_again(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p")
    stage.world.say(ann, squad, "/add Ann steam:p")
    (update,) = await stage.api.take()
    for _ in range(2):
        await stage.feed(update)
        assert "✅ Ann is on /status now" in stage.by_bot(squad)[-1].text
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1


@pytest.mark.parametrize("refused", [False, True])
async def test_d63_slow_platforms_bring_a_sign_of_life(stage: Stage, squad: Chat, ann: User, refused: bool):
    """One that Telegram refuses is no matter: it is a courtesy."""
    stage.steam.know("p")
    slow, look_up = asyncio.Event(), stage.steam.look_up

    async def slowly(text: str) -> object:
        await slow.wait()
        return await look_up(text)

    stage.steam.look_up = slowly  # type: ignore[method-assign, assignment]
    if refused:
        stage.world.fail("sendChatAction", "400", 1)
    stage.world.say(ann, squad, "/add Ann steam:p")
    settling = asyncio.ensure_future(stage.settle())
    await stage.clock.until_sleeping()
    await stage.clock.advance(0.8)
    await stage.world.wait_for(lambda: stage.calls("sendChatAction") == 1)
    slow.set()
    await settling
    assert "is on /status" in stage.by_bot(squad)[-1].text
    assert stage.outcomes[-1] == ("message", "ok")


async def test_names_ping_nobody(stage: Stage, squad: Chat, bob: User):
    stage.steam.know("p", Status.PLAYING, title="@Ann_A")
    await stage.said(bob, squad, "/add @Ann_A steam:p")
    status = await stage.answer(bob, squad, "/status")
    assert "@Ann_A" in status.text
    assert not stage.pinged(status)


# -- who is shown, and what they say


async def test_d69_somebody_mentioned_is_told_in_private_and_hides_with_one_tap(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    stage.steam.know("p")
    await stage.said(ann, ann, "/start")
    answer = await stage.answer(bob, squad, "/add @ann_a steam:p")
    assert answer.text == "✅ ann_a is on /status now, with Steam. I told Ann in private."
    assert not answer.buttons
    assert not stage.pinged(answer)
    asked = stage.by_bot(ann)[-1]
    assert "Bob put you on the list of Squad as ann_a" in asked.text
    assert [button["text"] for button in asked.buttons] == ["It's fine", "🙈 Hide me", "🗑 Delete me"]
    await stage.press(ann, asked, "Hide")
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert (person.person_id, person.keeper_id, person.visibility) == (ann.id, bob.id, Visibility.HIDDEN)
    assert "ann_a is hidden on /status now" in asked.text
    assert not asked.buttons


@pytest.mark.parametrize("way", ["mention", "text mention", "reply"])
async def test_d47_d69_who_cannot_be_told_in_private_is_asked_in_the_group(
    stage: Stage, squad: Chat, ann: User, bob: User, way: str
):
    stage.steam.know("p")
    theirs = stage.world.say(bob, squad, "hello")
    await stage.settle()
    if way == "mention":
        stage.world.rename_user(bob, username="bobby")
        await stage.said(bob, squad, "/status")
        answer = await stage.answer(ann, squad, "/add @bobby Bob steam:p")
    elif way == "text mention":
        entity = {"type": "text_mention", "offset": 5, "length": 3, "user": bob.id}
        answer = await stage.answer(ann, squad, "/add Bob steam:p", entities=[entity])
    else:
        answer = await stage.answer(ann, squad, "/add steam:p", reply_to=theirs.id)
    assert answer.text == "✅ Bob is on /status now, with Steam.\n\nBob, that's you. Is that fine with you?"
    assert stage.pinged(answer) == {bob.id}
    stranger_tap = await stage.press(ann, answer, "Delete")
    assert stranger_tap is not None
    assert "Only the person this is about" in stranger_tap.text
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1
    await stage.press(bob, answer, "Delete")
    assert not await stage.store.statususers.of_chat(squad.id)
    assert answer.text == "🗑 Bob is off the list. I haven't kept anything."


async def test_d47_a_private_chat_that_was_blocked_is_no_way_to_tell(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    await stage.said(bob, bob, "/start")
    stage.world.fail("sendMessage", "403", 1, chat_id=bob.id, description="Forbidden: bot was blocked by the user")
    entity = {"type": "text_mention", "offset": 5, "length": 3, "user": bob.id}
    answer = await stage.answer(ann, squad, "/add Bob steam:p", entities=[entity])
    assert "that's you. Is that fine with you?" in answer.text
    await stage.press(bob, answer, "fine")
    assert "👍 Bob stays on the list." in answer.text


async def test_d69_anybody_may_say_that_it_is_them_and_hide(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    answer = await stage.answer(ann, squad, "/add Zed steam:p")
    await stage.press(bob, answer, "That's me")
    assert answer.text == "✅ Zed is on /status now, with Steam. That's Bob."
    for label in ("Hide", "Delete"):
        refused = await stage.press(ann, answer, label)
        assert refused is not None
        assert "Only the person this is about" in refused.text
    await stage.press(bob, answer, "Hide")
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert (person.person_id, person.visibility) == (bob.id, Visibility.HIDDEN)


async def test_d27_who_left_claims_nobody(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    answer = await stage.answer(ann, squad, "/add Zed steam:p")
    query = stage.world.press(bob, squad, answer.id, answer.button("That's me"))
    stage.world.leave(bob, squad)
    await stage.settle()
    told = stage.world.callback_answer(query)
    assert told is not None
    assert "not in this chat" in told.text
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert person.person_id is None


async def test_who_left_the_group_still_takes_themself_off_its_list(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    await stage.said(bob, bob, "/start")
    entity = {"type": "text_mention", "offset": 5, "length": 3, "user": bob.id}
    await stage.said(ann, squad, "/add Bob steam:p", entities=[entity])
    asked = stage.by_bot(bob)[-1]
    stage.world.leave(bob, squad)
    await stage.settle()
    await stage.press(bob, asked, "Delete")
    assert not await stage.store.statususers.of_chat(squad.id)
    assert stage.by_bot(squad)[-1].text == "🗑 Bob was taken off the list by Bob."


async def test_the_group_is_told_nothing_when_somebody_hidden_goes_in_private(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    stage.steam.know("p")
    await stage.said(bob, bob, "/start")
    entity = {"type": "text_mention", "offset": 5, "length": 3, "user": bob.id}
    await stage.said(ann, squad, "/add Bob steam:p", entities=[entity])
    asked = stage.by_bot(bob)[-1]
    delete = asked.button("Delete")
    await stage.press(bob, asked, "Hide")
    before = len(stage.by_bot(squad))
    await stage.press_data(bob, asked, delete, forged=True)
    assert not await stage.store.statususers.of_chat(squad.id)
    assert len(stage.by_bot(squad)) == before


async def test_d27_a_claim_in_private_needs_telegrams_word_that_they_are_in_the_group(
    stage: Stage, squad: Chat, ann: User
):
    """Where a group hides its members, only a tap in it shows that somebody is there."""
    stage.steam.know("p")
    answer = await stage.answer(ann, squad, "/add Zed steam:p")
    claim = answer.button("That's me")
    eve = stage.world.add_user("Eve")
    theirs = await stage.answer(eve, eve, "/help")
    squad.hidden_members = True
    told = await stage.press_data(eve, theirs, claim, forged=True)
    assert told is not None
    assert told.alert
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert person.person_id is None


async def test_who_is_not_in_the_chat_is_not_asked(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p")
    eve = stage.world.add_user("Eve", username="eve_1")
    await stage.said(eve, eve, "/start")
    before = len(stage.by_bot(eve))
    answer = await stage.answer(ann, squad, "/add @eve_1 steam:p")
    assert answer.button("That's me")
    assert len(stage.by_bot(eve)) == before
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert (person.display_name, person.person_id) == ("eve_1", None)


async def test_who_adds_themself_is_asked_nothing(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p")
    answer = await stage.answer(ann, squad, "/add @Ann_A Me steam:p")
    assert answer.text == "✅ Me is on /status now, with Steam."
    assert not answer.buttons
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert person.person_id == ann.id


async def test_a_command_in_a_topic_answers_nobody(stage: Stage, ann: User, bob: User):
    """Telegram gives what is written in a topic as a reply to the message that opened it."""
    stage.steam.know("p")
    forum = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(forum, "Games", by=ann)
    await stage.settle()
    stage.world.say(bob, forum, "/add Zed steam:p", thread_id=topic.id)
    (update,) = await stage.api.take()
    update["message"]["reply_to_message"] = {
        "message_id": topic.id,
        "date": 1,
        "chat": update["message"]["chat"],
        "from": {"id": ann.id, "is_bot": False, "first_name": "Ann"},
        "forum_topic_created": {"name": "Games", "icon_color": 7322096},
    }
    await stage.feed(update)
    (person,) = await stage.store.statususers.of_chat(forum.id)
    assert person.person_id is None


async def test_a_reply_to_a_bot_names_nobody(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p")
    theirs = stage.by_bot(squad)[-1]
    answer = await stage.answer(ann, squad, "/add Zed steam:p", reply_to=theirs.id)
    assert answer.button("That's me")


async def test_accounts_of_all_platforms_at_once(stage: Stage, squad: Chat, ann: User):
    for platform in await stage.connect(*Platform):
        platform.know("Some One#12")
    answer = await stage.answer(ann, squad, "/add Zed steam:Some One#12 xbox: Some One#12 psn:Some One#12")
    assert answer.text == "✅ Zed is on /status now, with Xbox, PlayStation and Steam."
    (person,) = await stage.store.statususers.of_chat(squad.id)
    assert {account.name for account in person.accounts.values()} == {"Some One#12 the Great"}

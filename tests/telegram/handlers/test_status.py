import asyncio

import pytest
from pymongo.errors import AutoReconnect

from gub.domain.presence import Status
from gub.domain.splitting import utf16_length
from gub.domain.values import Platform, StatusUser, Visibility
from gub.platforms.errors import CredentialDead, NoCredential, PlatformError, Unavailable
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage


async def test_an_empty_list_invites(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/status")
    assert "/add" in answer.text
    assert not answer.buttons


async def test_d62_a_platform_that_is_down_is_said(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p", Status.PLAYING, title="Chess")
    await stage.said(ann, squad, "/add Ann steam:p")
    stage.steam.trouble = Unavailable("x")
    answer = await stage.answer(ann, squad, "/status")
    assert "Ann" in answer.text
    assert "Steam isn't answering" in answer.text


async def test_refresh_changes_the_list_in_place(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status")
    stage.steam.know("p", Status.PLAYING, title="Chess")
    await stage.clock.advance(31)
    answer = await stage.press(bob, status, "Refresh")
    assert answer is not None
    assert answer.text == "Up to date."
    assert "Ann - Chess on Steam" in status.text
    assert status.buttons, "an edit without a keyboard would take it away"
    again = await stage.press(bob, status, "Refresh")
    assert again is not None
    assert "moment ago" in again.text
    await stage.clock.advance(6)
    unchanged = await stage.press(bob, status, "Refresh")
    assert unchanged is not None
    assert unchanged.text == "Up to date."


async def test_refresh_after_one_that_failed_is_no_repetition(
    stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status")

    async def away(*_: object) -> None:
        raise AutoReconnect("x")

    with monkeypatch.context() as patched:
        patched.setattr(type(stage.store.statususers), "of_chat", away)
        failed = await stage.press(ann, status, "Refresh")
    assert failed is not None
    assert "My memory is not answering" in failed.text
    again = await stage.press(ann, status, "Refresh")
    assert again is not None
    assert again.text == "Up to date."


async def test_a_list_that_was_sent_anew_is_not_sent_again_at_once(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status")
    stage.world.delete_message(squad, status.id)
    await stage.press_data(ann, status, status.button("Refresh"), forged=True)
    anew = stage.by_bot(squad)[-1]
    assert anew.id != status.id
    before = len(stage.by_bot(squad))
    answer = await stage.press(ann, anew, "Refresh")
    assert answer is not None
    assert "moment ago" in answer.text
    assert len(stage.by_bot(squad)) == before


async def test_every_tap_is_answered_however_many_there_are(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status")
    queries = [stage.world.press(user, squad, status.id, status.button("Refresh")) for user in (ann, bob) * 5]
    edits = stage.calls("editMessageText")
    await stage.settle()
    answers = [stage.world.callback_answer(query) for query in queries]
    assert all(answer is not None and answer.text for answer in answers)
    assert stage.calls("editMessageText") == edits + 1


async def test_d20_a_long_list_is_split_and_nobody_is_lost(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p", Status.PLAYING, title="A very long title of a game " * 3)
    account = stage.steam.accounts["p"]
    names = [f"Player {number:03} 🎮" for number in range(150)]
    for name in names:
        await stage.store.statususers.add(squad.id, ann.id, name, {account.platform: account}, "Squad")
    parts = await stage.said(ann, squad, "/status")
    assert len(parts) > 1
    assert all(any(name in part.text for part in parts) for name in names)
    assert [bool(part.buttons) for part in parts] == [False] * (len(parts) - 1) + [True]
    before = len(stage.by_bot(squad))
    await stage.press(bob, parts[-1], "Refresh")
    assert len(stage.by_bot(squad)) == before + len(parts)
    # The chat's other lists are not sent anew at once as well.
    await stage.clock.advance(29)
    later = await stage.press(bob, parts[-1], "Refresh")
    assert later is not None
    assert "further down" in later.text
    assert len(stage.by_bot(squad)) == before + len(parts)
    await stage.clock.advance(1)
    await stage.press(bob, parts[-1], "Refresh")
    assert len(stage.by_bot(squad)) == before + 2 * len(parts)


async def test_d63_status_is_answered_within_a_second_while_a_platform_hangs(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    hangs = asyncio.Event()

    async def presences(_ids: object) -> dict[str, object]:
        await hangs.wait()
        return {}

    stage.steam.presences = presences  # type: ignore[method-assign, assignment]
    stage.world.say(ann, squad, "/status")
    began = stage.clock.monotonic()
    settling = asyncio.ensure_future(stage.settle())
    await stage.clock.until_sleeping(2)  # the sign of life, and the desk's deadline
    await stage.clock.advance(0.8)
    await settling
    assert stage.clock.monotonic() - began < 1
    assert "Ann" in stage.by_bot(squad)[-1].text
    assert "Steam isn't answering" in stage.by_bot(squad)[-1].text
    hangs.set()


async def test_anonymous_admins_may_ask_and_refresh_names_nobody(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status", anonymous=True)
    assert status.text == "🟢 Ann - online on Steam"


async def test_d39_the_list_stays_in_the_topic_it_was_asked_in(stage: Stage, ann: User, bob: User):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=ann)
    account = stage.steam.know("p", Status.PLAYING, title="A very long title of a game " * 3)
    for number in range(120):
        await stage.store.statususers.add(chat.id, ann.id, f"Player {number}", {Platform.STEAM: account}, "Squad")
    parts = await stage.said(ann, chat, "/status", thread_id=topic.id)
    before = len(stage.by_bot(chat))
    await stage.press(bob, parts[-1], "Refresh")
    anew = stage.by_bot(chat)[before:]
    assert len(parts) == len(anew) > 1
    assert {part.thread_id for part in [*parts, *anew]} == {topic.id}


async def test_d39_a_list_that_telegram_does_not_show_us_any_more_is_sent_anew_in_its_topic(
    stage: Stage, ann: User, bob: User
):
    chat = await stage.group(ann, bob, forum=True)
    topic = stage.world.open_topic(chat, "Shooters", by=ann)
    account = stage.steam.know("p", Status.ONLINE)
    await stage.store.statususers.add(chat.id, ann.id, "Ann", {Platform.STEAM: account}, "Squad")
    status = await stage.answer(ann, chat, "/status", thread_id=topic.id)
    stage.world.delete_message(chat, status.id)
    await stage.press_data(bob, status, status.button("Refresh"), forged=True)
    anew = stage.by_bot(chat)[-1]
    assert anew.text == "🟢 Ann - online on Steam"
    assert anew.thread_id == topic.id


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.PLAYING])
async def test_d69_who_does_not_want_to_be_seen_is_not_and_the_list_says_so(
    stage: Stage, squad: Chat, ann: User, visibility: Visibility, monkeypatch: pytest.MonkeyPatch
):
    account = stage.steam.know("p", Status.ONLINE)
    shy = StatusUser("0" * 24, squad.id, ann.id, "Ann", {Platform.STEAM: account}, visibility=visibility)

    async def of_chat(*_: object) -> list[StatusUser]:
        return [shy]

    monkeypatch.setattr(type(stage.store.statususers), "of_chat", of_chat)
    status = await stage.answer(ann, squad, "/status")
    assert status.text == "Nobody on the list wants to be seen right now."
    stage.steam.know("p", Status.PLAYING, title="Chess")
    await stage.clock.advance(31)
    await stage.press(ann, status, "Refresh")
    assert ("Chess" in status.text) is (visibility is Visibility.PLAYING)


async def test_d69_neither_ids_nor_account_names_are_ever_shown(stage: Stage, squad: Chat, ann: User):
    account = stage.steam.know("secretname", Status.PLAYING, title="Chess")
    await stage.said(ann, squad, "/add Ann steam:secretname")
    for trouble in (None, Unavailable("x"), CredentialDead("x"), NoCredential("x")):
        stage.steam.trouble = trouble
        await stage.clock.advance(31)
        status = await stage.answer(ann, squad, "/status")
        assert status.text.startswith("🎮 Ann - Chess on Steam")
        shown = f"{status.text} {status.buttons} {status.entities}"
        assert not any(secret in shown for secret in ("secret", account.account_id, account.name))


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Unavailable("x"), "Steam isn't answering right now."),
        (CredentialDead("x"), "Steam needs my owner"),
        (NoCredential("x"), "Steam isn't set up here."),
    ],
)
async def test_d62_each_reason_for_silence_is_told_and_nobody_is_hidden(
    stage: Stage, squad: Chat, ann: User, trouble: PlatformError, expected: str
):
    stage.steam.know("p", Status.PLAYING, title="Chess")
    await stage.said(ann, squad, "/add Ann steam:p")
    stage.steam.trouble = trouble
    never_answered = await stage.answer(ann, squad, "/status")
    assert never_answered.text.startswith("❔ Ann - unknown")
    assert expected in never_answered.text
    stage.steam.trouble = None
    await stage.clock.advance(31)
    await stage.said(ann, squad, "/status")
    stage.steam.trouble = trouble
    await stage.clock.advance(60)
    kept = await stage.answer(ann, squad, "/status")
    assert kept.text.startswith("🎮 Ann - Chess on Steam (as of a minute ago)")
    assert expected in kept.text


async def test_a_tap_on_a_list_of_a_chat_that_was_left_harms_nothing(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status")
    query = stage.world.press(ann, squad, status.id, status.button("Refresh"))
    stage.world.remove_bot(squad, ann)
    await stage.settle()
    answer = stage.world.callback_answer(query)
    assert answer is not None
    assert answer.text == "Telegram didn't let me do that."
    assert dict(stage.outcomes)["callback_query"] == "refused"


async def test_a_list_that_empties_becomes_the_invitation(stage: Stage, squad: Chat, ann: User):
    stage.steam.know("p", Status.ONLINE)
    await stage.said(ann, squad, "/add Ann steam:p")
    status = await stage.answer(ann, squad, "/status")
    (person,) = await stage.store.statususers.of_chat(squad.id)
    await stage.store.statususers.delete(person.id, squad.id)
    await stage.press(ann, status, "Refresh")
    assert "Nobody is on the list yet" in status.text
    assert not status.buttons


async def test_the_many_who_are_gone_fold_away_whatever_their_names(stage: Stage, squad: Chat, ann: User):
    account = stage.steam.know("p", Status.OFFLINE)
    names = [f"@Ann_A {number}" if number % 2 else f"\U0001f3ae {number}" for number in range(60)]
    for name in names:
        await stage.store.statususers.add(squad.id, ann.id, name, {Platform.STEAM: account}, "Squad")
    status = await stage.answer(ann, squad, "/status")
    folded = [entity for entity in status.entities if entity["type"] == "expandable_blockquote"]
    assert len(folded) == 3
    assert sum(entity["length"] for entity in folded) == utf16_length(status.text) - 2, "but for two line breaks"
    assert sum(entity["type"] in {"bold", "code"} for entity in status.entities) == 60
    assert not stage.pinged(status)
    assert status.buttons


async def test_it_works_in_private_with_a_list_of_its_own(stage: Stage, squad: Chat, ann: User):
    account = stage.steam.know("p", Status.ONLINE)
    await stage.store.statususers.add(squad.id, ann.id, "Somebody", {Platform.STEAM: account}, "Squad")
    await stage.store.statususers.add(ann.id, ann.id, "Me", {Platform.STEAM: account}, None)
    status = await stage.answer(ann, ann, "/status")
    assert status.text == "🟢 Me - online on Steam"
    assert status.reply_to is None
    answer = await stage.press(ann, status, "Refresh")
    assert answer is not None
    assert answer.text == "Up to date."

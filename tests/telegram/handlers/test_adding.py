import asyncio

import pytest

from gub.domain.limits import LOOK_UPS
from gub.domain.presence import Status
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
    assert expected in (await stage.answer(ann, squad, text)).text
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
    assert "already" in (await stage.answer(ann, squad, "/add aNN steam:p")).text
    assert len(await stage.store.statususers.of_chat(squad.id)) == 1


async def test_look_ups_of_one_user_are_limited_and_the_wait_is_told(stage: Stage, squad: Chat, ann: User, bob: User):
    stage.steam.know("p")
    for _ in range(LOOK_UPS):
        await stage.said(ann, squad, "/add Ann steam:nobody")
    refused = await stage.answer(ann, squad, "/add Ann steam:p")
    assert refused.text == "That's a lot of look-ups in a short time. Please try again in 5 minutes."
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

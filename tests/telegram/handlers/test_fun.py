"""/mf, /wdhs, /age and /diss: good-natured, never too much, and never about who does not want it."""

from datetime import UTC, datetime, timedelta

import pytest

from gub.sandbox.telegram.models import Chat, User
from gub.telegram.views.banter import SAD_SONGS, TEASES, TO_GUB, TO_YOURSELF, WHAT_DID_HE_SAY
from gub.telegram.views.fun import FunAction, FunTap
from tests.telegram.handlers.conftest import Stage


@pytest.fixture
def cem(stage: Stage, squad: Chat) -> User:
    """A member of the chat whose username has underscores."""
    user = stage.world.add_user("Cem", username="cem_the_3rd")
    stage.world.join(user, squad)
    stage.world.say(user, squad, "/age")
    return user


def _of(lines: tuple[str, ...], name: str = "") -> set[str]:
    return {line.replace("{name}", name) for line in lines}


async def test_mf_and_wdhs_react_everywhere_with_another_line_each_time(stage: Stage, squad: Chat, ann: User):
    for place, more in ((ann, {}), (squad, {}), (squad, {"anonymous": True})):
        assert (await stage.answer(ann, place, "/mf", **more)).text in SAD_SONGS
        assert (await stage.answer(ann, place, "/wdhs", **more)).text in WHAT_DID_HE_SAY
    assert (await stage.answer(ann, squad, "/mf")).text != (await stage.answer(ann, squad, "/mf")).text


async def test_d82_age_is_true_when_it_is_asked(stage: Stage, squad: Chat, ann: User):
    await stage.clock.advance((datetime(2027, 2, 7, 12, tzinfo=UTC) - stage.clock.now()).total_seconds())
    assert (await stage.answer(ann, squad, "/age")).text == "🎂 My age: 5 years, 11 months and 30 days"
    await stage.clock.advance(timedelta(days=1).total_seconds())
    assert (await stage.answer(ann, ann, "/age")).text == "🎂 My age: 6 years\nIt's my birthday! 🎉"
    await stage.clock.advance(timedelta(days=1).total_seconds())
    assert (await stage.answer(ann, ann, "/age")).text == "🎂 My age: 6 years and 1 day"


@pytest.mark.usefixtures("cem")
@pytest.mark.parametrize(
    "typed", ["/diss @cem_the_3rd", "/diss  @CEM_the_3rd ", "/diss@gub_test_bot\n@cem_the_3rd lol"]
)
async def test_d54_underscores_spaces_and_case_do_not_matter(stage: Stage, squad: Chat, ann: User, typed: str):
    await stage.settle()
    answer = await stage.answer(ann, squad, typed)
    assert answer.text in _of(TEASES, "Cem")
    assert stage.pinged(answer) == set()


@pytest.mark.usefixtures("cem")
async def test_diss_as_an_answer_is_about_its_author_unless_somebody_is_named(
    stage: Stage, squad: Chat, ann: User, bob: User
):
    await stage.settle()
    message = stage.world.say(bob, squad, "/about")
    await stage.settle()
    assert (await stage.answer(ann, squad, "/diss", reply_to=message.id)).text in _of(TEASES, "Bob")
    assert (await stage.answer(ann, squad, "/diss @cem_the_3rd", reply_to=message.id)).text in _of(TEASES, "Cem")


async def test_diss_without_a_person_shows_how(stage: Stage, squad: Chat, ann: User):
    for typed in ("/diss", "/diss Bob", "/diss https://example.org"):
        assert "/diss @somebody" in (await stage.answer(ann, squad, typed)).text
    assert "group" in (await stage.answer(ann, ann, "/diss @bob")).text


@pytest.mark.usefixtures("cem")
async def test_who_writes_as_the_group_has_no_face_and_may_tease(stage: Stage, squad: Chat, ann: User):
    await stage.settle()
    message = stage.world.say(ann, squad, "hello", anonymous=True)
    assert "can't see who" in (await stage.answer(ann, squad, "/diss", reply_to=message.id)).text
    assert (await stage.answer(ann, squad, "/diss @cem_the_3rd", anonymous=True)).text in _of(TEASES, "Cem")


async def test_gub_yourself_and_bots_get_no_tease(stage: Stage, squad: Chat, ann: User):
    assert (await stage.answer(ann, squad, "/diss @GUB_test_bot")).text in TO_GUB
    own = await stage.answer(ann, squad, "/about")
    assert (await stage.answer(ann, squad, "/diss", reply_to=own.id)).text in TO_GUB
    assert (await stage.answer(ann, squad, "/diss @ann_a")).text in _of(TO_YOURSELF, "Ann")
    assert "Bots" in (await stage.answer(ann, squad, "/diss @other_bot")).text


async def test_strangers_and_who_left_are_left_alone(stage: Stage, squad: Chat, ann: User, cem: User):
    await stage.settle()
    assert "haven't met" in (await stage.answer(ann, squad, "/diss @nobody_here")).text
    stage.world.leave(cem, squad)
    await stage.settle()
    assert "not in this chat" in (await stage.answer(ann, squad, "/diss @cem_the_3rd")).text


async def test_not_me_please_counts_for_whom_it_is_about_alone_and_in_every_chat(
    stage: Stage, squad: Chat, ann: User, bob: User, cem: User
):
    await stage.settle()
    tease = await stage.answer(ann, squad, "/diss @cem_the_3rd")
    before = tease.text
    told = await stage.press(bob, tease, "Not me, please")
    assert told is not None
    assert told.alert
    assert tease.text == before
    told = await stage.press(cem, tease, "Not me, please")
    assert told is not None
    assert "won't tease you again" in told.text
    assert tease.text == "Cem would rather not be teased. Noted, I won't."
    assert tease.buttons == []
    other = await stage.group(ann, cem, title="Other")
    for place in (squad, other):
        answer = await stage.answer(ann, place, "/diss @cem_the_3rd")
        assert "rather not be teased" in answer.text
        assert answer.buttons == []


async def test_a_forged_not_me_silences_nobody_else(stage: Stage, squad: Chat, ann: User, bob: User, cem: User):
    await stage.settle()
    tease = await stage.answer(ann, squad, "/diss @cem_the_3rd")
    tap = FunTap(action=FunAction.NOT_ME, user=cem.id).pack()
    await stage.press_data(bob, tease, tap, forged=True)
    assert (await stage.answer(ann, squad, "/diss @cem_the_3rd")).text in _of(TEASES, "Cem")


async def test_a_forged_not_me_of_ones_own_changes_no_other_message(stage: Stage, squad: Chat, cem: User):
    await stage.settle()
    card = await stage.answer(cem, squad, "/newgroup Warzone")
    before = card.text
    told = await stage.press_data(cem, card, FunTap(action=FunAction.NOT_ME, user=cem.id).pack(), forged=True)
    assert told is not None
    assert "won't tease you again" in told.text
    assert card.text == before


async def test_a_hostile_name_is_only_a_name(stage: Stage, squad: Chat, ann: User):
    evil = stage.world.add_user("{name} @ann_a <b>", username="evil_one")
    stage.world.join(evil, squad)
    stage.world.say(evil, squad, "/age")
    await stage.settle()
    answer = await stage.answer(ann, squad, "/diss @evil_one")
    assert answer.text in _of(TEASES, "{name} @ann_a <b>")
    assert stage.pinged(answer) == set()


async def test_a_chat_is_for_talking_too(stage: Stage, squad: Chat, ann: User, bob: User):
    for _ in range(10):
        await stage.answer(ann, squad, "/mf")
    for command in ("/mf", "/wdhs", "/f", "/diss @ann_a"):
        assert "a lot of fun" in (await stage.answer(bob, squad, command)).text
    assert (await stage.answer(bob, bob, "/mf")).text in SAD_SONGS
    await stage.clock.advance(121)
    assert (await stage.answer(bob, squad, "/mf")).text in SAD_SONGS

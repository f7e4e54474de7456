"""Watches: how people make, change and end them, and what they may."""

import pytest

from gub.domain.limits import WATCHES_PER_USER
from gub.domain.presence import Status
from gub.domain.values import Allowance
from gub.domain.watches import Watch, WatchKind
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.watches.conftest import BOB_ON, told, watch
from tests.telegram.handlers.watches.watchtower import Tower, listed

HALF = "Half \ud83c Life"  # half a character of a platform's JSON

pytestmark = pytest.mark.usefixtures("started", "robert")


async def test_a_group_leads_into_private(stage: Stage, squad: Chat, ann: User):
    answer = await stage.answer(ann, squad, "/watch")
    assert answer.buttons[0]["url"].endswith(f"?start=watch_{squad.id}")


async def test_a_game_is_waited_for_by_a_button_or_by_its_name(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    del bob
    tower.does("Robert", Status.PLAYING, "Halo Infinite")
    await tower.look()
    menu = await watch(tower, ann, squad, "Watch somebody", "Robert", "Halo Infinite")
    assert "Robert plays Halo Infinite" in menu.text
    menu = await tower.menu(ann, squad, "Watch somebody", "Robert", "✍️ When they play …")
    assert "Which game of Robert?" in menu.text
    await stage.said(ann, ann, "  chess ")
    assert "Robert plays chess" in stage.by_bot(ann)[-1].text
    await tower.look()
    tower.does("Robert", Status.PLAYING, "CHESS™")
    await tower.look()
    assert told(stage, ann)[-1].startswith("🎮 Robert in Squad: CHESS™ on Steam")
    assert len(told(stage, ann)) == 1
    tower.does("Robert", Status.PLAYING, "Halo Infinite")
    await tower.look(5)
    assert len(told(stage, ann)) == 1, "the same title within ten minutes is the same session"


@pytest.mark.parametrize(
    ("title", "label"),
    [(HALF, "🎮 Half Life"), ("x" * 5000, "🎮 xxx"), ("\u202eGo @Ann_A", "🎮 Go @Ann_A"), ("🎮" * 300, "🎮 🎮🎮")],
)
async def test_whatever_a_platform_calls_a_game_it_is_waited_for(  # noqa: PLR0917 - fixtures
    tower: Tower, stage: Stage, squad: Chat, ann: User, title: str, label: str
):
    tower.does("Robert", Status.PLAYING, title)
    await tower.look()
    menu = await watch(tower, ann, squad, "Watch somebody", "Robert", label, each_time=True)
    assert "I'll tell you when this happens" in menu.text
    (kept,) = await stage.store.watches.all()
    assert len(kept.title or "") <= 128
    tower.does("Robert", Status.OFFLINE)
    await tower.look()
    tower.does("Robert", Status.PLAYING, title)
    await tower.look(11)
    assert len(told(stage, ann)) == 1
    assert not stage.pinged(stage.by_bot(ann)[-1])


async def test_a_game_without_a_name_to_see_has_no_button(tower: Tower, squad: Chat, ann: User):
    tower.does("Robert", Status.PLAYING, "\u200b\u202e")
    await tower.look()
    menu = await tower.menu(ann, squad, "Watch somebody", "Robert")
    labels = [button["text"] for button in menu.buttons]
    assert labels == ["🟢 When they come on", "🎮 When they play anything", "✍️ When they play …", "« Back"]


@pytest.mark.parametrize("typed", ["\u200b\u200b", "x" * 101])
async def test_what_is_no_game_is_asked_again(tower: Tower, stage: Stage, squad: Chat, ann: User, typed: str):
    await tower.menu(ann, squad, "Watch somebody", "Robert", "✍️ When they play …")
    await stage.said(ann, ann, typed)
    assert "That's no name of a game" in stage.by_bot(ann)[-1].text
    await stage.said(ann, ann, "Cancel")
    assert stage.by_bot(ann)[-1].text.startswith("🔭 What you watch in Squad")
    assert await stage.store.watches.all() == []


async def test_an_admin_may_stop_what_is_told_in_the_group(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    menu = await watch(tower, ann, squad, *BOB_ON, each_time=True)
    stage.world.promote(bob, squad)
    (kept,) = await stage.store.watches.all()
    begun = stage.by_bot(squad)[0]
    forged = await stage.press_data(bob, begun, f"w:enough:{squad.id}:{kept.id}:", forged=True)
    assert forged is not None
    assert forged.text == "You don't watch that any more.", "what is told in private is nobody's business"
    await stage.press(ann, menu, "Tell the group")
    await tower.look()
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    await stage.press(bob, stage.by_bot(squad)[-1], "Stop watching")
    assert await stage.store.watches.all() == []


async def test_nobody_is_watched_who_does_not_allow_it(tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User):
    (person,) = await stage.store.statususers.of_chat(squad.id)
    await stage.store.statususers.allow(person.id, squad.id, bob.id, Allowance.WATCHES, allowed=False)
    menu = await tower.menu(ann, squad, "Watch somebody")
    assert "Nobody else here allows to be watched yet." in menu.text
    forged = await stage.press_data(ann, menu, f"w:on:{squad.id}:{person.id}:", forged=True)
    assert forged is not None
    assert forged.alert
    assert await stage.store.watches.all() == []


@pytest.mark.parametrize("who", ["", "0" * 24, "nobody", "elsewhere"])
@pytest.mark.parametrize("what", ["on", "play"])
async def test_a_button_that_names_nobody_watches_nobody(  # noqa: PLR0917 - fixtures
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User, who: str, what: str
):
    if who == "elsewhere":
        who = (await listed(stage, bob, await stage.group(bob, title="Others"), "Robert")).id
    menu = await tower.menu(ann, squad)
    before = menu.text
    refused = await stage.press_data(ann, menu, f"w:{what}:{squad.id}:{who}:", forged=True)
    assert refused is not None
    assert refused.alert
    assert refused.text
    assert menu.text == before
    assert await stage.store.watches.all() == []


@pytest.mark.parametrize("count", ["", "0", "1", "7", "-3", "2.5", "²", "9" * 20])
async def test_so_many_as_no_button_says_are_not_waited_for(
    tower: Tower, stage: Stage, squad: Chat, ann: User, count: str
):
    menu = await tower.menu(ann, squad)
    refused = await stage.press_data(ann, menu, f"w:count:{squad.id}::{count}", forged=True)
    assert refused is not None
    assert refused.alert
    assert await stage.store.watches.all() == []


async def test_each_decides_on_their_card_and_it_counts_at_once(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    await stage.said(bob, bob, f"/start people_{squad.id}")
    card = stage.by_bot(bob)[-1]
    for label in ("Robert", "Show or hide", "🔭 Don't let others watch"):
        await stage.press(bob, card, label)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == []
    menu = await tower.menu(ann, squad)
    assert "they don't allow it now" in menu.text
    await stage.press(bob, card, "🔭 Let others watch")
    assert "Others here may be told" in card.text
    await tower.look()
    assert len(told(stage, ann)) == 1, "he is on, and wants it to be told from now on"


async def test_who_leaves_a_chat_sees_nothing_of_its_people_any_more(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    other = await stage.group(bob, ann, title="Others")
    await listed(stage, bob, other, "Bobby")
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await watch(tower, ann, other, "Watch somebody", "Bobby", "When they come on")
    kept = await stage.store.watches.add(Watch("", squad.id, bob.id, WatchKind.COUNT, count=2))
    stage.world.leave(ann, squad)
    await stage.settle()
    assert "Robert" not in (await stage.answer(ann, ann, "/watch")).text
    assert [one.chat_id for one in await stage.store.watches.of_owner(ann.id)] == [other.id]
    assert await stage.store.watches.of_owner(bob.id) == [kept]


@pytest.mark.parametrize("how", ["removed", "hides"])
async def test_a_watch_is_ended_by_its_owner_whatever_became_of_the_chat(  # noqa: PLR0917 - fixtures
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User, how: str
):
    await stage.said(bob, bob, "/start")
    await listed(stage, ann, squad, "Annie")
    await tower.menu(bob, squad, "Watch somebody", "Annie", "When they come on")
    if how == "removed":
        stage.world.leave(stage.world.default_bot.user, squad)
        await stage.settle()
    else:
        squad.hidden_members = True
    menu = await stage.answer(bob, bob, "/watch")
    await stage.press(bob, menu, "1")
    assert "Annie comes on" in menu.text
    await stage.press(bob, menu, "Stop watching")
    assert "You watch nobody" in menu.text
    assert await stage.store.watches.all() == []


async def test_a_game_is_named_only_by_who_is_told_to_be_in_the_chat(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    await stage.said(bob, bob, "/start")
    await listed(stage, ann, squad, "Annie")
    await tower.menu(bob, squad, "Watch somebody", "Annie", "✍️ When they play …")
    squad.hidden_members = True
    await stage.said(bob, bob, "Chess")
    assert "Annie" not in stage.by_bot(bob)[-1].text
    assert await stage.store.watches.all() == []


async def test_so_many_and_no_more(stage: Stage, tower: Tower, squad: Chat, ann: User):
    for number in range(WATCHES_PER_USER):
        await stage.store.watches.add(Watch("", squad.id, ann.id, WatchKind.PLAYS, "a" * 24, f"Game {number}"))
    menu = await tower.menu(ann, squad, "Watch somebody", "Robert")
    full = await stage.press(ann, menu, "When they come on")
    assert full is not None
    assert full.alert
    assert str(WATCHES_PER_USER) in full.text
    assert len(await stage.store.watches.of_owner(ann.id)) == WATCHES_PER_USER


async def test_where_there_is_no_room_for_a_game_it_is_not_asked_on(stage: Stage, tower: Tower, squad: Chat, ann: User):
    for number in range(WATCHES_PER_USER):
        await stage.store.watches.add(Watch("", squad.id, ann.id, WatchKind.PLAYS, "a" * 24, f"Game {number}"))
    await tower.menu(ann, squad, "Watch somebody", "Robert", "✍️ When they play …")
    await stage.said(ann, ann, "Chess")
    assert str(WATCHES_PER_USER) in stage.by_bot(ann)[-1].text
    await stage.said(ann, ann, "Thanks anyway")
    assert "I only understand commands" in stage.by_bot(ann)[-1].text


async def test_the_same_watch_twice_is_one(tower: Tower, stage: Stage, squad: Chat, ann: User):
    for _ in range(2):
        await watch(tower, ann, squad, *BOB_ON)
    assert len(await stage.store.watches.all()) == 1


async def test_all_of_them_are_seen_and_ended_in_private(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON)
    menu = await stage.answer(ann, ann, "/watch")
    assert "1. Robert comes on in Squad · once" in menu.text
    await stage.press(ann, menu, "1")
    await stage.press(ann, menu, "Stop watching")
    assert "You watch nobody" in menu.text


async def test_what_was_told_stays_when_it_is_enough(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    message = stage.by_bot(ann)[-1]
    assert [button["text"] for button in message.buttons] == ["🔕 1 hour", "🌙 Tonight", "🗑 Stop watching"]
    told_then = message.text
    answer = await stage.press(ann, message, "Stop watching")
    assert answer is not None
    assert (answer.text, bool(answer.alert)) == ("Done. I won't tell you any more.", False)
    assert await stage.store.watches.all() == []
    assert (message.text, message.buttons) == (told_then, [])


async def test_a_list_stays_a_list_whatever_is_on_its_buttons(tower: Tower, stage: Stage, squad: Chat, ann: User):
    card = await watch(tower, ann, squad, *BOB_ON)
    (kept,) = await stage.store.watches.all()
    bare = stage.by_bot(ann)[0]
    await stage.press_data(ann, bare, f"w:stop:{squad.id}:{kept.id}:", forged=True)
    assert "You watch nobody" in bare.text
    assert "Robert comes on" in card.text


@pytest.mark.usefixtures("tower")
async def test_others_buttons_do_nothing_with_it(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.said(bob, bob, "/start")
    kept = await stage.store.watches.add(Watch("", squad.id, ann.id, WatchKind.COUNT, count=2))
    menu = await stage.answer(bob, bob, "/watch")
    for action in ("card", "ever", "group", "stop", "enough"):
        answer = await stage.press_data(bob, menu, f"w:{action}:{squad.id}:{kept.id}:", forged=True)
        assert answer is not None
        assert answer.text == "You don't watch that any more."
    assert await stage.store.watches.get(kept.id) == kept

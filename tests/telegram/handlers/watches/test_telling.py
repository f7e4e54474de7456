"""Watches: what people are told, and what they are not."""

from datetime import timedelta

import pytest

from gub.domain.hours import Snooze
from gub.domain.limits import TOLD_A_DAY
from gub.domain.presence import Status
from gub.domain.values import Allowance, Visibility
from gub.domain.watches import Watch, WatchKind
from gub.platforms.errors import Unavailable
from gub.presence.look import Look
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, User
from gub.services.watches import WatchBook
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.watches.conftest import BOB_ON, told, watch
from tests.telegram.handlers.watches.watchtower import Tower, listed, watching
from tests.telegram.views.support import HOSTILE

HOUR, DAY = 60, 24 * 60  # in minutes

pytestmark = pytest.mark.usefixtures("started", "robert")


async def test_it_is_told_once(tower: Tower, stage: Stage, squad: Chat, ann: User):
    menu = await watch(tower, ann, squad, *BOB_ON)
    assert menu.text == "🔭 I'll tell you when this happens: Robert comes on.\nOnce, then it's done. Here, in private."
    await tower.look()
    assert told(stage, ann) == []
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == ["🟢 Robert in Squad: online on Steam, since 18:08 UTC"]
    tower.does("Robert", Status.OFFLINE)
    await tower.look(HOUR)
    tower.does("Robert", Status.ONLINE)
    await tower.look(HOUR)
    assert len(told(stage, ann)) == 1
    assert await stage.store.watches.all() == []


async def test_who_is_on_already_is_no_news(tower: Tower, stage: Stage, squad: Chat, ann: User):
    tower.does("Robert", Status.ONLINE)
    await watch(tower, ann, squad, *BOB_ON)
    await tower.look()
    await tower.look()
    assert told(stage, ann) == []


async def test_a_week_of_it_with_restarts_of_consoles_and_of_the_bot(
    stage: Stage, sim: SimServer, squad: Chat, ann: User
):
    async with watching(stage, sim) as tower:
        await watch(tower, ann, squad, *BOB_ON, each_time=True)
        await tower.look()
    for evening in range(1, 8):
        async with watching(stage, sim) as tower:  # the bot restarts each day
            await tower.look(22 * HOUR)
            tower.does("Robert", Status.PLAYING, "Chess")
            await tower.look()
            assert len(told(stage, ann)) == evening
            tower.does("Robert", Status.OFFLINE)  # a console restarts
            await tower.look(3)
            tower.does("Robert", Status.PLAYING, "Chess")
            await tower.look(3)
        async with watching(stage, sim) as tower:  # and the bot while he plays
            await tower.look(30)
            tower.does("Robert", Status.OFFLINE)
            await tower.look(HOUR)
            assert len(told(stage, ann)) == evening
    assert all(one.startswith("🎮 Robert in Squad: Chess on Steam") for one in told(stage, ann))


async def test_when_so_many_are_on(tower: Tower, stage: Stage, squad: Chat, ann: User):
    for name in ("Cyd", "Dee", "Eve"):
        user = stage.world.add_user(name)
        stage.world.join(user, squad)
        await listed(stage, user, squad, name, allows=name != "Eve")
    await stage.settle()
    menu = await watch(tower, ann, squad, "When several are on", "3", each_time=True)
    assert "3 people are on" in menu.text
    await tower.look()
    for name in ("Robert", "Cyd", "Eve"):
        tower.does(name, Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == [], "Eve did not allow it"
    tower.does("Dee", Status.PLAYING, "Chess")
    await tower.look()
    assert told(stage, ann) == ["👥 On now in Squad: Dee, Cyd, Robert"]
    tower.does("Cyd", Status.OFFLINE)
    await tower.look(5)
    tower.does("Cyd", Status.ONLINE)
    await tower.look(4)
    assert len(told(stage, ann)) == 1


async def test_who_is_on_a_list_twice_is_named_once(tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User):
    cyd = stage.world.add_user("Cyd")
    stage.world.join(cyd, squad)
    await listed(stage, bob, squad, "Robert's other")
    await listed(stage, cyd, squad, "Cyd")
    await watch(tower, ann, squad, "When several are on", "2", each_time=True)
    await tower.look()
    for name in ("Robert", "Robert's other"):
        tower.does(name, Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == []
    tower.does("Cyd", Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == ["👥 On now in Squad: Cyd, Robert"]


async def test_so_many_as_are_on_already_are_no_news_though_it_was_looked_meanwhile(
    tower: Tower, stage: Stage, squad: Chat, ann: User, monkeypatch: pytest.MonkeyPatch
):
    cyd = stage.world.add_user("Cyd")
    stage.world.join(cyd, squad)
    await listed(stage, cyd, squad, "Cyd")
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    tower.does("Robert", Status.ONLINE)
    tower.does("Cyd", Status.ONLINE)
    await tower.look()
    heard = WatchBook.heard

    async def made_meanwhile(self: WatchBook, look: Look) -> None:
        await stage.store.watches.add(Watch("", squad.id, ann.id, WatchKind.COUNT, count=2))
        await heard(self, look)

    with monkeypatch.context() as patch:
        patch.setattr(WatchBook, "heard", made_meanwhile)
        await tower.look()
    await tower.look()
    await tower.look()
    assert told(stage, ann) == []


async def test_it_is_told_in_the_group_and_mentions_who_wanted_it(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    menu = await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await stage.press(ann, menu, "Tell the group")
    await tower.look()
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    message = stage.by_bot(squad)[-1]
    assert message.text.startswith("Ann: 🟢 Robert: online on Steam")
    assert stage.pinged(message) == {ann.id}
    stranger = await stage.press(bob, message, "Stop watching")
    assert stranger is not None
    assert stranger.text == "Only whoever watches that, or an admin, can stop it."
    assert [button["text"] for button in message.buttons] == ["🔕 1 hour", "🌙 Tonight", "🗑 Stop watching"]
    told_then = message.text
    await stage.press(ann, message, "Stop watching")
    assert await stage.store.watches.all() == []
    assert (message.text, message.buttons) == (told_then, [])


async def test_what_is_withdrawn_between_deciding_and_telling_is_not_told(  # noqa: PLR0917 - fixtures
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User, monkeypatch: pytest.MonkeyPatch
):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    tower.does("Robert", Status.ONLINE)
    heard = WatchBook.heard

    async def then_withdraw(self: WatchBook, look: Look) -> None:
        await heard(self, look)
        (person,) = await stage.store.statususers.of_chat(squad.id)
        await stage.store.statususers.allow(person.id, squad.id, bob.id, Allowance.WATCHES, allowed=False)

    monkeypatch.setattr(WatchBook, "heard", then_withdraw)
    await tower.look()
    assert told(stage, ann) == []


async def test_who_hides_is_not_told_of(tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    (person,) = await stage.store.statususers.of_chat(squad.id)
    await stage.store.statususers.set_visibility(person.id, squad.id, Visibility.HIDDEN, by=bob.id)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == []


async def test_a_platform_that_is_silent_is_no_news(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    stage.steam.trouble = Unavailable("it does not answer")
    for _ in range(20):
        await tower.look()
    stage.steam.trouble = None
    await tower.look(15)
    assert told(stage, ann) == [], "he was on all the time, for all that is known"


async def test_who_wants_peace_is_not_told_and_a_watch_for_once_stays(
    tower: Tower, stage: Stage, squad: Chat, ann: User
):
    await watch(tower, ann, squad, *BOB_ON)
    await tower.look()
    await stage.parts.hours.snooze(ann.id, Snooze.HOUR)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    tower.does("Robert", Status.OFFLINE)
    await tower.look()
    assert told(stage, ann) == []
    await tower.look(HOUR)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert len(told(stage, ann)) == 1


async def test_there_is_an_end_to_it_each_day(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    for _ in range(TOLD_A_DAY + 3):
        tower.does("Robert", Status.ONLINE)
        await tower.look(11)
        tower.does("Robert", Status.OFFLINE)
        await tower.look(11)
    assert len(told(stage, ann)) == TOLD_A_DAY
    assert "I go on tomorrow" in told(stage, ann)[-1]
    await tower.look(DAY)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert len(told(stage, ann)) == TOLD_A_DAY + 1


async def test_who_left_the_chat_is_told_nothing_and_watches_no_more(
    tower: Tower, stage: Stage, squad: Chat, ann: User
):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    stage.world.leave(ann, squad)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert told(stage, ann) == []
    assert await stage.store.watches.all() == []


async def test_where_members_are_hidden_it_is_told_in_the_group_and_to_admins_alone(
    tower: Tower, stage: Stage, squad: Chat, ann: User, bob: User
):
    await stage.said(bob, bob, "/start")
    annie = await listed(stage, ann, squad, "Annie")
    cyd = stage.world.add_user("Cyd")
    stage.world.join(cyd, squad)
    await stage.said(cyd, cyd, "/start")
    here = [
        Watch("", squad.id, bob.id, WatchKind.ON, annie.id, always=True),
        Watch("", squad.id, cyd.id, WatchKind.ON, annie.id, always=True, in_group=True),
    ]
    for one in here:
        await stage.store.watches.add(one)
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    squad.hidden_members = True
    stage.world.leave(bob, squad)  # who knows?
    tower.does("Annie", Status.ONLINE)
    tower.does("Robert", Status.ONLINE)
    before = len(stage.by_bot(bob))
    await stage.store.watches.add(here[0])
    await tower.look()
    await tower.look()
    assert stage.by_bot(bob)[before:] == []
    assert len(told(stage, ann)) == 1
    assert "Cyd: 🟢 Annie" in stage.by_bot(squad)[-1].text


async def test_who_blocked_the_bot_watches_no_more(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    stage.world.block(ann)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert await stage.store.watches.all() == []


@pytest.mark.parametrize("fault", ["429", "500"])
async def test_what_telegram_refuses_for_now_is_told_later(
    tower: Tower, stage: Stage, squad: Chat, ann: User, fault: str
):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    stage.world.fail("sendMessage", fault, 1)
    tower.does("Robert", Status.ONLINE)
    await tower.look()
    assert len(told(stage, ann)) == 1


async def test_a_death_between_deciding_and_telling_loses_nothing(stage: Stage, sim: SimServer, squad: Chat, ann: User):
    async with watching(stage, sim) as tower:
        await watch(tower, ann, squad, *BOB_ON, each_time=True)
        await tower.look()
        (kept,) = await stage.store.watches.all()
    stage.steam.know("Robert", Status.ONLINE)
    assert kept.spell is not None
    assert await stage.store.watches.decide(kept, kept.spell, stage.clock.now())
    assert not await stage.store.watches.decide(kept, kept.spell, stage.clock.now()), "who comes second decides nothing"
    async with watching(stage, sim) as tower:
        await tower.tell()
    assert len(told(stage, ann)) == 1


async def test_what_is_old_is_no_news(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON, each_time=True)
    await tower.look()
    (kept,) = await stage.store.watches.all()
    assert kept.spell is not None
    tower.does("Robert", Status.ONLINE)
    await stage.store.watches.decide(kept, kept.spell, stage.clock.now() - timedelta(minutes=11))
    await tower.tell()
    assert told(stage, ann) == []


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip()])
async def test_hostile_names_are_told_like_others(tower: Tower, stage: Stage, squad: Chat, ann: User, name: str):
    user = stage.world.add_user("Cyd")
    stage.world.join(user, squad)
    person = await listed(stage, user, squad, "cyd")
    await stage.store.statususers.rename(person.id, squad.id, name)
    await stage.store.watches.add(Watch("", squad.id, ann.id, WatchKind.ON, person.id, always=True))
    await tower.menu(ann, squad, "Watch somebody")
    await tower.look()
    tower.does("cyd", Status.ONLINE)
    await tower.look()
    message = stage.by_bot(ann)[-1]
    assert message.text.startswith("🟢 ")
    assert {entity["type"] for entity in message.entities} <= {"bold", "code"}


async def test_who_is_taken_off_the_list_is_watched_no_more(tower: Tower, stage: Stage, squad: Chat, ann: User):
    await watch(tower, ann, squad, *BOB_ON)
    (person,) = await stage.store.statususers.of_chat(squad.id)
    await stage.store.statususers.delete(person.id, squad.id)
    assert "not on the list any more" in (await tower.menu(ann, squad)).text
    await tower.book.tidy()
    assert await stage.store.watches.all() == []

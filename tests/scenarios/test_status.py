"""/status through the whole bot: who is on, playing what, and since when, also after a restart."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gub.clock import SystemClock
from gub.domain.values import Account, Platform
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import all_answered, answers, ask, groups, tap
from tests.scenarios.running import Place, bot_in_process


@dataclass
class SkippingClock(SystemClock):
    """The machine's own clock, put forward by hand."""

    skipped: float = field(default=0.0)

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self.skipped)

    def monotonic(self) -> float:
        return super().monotonic() + self.skipped


def questions(steam: Steam) -> int:
    return sum("GetPlayerSummaries" in request.path for request in steam.requests)


async def add(store: Store, chat: Chat, keeper: User, **people: str) -> None:
    for name, account_id in people.items():
        account = Account(Platform.STEAM, account_id, "secret name")
        await store.statususers.add(chat.id, keeper.id, name, {Platform.STEAM: account}, "G")


async def test_since_survives_a_restart_and_what_was_known_is_shown_while_steam_is_down(
    world: World, steam: Steam, place: Place, store: Store
) -> None:
    clock = SkippingClock()
    ((ana, chat),) = groups(world, 1)
    nova = steam.add_account("nova", state="online")
    await add(store, chat, ana, Ann=nova.id)
    async with bot_in_process(place, clock):
        status = await ask(world, ana, chat, "/status")
        assert status.text == "🟢 Ann - online on Steam"
        clock.skipped += 60
        steam.set_presence(nova.id, game="Dota 2")
        answer = await tap(world, ana, status, "Refresh")
        assert answer.text == "Up to date."
        assert status.text == "🎮 Ann - Dota 2 on Steam"
    clock.skipped += 480
    steam.fail("down")
    async with bot_in_process(place, clock):
        kept = await ask(world, ana, chat, "/status")
        assert kept.text == (
            "🎮 Ann - Dota 2 on Steam, for 8 minutes (as of 8 minutes ago)\n\n"
            "Steam isn't answering right now. This is what it last said."
        )
        steam.clear_faults()
        clock.skipped += 60
        while "as of" in kept.text:  # the question that failed may still be tried again
            kept = await ask(world, ana, chat, "/status")
        assert kept.text == "🎮 Ann - Dota 2 on Steam, for 9 minutes"


async def test_d67_fifteen_chats_at_once_ask_about_nobody_twice(
    world: World, steam: Steam, place: Place, store: Store
) -> None:
    people = groups(world, 15)
    accounts = [steam.add_account(f"player{number}", game="Dota 2") for number in range(15)]
    for (person, chat), account in zip(people, accounts, strict=True):
        await add(store, chat, person, Ann=account.id, Bob=accounts[0].id)
    said = [(chat, world.say(person, chat, "/status")) for person, chat in people]
    async with bot_in_process(place):
        await all_answered(world, said)
    for chat, message in said:
        (told,) = answers(world, chat, message)
        assert told.text.count("Dota 2 on Steam") == 2
    asked = [one for request in steam.requests for one in dict(request.params).get("steamids", "").split(",") if one]
    assert sorted(asked) == sorted(account.id for account in accounts)


async def test_d57_d61_d66_forty_people_read_at_a_glance(
    world: World, steam: Steam, place: Place, store: Store
) -> None:
    """Steam answers in its own order; one of them is private and one is gone."""
    ((ana, chat),) = groups(world, 1)
    games = {name: f"Game {number}" for number, name in enumerate(["Zoe", "adam", "Bob"])}
    for name, game in games.items():
        await add(store, chat, ana, **{name: steam.add_account(name, game=game).id})
    await add(store, chat, ana, Cid=steam.add_account("cid", private=True).id, Dee="76561199999999999")
    for number in range(35):
        account = steam.add_account(f"p{number}")
        account.last_logoff = SystemClock().now() - timedelta(hours=number + 1, minutes=5)
        await add(store, chat, ana, **{f"Player{number}": account.id})
    async with bot_in_process(place):
        status = await ask(world, ana, chat, "/status")
    rows = status.text.split("\n")
    assert rows[:4] == [
        "🎮 Zoe - Game 0 on Steam",
        "🎮 adam - Game 1 on Steam",
        "🎮 Bob - Game 2 on Steam",
        "⚫ Player0 - offline, last seen an hour ago",
    ]
    assert rows[-2:] == ["🔒 Cid - keeps it private", "❔ Dee - unknown"]
    assert len(rows) == 40
    assert questions(steam) == 1
    folded = [entity for entity in status.entities if entity["type"] == "expandable_blockquote"]
    assert len(folded) == 2
    assert "secret" not in status.text

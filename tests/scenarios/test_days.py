"""Days of a chat with the whole bot: a board, a watch, news of who starts what and calls, over nights and restarts."""

from datetime import timedelta

from gub.domain.values import Allowance, Joining, Platform
from gub.domain.watches import Watch, WatchKind
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.chats import SettingsField
from gub.store.store import Store
from tests.scenarios.conversation import bot_messages, groups, tap, until
from tests.scenarios.people import put
from tests.scenarios.platforms import Platforms
from tests.scenarios.running import Place, bot_in_process

MINUTES = timedelta(minutes=1)
NIGHT = timedelta(hours=20)
DAYS = 3


class Evenings:
    """A chat in which Ana plays and Bea wants to know of it."""

    def __init__(self, world: World, platforms: Platforms, store: Store) -> None:
        self.world, self.platforms, self.store = world, platforms, store
        ((self.ana, self.chat),) = groups(world, 1)
        self.bea = world.add_user("Bea")
        world.join(self.bea, self.chat)

    async def begin(self) -> None:
        """Let the chat choose what it wants to be told, and make a group of both."""
        account = self.platforms.player(Platform.STEAM, 1)
        await put(self.store, self.ana, self.chat, {"Ana": [account]})
        (person,) = await self.store.statususers.of_chat(self.chat.id)
        await self.store.statususers.claim(person.id, self.chat.id, self.ana.id)
        await self.store.statususers.allow(person.id, self.chat.id, self.ana.id, Allowance.WATCHES, allowed=True)
        await self.store.chats.choose(self.chat.id, SettingsField.STARTS, value=True)
        watch = Watch("", self.chat.id, self.bea.id, WatchKind.ON, person.id, always=True, in_group=True)
        await self.store.watches.add(watch)
        group = await self.store.notifygroups.create(self.chat.id, self.bea.id, "Raid", None, Joining.OPEN, None)
        await self.store.notifygroups.join(group.id, self.chat.id, self.ana.id)

    async def look(self, after: timedelta = 4 * MINUTES) -> None:
        """Let so much time pass at once, and wait until the bot has looked."""
        time = self.platforms.time
        looks = time.naps["Poller.run"]
        time.leap(after)
        while time.naps["Poller.run"] == looks:
            try:
                await self.world.wait_for(lambda: time.naps["Poller.run"] > looks, 0.3)
            except AssertionError:  # something waits before it tries again
                time.leap(timedelta(seconds=5))

    def plays(self, game: str | None) -> None:
        """Let Ana do something from now on."""
        (account,) = self.platforms.steam.accounts.values()
        self.platforms.steam.set_presence(account.id, state="online" if game else "offline", game=game or "")

    def told(self, text: str) -> list[SimMessage]:
        """Give what the bot has written in the chat that says this."""
        return [message for message in bot_messages(self.world, self.chat) if text in message.text]

    async def call(self, by: User, chat: Chat) -> SimMessage:
        """Call who is on, and give the message that shows it."""
        before = len(self.told("calls Raid"))
        self.world.say(by, chat, "/notify Raid 2: now or never")
        return await until(self.world, lambda: self.told("calls Raid")[before])

    async def spend(self, evening: int) -> SimMessage:
        """Let Ana come, her console restart, be called and go; give the call."""
        world, (board,) = self.world, self.told("Who's on")
        await self.look()
        await until(world, lambda: "Offline: Ana" in board.text)
        self.plays("Hades")
        await self.look()
        await until(world, lambda: len(self.told("started Hades")) == evening)
        await until(world, lambda: len(self.told("Bea: 🎮 Ana: Hades")) == evening)
        await until(world, lambda: "Ana - Hades on Steam" in board.text)
        for game in (None, "Hades"):
            self.plays(game)
            await self.look()
        call = await self.call(self.bea, self.chat)
        await tap(world, self.ana, call, "✋ In")
        await until(world, lambda: len(self.told("Raid is full")) == evening)
        self.plays(None)
        await self.look()
        await until(world, lambda: "Ana - Hades" not in board.text)
        return call


async def test_each_evening_is_told_once(world: World, place: Place, platforms: Platforms, store: Store) -> None:
    evenings = Evenings(world, platforms, store)
    calls = []
    for evening in range(1, DAYS + 1):
        platforms.time.naps.clear()
        async with bot_in_process(place, platforms.time):
            if evening == 1:
                await until(world, lambda: bot_messages(world, evenings.chat))
                await evenings.begin()
                world.say(evenings.bea, evenings.chat, "/board")
                await until(world, lambda: evenings.told("Who's on"))
            calls.append(await evenings.spend(evening))
        platforms.time.leap(NIGHT)
    assert [len(evenings.told(text)) for text in ("started Hades", "Bea: 🎮 Ana: Hades", "Raid is full")] == [DAYS] * 3
    assert [call.text.startswith("🏁") for call in calls] == [True, True, False], "the last one is still to be closed"

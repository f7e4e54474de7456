"""Some hundred updates from twenty chats, at random, in the real process at its most talkative."""

import random
from typing import Any

from gub.sandbox.steam import Steam
from gub.sandbox.telegram.models import Chat, User
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import Said, all_answered, bot_messages, counts, greeted, until
from tests.scenarios.poison import poison
from tests.scenarios.running import BotProcess, Place

CHATS = 20
ROUNDS = 14
"""With the greeting and the last question, fewer messages in a group than Telegram lets a bot write in a minute."""

SECRETS = ("Xyzzy", "sesame", "hunter2", "nova-on-steam")
"""Words that people write, and that no log line may show."""

SILENT = ("just chatting Xyzzy", "/about@other_bot", "hello @gub_test_bot hunter2")
"""What is not for the bot."""


def _commands(chance: random.Random) -> list[str]:
    name = chance.choice(("Xyzzy", "xyzzy", "Warzone", "C++", "a b", "🎮", ".*"))
    return [
        "/about",
        "/help sesame",
        "/start",
        "/status",
        f"/newgroup {name} hunter2",
        f"/join {name}",
        f"/leave {name}",
        "/newgroup",
        f"/add Player{chance.randrange(5)} steam:player1",
        "/add sesame",
        "/add Xyzzy steam:nobody",
        "/add Xyzzy psn:hunter2",
        f"/notify {name}",
        "/notify nowhere sesame hunter2",
        "/groups",
        f"/list_notify_groups {name} sesame",
        f"/invite {name}",
        "/invite nowhere @hunter2_1",
    ]


class Crowd:
    """People in their chats who do this and that."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world = world
        self._chance = chance
        self.people: list[tuple[User, Chat]] = []
        self.asked: Said = []
        self.silent: Said = []
        self.taps: list[str] = []
        for number in range(CHATS):
            person, other = world.add_user(f"Xyzzy {number}", username=f"hunter2_{number}"), world.add_user("Other")
            chat = world.add_group(f"sesame {number}", [person, other], supergroup=number % 2 == 1)
            world.add_bot(chat, person)
            self.people.append((person, chat))

    def act(self) -> None:
        """Let each person type a command, and do something else beside it."""
        for person, chat in self.people:
            message = self._world.say(person, chat, self._chance.choice(_commands(self._chance)))
            self.asked.append((chat, message))
            if self._chance.random() < 0.3:
                self.silent.append((chat, self._world.say(person, chat, self._chance.choice(SILENT))))
            if self._chance.random() < 0.2:
                self._world.edit_message(person, chat, message.id, "/newgroup Edited")
            if self._chance.random() < 0.2:
                self._world.deliver_raw(self._chance.choice(_recognised_poison(person, chat)))
            self._tap(person, chat)

    def _tap(self, person: User, chat: Chat) -> None:
        shown = [
            (message, button["callback_data"])
            for message in bot_messages(self._world, chat)
            for button in message.buttons
            if "callback_data" in button
        ]
        if shown and self._chance.random() < 0.5:
            message, data = self._chance.choice(shown)
            self.taps.append(self._world.press(person, chat, message.id, data))


async def test_d41_d87_a_soak_leaves_nothing_unanswered_and_nothing_private_in_the_log(
    world: World, place: Place, steam: Steam, store: Store
) -> None:
    steam.add_account("nova-on-steam", vanity="player1", game="Dota 2")
    crowd = Crowd(world, random.Random(20261122))  # noqa: S311 - the same every time is what is wanted
    process = BotProcess(place.having(GUB_LOG_LEVEL="debug"))
    try:
        await process.start()
        await greeted(world, crowd.people)
        for _ in range(ROUNDS):
            crowd.act()
            await all_answered(world, crowd.asked[-CHATS:])
        await until(world, lambda: all(world.callback_answer(query) for query in crowd.taps))
        await all_answered(world, [(chat, world.say(person, chat, "/about")) for person, chat in crowd.people])
        process.terminate()
        assert await process.ended() == 0
    finally:
        await process.aclose()
    assert len(crowd.taps) > CHATS
    assert counts(world, crowd.asked) == [1] * CHATS * ROUNDS
    assert counts(world, crowd.silent) == [0] * len(crowd.silent)
    assert await store.inbox.pending(world.default_bot.id) == []
    for _, chat in crowd.people:
        assert await store.notifygroups.by_name(chat.id, "Edited") is None
    assert sum(request.method == "getMe" for request in world.requests) == 1
    _check_log(process, world.default_bot.token)


def _check_log(process: BotProcess, token: str) -> None:
    assert len(process.lines) > CHATS
    for forbidden in ("[error", "[critical", "Traceback", token, token.partition(":")[2], *SECRETS):
        assert [line for line in process.lines if forbidden in line] == []


def _recognised_poison(person: User, chat: Chat) -> list[dict[str, Any]]:
    """Give the poison that is known as such; not the numbers and texts that only the database refuses."""
    refused_late = {"an id of 70 bits", "a chat of 70 bits", "half a surrogate pair", "half a surrogate in a name"}
    return [update for name, update in poison(person, chat).items() if name not in refused_late]

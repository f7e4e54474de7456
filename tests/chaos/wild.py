"""People who do anything: whatever they type and tap is to be answered, and nothing of it may break anything."""

import asyncio
import random
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, Json, SimMessage, User
from gub.sandbox.telegram.world import World
from tests.chaos.events import Events
from tests.scenarios.conversation import DELAY
from tests.scenarios.poison import poison
from tests.scenarios.test_hostile import TITLES

HOSTILE = (*TITLES, "/newgroup", "a" * 4000, "x\n" * 50, ".*", "$where", "None", "0", "-1", "\u0000x", "steam:steam:")
FORGED = (
    "g:join:" + "0" * 24,
    "g:join:x",
    "g:burn:1",
    "zzz",
    "s:refresh:x",
    "gc:card:1:2:3",
    "i:yes:x",
    "d:x:y:z",
    "an:go:x",
)
POISON_LATE = {"an id of 70 bits", "a chat of 70 bits", "half a surrogate pair", "half a surrogate in a name"}
"""Poison that only the database refuses: it is told to the owners, rightly, and so is none of a calm log."""

TYPED = (
    "/about", "/help", "/start", "/status", "/people", "/groups", "/privacy", "/settings", "/support", "/feedback {x}",
    "/newgroup", "/newgroup {n} {x}", "/newgroup {x}", "/join {n}", "/leave {n}", "/join {x}", "/leave", "/add",
    "/add {n} steam:player1", "/add {x} psn:{x}", "/notify {n} {x}", "/notify {n}", "/notify {x}", "/invite {n}",
    "/invite {n} {u} {u}", "/list_notify_groups", "/list_notify_groups {n}", "/age", "/f", "/f {x}", "/mf", "/wdhs {x}",
    "/diss {u}", "/diss", "/donate", "/modify_notify_group", "/modify_status_user",
)  # fmt: skip
OTHERS = ("/nonsense", "/credentials", "/announce {x}")
SILENT = ("just chatting {x}", "/about@other_bot", "hello @gub_test_bot {x}", *OTHERS)
"""What is not for the bot in a group, or not from those who write there; in private it knows none of `OTHERS`."""
WHISPERED = ("/help", "/settings", "/privacy", "/groups", "/people", "/feedback {x}", "/about", "/support")
NAMES = ("Alpha", "alpha", "Beta", "C++", "🎮", "Gamma")

DEEDS = {
    "type": 40, "tap": 30, "private": 8, "whisper": 4, "forge": 4, "chatter": 3, "edit": 3, "come_or_go": 3,
    "delete": 2, "rank": 2, "poison": 1, "move": 1, "silence": 1, "expel": 1, "block": 1, "rename": 1, "again": 1,
}  # fmt: skip
"""What they do, and how often in relation."""


@dataclass
class Wish:
    """Something that is to be answered."""

    at: float
    chat: Chat
    said: SimMessage
    disturbed: bool = False
    """The bot could not be heard there afterwards, or what was said is gone: an answer may be missing."""


@dataclass
class Tap:
    """A press that is to be answered."""

    at: float
    query: str
    data: str


class Wild:
    """Chats in which anything happens."""

    def __init__(self, world: World, chats: int, events: Events, chance: random.Random) -> None:
        self._world = world
        self._events = events
        self._chance = chance
        self.people = [
            world.add_user(
                name, username=f"wild_{number}", language=chance.choice(("en", "de", "pt-br", "ru", "es", None))
            )
            for number, name in enumerate(chance.choice(("Ana", *TITLES)) for _ in range(chats * 2))
        ]
        self.chats: list[Chat] = []
        self.wishes: list[Wish] = []
        self.taps: list[Tap] = []
        for number in range(chats):
            members = chance.sample(self.people, 4)
            kind: Json = {"supergroup": number % 3 == 1, "forum": number % 5 == 4}
            chat = world.add_group(chance.choice(TITLES), members, admins=members[1:2], **kind)
            self.chats.append(chat)

    async def live(self, rate: float) -> None:
        """Do so many things a second until cancelled."""
        for chat in self.chats:
            self._world.add_bot(chat)
        while True:
            await asyncio.sleep(self._chance.expovariate(rate))
            self.act()

    def act(self) -> None:
        """Do one thing, if it can be done."""
        (name,) = self._chance.choices(list(DEEDS), list(DEEDS.values()))
        deed = getattr(self, f"_{name}")
        try:
            deed()
        except WorldError:
            self._events.count("impossible")
        else:
            self._events.count(f"wild: {name}")

    def unanswered(self) -> list[Wish]:
        """Give what still waits for an answer."""
        return [wish for wish in self.wishes if not wish.disturbed and not self._is_answered(wish)]

    def story(self, wish: Wish) -> str:
        """Tell what happened in a chat since something was said there."""
        since = [
            f"{message.id} re {message.reply_to} by {message.from_user and message.from_user.id}: {message.text[:50]!r}"
            for message in wish.chat.messages.values()
            if message.id >= wish.said.id or message.id < 0
        ]
        calls = [
            f"{one.method}={one.status} {one.description or ''} {one.params.get('reply_parameters', '')}"
            for one in self._world.requests
            if one.params.get("chat_id") == str(wish.chat.id) and one.at >= wish.said.date
        ]
        return f"{wish.said.text!r} of {wish.said.from_user and wish.said.from_user.id}; {since[:12]}; {calls[:12]}"

    def unanswered_taps(self) -> list[Tap]:
        return [tap for tap in self.taps if self._world.callback_answer(tap.query) is None]

    # -- talking

    def _type(self) -> None:
        chat = self._chat()
        self._wish(chat, self._world.say(self._present(chat), chat, self._filled(TYPED), **self._topic(chat)))

    def _private(self) -> None:
        """Write to the bot in private, or follow one of its links there."""
        person = self._chance.choice(self.people)
        payloads = [payload for chat in self.chats for payload in self._links(chat)]
        if payloads and self._chance.random() < 0.6:
            said = self._world.start(person, self._chance.choice(payloads[-50:]))
        else:
            text = self._filled((*TYPED, *OTHERS, "{x}", "{n}", "player1"))
            said = self._world.say(person, self._world.private(person), text)
        self._wish(self._world.private(person), said)

    def _whisper(self) -> None:
        """Type a command that only the bot sees, if it offers such."""
        chat = self._chat()
        person = self._present(chat)
        self._wish(chat, self._world.say_to_bot(person, chat, self._filled(WHISPERED), **self._topic(chat)))

    def _chatter(self) -> None:
        chat = self._chat()
        self._world.say(self._present(chat), chat, self._filled(SILENT), **self._topic(chat))

    def _edit(self) -> None:
        wish = self._recent()
        assert wish.said.from_user is not None
        self._world.edit_message(wish.said.from_user, wish.chat, wish.said.id, self._filled(TYPED))

    def _delete(self) -> None:
        """Delete what was just said: the answer cannot be a reply to it then."""
        wish = self._recent()
        self._world.delete_message(wish.chat, wish.said.id)
        wish.disturbed = True

    # -- tapping

    def _tap(self) -> None:
        """Tap any button that is shown to somebody, or was shown lately."""
        places = [*self.chats, *self._world.default_bot.private.values()]
        tappable = [(chat, shown) for chat in places if (shown := self._buttons(chat))]
        if not tappable:
            raise WorldError("there is nothing to tap")
        chat, shown = self._chance.choice(tappable)
        message, data = self._chance.choice(shown)
        person = message.receiver or (chat.user if chat.private else self._present(chat))
        assert person is not None
        self._press(person, chat, message.id, data)

    def _buttons(self, chat: Chat) -> list[tuple[SimMessage, str]]:
        return [
            (message, button["callback_data"])
            for message in list(chat.messages.values())[-40:]
            if message.from_user is self._world.default_bot.user and not message.deleted
            for button in message.buttons
            if "callback_data" in button and not button["callback_data"].startswith("an:")
        ]

    def _forge(self) -> None:
        """Send what no button says, or a button of another chat."""
        chat, other = self._chat(), self._chat()
        datas = [button.get("callback_data", "") for message in other.messages.values() for button in message.buttons]
        data = self._chance.choice([*FORGED, *[data for data in datas if data][-20:]])
        number = self._chance.choice([message.id for message in chat.messages.values() if message.id > 0])
        self._press(self._present(chat), chat, number, data)

    def _press(self, person: User, chat: Chat, number: int, data: str) -> None:
        query = self._world.press(person, chat, number, data, forged=True)
        self.taps.append(Tap(self._events.now, query, data))

    # -- changing chats

    def _come_or_go(self) -> None:
        chat, person = self._chat(), self._chance.choice(self.people)
        if chat.present(person.id):
            if chat.member(person).status != "creator":
                self._world.leave(person, chat)
        else:
            self._world.join(person, chat, by=self._present(chat))

    def _rank(self) -> None:
        chat = self._chat()
        person = self._chance.choice([self._present(chat), self._world.default_bot.user])
        if chat.member(person).status == "administrator":
            self._world.demote(person, chat)
        elif chat.member(person).status == "member":
            self._world.promote(person, chat)

    def _move(self) -> None:
        chat = self._chat()
        new = self._world.migrate(chat, tell=self._chance.random() < 0.7, membership=self._chance.random() < 0.3)
        self._disturb(chat)
        self.chats[self.chats.index(chat)] = new

    def _silence(self) -> None:
        chat = self._chat()
        if chat.can_send_messages and chat.member(self._world.default_bot.user).status != "restricted":
            self._world.restrict_bot(chat)
        else:
            self._world.unrestrict_bot(chat)
        self._disturb(chat)

    def _expel(self) -> None:
        """Remove the bot; it comes back at once, or later."""
        chat = self._chat()
        if chat.present(self._world.default_bot.id):
            self._world.remove_bot(chat)
            self._disturb(chat)
        if self._chance.random() < 0.7:
            self._world.add_bot(chat)

    def _block(self) -> None:
        person = self._chance.choice(self.people)
        self._world.block(person)
        self._disturb(self._world.private(person))

    def _rename(self) -> None:
        self._world.rename_chat(self._chat(), self._chance.choice(TITLES))
        person = self._chance.choice(self.people)
        self._world.rename_user(person, first_name=self._chance.choice(TITLES))

    def _poison(self) -> None:
        chat = self._chat()
        bad = {name: update for name, update in poison(self._present(chat), chat).items() if name not in POISON_LATE}
        self._world.deliver_raw(self._chance.choice(list(bad.values())))

    def _again(self) -> None:
        """Let Telegram deliver an update once more."""
        ids = [stored.id for stored in self._world.default_bot.queue.pending]
        if ids:
            self._world.redeliver(self._chance.choice(ids))

    # -- inside

    def _wish(self, chat: Chat, said: SimMessage) -> None:
        able = self._can_write(chat)
        self.wishes.append(Wish(self._events.now, chat, said, disturbed=not able))

    def _is_answered(self, wish: Wish) -> bool:
        """Say whether the bot replied; to commands whose answer is for all, and in private, a message of its own."""
        if wish.said.receiver is not None:
            return any(m.receiver is wish.said.from_user and m.id < wish.said.id for m in wish.chat.messages.values())
        loose = wish.chat.private or wish.said.text.startswith(("/notify", "/invite", "/credentials"))
        return wish.said.deleted or any(
            message.id > wish.said.id
            and message.from_user is self._world.default_bot.user
            and DELAY not in message.text
            and (message.reply_to == wish.said.id or (loose and message.reply_to is None))
            for message in wish.chat.messages.values()
        )

    def _disturb(self, chat: Chat) -> None:
        for wish in self.wishes:
            if wish.chat is chat and not self._is_answered(wish):
                wish.disturbed = True

    def _can_write(self, chat: Chat) -> bool:
        if chat.private:
            return not chat.blocked
        member = chat.member(self._world.default_bot.user)
        free = chat.can_send_messages or member.admin
        return member.present and member.status != "restricted" and free

    def _chat(self) -> Chat:
        return self._chance.choice(self.chats)

    def _present(self, chat: Chat) -> User:
        return self._chance.choice([m.user for m in chat.members.values() if m.present and not m.user.is_bot])

    def _recent(self) -> Wish:
        if not self.wishes:
            raise WorldError("nothing was said")
        return self._chance.choice(self.wishes[-10:])

    def _topic(self, chat: Chat) -> Json:
        open_ = [topic.id for topic in chat.topics.values() if not topic.closed and not topic.deleted]
        if chat.forum and not open_ and self._chance.random() < 0.5:
            open_ = [self._world.open_topic(chat, "Topic").id]
        return {"thread_id": self._chance.choice(open_)} if open_ and self._chance.random() < 0.5 else {}

    def _filled(self, texts: tuple[str, ...]) -> str:
        text = self._chance.choice(texts)
        while "{x}" in text:
            text = text.replace("{x}", self._chance.choice(HOSTILE), 1).replace("{x}", "y", 1)
        return (
            text.replace("{n}", self._chance.choice(NAMES))
            .replace("{u}", f"@wild_{self._chance.randrange(len(self.people))}")[:4000]
        )  # fmt: skip

    def _links(self, chat: Chat) -> list[str]:
        urls = [button.get("url", "") for message in list(chat.messages.values())[-20:] for button in message.buttons]
        queries = [parse_qs(urlsplit(url).query) for url in urls if url]
        return [query["start"][0] for query in queries if "start" in query]

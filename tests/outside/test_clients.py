"""Bots written with python-telegram-bot and grammY live in the simulated Telegram as they do in the real one."""

from collections.abc import AsyncIterator

import pytest

from gub.sandbox.server import SimServer
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.sandbox.telegram.world import World
from tests.outside.peer import running_peer

LIMIT = 20.0
POLLING = ["ptb polling", "grammy polling"]
ALL_WAYS = [*POLLING, "ptb webhook", "grammy webhook"]

in_all_ways = pytest.mark.parametrize("stage", ALL_WAYS, indirect=True)
while_polling = pytest.mark.parametrize("stage", POLLING, indirect=True)


class Stage:
    """A group of Ada, its creator, and Bob, with the peer bot in it; and Ada's private chat with the bot."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bot = world.bot()
        self.ada = world.add_user("Ada", username="ada")
        self.bob = world.add_user("Bob")
        self.group = world.add_group("Friends", [self.ada, self.bob])
        world.add_bot(self.group, by=self.ada)
        world.start(self.ada)
        self.private = world.private(self.ada)

    async def ask(self, text: str, user: User | None = None, chat: Chat | None = None) -> SimMessage:
        """Have `user` (Ada) type `text` in `chat` (the group); returns what the bot answers."""
        where = chat or self.group
        said = self.world.say(user or self.ada, where, text)
        return await self.answer(where, said)

    async def answer(self, chat: Chat, said: SimMessage) -> SimMessage:
        """The bot's first message after `said` that replies to it."""

        def found() -> SimMessage | None:
            return next((each for each in self.world.messages(chat) if each.reply_to == said.id), None)

        message = await self.world.wait_for(found, LIMIT)
        assert message
        assert message.from_user is self.bot.user
        return message


@pytest.fixture
async def stage(request: pytest.FixtureRequest, sim: SimServer) -> AsyncIterator[Stage]:
    client, mode = request.param.split()
    if client == "grammy":
        request.getfixturevalue("modules")
    stage = Stage(sim.world)
    async with running_peer(client, mode, sim.url, stage.bot.token):
        yield stage


@in_all_ways
async def test_echo_in_private_and_in_a_group_keeps_text_and_entities(stage: Stage):
    text = "/start@nobody 🎮 héllo <b>&amp; https://example.org ünd 👨‍👩‍👧"
    answer = await stage.ask(text, chat=stage.private)
    assert answer.text == text
    assert answer.reply_to
    assert answer.entities == stage.world.find_message(stage.private, answer.reply_to).entities

    hello = await stage.ask(f"/start@{stage.bot.user.username}", stage.bob)
    assert hello.text == "hello"
    again = stage.world.say(stage.bob, stage.group, "and this?", reply_to=hello.id)
    assert (await stage.answer(stage.group, again)).text == "and this?"


@in_all_ways
async def test_buttons_answers_edits_and_deletes(stage: Stage):
    world, group = stage.world, stage.group
    menu = await stage.ask("/buttons")
    assert [[button["text"] for button in row] for row in menu.keyboard or []] == [["Yes", "No"], ["Gone"]]

    refused = world.press(stage.bob, group, menu.id, menu.button("No"))
    answer = await world.wait_for(lambda: world.callback_answer(refused), LIMIT)
    assert answer
    assert (answer.text, answer.alert) == ("You said no", True)
    await world.wait_for(lambda: [button["text"] for button in menu.buttons] == ["Yes"], LIMIT)

    taken = world.press(stage.bob, group, menu.id, menu.button("Yes"))
    answer = await world.wait_for(lambda: world.callback_answer(taken), LIMIT)
    assert answer
    assert (answer.text, answer.alert) == ("You said yes", False)
    await world.wait_for(lambda: menu.text == "Chosen by Bob", LIMIT)
    assert menu.edited
    assert not menu.keyboard, "an edit without a keyboard removes it"

    other = await stage.ask("/buttons")
    world.press(stage.ada, group, other.id, other.button("Gone"))
    await world.wait_for(lambda: other.deleted, LIMIT)


@while_polling
async def test_an_unchanged_edit_and_a_second_delete_are_refused(stage: Stage):
    answer = await stage.ask("/twice")
    edit, first, second = answer.text.lower().splitlines()
    assert edit.startswith("refused 400: ")
    assert "message is not modified" in edit
    assert first == "done: true"
    assert second.startswith("refused 400: ")
    assert "message to delete not found" in second


@while_polling
async def test_members_admins_chats_and_commands(stage: Stage):
    assert (await stage.ask(f"/member {stage.ada.id}")).text == "Ada is creator"
    assert (await stage.ask(f"/member {stage.bob.id}")).text == "Bob is member"
    stage.world.promote(stage.bob, stage.group)
    assert (await stage.ask("/admins")).text == "Ada is creator, Bob is administrator"
    stage.world.leave(stage.bob, stage.group)
    assert (await stage.ask(f"/member {stage.bob.id}")).text == "Bob is left"
    assert (await stage.ask("/chat")).text == "group Friends"
    assert (await stage.ask("/chat", chat=stage.private)).text == "private Ada"
    assert (await stage.ask("/commands")).text == "status, join, none"


@while_polling
async def test_a_mention_by_id_reaches_the_person(stage: Stage):
    stage.world.say(stage.bob, stage.group, "/mention")

    def pinged() -> bool:
        return any(push.user_id == stage.bob.id and push.reason == "mention" for push in stage.world.pushes)

    await stage.world.wait_for(pinged, LIMIT)


@while_polling
async def test_flood_control_is_understood(stage: Stage):
    stage.world.fail("sendMessage", "429", chat_id=stage.group.id, retry_after=7)
    assert (await stage.ask(f"/send {stage.group.id}", chat=stage.private)).text == "retry after 7"
    assert (await stage.ask(f"/send {stage.group.id}", chat=stage.private)).text == "done: ping"


@while_polling
async def test_a_migrated_group_is_understood(stage: Stage):
    new = stage.world.migrate(stage.group)
    assert (await stage.ask(f"/send {stage.group.id}", chat=stage.private)).text == f"migrated to {new.id}"
    assert (await stage.ask(f"/send {new.id}", chat=stage.private)).text == "done: ping"


@while_polling
async def test_refusals_are_understood(stage: Stage):
    world = stage.world
    assert (await stage.ask("/start", stage.bob, world.private(stage.bob))).text == "hello"
    world.block(stage.bob)
    blocked = await stage.ask(f"/send {stage.bob.id}", chat=stage.private)
    assert blocked.text == "forbidden: Forbidden: bot was blocked by the user"

    world.remove_bot(stage.group, by=stage.ada)
    kicked = await stage.ask(f"/send {stage.group.id}", chat=stage.private)
    assert kicked.text == "forbidden: Forbidden: bot was kicked from the group chat"

    stranger = world.add_user("Eve")
    unknown = await stage.ask(f"/send {stranger.id}", chat=stage.private)
    assert unknown.text.startswith(("forbidden: Forbidden: bot can't initiate conversation", "refused 400: "))

    nowhere = await stage.ask("/send 987654321", chat=stage.private)
    assert nowhere.text.lower().startswith("refused 400: ")
    assert nowhere.text.lower().endswith("chat not found")

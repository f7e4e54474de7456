"""Names, titles and texts as people really write them, and as they should not."""

from datetime import timedelta

import pytest

from gub.clock import SystemClock
from gub.domain.splitting import utf16_length
from gub.domain.values import Account, Platform
from gub.sandbox.steam import Steam
from gub.sandbox.telegram.models import SimMessage
from gub.sandbox.telegram.world import World
from gub.store.mongo import connect
from gub.store.store import Store, open_store
from tests.scenarios.conversation import answers, ask, bot_messages, groups, reply_to, tap, until
from tests.scenarios.running import Place, bot_in_process

MARKUP = "<b>&_*[x](y)`~|{}\\"
OVERRIDE = "\u202eevil\u202c\u2066x\u2069"
FAMILY = "👩‍👩‍👧‍👦🏴‍☠️"
TITLES = [
    MARKUP,
    "Sunday-Squad.",
    "`back`tick` ``` and **start** **Error\\!**",
    "J.R. (the 2nd) #1 + 1 = 2!",
    OVERRIDE,
    FAMILY,
    "e\u0301" * 60,
    "Z" + "\u0335\u0336\u0337\u0338" * 40,
    "W" * 128,
    "\u3164\u2800\u200b",
    "@somebody @gub_test_bot /newgroup x https://example.org",
    "{title} %s ${x} {0}",
]
"""Titles and names that broke others: reserved characters, bent or invisible or endless text, commands, templates."""

OURS = {"bold", "italic", "code", "text_mention", "bot_command", "mention", "url"}


def _is_sound(message: SimMessage) -> bool:
    """Say whether a message is one that shows what it should: no bent text, no markup that came from a name."""
    bent = any(character in message.text for character in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b")
    foreign = {entity["type"] for entity in message.entities} - OURS
    return bool(message.text.strip()) and not bent and not foreign and utf16_length(message.text) <= 4096


@pytest.mark.usefixtures("bot")
class TestNames:
    @pytest.mark.parametrize("title", TITLES)
    async def test_d49_d51_d56_every_title_works_with_every_command(
        self, world: World, steam: Steam, title: str
    ) -> None:
        steam.add_account(title[:30] or "x", vanity="player1", game="Counter-Strike 2")
        ana = world.add_user(title, last_name=title)
        bea = world.add_user("Bea")
        chat = world.add_group(title, [ana, bea], supergroup=True)
        world.add_bot(chat, ana)
        for text in (
            "/start",
            "/help",
            "/about",
            "/add Player steam:player1",
            "/status",
            "/newgroup Warzone",
            "/join Warzone",
            "/leave Warzone",
            "/join Warzone",
        ):
            answer = await ask(world, ana, chat, text)
            assert "went wrong" not in answer.text
            assert _is_sound(answer), answer.text
        await ask(world, bea, chat, "/join Warzone")
        said = world.say(ana, chat, f"/notify Warzone {title}")
        call = (await until(world, lambda: bot_messages(world, chat, said.id)))[0]
        assert title.strip() in call.text
        assert [push.user_id for push in world.pushes if push.message_id == call.id and push.reason == "mention"] == [
            bea.id
        ]
        assert _is_sound(await reply_to(world, ana, world.start(ana)))

    @pytest.mark.parametrize("name", TITLES)
    async def test_d23_d24_d52_every_name_is_taken_or_refused_with_a_reason(
        self, world: World, steam: Steam, name: str
    ) -> None:
        steam.add_account("nova", vanity="player1")
        ((ana, chat),) = groups(world, 1)
        for command in (f"/newgroup {name}", f"/newgroup {name}", f"/join {name}", f"/leave {name}", f"/notify {name}"):
            answer = await ask(world, ana, chat, command)
            assert "went wrong" not in answer.text, command
            assert _is_sound(answer), answer.text
        for _ in range(2):
            answer = await ask(world, ana, chat, f"/add {name} steam:player1")
            assert "went wrong" not in answer.text
            assert _is_sound(answer), answer.text
        assert _is_sound(await ask(world, ana, chat, "/status"))

    async def test_who_is_named_in_an_answer_is_not_pinged(self, world: World) -> None:
        ana = world.add_user("@Victor", username="ana")
        victor = world.add_user("Victor", username="Victor")
        chat = world.add_group("@Victor", [ana, victor])
        world.add_bot(chat, ana)
        for text in ("/start", "/newgroup @Victor", "/join @Victor", "/leave @victor", "/join nobody@Victor", "/help"):
            await ask(world, ana, chat, text)
        mine = {message.id for message in bot_messages(world, chat)}
        assert [push for push in world.pushes if push.user_id == victor.id and push.message_id in mine] == []

    async def test_d12_d55_the_text_of_a_call_arrives_as_it_was_typed(self, world: World) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        for number, text in enumerate(["`", "a\n\n  b   c", MARKUP, "👩‍👩‍👧‍👦" * 300, "x" * 4000, "/newgroup Evil"]):
            await ask(world, ana, chat, f"/newgroup G{number}")
            await ask(world, bea, chat, f"/join G{number}")
            said = world.say(ana, chat, f"/notify G{number} {text}")
            await until(
                world,
                lambda: bea.id in [push.user_id for push in world.pushes if push.message_id > said.id],  # noqa: B023
            )
            called = bot_messages(world, chat, said.id)
            assert text in "".join(message.text for message in called)
            assert all(_is_sound(message) for message in called)

    async def test_d20_a_list_of_long_names_is_split_and_nobody_is_lost(self, world: World, store: Store) -> None:
        ((ana, chat),) = groups(world, 1)
        names = [f"{number:03}" + "👩‍👩‍👧‍👦" * 5 for number in range(150)]
        for number, name in enumerate(names):
            account = Account(Platform.STEAM, str(76561198000000001 + number), "x")
            await store.statususers.add(chat.id, ana.id, name, {Platform.STEAM: account}, "G")
        await ask(world, ana, chat, "/about")
        said = world.say(ana, chat, "/status")
        await until(world, lambda: any("149" in message.text for message in bot_messages(world, chat, said.id)))
        shown = bot_messages(world, chat, said.id)
        assert len(shown) > 1
        assert all(utf16_length(message.text) <= 4096 and len(message.entities) <= 100 for message in shown)
        together = "".join(message.text for message in shown)
        assert [name for name in names if name not in together] == []


@pytest.mark.usefixtures("bot")
class TestPlatforms:
    async def test_d61_one_private_profile_hides_nobody(self, world: World, steam: Steam) -> None:
        ((ana, chat),) = groups(world, 1)
        for number, more in enumerate(({"game": "Dota 2"}, {"private": True}, {"state": "away"}, {})):
            steam.add_account(f"player{number}", vanity=f"player{number}", **more)  # type: ignore[arg-type]
            await ask(world, ana, chat, f"/add Person{number} steam:player{number}")
        gone = steam.by_vanity("player3")
        assert gone is not None
        del steam.accounts[gone.id]
        status = await ask(world, ana, chat, "/status")
        assert [f"Person{number}" in status.text for number in range(4)] == [True] * 4
        assert "Dota 2" in status.text

    async def test_d62_d63_a_platform_that_hangs_or_is_down_blocks_nobody(self, world: World, steam: Steam) -> None:
        """The bot is at a quarter of its speed: it waits for Steam for some seconds here."""
        (ana, chat), (bea, other) = groups(world, 2)
        steam.add_account("nova", vanity="player1", game="Dota 2")
        await ask(world, ana, chat, "/add Player1 steam:player1")
        steam.fail("slow", times=-1, delay=20.0)
        said = world.say(ana, chat, "/status")
        await ask(world, bea, other, "/about")
        status = await until(world, lambda: answers(world, chat, said))
        assert "Player1" in status[0].text
        assert "isn't answering" in status[0].text
        steam.clear_faults()
        steam.fail("down")
        told = await ask(world, ana, chat, "/add Player2 steam:player1")
        assert "isn't answering" in told.text
        steam.clear_faults()
        assert "Player2" not in (await ask(world, ana, chat, "/status")).text

    async def test_d68_when_somebody_was_last_seen_is_told_whatever_the_zone(self, world: World, steam: Steam) -> None:
        ((ana, chat),) = groups(world, 1)
        account = steam.add_account("nova", vanity="player1")
        account.last_logoff = SystemClock().now() - timedelta(hours=2, minutes=5)
        await ask(world, ana, chat, "/add Player1 steam:player1")
        assert "last seen 2 hours ago" in (await ask(world, ana, chat, "/status")).text

    async def test_d67_the_same_question_is_asked_once(self, world: World, steam: Steam) -> None:
        people = groups(world, 4)
        steam.add_account("nova", vanity="player1", game="Dota 2")
        for person, chat in people:
            await ask(world, person, chat, "/add Player1 steam:player1")
        before = len([request for request in steam.requests if "GetPlayerSummaries" in request.path])
        said = [(chat, world.say(person, chat, "/status")) for person, chat in people for _ in range(3)]
        await until(world, lambda: all(answers(world, chat, message) for chat, message in said))
        asked = [request for request in steam.requests if "GetPlayerSummaries" in request.path]
        assert len(asked) - before == 1
        assert all("Dota 2" in answers(world, chat, message)[0].text for chat, message in said)

    async def test_d65_people_of_the_predecessor_without_steam_are_shown(
        self, world: World, mongo_uri: str, database_name: str
    ) -> None:
        """Written by the seed's schema alone; ids as numbers, keys absent."""
        ((ana, chat),) = groups(world, 1)
        base = {"user_id": ana.id, "chat_id": chat.id, "group_name": "G"}
        client = connect(mongo_uri)
        await client[database_name].statususers.insert_many(
            [
                base | {"display_name": "Psn Only", "psn_account_id": 123, "psn_online_id": "hidden-name"},
                base | {"display_name": "Xbox Only", "xbox_account_id": 456, "xbox_gamertag": "hidden-name"},
                base | {"display_name": "Nothing At All"},
            ]
        )
        await client.close()
        status = await ask(world, ana, chat, "/status")
        assert [name in status.text for name in ("Psn Only", "Xbox Only", "Nothing At All")] == [True] * 3
        assert "hidden-name" not in status.text


async def test_d72_without_any_credential_everything_else_works(
    world: World, place: Place, mongo_uri: str, database_name: str
) -> None:
    fresh = await open_store(mongo_uri, database_name, clock=SystemClock())
    await fresh.credentials.remove(Platform.STEAM)
    await fresh.close()
    ((ana, chat),) = groups(world, 1)
    bea = world.add_user("Bea")
    world.join(bea, chat)
    async with bot_in_process(place):
        assert "isn't set up yet" in (await ask(world, ana, chat, "/add Player1 steam:player1")).text
        assert "Nobody is on the list" in (await ask(world, ana, chat, "/status")).text
        made = await ask(world, ana, chat, "/newgroup Warzone")
        await tap(world, bea, made, "Join")
        said = world.say(ana, chat, "/notify Warzone")
        await until(world, lambda: bot_messages(world, chat, said.id))


async def test_d76_any_bot_of_any_name_can_run_it(world: World, place: Place) -> None:
    token = "777000111:Another-token"
    other = world.bot(token, username="another_name_bot", first_name="Another")
    ana = world.add_user("Ana")
    chat = world.add_group("G", [ana], supergroup=True)
    world.add_bot(chat, ana, bot=other.user)

    def told() -> list[SimMessage]:
        return [message for message in world.messages(chat) if message.from_user is other.user]

    async with bot_in_process(place.having(GUB_BOT_TOKEN=token)):
        await until(world, told)
        said = world.say(ana, chat, "/about@another_name_bot")
        await until(world, lambda: [message for message in told() if message.reply_to == said.id])
        ignored = world.say(ana, chat, "/about@gub_test_bot")
        said = world.say(ana, chat, "/about@Another_Name_Bot")
        await until(world, lambda: [message for message in told() if message.reply_to == said.id])
        assert [message for message in told() if message.reply_to == ignored.id] == []

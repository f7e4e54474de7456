"""The bot's main job, from the chat's side: who is on, playing what, and who wants to play now."""

import pytest

from gub.sandbox.steam import Steam
from gub.sandbox.telegram.world import World
from tests.scenarios.conversation import ask, bot_messages, tap, until

pytestmark = pytest.mark.usefixtures("bot")


async def test_from_adding_somebody_to_a_call(world: World, steam: Steam) -> None:
    steam.add_account("nova", vanity="player1", game="Counter-Strike 2")
    ana, bea, cem, dan = (world.add_user(name) for name in ("Ana", "Bea", "Cem", "Dan"))
    chat = world.add_group("Friday Squad", [ana, bea, cem, dan])
    world.add_bot(chat, ana)
    greeting = await until(world, lambda: bot_messages(world, chat))
    assert "/status" in greeting[0].text

    added = await ask(world, ana, chat, "/add Player1 steam:player1")
    assert "Player1" in added.text

    status = await ask(world, bea, chat, "/status")
    assert "Player1" in status.text
    assert "Counter-Strike 2" in status.text
    assert "nova" not in status.text

    made = await ask(world, ana, chat, "/newgroup Warzone trios, mostly")
    assert "Warzone" in made.text
    assert "trios, mostly" in made.text
    answer = await tap(world, bea, made, "Join")
    assert "Warzone" in answer.text
    await ask(world, cem, chat, "/join warzone")

    before = len(world.pushes)
    said = world.say(ana, chat, "/notify Warzone tonight at nine?")
    call = await until(world, lambda: bot_messages(world, chat, said.id)[0])
    assert "tonight at nine?" in call.text
    pinged = {push.user_id for push in world.pushes[before:] if push.reason == "mention"}
    assert pinged == {bea.id, cem.id}

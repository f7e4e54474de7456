"""Whatever three people did before, in any order: once one of them is forgotten, nothing names them."""

import random

import pytest

from gub.store.documents import Database
from tests.support.scan import naming
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.test_privacy import database, deleted  # noqa: F401 - a fixture

NAMES = ("War", "Peace", "Quiz")
ACTIONS = (
    "/newgroup {name}",
    "/newgroup {name} what it is about",
    "/join {name}",
    "/leave {name}",
    "/notify {name} come",
    "/invite {name} @Zeldarina_Z @Yorickson_Y",
    "/invite {name} @Xaverine_X",
    "/add {who} steam:{who}",
    "/newgroup",
    "/add",
    "/privacy",
    "/f the {name}",
    "/status",
)


@pytest.mark.parametrize("seed", range(6))
async def test_d86_nothing_names_who_was_forgotten(stage: Stage, database: Database, *, seed: int):  # noqa: F811
    chance = random.Random(seed)  # noqa: S311 - the order of a story
    people = [
        stage.world.add_user(name, username=f"{name}_{name[0]}") for name in ("Zeldarina", "Yorickson", "Xaverine")
    ]
    chat = await stage.group(*people)
    for user in people:
        stage.steam.know(user.first_name)
        stage.world.start(user)
    await stage.settle()
    for _ in range(40):
        user = chance.choice(people)
        text = chance.choice(ACTIONS).format(name=chance.choice(NAMES), who=user.first_name)
        said = await stage.said(user, chat, text)
        for message in said:
            for button in message.buttons:
                # Some button or other of what the bot said, or the way into private.
                if "callback_data" in button and chance.random() < 0.4:
                    await stage.press_data(chance.choice(people), message, button["callback_data"], forged=True)
                elif "start=" in button.get("url", "") and chance.random() < 0.5:
                    await stage.said(user, user, "/start " + button["url"].partition("start=")[2])
        await stage.clock.advance(61)
    forgotten = chance.choice(people)
    needles = (forgotten.id, str(forgotten.username), forgotten.first_name)
    before = await naming(database, *needles)
    assert {"users", "chats"} <= set(before)
    assert len(before) > 3, "it was a life"
    await deleted(stage, forgotten)
    assert await naming(database, *needles) == {}

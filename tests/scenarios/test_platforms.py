"""Three platforms at once: each person with their own game, in as few questions as there can be."""

from gub.domain.values import Account, Platform
from gub.sandbox.telegram.world import World
from gub.store.store import Store
from tests.scenarios.conversation import all_answered, answers, ask, bot_messages, groups, tap, until
from tests.scenarios.people import all_texts, put, rows
from tests.scenarios.platforms import Moving, Platforms
from tests.scenarios.running import Place, bot_in_process

ONE_EACH = dict.fromkeys(Platform, 1)
PATIENT = 40.0
"""The bot's clock runs so much slower where all questions have to come within one gathering, on any machine."""


async def test_d57_d58_d61_forty_people_on_three_platforms_are_three_questions(
    world: World, place: Place, platforms: Platforms, store: Store
) -> None:
    """The simulators answer in another order than they were asked."""
    ((ana, chat),) = groups(world, 1)
    people: dict[str, Account | list[Account]] = {}
    for number in range(40):
        platform = list(Platform)[number % 3]
        account = platforms.player(platform, number, f"Game {number:02}")
        people[f"P{number:02}"] = account
        if number % 5 == 0:
            people[f"P{number:02}"] = [account, platforms.player(list(Platform)[(number + 1) % 3], 100 + number)]
    odd = {"P03": "malformed", "P06": "missing", "P01": "private", "P04": "malformed", "P07": "omitted"}
    for name, oddity in odd.items():
        account = people[name]
        assert isinstance(account, Account)
        change = platforms.xbox if account.platform is Platform.XBOX else platforms.psn
        change.set_presence(account.account_id, oddity=oddity)
    private = people["P02"]
    assert isinstance(private, Account)
    platforms.steam.set_presence(private.account_id, private=True)
    await put(store, ana, chat, people)
    async with bot_in_process(place, Moving(PATIENT)):
        status = await ask(world, ana, chat, "/status")
    assert platforms.questions == ONE_EACH
    told = rows(status)
    assert sorted(told) == sorted(people)
    for number in range(40):
        name = f"P{number:02}"
        expected = f"Game {number:02} on " if name not in {*odd, "P02"} else ""
        assert told[name].startswith(expected), (name, told[name])
        assert ("Game" in told[name]) is bool(expected), (name, told[name])
    assert "private" in told["P02"]
    assert "hidden" not in all_texts(world)


async def test_d67_fifteen_chats_at_once_are_one_question_to_each_platform(
    world: World, place: Place, platforms: Platforms, store: Store
) -> None:
    people = groups(world, 15)
    for number, (person, chat) in enumerate(people):
        mine = {p.value: platforms.player(p, number, f"Game {number:02}") for p in Platform}
        await put(store, person, chat, dict(mine))
    async with bot_in_process(place, Moving(PATIENT)):
        await until(world, lambda: all(bot_messages(world, chat) for _, chat in people))
        said = [(chat, world.say(person, chat, "/status")) for person, chat in people]
        await all_answered(world, said)
        assert platforms.questions == ONE_EACH
        for number, (chat, message) in enumerate(said):
            told = rows(answers(world, chat, message)[0])
            assert {name: doing.partition(" on ")[0] for name, doing in told.items()} == {
                platform.value: f"Game {number:02}" for platform in Platform
            }
        again = [(chat, world.say(person, chat, "/status")) for person, chat in people]
        await all_answered(world, again)
    assert platforms.questions == ONE_EACH


async def test_d72_without_credentials_status_says_so_kindly_and_names_everybody(
    world: World, bare_place: Place, platforms: Platforms, store: Store
) -> None:
    ((ana, chat),) = groups(world, 1)
    bea = world.add_user("Bea")
    world.join(bea, chat)
    await put(store, ana, chat, {f"On {p}": platforms.player(p, 1, "A Game") for p in Platform})
    async with bot_in_process(bare_place):
        status = await ask(world, ana, chat, "/status")
        assert sorted(rows(status)) == ["On psn", "On steam", "On xbox"]
        for name in ("Xbox", "PlayStation", "Steam"):
            assert f"{name} isn't set up here." in status.text
        assert "went wrong" not in status.text
        made = await ask(world, ana, chat, "/newgroup Warzone")
        await tap(world, bea, made, "Join")
        said = world.say(ana, chat, "/notify Warzone")
        await until(world, lambda: bot_messages(world, chat, said.id))
    assert not platforms.xbox.requests
    assert not platforms.psn.requests
    assert not platforms.steam.requests

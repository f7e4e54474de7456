"""What goes wrong inside the bot: the person is answered, the owner is told, neither stands in the other's way."""

from gub.sandbox.telegram.models import SimMessage, User
from gub.sandbox.telegram.world import World
from tests.scenarios.conversation import answers, ask, bot_messages, greeted, groups, until
from tests.scenarios.running import Place, bot_in_process

NONSENSE = "Bad Request: something that nobody has ever seen"


def _told(world: World, owner: User) -> list[SimMessage]:
    return [message for message in bot_messages(world, owner) if "went wrong inside me" in message.text]


async def test_the_owner_is_told_once_with_the_reference_that_the_person_has(world: World, place: Place) -> None:
    owner = world.add_user("Olga")
    world.start(owner)
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(place.having(GUB_OWNER_IDS=str(owner.id))):
        await greeted(world, people)
        texts = []
        for _ in range(3):
            world.fail("sendMessage", "400", 1, description=NONSENSE, chat_id=chat.id)
            said = world.say(ana, chat, "/about")
            await until(world, lambda said=said: answers(world, chat, said))  # type: ignore[misc]
            texts.append(answers(world, chat, said)[0].text)
        (told,) = await until(world, lambda: _told(world, owner))
        await ask(world, ana, chat, "/about")
    assert all("Something went wrong on my side" in text for text in texts)
    assert texts[0].rstrip(".").rpartition(" ")[2] in told.text
    assert "Rejected" in told.text
    for personal in (ana.first_name, str(ana.id), str(chat.id), chat.title or "", "nobody"):
        assert personal not in told.text
    assert len(_told(world, owner)) == 1


async def test_an_owner_who_cannot_be_told_hides_no_answer(world: World, place: Place) -> None:
    owner = world.add_user("Olga")
    world.start(owner)
    ((ana, chat),) = people = groups(world, 1)
    async with bot_in_process(place.having(GUB_OWNER_IDS=str(owner.id))):
        await greeted(world, people)
        world.fail("sendMessage", "400", -1, description=NONSENSE, chat_id=owner.id)
        for _ in range(3):
            world.fail("sendMessage", "400", 1, description=NONSENSE, chat_id=chat.id)
            said = world.say(ana, chat, "/about")
            await until(world, lambda said=said: answers(world, chat, said))  # type: ignore[misc]
            assert "Something went wrong on my side" in answers(world, chat, said)[0].text
        tries = [one for one in world.requests if one.params.get("chat_id") == str(owner.id)]
        assert "GUB" in (await ask(world, ana, chat, "/about")).text
    assert len([one for one in tries if one.method == "sendMessage" and "inside me" in one.params["text"]]) <= 1

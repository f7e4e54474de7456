"""The chat becomes a supergroup between what somebody does about a notify group and its handling."""

import pytest

from gub.domain.values import KnownUser
from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.invitations.conftest import asking


@pytest.fixture
async def basic(stage: Stage, ann: User, bob: User) -> Chat:
    """A basic group, which may become a supergroup, with Ann's group Warzone."""
    chat = stage.world.add_group("Squad", [ann, bob])
    stage.world.add_bot(chat, ann)
    await stage.settle()
    await stage.said(ann, chat, "/newgroup Warzone")
    return chat


async def test_people_chosen_while_the_chat_moves_can_answer_where_it_is_now(
    stage: Stage, basic: Chat, ann: User, bob: User
):
    bob_known = KnownUser(bob.id, "Bob", username="bob_b")
    stage.world.rename_user(bob, username="bob_b")
    await stage.store.users.learn([bob_known])
    group = await stage.store.notifygroups.by_name(basic.id, "Warzone")
    assert group is not None
    await stage.said(ann, ann, f"/start invite_{group.id}")
    new = stage.world.migrate(basic, tell=False)
    await stage.said(ann, ann, "@bob_b")
    asked = asking(stage.by_bot(new))
    answer = await stage.press(bob, asked, "Accept")
    assert answer is not None
    assert answer.text == "You are in Warzone now. Its calls will reach you."


async def test_people_invited_by_a_command_of_before_the_move_can_answer_after_it(
    stage: Stage, basic: Chat, ann: User, bob: User
):
    entity = {"type": "text_mention", "offset": 16, "length": 3, "user": bob.id}
    stage.world.say(ann, basic, "/invite Warzone Bob", entities=[entity])
    new = stage.world.migrate(basic, tell=False)
    await stage.settle()
    asked = asking(stage.by_bot(new))
    answer = await stage.press(bob, asked, "Accept")
    assert answer is not None
    assert answer.text == "You are in Warzone now. Its calls will reach you."


async def test_a_group_made_while_the_chat_moves_is_where_the_chat_is_now(stage: Stage, basic: Chat, ann: User):
    link = (await stage.answer(ann, basic, "/newgroup")).buttons[0]["url"]
    start = link.partition("?start=")[2]
    await stage.said(ann, ann, f"/start {start}")
    await stage.said(ann, ann, "Chess")
    question = stage.by_bot(ann)[-1]
    await stage.press(ann, question, "Skip")
    new = stage.world.migrate(basic, tell=False)
    question = stage.by_bot(ann)[-1]
    await stage.press(ann, question, "Anybody in the chat")
    assert [g.name for g in await stage.store.notifygroups.of_chat(new.id)] == ["Chess", "Warzone"]


@pytest.mark.parametrize(
    "command",
    [
        "/newgroup Chess",
        "/join Warzone",
        "/groups",
        "/list_notify_groups",
        "/notify Warzone",
        "/invite Warzone @someone",
    ],
)
async def test_commands_of_before_the_move_that_are_handled_after_it(
    stage: Stage, basic: Chat, ann: User, bob: User, command: str
):
    stage.world.say(bob if "join" in command else ann, basic, command)
    new = stage.world.migrate(basic)
    await stage.store.life.migrate(basic.id, new.id)
    await stage.settle()
    assert await stage.store.notifygroups.of_chat(basic.id) == []
    assert not any("There is no group" in m.text for m in stage.by_bot(new))


@pytest.fixture
async def card(stage: Stage, basic: Chat, ann: User) -> SimMessage:
    """The card of Warzone, in private."""
    (group,) = await stage.store.notifygroups.of_chat(basic.id)
    return await stage.answer(ann, ann, f"/start group_{group.id}")


@pytest.mark.parametrize("labels", [["Leave"], ["Mute", "1 hour"], ["Delete", "Confirm"]])
async def test_a_button_of_a_card_works_when_its_chat_moves_unheard_of(
    stage: Stage, basic: Chat, ann: User, card: SimMessage, labels: list[str]
):
    for label in labels[:-1]:
        await stage.press(ann, card, next(b["text"] for b in card.buttons if label in b["text"]))
    stage.world.migrate(basic, tell=False)
    answer = await stage.press(ann, card, next(b["text"] for b in card.buttons if labels[-1] in b["text"]))
    assert answer is not None
    assert not answer.alert


async def test_a_new_name_typed_when_the_chat_moves_unheard_of_is_taken(
    stage: Stage, basic: Chat, ann: User, card: SimMessage
):
    await stage.press(ann, card, next(b["text"] for b in card.buttons if "Edit" in b["text"]))
    await stage.press(ann, card, next(b["text"] for b in card.buttons if "Rename" in b["text"]))
    new = stage.world.migrate(basic, tell=False)
    await stage.said(ann, ann, "Chess")
    assert [group.name for group in await stage.store.notifygroups.of_chat(new.id)] == ["Chess"]


@pytest.mark.parametrize("label", ["Join", "Leave"])
async def test_a_button_under_an_announcement_works_when_its_chat_moves_unheard_of(
    stage: Stage, basic: Chat, bob: User, label: str
):
    announced = stage.by_bot(basic)[-1]
    stage.world.migrate(basic, tell=False)
    answer = await stage.press(bob, announced, label)
    assert answer is not None
    assert "Warzone" in answer.text
    assert not answer.alert

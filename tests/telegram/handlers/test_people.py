"""/people: the list, the cards, and who may do what with them."""

from collections.abc import Awaitable, Callable

import pytest

from gub.domain.values import Allowance, Platform, StatusUser, Visibility
from gub.sandbox.telegram.models import CallbackAnswer, Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage

XBOX, PSN, STEAM = Platform
Add = Callable[..., Awaitable[StatusUser]]


@pytest.fixture
def add(stage: Stage, squad: Chat) -> Add:
    """Put somebody on the list, past the commands."""

    async def add(keeper: User, name: str = "Zed", chat: Chat | User | None = None, **more: object) -> StatusUser:
        place = squad if chat is None else chat
        account = stage.steam.know("secretname")
        return await stage.store.statususers.add(place.id, keeper.id, name, {STEAM: account}, "Old title", **more)  # type: ignore[arg-type]

    return add


async def card(stage: Stage, user: User, chat: Chat | User, name: str = "Zed") -> SimMessage:
    message = await stage.answer(user, chat, "/people")
    await stage.press(user, message, name)
    return message


def labels(message: SimMessage) -> list[str]:
    return [button["text"].lstrip("✏️👁🗑🙋« ") for button in message.buttons]


def told(answer: CallbackAnswer | None) -> str:
    assert answer is not None
    assert answer.alert
    return answer.text


async def now(stage: Stage, person: StatusUser) -> StatusUser | None:
    return await stage.store.statususers.find(person.id)


async def test_the_list_and_back(stage: Stage, squad: Chat, ann: User, add: Add):
    await add(ann, "Zed")
    await add(ann, "Amy", visibility=Visibility.PLAYING)
    message = await stage.answer(ann, squad, "/people")
    assert message.text.startswith("📋 On the list: 2 people.")
    assert labels(message) == ["Amy 🎮", "Zed", "Open in private"]
    await stage.press(ann, message, "Zed")
    assert message.text == (
        "👤 Zed\n\nPlays on Steam.\nAdded by Ann.\nNobody has tapped “That's me” yet.\nOn /status: shown to everyone."
    )
    assert labels(message) == ["Edit", "Show or hide", "Delete", "That's me", "Back to the list"]
    await stage.press(ann, message, "Back")
    assert message.text.startswith("📋 On the list: 2 people.")


@pytest.mark.parametrize("command", ["/people", "/modify_status_user", "/People@gub_test_bot"])
async def test_an_empty_list_invites(stage: Stage, squad: Chat, ann: User, command: str):
    answer = await stage.answer(ann, squad, command)
    assert "Nobody is on the list yet." in answer.text
    assert answer.buttons[0]["url"].endswith(f"start=add_{squad.id}")


async def test_pages(stage: Stage, squad: Chat, ann: User, add: Add):
    for number in range(20):
        await add(ann, f"P{number:02}")
    message = await stage.answer(ann, squad, "/people")
    assert "20 people, page 1 of 3" in message.text
    assert labels(message) == [f"P{number:02}" for number in range(8)] + ["Next »", "Open in private"]
    await stage.press(ann, message, "Next")
    await stage.press(ann, message, "Next")
    assert "page 3 of 3" in message.text
    assert labels(message)[:5] == ["P16", "P17", "P18", "P19", "Previous"]
    await stage.press(ann, message, "P17")
    await stage.press(ann, message, "Back")
    assert "page 3 of 3" in message.text
    for number in range(8, 20):
        await stage.press_data(ann, message, message.button("Previous"), forged=True)
        await stage.store.statususers.delete((await stage.store.statususers.of_chat(squad.id))[-1].id, squad.id)
        assert number
        await stage.press_data(ann, message, f"pl:{squad.id}:{ann.id}:2", forged=True)
    assert "8 people." in message.text, "a page that is no more is the last one there is"


async def test_in_a_group_only_who_opened_it_turns_it(stage: Stage, squad: Chat, ann: User, bob: User, add: Add):
    await add(ann)
    message = await stage.answer(ann, squad, "/people")
    before = message.text
    assert "Somebody else opened this list" in told(await stage.press(bob, message, "Zed"))
    assert message.text == before
    await stage.press(ann, message, "Zed")
    before = message.text
    for label in ("Show or hide", "Delete", "That's me", "Back"):
        assert "Somebody else opened this list" in told(await stage.press(bob, message, label))
    assert message.text == before


async def test_d69_account_names_are_shown_in_private_to_keeper_and_person_alone(
    stage: Stage, squad: Chat, ann: User, bob: User, add: Add
):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    stage.world.promote(carl, squad)
    await stage.settle()
    await add(ann, person_id=bob.id)
    for user in (ann, bob, carl):
        in_group = await card(stage, user, squad)
        assert "secretname" not in in_group.text
        message = await stage.answer(user, user, f"/start people_{squad.id}")
        await stage.press(user, message, "Zed")
        assert ("Steam: secretname the Great" in message.text) == (user is not carl)
        assert ("Game details to Public" in message.text) == (user is not carl), "the privacy steps"
        assert "Plays on Steam" in message.text or user is not carl


async def test_d70_the_title_is_that_of_now(stage: Stage, squad: Chat, ann: User, add: Add):
    await add(ann)
    stage.world.rename_chat(squad, "Sunday-Squad.`*")
    await stage.settle()
    message = await stage.answer(ann, ann, f"/start people_{squad.id}")
    assert "On the list of Sunday-Squad.`*" in message.text
    await stage.press(ann, message, "Zed")
    assert "Zed in Sunday-Squad.`*" in message.text
    assert "Old title" not in message.text


async def test_d53_in_private_without_a_group(stage: Stage, ann: User, add: Add):
    await add(ann, chat=ann)
    message = await card(stage, ann, ann)
    assert "Steam: secretname the Great" in message.text
    for label in ("Delete", "Cancel", "Show or hide", "Back", "Edit", "Back"):
        await stage.press(ann, message, label)
        assert "None" not in message.text
    await stage.press(ann, message, "Delete")
    await stage.press(ann, message, "Confirm")
    assert message.text == "🗑 Zed was taken off the list."
    assert not await stage.store.statususers.of_chat(ann.id)


@pytest.mark.parametrize("visibility", Visibility)
async def test_visibility(stage: Stage, squad: Chat, ann: User, add: Add, visibility: Visibility):
    label = {"everyone": "Everyone", "playing": "Only while playing", "hidden": "Never"}[visibility]
    person = await add(ann, visibility=Visibility.PLAYING)
    message = await card(stage, ann, squad)
    await stage.press(ann, message, "Show or hide")
    assert "✓ Only while playing" in [button["text"] for button in message.buttons]
    await stage.press(ann, message, label)
    changed = await now(stage, person)
    assert changed is not None
    assert changed.visibility is visibility
    words = {"Everyone": "shown to everyone", "Never": "hidden"}.get(label, "shown only while playing")
    assert f"On /status: {words}." in message.text


async def test_d69_who_hid_themself_is_not_shown_by_the_keeper(
    stage: Stage, squad: Chat, ann: User, bob: User, add: Add
):
    person = await add(ann)
    keepers = await card(stage, ann, squad)
    await stage.press(ann, keepers, "Show or hide")
    show = keepers.button("Everyone")
    mine = await card(stage, bob, squad)
    await stage.press(bob, mine, "That's me")
    assert "That's Bob." in mine.text
    await stage.press(bob, mine, "Show or hide")
    await stage.press(bob, mine, "Never")
    assert "for them to decide" in told(await stage.press_data(ann, keepers, show, forged=True))
    assert "admin" in told(await stage.press_data(ann, keepers, f"p:notme:{person.id}:{ann.id}:0", forged=True)), (
        "not even when the keeper is an admin"
    )
    changed = await now(stage, person)
    assert changed is not None
    assert (changed.visibility, changed.person_id) == (Visibility.HIDDEN, bob.id)
    again = await stage.answer(ann, ann, f"/start people_{squad.id}")
    await stage.press(ann, again, "Zed")
    assert labels(again) == ["Edit", "Delete", "Back to the list"]


async def test_the_hidden_are_listed_for_who_may_do_something(
    stage: Stage, squad: Chat, ann: User, bob: User, add: Add
):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await stage.settle()
    person = await add(bob, visibility=Visibility.HIDDEN)
    for user, found in ((ann, True), (bob, True), (carl, False)):
        in_private = await stage.answer(user, user, f"/start people_{squad.id}")
        assert ("Zed 🙈" in labels(in_private)) is found
    assert "Nobody is on the list" in in_private.text
    assert "not on the list" in told(await stage.press_data(carl, in_private, f"p:card:{person.id}:0:0", forged=True))
    assert "not on the list" in (await stage.answer(carl, carl, f"/start edit_{person.id}")).text


async def test_the_hidden_are_on_no_list_that_a_group_reads(stage: Stage, squad: Chat, ann: User, bob: User, add: Add):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await stage.settle()
    await add(bob, visibility=Visibility.HIDDEN)
    for user in (ann, bob):
        alone = await stage.answer(user, squad, "/people")
        assert "is hidden. I only list them in private" in alone.text
        assert labels(alone) == ["Open in private"]
    assert "Nobody is on the list" in (await stage.answer(carl, squad, "/people")).text
    await add(bob, "Amy")
    message = await stage.answer(bob, squad, "/people")
    assert "On the list: 1 person." in message.text
    assert "list hidden people in private" in message.text
    assert labels(message) == ["Amy", "Open in private"]
    assert "hidden" not in (await stage.answer(carl, squad, "/people")).text


async def test_claiming_once_and_undoing_it(stage: Stage, squad: Chat, ann: User, bob: User, add: Add):
    person = await add(bob)
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await stage.settle()
    carls = await card(stage, carl, squad)
    claim = carls.button("That's me")
    mine = await card(stage, bob, squad)
    await stage.press(bob, mine, "That's me")
    assert "Somebody else has already said" in told(await stage.press_data(carl, carls, claim, forged=True))
    undo = f"p:notme:{person.id}:{carl.id}:0"
    assert "Only they themselves, or an admin" in told(await stage.press_data(carl, carls, undo, forged=True))
    admins = await card(stage, ann, squad)
    await stage.press(ann, admins, "Not them")
    assert "Nobody has tapped “That's me” yet." in admins.text
    await stage.press(carl, carls, "That's me")
    await stage.press(carl, carls, "Not me")
    changed = await now(stage, person)
    assert changed is not None
    assert changed.person_id is None


async def test_admins_delete_anybodys_and_edit_nobodys(stage: Stage, squad: Chat, ann: User, bob: User, add: Add):
    person = await add(bob)
    message = await card(stage, ann, squad)
    assert labels(message) == ["Delete", "That's me", "Back to the list"]
    assert "Only whoever added them" in (await stage.answer(ann, ann, f"/start edit_{person.id}")).text
    await stage.press(ann, message, "Delete")
    assert message.text == "Take Zed off the list?"
    await stage.press(ann, message, "Cancel")
    await stage.press(ann, message, "Delete")
    await stage.press(ann, message, "Confirm")
    assert message.text == "🗑 Zed was taken off the list by Ann."
    assert await now(stage, person) is None


async def test_d29_a_demoted_admin_deletes_nobody(stage: Stage, squad: Chat, ann: User, bob: User, add: Add):
    person = await add(ann)
    stage.world.promote(bob, squad)
    await stage.settle()
    message = await card(stage, bob, squad)
    await stage.press(bob, message, "Delete")
    stage.world.demote(bob, squad)
    assert "Only whoever added them" in told(await stage.press(bob, message, "Confirm"))
    assert message.text == "Take Zed off the list?"
    assert await now(stage, person) is not None


@pytest.mark.parametrize("by", ["keeper", "person", "admin"])
async def test_the_group_is_told_who_took_somebody_off_its_list_in_private(
    stage: Stage, squad: Chat, ann: User, bob: User, *, add: Add, by: str
):
    carl = stage.world.add_user("Carl")
    stage.world.join(carl, squad)
    await stage.settle()
    user = {"keeper": bob, "person": carl, "admin": ann}[by]
    await add(bob, person_id=carl.id)
    message = await stage.answer(user, user, f"/start people_{squad.id}")
    for label in ("Zed", "Delete", "Confirm"):
        await stage.press(user, message, label)
    assert message.text == "🗑 Zed was taken off the list of Squad."
    said = stage.by_bot(squad)[-1]
    assert said.text == f"🗑 Zed was taken off the list by {user.first_name}."
    assert not stage.pinged(said)
    assert not said.buttons


async def test_the_group_is_told_who_said_in_private_to_be_somebody(
    stage: Stage, squad: Chat, ann: User, bob: User, add: Add
):
    person = await add(ann)
    message = await stage.answer(bob, bob, f"/start people_{squad.id}")
    await stage.press(bob, message, "Zed")
    claim = message.button("That's me")
    for _ in range(2):
        await stage.press_data(bob, message, claim, forged=True)
    assert [one.text for one in stage.by_bot(squad)][1:] == ["🙋 Bob is Zed on /status."]
    assert (await now(stage, person)).person_id == bob.id  # type: ignore[union-attr]


async def test_a_refusal_to_tell_the_group_is_no_failure(stage: Stage, squad: Chat, ann: User, add: Add):
    person = await add(ann)
    message = await stage.answer(ann, ann, f"/start people_{squad.id}")
    stage.world.fail("sendMessage", "400", 1, chat_id=squad.id, description="Bad Request: not enough rights")
    for label in ("Zed", "Delete", "Confirm"):
        await stage.press(ann, message, label)
    assert "was taken off" in message.text
    assert await now(stage, person) is None


async def test_a_group_that_hides_its_members_is_asked_in_the_group(stage: Stage, squad: Chat, bob: User, add: Add):
    await add(bob)
    message = await stage.answer(bob, bob, f"/start people_{squad.id}")
    squad.hidden_members = True
    assert "hides its members" in told(await stage.press(bob, message, "Zed"))


async def test_d28_a_button_acts_on_its_own_person(stage: Stage, squad: Chat, ann: User, add: Add):
    alpha, beta = await add(ann, "Alpha"), await add(ann, "Beta")
    first, second = await card(stage, ann, squad, "Alpha"), await card(stage, ann, squad, "Beta")
    await stage.press(ann, first, "Delete")
    await stage.press(ann, second, "Delete")
    await stage.press(ann, first, "Confirm")
    assert await now(stage, alpha) is None
    assert await now(stage, beta) is not None


async def test_d30_somebody_who_was_deleted_meanwhile_is_an_alert(stage: Stage, squad: Chat, ann: User, add: Add):
    person = await add(ann)
    message = await stage.answer(ann, squad, "/people")
    opened = await card(stage, ann, squad)
    await stage.store.statususers.delete(person.id, squad.id)
    assert "not on the list any more" in told(await stage.press(ann, message, "Zed"))
    for label in ("Show or hide", "Delete", "That's me"):
        before = opened.text
        answer = await stage.press(ann, opened, label)
        assert "not on the list any more" in told(answer)
        assert opened.text == before
    assert "not on the list any more" in (await stage.answer(ann, ann, f"/start edit_{person.id}")).text


async def test_d27_who_left_does_nothing_with_old_buttons_in_private(stage: Stage, squad: Chat, bob: User, add: Add):
    person = await add(bob)
    message = await stage.answer(bob, bob, f"/start people_{squad.id}")
    opened = await stage.answer(bob, bob, f"/start people_{squad.id}")
    await stage.press(bob, opened, "Zed")
    stage.world.leave(bob, squad)
    await stage.settle()
    before = opened.text
    assert "not in this chat" in told(await stage.press(bob, message, "Zed"))
    for label in ("Show or hide", "Delete", "That's me", "Back"):
        assert "not in this chat" in told(await stage.press(bob, opened, label))
    assert told(await stage.press(bob, opened, "Edit"))
    assert opened.text == before
    assert await now(stage, person) == person
    assert "not on the list" in (await stage.answer(bob, bob, f"/start edit_{person.id}")).text


async def test_a_forged_button_reaches_nobody_of_another_chat(
    stage: Stage, squad: Chat, ann: User, bob: User, add: Add
):
    await add(ann)
    other = await stage.group(ann, title="Other")
    hers = await add(ann, "Hers", chat=other)
    message = await stage.answer(bob, squad, "/people")
    for action in ("card", "hide", "me", "delyes", "notme", "del", "edit", "name"):
        data = f"p:{action}:{hers.id}:{bob.id}:0"
        assert told(await stage.press_data(bob, message, data, forged=True))
    private = await stage.answer(bob, bob, "/people")
    for data in (f"p:card:{hers.id}:0:0", f"p:delyes:{hers.id}:0:0", f"pl:{other.id}:0:0", f"c:me:{hers.id}"):
        assert "Hers" not in private.text
        assert told(await stage.press_data(bob, private, data, forged=True))
    for data in (
        "p:card:$ne:0:0",
        "p:card::0:0",
        "p:fly:x:0:0",
        "pl:x:0:0",
        "pl:-9999999999999999999999:0:0",
        "pa:set:wii:x",
        "c:hide:0",
        "d:x:y:z",
    ):
        assert told(await stage.press_data(bob, private, data, forged=True))
    assert await now(stage, hers) == hers


async def test_the_list_of_a_group_that_the_bot_left_is_nobodys(stage: Stage, squad: Chat, ann: User, add: Add):
    await add(ann)
    message = await stage.answer(ann, ann, f"/start people_{squad.id}")
    stage.world.remove_bot(squad)
    await stage.settle()
    assert "not in this chat" in told(await stage.press(ann, message, "Zed"))
    data = f"pl:{squad.id}:0:0"
    assert "not in this chat" in told(await stage.press_data(ann, message, data, forged=True))
    assert "can't see you in that group" in (await stage.answer(ann, ann, f"/start people_{squad.id}")).text


async def test_an_inaccessible_message_is_an_alert(stage: Stage, squad: Chat, ann: User, add: Add):
    person = await add(ann)
    message = await card(stage, ann, squad)
    data = [message.button(label) for label in ("Show or hide", "Delete", "That's me", "Back")]
    stage.world.delete_message(squad, message.id)
    before = len(stage.by_bot(squad))
    for one in data:
        assert "too old" in told(await stage.press_data(ann, message, one, forged=True))
    assert len(stage.by_bot(squad)) == before
    assert await now(stage, person) == person


async def test_d38_an_anonymous_admin_is_told_kindly(stage: Stage, squad: Chat, ann: User):
    for command in ("/people", "/add", "/add Bob steam:p"):
        assert "I can't tell who you are" in (await stage.answer(ann, squad, command, anonymous=True)).text


async def test_d49_d50_hostile_names_change_nothing(stage: Stage, add: Add):
    keeper = stage.world.add_user("J.R. <b>*_`[")
    chat = await stage.group(keeper, title="Sunday-Squad.`*_[")
    person = await add(keeper, "<b>*_`[x](y)", chat=chat)
    message = await card(stage, keeper, chat, "<b>")
    assert "Added by J.R. <b>*_`[." in message.text
    await stage.press(keeper, message, "Delete")
    await stage.press(keeper, message, "Confirm")
    assert "<b>*_`[x](y) was taken off the list by J.R. <b>*_`[." in message.text
    assert await now(stage, person) is None


async def test_buttons_of_before_a_migration_still_work(stage: Stage, ann: User, add: Add):
    group = stage.world.add_group("Old", [ann])
    stage.world.add_bot(group, ann)
    await stage.settle()
    await add(ann, chat=group)
    message = await stage.answer(ann, ann, f"/start people_{group.id}")
    stage.world.migrate(group)
    await stage.settle()
    await stage.press(ann, message, "Zed")
    assert "👤 Zed in Old" in message.text
    await stage.press(ann, message, "Back")
    assert "1 person" in message.text


async def test_a_history_is_for_who_it_is_about_to_allow(stage: Stage, squad: Chat, ann: User, bob: User, add: Add):
    person = await add(ann, person_id=bob.id)
    message = await card(stage, bob, squad)
    await stage.press(bob, message, "Show or hide")
    seen = await stage.press(bob, message, "Keep my history")
    assert seen is not None
    assert "for 30 days" in seen.text
    kept = await now(stage, person)
    assert kept is not None
    assert kept.allows == {Allowance.HISTORY}
    assert "I keep for 30 days when you come" in message.text
    await stage.press(bob, message, "Forget my history")
    forgotten = await now(stage, person)
    assert forgotten is not None
    assert forgotten.allows == frozenset()
    theirs = await card(stage, ann, squad)
    forged = await stage.press_data(ann, theirs, f"p:hist:{person.id}:{ann.id}:0", forged=True)
    assert told(forged) == "Only they themselves can allow that."
    untouched = await now(stage, person)
    assert untouched is not None
    assert untouched.allows == frozenset()


async def test_a_keeper_is_not_asked_for_anothers_history(stage: Stage, squad: Chat, ann: User, add: Add):
    await add(ann)
    message = await card(stage, ann, squad)
    await stage.press(ann, message, "Show or hide")
    assert not any("history" in button["text"] for button in message.buttons)

"""/privacy: what is said of what is kept, having it, and having it deleted."""

import json
from typing import Any

import pytest

from gub.domain.languages import Language
from gub.domain.values import Joining
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.store.deletions import Subject
from gub.store.documents import Database
from gub.store.mongo import connect
from gub.telegram.gateway.outcomes import Rejected
from gub.telegram.views.privacy import PrivacyAction, PrivacyTap
from tests.support.scan import naming
from tests.telegram.handlers.conftest import Stage


@pytest.fixture
async def database(stage: Stage, mongo_uri: str, database_name: str):
    """What is underneath the store."""
    del stage
    client = connect(mongo_uri)
    yield client[database_name]
    await client.close()


@pytest.fixture
def zelda(stage: Stage) -> User:
    """Somebody whose name is nobody else's, and in no text of ours."""
    return stage.world.add_user("Zeldarina", last_name="Quux", username="Zeldarina_Q")


@pytest.fixture
async def trio(stage: Stage, zelda: User, ann: User, bob: User) -> Chat:
    """A supergroup with Zelda, Ann and Bob, in which Zelda is everywhere."""
    chat = await stage.group(zelda, ann, bob)
    for name in ("zed", "brother", "ann_plays", "bob_plays"):
        stage.steam.know(name)
    own = await stage.answer(zelda, chat, "/add Zeldarina steam:zed")
    await stage.press(zelda, own, "That's me")
    await stage.answer(zelda, chat, "/add Brother steam:brother")
    anns = await stage.answer(zelda, chat, "/add Annie steam:ann_plays")
    await stage.press(ann, anns, "That's me")
    await stage.answer(bob, chat, "/add Bobby steam:bob_plays")
    await stage.said(zelda, chat, "/newgroup Hers")
    await stage.said(bob, chat, "/join Hers")
    await stage.said(ann, chat, "/join Hers")
    await stage.said(zelda, chat, "/newgroup Alone")
    await stage.said(bob, chat, "/newgroup His")
    await stage.said(zelda, chat, "/join His")
    await stage.said(bob, chat, "/newgroup Asking")
    await stage.said(bob, chat, "/invite Asking @Zeldarina_Q")
    await stage.said(zelda, chat, "/invite Hers @nobody_yet")
    stage.world.start(zelda)
    await stage.settle()
    link = (await stage.answer(zelda, chat, "/newgroup")).buttons[0]["url"].partition("start=")[2]
    await stage.said(zelda, zelda, f"/start {link}")
    return chat


def needles(user: User) -> tuple[int | str, ...]:
    return (user.id, str(user.username), user.first_name, "zed the Great")


async def page(stage: Stage, user: User) -> SimMessage:
    return await stage.answer(user, user, "/privacy")


async def deleted(stage: Stage, user: User) -> SimMessage:
    """Let somebody have all of theirs deleted."""
    message = await page(stage, user)
    await stage.press(user, message, "Delete")
    await stage.press(user, message, "Confirm")
    return message


async def test_in_a_group_it_is_short_and_leads_to_private(stage: Stage, squad: Chat, ann: User):
    message = await stage.answer(ann, squad, "/privacy")
    assert message.text.splitlines()[0] == "🔒 What I keep of this chat"
    assert [button["url"].partition("?")[2] for button in message.buttons] == [
        "start=privacy",
        f"start=privacy_{squad.id}",
    ]


async def test_an_anonymous_admin_is_answered_too(stage: Stage, squad: Chat, ann: User):
    assert "🔒" in (await stage.answer(ann, squad, "/privacy", anonymous=True)).text


@pytest.mark.parametrize("how", ["/privacy", "/start privacy"])
async def test_d86_in_private_it_says_what_is_kept_and_for_how_long(stage: Stage, trio: Chat, zelda: User, how: str):
    message = await stage.answer(zelda, zelda, how)
    for line in (
        "1 entry on a list is you",
        "2 entries on lists are in your care",
        "3 groups have you in them",
        "2 groups were made by you",
        "1 invitation asks you",
        "1 invitation is yours",
        "30 days",
        "24 hours",
        "2 days",
    ):
        assert line in message.text, line
    assert trio.title not in message.text


async def test_who_is_nowhere_is_told_so(stage: Stage, ann: User):
    stage.world.start(ann)
    await stage.settle()
    assert "No list and no group has you in it." in (await page(stage, ann)).text


async def test_d86_the_export_is_a_file_with_everything_that_names_them(stage: Stage, trio: Chat, zelda: User):
    message = await page(stage, zelda)
    await stage.press(zelda, message, "Export")
    sent = stage.by_bot(zelda)[-1]
    document = sent.extra["document"]
    assert document["file_name"] == f"gub-{zelda.id}.json"
    found = json.loads(stage.world.files[document["file_id"]].content)
    assert found["user_id"] == zelda.id
    assert {one["display_name"]: one.get("accounts") for one in found["status_lists"]} == {
        "Zeldarina": {"steam": {"id": stage.steam.accounts["zed"].account_id, "name": "zed the Great"}},
        "Brother": None,
        "Annie": None,
    }
    assert {one["name"] for one in found["notify_groups"]} == {"Hers", "Alone", "His", "Asking"}
    assert {one["chat"] for one in found["notify_groups"]} == {trio.title}
    assert found["you"][0]["first_name"] == "Zeldarina"
    assert "the Great" not in json.dumps(found).replace("zed the Great", ""), "no account of others"


async def test_exports_are_rationed(stage: Stage, ann: User):
    stage.world.start(ann)
    await stage.settle()
    message = await page(stage, ann)
    for _ in range(3):
        await stage.press(ann, message, "Export")
    answer = await stage.press(ann, message, "Export")
    assert answer is not None
    assert answer.alert
    assert answer.text.startswith("You have just had your data.")
    await stage.clock.advance(601)
    await stage.press(ann, message, "Export")
    assert stage.calls("sendDocument") == 4


async def test_before_it_deletes_it_says_what_that_does(stage: Stage, trio: Chat, zelda: User, database: Database):
    message = await page(stage, zelda)
    before = await naming(database, *needles(zelda))
    await stage.press(zelda, message, "Delete")
    for line in (
        "1 entry on a list goes: it is you.",
        "1 entry that you look after goes as well.",
        "1 entry stays with whoever said that it's them.",
        "You leave 3 groups",
        "2 groups that you made go to another member each",
        "It can't be undone.",
    ):
        assert line in message.text, line
    await stage.press(zelda, message, "Cancel")
    assert message.text.startswith("🔒 What I keep about you")
    assert await naming(database, *needles(zelda)) == before
    assert trio.id in {one.id for one in stage.world.chats.values()}


async def test_d86_after_it_nothing_names_them(stage: Stage, trio: Chat, zelda: User, database: Database):
    found = await naming(database, *needles(zelda))
    assert {"users", "chats", "statususers", "notifygroups", "notifygroupinvitation", "dialogs"} <= set(found)
    message = await deleted(stage, zelda)
    assert message.text.startswith("✓ Done: I know nothing about you any more.")
    assert not message.buttons
    assert await naming(database, *needles(zelda)) == {}
    people = await stage.store.statususers.of_chat(trio.id)
    assert [one.display_name for one in people] == ["Annie", "Bobby"]


async def test_groups_they_made_are_handed_over_and_who_has_them_is_told(
    stage: Stage, trio: Chat, zelda: User, bob: User
):
    before = len(stage.by_bot(trio))
    await deleted(stage, zelda)
    groups = {one.name: one for one in await stage.store.notifygroups.of_chat(trio.id)}
    assert set(groups) == {"Hers", "His", "Asking"}, "nobody else was in Alone"
    assert groups["Hers"].creator_id == bob.id
    (told,) = stage.by_bot(trio)[before:]
    assert told.text.startswith("👑 Bob, from now on you look after Hers.")
    assert stage.pinged(told) == {bob.id}
    assert "Zeldarina" not in told.text


async def test_of_a_hidden_group_its_heir_is_told_in_private(stage: Stage, trio: Chat, zelda: User, bob: User):
    (hers,) = (one for one in await stage.store.notifygroups.of_chat(trio.id) if one.name == "Hers")
    await stage.store.notifygroups.set_joining(hers.id, trio.id, Joining.HIDDEN, by=zelda.id)
    stage.world.start(bob)
    await stage.settle()
    before = len(stage.by_bot(trio))
    await deleted(stage, zelda)
    assert stage.by_bot(bob)[-1].text.startswith("👑 Bob, from now on you look after Hers.")
    assert len(stage.by_bot(trio)) == before


async def test_who_left_the_chat_is_passed_over(stage: Stage, trio: Chat, zelda: User, ann: User, bob: User):
    stage.world.leave(bob, trio)  # the bot is not handed this
    await stage.api.take()
    await deleted(stage, zelda)
    group = await stage.store.notifygroups.by_name(trio.id, "Hers")
    assert group is not None
    assert group.creator_id == ann.id


async def test_where_nobody_is_told_to_be_there_a_member_has_it_all_the_same(
    stage: Stage, trio: Chat, zelda: User, bob: User
):
    """GUB was removed, and may come back within 30 days."""
    stage.world.remove_bot(trio)
    await stage.settle()
    await deleted(stage, zelda)
    group = await stage.store.notifygroups.by_name(trio.id, "Hers")
    assert group is not None
    assert group.creator_id == bob.id


async def test_afterwards_they_are_met_anew(stage: Stage, trio: Chat, zelda: User, database: Database):
    await deleted(stage, zelda)
    await stage.said(zelda, zelda, "/about")
    assert set(await naming(database, *needles(zelda))) == {"users", "chats"}
    await stage.said(zelda, trio, "/join His")
    group = await stage.store.notifygroups.by_name(trio.id, "His")
    assert group is not None
    assert zelda.id in group.members


async def test_a_tap_that_comes_again_does_no_harm(stage: Stage, trio: Chat, zelda: User, database: Database):
    message = await page(stage, zelda)
    await stage.press(zelda, message, "Delete")
    confirm = message.button("Confirm")
    await stage.press(zelda, message, "Confirm")
    answer = await stage.press_data(zelda, message, confirm, forged=True)
    assert answer is not None
    assert await naming(database, *needles(zelda)) == {}
    assert trio.id in {one.id for one in stage.world.chats.values()}


async def test_what_a_death_cut_short_is_finished_at_the_next_start(
    stage: Stage, trio: Chat, zelda: User, database: Database
):
    known = await stage.store.personal.meet(zelda.id)
    await stage.store.deletions.ask(Subject.PERSON, zelda.id, known.names, known.accounts)
    await database.users.delete_one({"_id": zelda.id})
    await database.statususers.delete_many({"person_id": zelda.id})
    await stage.parts.erasing.resume()
    assert await naming(database, *needles(zelda)) == {}
    told = stage.by_bot(trio)[-1]
    assert "from now on you look after Hers" in told.text


async def test_in_a_group_nobody_deletes_by_a_forged_button(stage: Stage, trio: Chat, zelda: User, database: Database):
    message = await stage.answer(zelda, trio, "/privacy")
    before = await naming(database, *needles(zelda))
    data = PrivacyTap(action=PrivacyAction.CONFIRM).pack()
    answer = await stage.press_data(zelda, message, data, forged=True)
    assert answer is not None
    assert answer.alert
    assert await naming(database, *needles(zelda)) == before


# -- a chat


async def chat_page(stage: Stage, user: User, chat: Chat) -> SimMessage:
    stage.world.start(user)
    await stage.settle()
    return await stage.answer(user, user, f"/start privacy_{chat.id}")


async def test_a_member_reads_what_is_kept_of_the_chat_and_cannot_end_it(stage: Stage, trio: Chat, bob: User):
    message = await chat_page(stage, bob, trio)
    assert message.text.startswith("🔒 What I keep of Squad")
    assert "An admin of the chat can have all of it deleted." in message.text
    with pytest.raises(LookupError):
        message.button("Delete")
    for action in (PrivacyAction.DELETE, PrivacyAction.CONFIRM):
        data = PrivacyTap(action=action, chat=trio.id).pack()
        answer = await stage.press_data(bob, message, data, forged=True)
        assert answer is not None
        assert answer.alert
        assert answer.text == "Only an admin of that chat can do this."
    assert await stage.store.statususers.of_chat(trio.id)


async def test_strangers_are_told_nothing(stage: Stage, trio: Chat):
    eve = stage.world.add_user("Eve")
    message = await chat_page(stage, eve, trio)
    assert "Squad" not in message.text
    assert not message.buttons


async def test_d86_an_admin_has_all_of_a_chat_deleted_and_the_chat_is_told(
    stage: Stage, trio: Chat, ann: User, bob: User, database: Database
):
    other = await stage.group(ann, title="Others")
    await stage.said(ann, other, "/newgroup Mine")
    stage.world.promote(ann, trio)
    await stage.settle()
    message = await chat_page(stage, ann, trio)
    await stage.press(ann, message, "Delete")
    assert "4 entries on its list go." in message.text
    assert "4 groups go, with their members and invitations." in message.text
    await stage.press(ann, message, "Confirm")
    assert message.text.startswith("✓ Done: I know nothing about Squad any more.")
    assert await naming(database, trio.id) == {}
    assert await stage.store.notifygroups.of_chat(other.id)
    assert stage.by_bot(trio)[-1].text.startswith("🗑 Ann had me delete everything I knew about this chat")
    await stage.said(bob, trio, "/groups")
    assert await stage.store.chats.exists(trio.id), "it is kept anew when it is used"


@pytest.mark.parametrize("deletable", [True, False])
async def test_the_boards_of_a_chat_that_is_deleted_show_nobody_for_ever(
    stage: Stage, trio: Chat, ann: User, database: Database, monkeypatch: pytest.MonkeyPatch, *, deletable: bool
):
    board = await stage.answer(ann, trio, "/board")
    assert "Annie" in board.text
    if not deletable:

        async def refused(*_: object) -> bool:
            return False

        monkeypatch.setattr(stage.parts.messenger, "delete", refused)
    stage.world.promote(ann, trio)
    await stage.settle()
    message = await chat_page(stage, ann, trio)
    await stage.press(ann, message, "Delete")
    await stage.press(ann, message, "Confirm")
    assert (board in stage.by_bot(trio)) is not deletable
    if not deletable:
        assert (
            board.text
            == "Who's on\n\nNobody is listed.\n\n🏁 This board ended at 2026-11-22 18:00 UTC. A new one: /board"
        )
        assert not board.buttons
    assert await naming(database, trio.id) == {}


async def test_ones_own_board_goes_with_all_the_rest(stage: Stage, zelda: User, trio: Chat):
    del trio
    stage.steam.know("friend")
    await stage.said(zelda, zelda, "/add Friend steam:friend")
    board = await stage.answer(zelda, zelda, "/board")
    assert "Friend" in board.text
    await deleted(stage, zelda)
    assert board not in stage.by_bot(zelda)


async def test_a_board_that_telegram_leaves_keeps_nobody_from_being_forgotten(
    stage: Stage, zelda: User, database: Database, monkeypatch: pytest.MonkeyPatch
):
    async def refused(*_: object) -> bool:
        raise Rejected("deleteMessage", 400, "Bad Request: not today")

    stage.world.start(zelda)
    await stage.settle()
    await stage.answer(zelda, zelda, "/board")
    monkeypatch.setattr(stage.parts.messenger, "delete", refused)
    await deleted(stage, zelda)
    assert await naming(database, *needles(zelda)) == {}


async def test_who_is_no_admin_any_more_deletes_nothing(stage: Stage, trio: Chat, ann: User):
    stage.world.promote(ann, trio)
    await stage.settle()
    message = await chat_page(stage, ann, trio)
    await stage.press(ann, message, "Delete")
    stage.world.demote(ann, trio)
    answer = await stage.press(ann, message, "Confirm")
    assert answer is not None
    assert answer.alert
    assert await stage.store.statususers.of_chat(trio.id)


async def test_a_chat_that_moved_meanwhile_is_deleted_where_it_is_now(stage: Stage, ann: User, database: Database):
    chat = stage.world.add_group("Old", [ann])
    stage.world.add_bot(chat, ann)
    await stage.settle()
    await stage.said(ann, chat, "/newgroup War")
    message = await chat_page(stage, ann, chat)
    await stage.press(ann, message, "Delete")
    moved = stage.world.migrate(chat)
    await stage.settle()
    await stage.press(ann, message, "Confirm")
    assert message.text.startswith("✓ Done")
    assert await naming(database, moved.id, chat.id) == {}


async def test_deleting_a_chat_goes_on_after_a_death(stage: Stage, trio: Chat, database: Database):
    await stage.store.deletions.ask(Subject.CHAT, trio.id, (), ())
    await database.notifygroups.delete_many({"chat_id": trio.id})
    await stage.parts.erasing.resume()
    assert await naming(database, trio.id) == {}


async def test_everything_is_said_in_the_language_of_who_asks(stage: Stage, trio: Chat, zelda: User, monkeypatch: Any):
    """The last word to somebody is in their language, although that is forgotten by then."""
    from gub.telegram import words as spoken  # noqa: PLC0415 - only here
    from gub.telegram.views import forgetting as views  # noqa: PLC0415

    heard: list[str] = []
    real = views.deleted

    def deleted_in() -> Any:
        heard.append(str(spoken.spoken_now()))
        return real()

    monkeypatch.setattr(views, "deleted", deleted_in)
    await stage.store.chats.set_language(zelda.id, "de")
    await stage.clock.advance(61)
    message = await page(stage, zelda)
    confirm = PrivacyTap(action=PrivacyAction.CONFIRM).pack()
    await stage.press_data(zelda, message, confirm, forged=True)
    assert heard == ["de"]
    assert await stage.store.chats.language(zelda.id) is None
    assert await stage.parts.languages.of(zelda.id) is Language.ENGLISH, "what was chosen is forgotten at once"
    assert trio.id < 0

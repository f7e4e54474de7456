from itertools import permutations

import pytest

from gub.sandbox.telegram.models import Chat, SimMessage, User
from tests.telegram.handlers.conftest import Stage


async def test_a_group_is_stored_and_greeted_once_when_gub_is_added(stage: Stage, ann: User):
    chat = stage.world.add_group("Squad", [ann], supergroup=True)
    stage.world.add_bot(chat, ann)
    await stage.settle()
    facts = await stage.store.chats.get(chat.id)
    assert facts is not None
    assert (facts.type, facts.title) == ("supergroup", "Squad")
    (greeting,) = stage.by_bot(chat)
    assert "Squad" in greeting.text
    assert "/newgroup" in greeting.text


async def test_d36_a_group_made_with_gub_in_it_is_stored(stage: Stage, ann: User):
    chat = stage.world.add_group("Squad", [ann], with_bot=True)
    await stage.settle()
    assert await stage.store.chats.exists(chat.id)
    assert len(stage.by_bot(chat)) == 1


async def test_d36_my_chat_member_alone_is_enough(stage: Stage, squad: Chat, ann: User):
    stage.world.remove_bot(squad, ann)
    await stage.settle()
    stage.world.add_bot(squad, ann)
    for update in await stage.api.take():
        if "my_chat_member" in update:
            await stage.feed(update)
    assert await stage.store.chats.exists(squad.id)


async def test_d36_first_use_is_enough(stage: Stage, squad: Chat, ann: User):
    await stage.store.chats.forget(squad.id)
    await stage.clock.advance(301)
    await stage.said(ann, squad, "/status")
    assert await stage.store.chats.exists(squad.id)


async def test_d36_a_group_is_deleted_when_gub_is_removed_and_its_data_kept(stage: Stage, squad: Chat, ann: User):
    await stage.said(ann, squad, "/newgroup Warzone")
    stage.world.remove_bot(squad, ann)
    await stage.settle()
    assert not await stage.store.chats.exists(squad.id)
    assert await stage.store.notifygroups.by_name(squad.id, "Warzone") is not None
    assert await stage.store.departures.left_at(squad.id) is not None

    await stage.clock.advance(5)
    stage.world.add_bot(squad, ann)
    await stage.settle()
    assert await stage.store.chats.exists(squad.id)
    assert await stage.store.departures.left_at(squad.id) is None


async def test_d37_a_private_chat_is_deleted_when_the_user_blocks_gub(stage: Stage, ann: User):
    stage.world.start(ann)
    await stage.settle()
    assert await stage.store.chats.exists(ann.id)
    stage.world.block(ann)
    await stage.settle()
    assert not await stage.store.chats.exists(ann.id)
    stage.world.unblock(ann)
    await stage.settle()
    assert await stage.store.chats.exists(ann.id)


async def test_d37_a_403_counts_as_blocked(stage: Stage, ann: User):
    stage.world.start(ann)
    await stage.settle()
    stage.world.say(ann, ann, "/help")
    updates = await stage.api.take()
    stage.world.block(ann)
    for update in updates:
        await stage.feed(update)
    assert not await stage.store.chats.exists(ann.id)


async def test_a_late_message_does_not_bring_a_chat_back(stage: Stage, squad: Chat, ann: User):
    stage.world.say(ann, squad, "/status")
    late = await stage.api.take()
    await stage.clock.advance(3)
    stage.world.remove_bot(squad, ann)
    await stage.settle()
    for update in late:
        await stage.feed(update)
    assert not await stage.store.chats.exists(squad.id)


async def test_a_tap_does_not_bring_a_chat_back(stage: Stage, squad: Chat, ann: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    stage.world.remove_bot(squad, ann)
    await stage.settle()
    await stage.press(ann, announcement, "Join")
    assert not await stage.store.chats.exists(squad.id)


async def test_the_title_is_kept_fresh(stage: Stage, squad: Chat):
    stage.world.rename_chat(squad, "New Squad")
    await stage.settle()
    facts = await stage.store.chats.get(squad.id)
    assert facts is not None
    assert facts.title == "New Squad"


@pytest.mark.parametrize("membership", [False, True])
async def test_d35_a_group_that_becomes_a_supergroup_keeps_everything(
    stage: Stage, ann: User, bob: User, membership: bool
):
    old = stage.world.add_group("Squad", [ann, bob], with_bot=True)
    await stage.settle()
    stage.steam.know("p")
    await stage.said(ann, old, "/newgroup Warzone")
    await stage.said(bob, old, "/join Warzone")
    await stage.said(ann, old, "/add Ann steam:p")
    new = stage.world.migrate(old, membership=membership)
    await stage.settle()
    assert not await stage.store.chats.exists(old.id)
    assert await stage.store.chats.exists(new.id)
    assert await stage.store.departures.left_at(new.id) is None
    assert "Ann" in (await stage.answer(bob, new, "/status")).text
    call = await stage.answer(ann, new, "/notify Warzone")
    assert stage.pinged(call) == {bob.id}
    assert not greetings(stage, new)


def greetings(stage: Stage, chat: Chat) -> list[SimMessage]:
    return [message for message in stage.by_bot(chat) if "Here's how to start" in message.text]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_d35_a_group_that_becomes_a_supergroup_is_not_greeted_again(
    stage: Stage, ann: User, bob: User, order: tuple[int, ...]
):
    old = stage.world.add_group("Squad", [ann, bob], with_bot=True)
    stage.world.add_group("Squad", [bob], with_bot=True)
    await stage.settle()
    new = stage.world.migrate(old, membership=True)
    # Telegram tells of the new one as of any chat that GUB comes into, and not that it left the old one
    # (tdlib/telegram-bot-api#266).
    told = [u for u in await stage.api.take() if u.get("my_chat_member", {}).get("chat", {}).get("id") != old.id]
    assert len(told) == len(order)
    for number in order:
        await stage.feed(told[number])
    assert not greetings(stage, new)
    assert not await stage.store.chats.exists(old.id)
    assert await stage.store.chats.exists(new.id)


async def test_a_supergroup_that_shares_its_title_with_a_group_is_greeted(stage: Stage, ann: User):
    namesake = stage.world.add_group("Squad", [ann], with_bot=True)
    await stage.settle()
    chat = await stage.group(ann, title="Squad")
    assert len(greetings(stage, chat)) == 1
    assert len(greetings(stage, namesake)) == 1


async def test_a_supergroup_that_was_a_group_is_greeted_when_gub_comes_back(stage: Stage, ann: User):
    old = stage.world.add_group("Squad", [ann], with_bot=True)
    await stage.settle()
    new = stage.world.migrate(old, membership=True)
    await stage.settle()
    stage.world.remove_bot(new, ann)
    await stage.clock.advance(5)
    stage.world.add_bot(new, ann)
    await stage.settle()
    assert len(greetings(stage, new)) == 1


async def test_d35_the_refusal_of_a_call_tells_of_the_migration_too(stage: Stage, ann: User, bob: User):
    old = stage.world.add_group("Squad", [ann, bob], with_bot=True)
    await stage.settle()
    await stage.said(ann, old, "/newgroup Warzone")
    stage.world.say(ann, old, "/join Warzone")
    updates = await stage.api.take()
    new = stage.world.migrate(old, tell=False)
    for update in updates:
        await stage.feed(update)
    assert await stage.store.notifygroups.by_name(new.id, "Warzone") is not None
    assert await stage.store.notifygroups.by_name(old.id, "Warzone") is None


async def test_promotion_greets_nobody(stage: Stage, squad: Chat):
    stage.world.promote(stage.world.default_bot.user, squad)
    await stage.settle()
    assert len(stage.by_bot(squad)) == 1


async def test_people_are_learnt_from_all_that_names_them(stage: Stage, squad: Chat, ann: User, bob: User):
    carl = stage.world.add_user("Carl", last_name="C", username="CarlC")
    dora = stage.world.add_user("Dora")
    stage.world.join(carl, squad)
    await stage.settle()
    entity = {"type": "text_mention", "offset": 8, "length": 4, "user": dora.id}
    stage.world.join(dora, squad)
    await stage.api.take()  # not told by the service message, but by the mention
    await stage.said(ann, squad, "/status Dora", entities=[entity])
    known = await stage.store.users.get_many([ann.id, bob.id, carl.id, dora.id])
    assert set(known) == {ann.id, carl.id, dora.id}
    assert known[carl.id].last_name == "C"
    assert known[dora.id].first_name == "Dora"
    by_name = await stage.store.users.by_username("@carlc")
    assert by_name is not None
    assert by_name.user_id == carl.id


async def test_stand_ins_are_not_learnt(stage: Stage, squad: Chat, ann: User):
    await stage.said(ann, squad, "/status", anonymous=True)
    await stage.said(ann, squad, "/status", as_channel="News")
    assert not await stage.store.users.get_many([1087968824, 136817688, 777000])


async def test_a_kick_told_by_another_bot_counts(stage: Stage, squad: Chat, bob: User):
    await stage.said(bob, squad, "/newgroup Warzone")
    other = {"id": 999, "is_bot": True, "first_name": "Rose", "username": "rose_bot"}
    left = {"id": bob.id, "is_bot": False, "first_name": "Bob"}
    stage.world.deliver_raw(
        {
            "message": {
                "message_id": 77,
                "date": int(stage.clock.now().timestamp()),
                "chat": {"id": squad.id, "type": "supergroup", "title": "Squad"},
                "from": other,
                "left_chat_member": left,
            }
        }
    )
    await stage.settle()
    group = await stage.store.notifygroups.by_name(squad.id, "Warzone")
    assert group is not None
    assert group.members == ()


async def test_a_channel_is_no_chat_of_gubs(stage: Stage, ann: User):
    bot = {"id": stage.world.default_bot.user.id, "is_bot": True, "first_name": "GUB"}
    stage.world.deliver_raw(
        {
            "my_chat_member": {
                "chat": {"id": -1009, "type": "channel", "title": "News"},
                "from": {"id": ann.id, "is_bot": False, "first_name": "Ann"},
                "date": int(stage.clock.now().timestamp()),
                "old_chat_member": {"user": bot, "status": "left"},
                "new_chat_member": {"user": bot, "status": "member"},
            }
        }
    )
    await stage.settle()
    assert await stage.store.chats.count() == 0
    assert stage.outcomes == [("my_chat_member", "ok")]


async def test_a_namesake_that_gub_was_removed_from_is_noted(stage: Stage, ann: User):
    """Asking whether it moved tells that, if the update about it was lost."""
    namesake = stage.world.add_group("Squad", [ann], with_bot=True)
    await stage.settle()
    stage.world.remove_bot(namesake, ann)
    await stage.api.take()
    chat = await stage.group(ann, title="Squad")
    assert len(greetings(stage, chat)) == 1
    assert not await stage.store.chats.exists(namesake.id)

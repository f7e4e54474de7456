"""Many people, many taps, and all the places in a chat where somebody may stand."""

import pytest

from gub.sandbox.telegram.models import SimMessage, User
from gub.sandbox.telegram.world import World
from gub.store.mongo import connect
from gub.store.store import Store
from tests.scenarios.conversation import answers, ask, bot_messages, greeted, groups, tap, until

pytestmark = pytest.mark.usefixtures("bot")


def _pinged(world: World, message: SimMessage) -> list[int]:
    return [push.user_id for push in world.pushes if push.message_id == message.id and push.reason == "mention"]


def _five(messages: list[SimMessage]) -> list[SimMessage] | None:
    return messages if len(messages) >= 5 else None


class TestTaps:
    async def test_fifty_people_join_at_once(self, world: World, store: Store) -> None:
        people = [world.add_user(f"Person {number}") for number in range(51)]
        chat = world.add_group("Crowd", people)
        world.add_bot(chat, people[0])
        made = await ask(world, people[0], chat, "/newgroup Warzone")
        taps = [world.press(person, chat, made.id, made.button("Join")) for person in people[1:]]
        await until(world, lambda: all(world.callback_answer(query) for query in taps))
        texts = [answer.text for query in taps if (answer := world.callback_answer(query))]
        assert sorted(texts) == sorted(f"You are in Warzone, {count} members now." for count in range(2, 52))
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert sorted(group.members) == [person.id for person in people]

    async def test_one_who_taps_twice_is_in_once_and_both_taps_are_answered(self, world: World, store: Store) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        taps = [world.press(bea, chat, made.id, made.button("Join")) for _ in range(5)]
        await until(world, lambda: all(world.callback_answer(query) for query in taps))
        texts = sorted(answer.text for query in taps if (answer := world.callback_answer(query)))
        assert texts == ["You are in Warzone already."] * 4 + ["You are in Warzone, 2 members now."]
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert group.members == (ana.id, bea.id)

    async def test_who_joins_and_leaves_at_once_ends_as_they_tapped_last(self, world: World, store: Store) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        taps = [
            world.press(bea, chat, made.id, made.button(label)) for label in ("Join", "Leave", "Join", "Leave", "Join")
        ]
        await until(world, lambda: all(world.callback_answer(query) for query in taps))
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert group.members == (ana.id, bea.id)

    async def test_d30_the_button_of_a_deleted_group_is_answered(
        self, world: World, store: Store, mongo_uri: str, database_name: str
    ) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        await ask(world, ana, chat, "/newgroup Other")
        client = connect(mongo_uri)
        await client[database_name].notifygroups.delete_one({"name": "Warzone"})
        await client.close()
        for label in ("Join", "Leave"):
            answer = await tap(world, bea, made, label)
            assert answer.alert
            assert "isn't here any more" in answer.text
        other = await store.notifygroups.by_name(chat.id, "Other")
        assert other is not None
        assert other.members == (ana.id,)

    async def test_a_keyboard_under_a_message_that_is_gone_is_answered(self, world: World, store: Store) -> None:
        """The app of somebody who was offline shows it still; the bot is told of a message without content."""
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        data = made.button("Join")
        world.delete_message(chat, made.id)
        query = world.press(bea, chat, made.id, data, forged=True)
        answer = await until(world, lambda: world.callback_answer(query))
        assert "You are in Warzone" in answer.text
        for forged in ("g:join:" + "0" * 24, "g:join:x", "g:burn:1", "s:refresh:x", "zzz", "g:join:" + "a:b:c"):
            query = world.press(bea, chat, made.id, forged, forged=True)
            answer = await until(world, lambda: world.callback_answer(query))  # noqa: B023 - waited for at once
            assert answer.alert
            assert answer.text
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert group.members == (ana.id, bea.id)

    async def test_a_button_of_another_chats_group_does_nothing_here(self, world: World, store: Store) -> None:
        (ana, chat), (bea, other) = people = groups(world, 2)
        await greeted(world, people)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        shown = await ask(world, bea, other, "/newgroup Elsewhere")
        query = world.press(bea, other, shown.id, made.button("Join"), forged=True)
        answer = await until(world, lambda: world.callback_answer(query))
        assert answer.alert
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert group.members == (ana.id,)


class TestCalls:
    async def test_d15_d16_twenty_six_members_are_five_messages_and_no_other_question(
        self, world: World, store: Store
    ) -> None:
        people = [world.add_user(f"Person {number}") for number in range(26)]
        chat = world.add_group("Crowd", people, supergroup=True, admins=())
        world.add_bot(chat, people[0], rights=["can_delete_messages"])
        await ask(world, people[0], chat, "/newgroup Warzone")
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        for person in people[1:]:
            await store.notifygroups.join(group.id, chat.id, person.id)
            await ask(world, person, chat, "/about")
        before = len(world.requests)
        said = world.say(people[7], chat, "/notify warzone tonight?")
        rung = await until(world, lambda: _five(bot_messages(world, chat, said.id)))
        await until(world, lambda: said.deleted)
        assert [len(_pinged(world, message)) for message in rung] == [5] * 5
        everyone = [user_id for message in rung for user_id in _pinged(world, message)]
        assert sorted(everyone) == [person.id for person in people if person is not people[7]]
        asked = [request.method for request in list(world.requests)[before:] if request.method != "getUpdates"]
        assert sorted(asked) == ["deleteMessage"] + ["sendMessage"] * 5

    async def test_d9_what_was_typed_is_answered_with_the_name_as_it_is(self, world: World) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        await ask(world, ana, chat, "/newgroup WarZone")
        assert "WarZone" in (await ask(world, bea, chat, "/join wArZONE")).text
        said = world.say(ana, chat, "/notify WARZONE")
        call = await until(world, lambda: bot_messages(world, chat, said.id))
        assert "WarZone" in call[0].text
        assert "WARZONE" not in call[0].text

    async def test_d13_d14_a_typed_name_is_one_name(self, world: World, store: Store) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea])
        world.add_bot(chat, ana)
        for name in ("alpha", "beta", "C++", "(duo)", "team?", "$ne", "a.b", "{}"):
            assert "New group" in (await ask(world, ana, chat, f"/newgroup {name}")).text
        for pattern in (".*", "^", "alpha|beta", "a", "(", "[", "^alpha$", '{"$ne":null}', "\\"):
            answer = await ask(world, bea, chat, f"/join {pattern}")
            assert "There is no group" in answer.text, pattern
        assert "alpha" in (await ask(world, bea, chat, "/join alpha beta")).text
        for name in ("C++", "(duo)", "team?", "$ne", "a.b", "{}"):
            assert name in (await ask(world, bea, chat, f"/join {name}")).text
        mine = {group.name for group in await store.notifygroups.of_chat(chat.id) if bea.id in group.members}
        assert mine == {"alpha", "C++", "(duo)", "team?", "$ne", "a.b", "{}"}


class TestPlaces:
    async def test_d34_edited_commands_do_nothing(self, world: World, store: Store) -> None:
        ((ana, chat),) = groups(world, 1)
        said = world.say(ana, chat, "/about")
        await until(world, lambda: answers(world, chat, said))
        world.edit_message(ana, chat, said.id, "/newgroup Edited")
        world.edit_message(ana, chat, said.id, "/about")
        started = world.start(ana)
        await until(world, lambda: bot_messages(world, ana))
        world.edit_message(ana, ana, started.id, "/help")
        await ask(world, ana, chat, "/help")
        await ask(world, ana, ana, "/about")
        assert len(answers(world, chat, said)) == 1
        assert len(bot_messages(world, ana)) == 2
        assert await store.notifygroups.of_chat(chat.id) == []

    async def test_d38_anonymous_admins_are_told_kindly_and_can_do_what_needs_nobody(
        self, world: World, store: Store
    ) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea], supergroup=True)
        world.add_bot(chat, ana)
        await ask(world, bea, chat, "/newgroup Warzone")
        for text in ("/newgroup Mine", "/join Warzone", "/leave Warzone", "/notify Warzone", "/add X steam:x"):
            told = await ask(world, ana, chat, text, anonymous=True)
            assert "writing as the group" in told.text
        for text in ("/about", "/help", "/status"):
            assert "writing as the group" not in (await ask(world, ana, chat, text, anonymous=True)).text
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert group.members == (bea.id,)
        assert await store.users.get_many([1087968824]) == {}

    async def test_channels_and_forwards_from_them_are_nobody(self, world: World) -> None:
        ana = world.add_user("Ana")
        chat = world.add_group("G", [ana], supergroup=True)
        world.add_bot(chat, ana)
        await until(world, lambda: bot_messages(world, chat))
        ignored = [
            world.say(ana, chat, "/newgroup News", as_channel="News"),
            world.auto_forward(chat, "/newgroup News"),
            world.say(ana, chat, "/about@some_other_bot"),
            world.say(ana, chat, "not a command"),
        ]
        await ask(world, ana, chat, "/about")
        assert [answers(world, chat, message) for message in ignored] == [[]] * 4
        assert len(bot_messages(world, chat)) == 2

    async def test_d39_answers_stay_in_their_topic(self, world: World) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("Forum", [ana, bea], forum=True)
        world.add_bot(chat, ana)
        shooters, races = world.open_topic(chat, "Shooters"), world.open_topic(chat, "Races")
        for topic in (shooters.id, races.id, None):
            made = await ask(world, ana, chat, f"/newgroup Group{topic}", thread_id=topic)
            assert made.thread_id == topic
            await tap(world, bea, made, "Join")
            for text in ("/about", "/status", "/join nothing", "/newgroup"):
                answer = await ask(world, bea, chat, text, thread_id=topic)
                assert (answer.thread_id, answer.is_topic_message) == (topic, topic is not None)
            said = world.say(ana, chat, f"/notify Group{topic} now?", thread_id=topic)
            call = (await until(world, lambda: bot_messages(world, chat, said.id)))[0]  # noqa: B023 - waited for at once
            assert call.thread_id == topic
            assert _pinged(world, call) == [bea.id]

    async def test_a_topic_that_is_gone_when_the_answer_comes(self, world: World) -> None:
        ana = world.add_user("Ana")
        chat = world.add_group("Forum", [ana], forum=True)
        world.add_bot(chat, ana)
        topic = world.open_topic(chat, "Short-lived")
        await until(world, lambda: bot_messages(world, chat))
        said = world.say(ana, chat, "/about", thread_id=topic.id)
        world.delete_topic(chat, topic.id)
        answer = (await until(world, lambda: bot_messages(world, chat, said.id)))[0]
        assert answer.thread_id is None
        assert "GUB" in answer.text

    async def test_d11_a_command_deleted_before_the_answer_is_answered(self, world: World) -> None:
        ((ana, chat),) = people = groups(world, 1)
        await greeted(world, people)
        said = world.say(ana, chat, "/newgroup Warzone")
        world.delete_message(chat, said.id)
        answer = (await until(world, lambda: bot_messages(world, chat, said.id)))[0]
        assert answer.reply_to is None
        assert "New group" in answer.text

    @pytest.mark.parametrize("supergroup", [False, True])
    async def test_without_the_right_to_write_taps_are_answered_and_all_is_well_again_later(
        self, world: World, store: Store, supergroup: bool
    ) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea], supergroup=supergroup)
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        world.restrict_bot(chat)
        said = world.say(ana, chat, "/about") if supergroup else None
        assert "You are in" in (await tap(world, bea, made, "Join")).text
        world.unrestrict_bot(chat)
        await ask(world, ana, chat, "/about")
        assert await store.chats.exists(chat.id)
        if said is not None:
            assert answers(world, chat, said) == []

    async def test_d27_who_was_removed_joins_nothing_by_an_old_button(self, world: World, store: Store) -> None:
        ana, bea = world.add_user("Ana"), world.add_user("Bea")
        chat = world.add_group("G", [ana, bea], supergroup=True)
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        query = world.press(bea, chat, made.id, made.button("Join"))
        world.kick(bea, chat)
        answer = await until(world, lambda: world.callback_answer(query))
        group = await store.notifygroups.by_name(chat.id, "Warzone")
        assert group is not None
        assert answer.alert
        assert bea.id not in group.members

    async def test_d18_who_left_is_called_no_more(self, world: World) -> None:
        people: list[User] = [world.add_user(name) for name in ("Ana", "Bea", "Cem")]
        ana, bea, cem = people
        chat = world.add_group("G", people, supergroup=True)
        world.add_bot(chat, ana)
        made = await ask(world, ana, chat, "/newgroup Warzone")
        for person in (bea, cem):
            await tap(world, person, made, "Join")
        world.leave(cem, chat)
        said = world.say(ana, chat, "/notify Warzone")
        call = (await until(world, lambda: bot_messages(world, chat, said.id)))[0]
        assert _pinged(world, call) == [bea.id]
        assert "Cem" not in call.text

"""The process dies at every operation on the database in turn; afterwards all is right, by whichever way it goes on.

After a death the inbox hands the tap over again, and the start-up finishes what was left undone; a tap of long ago may
be known to nobody, so the start-up alone must do as well.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gub.domain.limits import GROUP_MEMBERS
from gub.domain.values import Joining, KnownUser
from gub.store.mongo import connect
from tests.store.group_world import ANN, BOB, CHATS, CYD, DAN, Picture, World, check, outcome_of, world_on
from tests.store.stepping import Died, Stepper

CHAT = CHATS[0]
MOST_OPERATIONS = 60


@dataclass
class Scene:
    """A world, what is to be done in it, and when the process dies."""

    world: World
    stepper: Stepper

    async def dies_at(self, operation: int, doing: Awaitable[Any]) -> bool:
        """Do something until the process dies at that operation; say whether it did."""
        self.stepper.die_at(operation)
        try:
            await outcome_of(doing)
        except Died:
            return True
        finally:
            self.stepper.die_at(None)
        return False


@pytest.fixture
async def scene(mongo_uri: str, database_name: str) -> AsyncIterator[Scene]:
    client, plain, stepper = connect(mongo_uri), connect(mongo_uri), Stepper()
    yield Scene(await world_on(client, plain, mongo_uri, database_name, stepper), stepper)
    await client.close()
    await plain.close()


Doing = Callable[[], Awaitable[Any]]
Ready = tuple[Doing, Callable[[Picture], None]]
Story = Callable[[World], Awaitable[Ready]]
"""Makes a world ready; gives what is done in it, again and again if need be, and what is so when it is done."""


def the_group(picture: Picture) -> dict[str, Any]:
    (group,) = picture.groups.values()
    return group


async def accepting(world: World) -> Ready:
    group = await world.war(BOB, joining=Joining.INVITE)
    one = await world.asks(group, CYD, DAN)
    await world.asks(group, CYD)

    def done(picture: Picture) -> None:
        assert the_group(picture)["members"] == [ANN, BOB, CYD]
        assert the_group(picture)["invited"] == [DAN]

    return lambda: world.accept(CYD, one), done


async def accepting_as_the_last(world: World) -> Ready:
    group = await world.war(BOB, joining=Joining.HIDDEN)
    one = await world.asks(group, CYD)

    def done(picture: Picture) -> None:
        assert the_group(picture)["members"] == [ANN, BOB, CYD]
        assert the_group(picture)["invited"] == []
        assert picture.open == []

    return lambda: world.accept(CYD, one), done


async def accepting_by_a_username(world: World) -> Ready:
    group = await world.war(joining=Joining.INVITE)
    one = await world.asks(group, "@new_n", CYD)
    await world.asks(group, "@NEW_N", BOB)
    await world.store.users.learn([KnownUser(DAN, "Dan", username="New_N")])

    def done(picture: Picture) -> None:
        assert the_group(picture)["members"] == [ANN, DAN]
        assert set(the_group(picture)["invited"]) == {BOB, CYD}

    return lambda: world.accept(DAN, one), done


async def becoming_known(world: World) -> Ready:
    one = await world.asks(await world.war(BOB), "@new_n", CYD)
    await world.asks(await world.create(CYD, CHAT, "Peace", Joining.OPEN), "@new_n", DAN)

    def done(picture: Picture) -> None:
        assert {frozenset(group["invited"]) for group in picture.groups.values()} == {
            frozenset({CYD, DAN}),
            frozenset({DAN}),
        }
        assert picture.invitations[one.id]["initially_invited"] == [DAN, CYD]

    return lambda: world.is_called(DAN, "New_N"), done


async def accepting_where_there_is_no_room(world: World) -> Ready:
    group = await world.war(joining=Joining.INVITE)
    one = await world.asks(group, CYD)
    crowd = [ANN, *range(1000, 999 + GROUP_MEMBERS)]
    await world.database["notifygroups"].update_one({}, {"$set": {"members": crowd}})

    def done(picture: Picture) -> None:
        assert the_group(picture)["members"] == crowd
        assert the_group(picture)["invited"] == [CYD], "asked still: somebody may leave"

    return lambda: world.accept(CYD, one), done


async def declining(world: World) -> Ready:
    group = await world.war(BOB)
    one = await world.asks(group, CYD, DAN)
    await world.asks(group, CYD)

    def done(picture: Picture) -> None:
        assert the_group(picture)["members"] == [ANN, BOB]
        assert set(the_group(picture)["invited"]) == {CYD, DAN}, "the other invitation asks still"
        assert picture.invitations[one.id]["declined"] == [CYD]

    return lambda: world.decline(CYD, one), done


async def declining_as_the_last(world: World) -> Ready:
    one = await world.asks(await world.war(), CYD)

    def done(picture: Picture) -> None:
        assert the_group(picture)["invited"] == []
        assert picture.open == []

    return lambda: world.decline(CYD, one), done


async def revoking(world: World) -> Ready:
    group = await world.war(BOB)
    one = await world.asks(group, CYD, DAN)
    await world.asks(group, DAN)

    def done(picture: Picture) -> None:
        assert the_group(picture)["invited"] == [DAN]
        assert len(picture.open) == 1

    return lambda: world.revoke(ANN, one), done


async def handing_over(world: World) -> Ready:
    group = await world.war(BOB)
    await world.asks(group, CYD)

    def done(picture: Picture) -> None:
        assert the_group(picture)["creator_id"] == BOB
        assert the_group(picture)["members"] == [ANN, BOB]

    return lambda: world.hand_over(ANN, group, BOB), done


async def deleting(world: World) -> Ready:
    group = await world.war(BOB)
    await world.asks(group, CYD)
    await world.asks(group, "@new_n")

    def done(picture: Picture) -> None:
        assert picture.groups == {}
        assert picture.open == []

    return lambda: world.delete(ANN, group), done


async def deleting_as_an_admin(world: World) -> Ready:
    group = await world.war(BOB)
    await world.asks(group, CYD)

    def done(picture: Picture) -> None:
        assert picture.groups == {}
        assert picture.open == []

    return lambda: world.delete(DAN, group, is_admin=True), done


async def leaving_the_chat(world: World) -> Ready:
    await world.asks(await world.war(BOB, CYD), DAN)
    other = await world.create(BOB, CHAT, "Peace", Joining.OPEN)
    await world.asks(other, ANN, CYD)
    await world.asks(other, ANN)
    elsewhere = await world.war(chat=CHATS[1])

    def done(picture: Picture) -> None:
        by_name = {(group["chat_id"], group["name"]): group for group in picture.groups.values()}
        assert by_name[CHAT, "War"]["members"] == [BOB, CYD]
        assert by_name[CHAT, "War"]["creator_id"] == BOB
        assert by_name[CHAT, "Peace"]["invited"] == [CYD]
        assert picture.groups[elsewhere.id]["members"] == [ANN]

    return lambda: world.goes(ANN, CHAT), done


async def joining(world: World) -> Ready:
    group = await world.war(BOB)
    await world.asks(group, CYD, DAN)
    await world.asks(group, CYD)

    def done(picture: Picture) -> None:
        assert the_group(picture)["members"] == [ANN, BOB, CYD]
        assert the_group(picture)["invited"] == [DAN]

    return lambda: world.join(CYD, group), done


async def inviting(world: World) -> Ready:
    group = await world.war(BOB)

    def done(picture: Picture) -> None:
        assert set(the_group(picture)["invited"]) == {CYD, "@new_n"}
        assert len(picture.invitations) == 1

    return lambda: world.invite(ANN, group, [CYD, "@New_N"], message_id=77), done


FINISHED_BY_A_START: list[Story] = [
    accepting,
    accepting_as_the_last,
    accepting_by_a_username,
    accepting_where_there_is_no_room,
    declining,
    declining_as_the_last,
    revoking,
    handing_over,
    deleting,
    deleting_as_an_admin,
]
FINISHED_BY_DOING_IT_AGAIN: list[Story] = [leaving_the_chat, joining, inviting, becoming_known]


async def each_death(scene: Scene, story: Story) -> AsyncIterator[tuple[int, Doing, Callable[[Picture], None]]]:
    """Let the process die at the first operation, then at the second, and so on, each time in a world of its own."""
    for operation in range(MOST_OPERATIONS):
        await scene.world.clear()
        doing, done = await story(scene.world)
        died = await scene.dies_at(operation, doing())
        yield operation, doing, done
        if not died:
            assert operation > 0
            return
    raise AssertionError("it never came to its end")


@pytest.mark.parametrize("story", FINISHED_BY_A_START, ids=lambda story: story.__name__)
async def test_a_start_finishes_what_a_death_cut_off_and_the_tap_handled_again_does_it(
    scene: Scene, story: Story
) -> None:
    async for operation, doing, done in each_death(scene, story):
        await scene.dies_at(operation % 7, scene.world.restart())  # it happens while starting as well
        await scene.world.restart()
        picture = await scene.world.picture()
        check(picture)
        for invitation in picture.invitations.values():
            members = picture.groups.get(str(invitation["notify_group_id"]), {}).get("members", ())
            assert set(invitation.get("accepted", ())) <= set(members)
        await do_again(scene, doing, done)


@pytest.mark.parametrize(
    "story", [*FINISHED_BY_DOING_IT_AGAIN, *FINISHED_BY_A_START[:4], deleting], ids=lambda story: story.__name__
)
async def test_what_a_death_cut_off_is_done_when_it_is_handled_again(scene: Scene, story: Story) -> None:
    async for _, doing, done in each_death(scene, story):
        scene.world.start()
        await do_again(scene, doing, done)


async def do_again(scene: Scene, doing: Doing, done: Callable[[Picture], None]) -> None:
    """Handle the tap again, and look."""
    await outcome_of(doing())
    await scene.world.board()
    picture = await scene.world.picture()
    check(picture)
    done(picture)


@pytest.mark.parametrize("way", ["leave", "remove", "goes"])
async def test_who_accepted_became_a_member_and_went_is_not_brought_back(scene: Scene, way: str) -> None:
    """The process lives on, say: it was the database that went away for a moment."""
    async for _ in each_death(scene, accepting):
        (group,) = await scene.world.groups.of_chat(CHAT)
        if CYD not in group.members:
            continue
        if way == "leave":
            await scene.world.leave(CYD, group)
        elif way == "remove":
            await scene.world.remove(ANN, group, CYD)
        else:
            await scene.world.goes(CYD, CHAT)
        await scene.world.restart()
        picture = await scene.world.picture()
        check(picture)
        assert the_group(picture)["members"] == [ANN, BOB]


async def test_nothing_is_left_of_what_was_accepted_into_a_group_deleted_since(scene: Scene) -> None:
    async for _ in each_death(scene, accepting):
        (group,) = await scene.world.groups.of_chat(CHAT)
        await scene.world.delete(ANN, group)
        await scene.world.restart()
        picture = await scene.world.picture()
        assert (picture.groups, picture.invitations) == ({}, {})

"""Several people in several chats do everything with groups and invitations, one by one and at the same time.

The interleavings of what is done at once are chosen operation by operation on the database, so a failure is repeated.
After each step all that must hold is looked for in the database itself.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gub.store.mongo import connect
from tests.store.group_story import Story, Wish, answers, wishes
from tests.store.group_world import PEOPLE, check, world_on
from tests.store.stepping import Stepper

orders = st.lists(st.integers(0, 2), min_size=12, max_size=40)


class GroupMachine(RuleBasedStateMachine):
    """Steps of one or several wishes."""

    def __init__(self, runner: asyncio.Runner, story: Story) -> None:
        super().__init__()
        self.runner = runner
        self.story = story

    @initialize()
    def begin(self) -> None:
        async def beginning() -> None:
            await self.story.world.clear()
            group = await self.story.world.war(PEOPLE[1])
            await self.story.world.asks(group, PEOPLE[2], PEOPLE[3], "@new_n")

        self.runner.run(beginning())

    @rule(one=wishes)
    def one_by_one(self, one: Wish) -> None:
        self.runner.run(self.story.do([one]))

    @rule(several=st.lists(wishes, min_size=2, max_size=3), order=orders)
    def at_once(self, several: list[Wish], order: list[int]) -> None:
        self.runner.run(self.story.do(several, order))

    @rule(several=st.lists(answers, min_size=2, max_size=3), order=orders)
    def answers_at_once(self, several: list[Wish], order: list[int]) -> None:
        self.runner.run(self.story.do(several, order))

    @rule()
    def a_week_passes(self) -> None:
        self.runner.run(self.story.world.a_week_passes())

    @invariant()
    def all_is_well(self) -> None:
        self.runner.run(self._look())

    async def _look(self) -> None:
        await self.story.world.clock.advance(120)  # nobody is asked to wait for inviting again
        check(await self.story.world.picture())


@contextmanager
def telling(runner: asyncio.Runner, uri: str, database: str) -> Iterator[Story]:
    """A story on an empty database, on the loop of the runner."""
    client, plain, stepper = connect(uri), connect(uri), Stepper()
    try:
        yield Story(runner.run(world_on(client, plain, uri, database, stepper)), stepper)
    finally:
        runner.run(client.close())
        runner.run(plain.close())


def test_whatever_people_do_at_once_groups_and_invitations_stay_right(mongo_uri: str, database_name: str) -> None:
    with asyncio.Runner() as runner, telling(runner, mongo_uri, database_name) as story:
        run_state_machine_as_test(
            lambda: GroupMachine(runner, story),
            settings=settings(
                max_examples=25,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )

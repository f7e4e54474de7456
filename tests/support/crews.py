"""Places in a crew, for tests."""

from gub.clock import Clock
from gub.standing import Standing
from gub.store.crew import Crew
from gub.store.processes import TERM_SECONDS, Holder
from gub.store.store import Store

BOT_ID = 123456


def lone(store: Store, clock: Clock) -> Crew:
    """The only place there is, as in polling mode."""
    return Crew.alone(store.workers, store.claims, BOT_ID, Standing(clock, TERM_SECONDS), clock)


def one_of_many(store: Store, clock: Clock) -> Crew:
    """A place among others, as if on a machine of its own; it is to be joined."""
    crew = Crew(store.workers, store.claims, BOT_ID, Standing(clock, TERM_SECONDS), clock)
    crew._holder = Holder(crew.name, f"host of {crew.name}", 1)
    return crew

"""What owners are told of failures of GUB's own: the kind and the place, and nothing about anybody."""

from gub.telegram.showing import View
from gub.telegram.views.parts import lines, typed
from gub.telegram.words import said, said_many, words


def fault(kind: str, reference: str, count: int) -> View:
    """Tell an owner; `count` is how often it happened since they were last told."""
    error, _, place = kind.partition(" ")
    return View(
        lines(
            said("⚠️ Something went wrong inside me: {error} in {place}.", error=typed(error), place=typed(place)),
            said_many(
                "It happened {count} time since I last told you.",
                "It happened {count} times since I last told you.",
                count,
            )
            if count > 1
            else None,
            said("My log has the details under {reference}.", reference=typed(reference)),
            words("I tell you of each kind once an hour at most."),
        )
    )

"""The people on /status: added. Account names are never shown."""

from aiogram.utils.formatting import Text

from gub.domain.values import Platform, StatusUser
from gub.telegram.messenger import View
from gub.telegram.views.parts import PLATFORM_NAMES, lines, named, typed


def usage() -> View:
    """Tell how /add is used."""
    return View(
        lines(
            Text("Like this: ", typed("/add NAME steam:ID")),
            Text("For example: ", typed("/add Ann steam:ann_plays")),
            "",
            "The ID is the name in the address of the Steam profile, the number in it, or the whole address.",
        )
    )


def added(person: StatusUser) -> View:
    """Confirm a new person."""
    platforms = [PLATFORM_NAMES[platform] for platform in Platform if platform in person.accounts]
    return View([Text("✅ ", named(person.display_name), " is on /status now, with ", " and ".join(platforms), ".")])

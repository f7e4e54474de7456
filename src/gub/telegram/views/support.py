"""Where help is found, in the words of whoever runs the bot."""

from aiogram.utils.formatting import Text

from gub.domain.owners_wishes import OwnersWishes
from gub.telegram.showing import View
from gub.telegram.views.keyboards import link, rows
from gub.telegram.views.parts import lines, unpinging
from gub.telegram.words import words


def support(wishes: OwnersWishes) -> View:
    """Answer /support."""
    text = [unpinging(line) for line in (wishes.support_text or "").strip().splitlines()]
    return View(
        lines(
            *(text or [Text(words("Something doesn't work, or you miss something?"))]),
            "",
            words("/feedback brings what you write to whoever runs me, and their answer back to you."),
            words("/donate helps to keep me running.") if wishes.donations else None,
        ),
        rows(*([link(label, url)] for label, url in wishes.support_links)) if wishes.support_links else None,
    )

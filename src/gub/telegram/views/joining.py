"""How people come into a notify group, as whoever chooses it is asked."""

from typing import Final

from aiogram.utils.formatting import Bold, Text

from gub.domain.values import Joining
from gub.telegram.words import mark, said, words

LABELS: Final = {
    Joining.OPEN: mark("Anybody in the chat"),
    Joining.INVITE: mark("Only the invited"),
    Joining.HIDDEN: mark("Hidden"),
}
"""The choices, on buttons; in English."""


def who_may_join(name: Text, where: Text | str = "") -> list[Text | str]:
    """Ask, and say what each choice means."""
    return [
        said("🚪 Who may join {name}{in_chat}?", name=name, in_chat=where),
        "",
        said("{choice}: a tap on {join} will do.", choice=_bold(Joining.OPEN), join=words("Join")),
        said("{choice}: you ask them with Invite.", choice=_bold(Joining.INVITE)),
        said(
            "{choice}: the same, and the chat hears of it only when you call or invite.",
            choice=_bold(Joining.HIDDEN),
        ),
    ]


def _bold(joining: Joining) -> Text:
    return Bold(words(LABELS[joining]))

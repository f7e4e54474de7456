"""How people come into a notify group, as whoever chooses it is asked."""

from typing import Final

from aiogram.utils.formatting import Bold, Text

from gub.domain.values import Joining

LABELS: Final = {
    Joining.OPEN: "Anybody in the chat",
    Joining.INVITE: "Only the invited",
    Joining.HIDDEN: "Hidden",
}
"""The choices, on buttons."""


def who_may_join(name: Text, where: Text | str = "") -> list[Text | str]:
    """Ask, and say what each choice means."""
    return [
        Text("🚪 Who may join ", name, where, "?"),
        "",
        Text(Bold(LABELS[Joining.OPEN]), ": a tap on Join will do."),
        Text(Bold(LABELS[Joining.INVITE]), ": you ask them with Invite."),
        Text(Bold(LABELS[Joining.HIDDEN]), ": the same, and the chat hears of it only when you call or invite."),
    ]

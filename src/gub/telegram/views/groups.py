"""Notify groups: announced, joined, left, muted."""

from typing import Final

from aiogram.utils.formatting import Text

from gub.domain.mutes import MuteFor
from gub.domain.values import Joining, NotifyGroup
from gub.telegram.messenger import View
from gub.telegram.views.keyboards import group_buttons, link, rows
from gub.telegram.views.parts import counted, lines, named, shown, typed, unpinging

_EXAMPLES: Final = {
    "newgroup": ("/newgroup NAME what it is about", "/newgroup Warzone evenings, any rank"),
    "join": ("/join NAME", "/join Warzone"),
    "leave": ("/leave NAME", "/leave Warzone"),
    "notify": ("/notify NAME your text", "/notify Warzone tonight at nine?"),
}
_MUTED: Final = {
    MuteFor.HOUR: "for an hour",
    MuteFor.TOMORROW: "until this time tomorrow",
    MuteFor.GOOD: "any more",
}


def usage(command: str) -> View:
    """Tell how a command that takes a group's name is used."""
    return View(_examples(command))


def begins_in_private(url: str) -> View:
    """Answer /newgroup: what leads to the dialog, and how to do without it."""
    return View(
        lines("Let's make a group: I'll ask you for its name in private.", "", *_examples("newgroup")),
        rows([link("Continue in private", url)]),
    )


def announced(group: NotifyGroup, creator: str) -> View:
    """Announce a new group to the chat. Its creator is named and not pinged."""
    is_open = group.joining is Joining.OPEN
    way_in = " Tap Join to be called too." if is_open else " Others come in when they are invited."
    return View(
        lines(
            Text("🎮 New group: ", named(group.name)),
            unpinging(group.description) if group.description else None,
            "",
            Text(named(creator), " made it and is in.", way_in, " Any member calls it with"),
            typed(f"/notify {group.name}"),
        ),
        group_buttons(group.id) if is_open else None,
    )


def joined(group: NotifyGroup, *, changed: bool) -> View:
    """Answer /join."""
    if not changed:
        return View([Text("You are in ", named(group.name), " already.")])
    return View([Text("✅ You are in ", named(group.name), ", ", _members(group), ".")])


def left(group: NotifyGroup, *, changed: bool) -> View:
    """Answer /leave."""
    if not changed:
        return View([Text("You are not in ", named(group.name), ".")])
    return View([Text("You left ", named(group.name), ". Its calls won't reach you any more.")])


def joined_toast(group: NotifyGroup, *, changed: bool) -> str:
    """Answer a tap on Join."""
    name = shown(group.name)
    return f"You are in {name}, {_members(group)}." if changed else f"You are in {name} already."


def left_toast(group: NotifyGroup, *, changed: bool) -> str:
    """Answer a tap on Leave."""
    name = shown(group.name)
    return f"You left {name}." if changed else f"You are not in {name}."


def muted_toast(group: NotifyGroup, mute_for: MuteFor) -> str:
    """Answer a tap that mutes. Whose clock to tell the time by is not known."""
    return f"{shown(group.name)} won't ping you {_MUTED[mute_for]}. To undo that: /groups"


def no_member_to_mute(group: NotifyGroup) -> str:
    """Answer a tap that would mute, of somebody whom no call pings."""
    return f"You are not in {shown(group.name)}, so its calls don't ping you."


def _members(group: NotifyGroup) -> str:
    return f"{counted(len(group.members), 'member')} now"


def _examples(command: str) -> list[Text]:
    form, example = _EXAMPLES[command]
    return lines(Text("Like this: ", typed(form)), Text("For example: ", typed(example)))

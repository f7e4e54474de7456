"""Notify groups: announced, joined, left."""

from aiogram.utils.formatting import Text

from gub.domain.values import NotifyGroup
from gub.telegram.messenger import View
from gub.telegram.views.keyboards import group_buttons
from gub.telegram.views.parts import lines, named, shown, typed, unpinging


def usage(command: str) -> View:
    """Tell how a command that takes a group's name is used."""
    examples = {
        "newgroup": ("/newgroup NAME what it is about", "/newgroup Warzone evenings, any rank"),
        "join": ("/join NAME", "/join Warzone"),
        "leave": ("/leave NAME", "/leave Warzone"),
        "notify": ("/notify NAME your text", "/notify Warzone tonight at nine?"),
    }
    form, example = examples[command]
    return View(lines(Text("Like this: ", typed(form)), Text("For example: ", typed(example))))


def announced(group: NotifyGroup, creator: str) -> View:
    """Announce a new group to the chat. Its creator is named and not pinged."""
    return View(
        lines(
            Text("🎮 New group: ", named(group.name)),
            unpinging(group.description) if group.description else None,
            "",
            Text(named(creator), " made it and is in. Tap Join to be called too; any member calls it with"),
            typed(f"/notify {group.name}"),
        ),
        group_buttons(group.id),
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


def _members(group: NotifyGroup) -> str:
    count = len(group.members)
    return "1 member now" if count == 1 else f"{count} members now"

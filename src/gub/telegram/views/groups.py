"""Notify groups: announced, joined, left, muted."""

from typing import Final

from aiogram.utils.formatting import Text

from gub.domain.mutes import MuteFor
from gub.domain.values import Joining, NotifyGroup
from gub.telegram.showing import View
from gub.telegram.views.keyboards import group_buttons, link, rows
from gub.telegram.views.parts import lines, named, shown, typed, unpinging
from gub.telegram.words import mark, said, said_many, words, words_many

_EXAMPLES: Final = {
    "newgroup": (mark("/newgroup NAME what it is about"), mark("/newgroup Warzone evenings, any rank")),
    "join": (mark("/join NAME"), mark("/join Warzone")),
    "leave": (mark("/leave NAME"), mark("/leave Warzone")),
    "notify": (mark("/notify NAME your text"), mark("/notify Warzone tonight at nine?")),
}
_MUTED: Final = {
    MuteFor.HOUR: mark("{name} won't ping you for an hour. To undo that: /groups"),
    MuteFor.TOMORROW: mark("{name} won't ping you until this time tomorrow. To undo that: /groups"),
    MuteFor.GOOD: mark("{name} won't ping you any more. To undo that: /groups"),
}


def usage(command: str) -> View:
    """Tell how a command that takes a group's name is used."""
    return View(_examples(command))


def begins_in_private(url: str) -> View:
    """Answer /newgroup: what leads to the dialog, and how to do without it."""
    return View(
        lines(words("Let's make a group: I'll ask you for its name in private."), "", *_examples("newgroup")),
        rows([link(words("Continue in private"), url)]),
    )


def announced(group: NotifyGroup, creator: str) -> View:
    """Announce a new group to the chat. Its creator is named and not pinged."""
    is_open = group.joining is Joining.OPEN
    way_in = words("Tap Join to be called too.") if is_open else words("Others come in when they are invited.")
    call = typed(f"/notify {group.name}")
    made = said("{creator} made it and is in.", creator=named(creator))
    return View(
        lines(
            said("🎮 New group: {name}", name=named(group.name)),
            unpinging(group.description) if group.description else None,
            "",
            Text(made, " ", way_in, " ", said("Any member calls it with\n{command}", command=call)),
        ),
        group_buttons(group.id) if is_open else None,
    )


def joined(group: NotifyGroup, *, changed: bool) -> View:
    """Answer /join."""
    if not changed:
        return View([said("You are in {name} already.", name=named(group.name))])
    told = said_many(
        "✅ You are in {name}, {count} member now.",
        "✅ You are in {name}, {count} members now.",
        len(group.members),
        name=named(group.name),
    )
    return View([told])


def left(group: NotifyGroup, *, changed: bool) -> View:
    """Answer /leave."""
    if not changed:
        return View([said("You are not in {name}.", name=named(group.name))])
    return View([said("You left {name}. Its calls won't reach you any more.", name=named(group.name))])


def joined_toast(group: NotifyGroup, *, changed: bool) -> str:
    """Answer a tap on Join."""
    name = shown(group.name)
    if not changed:
        return words("You are in {name} already.", name=name)
    return words_many(
        "You are in {name}, {count} member now.",
        "You are in {name}, {count} members now.",
        len(group.members),
        name=name,
    )


def left_toast(group: NotifyGroup, *, changed: bool) -> str:
    """Answer a tap on Leave."""
    name = shown(group.name)
    return words("You left {name}.", name=name) if changed else words("You are not in {name}.", name=name)


def muted_toast(group: NotifyGroup, mute_for: MuteFor) -> str:
    """Answer a tap that mutes. Whose clock to tell the time by is not known."""
    return words(_MUTED[mute_for], name=shown(group.name))


def no_member_to_mute(group: NotifyGroup) -> str:
    """Answer a tap that would mute, of somebody whom no call pings."""
    return words("You are not in {name}, so its calls don't ping you.", name=shown(group.name))


def _examples(command: str) -> list[Text]:
    form, example = _EXAMPLES[command]
    return lines(
        said("Like this: {command}", command=typed(words(form))),
        said("For example: {command}", command=typed(words(example))),
    )

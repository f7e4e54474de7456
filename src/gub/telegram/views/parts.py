"""What the views are put together from. A name can contain anything, so nothing here is markup: entities only."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from aiogram.types import MessageEntity, User
from aiogram.utils.formatting import Bold, Code, Text, TextMention

from gub.domain.names import seen_part, visible_length
from gub.domain.splitting import cut, utf16_length
from gub.domain.values import KnownUser, Platform, StatusUser
from gub.telegram.words import said, words

PLATFORM_NAMES: Final = {Platform.XBOX: "Xbox", Platform.PSN: "PlayStation", Platform.STEAM: "Steam"}

_SHOWN_UNITS: Final = 64
_SHOWN_TYPES: Final = frozenset(
    {
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "code",
        "pre",
        "blockquote",
        "expandable_blockquote",
        "text_link",
    }
)

_PINGING_TYPES: Final = frozenset({"mention", "text_mention"})


def shown(text: str, units: int = _SHOWN_UNITS) -> str:
    """Give outside text as one short line of what can be seen; "…" where nothing can."""
    line = " ".join(seen_part(" ".join(text.split())).split())
    if utf16_length(line) > units:
        line = cut(line, units - 1)[0].rstrip() + "…"
    return line if visible_length(line) else "…"


def plain(text: str) -> Text:
    """Show outside text as one short line that pings nobody."""
    return unpinging(shown(text))


def unpinging(text: str) -> Text:
    """Show outside text as it is, without pings: Telegram makes a mention of an @name, except in code."""
    return Code(text) if "@" in text else Text(text)


def named(name: str) -> Text:
    """Show a name so that it stands out and pings nobody."""
    line = shown(name)
    return Code(line) if "@" in line else Bold(line)


def typed(command: str) -> Text:
    """Show what one may type: a tap copies it."""
    return Code(command)


def full_name(user: KnownUser) -> str:
    """Give a person's name as people know it, and something to call them when there is none to see."""
    name = " ".join(part for part in (user.first_name, user.last_name) if part)
    line = shown(name)
    if line != "…":
        return line
    return user.username or words("friend")


def called(user: KnownUser | None) -> str:
    """Give what somebody is called of whom GUB may know nothing."""
    return words("somebody") if user is None else full_name(user)


def mention(user: KnownUser) -> Text:
    """Mention a person by id, with their name, whether they have a username or not."""
    # A visible text that begins with an @name would become a mention of whoever has that name
    # (tdlib/telegram-bot-api#687).
    name = full_name(user).lstrip("@").strip() or words("friend")
    return TextMention(name, user=User(id=user.user_id, is_bot=user.is_bot, first_name=name))


def platforms_of(person: StatusUser) -> str:
    """Name the platforms that a person has accounts on; never the accounts."""
    platforms = [Text(PLATFORM_NAMES[platform]) for platform in Platform if platform in person.accounts]
    return listed(platforms).render()[0]


def listed(items: Sequence[Text]) -> Text:
    """Name them one after the other, as in a sentence: `a, b and c`."""
    if len(items) < 2:  # noqa: PLR2004 - one needs no "and"
        return joined(items)
    return said("{others} and {last}", others=joined(items[:-1]), last=items[-1])


def and_more(names: Text, more: int) -> Text:
    """Count those who are not named, if there are any, after those who are."""
    return said("{names} and {more} more", names=names, more=more) if more > 0 else names


def joined(items: Iterable[Text], separator: str = ", ") -> Text:
    """Put a separator between."""
    nodes: list[Text | str] = []
    for item in items:
        if nodes:
            nodes.append(separator)
        nodes.append(item)
    return Text(*nodes)


def lines(*rows: Text | str | None) -> list[Text]:
    """Make the rows the items of a view: one line each. None is no line."""
    kept = [row for row in rows if row is not None]
    return [Text(row, "\n" if number < len(kept) else "") for number, row in enumerate(kept, start=1)]


class AsTyped(Text):
    """Somebody's text to the letter, with its looks (bold, links, spoilers) and without its pings by id."""

    def __init__(self, text: str, entities: Sequence[MessageEntity] = ()) -> None:
        """Take the text and the entities whose offsets are in it."""
        super().__init__(text)
        self.text = text
        self.entities = tuple(entities)
        self._looks = [entity for entity in entities if entity.type in _SHOWN_TYPES]
        self.pings = sum(entity.type in _PINGING_TYPES for entity in entities)
        """How many people it may ping at the most: Telegram makes a mention of an @name wherever one stands."""

    def render(
        self, *, _offset: int = 0, _sort: bool = True, _collect_entities: bool = True
    ) -> tuple[str, list[MessageEntity]]:
        """See `Text.render`."""
        text, _ = super().render(_offset=_offset, _sort=_sort, _collect_entities=False)
        if not _collect_entities:
            return text, []
        return text, [look.model_copy(update={"offset": look.offset + _offset}) for look in self._looks]

    def replace(self, *_args: Any, **_params: Any) -> "AsTyped":
        """Not for this: text and looks belong together."""
        raise TypeError("what somebody typed is shown whole")


def entities_after(entities: Sequence[MessageEntity], start: int) -> list[MessageEntity]:
    """Give the entities of the text that begins at this UTF-16 unit, counted from there."""
    kept = []
    for entity in entities:
        first = max(entity.offset, start)
        length = entity.offset + entity.length - first
        if length > 0:
            kept.append(entity.model_copy(update={"offset": first - start, "length": length}))
    return kept

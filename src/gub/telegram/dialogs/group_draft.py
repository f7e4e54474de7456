"""A notify group in the making, as the dialog that makes one keeps it. Pure."""

from dataclasses import dataclass, replace
from typing import Any, Final, Self

from gub.telegram.dialogs.book import ABOUT, Dialog
from gub.telegram.dialogs.draft import NAME

NEW_GROUP: Final = "new_group"
"""The kind of the dialog."""

DESCRIPTION: Final = "description"
JOINING: Final = "joining"


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """What is known so far. `group` is the id that is given beforehand, so that the group is made once.

    `suggestion` is a name that would do in the place of one that would not. `described` says that the description was
    asked for; one of None was skipped.
    """

    group: str
    chat_id: int
    thread_id: int | None = None
    name: str | None = None
    suggestion: str | None = None
    description: str | None = None
    described: bool = False

    @classmethod
    def of(cls, dialog: Dialog) -> Self:
        """Read it from a dialog's data."""
        data = dialog.data
        return cls(
            group=str(data["group"]),
            chat_id=dialog.about,
            thread_id=data.get("thread_id"),
            name=data.get("name"),
            suggestion=data.get("suggestion"),
            description=data.get("description"),
            described=bool(data.get("described")),
        )

    def as_data(self) -> dict[str, Any]:
        """Write it into a dialog's data: all but the chat, which a migration may have moved meanwhile."""
        return {
            "group": self.group,
            "thread_id": self.thread_id,
            "name": self.name,
            "suggestion": self.suggestion,
            "description": self.description,
            "described": self.described,
        }

    def to_open(self) -> dict[str, Any]:
        """Write all of it, for a dialog that begins."""
        return self.as_data() | {ABOUT: self.chat_id}

    @property
    def step(self) -> str:
        """What is to be asked next: the name, the description, or who may join."""
        if self.name is None:
            return NAME
        return JOINING if self.described else DESCRIPTION

    def named(self, name: str | None, *, suggestion: str | None = None) -> Self:
        """Give it with another name; or with none, and perhaps one that would do."""
        return replace(self, name=name, suggestion=suggestion)

    def with_description(self, description: str | None) -> Self:
        """Give it with a description, or with none that is wanted."""
        return replace(self, description=description, described=True)

"""A status user in the making, as the dialog that adds one keeps it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from gub.domain.values import Account, Platform
from gub.telegram.dialogs.book import ABOUT, Dialog

ADDING: Final = "adding"
"""The kind of the dialog."""

NAME: Final = "name"
CONFIRM: Final = "confirm"


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known so far. `person` is the id that is given beforehand; an answer of None was skipped."""

    person: str
    chat_id: int
    asked: tuple[Platform, ...]
    thread_id: int | None = None
    name: str | None = None
    answers: Mapping[Platform, Account | None] = field(default_factory=dict)

    @classmethod
    def of(cls, dialog: Dialog) -> Self:
        """Read it from a dialog's data."""
        data = dialog.data
        answers = data.get("answers") or {}
        return cls(
            person=str(data["person"]),
            chat_id=dialog.about,
            asked=tuple(Platform(name) for name in data["asked"]),
            thread_id=data.get("thread_id"),
            name=data.get("name"),
            answers={Platform(name): read_account(Platform(name), answer) for name, answer in answers.items()},
        )

    def as_data(self) -> dict[str, Any]:
        """Write it into a dialog's data: all but the chat, which a migration may have moved meanwhile."""
        return {
            "person": self.person,
            "asked": [str(platform) for platform in self.asked],
            "thread_id": self.thread_id,
            "name": self.name,
            "answers": {str(platform): write_account(account) for platform, account in self.answers.items()},
        }

    def to_open(self) -> dict[str, Any]:
        """Write all of it, for a dialog that begins."""
        return self.as_data() | {ABOUT: self.chat_id}

    @property
    def accounts(self) -> dict[Platform, Account]:
        """The accounts that were found."""
        return {platform: account for platform, account in self.answers.items() if account is not None}

    @property
    def step(self) -> str:
        """What is to be asked next: the name, a platform's account, or whether it is right so."""
        if self.name is None:
            return NAME
        return next((str(platform) for platform in self.asked if platform not in self.answers), CONFIRM)

    def named(self, name: str | None) -> Self:
        """Give it with another name, or none."""
        return replace(self, name=name)

    def answered(self, platform: Platform, account: Account | None) -> Self:
        """Give it with an answer; when nothing was found anywhere, with all of them to be asked again."""
        answers = {**self.answers, platform: account}
        if not any(answers.values()) and all(one in answers for one in self.asked):
            answers = {}
        return replace(self, answers=answers)

    def without(self, platform: Platform) -> Self:
        """Give it without an answer, which is asked for again."""
        return replace(self, answers={one: answer for one, answer in self.answers.items() if one is not platform})


def write_account(account: Account | None) -> dict[str, str] | None:
    """Write an account as data."""
    return None if account is None else {"id": account.account_id, "name": account.name}


def read_account(platform: Platform, data: Mapping[str, str] | None) -> Account | None:
    """Read it."""
    return None if data is None else Account(platform, data["id"], data["name"])

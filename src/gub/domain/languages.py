"""The languages that GUB speaks."""

from enum import StrEnum


class Language(StrEnum):
    """A language, by the name of its catalogue."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    PORTUGUESE = "pt_BR"
    RUSSIAN = "ru"

    @property
    def code(self) -> str:
        """The two letters of ISO 639-1, as setMyCommands wants them."""
        return self.value[:2]


def spoken(tag: str | None) -> Language | None:
    """Give the language that serves a reader of `tag`, an IETF language tag as Telegram tells it (`pt-br`, `de`).

    None: GUB does not speak it, or nothing is told. What kind of a language it is (`de-AT`) makes no difference.
    """
    primary = (tag or "").replace("_", "-").partition("-")[0].lower()
    return next((language for language in Language if language.code == primary), None)


def mark(text: str) -> str:
    """Mark a text of a table for the catalogues; it is translated where it is worded."""
    return text

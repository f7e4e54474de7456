"""Texts in the language of who reads them.

A text in the code is English, whole sentences, with what varies named in braces: `said("{name} joined.", name=...)`.
It is the key of its translation (`gub/locales`), so it stands as a literal where it is said; texts of a table are
marked there with `mark` and translated where they are used. Which language is spoken is known by who writes to whom
(`speaking`), and not by the views.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from gettext import NullTranslations, translation
from importlib.resources import as_file, files
from string import Formatter
from typing import Final

import humanize
from aiogram.utils.formatting import Text

from gub.domain.languages import Language, mark

__all__ = ["lasting", "mark", "said", "said_many", "speaking", "spoken_now", "words", "words_many"]

DOMAIN: Final = "gub"
"""The name of the catalogues."""

_SPOKEN: ContextVar[Language] = ContextVar("gub_language", default=Language.ENGLISH)
_HUMANIZED: Final = {
    Language.GERMAN: "de_DE",
    Language.SPANISH: "es_ES",
    Language.PORTUGUESE: "pt_BR",
    Language.RUSSIAN: "ru_RU",
}
_FIELDS: Final = Formatter()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Word the texts of this block, and of tasks started in it, in a language; without, they are English."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def spoken_now() -> Language:
    """Give the language that texts are worded in here."""
    return _SPOKEN.get()


def words(text: str, **values: str | int) -> str:
    """Word a text that is nothing but text: a button, the answer to a tap, a part of another."""
    return _catalogue(_SPOKEN.get()).gettext(text).format_map(values)


def words_many(one: str, many: str, count: int, **values: str | int) -> str:
    """Word a text with a number in it, which it may name as `{count}`."""
    return _catalogue(_SPOKEN.get()).ngettext(one, many, count).format_map({"count": count, **values})


def said(text: str, **parts: Text | str | int) -> Text:
    """Word a text of a message, with parts in it that may have a look of their own."""
    return _filled(_catalogue(_SPOKEN.get()).gettext(text), parts)


def said_many(one: str, many: str, count: int, **parts: Text | str | int) -> Text:
    """Word a text of a message with a number in it, which it may name as `{count}`."""
    return _filled(_catalogue(_SPOKEN.get()).ngettext(one, many, count), {"count": count, **parts})


def lasting(time: timedelta) -> str:
    """Word a length of time as people do: `3 hours`."""
    language = _SPOKEN.get()
    if language is Language.ENGLISH:
        return humanize.naturaldelta(time)
    # humanize keeps the language by thread; it is put back before anything else can run in this one.
    humanize.i18n.activate(_HUMANIZED[language])
    try:
        return humanize.naturaldelta(time)
    finally:
        humanize.i18n.deactivate()


def _filled(template: str, parts: dict[str, Text | str | int]) -> Text:
    """Put parts into a text, each as it is."""
    nodes: list[Text | str] = []
    for literal, name, _, _ in _FIELDS.parse(template):
        if literal:
            nodes.append(literal)
        if name is not None:
            part = parts[name]
            nodes.append(part if isinstance(part, Text) else str(part))
    return Text(*nodes)


@cache
def _catalogue(language: Language) -> NullTranslations:
    """Open a language's catalogue; English is what the code says."""
    if language is Language.ENGLISH:
        return NullTranslations()
    with as_file(files("gub") / "locales") as folder:
        return translation(DOMAIN, folder, [language.value])

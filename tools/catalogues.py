"""`python -m tools.catalogues [LANGUAGE ...]`: gather the texts of the code into the catalogues, and compile those.

What is written depends on the code and the translations alone: no dates, no names, no line numbers. A file that would
not change is not written.
"""

import argparse
import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final, TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from gub.domain.languages import Language

ROOT: Final = Path(__file__).resolve().parents[1]
TEXTS: Final = ROOT / "src" / "gub"
LOCALES: Final = ROOT / "src" / "gub" / "locales"

KEYWORDS: Final = {"words": 1, "said": 1, "mark": 1, "words_many": 2, "said_many": 2}
"""What texts are given to (`gub.telegram.words`), and how many forms of one: the first arguments."""

REMARK: Final = "# Translators: "
"""Begins a comment in the line above a text that the catalogues repeat."""

TRANSLATED: Final = tuple(language for language in Language if language is not Language.ENGLISH)

_ENGLISH_NAMES: Final = {
    Language.GERMAN: "German",
    Language.SPANISH: "Spanish",
    Language.PORTUGUESE: "Brazilian Portuguese",
    Language.RUSSIAN: "Russian",
}


class _Literal(ast.Constant):
    value: str


class Plain(Catalog):
    """A catalogue whose header says what gettext needs to know, and no more."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "GUB"),
            ("Language", self.locale_identifier or ""),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    mime_headers = property(_get_mime_headers, Catalog._set_mime_headers)  # noqa: SLF001 - as its base has it


def gathered() -> Catalog:
    """Give the texts of the code, each with the files that it is in, ordered by those."""
    texts = Catalog()
    for path in sorted(TEXTS.rglob("*.py")):
        where = path.relative_to(TEXTS).as_posix()
        for text, remarks in texts_of(path.read_text("utf-8")):
            texts.add(text, locations=[(where, 0)], auto_comments=remarks)
    return texts


def texts_of(code: str) -> Iterator[tuple[str | tuple[str, ...], list[str]]]:
    """Give the texts of a module as they follow each other, with the remarks on them.

    Babel's own extraction does not see a text among the arguments of another: `said("... {what}", what=words("..."))`.
    """
    tree = ast.parse(code)
    written = code.splitlines()
    calls = [call for call in ast.walk(tree) if isinstance(call, ast.Call) and name_of(call) in KEYWORDS]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        above = written[call.lineno - 2].strip() if call.lineno > 1 else ""
        remarks = [above.removeprefix(REMARK)] if above.startswith(REMARK) else []
        forms = KEYWORDS[name_of(call)]
        if forms > 1:
            literals = [one.value for one in call.args[:forms] if is_text(one)]
            found: list[str | tuple[str, ...]] = [tuple(literals)] if len(literals) == forms else []
        else:
            found = [one.value for given in call.args[:forms] for one in choices(given) if is_text(one)]
        yield from ((text, remarks) for text in found)


def name_of(call: ast.Call) -> str:
    """Give the name of what is called, be it a module's or a parameter's: `words("...")`, `wording.words("...")`."""
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name) if name != "mark":  # that is no method of ours, and one of others
            return name
    return ""


def choices(given: ast.expr) -> list[ast.expr]:
    """Give what an argument may be: `a` and `b` where it is `a if c else b`."""
    return [*choices(given.body), *choices(given.orelse)] if isinstance(given, ast.IfExp) else [given]


def is_text(given: ast.expr) -> TypeGuard[_Literal]:
    """Say whether it is a literal text."""
    return isinstance(given, ast.Constant) and isinstance(given.value, str)


def path_of(language: Language, suffix: str) -> Path:
    """Say where a catalogue is: `po` is for people, `mo` for the bot."""
    return LOCALES / language.value / "LC_MESSAGES" / f"gub.{suffix}"


def stored(language: Language) -> Catalog:
    """Read a catalogue as it stands; an empty one where there is none yet."""
    path = path_of(language, "po")
    if not path.exists():
        return Catalog(language.value)
    with path.open("rb") as file:
        return read_po(file, locale=language.value)


def merged(language: Language, texts: Catalog) -> Catalog:
    """Give a catalogue with exactly these texts, translated as far as they were."""
    before = stored(language)
    head = f"# {_ENGLISH_NAMES.get(language, language.value)} texts of GUB."
    catalogue = Plain(language.value, header_comment=head, fuzzy=False)
    for text in texts:
        if not text.id:
            continue
        known = before.get(text.id)
        kept = known if known is not None and known.id == text.id else None
        catalogue.add(
            text.id,
            kept.string if kept is not None and any(forms_of(kept)) else None,
            locations=sorted({(path, 0) for path, _ in text.locations}),
            flags=["fuzzy"] if kept is not None and kept.fuzzy else [],
            auto_comments=text.auto_comments,
            user_comments=() if kept is None else kept.user_comments,
        )
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    """Write a catalogue down for people."""
    file = BytesIO()
    write_po(file, catalogue, width=0, include_lineno=False)
    return file.getvalue().rstrip(b"\n") + b"\n"


def as_mo(catalogue: Catalog) -> bytes:
    """Write a catalogue down for the bot."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def untranslated(catalogue: Catalog) -> list[Message]:
    """Give the texts that lack a translation, or a form of it, or whose translation is in doubt."""
    return [message for message in catalogue if message.id and (message.fuzzy or not all(forms_of(message)))]


def forms_of(message: Message) -> tuple[str, ...]:
    """Give the forms of a translation: one, or as many as the language has plurals."""
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def main() -> None:
    """Do it for the languages named, or for all."""
    arguments = argparse.ArgumentParser(prog="python -m tools.catalogues", description="Gather and compile all texts.")
    arguments.add_argument("languages", nargs="*", type=Language, default=TRANSLATED, metavar="LANGUAGE")
    texts = gathered()
    for language in arguments.parse_args().languages:
        catalogue = merged(language, texts)
        for suffix, content in (("po", as_po(catalogue)), ("mo", as_mo(catalogue))):
            _write(path_of(language, suffix), content)
        print(f"{language}: {len(catalogue) - len(untranslated(catalogue))} of {len(catalogue)} texts translated")


def _write(path: Path, content: bytes) -> None:
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    main()

"""Every text shown to people is said in a way that the catalogues can know: a literal, given to `telegram.words`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.catalogues import KEYWORDS, TEXTS, choices, name_of, texts_of

FILES = sorted(path for path in TEXTS.rglob("*.py") if path.name != "words.py")
VIEWS = [path for path in FILES if "views" in path.parts]

SHOWN_ALONE = {
    "Bold",
    "Code",
    "InlineKeyboardButton",
    "Italic",
    "KeyboardButton",
    "Text",
    "TextLink",
    "button",
    "lines",
    "link",
    "typed",
}
"""What shows even one word to people."""

NOT_WORDS = {
    "GUB": "a name",
    "Português (Brasil)": "a language, by its own name",
    "PlayStation": "a name",
    "Steam": "a name",
    "Xbox": "a name",
}
"""Literals that are the same in every language."""

TABLES = (ast.Subscript, ast.Name, ast.Starred)
"""What may stand for a literal: a table's entry, or what was taken out of one. Whether it is marked is seen when it is
said: `test_every_view` looks each text up."""

_WORD = re.compile(r"[^\W\d_]{2,}")


def calls_of(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) in names:
            yield node


def not_literal(tree: ast.AST) -> list[str]:
    """Give the calls that are given no literal text."""
    found = []
    for call in calls_of(tree, *KEYWORDS):
        called = name_of(call)
        forms = KEYWORDS[called]
        given = call.args[:forms]
        may_be_taken = () if called == "mark" else TABLES
        texts = [one for text in given for one in choices(text)]
        literal = all(isinstance(text, (*may_be_taken, ast.Constant)) or _is_taken(text) for text in texts)
        if not literal or (len(given) < forms and not any(isinstance(one, ast.Starred) for one in given)):
            found.append(f"{call.lineno}: {ast.unparse(call)}")
    return found


def bare(tree: ast.AST) -> list[str]:
    """Give the texts shown to people that no catalogue knows."""
    said = {id(part) for call in calls_of(tree, *KEYWORDS) for argument in call.args for part in ast.walk(argument)}
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    docs |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.Raise) for part in ast.walk(node)}
    alone = {id(part) for call in calls_of(tree, *SHOWN_ALONE) for part in _shown_by(call)}
    return [
        f"{node.lineno}: {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in said | docs
        and _has_words(node.value, alone=id(node) in alone)
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(TEXTS).as_posix())
def test_texts_are_literals_where_they_are_said(path: Path):
    assert not_literal(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: path.stem)
def test_no_view_holds_a_bare_text(path: Path):
    assert bare(ast.parse(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "code",
    [
        "words(f'Hi {name}')",
        "words('Hi ' + name)",
        "said('Hi %s' % name)",
        "said(text_of('hi'))",
        "mark(TEXT)",
        "said_many('{count} group', f'{what}s', 2)",
        "words('Hi' if here else f'{name}')",
        "words()",
    ],
)
def test_what_is_no_literal_is_found(code: str):
    assert not_literal(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "words('Hi')",
        "words('Hi' if here else 'Bye')",
        "words(TABLE[key])",
        "said(TABLE.get(key, TABLE['hi']), name=name)",
        "said_many(*TABLE[key], 2)",
        "words(pick(TABLE, number))",
        "words_many('{count} group', '{count} groups', len(groups))",
        "mark('Hi')",
    ],
)
def test_a_literal_is_let_through(code: str):
    assert not_literal(ast.parse(code)) == []


@pytest.mark.parametrize(
    "code",
    [
        "View(['Nobody is here.'])",
        "button('Join', tap)",
        "Text(Bold('Who'), name)",
        "Text(f'{count} people')",
        "lines(None, '✅ Done')",
        "def toast(): return 'You are in.'",
        "TABLE = {1: 'for an hour'}",
        "KeyboardButton(text='Cancel')",
        "Text(' and ' if more else '')",
        "said('{what} here', what='the group')",
        "button(f'Delete {name}', tap)",
    ],
)
def test_a_bare_text_is_found(code: str):
    assert bare(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "'What this is for.'",
        "button(words('Join'), tap, style='success')",
        "typed(f'/join {name}')",
        "typed('/status')",
        "typed(f'gub credentials remove {platform}')",
        "raise TypeError('not for this')",
        "Text('🎮 ', name, ' - ')",
        "NAMES = {1: mark('for an hour')}",
        "Text(' ', Bold('Xbox'))",
        "link(words('Open'), f'https://t.me/{name}?startgroup=hello')",
        "said('{what} here', what=words('the group'))",
    ],
)
def test_what_is_no_bare_text_is_let_through(code: str):
    assert bare(ast.parse(code)) == []


def test_texts_within_others_and_both_sides_of_a_choice_are_gathered():
    code = """
# Translators: what one types
shown = said("Like {this}: {that}", this=words("a"), that=typed(words("b" if here else "c")))
wording.said_many("{count} day", "{count} days", 2)
table = {1: mark("d"), 2: other.mark("e"), 3: words(table[key]), 4: words(f"{name}")}
"""
    assert [text for text, _ in texts_of(code)] == [
        "Like {this}: {that}",
        "a",
        "b",
        "c",
        ("{count} day", "{count} days"),
        "d",
    ]
    assert next(remarks for _, remarks in texts_of(code)) == ["what one types"]


def _is_taken(text: ast.expr) -> bool:
    """Say whether a text is taken out of a table: `TABLE.get(key)`, `pick(TABLE, number)`."""
    match text:
        case ast.Call(func=ast.Attribute(attr="get")):
            return True
        case ast.Call(args=[ast.Name(id=table), *_]):
            return table.isupper()
    return False


def _shown_by(call: ast.Call) -> Iterator[ast.AST]:
    """Give what a call shows: its own literals, and not those of calls within; a button's first alone."""
    named = [keyword.value for keyword in call.keywords if keyword.arg == "text"]
    first = name_of(call) in {"button", "link"}
    for argument in [*(call.args[:1] if first else call.args), *named]:
        for choice in choices(argument):
            yield choice
            if isinstance(choice, ast.JoinedStr):
                yield from choice.values


def _has_words(text: str, *, alone: bool) -> bool:
    """Say whether people would read words: two in a row, one beside a space, or one shown alone."""
    if text.strip() in NOT_WORDS or re.fullmatch(r"/\w+ ?|https?://\S*|gub [\w -]+", text):
        return False
    found = _WORD.findall(text)
    return (len(found) > 1 and " " in text) or (bool(found) and (alone or text != text.strip()))

"""Whatever a view is given, and in every language, it says what the catalogues know and what Telegram takes."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from aiogram.methods import SetMyCommands
from aiogram.types import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup
from aiogram.utils.formatting import Text
from hypothesis import Phase, given, settings

from gub.domain.languages import Language
from gub.domain.limits import ALERT_UNITS, CALLBACK_BYTES, MESSAGE_ENTITIES, MESSAGE_UNITS
from gub.domain.splitting import utf16_length
from gub.domain.values import NotifyGroup
from gub.telegram import views, words
from gub.telegram.showing import View, divided
from gub.telegram.words import speaking
from tests.telegram.views.generated import arguments
from tests.telegram.views.support import rendered
from tools.catalogues import gathered

LABEL_UNITS = 64
URL_BYTES = 2048
DESCRIPTION_UNITS = 256
BUTTONS = 100
"""What Telegram takes of a button, of a command's description and in a keyboard (or menu)."""

BLOCKS = {"keyboards", "parts"}
"""Modules that views are built of."""

FRAGMENTS = {
    "places.in_chat",
    "places.in_place",
    "places.of_chat",
    "places.of_place",
    "group_cards.described",
    "group_cards.some",
}
"""What may be empty: it is put into others."""

ALERTS = {"errors.explain"}
"""What answers taps though it is no plain text."""

SHOWN = (View, Text, str, InlineKeyboardButton, InlineKeyboardMarkup, SetMyCommands)


def shows(function: Callable[..., Any]) -> bool:
    def kinds(hint: Any) -> Iterator[Any]:
        yield hint
        for inner in get_args(hint):
            yield from kinds(inner)

    given_back = get_type_hints(function).get("return")
    return get_origin(given_back) is not tuple and any(kind in SHOWN for kind in kinds(given_back))


def every_view() -> dict[str, Callable[..., Any]]:
    found = {}
    for module in pkgutil.iter_modules(views.__path__):
        here = importlib.import_module(f"{views.__name__}.{module.name}")
        for name, function in inspect.getmembers(here, inspect.isfunction):
            if function.__module__ == here.__name__ and not name.startswith("_") and shows(function):
                found[f"{module.name}.{name}"] = function
    return found


VIEWS = {name: view for name, view in every_view().items() if name.partition(".")[0] not in BLOCKS}


class Listening(NullTranslations):
    """A catalogue that notes what it is asked for."""

    def __init__(self, catalogue: NullTranslations, asked: set[str]) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._asked = asked

    def gettext(self, message: str) -> str:
        self._asked.add(message)
        return self._catalogue.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self._asked |= {msgid1, msgid2}
        return self._catalogue.ngettext(msgid1, msgid2, n)


@pytest.fixture(scope="module")
def texts() -> set[str]:
    ids = [message.id for message in gathered() if message.id]
    return {text for one in ids for text in ([one] if isinstance(one, str) else one)}


@contextmanager
def listening() -> Iterator[set[str]]:
    """Note every text that is asked of the catalogues."""
    asked: set[str] = set()
    real = words._catalogue
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(words, "_catalogue", lambda language: Listening(real(language), asked))
        yield asked


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_taken_by_telegram_in_every_language(name: str, texts: set[str]):
    view = VIEWS[name]

    @settings(max_examples=12, deadline=None, database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    @given(arguments(view))
    def holds(given_to_it: tuple[list[Any], dict[str, Any]]) -> None:
        placed, named = given_to_it
        for language in Language:
            with listening() as asked, speaking(language):
                check(view(*placed, **named), name)
            assert asked <= texts, "texts that no catalogue knows: mark them where they stand"

    holds()


def test_views_are_found_in_all_modules():
    assert {name.partition(".")[0] for name in VIEWS} >= {"errors", "groups", "invitations", "settings", "status"}
    assert "errors.explain" in VIEWS
    assert "invitations.mentioned_first" not in VIEWS, "that shows nothing"


def test_a_view_that_nobody_can_call_says_what_is_missing():
    def tasted(flavour: str) -> View:
        return View([flavour])

    def stirred(group: NotifyGroup, spoon: complex) -> View:
        return View([group.name, str(spoon)])

    with pytest.raises(NotImplementedError, match=r"generated\.py: say in PARTS or OF_ONE what 'flavour' of .* is"):
        arguments(tasted)
    with pytest.raises(NotImplementedError, match=r"generated\.py: say in TYPES how to make .*complex"):
        arguments(stirred)


def test_a_text_that_nobody_marked_is_noticed(texts: set[str]):
    with listening() as asked:
        words.words("Join")
        assert asked <= texts
        words.said("Nobody has marked this.")
    assert asked - texts == {"Nobody has marked this."}


@pytest.mark.parametrize(
    "shown",
    [
        "",
        "x" * 201,
        View([" "]),
        View(["x"], InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x" * 65, callback_data="x")]])),
        View(["x"], InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="é" * 33)]])),
        View(["x"], InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text=" ", callback_data="x")]])),
        View(["x"], InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", url="x" * 2049)]])),
        View(["x"], ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="🎮" * 33)]])),
        [InlineKeyboardButton(text="x" * 65, callback_data="x")],
        [SetMyCommands(commands=[BotCommand(command="help", description="x" * 257)])],
        Text("x" * 4097),
    ],
)
def test_what_telegram_does_not_take_is_noticed(shown: object):
    with pytest.raises((AssertionError, ValueError)):
        check(shown, "groups.usage")


def test_a_refusal_is_an_alert_as_well():
    check(Text("x" * 201), "groups.usage")
    with pytest.raises(AssertionError):
        check(Text("x" * 201), "errors.explain")


def check(shown: Any, name: str) -> None:
    """Check whatever a view gives."""
    match shown:
        case View():
            for part in divided(shown):
                _check_message(part.text, len(part.entities))
            check(shown.keyboard, name)
        case str() | Text():
            text, entities = rendered(shown)
            assert text.strip() or name in FRAGMENTS
            _check_message(text, len(entities))
            assert (isinstance(shown, Text) and name not in ALERTS) or utf16_length(text) <= ALERT_UNITS, text
        case list() | tuple():
            for one in shown:
                check(View([" .", one]) if isinstance(one, str | Text) else one, name)
        case SetMyCommands(commands=commands):
            assert 0 < len(commands) <= BUTTONS
            assert all(0 < utf16_length(command.description) <= DESCRIPTION_UNITS for command in commands)
        case _:
            _check_buttons(shown)


def _check_message(text: str, entities: int) -> None:
    assert utf16_length(text) <= MESSAGE_UNITS
    assert entities <= MESSAGE_ENTITIES


def _check_buttons(shown: Any) -> None:
    match shown:
        case InlineKeyboardMarkup(inline_keyboard=rows) | ReplyKeyboardMarkup(keyboard=rows):
            buttons = [button for row in rows for button in row]
        case InlineKeyboardButton():
            buttons = [shown]
        case _:
            buttons = []
    assert len(buttons) <= BUTTONS
    for button in buttons:
        assert button.text.strip()
        assert utf16_length(button.text) <= LABEL_UNITS, button.text
        if isinstance(button, InlineKeyboardButton):
            assert len((button.callback_data or "").encode()) <= CALLBACK_BYTES, button.callback_data
            assert len((button.url or "").encode()) <= URL_BYTES

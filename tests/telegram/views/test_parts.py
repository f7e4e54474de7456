import pytest
from aiogram.types import MessageEntity
from aiogram.utils.formatting import Text
from hypothesis import given

from gub.domain.names import visible_length
from gub.domain.splitting import utf16_length
from gub.domain.values import KnownUser
from gub.telegram.showing import View
from gub.telegram.views.parts import AsTyped, entities_after, full_name, lines, mention, named, plain, shown
from tests.telegram.views.support import HOSTILE, entities_of, names, text_of


@given(names)
def test_whatever_is_shown_is_one_short_visible_line(name: str):
    line = shown(name)
    assert 1 <= utf16_length(line) <= 64
    assert visible_length(line)
    assert "\n" not in line
    assert "\u202e" not in line


@given(names)
def test_a_mention_is_by_id_with_a_name_to_see(name: str):
    text, entities = mention(KnownUser(7, name)).render()
    (entity,) = entities
    assert entity.type == "text_mention"
    assert entity.user is not None
    assert entity.user.id == 7
    assert (entity.offset, entity.length) == (0, utf16_length(text))
    assert visible_length(text)
    assert not text.startswith("@"), "it would become a mention of whoever has that name"
    assert text == text.strip()


@pytest.mark.parametrize("show", [named, plain])
def test_an_at_in_a_name_is_code_which_pings_nobody(show: object):
    _, entities = show("@Ann_A").render()  # type: ignore[operator]
    assert [entity.type for entity in entities] == ["code"]


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_in_a_name_is_markup(name: str):
    view = View([named(name)])
    assert text_of(view) == shown(name)
    assert [entity.type for entity, _ in entities_of(view)] in (["bold"], ["code"])


def test_people_without_a_name_to_see_are_called_something():
    assert full_name(KnownUser(1, "Ann", "Bee")) == "Ann Bee"
    assert full_name(KnownUser(1, "\u3164", username="ann")) == "ann"
    assert full_name(KnownUser(1, "")) == "friend"


def test_lines_end_where_the_next_begins():
    assert text_of(View(lines("a", None, Text("b"), "", "c"))) == "a\nb\n\nc"


def test_typed_text_keeps_its_looks_and_loses_its_pings():
    entities = [
        MessageEntity(type="bold", offset=0, length=3),
        MessageEntity(type="text_link", offset=4, length=2, url="https://example.org"),
        MessageEntity(type="text_mention", offset=4, length=2),
        MessageEntity(type="mention", offset=7, length=4),
    ]
    text, kept = Text("🎮 ", AsTyped("one two @bob", entities)).render()
    assert text == "🎮 one two @bob"
    assert [(entity.type, entity.offset, entity.length) for entity in kept] == [("bold", 3, 3), ("text_link", 7, 2)]


def test_entities_after_a_place_are_counted_from_it():
    entities = [
        MessageEntity(type="bot_command", offset=0, length=7),
        MessageEntity(type="bold", offset=5, length=10),
        MessageEntity(type="italic", offset=12, length=2),
    ]
    kept = entities_after(entities, 10)
    assert [(entity.type, entity.offset, entity.length) for entity in kept] == [("bold", 0, 5), ("italic", 2, 2)]

"""Texts in the language of who reads them."""

from datetime import timedelta

import pytest
from aiogram.utils.formatting import Bold, Text

from gub.domain.languages import Language
from gub.telegram.words import lasting, said, said_many, speaking, spoken_now, words, words_many


def test_parts_keep_their_look_and_are_never_read_as_a_template():
    text, entities = said("{name} joined {group}.", name=Bold("{group}"), group=Text("%s {0}")).render()
    assert text == "{group} joined %s {0}."
    assert [(entity.type, entity.offset, entity.length) for entity in entities] == [("bold", 0, 7)]
    assert words("{name} joined", name="{x}") == "{x} joined"


def test_numbers_choose_the_form():
    assert [words_many("{count} member", "{count} members", count) for count in (0, 1, 2)] == [
        "0 members",
        "1 member",
        "2 members",
    ]
    assert said_many("one of {name}", "{count} of {name}", 2, name=Bold("x")).render()[0] == "2 of x"


def test_a_language_is_spoken_for_a_while():
    assert spoken_now() is Language.ENGLISH
    with speaking(Language.RUSSIAN):
        assert spoken_now() is Language.RUSSIAN
        with speaking(Language.GERMAN):
            assert spoken_now() is Language.GERMAN
        assert spoken_now() is Language.RUSSIAN
    assert spoken_now() is Language.ENGLISH


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.ENGLISH, "3 hours"),
        (Language.GERMAN, "3 Stunden"),
        (Language.SPANISH, "3 horas"),
        (Language.PORTUGUESE, "3 horas"),
        (Language.RUSSIAN, "3 часа"),
    ],
)
def test_a_length_of_time_is_worded_in_the_language(language: Language, text: str):
    with speaking(language):
        assert lasting(timedelta(hours=3)) == text
    assert lasting(timedelta(hours=3)) == "3 hours"

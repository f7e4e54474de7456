"""Which language serves whom."""

import pytest

from gub.domain.languages import Language, spoken


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", Language.ENGLISH),
        ("de-AT", Language.GERMAN),
        ("pt-br", Language.PORTUGUESE),
        ("pt_BR", Language.PORTUGUESE),
        ("ES", Language.SPANISH),
        ("ru", Language.RUSSIAN),
        ("fr", None),
        ("deu", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_finds_its_language(tag: str | None, language: Language | None):
    assert spoken(tag) is language

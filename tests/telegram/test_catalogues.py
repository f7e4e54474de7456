"""The catalogues hold exactly the texts of the code, all of them translated."""

import pytest
from babel.messages.catalog import Catalog

from gub.domain.languages import Language
from tools.catalogues import TRANSLATED, as_mo, as_po, gathered, merged, path_of, stored, untranslated

in_each_language = pytest.mark.parametrize("language", TRANSLATED)


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return gathered()


def ids(catalogue: Catalog) -> set[tuple[str, ...]]:
    return {(message.id,) if isinstance(message.id, str) else tuple(message.id) for message in catalogue if message.id}


def test_the_texts_of_the_code_are_found(texts: Catalog):
    assert len(texts) > 300
    assert texts.get("Join") is not None


@in_each_language
def test_a_catalogue_holds_exactly_the_texts_of_the_code(language: Language, texts: Catalog):
    kept = stored(language)
    assert ids(texts) - ids(kept) == set(), "texts without a place in the catalogue: make locales"
    assert ids(kept) - ids(texts) == set(), "texts that the code says no more: make locales"
    assert not kept.obsolete, "translations of what was said once: make locales"


@in_each_language
def test_gathering_and_compiling_again_changes_nothing(language: Language, texts: Catalog):
    now = merged(language, texts)
    assert path_of(language, "po").read_bytes() == as_po(now), "make locales"
    assert path_of(language, "mo").read_bytes() == as_mo(now), "make locales"


@in_each_language
def test_every_text_is_translated_without_doubt(language: Language):
    assert [message.id for message in untranslated(stored(language))] == []

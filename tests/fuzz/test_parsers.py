"""Whatever is written, no parser fails otherwise than it says. `by_coverage.py` looks longer."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz.hostile import FUZZ
from tests.fuzz.parsers import DOCUMENTS, TEXTS, read_body, read_document, read_text
from tests.fuzz.test_roads import anything

_texts = st.text(max_size=80) | st.text(
    alphabet=st.sampled_from("@/:#_- \t\n\0xboxpsnsteam0123456789\u202e\u200d\u0301🎮🇩🇪\ud800ﷺ"), max_size=40
)


@pytest.mark.parametrize("name", TEXTS)
def test_any_text(name: str) -> None:
    @FUZZ
    @given(_texts)
    @example("\ud800")
    @example("https://steamcommunity.com/id/[")
    def read(text: str) -> None:
        read_text(name, text)

    read()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_any_document(name: str) -> None:
    @FUZZ
    @given(anything)
    def read(document: object) -> None:
        read_document(name, json.loads(json.dumps(document, default=repr)))

    read()


@FUZZ
@given(st.binary(max_size=200) | anything.map(lambda value: json.dumps(value, default=repr).encode()))
@example(b"[" * 100_000)
@example(b'{"update_id": 1' + b"0" * 5000 + b"}")
def test_any_body(body: bytes) -> None:
    read_body(body)

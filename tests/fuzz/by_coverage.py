"""The parsers by atheris, which looks for inputs that reach new lines.

`python -m tests.fuzz.by_coverage -max_total_time=600`.

atheris is not among the locked tools (35 MB, and not for every Python): `pip install atheris` first. Run by hand.
"""

import json
import sys

import atheris

with atheris.instrument_imports(include=["gub", "tests.fuzz.parsers"]):
    from tests.fuzz.parsers import DOCUMENTS, TEXTS, read_body, read_document, read_text


def one_input(data: bytes) -> None:
    """Have every parser read it, as a text, as a document, and as a request."""
    read_body(data)
    text = data.decode("utf-8", "replace")
    for name in TEXTS:
        read_text(name, text)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return
    for name in DOCUMENTS:
        read_document(name, document)


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()

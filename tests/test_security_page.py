"""docs/security.md names the tests that show what it says: each of them must exist."""

import re
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parent.parent
_NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_test_that_the_page_names_exists():
    named = _NAMED.findall((_ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (_ROOT / path).is_file() or not re.search(rf"def {name}\(", (_ROOT / path).read_text(encoding="utf-8"))
    ]
    assert missing == []

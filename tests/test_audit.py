"""What `make audit` makes of what pip-audit says."""

import json

from tools.audit import verdict

GOOD = {"name": "good", "version": "1.0", "vulns": []}
SKIPPED = {"name": "unknown", "skip_reason": "Dependency not found on PyPI"}
WEAK = {"name": "weak", "version": "2.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["2.1"]}]}


def _report(*dependencies: object) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_known_weakness_fails_and_is_named() -> None:
    told = verdict("a.lock", 1, _report(GOOD, WEAK, SKIPPED), "")
    assert not told.passes
    assert told.lines == (
        "a.lock: 2 of 3 looked up, 1 known weaknesses",
        "a.lock: weak 2.0: PYSEC-2026-1, mended in 2.1",
    )


def test_none_passes() -> None:
    assert verdict("a.lock", 0, _report(GOOD, SKIPPED), "") == verdict("a.lock", 0, _report(GOOD, SKIPPED), "noise")
    assert verdict("a.lock", 0, _report(GOOD), "").passes


def test_offline_it_says_so_and_passes() -> None:
    for output, errors in ((_report(SKIPPED, SKIPPED), ""), ("", "requests.exceptions.ConnectionError: ...")):
        told = verdict("a.lock", 1, output, errors)
        assert told.passes
        assert "not audited" in told.lines[0]


def test_an_audit_that_broke_fails() -> None:
    assert not verdict("a.lock", 1, "", "TypeError: something").passes

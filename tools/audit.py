"""`make audit`: are there known weaknesses in what the locks pin? pip-audit asks PyPI; offline it says so and goes on.

Exit code 1 when there is one, or when the audit itself failed while the advisories could be reached.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock")
_UNREACHABLE = ("ConnectionError", "ConnectTimeout", "NameResolutionError", "Max retries exceeded", "ServiceError")


@dataclass(frozen=True)
class Verdict:
    """What an audit of one lock came to: lines for people, and whether it passes."""

    lines: tuple[str, ...]
    passes: bool


def verdict(lock: str, code: int, output: str, errors: str) -> Verdict:
    """Read pip-audit's JSON report and exit code."""
    try:
        found: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        if any(sign in errors for sign in _UNREACHABLE):
            return Verdict((f"{lock}: not audited, the advisories cannot be reached from here",), passes=True)
        return Verdict((f"{lock}: the audit failed (exit code {code})", *errors.splitlines()[-3:]), passes=False)
    weak = [
        f"{lock}: {one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions'])}"
        for one in found
        for flaw in one.get("vulns", ())
    ]
    looked_up = sum("vulns" in one for one in found)
    if not looked_up:
        return Verdict((f"{lock}: not audited, the advisories cannot be reached from here",), passes=True)
    return Verdict((f"{lock}: {looked_up} of {len(found)} looked up, {len(weak)} known weaknesses", *weak), not weak)


def audit(lock: str) -> Verdict:
    """Audit one lock as it is, resolving nothing."""
    program = Path(sys.executable).parent / "pip-audit"
    asked = [program, "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off", "-r", lock]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 - our own tool
    return verdict(lock, done.returncode, done.stdout, done.stderr)


def main(locks: Sequence[str] = LOCKS) -> int:
    """Audit all locks and say what was found."""
    verdicts = [audit(lock) for lock in locks]
    for line in (line for one in verdicts for line in one.lines):
        print(line)
    return 0 if all(one.passes for one in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())

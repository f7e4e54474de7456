"""Node.js and the npm packages that the outside checks need, and an exact word when they are missing."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.needs import lacking

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
OLDEST_NODE = 20
MISSING = f"needs Node.js {OLDEST_NODE} or newer: the outside check of the simulator runs in CI"


def require_node() -> str:
    """The path of `node`. Without a recent one: a failure in CI (`CI=true`), elsewhere a skip that says why."""
    node = shutil.which("node")
    if not node or not shutil.which("npm") or _major(node) < OLDEST_NODE:
        lacking(MISSING)
    return node


def install_packages(folder: Path = HERE) -> Path:
    """Install what package-lock.json names, once for all test processes; returns `node_modules`.

    A mark inside `node_modules` holds the digest of the lock that was installed, so a changed lock installs anew.
    """
    modules = folder / "node_modules"
    mark = modules / ".gub-installed"
    with (folder / "package-lock.json").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if not mark.exists() or mark.read_text() != wanted:
            _npm_ci(folder)
            mark.write_text(wanted)
    return modules


def _npm_ci(folder: Path) -> None:
    npm = shutil.which("npm")
    assert npm, MISSING
    done = subprocess.run([npm, "ci"], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    if done.returncode:
        pytest.fail(f"npm ci failed in {folder.name}:\n{done.stderr.strip()}")


def _major(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    match = re.match(r"v(\d+)\.", said.stdout)
    return int(match[1]) if match else 0

"""The npm packages install from their lock alone, and the lock names no registry."""

import json
import re
import shutil
from pathlib import Path

from tests.outside.node import HERE, install_packages, require_node


def test_the_lock_names_versions_and_digests_and_no_address():
    text = (HERE / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert not re.search(r"https?://", text)
    packages = {path: facts for path, facts in json.loads(text)["packages"].items() if path}
    assert packages
    assert all(facts["integrity"].startswith("sha512-") for facts in packages.values())


def test_the_wishes_are_exact():
    wishes = json.loads((HERE / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wishes.values())


def test_a_fresh_copy_installs_from_the_lock(tmp_path: Path):
    require_node()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, tmp_path / name)
    before = (tmp_path / "package-lock.json").read_bytes()

    modules = install_packages(tmp_path)

    assert (modules / "grammy" / "package.json").exists()
    assert (tmp_path / "package-lock.json").read_bytes() == before

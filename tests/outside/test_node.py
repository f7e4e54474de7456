"""Without Node.js a newcomer's tests are skipped with a reason, and CI fails."""

import shutil

import pytest

from tests.outside import node


@pytest.fixture
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)


@pytest.mark.usefixtures("nothing_installed")
def test_at_home_a_missing_node_skips(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"needs Node\.js 20 or newer"):
        node.require_node()


@pytest.mark.usefixtures("nothing_installed")
def test_in_ci_a_missing_node_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"needs Node\.js 20 or newer"):
        node.require_node()


def test_an_old_node_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(node, "_major", lambda _node: 18)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception):
        node.require_node()

"""Where there is no browser, the page's tests say so; where there has to be one, they fail."""

import pytest

from tests.page.conftest import chromium_program


def test_without_a_browser_a_newcomer_is_told_why(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs Chromium"):
        chromium_program()


def test_without_a_browser_ci_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="needs Chromium"):
        chromium_program()

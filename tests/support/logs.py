"""The log's set-up is the process's: tests that configure it put it back."""

import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Let a test configure the log; afterwards it is as it was. Warnings are shown, not raised, meanwhile."""
    root = logging.getLogger()
    handlers, level, show = root.handlers[:], root.level, warnings.showwarning
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        yield
    warnings.showwarning = show
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()

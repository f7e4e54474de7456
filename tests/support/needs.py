"""What a test needs and a machine may lack."""

import os
from typing import NoReturn

import pytest


def lacking(why: str) -> NoReturn:
    """Skip and say why; where everything has to be there (`CI=true`), fail instead."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)

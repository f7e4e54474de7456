from pathlib import Path

import pytest

from tests.outside.node import install_packages, require_node
from tests.support.world import api, sim, world, world_clock  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def modules() -> Path:
    """The node_modules of this folder, installed when they are not."""
    require_node()
    return install_packages()

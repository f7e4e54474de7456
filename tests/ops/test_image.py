"""The image's steps work, and what comes of them runs as nobody; the checkers of the trade find nothing."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gub import __version__
from gub.sandbox.telegram.world import World
from tests.ops.dockerfile import Image, built
from tests.scenarios.conftest import bare_place, platforms, psn, sim, steam, world, xbox  # noqa: F401 - fixtures
from tests.scenarios.conversation import PATIENCE, until
from tests.scenarios.running import Place, free_port
from tests.support.mongo import database_name, mongo_uri, store  # noqa: F401 - fixtures

ROOT = Path(__file__).parent.parent.parent
NOBODY = 10001


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    """The image, built below a folder that everybody may look into."""
    root = Path(tempfile.mkdtemp(prefix="gub-image-"))
    root.chmod(0o755)
    yield built(ROOT / "Dockerfile", root)
    shutil.rmtree(root)


def _as_nobody() -> dict[str, Any]:
    """Be the user of the image, where we may and this machine's Python may be run by everybody; else ourselves."""
    python = Path(sys.executable).resolve()
    everybodys = all(path.stat().st_mode & 0o001 for path in (python, *python.parents))
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 and everybodys else {}


def test_it_says_which_version_it_is(image: Image) -> None:
    command = [*image.exec_form("ENTRYPOINT"), "--version"]
    program = shutil.which(command[0], path=image.environ["PATH"])
    assert program is not None
    assert program.startswith(str(image.root))
    said = subprocess.run(  # noqa: S603 - the image's own program
        [program, *command[1:]], env=image.environ, cwd="/", capture_output=True, text=True, check=True, **_as_nobody()
    )
    assert said.stdout.strip() == __version__


def test_nobody_owns_or_may_write_what_runs(image: Image) -> None:
    for path in [image.root / "opt/gub", *(image.root / "opt/gub").rglob("*")]:
        assert path.is_symlink() or not path.stat().st_mode & 0o022, path
        assert os.getuid() != 0 or path.lstat().st_uid == 0, path
    user, _, group = image.declared["USER"].partition(":")
    assert int(user) == int(group) == NOBODY


def test_the_embedded_database_is_not_in_it(image: Image) -> None:
    """It is a GPL-2.0 program (NOTICE), and not for what a container is for."""
    assert list(image.root.rglob("gub/app.py"))
    assert not list(image.root.rglob("secantus*"))


async def test_the_bot_runs_in_it_is_healthy_and_ends_in_order(
    image: Image,
    world: World,  # noqa: F811 - a fixture
    bare_place: Place,  # noqa: F811 - a fixture
) -> None:
    listen = f"127.0.0.1:{free_port()}"
    environ = image.environ | bare_place.environ | {"GUB_HTTP_LISTEN": listen}
    words = [*image.exec_form("ENTRYPOINT"), *image.exec_form("CMD")]
    program = shutil.which(words[0], path=environ["PATH"])
    assert program is not None
    bot = await asyncio.create_subprocess_exec(
        program, *words[1:], env=environ, cwd="/", stderr=asyncio.subprocess.PIPE, **_as_nobody()
    )
    try:
        await until(world, lambda: any(request.method == "getUpdates" for request in world.requests))
        assert await _health(image, environ) == 0
        bot.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(bot.communicate(), PATIENCE)
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
    assert bot.returncode == 0, log.decode()
    assert await _health(image, environ) == 1


async def _health(image: Image, environ: dict[str, str]) -> int:
    program, *arguments = image.exec_form("HEALTHCHECK")
    found = shutil.which(program, path=environ["PATH"])
    assert found is not None
    check = await asyncio.create_subprocess_exec(found, *arguments, env=environ, cwd="/", **_as_nobody())
    return await asyncio.wait_for(check.wait(), PATIENCE)


CHECKS = {
    "the Dockerfile": ["hadolint", "Dockerfile"],
    "compose.yaml": ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml"],
    "the workflow": ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", ".github/workflows/tests.yml"],
    "Kubernetes": [
        "kubernetes-validate",
        "--strict",
        "ops/kubernetes/gub.yaml",
        "ops/kubernetes/secret.example.yaml",
    ],
}


@pytest.mark.parametrize("command", CHECKS.values(), ids=CHECKS)
def test_the_checkers_of_the_trade_find_nothing(command: list[str]) -> None:
    program = Path(sys.executable).parent / command[0]
    found = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - development tools of ours
    assert found.returncode == 0, found.stdout + found.stderr

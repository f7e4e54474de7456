"""The steps of a Dockerfile, carried out without a container engine: in a folder, with this machine's Python.

Only what ours uses is understood, and anything else is an error. What it cannot show: the base image itself, and what
an engine enforces (a root that is mounted read-only, dropped capabilities, limits).
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_DECLARED: Final = frozenset({"LABEL", "EXPOSE", "STOPSIGNAL", "USER", "HEALTHCHECK", "ENTRYPOINT", "CMD"})
_ABSOLUTE: Final = re.compile(r"^/(?=opt/|build)")


@dataclass
class Image:
    """What came of it. `declared` has what an engine would go by, as it is written."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"

    def inside(self, path: str) -> str:
        """Give where a path of the image is on this machine."""
        return _ABSOLUTE.sub(f"{self.root}/", path)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a container, and nothing of this machine's but where its own programs are."""
        path = self.env.get("PATH", "").replace("$PATH", os.environ["PATH"])
        return self.env | {"PATH": ":".join(self.inside(part) for part in path.split(":"))}

    def exec_form(self, name: str) -> list[str]:
        """Give an instruction's program and arguments; only the exec form passes signals on."""
        words = json.loads(self.declared[name][self.declared[name].index("[") :])
        return [str(word) for word in words]


def instructions(text: str) -> list[tuple[str, str]]:
    """Read a Dockerfile."""
    joined = re.sub(r"\\\n\s*", " ", text)
    lines = (line.strip() for line in joined.splitlines())
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")]


def built(dockerfile: Path, root: Path) -> Image:
    """Carry out all steps below `root`, the stages in the same folders."""
    context, image = dockerfile.parent, Image(root)
    for name, rest in instructions(dockerfile.read_text()):
        match name:
            case "FROM":
                image = Image(root)
            case "ENV":
                image.env |= dict(word.split("=", 1) for word in shlex.split(rest))
            case "WORKDIR":
                image.workdir = rest
                Path(image.inside(rest)).mkdir(parents=True, exist_ok=True)
            case "COPY":
                _copy(image, context, rest.split())
            case "RUN":
                _run(image, json.loads(rest))
            case _ if name in _DECLARED:
                image.declared[name] = rest
            case _:
                raise ValueError(f"what is {name}?")
    return image


def _copy(image: Image, context: Path, words: list[str]) -> None:
    if words[0].startswith("--from="):
        assert words[1] == words[2], "both stages are in the same folders here"
        return
    *sources, target = words
    folder = Path(image.inside(image.workdir)) / target
    for source in (context / name for name in sources):
        if source.is_dir():
            leave = shutil.ignore_patterns("__pycache__", "*.egg-info")
            shutil.copytree(source, folder, ignore=leave, dirs_exist_ok=True)
        else:
            shutil.copy(source, folder)


def _run(image: Image, words: list[str]) -> None:
    program, *arguments = [image.inside(word) for word in words]
    program = sys.executable if program == "python" else program
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "GUB_"))}
    subprocess.run([program, *arguments], cwd=image.inside(image.workdir), env=env | image.env, check=True, timeout=600)  # noqa: S603 - our own Dockerfile

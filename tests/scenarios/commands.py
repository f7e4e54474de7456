"""`gub` as an owner runs it on the machine, beside the bot: a process of its own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from tests.scenarios.conversation import PATIENCE
from tests.scenarios.running import Place


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and all that it wrote."""

    code: int | None
    output: str


async def gub(place: Place, *arguments: str, stdin: str = "", **environment: str) -> Outcome:
    """Run a command to its end."""
    async with _started(place, arguments, environment) as process:
        output, _ = await asyncio.wait_for(process.communicate(stdin.encode()), PATIENCE)
    return Outcome(process.returncode, output.decode())


async def sign_in_to_xbox(place: Place, xbox: Xbox, **environment: str) -> Outcome:
    """Run `gub credentials xbox --paste`, and paste the address that the person who agrees comes to."""
    secret = {"GUB_XBOX_CLIENT_SECRET": XBOX_CLIENT_SECRET, **environment}
    arguments = ("credentials", "xbox", "--client-id", XBOX_CLIENT_ID, "--paste")
    async with _started(place, arguments, secret) as process:
        assert process.stdout is not None
        said = b""
        async with asyncio.timeout(PATIENCE):
            while not (line := await process.stdout.readline()).startswith(b"https://"):
                said += line
                assert line, said
            query = parse_qs(urlsplit(line.decode()).query)
            redirected = xbox.authorise(query["state"][0], query["redirect_uri"][0])
            output, _ = await process.communicate(f"{redirected}\n".encode())
    return Outcome(process.returncode, (said + line + output).decode())


@asynccontextmanager
async def _started(
    place: Place, arguments: Sequence[str], environment: dict[str, str]
) -> AsyncIterator[asyncio.subprocess.Process]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gub", *arguments),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**clean, **place.environ, **environment},
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

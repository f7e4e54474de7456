"""Gives the bot its credentials for the simulated platforms, as its owner gives it real ones: by `gub credentials`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from gub.clock import Clock
from gub.sandbox.bot_process import BotProcess, clean_line
from gub.sandbox.psn import Psn
from gub.sandbox.steam import Steam
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, Xbox
from gub.store.datadir import running_server

_PATIENCE = 60.0
_BETWEEN_LOOKS = 0.05


class SignIn:
    """What `BotProcess` awaits as its `provide`."""

    def __init__(
        self,
        data_dir: Path,
        environment: Callable[[], Mapping[str, str]],
        clock: Clock,
        *,
        steam: Steam,
        xbox: Xbox,
        psn: Psn,
    ) -> None:
        self._data_dir = data_dir
        self._environment = environment
        self._clock = clock
        self._steam = steam
        self._xbox = xbox
        self._psn = psn

    async def __call__(self, bot: BotProcess) -> bool:
        """Sign in to all platforms, beside the running bot, whose database is shared. Say whether all took it."""
        while running_server(self._data_dir) is None:
            if not bot.running:
                return False
            await self._clock.sleep(_BETWEEN_LOOKS)
        return all(
            await asyncio.gather(
                self._in_time(bot, "steam", self._tell(bot, "steam", self._steam.key)),
                self._in_time(bot, "psn", self._tell(bot, "psn", self._psn.tokens.npsso)),
                self._in_time(bot, "xbox", self._agree(bot)),
            )
        )

    @staticmethod
    async def _in_time(bot: BotProcess, platform: str, signing_in: Awaitable[bool]) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                return await signing_in
        except TimeoutError:
            bot.note(f"Signing in to the simulated {platform} took too long; /status will lack it.")
            return False

    async def _tell(self, bot: BotProcess, platform: str, secret: str) -> bool:
        """Give a secret on stdin."""
        async with self._command(platform) as process:
            output, _ = await process.communicate(f"{secret}\n".encode())
        return self._note(bot, platform, process, output, [secret])

    async def _agree(self, bot: BotProcess) -> bool:
        """Sign in to Xbox: the simulated person agrees at once, and the address they come to is pasted."""
        arguments = ("xbox", "--client-id", XBOX_CLIENT_ID, "--paste")
        async with self._command(*arguments, GUB_XBOX_CLIENT_SECRET=XBOX_CLIENT_SECRET) as process:
            address = await _first_address(process)
            redirected = self._redirected(address) if address else ""
            output, _ = await process.communicate(f"{redirected}\n".encode())
        return self._note(bot, "xbox", process, output, [redirected or XBOX_CLIENT_SECRET, XBOX_CLIENT_SECRET])

    def _redirected(self, address: str) -> str:
        query = parse_qs(urlsplit(address).query)
        return self._xbox.authorise(query["state"][0], query["redirect_uri"][0])

    @asynccontextmanager
    async def _command(self, *arguments: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gub", "credentials", *arguments),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            cwd=self._data_dir,
            env={**self._environment(), **more},
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    @staticmethod
    def _note(
        bot: BotProcess, platform: str, process: asyncio.subprocess.Process, output: bytes, secrets: list[str]
    ) -> bool:
        for line in output.splitlines():
            if text := clean_line(line, secrets):
                bot.note(f"gub credentials {platform}: {text}")
        return process.returncode == 0


async def _first_address(process: asyncio.subprocess.Process) -> str | None:
    """Read up to the address that the person is to open; None when the command ends without one."""
    if process.stdout is None:
        return None
    async for line in process.stdout:
        if line.startswith(b"https://"):
            return line.decode().strip()
    return None

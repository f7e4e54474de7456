"""Run by test_embedded: a GUB in miniature that writes until it is killed, printing what was acknowledged."""

import asyncio
import sys
from pathlib import Path

from gub.clock import SystemClock
from gub.domain.values import ChatFacts
from gub.store import embedded, embedded_process
from gub.store.datadir import DataDir
from gub.store.store import open_store


async def main() -> None:
    directory, mode = Path(sys.argv[1]), sys.argv[2]
    if mode == "elsewhere":
        embedded_process.arguments = without_the_kernel
    server = embedded.EmbeddedServer(directory, clock=SystemClock())
    store = await open_store(await server.start(), "gub", clock=SystemClock())
    for chat_id in range(1, 1_000_000):
        await store.chats.remember(ChatFacts(chat_id, "private"))
        sys.stdout.write(f"{chat_id}\n")
        sys.stdout.flush()


def without_the_kernel(program: tuple[str, ...], directory: DataDir, port: int, *, private: bool) -> tuple[str, ...]:
    real = ORIGINAL(program, directory, port, private=private)
    return real[real.index(program[0]) :]


ORIGINAL = embedded_process.arguments
asyncio.run(main())

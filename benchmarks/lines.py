"""JSON lines between the measuring process and a simulator in a process of its own: a question, an answer."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from benchmarks.child import Child

Answer = dict[str, Any]


async def serve(greeting: Answer, answer: Callable[[dict[str, Any]], Awaitable[Answer]]) -> None:
    """Say the greeting, then answer each line of stdin, until it ends."""
    _tell(greeting)
    async for question in _questions():
        _tell(await answer(question))


async def heard(child: Child) -> Answer:
    """Read one answer of a child that is `piped`."""
    assert child.process.stdout
    line = await child.process.stdout.readline()
    if not line:
        raise RuntimeError("the simulator of the benchmark ended")
    answer: Answer = json.loads(line)
    return answer


async def asked(child: Child, do: str, **fields: Any) -> Answer:
    """Ask a child, and give its answer."""
    assert child.process.stdin
    child.process.stdin.write(json.dumps({"do": do, **fields}).encode() + b"\n")
    return await heard(child)


async def _questions() -> AsyncIterator[dict[str, Any]]:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def _tell(what: Answer) -> None:
    print(json.dumps(what), flush=True)

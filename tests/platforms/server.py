"""A server that records every request line byte for byte and answers what it is told, well-formed or not."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Seen:
    """A request as it came over the wire."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


Answer = bytes | None
"""The bytes to send before closing; None closes without a word."""


def answer(status: int, body: bytes | str | dict[str, Any] | list[Any] = b"", **headers: str) -> bytes:
    if isinstance(body, dict | list):
        body = json.dumps(body)
    if isinstance(body, str):
        body = body.encode()
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Server:
    """Answers from `script` in order, and from `handler` when the script is over. `release` lets held answers go."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.script: deque[Answer] = deque()
        self.handler: Callable[[Seen], Answer] = lambda _: answer(200, {})
        self.release = asyncio.Event()
        self.release.set()
        self.url = ""
        self._arrived = asyncio.Event()

    async def until_seen(self, count: int) -> None:
        while len(self.seen) < count:
            self._arrived.clear()
            await asyncio.wait_for(self._arrived.wait(), 10)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.seen.append(Seen(method, target, headers, body))
            self._arrived.set()
            reply = self.script.popleft() if self.script else self.handler(self.seen[-1])
            await self.release.wait()
            if reply is not None:
                writer.write(reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def running_server() -> AsyncIterator[Server]:
    server = Server()
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            await server.serve(reader, writer)
        finally:
            connections.discard(task)

    listening = await asyncio.start_server(connected, "127.0.0.1", 0, limit=2**20)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()
        server.release.set()
        if connections:
            await asyncio.wait(connections)
        await listening.wait_closed()

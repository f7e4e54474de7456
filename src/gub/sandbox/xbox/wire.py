"""A request as the simulated Xbox Live reads it, and an answer before it is put on the wire."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeGuard
from urllib.parse import parse_qsl

from aiohttp import web

from gub.sandbox.xbox.state import Xbox
from gub.sandbox.xbox.tokens import Kind


@dataclass(frozen=True, slots=True)
class Call:
    """A request that was meant for `https://HOST/PATH`; the path is as it was sent, not decoded."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    async def read(cls, host: str, path: str, request: web.Request) -> Self:
        """Take everything that an answer depends on."""
        # Brackets mean the same encoded or not; what stands between them is decoded by who reads it.
        sent = "/" + path.replace("%28", "(").replace("%29", ")")
        return cls(request.method, host, sent, request.query, request.headers, await request.read())

    @property
    def content_type(self) -> str:
        """Give the media type of the body, without its parameters; empty when none was sent."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    def form(self) -> dict[str, str] | None:
        """Read an urlencoded body; None when it is none."""
        if self.content_type != "application/x-www-form-urlencoded":
            return None
        try:
            return dict(parse_qsl(self.body.decode(), keep_blank_values=True))
        except ValueError:
            return None

    def json_object(self) -> dict[str, Any] | None:
        """Read a JSON object; None when the body is none or does not say that it is JSON."""
        if self.content_type != "application/json":
            return None
        try:
            value = json.loads(self.body)
        except ValueError:
            return None
        return value if isinstance(value, dict) else None

    def is_version(self, *versions: str) -> bool:
        """Say whether the contract version is one of these."""
        return self.headers.get("x-xbl-contract-version") in versions


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: JSON, or text of some type, or nothing but its status."""

    status: int
    json: object = None
    text: str = ""
    content_type: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """Build what aiohttp sends."""
        if self.json is not None:
            return web.json_response(self.json, status=self.status, headers=self.headers)
        if self.text:
            return web.Response(
                status=self.status, text=self.text, content_type=self.content_type, headers=self.headers
            )
        return web.Response(status=self.status, headers=self.headers)


Handler = Callable[[Xbox, Call], Reply]
Route = tuple[str, Handler]
"""The name of the call, and what answers it."""


def refusal(status: int, code: int, source: str, description: str) -> Reply:
    """Give the error document of the services."""
    body = {"code": code, "source": source, "description": description, "traceInformation": None}
    return Reply(status, body)


def are_texts(value: object) -> TypeGuard[list[str]]:
    """Say whether a member of a body is a list of texts, and not an empty one."""
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def is_authorised(xbox: Xbox, call: Call) -> bool:
    """Say whether the request carries the user hash and a token that the services take."""
    scheme, _, credentials = call.headers.get("Authorization", "").partition(" ")
    claimed, _, token = credentials.strip().partition(";")
    if scheme != "XBL3.0" or claimed != f"x={xbox.user_hash}":
        return False
    return xbox.tokens.find(token, Kind.XSTS) is not None

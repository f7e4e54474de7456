"""The operator's HTTP: /healthz (the process runs), /readyz (it can do its work), /metrics (Prometheus)."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from gub.failure import Failure
from gub.metrics import Metrics
from gub.settings import Address

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[bool]]

_CHECK_SECONDS = 2.0


def health_app(checks: Mapping[str, Check], metrics: Metrics) -> web.Application:
    """Build the application. /readyz answers 503 and names what is not ready while any check fails or hangs.

    The checks are looked up at each request: while the bot starts, they are `not_yet`.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(text="ok\n")

    async def readyz(_request: web.Request) -> web.Response:
        results = await asyncio.gather(*(_passes(check) for check in checks.values()))
        failing = [name for name, passed in zip(checks, results, strict=True) if not passed]
        if failing:
            return web.Response(status=503, text=f"not ready: {', '.join(failing)}\n")
        return web.Response(text="ready\n")

    async def show_metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await metrics.exposition(), headers={"Content-Type": "text/plain; version=0.0.4"})

    app = web.Application()
    app.on_response_prepare.append(_say_no_version)
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", show_metrics)
    return app


async def _say_no_version(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.popall("Server", None)


async def not_yet() -> bool:
    """Say no: what this would check is not there so far."""
    return False


async def _passes(check: Check) -> bool:
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except TimeoutError:
        return False
    except Exception as error:  # noqa: BLE001 - whatever goes wrong in a check, it has not passed
        log.warning("readiness could not be checked", error=type(error).__name__)
        return False


@asynccontextmanager
async def serving(app: web.Application, address: Address, setting: str) -> AsyncIterator[Address]:
    """Serve an application while the block runs; yields where (port 0 asks for any free one).

    Raises Failure when the address cannot be had, naming the setting that chose it.
    """
    # Who is turned away before their body came is drained for this long alone, in seconds; aiohttp would take ten.
    runner = web.AppRunner(app, access_log=None, lingering_time=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, address.host, address.port)
        try:
            await site.start()
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror  # negative: of names
            raise Failure(f"{setting}: cannot listen on {address.host}:{address.port} ({why}).") from error
        host, port = runner.addresses[0][:2]
        yield Address(host, port)
    finally:
        await runner.cleanup()

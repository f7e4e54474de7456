"""The webhook: 200 means that the update is durably stored, and nothing else does."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final, NoReturn

import structlog
from aiogram import Bot
from aiohttp import web
from aiohttp.hdrs import CONTENT_ENCODING

from gub.clock import Clock
from gub.telegram.intake.errors import IntakeClosed
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.patience import insist
from gub.telegram.intake.updates import RawUpdate, update_id_of
from gub.waiting import within

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

PATH: Final = "/telegram"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of a header
MAX_BODY: Final = 1024 * 1024
"""The largest body taken, in bytes."""

_PATIENCE = 10.0
_RETRY_AFTER = "2"


def derive_secret(token: str) -> str:
    """Make the webhook's secret from the bot's token: 64 hex digits that tell nothing of the token."""
    return hmac.new(token.encode(), b"gub: the secret of the webhook", hashlib.sha256).hexdigest()


async def set_webhook(
    bot: Bot, clock: Clock, base_url: str, secret: str, allowed_updates: Sequence[str], *, connections: int = 40
) -> None:
    """Tell Telegram where to send updates: `base_url` + `/telegram`. Keeps what waits there.

    Insists while Telegram cannot be reached; raises the refusal (`Unauthorized`, `Rejected`, ...) when it is final.
    """
    url = base_url.rstrip("/") + PATH
    await insist(
        clock,
        lambda: bot.set_webhook(
            url,
            secret_token=secret,
            allowed_updates=list(allowed_updates),
            max_connections=connections,
            drop_pending_updates=False,
        ),
    )
    log.info("webhook set", connections=connections)


def webhook_app(intake: Intake, secret: str, clock: Clock, *, patience: float = _PATIENCE) -> web.Application:
    """Build the application that takes updates at `POST /telegram`.

    A request whose update is not stored within `patience` seconds is answered 503; Telegram sends it again. One whose
    body takes longer than that to arrive is answered 408.
    """
    app = web.Application(client_max_size=MAX_BODY)
    app.on_response_prepare.append(_no_banner)
    app.router.add_post(PATH, _Receiver(intake, secret, clock, patience).receive)
    return app


class _Receiver:
    def __init__(self, intake: Intake, secret: str, clock: Clock, patience: float) -> None:
        self._intake = intake
        self._secret = secret.encode()
        self._clock = clock
        self._patience = patience

    async def receive(self, request: web.Request) -> web.Response:
        """Answer one delivery."""
        if not self._is_telegram(request):
            return _turned_away(HTTPStatus.UNAUTHORIZED)
        if CONTENT_ENCODING in request.headers:  # a few bytes may unpack to any number; Telegram packs nothing
            return _turned_away(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            body = await within(self._clock, self._patience, request.read())
        except (TimeoutError, ConnectionError):  # it does not come, or who sends it has gone
            return _turned_away(HTTPStatus.REQUEST_TIMEOUT)
        raw = _parse(body)
        if raw is None:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        try:
            await within(self._clock, self._patience, self._intake.accept([raw]))
        except (TimeoutError, IntakeClosed):
            log.warning("an update must come again", update_id=update_id_of(raw))
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": _RETRY_AFTER})
        return web.Response()

    def _is_telegram(self, request: web.Request) -> bool:
        given = request.headers.get(SECRET_HEADER, "")
        # As bytes: compare_digest refuses text that is not ASCII, and aiohttp keeps odd bytes as surrogates.
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret)


def _turned_away(status: HTTPStatus) -> web.Response:
    """Answer and hang up, so that what is left of the body is not read either."""
    response = web.Response(status=status)
    response.force_close()
    return response


async def _no_banner(_request: web.Request, response: web.StreamResponse) -> None:
    """Say nothing of what serves here, and in which version."""
    response.headers["Server"] = ""


def _parse(body: bytes) -> RawUpdate | None:
    """Read an update; None when the body is not JSON, not an object, or has no usable id."""
    try:
        raw: Any = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return raw if isinstance(raw, dict) and update_id_of(raw) is not None else None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity, which Python reads and JSON does not have

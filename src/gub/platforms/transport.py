"""The one way to the platforms: every request of every client passes here.

The address is sent byte for byte as it is given. httpx normalises addresses (it re-encodes quotes and brackets, for
instance), so the request target travels beside its URL object; that also keeps keys out of whatever httpx prints.
"""

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final
from urllib.parse import urlsplit

import httpx

from gub import __version__
from gub.clock import Clock
from gub.platforms.addresses import Gateway, direct
from gub.platforms.bodies import read_body
from gub.platforms.errors import Malformed, PlatformError, RateLimited, Unavailable
from gub.platforms.limiter import Budget
from gub.platforms.reply import Reply

RETRIES: Final = 2
TOTAL_SECONDS: Final = 30.0
LONGEST_RETRY_AFTER: Final = 60.0
LONGEST_SILENCE: Final = 3600.0
"""Who asks for a longer one is asked again, and may tell again: a date in an answer can be nonsense, or ours can."""

LARGEST_BODY: Final = 8 * 1024 * 1024

_TIMEOUT: Final = httpx.Timeout(connect=5.0, read=15.0, write=15.0, pool=15.0)
# Somebody asks every half minute or so in a lively chat: the next question should not begin with a new handshake.
_IDLE_SECONDS: Final = 45.0
_BACKOFF: Final = (1.0, 2.0, 4.0)
# A 429 that does not say for how long: Steam shuts an address out for days when such ones are ignored (facts 3.3).
_UNTOLD_LIMIT: Final = (5.0, 10.0, 20.0)
_SERVER_ERRORS: Final = 500
_TOO_MANY: Final = 429
_REFUSALS: Final = 400
_FAILURES: Final[Mapping[type[PlatformError], str]] = {RateLimited: "rate_limited", Unavailable: "unavailable"}


_PLATFORMS: Final = {
    "xbox": ("xboxlive.com", "live.com"),
    "psn": ("sony.com", "playstation.com", "playstation.net", "sonyentertainmentnetwork.com"),
    "steam": ("steampowered.com", "steamcommunity.com"),
}

OnTried = Callable[[str, str, float], None]
"""Hears of one try: the platform (a word of `Platform`, or `other`); what came of it, as `_outcome` says; seconds."""


def nobody_counts(_platform: str, _outcome: str, _seconds: float) -> None:
    """Let it be."""


class _ExactURL(httpx.URL):
    """Where to connect, and the request target exactly as it shall be sent. Prints as the place alone."""

    def __init__(self, origin: str, target: bytes) -> None:
        super().__init__(origin)
        self._target = target

    @property
    def raw_path(self) -> bytes:
        return self._target


class Transport:
    """Sends requests to the platforms, or to the gateway that stands for them.

    Follows no redirects, keeps no cookies, takes at most `LARGEST_BODY` bytes, retries in one way for all.
    """

    def __init__(
        self,
        gateway: str | None,
        clock: Clock,
        *,
        on_tried: OnTried = nobody_counts,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Open nothing yet. `gateway` is the setting PLATFORM_GATEWAY; `inner` replaces the network in tests.

        `on_tried` hears of each try.

        Raises:
            ValueError: the gateway is no http or https address.
        """
        _quiet_the_library()
        self._route = Gateway(gateway).route if gateway else direct
        self._clock = clock
        self._on_tried = on_tried
        self._client = httpx.AsyncClient(
            headers={"User-Agent": f"gub/{__version__}", "Accept-Encoding": "gzip"},
            cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
            timeout=_TIMEOUT,
            limits=httpx.Limits(max_connections=40, max_keepalive_connections=10, keepalive_expiry=_IDLE_SECONDS),
            follow_redirects=False,
            trust_env=not gateway,  # proxies are for the way to the platforms; the gateway is near
            transport=inner,
        )

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        budget: Budget | None = None,
        deadline: float | None = None,
        retries: int = RETRIES,
    ) -> Reply:
        """Send a request and return the answer, whatever its status, except those below.

        Args:
            method: such as GET.
            url: `https://HOST/PATH?QUERY` in ASCII, percent-encoded by the caller; sent unchanged.
            headers: beside the usual ones.
            content: the body.
            budget: what every attempt is counted against.
            deadline: the latest `clock.monotonic()` at which an answer is of use; at most `TOTAL_SECONDS` ahead counts.
            retries: how many times more to try after 429, 5xx or a failing network. 0 for what must not happen twice.

        Raises:
            RateLimited: 429 to the end, or its `Retry-After` is too long to wait for, or the budget is used up.
            Unavailable: 5xx to the end, or no connection, or no answer in time.
            Malformed: the answer is too large or its encoding is broken.
            ValueError: the address is not one that can be sent as it is.
        """
        now = self._clock.monotonic()
        until = now + TOTAL_SECONDS if deadline is None else min(deadline, now + TOTAL_SECONDS)
        origin, target = self._route(url)
        for attempt in itertools.count():
            if budget is not None:
                await budget.acquire(until)
            began = self._clock.monotonic()
            outcome = await self._attempt(method, _ExactURL(origin, target), headers, content, until)
            self._on_tried(_platform_of(url), _outcome(outcome), self._clock.monotonic() - began)
            if isinstance(outcome, Reply):
                return outcome
            wait = _wait_before_another(outcome, attempt)
            if budget is not None and isinstance(outcome, RateLimited):
                budget.hold(wait)
            too_late = wait > LONGEST_RETRY_AFTER or self._clock.monotonic() + wait > until
            if attempt >= retries or too_late or isinstance(outcome, Malformed):
                raise outcome
            await self._clock.sleep(wait)
        raise AssertionError  # the count has no end

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _attempt(
        self, method: str, url: httpx.URL, headers: Mapping[str, str] | None, content: bytes | None, until: float
    ) -> Reply | PlatformError:
        """Try once. Failures are returned, so that what httpx raised, which knows the request, is not chained."""
        try:
            request = self._client.build_request(method, str(url), headers=headers, content=content)
        except (ValueError, TypeError) as error:
            return Malformed(f"the request cannot be built: {type(error).__name__}")
        request.url = url
        try:
            # Real time, as httpx's own timeouts: a server that drips its answer is cut off at the deadline.
            async with asyncio.timeout(max(0.0, until - self._clock.monotonic())):
                response = await self._client.send(request, stream=True)
                try:
                    body = await read_body(response, LARGEST_BODY)
                finally:
                    await response.aclose()
        except (TimeoutError, httpx.HTTPError, httpx.StreamError) as error:
            return Unavailable(f"no answer: {type(error).__name__}")
        except Malformed as error:
            return error
        reply = Reply(response.status_code, {name.lower(): value for name, value in response.headers.items()}, body)
        return _failure(reply, self._clock.now()) or reply


def _platform_of(url: str) -> str:
    host = urlsplit(url).hostname or ""
    for platform, domains in _PLATFORMS.items():
        if any(host == domain or host.endswith(f".{domain}") for domain in domains):
            return platform
    return "other"


def _outcome(outcome: Reply | PlatformError) -> str:
    """Say in a word how a try ended: `ok`, `refused` (a status from 400 to 499), or the kind of failure."""
    if isinstance(outcome, Reply):
        return "ok" if outcome.status < _REFUSALS else "refused"
    return _FAILURES.get(type(outcome), "malformed")


def _failure(reply: Reply, now: datetime) -> PlatformError | None:
    """Say what is wrong with an answer that is worth another try."""
    told = retry_after(reply.headers.get("retry-after"), now)
    if reply.status == _TOO_MANY:
        return RateLimited("status 429", told)
    if reply.status >= _SERVER_ERRORS:
        return Unavailable(f"status {reply.status}", told)
    return None


def _wait_before_another(failure: PlatformError, attempt: int) -> float:
    if failure.retry_after is not None:
        return failure.retry_after
    steps = _UNTOLD_LIMIT if isinstance(failure, RateLimited) else _BACKOFF
    return steps[min(attempt, len(steps) - 1)]


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or a date, as seconds from now, at most `LONGEST_SILENCE`.

    None when it is absent or unreadable.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_SILENCE)
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    then = then.replace(tzinfo=UTC) if then.tzinfo is None else then
    return min(max(0.0, (then - now).total_seconds()), LONGEST_SILENCE)


def _quiet_the_library() -> None:
    """Silence what httpx and httpcore log of requests and answers: headers of an answer can hold codes and cookies."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))

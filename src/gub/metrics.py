"""What is counted and timed, in Prometheus's terms. One `Metrics` a process, passed to those who observe.

No label holds anything that a person chose: kinds, methods, outcomes, platforms and commands are words of the code.
"""

from collections.abc import Collection, Iterable
from platform import python_version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector, generate_latest

from gub import __version__
from gub.clock import Clock
from gub.figures import ALL, BUILD
from gub.gauges import Gauges, Sample

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_DATABASE_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_LONG_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)
_AGES: Final = (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)

_COMMANDS: Final = frozenset(
    {"find", "getMore", "insert", "update", "delete", "aggregate", "findAndModify", "count", "hello", "ping"}
)
_OTHER: Final = "other"


class Metrics:
    """The figures of one process, in a registry of its own."""

    def __init__(self, clock: Clock, kinds: Collection[str] = ()) -> None:
        """Start at zero. `kinds` are the kinds of update that GUB asks for; the rest is counted as one."""
        self._kinds = frozenset(kinds)
        self._registry = CollectorRegistry()
        self.gauges = Gauges(ALL, clock)
        self._registry.register(self.gauges)
        self.gauges.watch("build", _build)
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._updates = self._counter("gub_updates", "Updates handled, by kind and outcome.", "kind", "outcome")
        self._handling = self._histogram(
            "gub_update_seconds", "From the start of handling an update to its end.", _SECONDS, "kind"
        )
        self._through = self._histogram(
            "gub_update_through_seconds", "From an update's delivery to this process to the end of it.", _LONG_SECONDS
        )
        self._calls = self._counter("gub_telegram_calls", "Bot API calls, by method and outcome.", "method", "outcome")
        self._tries = self._counter("gub_telegram_tries", "Bot API requests sent, retries included.", "method")
        self._retries = self._counter("gub_telegram_retries", "Bot API requests that were another try.", "method")
        self._calling = self._histogram(
            "gub_telegram_call_seconds",
            "From asking for a Bot API call to its end, waits included.",
            _SECONDS,
            "method",
        )
        self._requests = self._counter(
            "gub_platform_requests", "Requests to a platform, by outcome; each try counts.", "platform", "outcome"
        )
        self._requesting = self._histogram(
            "gub_platform_request_seconds", "One try of a request to a platform.", _SECONDS, "platform"
        )
        self._commands = self._counter(
            "gub_database_commands", "Commands to the database, by name and outcome.", "command", "outcome"
        )
        self._commanding = self._histogram(
            "gub_database_command_seconds", "One command to the database.", _DATABASE_SECONDS, "command"
        )
        self._ages = self._histogram(
            "gub_status_age_seconds", "The oldest answer in each /status that was shown.", _AGES
        )
        self._polled = self._counter(
            "gub_polled_accounts", "Accounts asked about unbidden, by platform and outcome.", "platform", "outcome"
        )
        self._polling = self._histogram(
            "gub_poll_seconds", "A look at all who are watched over, until who listens has heard of it.", _LONG_SECONDS
        )
        self._news = self._counter("gub_poll_news", "People of whom a look had news.")

    def update_handled(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one update."""
        kind = kind if kind in self._kinds else _OTHER
        self._updates.labels(kind, outcome).inc()
        self._handling.labels(kind).observe(seconds)

    def update_through(self, seconds: float) -> None:
        """Time one update from its delivery until it was remembered as handled."""
        self._through.observe(seconds)

    def telegram_called(self, method: str, outcome: str, seconds: float, tries: int) -> None:
        """Count one call of the Bot API."""
        self._calls.labels(method, outcome).inc()
        self._tries.labels(method).inc(tries)
        self._retries.labels(method).inc(max(0, tries - 1))
        self._calling.labels(method).observe(seconds)

    def platform_called(self, platform: str, outcome: str, seconds: float) -> None:
        """Count one try of a request to a platform."""
        self._requests.labels(platform, outcome).inc()
        self._requesting.labels(platform).observe(seconds)

    def database_called(self, command: str, outcome: str, seconds: float) -> None:
        """Count one command to the database."""
        command = command if command in _COMMANDS else _OTHER
        self._commands.labels(command, outcome).inc()
        self._commanding.labels(command).observe(seconds)

    def status_shown(self, oldest: float) -> None:
        """Note the age in seconds of the oldest answer that a /status showed."""
        self._ages.observe(oldest)

    def looked(self, platform: str, asked: int, answered: int) -> None:
        """Count the accounts of a platform that were asked about unbidden, and of how many there was an answer."""
        self._polled.labels(platform, "answered").inc(answered)
        self._polled.labels(platform, "unanswered").inc(asked - answered)

    def look_told(self, changed: int, seconds: float) -> None:
        """Count a look at who is watched over: of how many people there was news, and how long it all took."""
        self._polling.observe(seconds)
        self._news.inc(changed)

    async def exposition(self) -> bytes:
        """Say all figures in Prometheus's text format; waits for what is read now (`Gauges.read`), not for more."""
        await self.gauges.read()
        return generate_latest(self._registry)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(name, says, labels, registry=self._registry)

    def _histogram(self, name: str, says: str, buckets: Collection[float], *labels: str) -> Histogram:
        return Histogram(name, says, labels, buckets=tuple(buckets), registry=self._registry)


async def _build() -> Iterable[Sample]:
    return [BUILD.at(1, __version__, python_version())]

"""What is counted and timed, in Prometheus's terms. One `Metrics` a process, passed to those who observe."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The figures of one process, in a registry of its own."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = CollectorRegistry()
        self._updates = Counter(
            "gub_updates", "Updates handled, by kind and outcome.", ["kind", "outcome"], registry=self._registry
        )
        self._handling = Histogram(
            "gub_update_seconds", "From the start of handling an update to its end.", ["kind"],
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._calls = Counter(
            "gub_telegram_calls",
            "Bot API calls, by method and outcome.",
            ["method", "outcome"],
            registry=self._registry,
        )
        self._tries = Counter(
            "gub_telegram_tries", "Bot API requests sent, retries included.", ["method"], registry=self._registry
        )
        self._calling = Histogram(
            "gub_telegram_call_seconds", "From asking for a Bot API call to its end, waits included.", ["method"],
            buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip

    def update_handled(self, kind: str, outcome: str, seconds: float) -> None:
        """Count one update."""
        self._updates.labels(kind, outcome).inc()
        self._handling.labels(kind).observe(seconds)

    def telegram_called(self, method: str, outcome: str, seconds: float, tries: int) -> None:
        """Count one call of the Bot API."""
        self._calls.labels(method, outcome).inc()
        self._tries.labels(method).inc(tries)
        self._calling.labels(method).observe(seconds)

    def exposition(self) -> bytes:
        """Say all figures in Prometheus's text format."""
        return generate_latest(self._registry)

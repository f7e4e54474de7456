"""What is read at the moment somebody looks, each reading for itself: one that fails or hangs leaves out its own."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gub.clock import Clock

log = structlog.get_logger(__name__)

READ_SECONDS: Final = 2.0
"""How long one reading may take, in real time; Prometheus waits for 10 s if nobody says otherwise."""

FRESH_SECONDS: Final = 5.0
"""Who looks again within this time sees the same: looking often costs the database nothing."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """One figure that goes up and down, by its name and labels in Prometheus's terms."""

    name: str
    help: str
    labels: tuple[str, ...] = ()

    def at(self, value: float, *labels: str) -> "Sample":
        """Say how much it is now."""
        return Sample(self, value, labels)


@dataclass(frozen=True, slots=True)
class Sample:
    """A figure's value now, under the values of its labels."""

    gauge: Gauge
    value: float
    labels: tuple[str, ...] = ()


Reading = Callable[[], Awaitable[Iterable[Sample]]]

READING_OK: Final = Gauge("gub_reading_ok", "1 when this part could be read for this very answer, else 0.", ("part",))


class Gauges(Collector):
    """Figures that are read when somebody looks. What cannot be read now is not shown, instead of shown as it was."""

    def __init__(self, known: Sequence[Gauge], clock: Clock) -> None:
        """Name all figures that may be read; those without a value have only their description."""
        self._known = (*known, READING_OK)
        self._clock = clock
        self._readings: dict[str, tuple[Reading, Sequence[Sample]]] = {}
        self._samples: Sequence[Sample] = ()
        self._read_at = float("-inf")
        self._reading = asyncio.Lock()

    def watch(self, part: str, reading: Reading | None, otherwise: Sequence[Sample] = ()) -> None:
        """Read this part by `reading` from now on, `otherwise` being shown when it fails.

        None: there is nothing to read any more.
        """
        self._readings.pop(part, None)
        if reading is not None:
            self._readings[part] = reading, otherwise
        self._read_at = float("-inf")

    async def read(self) -> None:
        """Read all parts side by side, unless that was done a moment ago. Takes `READ_SECONDS` at most."""
        async with self._reading:
            if self._clock.monotonic() - self._read_at < FRESH_SECONDS:
                return
            readings = dict(self._readings)
            found = await asyncio.gather(*(_read(part, *how) for part, how in readings.items()))
            self._samples = [sample for samples in found for sample in samples]
            self._read_at = self._clock.monotonic()

    def collect(self) -> Iterable[Metric]:
        """Give what was read last, as Prometheus's client wants it."""
        families = {gauge: GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels) for gauge in self._known}
        for sample in self._samples:
            families[sample.gauge].add_metric(sample.labels, sample.value)
        return families.values()

    def describe(self) -> Iterable[Metric]:
        """Give the names without values."""
        return [GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels) for gauge in self._known]


async def _read(part: str, reading: Reading, otherwise: Sequence[Sample]) -> list[Sample]:
    try:
        async with asyncio.timeout(READ_SECONDS):
            samples = list(await reading())
    except Exception as error:  # noqa: BLE001 - whatever it is, the other figures are to be seen all the more
        log.debug("a part of the metrics cannot be read", part=part, error=type(error).__name__)
        return [*otherwise, READING_OK.at(0, part)]
    return [*samples, READING_OK.at(1, part)]


def one_of(gauge: Gauge, which: str, among: Iterable[str], *labels: str) -> list[Sample]:
    """Say which of some words holds: 1 for that one, 0 for the others. The word is the last label."""
    return [gauge.at(float(word == which), *labels, word) for word in among]


def by_label(gauge: Gauge, values: Mapping[str, float]) -> list[Sample]:
    """Give a figure for each value of its only label."""
    return [gauge.at(value, label) for label, value in values.items()]

import asyncio
from collections.abc import Iterable

import pytest

from gub import figures
from gub.gauges import FRESH_SECONDS, READING_OK, Gauge, Gauges, Sample, one_of
from gub.metrics import Metrics
from tests.support.clock import FakeClock

ONE = Gauge("gub_test_one", "One.")
TWO = Gauge("gub_test_two", "Two.", ("label",))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gauges(clock: FakeClock) -> Gauges:
    return Gauges((ONE, TWO), clock)


def _shown(gauges: Gauges) -> dict[tuple[str, ...], float]:
    return {
        (sample.name, *sample.labels.values()): sample.value for family in gauges.collect() for sample in family.samples
    }


async def _one() -> Iterable[Sample]:
    return [ONE.at(5)]


async def _breaks() -> Iterable[Sample]:
    raise KeyError("x")


async def _hangs() -> Iterable[Sample]:
    await asyncio.Event().wait()
    return [TWO.at(1, "late")]


async def test_what_fails_or_hangs_leaves_out_its_own_and_says_so(gauges: Gauges, monkeypatch) -> None:
    monkeypatch.setattr("gub.gauges.READ_SECONDS", 0.01)
    gauges.watch("one", _one)
    gauges.watch("breaks", _breaks, otherwise=[TWO.at(0, "up")])
    gauges.watch("hangs", _hangs)
    await gauges.read()
    ok = READING_OK.name
    assert _shown(gauges) == {
        (ONE.name,): 5,
        (TWO.name, "up"): 0,
        (ok, "one"): 1,
        (ok, "breaks"): 0,
        (ok, "hangs"): 0,
    }


async def test_what_cannot_be_read_any_more_is_not_shown_as_it_was(gauges: Gauges) -> None:
    gauges.watch("one", _one)
    await gauges.read()
    gauges.watch("one", _breaks)
    await gauges.read()
    assert _shown(gauges) == {(READING_OK.name, "one"): 0}
    gauges.watch("one", None)
    await gauges.read()
    assert _shown(gauges) == {}


async def test_many_who_look_at_once_or_soon_cost_one_reading(gauges: Gauges, clock: FakeClock) -> None:
    read: list[int] = []

    async def counted() -> Iterable[Sample]:
        read.append(1)
        return [ONE.at(len(read))]

    gauges.watch("one", counted)
    await asyncio.gather(*(gauges.read() for _ in range(20)))
    await clock.advance(FRESH_SECONDS - 0.1)
    await gauges.read()
    assert len(read) == 1
    await clock.advance(0.1)
    await gauges.read()
    assert len(read) == 2


def test_one_of_some_words_holds() -> None:
    assert [sample.value for sample in one_of(TWO, "b", ["a", "b", "c"])] == [0, 1, 0]


async def test_a_kind_or_command_that_nobody_asked_for_makes_no_series_of_its_own(clock: FakeClock) -> None:
    metrics = Metrics(clock, ["message"])
    for number in range(100):
        metrics.update_handled(f"kind{number}", "ok", 0.1)
        metrics.database_called(f"command{number}", "ok", 0.1)
    text = (await metrics.exposition()).decode()
    assert 'gub_updates_total{kind="other",outcome="ok"} 100.0' in text
    assert 'gub_database_commands_total{command="other",outcome="ok"} 100.0' in text
    assert "kind7" not in text
    assert "command7" not in text


async def test_retries_are_what_was_sent_beyond_the_first(clock: FakeClock) -> None:
    metrics = Metrics(clock)
    for tries in (0, 1, 3):
        metrics.telegram_called("sendMessage", "ok", 0.1, tries)
    text = (await metrics.exposition()).decode()
    assert 'gub_telegram_tries_total{method="sendMessage"} 4.0' in text
    assert 'gub_telegram_retries_total{method="sendMessage"} 2.0' in text


async def test_it_says_which_gub_and_what_the_process_takes(clock: FakeClock) -> None:
    text = (await Metrics(clock).exposition()).decode()
    assert "gub_build_info{" in text
    for name in ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"):
        assert f"\n{name} " in text


def test_names_are_said_once() -> None:
    names = [gauge.name for gauge in figures.ALL]
    assert len(names) == len(set(names))
    assert all(gauge.help for gauge in figures.ALL)

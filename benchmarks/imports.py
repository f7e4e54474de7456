"""What importing aiogram costs, plainly and the lean way of gub.telegram: each in a process of its own."""

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass

PLAIN = "import aiogram"
LEAN = "import gub.telegram; import aiogram"
PROBE = """
import json, time, psutil
start = time.perf_counter()
{work}
print(json.dumps([time.perf_counter() - start, psutil.Process().memory_info().rss / 1e6]))
"""


@dataclass(frozen=True)
class ImportCost:
    """Seconds, and resident memory in MB of the whole process afterwards (medians)."""

    seconds: float
    megabytes: float


def cost_of(work: str, rounds: int = 3) -> ImportCost:
    """Run `work` in fresh interpreters. The first run, which may compile to bytecode, does not count."""
    runs = [_probe(work) for _ in range(rounds + 1)][1:]
    return ImportCost(
        statistics.median(seconds for seconds, _ in runs),
        statistics.median(megabytes for _, megabytes in runs),
    )


def _probe(work: str) -> tuple[float, float]:
    command = [sys.executable, "-c", PROBE.format(work=work)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - the words above
    seconds, megabytes = json.loads(done.stdout)
    return float(seconds), float(megabytes)

"""The machine that the numbers belong to."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Machine:
    """Cores that this process may use, the CPU's name, memory in GB, Python and system."""

    cores: int
    cpu: str
    memory_gb: float
    python: str
    system: str

    def __str__(self) -> str:
        memory = f"{self.memory_gb:.0f} GB"
        return f"{self.cores} cores of {self.cpu}, {memory}, Python {self.python}, {self.system}"


def this_machine() -> Machine:
    """Describe the machine we run on."""
    return Machine(
        cores=len(psutil.Process().cpu_affinity() or []) or os.cpu_count() or 1,
        cpu=_cpu_model(),
        memory_gb=psutil.virtual_memory().total / 1e9,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
    )


def _cpu_model() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()

"""The figures, as a table for people and as JSON for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.machine import Machine


@dataclass(frozen=True)
class Figure:
    """One measurement: ours, what to judge it by, and the aim (a limit, with `most` or `least` before it)."""

    name: str
    unit: str
    ours: float
    reference: float | None = None
    reference_name: str = ""
    aim: str = ""
    met: bool | None = None


def show(machine: Machine, figures: Sequence[Figure], notes: Sequence[str]) -> None:
    """Print a table."""
    rows = [("measured", "GUB", "reference", "GUB / ref.", "aim"), *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{machine}\n")
    for index, row in enumerate(rows):
        cells = [
            row[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True)),
        ]
        print("  ".join([*cells, row[-1]]).rstrip())
        if index == 0:
            print("  ".join("-" * width for width in widths))
    print()
    for note in notes:
        print(note)


def save(path: Path, machine: Machine, figures: Sequence[Figure], notes: Sequence[str]) -> None:
    """Write everything as one JSON object."""
    whole = {"machine": asdict(machine), "figures": [asdict(figure) for figure in figures], "notes": list(notes)}
    path.write_text(json.dumps(whole, indent=2) + "\n", encoding="utf-8")


def _row(figure: Figure) -> tuple[str, str, str, str, str]:
    reference, ratio = "", ""
    if figure.reference is not None:
        reference = f"{_number(figure.reference)} ({figure.reference_name})"
        ratio = f"{figure.ours / figure.reference:.2f}" if figure.reference else ""
    verdict = {None: "", True: "  met", False: "  MISSED"}[figure.met]
    name = f"{figure.name}, {figure.unit}" if figure.unit else figure.name
    return name, _number(figure.ours), reference, ratio, figure.aim + verdict


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"

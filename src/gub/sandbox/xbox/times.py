"""Times as Xbox Live writes them."""

from datetime import datetime


def ticks(at: datetime, *, zone: bool = True) -> str:
    """Write a UTC time with seven digits after the point; some answers of 2026 leave out the `Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}7{'Z' if zone else ''}"

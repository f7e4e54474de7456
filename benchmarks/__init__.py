"""Repeatable measurements, each against something a reader can judge by. Run: `python -m benchmarks` (make bench)."""

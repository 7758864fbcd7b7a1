"""Timing of several ways to do the same, in turns."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

Seconds = Mapping[str, list[tuple[float, float]]]


def cpu_seconds() -> float:
    """Return the CPU time of this process and of its children that have ended."""
    spent = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def measure(runs: Mapping[str, Callable[[], object]], repeats: int) -> Seconds:
    """Return wall and CPU seconds of every run; the first of each warms up and is left out."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for i in range(repeats + 1):
        for name, run in runs.items():
            wall, cpu = time.perf_counter(), cpu_seconds()
            run()
            if i > 0:
                seconds[name].append((time.perf_counter() - wall, cpu_seconds() - cpu))
    return seconds


def speed_headers(unit: str, first: str = "") -> list[str]:
    """Return the headers of `speed_rows`."""
    return [
        first,
        *(f"{which}, {unit}/s" for which in ("best", "median", "slowest")),
        f"best, {unit}/CPU s",
    ]


def speed_rows(seconds: Seconds, amount: int, what: str = "") -> list[list[Any]]:
    """Return each way's name and its speeds: best, median, slowest, and best for a CPU second."""
    return [
        [
            what + name,
            amount / min(wall for wall, _ in runs),
            amount / median(wall for wall, _ in runs),
            amount / max(wall for wall, _ in runs),
            amount / min(cpu for _, cpu in runs),
        ]
        for name, runs in seconds.items()
    ]


def speed_ratios(seconds: Seconds, ours: str, other: str) -> tuple[float, float]:
    """Return how many times faster one is than the other, by the best runs and the medians."""
    best, middle = (
        {name: pick(wall for wall, _ in runs) for name, runs in seconds.items()}
        for pick in (min, median)
    )
    return best[other] / best[ours], middle[other] / middle[ours]


def cpu_ratio(seconds: Seconds, ours: str, other: str) -> float:
    """Return how many times less processor time one takes than the other, by the best runs."""
    best = {name: min(cpu for _, cpu in runs) for name, runs in seconds.items()}
    return best[other] / best[ours]

"""When a training's validation loss first comes down to another's best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import inf
from statistics import median
from typing import Any, NamedTuple


class Curve(NamedTuple):
    """Seconds of training, and the validation loss after it, of each epoch."""

    seconds: Sequence[float]
    losses: Sequence[float]


def first_reached(curve: Curve, mark: float) -> float:
    """Return the seconds until the loss was at most `mark`, infinite where it never was."""
    for seconds, loss in zip(accumulate(curve.seconds), curve.losses, strict=True):
        if loss <= mark:
            return seconds
    return inf


def loss_rows(curves: Mapping[Any, Sequence[Curve]]) -> list[list[Any]]:
    """Return a row for each setting, of one curve for each seed; the first sets the marks.

    A row has the median seconds of an epoch, the median of the best losses, how many seeds come
    down to the first setting's best loss of the same seed, the median seconds until then, and
    how many times as fast that is. The last two are None where half of them never arrive.
    """
    marks = [min(curve.losses) for curve in next(iter(curves.values()))]
    rows, first = [], None
    for seeds in curves.values():
        # The first epoch traces as well.
        epoch = median(s for curve in seeds for s in curve.seconds[1:] or curve.seconds)
        best = median(min(curve.losses) for curve in seeds)
        reached = [first_reached(*pair) for pair in zip(seeds, marks, strict=True)]
        until = median(reached)
        first = until if first is None else first
        times = [until, first / until] if until < inf else [None, None]
        rows.append([epoch, best, sum(seconds < inf for seconds in reached), *times])
    return rows

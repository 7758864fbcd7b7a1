"""A run's metrics over folds, with intervals that count speakers, and its systems compared."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from skaffect.metrics import MetricInterval, bootstrap_interval, compare_systems
from skaffect.report._run_results import Asked, RunResults, are_labels
from skaffect.report._tables import PValue

Rows = list[dict[str, Any]]
Metric = Callable[[Any, Any], float]


class Resampling(NamedTuple):
    """How intervals are made."""

    confidence: float
    n_resamples: int
    random_state: int


class Scores(NamedTuple):
    """A table's rows, the intervals in them by row, and what a reader has to know."""

    rows: Rows
    intervals: list[MetricInterval | None]
    notes: list[str]


def metric_scores(
    name: str, metric: Metric, results: RunResults, parts: list[Asked], how: Resampling
) -> Scores:
    """Return a row for each system, condition and part: over folds, and over all answers."""
    rows, intervals, notes = [], [], []
    for asked in parts:
        values = fold_values(results, name, asked)
        interval, said = _interval(metric, asked, how)
        notes += said
        intervals.append(interval)
        rows.append(
            {
                **asked.where,
                "mean": float(np.mean(values)),
                "sd": spread_over_folds(values),
                "folds": len(values),
                "pooled": None if interval is None else interval.estimate,
                "from": None if interval is None else interval.low,
                "to": None if interval is None else interval.high,
                "speakers": None if interval is None else interval.n_groups,
            }
        )
    return Scores(rows, intervals, list(dict.fromkeys(notes)))


def chance_of(metric: Metric, asked: Asked) -> float | None:
    """Return the metric of always giving the commonest label, None of what are no labels."""
    if not are_labels(asked):
        return None
    ((commonest, _),) = Counter(asked.true).most_common(1)
    true = np.asarray(asked.true)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            value = float(metric(true, np.full_like(true, commonest)))
        # Nobody asked for answers that are all the same: a metric may make of them what it will.
        except Exception:
            return None
    return value if np.isfinite(value) else None


def spread_over_folds(values: Any) -> float:
    """Return the standard deviation of folds' figures, zero where rounding makes it more."""
    return 0.0 if np.ptp(values) == 0 else float(np.std(values))


def compared(
    name: str, metric: Metric, parts: list[Asked], how: Resampling
) -> tuple[Rows, list[str]]:
    """Return a row for each system that answered what the first one did, beside that one."""
    rows: Rows = []
    notes: list[str] = []
    firsts: dict[tuple[str, str], Asked] = {}
    for asked in parts:
        first = firsts.setdefault((asked.condition, asked.part), asked)
        same = (first.folds, first.items) == (asked.folds, asked.items)
        if first is asked or not same or _obstacle(asked):
            continue
        answers = {first.system: first.predicted, asked.system: asked.predicted}
        groups = list(map(str, first.speakers))
        comparison, said = _told(
            partial(compare_systems, metric, first.true, answers, groups=groups, **how._asdict()),
            f"{first.system} and {asked.system}, {asked.condition}, {asked.part}",
        )
        notes += said
        if comparison is not None:
            rows.append(
                {
                    "metric": name,
                    "condition": asked.condition,
                    "part": asked.part,
                    "first": first.system,
                    "second": asked.system,
                    "difference": comparison.difference.estimate,
                    "from": comparison.difference.low,
                    "to": comparison.difference.high,
                    "p": PValue(comparison.p_value),
                    "speakers": comparison.difference.n_groups,
                }
            )
    return rows, list(dict.fromkeys(notes))


def fold_values(results: RunResults, name: str, asked: Asked) -> list[float]:
    """Return a metric of each fold."""
    table = results.table
    chosen = table["metric"] == name
    for column, value in asked.where.items():
        chosen &= table[column] == value
    values: list[float] = table.loc[chosen, "value"].tolist()
    if not values:
        raise ValueError(
            f"metrics has {name!r}, which the run did not measure; it has "
            f"{sorted(set(table['metric']))}. The same call of run_protocol with other metrics "
            "measures anew and trains nothing."
        )
    return values


def _interval(metric: Metric, asked: Asked, how: Resampling) -> tuple[Any, list[str]]:
    if obstacle := _obstacle(asked):
        return None, [obstacle]
    groups = list(map(str, asked.speakers))
    return _told(
        partial(
            bootstrap_interval,
            metric,
            asked.true,
            asked.predicted,
            groups=groups,
            **how._asdict(),
        ),
        asked.name,
    )


def _obstacle(asked: Asked) -> str:
    """Say why there can be no interval, if so."""
    if None in asked.speakers or len(set(asked.speakers)) < 2:
        return (
            f"No intervals of {asked.condition}: they need the speaker of each utterance, and at "
            "least two speakers."
        )
    # NaN alone is not equal to itself.
    if any(np.ndim(entry) == 0 and entry != entry for entry in asked.true):
        return (
            f"No intervals of {asked.condition}: true arrays are not kept in a run's folder; give "
            "the result of `run_protocol` itself."
        )
    return ""


def _told(compute: Callable[[], Any], where: str) -> tuple[Any, list[str]]:
    """Return what was computed, or None, and what was warned of: the page says it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            value = compute()
        except ValueError as error:
            return None, [f"No interval of {where}. {error}"]
    said = [str(one.message) for one in caught if issubclass(one.category, UserWarning)]
    return value, list(dict.fromkeys(said))

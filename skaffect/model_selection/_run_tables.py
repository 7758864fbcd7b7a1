"""A run's tidy tables, in memory and as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils import _safe_indexing

from skaffect.model_selection._condition import Columns, item_names
from skaffect.model_selection._fold import Fold

Metric = Callable[[Any, Any], float]
_TABLE = ("system", "condition", "fold", "part", "metric", "value", "n_train", "n_test")
_ANSWERS = ("system", "condition", "fold", "part", "item", "speaker", "true", "predicted")


class Answered(NamedTuple):
    """One system's answers to one part of a fold."""

    system: str
    condition: str
    fold: Fold
    part: str
    predicted: Any
    # Where arrays are kept: a file below the run's folder, and the beginning of their keys.
    place: str


def check_metrics(metrics: Any) -> None:
    """Raise unless these are functions by name."""
    if not isinstance(metrics, Mapping) or not metrics:
        raise TypeError(
            "metrics must be a mapping of names to functions metric(y_true, y_pred), as "
            f"{{'UAR': balanced_accuracy_score}}; got {metrics!r}."
        )
    for name, metric in metrics.items():
        if not isinstance(name, str) or not callable(metric):
            raise TypeError(
                f"metrics[{name!r}] must be a function metric(y_true, y_pred), got {metric!r}."
            )


def metric_table(
    answered: list[Answered], conditions: Mapping[str, Columns], metrics: Mapping[str, Metric]
) -> Any:
    """Return a pandas table with a row for each system, condition, fold, part and metric."""
    import pandas as pd

    rows = []
    for one in answered:
        fold, indices = one.fold, one.fold.parts[one.part]
        true = _safe_indexing(conditions[one.condition]["target"], indices)
        for name, metric in metrics.items():
            value = _measured(name, metric, true, one)
            where = (one.system, one.condition, fold.name, one.part)
            rows.append((*where, name, value, len(fold.train), len(indices)))
    return pd.DataFrame(rows, columns=list(_TABLE))


def answer_table(answered: list[Answered], conditions: Mapping[str, Columns]) -> Any:
    """Return a pandas table with a row for each answer, arrays among them as they are."""
    import pandas as pd

    names = {name: item_names(columns["data"]) for name, columns in conditions.items()}
    rows = []
    for one in answered:
        columns = conditions[one.condition]
        where = (one.system, one.condition, one.fold.name, one.part)
        indices = one.fold.parts[one.part]
        speakers = columns.get("speaker", [None] * len(columns["target"]))
        told = [_safe_indexing(values, indices) for values in (speakers, columns["target"])]
        for i, *entries in zip(indices.tolist(), *told, one.predicted, strict=True):
            rows.append((*where, names[one.condition][i], *map(_plain, entries)))
    # As objects, so that no version of pandas turns labels or whole numbers into other types.
    return pd.DataFrame(rows, columns=list(_ANSWERS), dtype=object)


def answers_for_csv(table: Any, answered: list[Answered]) -> Any:
    """Return the table with arrays named instead of shown; true ones stay with the corpus."""
    places = [f"{one.place}/{i}" for one in answered for i in range(len(one.predicted))]
    return table.assign(
        true=_objects([None if _is_array(entry) else entry for entry in table["true"]]),
        predicted=_objects(
            place if _is_array(entry) else entry
            for entry, place in zip(table["predicted"], places, strict=True)
        ),
    )


def members_of(
    conditions: Mapping[str, Columns], folds: Mapping[str, list[Fold]]
) -> dict[str, Any]:
    """Return the names of each fold's utterances."""
    members: dict[str, Any] = {}
    for name, columns in conditions.items():
        items = np.array(item_names(columns["data"]), dtype=object)
        members[name] = {
            fold.name: {
                "train": items[fold.train].tolist(),
                "parts": {part: items[of].tolist() for part, of in fold.parts.items()},
            }
            for fold in folds[name]
        }
    return members


def csv_bytes(table: Any) -> bytes:
    """Return a table as CSV, the same bytes on every system."""
    text: str = table.to_csv(index=False, lineterminator="\n")
    return text.encode("utf-8", "surrogateescape")


def _measured(name: str, metric: Metric, true: Any, one: Answered) -> float:
    where = f"{one.system!r}, {one.condition!r}, {one.fold.name!r}, part {one.part!r}"
    kept = "The answers are kept: mend the metric and run again, nothing is trained anew."
    try:
        value = metric(true, one.predicted)
    except Exception as error:
        raise RuntimeError(f"metrics[{name!r}] failed on {where}: {error} {kept}") from error
    if not isinstance(value, Real):
        raise TypeError(
            f"metrics[{name!r}] must return a number, got {type(value).__name__} on {where}. "
            f"{kept}"
        )
    return float(value)


def _plain(entry: Any) -> Any:
    return entry.item() if isinstance(entry, np.generic) else entry


def _is_array(entry: Any) -> bool:
    return np.ndim(entry) > 0


def _objects(entries: Any) -> Any:
    import pandas as pd

    return pd.Series(list(entries), dtype=object)

"""Utterances by group, to be drawn group by group and scored by any metric."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from numbers import Number
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import _num_samples

from skaffect._entries import list_entries, numeric_block, object_array
from skaffect._words import counted

Metric = Callable[[Any, Any], Any]
Rows = NDArray[np.intp]

# With fewer groups than this, 95 % intervals hold the truth in less than 89 % of cases.
FEW_GROUPS = 8

# Classes are names, truth values or integers; what is measured is a floating-point number.
_KINDS_OF_CLASSES = "USTbiu"


class Grouped(NamedTuple):
    """True and predicted entries of utterances, and the rows of each group's."""

    y_true: NDArray[Any]
    answers: list[NDArray[Any]]
    groups: list[Rows]

    def rows(self, drawn: Rows) -> Rows:
        """Return the rows of the drawn groups, a group's as often as it was drawn."""
        return np.concatenate([self.groups[group] for group in drawn])

    def classes_by_group(self) -> NDArray[np.bool_]:
        """Return whether each group (row) holds each class (column); no columns for numbers."""
        if self.y_true.ndim > 1 or self.y_true.dtype.kind not in _KINDS_OF_CLASSES:
            return np.empty((len(self.groups), 0), dtype=bool)
        classes, codes = np.unique(self.y_true, return_inverse=True)
        holds = np.zeros((len(self.groups), len(classes)), dtype=bool)
        for held, rows in zip(holds, self.groups, strict=True):
            held[codes[rows]] = True
        return holds


def checked_groups(y_true: Any, answers: Mapping[str, Any], groups: Any) -> Grouped:
    """Return what was given as arrays that rows index, by group.

    `answers` holds predictions by the name under which a message speaks of them.
    """
    given = {"y_true": y_true, **answers, "groups": groups}
    lengths = {name: _length(values, name) for name, values in given.items()}
    if len(set(lengths.values())) > 1:
        counts = ", ".join(f"{name} has {length} entries" for name, length in lengths.items())
        raise ValueError(f"{counts}; give one for each utterance.")
    return Grouped(
        _indexable(y_true, "y_true"),
        [_indexable(answer, name) for name, answer in answers.items()],
        _rows_of_groups(groups),
    )


def score(metric: Metric, y_true: Any, y_pred: Any) -> float:
    """Return the metric of all utterances or of a swap, which has to be a finite number."""
    value = metric(y_true, y_pred)
    if np.ndim(value) > 0 or not isinstance(np.asarray(value).item(), int | float):
        raise TypeError(
            f"metric must return one number, got {value!r}; choose an average, or take one of "
            "its numbers in a lambda."
        )
    if not np.isfinite(value):
        raise ValueError(
            f"metric is {float(value)} for these utterances, and has to be finite; check what it "
            "needs of y_true and of the predictions."
        )
    return float(value)


def warn_of_few(n_groups: int) -> None:
    """Warn the caller's caller when the groups are too few for an interval to be trusted."""
    if n_groups < FEW_GROUPS:
        warnings.warn(
            f"There are only {n_groups} groups (speakers): an interval from so few is too narrow "
            "to trust. Say so beside it, or evaluate more speakers.",
            UserWarning,
            stacklevel=3,
        )


def _length(values: Any, name: str) -> int:
    if isinstance(values, str | bytes):
        raise TypeError(f"{name} must hold an entry for each utterance, got {values!r}.")
    try:
        return int(_num_samples(values))
    except TypeError as error:
        raise TypeError(
            f"{name} must hold an entry for each utterance, got {values!r}."
        ) from error


def _indexable(y: Any, name: str) -> NDArray[Any]:
    """Return labels and numbers as their array, entries in an object array."""
    values = np.asarray(y) if hasattr(y, "__array__") else y
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values
    if all(isinstance(entry, str | Number | np.generic) for entry in values):
        if len({isinstance(entry, str) for entry in values}) > 1:
            other = next(entry for entry in values if not isinstance(entry, str))
            raise ValueError(
                f"{name} holds both names and numbers, such as {other!r}; give every utterance "
                "its name."
            )
        # scikit-learn's metrics are slower on names in an object array.
        return np.array(list(values))
    block = numeric_block(values)
    return object_array(list_entries(values)) if block is None else np.asarray(block)


def _rows_of_groups(groups: Any) -> list[Rows]:
    named: Sequence[Any] = list(groups)
    for i, group in enumerate(named):
        if _is_missing(group):
            raise ValueError(f"groups[{i}] is {group!r}; name the group of each utterance.")
    names = np.asarray(named)
    if names.ndim != 1:
        raise ValueError(f"groups must have shape (n,), got {names.shape}.")
    unique, codes = np.unique(names, return_inverse=True)
    if len(unique) < 2:
        raise ValueError(
            f"groups names {counted(len(unique), 'group')}, {unique.tolist()}; how much groups "
            "differ can be told from two on only."
        )
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.cumsum(np.bincount(codes))[:-1])


def _is_missing(group: Any) -> bool:
    """Tell None, NaN and their like, which alone are not equal to themselves."""
    if np.ndim(group) > 0:  # its shape is the error
        return False
    try:
        return group is None or not bool(group == group)
    except TypeError:  # pandas.NA has no truth value
        return True

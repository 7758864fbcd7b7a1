"""What holds utterances: entries, or one rectangular array; and answers in the same form.

Nothing else inspects raggedness.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from numbers import Number
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from skaffect._windows import Windows
from skaffect._words import counted

_MOST_SHOWN = 3
Checked = TypeVar("Checked")


def numeric_block(X: Any) -> Any:
    """Return `X` when it is one rectangular block of numbers, None when it holds entries."""
    if isinstance(X, str | bytes | os.PathLike):
        raise TypeError(f"Expected a sequence of utterances, got {X!r}. Wrap it in a list.")
    if isinstance(X, Windows):
        raise TypeError("Expected a sequence of utterances, got one. Wrap it in a list.")
    if isinstance(X, list | tuple):
        if _is_flat(X):
            _refuse_single()
        return np.asarray(X) if _is_nested_numbers(X) else None
    if not (hasattr(X, "__array__") or hasattr(X, "shape")):
        raise TypeError(
            f"Expected a sequence of utterances (a list or an array), got {type(X).__name__}."
        )
    if count_axes(X) != 1:
        return X
    if np.asarray(X).dtype.kind not in "OSTU" or _is_flat(X):
        _refuse_single()
    return None


def count_axes(X: Any) -> int:
    """Return how many axes an array has, or what can become one."""
    return len(X.shape) if hasattr(X, "shape") else np.asarray(X).ndim


def list_entries(X: Any) -> list[Any]:
    """Return the entries of `X`, at least one."""
    entries = list(X)
    if not entries:
        raise ValueError("Found array with 0 samples: at least one utterance is required.")
    return entries


def check_entries(entries: Sequence[Any], check: Callable[[Any, int], Checked]) -> list[Checked]:
    """Return what a check of each entry and its index returns.

    What it raises of the first bad entry is raised; if that is a path, with the next bad paths.
    """
    checked = []
    for i, entry in enumerate(entries):
        try:
            checked.append(check(entry, i))
        except (ImportError, OSError, ValueError) as error:
            if isinstance(entry, str | os.PathLike):
                error.args = (f"{error}{_bad_paths(entries[i + 1 :], check)}",)
            raise
    return checked


def refuse_pair(entry: Any, i: int) -> None:
    """Raise if ``X[i]`` is a waveform and its rate, as functions that read sound files return."""
    if not (isinstance(entry, list | tuple) and len(entry) == 2):
        return
    numbers = [isinstance(part, Number) for part in entry]
    if sum(numbers) == 1 and hasattr(entry[at := numbers.index(False)], "__array__"):
        raise ValueError(
            f"X[{i}] is a {type(entry).__name__} of a waveform and a number, as functions that "
            f"read sound files return samples and rate; pass the samples alone, X[{i}][{at}], or "
            "the file's path to an AudioReader, which resamples."
        )


def collect(entries: Iterable[Any], *, stacked: bool) -> NDArray[Any]:
    """Return an answer: one numeric array, or a 1-D object array of entries."""
    entries = list(entries)
    return np.stack(entries) if stacked else object_array(entries)


def object_array(entries: Sequence[Any]) -> NDArray[Any]:
    """Return a 1-D object array that holds the entries as they are."""
    array = np.empty(len(entries), dtype=object)
    for i, entry in enumerate(entries):
        array[i] = entry
    return array


def _bad_paths(entries: Sequence[Any], check: Callable[[Any, int], Any]) -> str:
    """Say which paths fail as well, or nothing."""
    bad = []
    for i, entry in enumerate(entries):
        if isinstance(entry, str | os.PathLike):
            try:
                check(entry, i)
            except (ImportError, OSError, ValueError):
                bad.append(repr(os.fsdecode(entry)))
    if not bad:
        return ""
    more = f" and {len(bad) - _MOST_SHOWN} more" if len(bad) > _MOST_SHOWN else ""
    return (
        f" {counted(len(bad), 'other file')} cannot be used either: "
        f"{', '.join(bad[:_MOST_SHOWN])}{more}."
    )


def _is_flat(X: Any) -> bool:
    return len(X) > 0 and all(isinstance(entry, Number) for entry in X)


def _is_nested_numbers(X: Sequence[Any]) -> bool:
    """Tell rows written as plain lists of numbers, all of one length."""
    return (
        len(X) > 0
        and all(isinstance(row, list | tuple) and _is_flat(row) for row in X)
        and len({len(row) for row in X}) == 1
    )


def _refuse_single() -> None:
    raise ValueError(
        "Expected a sequence of utterances, got a single 1-D array. If it is one utterance, "
        "wrap it in a list: [x]. Reshape your data if its values are one-value rows."
    )

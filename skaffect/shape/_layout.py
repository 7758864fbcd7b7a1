"""All frames of all utterances in one array, and answers in the form that they came in."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import list_entries, numeric_block, object_array
from skaffect._utterances import check_landmarks
from skaffect._windows import as_numbers


class Layout(NamedTuple):
    """Which frames belong to which entry, and what form a numeric array had."""

    n_frames: NDArray[np.intp]
    axes: tuple[int, ...] | None = None  # the first axes; None for entries
    flat: bool = False  # whether it was 2-D

    def answer(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return one row for each frame as entries, or as one array where one was given."""
        if self.axes is not None:
            return rows.reshape(*self.axes, *rows.shape[1:])
        return object_array(np.split(rows, np.cumsum(self.n_frames)[:-1]))

    def name(self, row: int) -> str:
        """Return what a message calls the frame of this row."""
        ends = np.cumsum(self.n_frames)
        i = int(np.searchsorted(ends, row, side="right"))
        if self.axes is not None and len(self.axes) == 1:
            return f"X[{i}]"
        return f"X[{i}] at frame {row - ends[i] + self.n_frames[i]}"


def stack_landmarks(estimator: Any, X: Any, *, reset: bool) -> tuple[NDArray[Any], Layout]:
    """Return every frame's landmarks, ``(n, n_points, 2)``, checked."""
    entries, stacked = check_landmarks(estimator, X, reset=reset)
    n_frames = np.array([len(entry) for entry in entries])
    frames = np.concatenate(entries)
    if not stacked:
        return frames, Layout(n_frames)
    ndim = np.ndim(numeric_block(X))
    return frames, _block_layout(n_frames, one_frame=ndim < 4, flat=ndim == 2)


def stack_parameters(
    X: Any, n_columns: int, *, name: str, expected: str
) -> tuple[NDArray[Any], Layout]:
    """Return every frame's numbers, ``(n, n_columns)``, checked; a 2-D array has one-frame rows.

    Messages call the entries `name`, and continue with what is `expected` of them.
    """
    block = numeric_block(X)
    if block is not None:
        given = _columns(block, n_columns, name, (2, 3), expected)
        flat = given.ndim == 2
        n_frames = np.full(len(given), 1 if flat else given.shape[1])
        return given.reshape(-1, n_columns), _block_layout(n_frames, one_frame=flat, flat=flat)
    entries = [
        _columns(entry, n_columns, f"{name}[{i}]", (2,), expected)
        for i, entry in enumerate(list_entries(X))
    ]
    return np.concatenate(entries), Layout(np.array([len(entry) for entry in entries]))


def _block_layout(n_frames: NDArray[np.intp], *, one_frame: bool, flat: bool) -> Layout:
    axes = (len(n_frames),) if one_frame else (len(n_frames), int(n_frames[0]))
    return Layout(n_frames, axes, flat)


def _columns(
    entry: Any, n_columns: int, name: str, ndims: tuple[int, ...], expected: str
) -> NDArray[Any]:
    columns = as_numbers(entry, name)
    if columns.ndim not in ndims or columns.shape[-1] != n_columns:
        raise ValueError(
            f"{name} must have {n_columns} columns, {expected}; got shape {columns.shape}."
        )
    if not np.isfinite(columns).all():
        raise ValueError(f"{name} contains NaN or infinity; repair or remove it.")
    return columns

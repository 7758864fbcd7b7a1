"""A dense layer on the latest rows, answering after every row."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames

# Answers that share one pass over the kernel, and rows from which on a pass of their own pays.
_BLOCK_ROWS, _MANY_ROWS = 4, 16
# The form of a piece of it. A few rows times a small contiguous matrix (under a million
# products) OpenBLAS multiplies as it lies in memory, a larger one it copies first: four times
# as slow.
_PIECE_INPUTS, _PIECE_UNITS = 2048, 64


class RunningDense:
    """Apply a dense layer to the last `context` rows, after every row.

    The kernel (24 MB in Table II) is larger than a processor's caches, so reading it takes
    longer than multiplying. Most of an answer is known before its last row comes: what the
    rows so far give to the next four answers is added up in one pass over the kernel, and
    what comes with the rows of this block when they come.

    Parameters
    ----------
    kernel : ndarray of shape (context, n_features, n_units), float32
        The layer's weights, the oldest row's first.
    bias : ndarray of shape (n_units,), float32
        Its bias.
    """

    def __init__(self, kernel: NDArray[np.float32], bias: NDArray[np.float32]) -> None:
        context, self._n_features, n_units = kernel.shape
        self._n_block, self._n_past = min(_BLOCK_ROWS, context), context - 1
        past = kernel[:-1].reshape(-1, n_units)
        self._pieces = [
            (inputs, units, np.ascontiguousarray(past[inputs, units]))
            for inputs in _slices(len(past), _PIECE_INPUTS)
            for units in _slices(n_units, _PIECE_UNITS)
        ]
        self._recent = kernel[-self._n_block :].reshape(-1, n_units).copy()
        self._bias = bias
        self.restart(np.zeros((self._n_past, self._n_features), np.float32))

    def restart(self, past: Frames) -> None:
        """Begin anew after these `context` - 1 rows."""
        # Those of the next block are zeros until they come.
        self._rows = np.zeros((self._n_past + self._n_block, self._n_features), np.float32)
        self._rows[: self._n_past] = past
        self._position = 0

    def push(self, rows: Frames) -> Frames:
        """Return the layer's output after each of these rows, ``(n_rows, n_units)``."""
        if len(rows) < _MANY_ROWS:
            answers = np.empty((len(rows), len(self._bias)), np.float32)
            for answer, row in zip(answers, rows, strict=True):
                answer[:] = self._push_one(row)
            return answers
        came = self._rows[self._position : self._position + self._n_past]
        came = np.concatenate([came, rows])
        self.restart(came[len(rows) :])
        return self._from_past(came[:-1]) + rows @ self._recent[-self._n_features :]

    def _push_one(self, row: Frames) -> Frames:
        i = self._position
        if i == 0:
            self._known = self._from_past(self._rows[:-1])
        self._rows[self._n_past + i] = row
        fresh = self._rows[self._n_past : self._n_past + i + 1].ravel()
        answer: Frames = self._known[i] + fresh @ self._recent[-len(fresh) :]
        self._position += 1
        if self._position == self._n_block:
            self.restart(self._rows[self._n_block :])
        return answer

    def _from_past(self, rows: Frames) -> Frames:
        """Return what each `context` - 1 of these rows give to the answer after them."""
        width = self._n_past * self._n_features
        starts = range(0, (len(rows) - self._n_past + 1) * self._n_features, self._n_features)
        seen = np.stack([rows.ravel()[start : start + width] for start in starts])
        answers = np.tile(self._bias, (len(seen), 1))
        for inputs, units, piece in self._pieces:
            answers[:, units] += seen[:, inputs] @ piece
        return answers


def _slices(length: int, step: int) -> Iterator[slice]:
    return (slice(start, start + step) for start in range(0, length, step))

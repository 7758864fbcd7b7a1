"""A dense layer on the latest rows, answering after every row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames

# Rows that share one pass over the kernel, and the units in a piece of it: for so few rows,
# OpenBLAS multiplies small contiguous pieces several times as fast as the whole.
_BLOCK_ROWS, _PIECE_UNITS = 4, 64


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
            np.ascontiguousarray(past[:, start : start + _PIECE_UNITS])
            for start in range(0, n_units, _PIECE_UNITS)
        ]
        self._recent = kernel[-self._n_block :].reshape(-1, n_units).copy()
        self._bias = bias
        self.restart()

    def restart(self) -> None:
        """Forget all rows; those before the next one are zeros."""
        # The past rows, then those of the present block, zeros until they come.
        self._rows = np.zeros((self._n_past + self._n_block, self._n_features), np.float32)
        self._position = 0

    def push(self, row: Frames) -> Frames:
        """Return the layer's output ``(n_units,)`` on the last rows, this one included."""
        i = self._position
        if i == 0:
            self._known = self._from_past()
        self._rows[self._n_past + i] = row
        fresh = self._rows[self._n_past : self._n_past + i + 1].ravel()
        answer: Frames = self._known[i] + fresh @ self._recent[-len(fresh) :]
        self._position = (i + 1) % self._n_block
        if self._position == 0:
            self._rows[: self._n_past] = self._rows[self._n_block :]
            self._rows[self._n_past :] = 0
        return answer

    def _from_past(self) -> Frames:
        """Return what rows that have come give to each answer of this block, and the bias."""
        n_features, width = self._n_features, self._n_past * self._n_features
        rows = self._rows.ravel()
        seen = np.stack([rows[i * n_features :][:width] for i in range(self._n_block)])
        return np.concatenate([seen @ piece for piece in self._pieces], axis=1) + self._bias

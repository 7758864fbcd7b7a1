"""Frames that vote for emotions, counted as they come."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray


class RunningVotes:
    """Each emotion's share of the votes so far, equation 1 of arXiv:1908.03904.

    Parameters
    ----------
    n_classes : int
        Number of emotions.
    n_latest : int or None, default=None
        How many of the latest frames count; None means all.
    """

    def __init__(self, n_classes: int, n_latest: int | None = None) -> None:
        self._counts = np.zeros(n_classes)
        self._n_latest = n_latest
        self._latest: deque[int] = deque()

    def push(self, posteriors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the shares after each of these frames, ``(n_frames, n_classes)``."""
        shares = np.empty((len(posteriors), len(self._counts)))
        for row, vote in zip(shares, posteriors.argmax(axis=1).tolist(), strict=True):
            self._counts[vote] += 1
            if self._n_latest is not None:
                self._latest.append(vote)
                if len(self._latest) > self._n_latest:
                    self._counts[self._latest.popleft()] -= 1
            row[:] = self._counts / self._counts.sum()
        return shares

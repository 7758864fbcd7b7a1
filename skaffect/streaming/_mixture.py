"""The answers of several networks, weighted anew for every frame, equation 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect.animation import DSRNRegressor
from skaffect.streaming._running_dsrn import RunningDSRN


class RunningMixture:
    """Add up what each frame's networks answer. Only networks that weigh something run.

    Parameters
    ----------
    regressors : sequence of DSRNRegressor
        Fitted regressors of one form.
    """

    def __init__(self, regressors: Sequence[DSRNRegressor]) -> None:
        built = regressors[0].architecture_
        self._networks = [RunningDSRN(regressor) for regressor in regressors]
        self._n_outputs = built["n_outputs"]
        # Before the row that completes a frame: the rest of the windows that estimate it.
        self._n_held = built["context"] - 1 + built["output_context"] - 1
        self._held = np.empty((0, built["n_bands"]), np.float32)
        self._running: set[int] = set()

    def push(self, rows: Frames, weights: NDArray[np.float64]) -> Frames:
        """Answer the frames that the last of these rows complete.

        Parameters
        ----------
        rows : ndarray of shape (n_rows, n_bands), float32
            Rows that follow those before.
        weights : ndarray of shape (n_frames, n_regressors)
            Of each frame that they complete, one for each of the last rows.

        Returns
        -------
        answers : ndarray of shape (n_frames, n_outputs), float32
            The weighted sums.
        """
        held = np.concatenate([self._held, rows])
        first = len(held) - len(weights)
        answers = np.zeros((len(weights), self._n_outputs), np.float32)
        for start, stop in _runs(weights > 0):
            self._choose(weights[start], held[: first + start])
            for i in self._running:
                own = self._networks[i].push(held[first + start : first + stop])
                answers[start:stop] += weights[start:stop, i, np.newaxis].astype(np.float32) * own
        self._held = held[max(0, len(held) - self._n_held) :]
        return answers

    def finish(self, weights: NDArray[np.float64]) -> Frames:
        """Answer the last frames, which no more rows complete, with these weights of theirs."""
        self._choose(weights.sum(axis=0), self._held)
        answers = np.zeros((len(weights), self._n_outputs), np.float32)
        for i in self._running:
            answers += weights[:, i, np.newaxis].astype(np.float32) * self._networks[i].finish()
        return answers

    def _choose(self, weights: NDArray[np.float64], before: Frames) -> None:
        """Let the networks that weigh something run; new ones catch up on the rows before."""
        chosen = set(np.flatnonzero(weights).tolist())
        for i in chosen - self._running:
            self._networks[i].restart(before[max(0, len(before) - self._n_held) :])
        self._running = chosen


def _runs(chosen: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield where runs of equal rows start and stop."""
    changes = np.flatnonzero((chosen[1:] != chosen[:-1]).any(axis=1)) + 1
    edges = [0, *changes.tolist(), len(chosen)]
    return ((start, stop) for start, stop in pairwise(edges) if start < stop)

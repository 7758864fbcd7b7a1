"""A fitted DSRN that answers frame by frame, in NumPy.

One window at a time, calling Keras costs more than computing: this is three times as fast.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect.animation import DSRNRegressor
from skaffect.nets._dsrn import POOLS
from skaffect.streaming._convolution import Convolution, pooled
from skaffect.streaming._model import copied_weights
from skaffect.streaming._running_dense import RunningDense


class RunningDSRN:
    """Shape parameters of the frames that arriving rows complete, Table II and equation 6.

    The weights are copied as they are now. It answers once it has been started.

    Parameters
    ----------
    dsrn : DSRNRegressor
        A fitted regressor.
    """

    def __init__(self, dsrn: DSRNRegressor) -> None:
        built, weights = dsrn.architecture_, partial(copied_weights, dsrn.model_)
        n_convolutions = len(built["filters"])
        self._convolutions = [
            (Convolution(kernel), bias)
            for kernel, bias in (weights(f"conv{i + 1}") for i in range(n_convolutions))
        ]
        kernel, bias = weights("dense1")
        self._n_past = built["context"] - 1
        self._dense = RunningDense(kernel.reshape(built["context"], -1, len(bias)), bias)
        self._layers = [weights(f"dense{i}") for i in range(2, len(built["dense_units"]) + 1)]
        self._layers.append(weights("shape"))
        self._scale = np.array(built["output_scale"], np.float32)
        self._mean = np.array(built["output_mean"], np.float32)
        self._n_lags = built["output_context"]

    def restart(self, rows: Frames) -> None:
        """Begin an utterance, or anew in it, after these rows: at least `context` - 1."""
        self._average = RunningAverage(self._n_lags, len(self._mean))
        self._dense.restart(self._columns(rows[: self._n_past]))
        self.push(rows[self._n_past :])

    def push(self, rows: Frames) -> Frames:
        """Return the answers that these rows complete, ``(n, n_outputs)``."""
        return self._average.push(self._estimates(self._dense.push(self._columns(rows))))

    def finish(self) -> Frames:
        """Return the answers to the last frames, which fewer windows estimate."""
        return self._average.finish()

    def _columns(self, rows: Frames) -> Frames:
        """Return what the convolutions along frequency make of each row."""
        x = rows[np.newaxis, :, :, np.newaxis]
        for (convolution, bias), size in zip(self._convolutions, POOLS, strict=False):
            x = np.maximum(pooled(convolution.of(x), size, axis=2) + bias, 0)
        return x.reshape(len(rows), x.shape[2] * x.shape[3])

    def _estimates(self, outputs: Frames) -> Frames:
        """Return each window's estimates from its first dense layer's output."""
        x = outputs
        for kernel, bias in self._layers:
            x = np.maximum(x, 0) @ kernel + bias
        return x.reshape(len(x), self._n_lags, len(self._mean)) * self._scale + self._mean


class RunningAverage:
    """Average what neighbouring windows say of each frame, equation 6, as windows come.

    Parameters
    ----------
    n_lags : int
        Frames that a window estimates, odd.
    n_outputs : int
        Numbers in an estimate.
    """

    def __init__(self, n_lags: int, n_outputs: int) -> None:
        # Of the frames that the next window estimates.
        self._totals = np.zeros((n_lags, n_outputs), np.float32)
        self._counts = np.zeros((n_lags, 1), np.float32)
        self._reach = n_lags // 2
        self._n_before = self._reach  # frames before the utterance's first, estimated too

    def push(self, estimates: NDArray[np.float32]) -> Frames:
        """Return the averages of the frames that no later window estimates."""
        answers = np.empty((len(estimates), self._totals.shape[1]), np.float32)
        for answer, estimate in zip(answers, estimates, strict=True):
            self._totals += estimate
            self._counts += 1
            answer[:] = self._totals[0] / self._counts[0]
            for held in (self._totals, self._counts):
                held[:-1] = held[1:]
                held[-1] = 0
        return self._without_those_before(answers)

    def finish(self) -> Frames:
        """Return the averages of the last frames."""
        left = slice(self._n_before, self._reach)
        return self._totals[left] / self._counts[left]

    def _without_those_before(self, answers: Frames) -> Frames:
        n_left_out = min(self._n_before, len(answers))
        self._n_before -= n_left_out
        return answers[n_left_out:]

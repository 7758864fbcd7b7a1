"""Posteriors of few windows at a time, in NumPy.

A call of Keras for one window costs as much as computing it: this is more than twice as fast.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect.emotion import DERNClassifier
from skaffect.features import MFSCWindower
from skaffect.nets._dern import POOL
from skaffect.streaming._convolution import Convolution, pooled
from skaffect.streaming._model import check_window_shape, copied_weights

_MOST_WINDOWS = 8  # at a time: what they become fits a processor's caches


class FramePosteriors:
    """A fitted DERN, Table I, asked about few windows at a time.

    The weights are copied as they are now.

    Parameters
    ----------
    windower : MFSCWindower
        What makes the windows.
    dern : DERNClassifier
        A fitted classifier.
    """

    def __init__(self, windower: MFSCWindower, dern: DERNClassifier) -> None:
        check_window_shape(windower, dern)
        weights = partial(copied_weights, dern.model_)
        (first, first_bias), *others = (
            weights(f"conv{i + 1}") for i in range(len(dern.architecture_["filters"]))
        )
        self._n_around = first.shape[1]
        self._convolutions = [(Convolution(first.swapaxes(1, 2)), first_bias)]
        self._convolutions += [(Convolution(kernel), bias) for kernel, bias in others]
        self._dense, self._emotion = weights("dense"), weights("emotion")

    def of(self, windows: Frames) -> NDArray[np.float32]:
        """Return the posteriors of windows, ``(n_windows, n_classes)``."""
        posteriors = np.empty((len(windows), len(self._emotion[1])), np.float32)
        for start in range(0, len(windows), _MOST_WINDOWS):
            part = slice(start, start + _MOST_WINDOWS)
            posteriors[part] = self._of_few(windows[part])
        return posteriors

    def _of_few(self, windows: Frames) -> NDArray[np.float32]:
        x = _beside_each_other(windows, self._n_around)
        for convolution, bias in self._convolutions:
            x = pooled(pooled(convolution.of(x), POOL, axis=0), POOL, axis=2)
            x = np.maximum(x + bias, 0)
        x = x.transpose(1, 2, 0, 3).reshape(len(windows), -1)
        x = np.maximum(x @ self._dense[0] + self._dense[1], 0)
        x = x @ self._emotion[0] + self._emotion[1]
        x = np.exp(x - x.max(axis=1, keepdims=True))
        return x / x.sum(axis=1, keepdims=True)


def _beside_each_other(windows: Frames, n_around: int) -> Frames:
    """Return windows as images whose channels are the frames around each frame.

    That makes the first convolution, which has one channel and few products, one over bands.
    """
    n_windows, n_bands, context = windows.shape
    padded = np.zeros((context + n_around - 1, n_windows, n_bands), np.float32)
    padded[n_around // 2 : n_around // 2 + context] = windows.transpose(2, 0, 1)
    return np.stack([padded[tap : tap + context] for tap in range(n_around)], axis=3)

"""Posteriors of few frames at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import Frames
from skaffect.emotion import DERNClassifier
from skaffect.features import MFSCWindower
from skaffect.streaming._model import check_window_shape

_MOST_WINDOWS = 256  # in one call of the network


class FramePosteriors:
    """A fitted DERN, asked about few windows at a time."""

    def __init__(self, windower: MFSCWindower, dern: DERNClassifier) -> None:
        check_window_shape(windower, dern)
        self._network = dern.model_
        self._n_classes = len(dern.classes_)
        # The network is compiled for one window, then for any number: not while sound comes.
        for n_windows in (1, 2):
            self.of(np.zeros((n_windows, *dern.window_shape_in_), np.float32))

    def of(self, windows: Frames) -> NDArray[np.float32]:
        """Return the posteriors of windows, ``(n_windows, n_classes)``."""
        posteriors = np.empty((len(windows), self._n_classes), np.float32)
        for start in range(0, len(windows), _MOST_WINDOWS):
            part = slice(start, start + _MOST_WINDOWS)
            batch = np.ascontiguousarray(windows[part])
            posteriors[part] = np.asarray(self._network.predict_on_batch(batch))
        return posteriors

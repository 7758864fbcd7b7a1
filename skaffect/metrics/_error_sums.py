"""Errors of faces as sums for each utterance, from which folds and speakers are put together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def error_sums(y_true: Any, y_pred: Any) -> NDArray[np.float64]:
    """Return each utterance's squared error, that of the mean face, and the number of values.

    Parameters
    ----------
    y_true : sequence of n arrays of shape (n_frames, n_components)
        True shape parameters, counted from the training frames' mean; NaN in frames that are
        not observed, which count nowhere.
    y_pred : sequence of n arrays of shape (n_frames, n_components)
        The predicted ones.

    Returns
    -------
    sums : ndarray of shape (n, 3)
        Summed over the observed frames of each utterance.
    """
    sums = []
    for true, predicted in zip(y_true, y_pred, strict=True):
        seen = ~np.isnan(true[:, 0])
        own = np.asarray(true[seen], np.float64)
        sums.append([np.sum((predicted[seen] - own) ** 2), np.sum(own**2), own.size])
    return np.array(sums)


def error_ratio(y_true: Any, y_pred: Any) -> float:
    """Return the squared error of all frames beside that of the mean training face.

    `y_pred` are such sums; `y_true` is in them already.
    """
    total = np.sum(np.stack(list(y_pred)), axis=0)
    return float(total[0] / total[1])


def squared_error(y_true: Any, y_pred: Any) -> float:
    """Return the mean squared error of shape parameters, from the same sums."""
    total = np.sum(np.stack(list(y_pred)), axis=0)
    return float(total[0] / total[2])

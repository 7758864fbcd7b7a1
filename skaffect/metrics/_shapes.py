"""Squared errors of shape parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skaffect._windows import as_numbers
from skaffect.metrics._observed import observed_frames


def shape_mse(y_true: Any, y_pred: Any) -> float:
    """Compute the mean squared error of shape parameters, over frames and components.

    The loss of section III-A.2 of [1]_. All utterances' frames are pooled, so each frame
    counts once whatever the length of its utterance.

    Parameters
    ----------
    y_true : sequence of arrays of shape (n_frames, n_components), or array
        True shape parameters of each utterance. Frames with NaN are not observed, and are
        left out. An array may have shape (n_utterances, n_frames, n_components), or, where
        each utterance is one frame, (n, n_components).
    y_pred : sequence of arrays of shape (n_frames, n_components), or array
        Predicted shape parameters, of the same lengths.

    Returns
    -------
    error : float
        Mean squared error, in square pixels of the aligned frame, at least 0.

    Raises
    ------
    ValueError
        If entries differ in number, length or width, if an observed frame is predicted as
        NaN or infinity, or if no frame is observed.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    Two utterances, of two frames and of one:

    >>> import numpy as np
    >>> from skaffect import shape_mse
    >>> y_true = [np.zeros((2, 3)), np.zeros((1, 3))]
    >>> y_pred = [np.zeros((2, 3)), np.full((1, 3), 3.0)]
    >>> shape_mse(y_true, y_pred)
    3.0
    """
    pairs = observed_frames(y_true, y_pred, ndim=2)
    return float(np.mean(np.concatenate([(p.predicted - p.true) ** 2 for p in pairs])))


def mean_face_ratio(y_true: Any, y_pred: Any, mean: ArrayLike) -> float:
    """Compare a prediction's squared error with that of one constant face.

    The squared error, summed over components and over the observed frames of all
    utterances, is divided by that of predicting `mean` in every frame: 0 is perfect, and
    from 1 on nothing was learnt. With the mean of the scored frames themselves this were
    1 minus the coefficient of determination, its components weighted by their variances.

    Parameters
    ----------
    y_true : sequence of arrays of shape (n_frames, ...), or array
        Each utterance's true shape parameters, (n_frames, n_components), or landmarks,
        (n_frames, n_points, 2). Frames with NaN are left out.
    y_pred : sequence of arrays of shape (n_frames, ...), or array
        What was predicted, of the same shapes.
    mean : array-like of shape (n_components,) or (n_points, 2)
        The mean over the frames that the model was trained on. Taken from the scored
        frames, it would know the answer.

    Returns
    -------
    ratio : float
        Ratio of the summed squared errors, at least 0.

    Raises
    ------
    ValueError
        As :func:`shape_mse`; if `mean` is not finite or of another shape than a frame, or
        if it is the truth itself in every frame.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import mean_face_ratio
    >>> y_train = [np.array([[1.0], [3.0]])]
    >>> y_true = [np.array([[0.0], [4.0]])]
    >>> mean_face_ratio(y_true, [np.array([[1.0], [3.0]])], np.concatenate(y_train).mean(axis=0))
    0.25
    """
    constant = as_numbers(mean, "mean").astype(np.float64)
    if constant.ndim not in (1, 2) or not np.isfinite(constant).all():
        raise ValueError(
            "mean must be finite, of shape (n_components,) or (n_points, 2), the mean of the "
            f"training frames; got shape {constant.shape}. np.nanmean leaves out the frames "
            "that are not observed."
        )
    pairs = observed_frames(y_true, y_pred, ndim=1 + constant.ndim)
    if pairs[0].true.shape[1:] != constant.shape:
        raise ValueError(
            f"mean has shape {constant.shape}, but a frame of y_true {pairs[0].true.shape[1:]}; "
            "take it over the frames alone, from the same parameters or points."
        )
    of_mean = sum(float(np.sum((pair.true - constant) ** 2)) for pair in pairs)
    if of_mean == 0:
        raise ValueError("mean equals y_true in every frame, so there is nothing to predict.")
    return sum(float(np.sum((pair.predicted - pair.true) ** 2)) for pair in pairs) / of_mean

"""Scorers for scikit-learn's `cross_validate`, whose samples are utterances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sklearn.metrics import make_scorer

from skaffect.metrics._landmarks import (
    landmark_error,
    lip_opening_correlation,
    lip_opening_error,
)
from skaffect.metrics._shapes import shape_mse
from skaffect.shape import LOWER_FACE
from skaffect.shape._points import (
    CORNERS_NAME,
    INNER_LIPS,
    LIPS_NAME,
    MOUTH_CORNERS,
    columns_of,
)


def shape_scorers() -> dict[str, Any]:
    """Make scorers of shape parameters for `cross_validate`.

    Returns
    -------
    scorers : dict of str to callable
        ``"neg_shape_mse"``, minus :func:`shape_mse`, so that greater is better. A score that
        compares with the mean face needs the training part, which a scorer does not see.

    Examples
    --------
    >>> from skaffect import shape_scorers
    >>> sorted(shape_scorers())
    ['neg_shape_mse']
    """
    return {"neg_shape_mse": _scorer(shape_mse, sign=-1)}


def landmark_scorers(*, points: Sequence[int] = LOWER_FACE) -> dict[str, Any]:
    """Make scorers of landmarks for `cross_validate`, in which greater is better.

    Parameters
    ----------
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the columns of the tracks are.

    Returns
    -------
    scorers : dict of str to callable
        ``"neg_landmark_error"``, minus :func:`landmark_error` in pixels;
        ``"neg_mouth_width_error"``, minus the same in mouth widths;
        ``"neg_lip_opening_error"``, minus :func:`lip_opening_error`; and
        ``"lip_opening_correlation"``.

    Raises
    ------
    ValueError
        If `points` lacks the corners of the mouth or the inner lips.

    Examples
    --------
    Learning where the face goes from one number for each frame, in two folds:

    >>> import numpy as np
    >>> from sklearn.base import BaseEstimator
    >>> from sklearn.model_selection import cross_validate
    >>> from skaffect import landmark_scorers
    >>> class Opener(BaseEstimator):
    ...     def fit(self, X, y):
    ...         return self
    ...     def predict(self, X):
    ...         return [frames[:, :, None] * [[0, 0], [0, 0], [4, 0], [0, 4]] for frames in X]
    >>> X = [np.random.RandomState(i).rand(9, 1) for i in range(4)]
    >>> y = Opener().predict(X)
    >>> scoring = landmark_scorers(points=[48, 62, 54, 66])
    >>> scores = cross_validate(Opener(), X, y, cv=2, scoring=scoring)
    >>> abs(scores["test_neg_landmark_error"])
    array([0., 0.])
    >>> scores["test_lip_opening_correlation"].round(6)
    array([1., 1.])
    """
    columns_of(points, MOUTH_CORNERS, CORNERS_NAME)
    columns_of(points, INNER_LIPS, LIPS_NAME)
    return {
        "neg_landmark_error": _scorer(landmark_error, sign=-1),
        "neg_mouth_width_error": _scorer(
            landmark_error, sign=-1, normalize="mouth_width", points=points
        ),
        "neg_lip_opening_error": _scorer(lip_opening_error, sign=-1, points=points),
        "lip_opening_correlation": _scorer(lip_opening_correlation, sign=1, points=points),
    }


def _scorer(function: Any, *, sign: int, **parameters: Any) -> Any:
    return make_scorer(function, greater_is_better=sign > 0, **parameters)

"""Distances of landmarks, and of the lips' opening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skaffect._parameters import check_option
from skaffect.metrics._observed import Floats, Pair, observed_frames
from skaffect.shape import LOWER_FACE
from skaffect.shape._points import (
    CORNERS_NAME,
    INNER_LIPS,
    LIPS_NAME,
    MOUTH_CORNERS,
    checked_point_count,
    columns_of,
)

_EPS32 = float(np.finfo(np.float32).eps)


def landmark_error(
    y_true: Any,
    y_pred: Any,
    *,
    normalize: str | None = None,
    points: Sequence[int] = LOWER_FACE,
) -> float:
    """Compute the mean distance between true and predicted landmarks.

    Distances are averaged over the points and over the observed frames of all utterances.

    Parameters
    ----------
    y_true : sequence of arrays of shape (n_frames, n_points, 2), or array
        True landmarks of each utterance in pixels. Frames with NaN are left out. An array
        may have shape (n_utterances, n_frames, n_points, 2), or, where each utterance is
        one frame, (n, n_points, 2) or (n, 2 * n_points).
    y_pred : sequence of arrays of shape (n_frames, n_points, 2), or array
        Predicted landmarks, of the same shapes.
    normalize : {None, "mouth_width"}, default=None
        "mouth_width" divides by the distance of the true corners of the mouth, points 48
        and 54, which makes faces near and far comparable. It is averaged over the observed
        frames of each utterance: one frame's own width would count errors in rounded lips
        more than in a smile. So put the track of one utterance into a list.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the columns are; used by "mouth_width" only.

    Returns
    -------
    error : float
        Mean distance in pixels, or in mouth widths, at least 0.

    Raises
    ------
    ValueError
        If entries differ in number or shape, if an observed frame is predicted as NaN or
        infinity, if no frame is observed, if `points` do not belong to the tracks, or if a
        mouth has no width.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import landmark_error
    >>> y_true = np.array([[[100.0, 50.0], [150.0, 50.0]]])
    >>> landmark_error([y_true], [y_true + [3, 4]])
    5.0
    >>> landmark_error([y_true], [y_true + [3, 4]], normalize="mouth_width", points=[48, 54])
    0.1
    """
    check_option("normalize", normalize, (None, "mouth_width"))
    pairs = observed_frames(y_true, y_pred, ndim=3)
    distances = [np.linalg.norm(p.predicted - p.true, axis=-1).mean(axis=1) for p in pairs]
    if normalize == "mouth_width":
        corners = _columns(points, pairs, MOUTH_CORNERS, CORNERS_NAME)
        distances = [
            d / _mouth_width(pair, corners) for d, pair in zip(distances, pairs, strict=True)
        ]
    return float(np.mean(np.concatenate(distances)))


def lip_opening_error(y_true: Any, y_pred: Any, *, points: Sequence[int] = LOWER_FACE) -> float:
    """Compute how far the lips' opening is off: its mean absolute error.

    The opening is the distance between the middles of the inner lips, points 62 and 66. It
    does not depend on where the head is or how it is turned.

    Parameters
    ----------
    y_true : sequence of arrays of shape (n_frames, n_points, 2), or array
        True landmarks of each utterance in pixels. Frames with NaN are left out.
    y_pred : sequence of arrays of shape (n_frames, n_points, 2), or array
        Predicted landmarks, of the same shapes.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the columns are.

    Returns
    -------
    error : float
        Mean absolute error in pixels over the observed frames of all utterances.

    Raises
    ------
    ValueError
        As :func:`landmark_error`.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import lip_opening_error
    >>> y_true = np.array([[[100.0, 50.0], [100.0, 60.0]]])
    >>> y_pred = np.array([[[100.0, 50.0], [100.0, 53.0]]])
    >>> lip_opening_error([y_true], [y_pred], points=[62, 66])
    7.0
    """
    pairs = observed_frames(y_true, y_pred, ndim=3)
    lips = _columns(points, pairs, INNER_LIPS, LIPS_NAME)
    errors = [np.abs(_distance(p.predicted, lips) - _distance(p.true, lips)) for p in pairs]
    return float(np.mean(np.concatenate(errors)))


def lip_opening_correlation(
    y_true: Any, y_pred: Any, *, points: Sequence[int] = LOWER_FACE
) -> float:
    """Compute whether lips open and close when they should: the openings' correlation.

    Pearson's correlation of true and predicted opening is taken over the observed frames
    of each utterance, and averaged over utterances. The opening is the distance between
    the middles of the inner lips, points 62 and 66.

    Parameters
    ----------
    y_true : sequence of arrays of shape (n_frames, n_points, 2), or array
        True landmarks of each utterance in pixels. Frames with NaN are left out. An array
        of shape (n, n_points, 2) holds utterances of one frame, in which nothing moves: put
        the track of one utterance into a list.
    y_pred : sequence of arrays of shape (n_frames, n_points, 2), or array
        Predicted landmarks, of the same shapes.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the columns are.

    Returns
    -------
    correlation : float
        Mean correlation, in [-1, 1]. An utterance whose true lips do not move says nothing
        and is left out; one whose predicted lips do not move counts as 0.

    Raises
    ------
    ValueError
        As :func:`landmark_error`, and if the true lips move in no utterance.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import lip_opening_correlation
    >>> opening = np.array([0.0, 5.0, 9.0, 4.0])
    >>> y_true = np.zeros((4, 2, 2))
    >>> y_true[:, 1, 1] = opening
    >>> lip_opening_correlation([y_true, y_true], [0.5 * y_true, 0 * y_true], points=[62, 66])
    0.5
    """
    pairs = observed_frames(y_true, y_pred, ndim=3)
    lips = _columns(points, pairs, INNER_LIPS, LIPS_NAME)
    correlations = [
        _correlation(pair, lips) for pair in pairs if _moves(pair.true, _distance(pair.true, lips))
    ]
    if not correlations:
        raise ValueError(
            "The true lips move in no utterance of y_true, so no correlation is defined; give "
            "utterances of two observed frames or more, in which somebody speaks."
        )
    return float(np.mean(correlations))


def _columns(
    points: Sequence[int], pairs: list[Pair], wanted: tuple[int, int], what: str
) -> list[int]:
    first = pairs[0]
    checked_point_count(points, first.true.shape[1], f"y_true[{first.i}]")
    return columns_of(points, wanted, what)


def _distance(track: Floats, pair: list[int]) -> Floats:
    """Return the distance of two points in every frame, in pixels."""
    distance: Floats = np.linalg.norm(track[:, pair[0]] - track[:, pair[1]], axis=-1)
    return distance


def _mouth_width(pair: Pair, corners: list[int]) -> float:
    width = float(_distance(pair.true, corners).mean())
    if width == 0:
        raise ValueError(
            f"y_true[{pair.i}] has a mouth of no width: its points 48 and 54 are equal in every "
            "frame; see that points names the right columns."
        )
    return width


def _moves(track: Floats, opening: Floats) -> bool:
    """Tell whether an opening varies by more than what rounding to float32 makes of it."""
    return bool(np.ptp(opening) > 8 * _EPS32 * np.abs(track).max())


def _correlation(pair: Pair, lips: list[int]) -> float:
    predicted = _distance(pair.predicted, lips)
    if not _moves(pair.predicted, predicted):
        return 0.0
    return float(np.corrcoef(_distance(pair.true, lips), predicted)[0, 1])

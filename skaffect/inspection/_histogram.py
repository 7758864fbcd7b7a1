"""How the weights lie over classes of frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._frame_classes import FRAME_CLASSES, N_VALUES
from skaffect._windows import as_numbers


def weight_histogram(
    weights: Sequence[NDArray[Any]], classes: Sequence[NDArray[Any]]
) -> dict[str, NDArray[np.float64]]:
    """Count frame weights over voiced, unvoiced and silent frames.

    As in Figure 2b and c of [1]_: each utterance's weights are divided by the largest of them
    and rounded to 0.1; then the frames of all utterances are counted together, class by class.

    Parameters
    ----------
    weights : sequence of arrays of shape (n_frames,), length n
        The weights of each utterance's frames, as :func:`frame_weights` gives them.
    classes : sequence of arrays of shape (n_frames,), length n
        ``"voiced"``, ``"unvoiced"`` or ``"silent"`` for each frame, as
        :func:`voicing_classes` and :func:`phone_classes` give them.

    Returns
    -------
    histogram : dict of str to ndarray of shape (11,), float64
        For ``"voiced"``, ``"unvoiced"`` and ``"silent"``, in this order, the shares of the
        class's frames whose weight is 0, 0.1 and so on to 1. They sum to one, or are NaN
        where no frame is of the class.

    Raises
    ------
    ValueError
        If weights and classes are not as many, weights are negative, not finite or all
        zero, or a class has another name; the message names the utterance.

    See Also
    --------
    plot_frame_weights : Draws it.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 3.4.

    Examples
    --------
    >>> from skaffect import weight_histogram
    >>> weights = [[0.1, 0.4, 0.4, 0.1], [0.5, 0.25, 0.25]]
    >>> classes = [["silent", "voiced", "voiced", "unvoiced"], ["voiced", "silent", "silent"]]
    >>> histogram = weight_histogram(weights, classes)
    >>> float(histogram["voiced"][10])
    1.0
    >>> histogram["silent"].nonzero()[0].tolist()
    [2, 5]
    """
    if len(weights) != len(classes):
        raise ValueError(
            f"weights holds {len(weights)} utterances, but classes {len(classes)}; give both for "
            "each utterance."
        )
    counts = np.zeros((len(FRAME_CLASSES), N_VALUES))
    for i, (given, names) in enumerate(zip(weights, classes, strict=True)):
        values = np.rint(10 * _relative(given, i)).astype(int)
        np.add.at(counts, (_rows(names, len(values), i), values), 1)
    totals = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, totals, out=np.full_like(counts, np.nan), where=totals > 0)
    return dict(zip(FRAME_CLASSES, shares, strict=True))


def _relative(given: Any, i: int) -> NDArray[np.float64]:
    """Return an utterance's weights, divided by the largest."""
    values = as_numbers(given, f"weights[{i}]").astype(np.float64)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"weights[{i}] must have shape (n_frames,), got {values.shape}.")
    if not np.isfinite(values).all() or values.min() < 0 or values.max() == 0:
        raise ValueError(
            f"weights[{i}] must be finite, at least 0 and not all 0; give what frame_weights "
            "answers."
        )
    return values / values.max()


def _rows(names: Any, n_frames: int, i: int) -> NDArray[np.intp]:
    """Return the number of each frame's class."""
    named = np.asarray(names)
    if named.shape != (n_frames,):
        raise ValueError(
            f"classes[{i}] has shape {named.shape}, but weights[{i}] has {n_frames} frames; both "
            "must come from the same utterance and the same framing."
        )
    matches = named == np.array(FRAME_CLASSES)[:, np.newaxis]
    if not matches.any(axis=0).all():
        other = named[~matches.any(axis=0)].tolist()[0]
        raise ValueError(
            f"classes[{i}] holds {other!r}; a frame is one of "
            f"{', '.join(map(repr, FRAME_CLASSES))}."
        )
    return matches.argmax(axis=0)

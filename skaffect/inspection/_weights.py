"""The weights of both attentions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._utterances import object_array
from skaffect.device import DualAttentionDeviceClassifier
from skaffect.inspection._attended import (
    FRAMES_PER_STEP,
    attended,
    fitted_classifier,
    layer_answers,
    step_weights,
)


def band_weights(model: Any, X: Any) -> NDArray[np.float64]:
    """Return how much a dual attention network weighs each frequency band of utterances.

    These are the weights w_k of equation 2 of [1]_, the answer of attention-2, which
    Figure 2a shows.

    Parameters
    ----------
    model : DualAttentionDeviceClassifier, or Pipeline that ends in one
        The fitted model. A pipeline's earlier steps transform `X` first.
    X : sequence of length n, or array
        The utterances, as `model` takes them.

    Returns
    -------
    weights : ndarray of shape (n, n_bands), float64
        The weights of each utterance, from the lowest band to the highest; they sum to
        one. An utterance's do not depend on the others beyond rounding.

    Raises
    ------
    TypeError
        If `model` is something else; single attention weighs no bands.
    NotFittedError
        If it is not fitted.
    ValueError
        If an utterance is not of the kind that it was fitted on.

    See Also
    --------
    frame_weights : How much it weighs each frame.
    plot_band_weights : Figure 2a.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 2.3.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DualAttentionDeviceClassifier, band_weights
    >>> rng = np.random.default_rng(0)
    >>> frames = [rng.normal(size=(n, 24)) for n in (30, 32, 29, 31)]
    >>> device = ["phone", "recorder", "phone", "recorder"]
    >>> model = DualAttentionDeviceClassifier(filters=(4, 4, 4), epochs=1, random_state=0)
    >>> weights = band_weights(model.fit(frames, device), frames)
    >>> weights.shape, weights.sum(axis=1).round(6).tolist()
    ((4, 24), [1.0, 1.0, 1.0, 1.0])
    """
    classifier = fitted_classifier(model)
    if not isinstance(classifier, DualAttentionDeviceClassifier):
        raise TypeError(
            "model must be a DualAttentionDeviceClassifier, or end in one, to weigh bands; got "
            f"{type(classifier).__name__}, which attends to frames only: see frame_weights."
        )
    weights = np.stack(layer_answers(attended(model, X), "band_weights"))
    # float32 weights add up to one only nearly.
    return weights / weights.sum(axis=1, keepdims=True)


def frame_weights(model: Any, X: Any) -> NDArray[Any]:
    """Return how much an attention network weighs each frame of utterances.

    These are the weights w_t of equation 1 of [1]_, the answer of attention-1.

    Parameters
    ----------
    model : attention classifier, or Pipeline that ends in one
        The fitted model, a :class:`DualAttentionDeviceClassifier` or a
        :class:`SingleAttentionDeviceClassifier`. A pipeline's earlier steps transform `X`
        first.
    X : sequence of length n, or array
        The utterances, as `model` takes them.

    Returns
    -------
    weights : ndarray of shape (n,), object
        One float64 array of shape (n_frames,) for each utterance, which does not depend
        on the others beyond rounding.

    Raises
    ------
    TypeError
        If `model` is something else.
    NotFittedError
        If it is not fitted.
    ValueError
        If an utterance is not of the kind that it was fitted on.

    See Also
    --------
    band_weights : How much it weighs each band.
    deletion_test : Whether the weights matter.
    weight_histogram : How the weights lie over voiced, unvoiced and silent frames.

    Notes
    -----
    The network pools time by four (Table 1 of [1]_), so it has one weight for each step of
    four frames, and every frame is given its step's. The weights of an utterance's steps
    sum to one, hence those of its frames to four, or less where the last step is cut short.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 2.2.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import SingleAttentionDeviceClassifier, frame_weights
    >>> rng = np.random.default_rng(0)
    >>> frames = [rng.normal(size=(n, 24)) for n in (30, 32, 29, 31)]
    >>> device = ["phone", "recorder", "phone", "recorder"]
    >>> model = SingleAttentionDeviceClassifier(filters=(4, 4, 4), epochs=1, random_state=0)
    >>> weights = frame_weights(model.fit(frames, device), frames)
    >>> [entry.shape for entry in weights]
    [(30,), (32,), (29,), (31,)]
    >>> float(weights[2][::4].sum().round(6))
    1.0
    """
    utterances = attended(model, X)
    return object_array(
        [
            np.repeat(weights, FRAMES_PER_STEP)[: len(entry)]
            for weights, entry in zip(step_weights(utterances), utterances.entries, strict=True)
        ]
    )

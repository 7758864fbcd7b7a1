"""A scorer that tells a cascade the true emotions."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike
from sklearn.utils.metadata_routing import MetadataRequest


def oracle_scorer(estimator: Any, X: Any, y: Any, *, emotion: ArrayLike | None = None) -> float:
    """Score a fitted cascade with the true emotions, the paper's "actual emotion".

    A scorer for scikit-learn, ``scoring={"true": oracle_scorer}``. It asks for `emotion`
    by metadata routing, which must be switched on.

    Parameters
    ----------
    estimator : estimator
        A fitted :class:`EmotionConditionedRegressor`, alone or within a pipeline or a
        :class:`ShapeTargetRegressor`.
    X : sequence of length n, or array
        The utterances.
    y : sequence of length n, or array
        The true answers, as the estimator's `score` takes them.
    emotion : array-like of shape (n,)
        The true emotion of each utterance. It must be given.

    Returns
    -------
    score : float
        What ``estimator.score(X, y, emotion=emotion)`` returns.

    Raises
    ------
    ValueError
        If `emotion` is missing.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DERNClassifier, DSRNRegressor, EmotionConditionedRegressor
    >>> from skaffect import Windows, oracle_scorer
    >>> rng = np.random.RandomState(0)
    >>> X = [Windows(rng.randn(20, 8)) for _ in range(4)]
    >>> y = [windows.frames[:, :2] for windows in X]
    >>> emotion = ["happy", "sad", "happy", "sad"]
    >>> cascade = EmotionConditionedRegressor(
    ...     DERNClassifier(filters=(2,), dense_units=4, epochs=1, random_state=0),
    ...     DSRNRegressor(filters=(2,), dense_units=(4,), epochs=1, random_state=0),
    ... ).fit(X, y, emotion=emotion)
    >>> oracle_scorer(cascade, X, y, emotion=emotion) <= 1
    True
    """
    if emotion is None:
        raise ValueError(
            "oracle_scorer needs the true emotions: switch on metadata routing "
            "(sklearn.set_config(enable_metadata_routing=True)) and pass "
            'params={"emotion": labels} to cross_validate.'
        )
    return float(estimator.score(X, y, emotion=emotion))


def _requests() -> MetadataRequest:
    """Say what metadata the scorer takes, for scikit-learn."""
    request = MetadataRequest(owner="oracle_scorer")
    request.score.add_request(param="emotion", alias=True)
    return request


# scikit-learn asks any object for this; a class would be one only for the sake of it.
oracle_scorer.get_metadata_routing = _requests  # type: ignore[attr-defined]

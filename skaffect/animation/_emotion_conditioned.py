"""A regressor for each emotion, chosen by what the speech sounds like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin, clone
from sklearn.utils import _safe_indexing, column_or_1d, indexable
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _num_samples, check_is_fitted

from skaffect._entries import object_array
from skaffect._parameters import check_option, check_real
from skaffect._regression import score_frames
from skaffect._targets import check_frame_targets
from skaffect._utterances import check_one_each
from skaffect.animation._dsrn import DSRNRegressor
from skaffect.emotion import DERNClassifier

MODES = ("cascade", "true", "universal")
# With a single utterance nothing could be held out, and a speaker's day would be an emotion.
_FEWEST_UTTERANCES = 2


class EmotionConditionedRegressor(RegressorMixin, MetaEstimatorMixin, BaseEstimator):
    """Shape parameters by one regressor for each emotion, fused by the two likeliest emotions.

    The cascade of section II of [1]_: a classifier names an utterance's two most likely
    emotions and their weights (equations 2 to 4), and the regressors trained on these
    emotions answer together, so weighted (equation 5).

    Parameters
    ----------
    classifier : estimator, default=None
        A classifier of utterances with `top_two`. None means ``DERNClassifier()``.
    regressor : estimator, default=None
        A regressor of utterances. None means ``DSRNRegressor()``.
    confident : float in [0, 1], default=0.65
        Above this share of votes the first emotion stands alone (equation 3).
    universal : bool, default=False
        Also train one regressor on all emotions together, the paper's "all combined".
    n_jobs : int or None, default=None
        Number of processes that fit the classifier and the regressors; None means one, -1
        all processors. Utterances travel to them as frames.

    Attributes
    ----------
    classes_ : ndarray of shape (n_emotions,)
        The emotions, sorted.
    classifier_ : estimator
        The fitted classifier.
    regressors_ : dict
        The fitted regressor of each emotion.
    universal_ : estimator
        The regressor fitted on all emotions; only with `universal`.
    n_features_in_ : int
        Number of bands seen in `fit`.

    See Also
    --------
    ShapeTargetRegressor : Put around this one, to learn from landmarks and answer with them.
    oracle_scorer : Scores a fitted cascade with the true emotions.

    Notes
    -----
    `emotion` is metadata: in a pipeline or a cross-validation, switch on scikit-learn's
    metadata routing and ask for it with ``set_fit_request(emotion=True)``.

    The fusion comes after equation 6's average over overlapping estimates, where the paper
    has it before; both are linear, so the order does not matter.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DERNClassifier, DSRNRegressor, EmotionConditionedRegressor, Windows
    >>> rng = np.random.RandomState(0)
    >>> X = [Windows(rng.randn(20, 8)) for _ in range(4)]
    >>> y = [windows.frames[:, :2] for windows in X]
    >>> cascade = EmotionConditionedRegressor(
    ...     DERNClassifier(filters=(2,), dense_units=4, epochs=1, random_state=0),
    ...     DSRNRegressor(filters=(2,), dense_units=(4,), epochs=1, random_state=0),
    ... )
    >>> cascade = cascade.fit(X, y, emotion=["happy", "sad", "happy", "sad"])
    >>> cascade.predict(X)[0].shape
    (20, 2)
    >>> cascade.predict(X, emotion=["sad"] * 4)[0].shape
    (20, 2)
    """

    def __init__(
        self,
        classifier: Any = None,
        regressor: Any = None,
        *,
        confident: float = 0.65,
        universal: bool = False,
        n_jobs: int | None = None,
    ) -> None:
        self.classifier = classifier
        self.regressor = regressor
        self.confident = confident
        self.universal = universal
        self.n_jobs = n_jobs

    def fit(
        self,
        X: Any,
        y: Any,
        emotion: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> EmotionConditionedRegressor:
        """Train the classifier and one regressor for each emotion.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_outputs), or array
            Shape parameters of every frame of each utterance.
        emotion : array-like of shape (n,)
            The emotion of each utterance. It must be given.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance, for the classifier and the regressors.
        groups : array-like of shape (n,), default=None
            Group of each utterance, such as its speaker, for their early stopping.

        Returns
        -------
        self : EmotionConditionedRegressor
            The fitted regressor.

        Raises
        ------
        ValueError
            If `emotion` is missing or of another length, if there is only one emotion, or
            if one has fewer than two utterances.
        """
        check_real("confident", self.confident, within=(0.0, 1.0))
        check_option("universal", self.universal, (True, False))
        emotions = _checked_emotions(X, emotion)
        if y is None:
            raise ValueError(
                "EmotionConditionedRegressor requires y to be passed, but the target y is None."
            )
        check_one_each(len(emotions), y=y, sample_weight=sample_weight, groups=groups)
        X, y = indexable(X, y)
        if _shows_frames(X):
            check_frame_targets(y, X)
        classes = _checked_classes(emotions, sample_weight)
        classifier, regressor = self._templates()
        everything = np.arange(len(emotions))
        parts = {label: np.flatnonzero(emotions == label) for label in classes}
        tasks = [("the classifier", classifier, emotions, everything)]
        tasks += [("the universal regressor", regressor, y, everything)] if self.universal else []
        tasks += [(f"emotion {label!r}", regressor, y, part) for label, part in parts.items()]
        fitted = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit)(
                clone(template),
                name,
                _safe_indexing(X, part),
                _safe_indexing(target, part),
                sample_weight=None if sample_weight is None else _taken(sample_weight, part),
                groups=None if groups is None else _taken(groups, part),
            )
            for name, template, target, part in tasks
        )
        self.classes_ = np.array(classes)
        self.classifier_ = fitted[0]
        self.__dict__.pop("universal_", None)
        if self.universal:
            self.universal_ = fitted[1]
        self.regressors_ = dict(zip(classes, fitted[-len(classes) :], strict=True))
        return self

    def predict(
        self, X: Any, emotion: ArrayLike | None = None, *, mode: str | None = None
    ) -> NDArray[Any]:
        """Answer every frame of each utterance.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        emotion : array-like of shape (n,), default=None
            The true emotion of each utterance, for the paper's oracle ("actual emotion").
        mode : {"cascade", "true", "universal", None}, default=None
            Answer with the emotions that the classifier hears, with the true ones, or
            without any. None means ``"true"`` where `emotion` is given, else
            ``"cascade"``.

        Returns
        -------
        y : ndarray of shape (n,) of object, or numeric
            An array ``(n_frames, n_outputs)`` for each utterance, or one numeric array
            where the regressor answers with one. So :class:`DSRNRegressor` does for a
            numeric `X`: (n, n_frames, n_outputs) float32, or for rows (n, n_outputs) or
            (n,) float64.

        Raises
        ------
        ValueError
            If `mode` and `emotion` do not belong together, if an emotion was not there in
            `fit`, or if ``mode="universal"`` without having been fitted so.
        """
        check_is_fitted(self, "regressors_")
        mode = ("cascade" if emotion is None else "true") if mode is None else mode
        check_option("mode", mode, MODES)
        if (mode == "true") != (emotion is not None):
            need = "needs" if mode == "true" else "does not take"
            raise ValueError(f'mode="{mode}" {need} emotion, the true one of each utterance.')
        if mode == "universal":
            if not hasattr(self, "universal_"):
                raise ValueError(
                    'mode="universal" needs a regressor of all emotions together; fit again with '
                    "universal=True."
                )
            return self.universal_.predict(X)
        if mode == "true":
            labels = _checked_emotions(X, emotion)[:, np.newaxis]
            weights = np.ones(labels.shape)
        else:
            labels, weights = self.classifier_.top_two(X, self.confident)
        self._check_known(labels)
        return self._fused(X, labels, weights)

    def score(
        self,
        X: Any,
        y: Any,
        emotion: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        mode: str | None = None,
    ) -> float:
        """Return the coefficient of determination over all observed frames.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_outputs), or array
            The true answers; frames that are NaN throughout are left out.
        emotion : array-like of shape (n,), default=None
            The true emotion of each utterance, as in `predict`.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance.
        mode : {"cascade", "true", "universal", None}, default=None
            Whose answers are scored, as in `predict`.

        Returns
        -------
        score : float
            At most 1.
        """
        return score_frames(y, self.predict(X, emotion, mode=mode), sample_weight)

    @property
    def n_features_in_(self) -> int:
        """Number of bands seen in `fit`."""
        check_is_fitted(self, "regressors_")
        return int(self.classifier_.n_features_in_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _templates(self) -> tuple[Any, Any]:
        classifier = DERNClassifier() if self.classifier is None else self.classifier
        if not hasattr(classifier, "top_two"):
            raise TypeError(
                f"classifier must have top_two(X, confident), as DERNClassifier has; got "
                f"{classifier!r}."
            )
        return classifier, DSRNRegressor() if self.regressor is None else self.regressor

    def _check_known(self, labels: NDArray[Any]) -> None:
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(
                f"emotion holds {unknown.tolist()}, but fit saw only {self.classes_.tolist()}."
            )

    def _fused(self, X: Any, labels: NDArray[Any], weights: NDArray[np.float64]) -> NDArray[Any]:
        """Add up the answers of each utterance's emotions, equation 5."""
        (X,) = indexable(X)
        total: list[Any] = [0.0] * len(labels)
        numeric = True
        for label, regressor in self.regressors_.items():
            shares = np.where(labels == label, weights, 0.0).sum(axis=1)
            if len(asked := np.flatnonzero(shares)) == 0:
                continue
            answers = regressor.predict(_safe_indexing(X, asked))
            numeric &= isinstance(answers, np.ndarray) and answers.dtype != object
            for i, answer in zip(asked.tolist(), answers, strict=True):
                total[i] = total[i] + np.float32(shares[i]) * answer
        return np.stack(total) if numeric else object_array(total)


def _fit(estimator: Any, name: str, X: Any, y: Any, **given: Any) -> Any:
    """Fit with what was given of the per-utterance extras; errors speak of `name`."""
    given = {key: value for key, value in given.items() if value is not None}
    try:
        return estimator.fit(X, y, **given)
    except ValueError as error:
        raise ValueError(f"Fitting {name} on {_num_samples(X)} utterances: {error}") from error


def _shows_frames(X: Any) -> bool:
    """Tell utterances of frames from paths, waveforms and one-frame rows."""
    return all(np.ndim(entry) > 1 for entry in X)


def _taken(values: ArrayLike, part: NDArray[np.intp]) -> NDArray[Any]:
    return np.asarray(values)[part]


def _checked_emotions(X: Any, emotion: ArrayLike | None) -> NDArray[Any]:
    if emotion is None:
        raise ValueError(
            "EmotionConditionedRegressor needs the emotion of each utterance: "
            "fit(X, y, emotion=labels). In a Pipeline or cross-validation, switch on metadata "
            "routing (sklearn.set_config(enable_metadata_routing=True)), call "
            "set_fit_request(emotion=True) and pass it there."
        )
    if _num_samples(X) == 0:
        raise ValueError("Found array with 0 samples: at least one utterance is required.")
    check_one_each(_num_samples(X), emotion=emotion)
    labels: NDArray[Any] = column_or_1d(emotion)
    for i, label in enumerate(labels):
        if label is None or label != label:
            raise ValueError(f"emotion[{i}] is {label!r}; every utterance needs an emotion.")
    return labels


def _checked_classes(emotions: NDArray[Any], sample_weight: ArrayLike | None) -> Sequence[Any]:
    """Return the emotions, each with enough utterances that weigh something."""
    heavy = emotions if sample_weight is None else emotions[np.asarray(sample_weight) > 0]
    classes, counts = np.unique(heavy, return_counts=True)
    if len(classes) == 0:
        raise ValueError("Sample weights must contain at least one non-zero number.")
    if len(classes) < 2:
        raise ValueError(
            f"emotion holds one class, {classes.tolist()[0]!r}, and a cascade needs at least "
            "two; fit the regressor alone."
        )
    few = [
        (str(c), int(n)) for c, n in zip(classes, counts, strict=True) if n < _FEWEST_UTTERANCES
    ]
    if few:
        found = ", ".join(f"{label!r} has {n}" for label, n in few)
        raise ValueError(
            f"Every emotion needs at least {_FEWEST_UTTERANCES} utterances to train on, but "
            f"{found}. Give more of it, or leave it out."
        )
    labels: list[Any] = classes.tolist()
    return labels

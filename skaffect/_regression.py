"""What the regressors of utterances share: targets for each frame, their scaling, fit, score."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skaffect._targets import as_entries, check_frame_targets, collect_frames, is_observed
from skaffect._training import UtteranceEstimator, check_groups, check_weights
from skaffect._utterances import Frames, check_one_each

# A spread under this share of the largest is rounding, not something to blow up to one.
_LEAST_SCALE = 1e-6


class RegressionSet(NamedTuple):
    """Checked utterances with the targets of their frames and their weights."""

    entries: list[Any]
    targets: list[Frames]
    weights: NDArray[np.float64]

    def take(self, indices: NDArray[np.intp]) -> RegressionSet:
        """Return the chosen utterances."""
        return RegressionSet(
            [self.entries[i] for i in indices],
            [self.targets[i] for i in indices],
            self.weights[indices],
        )


class UtteranceRegressor(RegressorMixin, UtteranceEstimator):
    """Base of the Keras regressors that answer every frame of an utterance with some numbers.

    A subclass says how entries are checked, what network they mean, how batches are drawn
    from them and how a fitted network answers.
    """

    loss = "mean_squared_error"

    target_mean_: NDArray[np.float64]
    target_scale_: NDArray[np.float64]

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> UtteranceRegressor:
        """Train the network.

        When it fails or is interrupted, the regressor stays as it was before.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_outputs), or array
            What to answer every frame of each utterance with. Frames that are NaN
            throughout are not observed and train nothing. Where all utterances have one
            frame, an array of shape (n,) or (n, n_outputs) will do.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance in the loss; those of weight zero are left out.
        groups : array-like of shape (n,), default=None
            Group of each utterance, such as its speaker. With `early_stopping`, whole
            groups go to the validation part. Otherwise unused.

        Returns
        -------
        self : object
            The fitted regressor.
        """
        return self._fit_utterances(X, y, sample_weight, groups)

    def partial_fit(
        self, X: Any, y: Any, sample_weight: ArrayLike | None = None
    ) -> UtteranceRegressor:
        """Train for one more epoch.

        When it fails or is interrupted, the regressor stays as it was before.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_outputs), or array
            As in `fit`. The first call's mean and spread scale the network's output.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance in the loss; those of weight zero are left out.

        Returns
        -------
        self : object
            The regressor, trained for one more epoch.
        """
        return self._fit_one_epoch(X, y, sample_weight)

    def predict(self, X: Any) -> NDArray[Any]:
        """Answer every frame of each utterance.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.

        Returns
        -------
        y : ndarray of shape (n,) of object, or numeric
            An array ``(n_frames, n_outputs)`` float32 for each utterance. For a numeric
            `X` of utterances of equal length, one array (n, n_frames, n_outputs) float32;
            of rows (n, n_bands), one array (n, n_outputs) float64, as scikit-learn's
            regressors answer, or (n,) where `fit` was given a `y` of shape (n,).
        """
        check_is_fitted(self, "model_")
        entries = self._check_entries(X, reset=False)
        return collect_frames(self._answers(entries), X, flat=self._flat_targets)

    def score(self, X: Any, y: Any, sample_weight: ArrayLike | None = None) -> float:
        """Return the coefficient of determination over all observed frames.

        It is 1 - u / v, where u is the squared error, summed over frames and outputs, and v
        that of the mean of the frames scored.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : sequence of n arrays of shape (n_frames, n_outputs), or array
            The true answers; frames that are NaN throughout are left out.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance.

        Returns
        -------
        score : float
            At most 1.
        """
        return score_frames(y, self.predict(X), sample_weight)

    def _answers(self, entries: list[Any]) -> list[Frames]:
        """Return the network's answer to each checked entry."""
        raise NotImplementedError

    def _checked(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None,
        groups: ArrayLike | None,
        *,
        reset: bool,
    ) -> tuple[RegressionSet, NDArray[Any] | None]:
        """Check everything that `fit` was given and drop utterances without weight."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        entries = self._check_entries(X, reset=reset)
        check_one_each(len(entries), y=y, sample_weight=sample_weight, groups=groups)
        targets, flat = check_frame_targets(y, entries)
        groups = check_groups(groups)
        weights = check_weights(sample_weight, entries)
        heavy = np.flatnonzero(weights)
        training = RegressionSet(entries, targets, weights).take(heavy)
        self._take_scaling(training, reset=reset)
        self._flat_targets = flat
        return training, None if groups is None else groups[heavy]

    def _take_scaling(self, training: RegressionSet, *, reset: bool) -> None:
        """Learn the mean and the spread of every output; when going on, compare their number."""
        n_outputs = training.targets[0].shape[1]
        if not reset:
            if n_outputs != len(self.target_mean_):
                raise ValueError(
                    f"y has {n_outputs} outputs, but the network to go on training answers with "
                    f"{len(self.target_mean_)}."
                )
            return
        known = [target[is_observed(target)] for target in training.targets]
        frames = np.concatenate(known).astype(np.float64)
        weights = np.repeat(training.weights, [*map(len, known)])
        self.target_mean_ = np.average(frames, axis=0, weights=weights)
        spread = np.sqrt(np.average((frames - self.target_mean_) ** 2, axis=0, weights=weights))
        self.target_scale_ = np.where(spread > _LEAST_SCALE * spread.max(), spread, 1.0)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _split(
        self, training: RegressionSet, groups: NDArray[Any] | None
    ) -> tuple[RegressionSet, RegressionSet]:
        inside, outside = self._hold_out(len(training.entries), groups)
        return training.take(inside), training.take(outside)


def score_frames(y: Any, answers: Any, sample_weight: ArrayLike | None) -> float:
    """Return 1 - (squared error of `answers`) / (that of the mean of `y`), NaN frames apart."""
    given = as_entries(answers)
    check_one_each(len(given), y=y, sample_weight=sample_weight)
    targets = check_frame_targets(y, given).entries
    if targets[0].shape[1] != given[0].shape[1]:
        raise ValueError(
            f"y[0] has {targets[0].shape[1]} columns, but the answers have {given[0].shape[1]}; "
            "score with what the regressor was fitted on."
        )
    weights = check_weights(sample_weight, given)
    known = [is_observed(target) for target in targets]
    true = np.concatenate([t[k] for t, k in zip(targets, known, strict=True)]).astype(np.float64)
    answered = np.concatenate([a[k] for a, k in zip(given, known, strict=True)])
    weight = np.repeat(weights, [*map(np.count_nonzero, known)])[:, np.newaxis]
    mean = (weight * true).sum(axis=0) / weight.sum()
    error = float((weight * (true - answered) ** 2).sum())
    spread = float((weight * (true - mean) ** 2).sum())
    if spread == 0:
        return 1.0 if error == 0 else 0.0
    return 1.0 - error / spread

"""What the classifiers of utterances share: labels, weights, the validation part, fit."""

from __future__ import annotations

from numbers import Number
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from skaffect._parameters import check_option, check_real
from skaffect._training import UtteranceEstimator, check_groups, check_weights
from skaffect._utterances import check_one_each


class TrainingSet(NamedTuple):
    """Checked utterances with their class numbers and weights."""

    entries: list[Any]
    codes: NDArray[np.intp]
    weights: NDArray[np.float64]

    def take(self, indices: NDArray[np.intp]) -> TrainingSet:
        """Return the chosen utterances."""
        return TrainingSet(
            [self.entries[i] for i in indices], self.codes[indices], self.weights[indices]
        )


class UtteranceClassifier(ClassifierMixin, UtteranceEstimator):
    """Base of the Keras classifiers with one label for each utterance.

    A subclass says how entries are checked, what network they mean and how batches are
    drawn from them.
    """

    loss = "categorical_crossentropy"

    class_weight: Any
    classes_: NDArray[Any]

    def fit(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> UtteranceClassifier:
        """Train the network.

        When it fails or is interrupted, the classifier stays as it was before.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : array-like of shape (n,)
            The label of each utterance.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance in the loss; those of weight zero are left out.
        groups : array-like of shape (n,), default=None
            Group of each utterance, such as its speaker. With `early_stopping`, whole
            groups go to the validation part. Otherwise unused.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        return self._fit_utterances(X, y, sample_weight, groups)

    def partial_fit(
        self,
        X: Any,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> UtteranceClassifier:
        """Train for one more epoch.

        When it fails or is interrupted, the classifier stays as it was before.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        y : array-like of shape (n,)
            The label of each utterance.
        classes : array-like of shape (n_classes,), default=None
            All labels that later calls may bring; only read at the first call. None
            means those in `y`.
        sample_weight : array-like of shape (n,), default=None
            Weight of each utterance in the loss; those of weight zero are left out.

        Returns
        -------
        self : object
            The classifier, trained for one more epoch.
        """
        return self._fit_one_epoch(X, y, sample_weight, classes=classes)

    def predict(self, X: Any) -> NDArray[Any]:
        """Name the most likely class of each utterance.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.

        Returns
        -------
        labels : ndarray of shape (n,)
            The class of highest probability; of equal ones the first in ``classes_``.
        """
        check_is_fitted(self, "model_")
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each class."""
        raise NotImplementedError(f"{type(self).__name__} has no probabilities.")

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if not isinstance(self.class_weight, dict):
            check_option("class_weight", self.class_weight, ("balanced", None))
            return
        for label, weight in self.class_weight.items():
            check_real(f"class_weight[{label!r}]", weight, within=(0.0, np.inf))

    def _checked(
        self,
        X: Any,
        y: ArrayLike,
        sample_weight: ArrayLike | None,
        groups: ArrayLike | None,
        *,
        reset: bool,
        classes: ArrayLike | None = None,
    ) -> tuple[TrainingSet, NDArray[Any] | None]:
        """Check everything that `fit` was given and drop utterances without weight."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        entries = self._check_entries(X, reset=reset)
        check_one_each(len(entries), y=y, sample_weight=sample_weight, groups=groups)
        labels = _check_labels(y)
        groups = check_groups(groups)
        codes = self._encoded(labels, classes, reset=reset)
        weights = check_weights(sample_weight, entries)
        heavy = np.flatnonzero(weights)
        if reset and classes is None and len(left := np.unique(labels[heavy])) < 2:
            raise ValueError(
                f"{type(self).__name__} needs at least two classes, but sample_weight leaves one "
                f"class: {left.tolist()[0]!r}."
            )
        weights = weights[heavy] * compute_sample_weight(self.class_weight, labels[heavy])
        training = TrainingSet([entries[i] for i in heavy], codes[heavy], weights)
        return training, None if groups is None else groups[heavy]

    def _encoded(
        self, labels: NDArray[Any], classes: ArrayLike | None, *, reset: bool
    ) -> NDArray[np.intp]:
        """Return class numbers; on `reset` learn the classes."""
        if reset:
            self.classes_ = np.unique(labels if classes is None else np.asarray(classes))
            if len(self.classes_) < 2:
                raise ValueError(
                    f"{type(self).__name__} needs at least two classes, y has one class: "
                    f"{self.classes_.tolist()[0]!r}."
                )
        unknown = np.setdiff1d(labels, self.classes_)
        if len(unknown):
            raise ValueError(
                f"y holds {unknown.tolist()}, which is not among the classes "
                f"{self.classes_.tolist()}."
            )
        return np.searchsorted(self.classes_, labels)

    def _one_hot(self, codes: NDArray[np.intp]) -> NDArray[np.float32]:
        return np.eye(len(self.classes_), dtype=np.float32)[codes]

    def _split(
        self, training: TrainingSet, groups: NDArray[Any] | None
    ) -> tuple[TrainingSet, TrainingSet]:
        """Put whole utterances, and whole groups if given, aside for validation."""
        codes = training.codes
        inside, outside = self._hold_out(len(codes), groups, strata=codes)
        missing = np.setdiff1d(codes, codes[inside])
        if len(missing):
            raise ValueError(
                f"Holding out groups for early stopping leaves no training utterance of "
                f"{self.classes_[missing].tolist()}. Give more groups, or set "
                "early_stopping=False."
            )
        return training.take(inside), training.take(outside)


def _check_labels(y: ArrayLike) -> NDArray[Any]:
    labels = check_array(y, ensure_2d=False, dtype=None, input_name="y")
    labels = column_or_1d(labels, warn=True)
    if labels.dtype == object:
        kind = str if isinstance(labels[0], str) else Number
        for i, label in enumerate(labels):
            if not isinstance(label, kind):
                raise ValueError(
                    f"y[{i}] is {label!r}; labels must be all text or all numbers, and none "
                    "may be missing."
                )
    check_classification_targets(labels)
    return labels

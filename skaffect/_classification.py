"""What the classifiers of utterances share: labels, weights, the validation part, fit."""

from __future__ import annotations

import warnings
from numbers import Number
from typing import Any, NamedTuple

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin
from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, _num_samples, check_is_fitted

from skaffect._keras import KerasEstimator
from skaffect._parameters import check_option, check_real


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


class UtteranceClassifier(ClassifierMixin, KerasEstimator):
    """Base of the Keras classifiers with one label for each utterance.

    A subclass says how entries are checked, what network they mean and how batches are
    drawn from them.
    """

    loss = "categorical_crossentropy"

    class_weight: Any
    validation_fraction: float
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
        self._check_parameters()
        with self._all_or_nothing():
            again = self.warm_start and hasattr(self, "model_")
            training, groups = self._checked(X, y, sample_weight, groups, reset=not again)
            self._plan_network(training, again=again)
            validation = None
            if self.early_stopping:
                training, validation = self._split(training, groups)
            if not again:
                self._start()
            self._train(
                self._training_batches(training),
                None if validation is None else self._validation_batches(validation),
                epochs=self.epochs,
            )
        return self

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
        self._check_parameters()
        with self._all_or_nothing():
            again = hasattr(self, "model_")
            training, _ = self._checked(
                X, y, sample_weight, None, reset=not again, classes=classes
            )
            self._plan_network(training, again=again)
            if not again:
                self._start()
            self._train(self._training_batches(training), None, epochs=1)
        return self

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

    def _check_entries(self, X: Any, *, reset: bool) -> list[Any]:
        """Return checked entries."""
        raise NotImplementedError

    def _describe(self, training: TrainingSet) -> dict[str, Any]:
        """Return the network's architecture as plain values."""
        raise NotImplementedError

    def _training_batches(self, training: TrainingSet) -> keras.utils.PyDataset:
        raise NotImplementedError

    def _validation_batches(self, validation: TrainingSet) -> keras.utils.PyDataset:
        raise NotImplementedError

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.early_stopping:
            check_real(
                "validation_fraction", self.validation_fraction, above=0.0, within=(0.0, 0.9)
            )
        if not isinstance(self.class_weight, dict):
            check_option("class_weight", self.class_weight, ("balanced", None))
            return
        for label, weight in self.class_weight.items():
            check_real(f"class_weight[{label!r}]", weight, within=(0.0, np.inf))

    def _plan_network(self, training: TrainingSet, *, again: bool) -> None:
        """Set seed and ``architecture_`` of a new network, or compare the present one's."""
        wanted = self._describe(training)
        if not again:
            self._draw_seed()
            self.architecture_ = wanted
            return
        for name, value in wanted.items():
            if value != self.architecture_[name]:
                raise ValueError(
                    f"{name} is now {value}, but the network to go on training was built with "
                    f"{self.architecture_[name]}. Set it back, or fit a clone with "
                    "warm_start=False."
                )

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
        for name, values in (("y", y), ("sample_weight", sample_weight), ("groups", groups)):
            if values is not None and _num_samples(values) != len(entries):
                raise ValueError(
                    f"X holds {len(entries)} utterances, but {name} has {_num_samples(values)} "
                    "entries; give one for each utterance."
                )
        labels = _check_labels(y)
        groups = None if groups is None else _check_groups(groups)
        codes = self._encoded(labels, classes, reset=reset)
        weights = _check_sample_weight(sample_weight, entries, dtype=np.float64)
        if (weights < 0).any():
            i = int(np.argmax(weights < 0))
            raise ValueError(f"sample_weight[{i}] is {weights[i]}; weights cannot be negative.")
        heavy = np.flatnonzero(weights)
        if len(heavy) == 0:
            # What newer versions of scikit-learn say themselves.
            raise ValueError("Sample weights must contain at least one non-zero number.")
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
        codes, fraction = training.codes, self.validation_fraction
        if groups is None:
            warnings.warn(
                "Early stopping without groups: the validation part may share speakers with "
                "training and look better than it is. Pass groups=speakers to fit (in a "
                "Pipeline or cross-validation through scikit-learn's metadata routing).",
                UserWarning,
                stacklevel=3,
            )
            splitter: Any = StratifiedShuffleSplit(1, test_size=fraction, random_state=self._seed)
        else:
            if len(distinct := np.unique(groups)) < 2:
                raise ValueError(
                    f"Early stopping holds out whole groups, but groups has only "
                    f"{distinct.tolist()[0]!r}. Give several, or set early_stopping=False."
                )
            splitter = GroupShuffleSplit(1, test_size=fraction, random_state=self._seed)
        try:
            inside, outside = next(splitter.split(codes, codes, groups))
        except ValueError as error:
            raise ValueError(
                f"Cannot hold out validation_fraction={fraction} of {len(codes)} utterances for "
                f"early stopping: {error}"
            ) from error
        missing = np.setdiff1d(codes, codes[inside])
        if len(missing):
            raise ValueError(
                f"Holding out groups for early stopping leaves no training utterance of "
                f"{self.classes_[missing].tolist()}. Give more groups, or set "
                "early_stopping=False."
            )
        return training.take(inside), training.take(outside)


def _check_groups(groups: ArrayLike) -> NDArray[Any]:
    """Return one group for each utterance, none missing."""
    checked = column_or_1d(groups)
    for i, group in enumerate(checked):
        if group is None or group != group:
            raise ValueError(f"groups[{i}] is {group!r}; every utterance needs a group.")
    return checked


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

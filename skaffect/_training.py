"""What every Keras estimator of utterances shares: the order of `fit`, and its validation part."""

from __future__ import annotations

import warnings
from typing import Any, Protocol, Self

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, StratifiedShuffleSplit
from sklearn.utils import column_or_1d
from sklearn.utils.validation import _check_sample_weight

from skaffect._keras import KerasEstimator
from skaffect._parameters import check_real


class TrainingPart(Protocol):
    """Checked utterances with what they are to be answered with."""

    def take(self, indices: NDArray[np.intp]) -> Self:
        """Return the chosen utterances."""


class UtteranceEstimator(KerasEstimator):
    """Base of the Keras estimators of utterances.

    A subclass says how its input is checked, what network it means, how utterances are put
    aside for validation and how batches are drawn from them.
    """

    validation_fraction: float

    def _check_entries(self, X: Any, *, reset: bool) -> list[Any]:
        """Return checked entries."""
        raise NotImplementedError

    def _checked(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None,
        groups: ArrayLike | None,
        *,
        reset: bool,
    ) -> tuple[Any, NDArray[Any] | None]:
        """Check everything that `fit` was given; return a training part and its groups."""
        raise NotImplementedError

    def _describe(self, training: Any) -> dict[str, Any]:
        """Return the network's architecture as plain values."""
        raise NotImplementedError

    def _split(self, training: Any, groups: NDArray[Any] | None) -> tuple[Any, Any]:
        """Put whole utterances, and whole groups if given, aside for validation."""
        raise NotImplementedError

    def _training_batches(self, training: Any) -> keras.utils.PyDataset:
        raise NotImplementedError

    def _validation_batches(self, validation: Any) -> keras.utils.PyDataset:
        raise NotImplementedError

    def _fit_utterances(
        self,
        X: Any,
        y: Any,
        sample_weight: ArrayLike | None,
        groups: ArrayLike | None,
    ) -> Self:
        """Fit, or leave everything as it was."""
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

    def _fit_one_epoch(self, X: Any, y: Any, sample_weight: ArrayLike | None, **more: Any) -> Self:
        """Fit for one more epoch, or leave everything as it was; `more` goes to `_checked`."""
        self._check_parameters()
        with self._all_or_nothing():
            again = hasattr(self, "model_")
            training, _ = self._checked(X, y, sample_weight, None, reset=not again, **more)
            self._plan_network(training, again=again)
            if not again:
                self._start()
            self._train(self._training_batches(training), None, epochs=1)
        return self

    def _check_parameters(self) -> None:
        super()._check_parameters()
        if self.early_stopping:
            check_real(
                "validation_fraction", self.validation_fraction, above=0.0, within=(0.0, 0.9)
            )

    def _plan_network(self, training: Any, *, again: bool) -> None:
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

    def _hold_out(
        self, n: int, groups: NDArray[Any] | None, strata: NDArray[Any] | None = None
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return which of `n` utterances stay in training, and which go to validation."""
        fraction, everything = self.validation_fraction, np.zeros(n)
        if groups is None:
            warnings.warn(
                "Early stopping without groups: the validation part may share speakers with "
                "training and look better than it is. Pass groups=speakers to fit (in a "
                "Pipeline or cross-validation through scikit-learn's metadata routing).",
                UserWarning,
                stacklevel=5,
            )
            kind: Any = ShuffleSplit if strata is None else StratifiedShuffleSplit
        else:
            if len(distinct := np.unique(groups)) < 2:
                raise ValueError(
                    f"Early stopping holds out whole groups, but groups has only "
                    f"{distinct.tolist()[0]!r}. Give several, or set early_stopping=False."
                )
            kind = GroupShuffleSplit
        splitter = kind(1, test_size=fraction, random_state=self._seed)
        try:
            inside, outside = next(splitter.split(everything, strata, groups))
        except ValueError as error:
            raise ValueError(
                f"Cannot hold out validation_fraction={fraction} of {n} utterances for "
                f"early stopping: {error}"
            ) from error
        return inside, outside


def check_weights(sample_weight: ArrayLike | None, entries: list[Any]) -> NDArray[np.float64]:
    """Return one weight for each utterance, none negative and some above zero."""
    weights: NDArray[np.float64] = _check_sample_weight(sample_weight, entries, dtype=np.float64)
    if (weights < 0).any():
        i = int(np.argmax(weights < 0))
        raise ValueError(f"sample_weight[{i}] is {weights[i]}; weights cannot be negative.")
    if not weights.any():
        # What newer versions of scikit-learn say themselves.
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return weights


def check_groups(groups: ArrayLike | None) -> NDArray[Any] | None:
    """Return one group for each utterance, none missing, or None for none."""
    if groups is None:
        return None
    checked: NDArray[Any] = column_or_1d(groups)
    for i, group in enumerate(checked):
        if group is None or group != group:
            raise ValueError(f"groups[{i}] is {group!r}; every utterance needs a group.")
    return checked

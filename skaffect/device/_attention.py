"""What the attention classifiers share: frames of any length in, probabilities out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from skaffect._classification import TrainingSet, UtteranceClassifier
from skaffect._length_batches import LengthBatches, group_by_length, pad_batch
from skaffect._parameters import check_integer, check_option, check_real, check_widths
from skaffect._utterances import Frames, check_frames

# Frames in one call of the network when nothing is learnt: some tens of megabytes.
_PREDICTION_FRAMES = 8192
# Table 1.
_N_CONVOLUTIONS = 3


class AttentionDeviceClassifier(UtteranceClassifier):
    """Base of the classifiers whose network takes frames and their number.

    A subclass builds its network and describes it.
    """

    filters: Sequence[int]
    lstm_units: int
    dense_units: int
    attention: str
    score_scale: float
    dropout: float
    crop_frames: int | None
    crop_pieces: int
    batch_size: int
    n_features_in_: int

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each device.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
            In the order of ``classes_``. An utterance's do not depend on the others, but for
            rounding.
        """
        check_is_fitted(self, "model_")
        entries = self._check_entries(X, reset=False)
        answers = np.stack(answer_by_length(self.model_, entries))
        return answers / answers.sum(axis=1, keepdims=True)

    def _check_entries(self, X: Any, *, reset: bool) -> list[Any]:
        return check_frames(self, X, reset=reset).entries

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_widths("filters", self.filters, exactly=_N_CONVOLUTIONS)
        for name, value in (
            ("lstm_units", self.lstm_units),
            ("dense_units", self.dense_units),
            ("crop_pieces", self.crop_pieces),
            ("batch_size", self.batch_size),
        ):
            check_integer(name, value, at_least=1)
        if self.crop_frames is not None:
            check_integer("crop_frames", self.crop_frames, at_least=1)
        check_option("attention", self.attention, ("softmax", "sigmoid"))
        check_real("score_scale", self.score_scale, above=0.0)
        check_real("dropout", self.dropout, within=(0.0, 0.99))

    def _describe(self, training: TrainingSet) -> dict[str, Any]:
        return {
            "n_bands": self.n_features_in_,
            "n_classes": len(self.classes_),
            "filters": tuple(int(n) for n in self.filters),
            "lstm_units": int(self.lstm_units),
            "dense_units": int(self.dense_units),
            "attention": str(self.attention),
            "score_scale": float(self.score_scale),
            "dropout": float(self.dropout),
        }

    def _training_batches(self, training: TrainingSet) -> LengthBatches:
        return LengthBatches(
            training.entries,
            self._one_hot(training.codes),
            training.weights,
            batch_size=self.batch_size,
            seed=self._seed,
            crop_frames=self.crop_frames,
            crop_pieces=self.crop_pieces,
        )

    def _validation_batches(self, validation: TrainingSet) -> LengthBatches:
        return LengthBatches(
            validation.entries,
            self._one_hot(validation.codes),
            validation.weights,
            batch_size=self.batch_size,
        )


def answer_by_length(network: Any, entries: Sequence[Frames]) -> list[NDArray[np.float64]]:
    """Return what a network of frames and their number answers to each utterance."""
    answers: list[NDArray[np.float64]] = [np.empty(0)] * len(entries)
    for chosen, n_frames in group_by_length(entries, most_frames=_PREDICTION_FRAMES):
        rows = network.predict_on_batch(pad_batch([entries[i] for i in chosen], n_frames))
        for i, row in zip(chosen.tolist(), np.asarray(rows, np.float64), strict=True):
            answers[i] = row
    return answers

"""The baseline on absolute DFT values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from skaffect._classification import TrainingSet, UtteranceClassifier
from skaffect._keras import CallbackLike
from skaffect._parameters import check_integer, check_real, check_widths
from skaffect._utterances import Frames, check_waveforms
from skaffect._words import counted
from skaffect.device._piece_batches import PieceBatches, Pieces
from skaffect.nets import build_dft_cnn

# Pieces in one call of the network. Always the same number, so that an answer does not
# depend on which other recordings were asked about.
_PREDICTION_BATCH = 64
# A DFT bin's level under this is rounding: it holds no information to scale up.
_LEAST_LEVEL = 1e-6


class DFTCNNBaseline(UtteranceClassifier):
    """Recording device by a convolutional network on absolute DFT values.

    The baseline of section 3.2 of [1]_, after [2]_: the network names the device of every
    half second from the absolute values of its DFT, and an utterance is decided by the
    mean posterior of its pieces. It is trained on the categorical cross-entropy.

    Parameters
    ----------
    filters : sequence of int, default=(16, 32, 64)
        Channels of the convolutions. [1]_ does not print this network's layers; the
        whole table, our reading, is at :func:`build_dft_cnn`.
    dense_units : int, default=128
        Width of the fully connected layer.
    sr : int, default=16000
        Sampling rate of the waveforms in Hz.
    piece_seconds : float, default=0.5
        Length of a piece in seconds; [1]_ uses 0.5, which is 4001 DFT values at 16 kHz.
    dropout : float in [0, 0.99], default=0.0
        Share of the fully connected layer's outputs dropped in training.
    epochs : int, default=30
        Passes over the training pieces.
    batch_size : int, default=64
        Pieces in a training step.
    learning_rate : float, default=1e-3
        Step size of the Adam optimiser, which the paper names.
    learning_rate_schedule : {"constant", "cosine"}, default="cosine"
        Keep the rate, or lower it along half a cosine towards zero over `epochs`. Training
        that goes on (`warm_start`, `partial_fit`) starts the next half cosine after that,
        counting in the present `epochs` from the first epoch ever.
    weight_decay : float in [0, 1], default=0.0
        Decoupled weight decay of the optimiser; the paper has none.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss, as everywhere in scikit-learn.
    early_stopping : bool, default=False
        Hold out a validation part, stop after `patience` epochs without improvement
        of its loss and keep the best weights. Whole groups are held out when `groups`
        is given to `fit`, whole utterances otherwise, with a warning. The paper trains
        "until the validation error increases", which is True with the default
        `patience`. False by default, for only speakers make an honest validation part,
        and only `groups` tell them.
    validation_fraction : float in (0, 0.9], default=0.1
        Share of groups or utterances held out for early stopping.
    patience : int, default=1
        Epochs without improvement before stopping early.
    callbacks : sequence of keras.callbacks.Callback, or of what makes them, default=None
        Called while training. Instances are copied for each fit.
    warm_start : bool, default=False
        Go on training the present network, for `epochs` more, when `fit` is called again.
    verbose : int, default=0
        1 shows Keras's progress bar, 2 a line for each epoch.
    random_state : int, RandomState instance or None, default=None
        Seeds the weights, the order and the dropout. The same seed gives the same bits on
        the same machine at the same number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The devices, sorted.
    history_ : dict of str to list of float
        Learning curves, one value an epoch: ``"loss"``, and ``"val_loss"`` with early
        stopping.
    n_epochs_ : int
        Epochs trained so far.
    architecture_ : dict
        What the network was built from.
    model_ : keras.Model
        The trained network.
    piece_length_ : int
        Samples in a piece.
    scale_ : ndarray of shape (n_bins,), float32
        Root mean square of every DFT value over the training pieces.
    n_features_in_ : int
        Samples in a row, when `fit` was given a 2-D array.

    See Also
    --------
    DualAttentionDeviceClassifier : The paper's network on log filter-bank frames.
    build_dft_cnn : The network, layer by layer.

    Notes
    -----
    Entries of `X` are mono waveforms of any length. They are cut into pieces one after the
    other; what is left at the end is not used, and a recording shorter than one piece is
    padded with zeros. Spectra are computed for one batch at a time.

    Every DFT value is divided by its root mean square over the training pieces, our
    reading: speech has a thousand times the energy at low frequencies, and the network
    would hardly see the high ones, where devices differ.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech".
    .. [2] Verma, Khanna, "Speaker-independent source cell-phone identification for
       re-compressed and noisy audio recordings", Multimedia Tools and Applications, 2021.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DFTCNNBaseline
    >>> rng = np.random.default_rng(0)
    >>> waveforms = [0.1 * rng.normal(size=n) for n in (9000, 16000, 7000, 20000)]
    >>> device = ["phone", "recorder", "phone", "recorder"]
    >>> model = DFTCNNBaseline(filters=(4,), dense_units=8, epochs=1, random_state=0)
    >>> model.fit(waveforms, device).predict_proba(waveforms).shape
    (4, 2)
    """

    def __init__(
        self,
        filters: Sequence[int] = (16, 32, 64),
        dense_units: int = 128,
        *,
        sr: int = 16000,
        piece_seconds: float = 0.5,
        dropout: float = 0.0,
        epochs: int = 30,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        learning_rate_schedule: str = "cosine",
        weight_decay: float = 0.0,
        class_weight: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 1,
        callbacks: Sequence[CallbackLike] | None = None,
        warm_start: bool = False,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.filters = filters
        self.dense_units = dense_units
        self.sr = sr
        self.piece_seconds = piece_seconds
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.weight_decay = weight_decay
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each device.

        Parameters
        ----------
        X : sequence of length n, or array
            The waveforms.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
            In the order of ``classes_``: the mean posterior of each recording's pieces.
        """
        check_is_fitted(self, "model_")
        pieces = self._pieces(self._check_entries(X, reset=False))
        posteriors = np.concatenate(
            [self._apply(spectra) for spectra in pieces.batches(_PREDICTION_BATCH)]
        )
        ends = np.cumsum(pieces.counts)[:-1]
        parts = np.split(posteriors, ends)
        means = np.array([part.mean(axis=0, dtype=np.float64) for part in parts])
        # float32 rows add up to one only nearly.
        return means / means.sum(axis=1, keepdims=True)

    def _check_entries(self, X: Any, *, reset: bool) -> list[Any]:
        return check_waveforms(self, X, reset=reset).entries

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_widths("filters", self.filters)
        for name, value in (
            ("dense_units", self.dense_units),
            ("sr", self.sr),
            ("batch_size", self.batch_size),
        ):
            check_integer(name, value, at_least=1)
        check_real("piece_seconds", self.piece_seconds, above=0.0)
        if self._piece_length() < 2:
            raise ValueError(
                f"piece_seconds={self.piece_seconds} is "
                f"{counted(self._piece_length(), 'sample')} at sr={self.sr}; a piece needs at "
                "least 2."
            )
        check_real("dropout", self.dropout, within=(0.0, 0.99))

    def _describe(self, training: TrainingSet) -> dict[str, Any]:
        return {
            "n_bins": self._piece_length() // 2 + 1,
            "n_classes": len(self.classes_),
            "filters": tuple(int(n) for n in self.filters),
            "dense_units": int(self.dense_units),
            "dropout": float(self.dropout),
        }

    def _build_network(self) -> keras.Model:
        return build_dft_cnn(**self.architecture_)

    def _training_batches(self, training: TrainingSet) -> PieceBatches:
        if self.n_epochs_ == 0:
            self.piece_length_ = self._piece_length()
            self.scale_ = _levels(Pieces(training.entries, self.piece_length_))
        return PieceBatches(
            self._pieces(training.entries),
            self._one_hot(training.codes),
            training.weights,
            batch_size=self.batch_size,
            seed=self._seed,
        )

    def _validation_batches(self, validation: TrainingSet) -> PieceBatches:
        return PieceBatches(
            self._pieces(validation.entries),
            self._one_hot(validation.codes),
            validation.weights,
            batch_size=_PREDICTION_BATCH,
        )

    def _piece_length(self) -> int:
        return round(self.sr * self.piece_seconds)

    def _pieces(self, waveforms: list[Any]) -> Pieces:
        return Pieces(waveforms, self.piece_length_, self.scale_)

    def _apply(self, spectra: Frames) -> NDArray[np.float64]:
        """Run the network on at most one prediction batch."""
        short = _PREDICTION_BATCH - len(spectra)
        answers = self.model_.predict_on_batch(np.pad(spectra, ((0, short), (0, 0))))
        return np.asarray(answers, dtype=np.float64)[: len(spectra)]


def _levels(pieces: Pieces) -> Frames:
    """Return the root mean square of every DFT value; one where there is nothing."""
    energy = sum(
        np.square(spectra, dtype=np.float64).sum(axis=0)
        for spectra in pieces.batches(_PREDICTION_BATCH)
    )
    levels = np.sqrt(energy / len(pieces))
    levels[levels <= _LEAST_LEVEL * levels.max()] = 1.0
    return levels.astype(np.float32)

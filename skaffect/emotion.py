"""Speech emotion recognition: frames of an utterance vote for its emotion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.utils.validation import check_is_fitted

from skaffect._batches import FrameBatches
from skaffect._classification import TrainingSet, UtteranceClassifier
from skaffect._keras import CallbackLike
from skaffect._parameters import check_integer, check_option, check_real, check_widths
from skaffect._utterances import check_windows
from skaffect._windows import Frames, active_frames, gather_batch
from skaffect.nets import build_dern

# Windows in one call of the network. Always the same number, so that an answer does not
# depend on which other utterances were asked about.
_PREDICTION_BATCH = 256


class DERNClassifier(UtteranceClassifier):
    """Emotion of an utterance by the deep emotion recognition network (DERN).

    Section II-C and Table I of [1]_: a small convolutional network names the emotion of
    every frame from the spectral image around it, and the frames of an utterance vote.
    It is trained on the categorical cross-entropy, as in the paper.

    Parameters
    ----------
    filters : sequence of int, default=(32, 64, 128)
        Channels of the convolutions; the defaults are the paper's.
    dense_units : int, default=256
        Width of the fully connected layer; the default is the paper's.
    dropout : float in [0, 0.99], default=0.5
        Share of its outputs dropped in training; the paper does not give it.
    vote : {"soft", "hard"}, default="soft"
        How frames make an utterance's probabilities. ``"hard"`` counts the frames'
        most likely emotions, the paper's equation 1; ``"soft"`` averages the frames'
        log-posteriors (their normalised geometric mean).
    epochs : int, default=24
        Passes over the drawn frames; the paper trains for 200.
    batch_size : int, default=128
        Windows in a training step.
    learning_rate : float, default=1e-3
        Step size of the Adam optimiser, which the paper names.
    learning_rate_schedule : {"constant", "cosine"}, default="cosine"
        Keep the rate, or lower it along half a cosine towards zero over `epochs`. Training
        that goes on (`warm_start`, `partial_fit`) starts the next half cosine after that,
        counting in the present `epochs` from the first epoch ever.
    weight_decay : float in [0, 1], default=0.0
        Decoupled weight decay of the optimiser.
    frame_stride : int, default=4
        Train on one frame in `frame_stride`, drawn anew in every epoch: neighbouring
        windows are nearly the same. Predictions use every frame. The paper does not
        thin, which is 1.
    augmentation : float in [0, 2], default=0.5
        Strength of random changes to training windows (vocal tract length, frequency
        response, masks, mixing of pairs), so that few speakers stand for many; 0 is the
        paper's: none. It takes bands of mean zero and spread one: set it to 0 for windows
        that are not normalised.
    class_weight : dict, "balanced" or None, default=None
        Weights of the classes in the loss, as everywhere in scikit-learn.
    early_stopping : bool, default=False
        Hold out a validation part, stop after `patience` epochs without improvement
        of its loss and keep the best weights. Whole groups are held out when `groups`
        is given to `fit`, whole utterances otherwise.
    validation_fraction : float in (0, 0.9], default=0.1
        Share of groups or utterances held out for early stopping.
    patience : int, default=10
        Epochs without improvement before stopping early.
    callbacks : sequence of keras.callbacks.Callback, or of what makes them, default=None
        Called while training. Instances are copied for each fit.
    warm_start : bool, default=False
        Go on training the present network, for `epochs` more, when `fit` is called again.
    verbose : int, default=0
        1 shows Keras's progress bar, 2 a line for each epoch.
    random_state : int, RandomState instance or None, default=None
        Seeds the weights, the order, the dropout and the augmentation. The same seed
        gives the same bits on the same machine at the same number of threads.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The emotions, sorted.
    history_ : dict of str to list of float
        Learning curves, one value an epoch: ``"loss"``, and ``"val_loss"`` with early
        stopping.
    n_epochs_ : int
        Epochs trained so far.
    architecture_ : dict
        What the network was built from.
    model_ : keras.Model
        The trained network.
    window_shape_in_ : tuple of int
        ``(n_bands, context)`` seen in `fit`.
    n_features_in_ : int
        Number of bands seen in `fit`.

    See Also
    --------
    MFSCWindower : Makes the windows.

    Notes
    -----
    Entries of `X` are :class:`Windows`, arrays ``(n_frames, n_bands, context)``, or
    frames ``(n_frames, n_bands)``, taken as windows of one frame. Frames that a
    :class:`Windows` marks inactive (silence) neither train nor vote.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline
    >>> from skaffect import DERNClassifier, MFSCWindower, make_affective_speech
    >>> speech = make_affective_speech(
    ...     n_speakers=1, n_sentences=1, emotions=("angry", "sad"), random_state=0
    ... )
    >>> dern = DERNClassifier(filters=(4, 4, 4), dense_units=8, epochs=1, random_state=0)
    >>> pipeline = make_pipeline(MFSCWindower(), dern).fit(speech.data, speech.target)
    >>> pipeline.predict_proba(speech.data).shape
    (2, 2)
    """

    def __init__(
        self,
        filters: Sequence[int] = (32, 64, 128),
        dense_units: int = 256,
        dropout: float = 0.5,
        *,
        vote: str = "soft",
        epochs: int = 24,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        learning_rate_schedule: str = "cosine",
        weight_decay: float = 0.0,
        frame_stride: int = 4,
        augmentation: float = 0.5,
        class_weight: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 10,
        callbacks: Sequence[CallbackLike] | None = None,
        warm_start: bool = False,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.filters = filters
        self.dense_units = dense_units
        self.dropout = dropout
        self.vote = vote
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.weight_decay = weight_decay
        self.frame_stride = frame_stride
        self.augmentation = augmentation
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Let each utterance's frames vote.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.

        Returns
        -------
        probabilities : ndarray of shape (n, n_classes)
            In the order of ``classes_``. With ``vote="hard"`` the share of frames that
            chose each emotion (equation 1), with ``vote="soft"`` the normalised
            geometric mean of the frames' posteriors.
        """
        return np.array([self._voted(posteriors) for posteriors in self._voting_posteriors(X)])

    def predict_frames(self, X: Any) -> NDArray[Any]:
        """Return the posteriors of every frame, silent ones included.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.

        Returns
        -------
        posteriors : ndarray of shape (n,) of object
            An array ``(n_frames, n_classes)`` float32 for each utterance.
        """
        entries = self._check_fitted_entries(X)
        frames = [np.arange(len(entry)) for entry in entries]
        answers = np.empty(len(entries), dtype=object)
        for i, posteriors in enumerate(self._posteriors(entries, frames)):
            answers[i] = posteriors
        return answers

    def top_two(self, X: Any, confident: float = 0.65) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """Return the two most likely emotions and their weights.

        Equations 2 to 4 of the paper, always from the counted votes of equation 1.

        Parameters
        ----------
        X : sequence of length n, or array
            The utterances.
        confident : float in [0, 1], default=0.65
            Above this share of votes the first emotion stands alone (equation 3).

        Returns
        -------
        labels : ndarray of shape (n, 2)
            The emotions with the most and the second most votes; of equal ones the
            first in ``classes_`` leads.
        weights : ndarray of shape (n, 2)
            Their weights :math:`p^*` and :math:`p^{**}`, which sum to one.
        """
        check_real("confident", confident, within=(0.0, 1.0))
        votes = np.array([hard_vote(posteriors) for posteriors in self._voting_posteriors(X)])
        leaders, top = leading_two(votes)
        return self.classes_[leaders], fusion_weights(top, confident)

    def _check_entries(self, X: Any, *, reset: bool) -> list[Any]:
        return check_windows(self, X, reset=reset).entries

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_option("vote", self.vote, ("soft", "hard"))
        check_widths("filters", self.filters)
        for name, value in (
            ("dense_units", self.dense_units),
            ("batch_size", self.batch_size),
            ("frame_stride", self.frame_stride),
        ):
            check_integer(name, value, at_least=1)
        check_real("dropout", self.dropout, within=(0.0, 0.99))
        check_real("augmentation", self.augmentation, within=(0.0, 2.0))

    def _describe(self, training: TrainingSet) -> dict[str, Any]:
        return {
            "window_shape": self.window_shape_in_,
            "n_classes": len(self.classes_),
            "filters": tuple(int(n) for n in self.filters),
            "dense_units": int(self.dense_units),
            "dropout": float(self.dropout),
        }

    def _build_network(self) -> keras.Model:
        return build_dern(**self.architecture_)

    def _training_batches(self, training: TrainingSet) -> FrameBatches:
        return FrameBatches(
            training.entries,
            self._one_hot(training.codes),
            training.weights,
            batch_size=self.batch_size,
            frame_stride=self.frame_stride,
            augmentation=self.augmentation,
            seed=self._seed,
        )

    def _validation_batches(self, validation: TrainingSet) -> FrameBatches:
        return FrameBatches(
            validation.entries,
            self._one_hot(validation.codes),
            validation.weights,
            batch_size=_PREDICTION_BATCH,
        )

    def _check_fitted_entries(self, X: Any) -> list[Any]:
        check_is_fitted(self, "model_")
        return self._check_entries(X, reset=False)

    def _voted(self, posteriors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the probabilities of an utterance from those of its voting frames."""
        check_option("vote", self.vote, ("soft", "hard"))
        return _soft_vote(posteriors) if self.vote == "soft" else hard_vote(posteriors)

    def _voting_posteriors(self, X: Any) -> list[NDArray[np.float32]]:
        entries = self._check_fitted_entries(X)
        return self._posteriors(entries, [active_frames(entry) for entry in entries])

    def _posteriors(
        self, entries: list[Any], frames: list[NDArray[np.intp]]
    ) -> list[NDArray[np.float32]]:
        """Return the posteriors of the given frames of each entry."""
        lengths = [len(chosen) for chosen in frames]
        owners = np.repeat(np.arange(len(entries)), lengths)
        chosen = np.concatenate(frames)
        posteriors = np.empty((len(chosen), len(self.classes_)), np.float32)
        for start in range(0, len(chosen), _PREDICTION_BATCH):
            batch = slice(start, start + _PREDICTION_BATCH)
            windows = gather_batch(entries, owners[batch], chosen[batch])
            posteriors[batch] = self._apply(windows)
        return np.split(posteriors, np.cumsum(lengths)[:-1])

    def _apply(self, windows: Frames) -> Any:
        """Run the network on at most one prediction batch."""
        n_windows = len(windows)
        if n_windows < _PREDICTION_BATCH:
            windows = np.pad(windows, ((0, _PREDICTION_BATCH - n_windows), (0, 0), (0, 0)))
        answers = self.model_.predict_on_batch(np.ascontiguousarray(windows))
        return np.asarray(answers)[:n_windows]


def hard_vote(posteriors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Count the frames' most likely classes, equation 1."""
    votes = np.bincount(posteriors.argmax(axis=1), minlength=posteriors.shape[1])
    return votes / len(posteriors)


def leading_two(votes: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the numbers of the two classes with the most votes, and their shares.

    Of equal ones the first leads.
    """
    leaders = np.argsort(-votes, axis=1, kind="stable")[:, :2]
    return leaders, np.take_along_axis(votes, leaders, axis=1)


def fusion_weights(top: NDArray[np.float64], confident: float) -> NDArray[np.float64]:
    """Return the weights of the two classes with these shares of votes, equations 2 to 4."""
    kept = top.copy()
    kept[top[:, 0] > confident, 1] = 0.0
    return kept / kept.sum(axis=1, keepdims=True)


def _soft_vote(posteriors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Average the frames' log-posteriors and normalise."""
    tiny = np.finfo(np.float32).tiny
    logs = np.log(np.maximum(posteriors, tiny), dtype=np.float64).mean(axis=0)
    shares = np.exp(logs - logs.max())
    return shares / shares.sum()

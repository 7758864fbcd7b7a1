"""Facial animation: shape parameters of every frame from the speech around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from skaffect._chunks import ChunkBatches, Chunks, chunk_length, cut_chunks
from skaffect._keras import CallbackLike
from skaffect._parameters import check_integer, check_real, check_widths
from skaffect._regression import RegressionSet, UtteranceRegressor
from skaffect._targets import overlap_average
from skaffect._utterances import Frames, check_context, check_windows
from skaffect.nets import build_dsrn
from skaffect.nets._dsrn import KERNELS, fast_dsrn, refresh_fast_dsrn

# Frames of a chunk: longer ones share more work, shorter ones mix a batch better.
_TRAINING_CHUNK, _PREDICTION_CHUNK = 80, 128
# Windows in one call of the network: one of two numbers, so that it is traced twice at most.
# With few, reading the weights takes longer than multiplying; many are for many frames.
_PREDICTION_BATCH, _LARGE_BATCH = 256, 2048


class DSRNRegressor(UtteranceRegressor):
    """Shape parameters of every frame by the deep shape regression network (DSRN).

    Section II-D and Table II of [1]_: a convolutional network, looking along frequency
    only, estimates the shape parameters of :math:`K_v` frames from the spectral image
    around one, and the estimates that overlap in a frame are averaged (equation 6). At an
    utterance's ends fewer overlap. It is trained on the mean squared error, as in the paper.

    Parameters
    ----------
    filters : sequence of int, default=(32, 64, 128, 128)
        Channels of the convolutions, at most four; the defaults are the paper's.
    dense_units : sequence of int, default=(1024, 500)
        Widths of the fully connected layers; the defaults are the paper's.
    dropout : float in [0, 0.99], default=0.5
        Share of their outputs dropped in training; the paper's 50 %.
    output_context : int, default=5
        Frames estimated from one window, odd; the paper's :math:`K_v`.
    epochs : int, default=16
        Passes over the drawn frames; the paper does not say how many (its Figure 4 shows
        them).
    batch_size : int, default=256
        Windows in a training step, about.
    learning_rate : float, default=1e-3
        Step size of the Adam optimiser, which the paper names.
    learning_rate_schedule : {"constant", "cosine"}, default="cosine"
        Keep the rate, or lower it along half a cosine towards zero over `epochs`.
    weight_decay : float in [0, 1], default=0.0
        Decoupled weight decay of the optimiser.
    frame_stride : int, default=4
        Train on one frame in `frame_stride`, other ones in every epoch: a video has 25
        different faces a second, not 100. Predictions answer every frame. The paper does
        not thin, which is 1.
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
        Seeds the weights, the order and the dropout. The same seed gives the same bits on
        the same machine at the same number of threads.

    Attributes
    ----------
    target_mean_, target_scale_ : ndarray of shape (n_outputs,), float64
        Mean and spread of the training targets, by which the network's last, linear layer
        is scaled.
    history_ : dict of str to list of float
        Learning curves, one value an epoch: ``"loss"``, and ``"val_loss"`` with early
        stopping; mean squared errors over the :math:`K_v` estimates of each frame, in the
        units of the targets.
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
    EmotionConditionedRegressor : One such network for each emotion.
    ShapeTargetRegressor : Learns from landmarks and answers with them.

    Notes
    -----
    Entries of `X` are :class:`Windows`, arrays ``(n_frames, n_bands, context)``, or frames
    ``(n_frames, n_bands)``, taken as windows of one frame. Silent frames count too: a face
    moves on in a pause.

    Neighbouring windows share the work of the convolutions (see :func:`build_dsrn`), which
    changes nothing but the speed.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import DSRNRegressor, Windows
    >>> frames = np.random.RandomState(0).randn(30, 40)
    >>> dsrn = DSRNRegressor(filters=(4, 4), dense_units=(8,), epochs=1, random_state=0)
    >>> dsrn = dsrn.fit([Windows(frames)], [frames[:, :3]])
    >>> dsrn.predict([Windows(frames)])[0].shape
    (30, 3)
    """

    def __init__(
        self,
        filters: Sequence[int] = (32, 64, 128, 128),
        dense_units: Sequence[int] = (1024, 500),
        dropout: float = 0.5,
        *,
        output_context: int = 5,
        epochs: int = 16,
        batch_size: int = 256,
        learning_rate: float = 1e-3,
        learning_rate_schedule: str = "cosine",
        weight_decay: float = 0.0,
        frame_stride: int = 4,
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
        self.output_context = output_context
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.weight_decay = weight_decay
        self.frame_stride = frame_stride
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def _check_entries(self, X: Any, *, reset: bool) -> list[Any]:
        return check_windows(self, X, reset=reset).entries

    def _check_parameters(self) -> None:
        super()._check_parameters()
        check_widths("filters", self.filters)
        check_widths("dense_units", self.dense_units)
        if len(self.filters) > len(KERNELS):
            raise ValueError(
                f"filters must have at most {len(KERNELS)} values, one for each convolution of "
                f"Table II; got {len(self.filters)}."
            )
        check_context(self.output_context, "output_context")
        check_integer("batch_size", self.batch_size, at_least=1)
        check_integer("frame_stride", self.frame_stride, at_least=1)
        check_real("dropout", self.dropout, within=(0.0, 0.99))

    def _plan_network(self, training: RegressionSet, *, again: bool) -> None:
        super()._plan_network(training, again=again)
        self._chunk_frames = chunk_length(
            [*map(len, training.entries)], _PREDICTION_CHUNK, multiple=4
        )

    def _describe(self, training: RegressionSet) -> dict[str, Any]:
        n_bands, context = self.window_shape_in_
        return {
            "n_bands": n_bands,
            "context": context,
            "n_outputs": len(self.target_mean_),
            "output_context": int(self.output_context),
            "filters": tuple(int(n) for n in self.filters),
            "dense_units": tuple(int(n) for n in self.dense_units),
            "dropout": float(self.dropout),
            "output_mean": tuple(self.target_mean_.tolist()),
            "output_scale": tuple(self.target_scale_.tolist()),
        }

    def _build_network(self) -> keras.Model:
        return build_dsrn(**self.architecture_)

    def _training_batches(self, training: RegressionSet) -> ChunkBatches:
        return ChunkBatches(
            *training,
            batch_size=self.batch_size,
            output_context=self.output_context,
            chunk_frames=min(_TRAINING_CHUNK, self.batch_size * self.frame_stride),
            frame_stride=self.frame_stride,
            seed=self._seed,
        )

    def _validation_batches(self, validation: RegressionSet) -> ChunkBatches:
        return ChunkBatches(
            *validation,
            batch_size=_PREDICTION_BATCH,
            output_context=self.output_context,
            chunk_frames=self._chunk_frames,
        )

    def _answers(self, entries: list[Any]) -> list[Frames]:
        return [overlap_average(estimates) for estimates in self._estimates(entries)]

    def _estimates(self, entries: list[Any]) -> Iterator[NDArray[np.float32]]:
        """Yield every entry's estimates, ``(n_frames, output_context, n_outputs)``."""
        chunks = cut_chunks(entries, self._chunk_frames)
        ends = np.cumsum(np.bincount(chunks.owners, minlength=len(entries))).tolist()
        pending: list[NDArray[np.float32]] = []
        done = owner = start = 0
        while start < len(chunks.owners):
            n_chunks = _chunks_at_a_time(len(chunks.owners) - start, chunks.n_frames)
            pending += list(self._apply(chunks, start, n_chunks))
            start += n_chunks
            while owner < len(entries) and ends[owner] <= done + len(pending):
                own = ends[owner] - done
                yield np.concatenate(pending[:own])[: len(entries[owner])]
                del pending[:own]
                done, owner = ends[owner], owner + 1

    def _apply(self, chunks: Chunks, start: int, n_chunks: int) -> NDArray[np.float32]:
        """Run the network on some chunks, repeated up to a number that it knows."""
        numbers = np.arange(start, min(start + n_chunks, len(chunks.owners)))
        rows = chunks.rows(np.resize(numbers, n_chunks))
        answers = self._fast_network(chunks.n_frames).predict_on_batch(rows)
        return np.asarray(answers)[: len(numbers)]

    def _fast_network(self, n_frames: int) -> keras.Model:
        """Return the network as it is now, for inference on runs of `n_frames` frames."""
        if n_frames not in self._fast_networks:
            self._fast_networks[n_frames] = fast_dsrn(self.model_, n_frames)
        return self._fast_networks[n_frames]

    def _train(self, *batches: Any, epochs: int) -> None:
        super()._train(*batches, epochs=epochs)
        if self.__dict__.get("_fast_for") is not self.model_:
            self._fast_networks: dict[int, keras.Model] = {}
            self._fast_for = self.model_
        for network in self._fast_networks.values():
            refresh_fast_dsrn(network, self.model_)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        if "_fast_networks" in state:
            state["_fast_networks"] = {}
            state.pop("_fast_for", None)
        return state


def _chunks_at_a_time(n_left: int, n_frames: int) -> int:
    """Return how many chunks of so many frames the network gets next."""
    few, many = (max(1, n // n_frames) for n in (_PREDICTION_BATCH, _LARGE_BATCH))
    return many if n_left >= many else few

"""The blocks of Table 1 that the single and the dual attention network share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import Input, layers

from skaffect.nets._attention_layers import (
    AttentionWeights,
    ScorePooling,
    TimeMask,
    UtteranceMean,
)
from skaffect.nets._dense_softmax import dense_softmax
from skaffect.nets._lstm_pairs import LSTMPairs
from skaffect.nets._seeds import LayerSeeds

# "4x1" in Table 1: both attentions answer at the time resolution of the convolutions.
FRAMES_PER_STEP = 4


class DeviceBlocks:
    """The blocks of one network, with its seeds and its arithmetic.

    Parameters
    ----------
    n_bands : int
        Bands of a frame.
    seed : int
        Seed of every initial weight and of the dropout.
    dtype : str or None
        Keras dtype policy of the arithmetic; None means Keras's global one.
    """

    def __init__(self, n_bands: int, *, seed: int, dtype: str | None) -> None:
        self._n_bands = n_bands
        self._seeds = LayerSeeds(seed)
        self._dtype = dtype
        self.lengths = Input((), dtype="int32", name="lengths")
        self.given = Input((None, n_bands), name="frames")
        self.frames = TimeMask(dtype=dtype, name="frames_only")(self.given, self.lengths)

    @property
    def inputs(self) -> dict[str, Any]:
        """The network's inputs by their names."""
        return {"frames": self.given, "lengths": self.lengths}

    def convolutions(self, filters: Sequence[int], pools: Sequence[tuple[int, int]]) -> Any:
        """Return CNN-1 or CNN-2: 3x3 convolutions with ReLU, each with its max pooling.

        Everything beyond an utterance's end is set to zero before each convolution, whose
        bias would fill it. Zero is also never above what ReLU answers, so the pooling that
        meets the end takes the maximum of the utterance's own steps.
        """
        x = layers.Reshape((-1, self._n_bands, 1), name="image")(self.frames)
        rate = 1
        for i, (n_filters, pool) in enumerate(zip(filters, pools, strict=True), start=1):
            x = layers.Conv2D(
                n_filters,
                3,
                padding="same",
                activation="relu",
                kernel_initializer=self._seeds.glorot(),
                dtype=self._dtype,
                name=f"conv{i}",
            )(x)
            x = TimeMask(rate, dtype=self._dtype, name=f"mask{i}")(x, self.lengths)
            x = layers.MaxPooling2D(pool, padding="same", dtype=self._dtype, name=f"pool{i}")(x)
            rate *= pool[0]
        return x

    def scores(self, lstm_units: int, *, of_bands: bool) -> dict[str, Any]:
        """Return what the LSTMs of attention-1, and of attention-2, answer to every frame."""
        units = {"attention1": (lstm_units, 1)}
        if of_bands:
            units["attention2"] = (lstm_units, self._n_bands)
        # In single precision under any policy: so few units are no faster in less.
        lstms = LSTMPairs(units, seeds=self._seeds, dtype="float32", name="attention_lstms")
        return lstms(self.frames)

    def frame_weights(self, scores: Any, normalization: str, scale: float) -> Any:
        """Return attention-1: one weight for each time step of the convolutions."""
        scores = self._pooled(scores, "attention1")
        scores = layers.Reshape((-1,), name="attention1_scores")(scores)
        # In single precision under any policy: thousands of small weights sum to one.
        weigh = AttentionWeights(normalization, scale, dtype="float32", name="frame_weights")
        return weigh(scores)

    def band_weights(self, scores: Any, normalization: str, scale: float) -> Any:
        """Return attention-2: one weight for each band."""
        scores = self._pooled(scores, "attention2")
        mean = UtteranceMean(FRAMES_PER_STEP, dtype="float32", name="attention2_mean")
        weigh = AttentionWeights(normalization, scale, dtype="float32", name="band_weights")
        return weigh(mean(scores, self.lengths))

    def classification(
        self, embeddings: Any, n_classes: int, dense_units: int, dropout: float
    ) -> Any:
        """Return the two dense layers of classification network-1 or -2."""
        return dense_softmax(
            embeddings,
            n_classes,
            dense_units=dense_units,
            dropout=dropout,
            seeds=self._seeds,
            dtype=self._dtype,
            name="device",
        )

    def _pooled(self, scores: Any, name: str) -> Any:
        """Return scores pooled 4x1; LSTMs read forwards, so padding came too late for them."""
        pool = ScorePooling(FRAMES_PER_STEP, dtype="float32", name=f"{name}_pool")
        return pool(scores, self.lengths)

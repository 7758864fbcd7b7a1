"""Attention over the frames and the bands of utterances of different lengths.

Utterances of one batch are padded at their end, and every layer here that looks along
time is told how many frames are an utterance's own. Scores of frames beyond them are
`NO_SCORE`, whose attention weight is zero.
"""

from __future__ import annotations

from typing import Any

from keras import layers, ops

# Far below any output of an LSTM, and finite: differences of infinities are not numbers.
NO_SCORE = -1e9


class TimeMask(layers.Layer):
    """Set what lies after the end of each utterance to one value.

    Parameters
    ----------
    rate : int, default=1
        Frames of the utterance for each step of the values, from pooling before.
    fill : float, default=0.0
        The value.
    **options
        Of every Keras layer.
    """

    def __init__(self, rate: int = 1, fill: float = 0.0, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate
        self.fill = fill

    def call(self, values: Any, lengths: Any) -> Any:
        """Return the values, ``(batch, n_steps, ...)``, of utterances of `lengths` frames."""
        inside = inside_utterance(ops.shape(values)[1], lengths, self.rate)
        inside = ops.reshape(inside, (*ops.shape(inside), *[1] * (len(values.shape) - 2)))
        return ops.where(inside, values, ops.cast(self.fill, values.dtype))


class ScorePooling(layers.Layer):
    """Take the maximum score of every few frames, of the utterance's own ones.

    A last group that the utterance or the batch leaves incomplete counts as well.

    Parameters
    ----------
    width : int
        Frames in a group.
    **options
        Of every Keras layer.
    """

    def __init__(self, width: int, **options: Any) -> None:
        super().__init__(**options)
        self.width = width
        self.mask = TimeMask(fill=NO_SCORE, dtype=self.dtype_policy)
        self.pool = layers.MaxPooling1D(width, dtype=self.dtype_policy)

    def call(self, scores: Any, lengths: Any) -> Any:
        """Return scores ``(batch, ceil(n_frames / width), n_scores)``."""
        scores = self.mask(scores, lengths)
        after = [[0, 0], [0, self.width - 1], [0, 0]]
        return self.pool(ops.pad(scores, after, constant_values=NO_SCORE))


class UtteranceMean(layers.Layer):
    """Average over the time steps of each utterance itself.

    Parameters
    ----------
    rate : int
        Frames of the utterance for each step of the values, from pooling before.
    **options
        Of every Keras layer.
    """

    def __init__(self, rate: int, **options: Any) -> None:
        super().__init__(**options)
        self.rate = rate

    def call(self, values: Any, lengths: Any) -> Any:
        """Return the means, ``(batch, n_values)``, of values ``(batch, n_steps, n_values)``."""
        inside = inside_utterance(ops.shape(values)[1], lengths, self.rate)[:, :, None]
        total = ops.sum(ops.where(inside, values, ops.cast(0.0, values.dtype)), axis=1)
        return total / ops.sum(ops.cast(inside, values.dtype), axis=1)


class AttentionWeights(layers.Layer):
    """Turn scores into weights that sum to one over the last axis.

    Parameters
    ----------
    normalization : {"softmax", "sigmoid"}, default="softmax"
        Divide the scores' exponentials, or their logistic functions, by their sum.
    scale : float, default=1.0
        Factor of the scores before that.
    **options
        Of every Keras layer.
    """

    def __init__(self, normalization: str = "softmax", scale: float = 1.0, **options: Any) -> None:
        super().__init__(**options)
        self.normalization = normalization
        self.scale = scale

    def call(self, scores: Any) -> Any:
        """Return the weights of scores ``(batch, n_scores)``; `NO_SCORE` has weight zero."""
        scores = self.scale * scores
        if self.normalization == "sigmoid":
            scores = ops.log_sigmoid(scores)
        # Not Keras's softmax, which warns where a short utterance has a single step.
        shares = ops.exp(scores - ops.max(scores, axis=-1, keepdims=True))
        return shares / ops.sum(shares, axis=-1, keepdims=True)


class FramePooling(layers.Layer):
    """Equation 1: the sum of an utterance's frames, each times its weight."""

    def call(self, frames: Any, weights: Any) -> Any:
        """Return embeddings K.

        Parameters
        ----------
        frames : tensor of shape (batch, n_frames, n_bands, n_channels)
            The outputs f_t of the convolutions.
        weights : tensor of shape (batch, n_frames)
            The weights w_t of attention-1, zero beyond the end of an utterance.

        Returns
        -------
        embeddings : tensor of shape (batch, n_bands, n_channels)
            The weighted sums over the frames.
        """
        return ops.einsum("bt,btkc->bkc", weights, frames)


class BandPooling(layers.Layer):
    """Equation 2: each band of the embeddings times its weight.

    Parameters
    ----------
    pooling : {"keep", "sum"}, default="keep"
        Keep the weighted bands apart, their weights scaled to a mean of one, or add them
        up, as the equation is printed.
    **options
        Of every Keras layer.
    """

    def __init__(self, pooling: str = "keep", **options: Any) -> None:
        super().__init__(**options)
        self.pooling = pooling

    def call(self, embeddings: Any, weights: Any) -> Any:
        """Return embeddings K'.

        Parameters
        ----------
        embeddings : tensor of shape (batch, n_bands, n_channels)
            The embeddings K of equation 1.
        weights : tensor of shape (batch, n_bands)
            The weights w_k of attention-2.

        Returns
        -------
        embeddings : tensor of shape (batch, n_bands, n_channels) or (batch, n_channels)
            The weighted bands, or their sum.
        """
        weighted = embeddings * weights[:, :, None]
        if self.pooling == "sum":
            return ops.sum(weighted, axis=1)
        # The weights add up to one: apart, each band would come to next to nothing.
        return weighted * embeddings.shape[1]


def inside_utterance(n_steps: Any, lengths: Any, rate: int) -> Any:
    """Tell for each of `n_steps` steps of `rate` frames whether it begins in the utterance."""
    return ops.arange(n_steps, dtype="int32")[None, :] * rate < lengths[:, None]

"""The dual attention pooling network (DA-CNN) of Naini, Singhal and Ghosh, Table 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import Model

from skaffect.nets._attention_blocks import DeviceBlocks
from skaffect.nets._attention_layers import BandPooling, FramePooling

# Time x band, Table 1: the bands stay as many as attention-2 weighs.
POOLS = ((2, 1), (1, 1), (2, 1))


def build_dual_attention(
    n_bands: int,
    n_classes: int,
    *,
    filters: Sequence[int] = (40, 40, 40),
    lstm_units: int = 24,
    dense_units: int = 120,
    band_pooling: str = "keep",
    attention: str = "softmax",
    score_scale: float = 5.0,
    dropout: float = 0.0,
    seed: int = 0,
    dtype: str | None = None,
) -> Any:
    """Build Table 1's CNN-2, attention-1, attention-2 and classification network-2.

    ====================  =================================================  ============
    layer                 what it does                                       output
    ====================  =================================================  ============
    conv1, pool1          3x3, ReLU; maximum of 2 time steps x 1 band        T/2 x 24 x 40
    conv2, pool2          3x3, ReLU; 1x1                                     T/2 x 24 x 40
    conv3, pool3          3x3, ReLU; 2x1                                     T/4 x 24 x 40
    attention1_lstm1      LSTM over the frames                               T x 24
    attention1_lstm2      LSTM, a score for each frame                       T x 1
    attention1_pool       maximum of 4 frames                                T/4 x 1
    frame_weights         normalised over the utterance's own frames         T/4
    attention2_lstm1      LSTM over the frames                               T x 24
    attention2_lstm2      LSTM, a score for each band                        T x 24
    attention2_pool       maximum of 4 frames                                T/4 x 24
    attention2_mean       mean over the utterance's own frames               24
    band_weights          normalised over the bands                          24
    weighted_frames       equation 1                                         24 x 40
    weighted_bands        equation 2                                         24 x 40 or 40
    dense, dropout        ReLU                                               120
    device                softmax                                            n_classes
    ====================  =================================================  ============

    T is the number of frames, the last incomplete pool counting as one. The LSTMs are one
    layer, ``attention_lstms``, which runs them in a single loop. Convolutions pad their input.

    Parameters
    ----------
    n_bands : int
        Bands of a frame; 24 in the paper.
    n_classes : int
        Number of devices.
    filters : sequence of three int, default=(40, 40, 40)
        Channels of the convolutions; the defaults are the paper's.
    lstm_units : int, default=24
        Width of the first LSTM of each attention; the default is the paper's.
    dense_units : int, default=120
        Width of the first dense layer; the default is the paper's.
    band_pooling : {"keep", "sum"}, default="keep"
        Keep the weighted bands apart, their weights scaled to a mean of one, or add them
        up, as equation 2 is printed.
    attention : {"softmax", "sigmoid"}, default="softmax"
        How scores are normalised to weights.
    score_scale : float, default=5.0
        Factor of the scores before that.
    dropout : float in [0, 1), default=0.0
        Share of the first dense layer's outputs dropped in training; the paper has none.
    seed : int, default=0
        Seed of every initial weight and of the dropout.
    dtype : str or None, default=None
        Keras dtype policy of the arithmetic, such as ``"mixed_bfloat16"``; the answer is
        float32 under any. None means Keras's global one.

    Returns
    -------
    network : keras.Model
        Uncompiled; inputs ``"frames"`` of shape ``(batch, n_frames, n_bands)`` and
        ``"lengths"`` of shape ``(batch,)``, int32: how many frames are each utterance's
        own, at least 1; what lies beyond changes nothing. Output class probabilities.

    See Also
    --------
    build_single_attention : The network that attends to frames only.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 2.3 and Table 1.

    Examples
    --------
    >>> from skaffect import build_dual_attention
    >>> build_dual_attention(24, n_classes=21).count_params()
    161357
    """
    blocks = DeviceBlocks(n_bands, seed=seed, dtype=dtype)
    steps = blocks.convolutions(filters, POOLS)
    scores = blocks.scores(lstm_units, of_bands=True)
    frame_weights = blocks.frame_weights(scores["attention1"], attention, score_scale)
    band_weights = blocks.band_weights(scores["attention2"], attention, score_scale)
    embeddings = FramePooling(dtype=dtype, name="weighted_frames")(steps, frame_weights)
    embeddings = BandPooling(band_pooling, dtype=dtype, name="weighted_bands")(
        embeddings, band_weights
    )
    device = blocks.classification(embeddings, n_classes, dense_units, dropout)
    return Model(blocks.inputs, device, name="dual_attention")

"""The single attention pooling network (SA-CNN) of Naini, Singhal and Ghosh, Table 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import Model, layers

from skaffect.nets._attention_blocks import DeviceBlocks
from skaffect.nets._attention_layers import FramePooling

# Time x band, Table 1: 24 bands become 12.
POOLS = ((2, 1), (1, 2), (2, 1))


def build_single_attention(
    n_bands: int,
    n_classes: int,
    *,
    filters: Sequence[int] = (20, 20, 20),
    lstm_units: int = 24,
    dense_units: int = 60,
    averaged_bands: int = 1,
    attention: str = "softmax",
    score_scale: float = 5.0,
    dropout: float = 0.0,
    seed: int = 0,
    dtype: str | None = None,
) -> Any:
    """Build Table 1's CNN-1, attention-1 and classification network-1.

    ====================  =================================================  ============
    layer                 what it does                                       output
    ====================  =================================================  ============
    conv1, pool1          3x3, ReLU; maximum of 2 time steps x 1 band        T/2 x 24 x 20
    conv2, pool2          3x3, ReLU; 1x2                                     T/2 x 12 x 20
    conv3, pool3          3x3, ReLU; 2x1                                     T/4 x 12 x 20
    attention1_lstm1      LSTM over the frames                               T x 24
    attention1_lstm2      LSTM, a score for each frame                       T x 1
    attention1_pool       maximum of 4 frames                                T/4 x 1
    frame_weights         normalised over the utterance's own frames         T/4
    weighted_frames       equation 1                                         12 x 20
    average               mean of `averaged_bands` neighbouring bands        12 x 20
    dense, dropout        ReLU                                               60
    device                softmax                                            n_classes
    ====================  =================================================  ============

    T is the number of frames, the last incomplete pool counting as one. The LSTMs are one
    layer, ``attention_lstms``, which runs them in a single loop. Convolutions pad their input,
    poolings pad bands that do not divide.

    Parameters
    ----------
    n_bands : int
        Bands of a frame; 24 in the paper.
    n_classes : int
        Number of devices.
    filters : sequence of three int, default=(20, 20, 20)
        Channels of the convolutions; the defaults are the paper's.
    lstm_units : int, default=24
        Width of the first LSTM; the default is the paper's.
    dense_units : int, default=60
        Width of the first dense layer; the default is the paper's.
    averaged_bands : int, default=1
        Neighbouring bands that the average pooling before the dense layers makes one; 1
        leaves this layer out, as many as there are bands leaves one.
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
    build_dual_attention : The network with a second attention, to bands.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 2.2 and Table 1.

    Examples
    --------
    >>> from skaffect import build_single_attention
    >>> build_single_attention(24, n_classes=21).count_params()
    27989
    """
    blocks = DeviceBlocks(n_bands, seed=seed, dtype=dtype)
    steps = blocks.convolutions(filters, POOLS)
    scores = blocks.scores(lstm_units, of_bands=False)
    weights = blocks.frame_weights(scores["attention1"], attention, score_scale)
    embeddings = FramePooling(dtype=dtype, name="weighted_frames")(steps, weights)
    embeddings = layers.AveragePooling1D(
        averaged_bands, padding="same", dtype=dtype, name="average"
    )(embeddings)
    device = blocks.classification(embeddings, n_classes, dense_units, dropout)
    return Model(blocks.inputs, device, name="single_attention")

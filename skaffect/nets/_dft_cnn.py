"""A 1-D convolutional network on absolute DFT values, after Verma and Khanna."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import Input, Model, layers

from skaffect.nets._dense_softmax import dense_softmax
from skaffect.nets._seeds import LayerSeeds

# Taps of a convolution and width of a pooling, in DFT bins of its input.
KERNEL, POOL = 9, 4


def build_dft_cnn(
    n_bins: int,
    n_classes: int,
    *,
    filters: Sequence[int] = (16, 32, 64),
    dense_units: int = 128,
    dropout: float = 0.0,
    seed: int = 0,
    dtype: str | None = None,
) -> Any:
    """Build a convolutional network along the frequencies of one piece of recording.

    The papers [1]_ and [2]_ describe a convolutional network on 4001 absolute DFT values;
    [1]_ does not print its layers, so this table is our reading:

    ============  =====================================  ===========  ==========
    layer         what it does                           output       parameters
    ============  =====================================  ===========  ==========
    conv1, pool1  16 filters of 9 bins, ReLU; max of 4   1001 x 16    160
    conv2, pool2  32 filters of 9 bins, ReLU; max of 4   251 x 32     4640
    conv3, pool3  64 filters of 9 bins, ReLU; max of 4   63 x 64      18,496
    flatten                                              4032
    dense         ReLU                                   128          516,224
    dropout                                              128
    device        softmax                                n_classes    129 each
    ============  =====================================  ===========  ==========

    Convolutions and poolings pad their input ("same"). The flattened features keep their
    frequencies, which is where devices differ.

    Parameters
    ----------
    n_bins : int
        Absolute DFT values of one piece; 4001 in the paper.
    n_classes : int
        Number of devices.
    filters : sequence of int, default=(16, 32, 64)
        Channels of the convolutions, each with its pooling.
    dense_units : int, default=128
        Width of the fully connected layer.
    dropout : float in [0, 1), default=0.0
        Share of its outputs dropped in training.
    seed : int, default=0
        Seed of every initial weight and of the dropout.
    dtype : str or None, default=None
        Keras dtype policy of the arithmetic, such as ``"mixed_bfloat16"``; the answer is
        float32 under any. None means Keras's global one.

    Returns
    -------
    network : keras.Model
        Uncompiled; input ``(batch, n_bins)``, output class probabilities.

    References
    ----------
    .. [1] Naini, Singhal, Ghosh, "Dual Attention Pooling Network for Recording Device
       Classification Using Neutral and Whispered Speech", section 3.2.
    .. [2] Verma, Khanna, "Speaker-independent source cell-phone identification for
       re-compressed and noisy audio recordings", Multimedia Tools and Applications, 2021.

    Examples
    --------
    >>> from skaffect import build_dft_cnn
    >>> build_dft_cnn(4001, n_classes=21).count_params()
    542229
    """
    seeds = LayerSeeds(seed)
    spectrum = Input((n_bins,), name="spectrum")
    x = layers.Reshape((n_bins, 1), name="channel")(spectrum)
    for i, n_filters in enumerate(filters, start=1):
        x = layers.Conv1D(
            n_filters,
            KERNEL,
            padding="same",
            activation="relu",
            kernel_initializer=seeds.glorot(),
            dtype=dtype,
            name=f"conv{i}",
        )(x)
        x = layers.MaxPooling1D(POOL, padding="same", dtype=dtype, name=f"pool{i}")(x)
    device = dense_softmax(
        x,
        n_classes,
        dense_units=dense_units,
        dropout=dropout,
        seeds=seeds,
        dtype=dtype,
        name="device",
    )
    return Model(spectrum, device, name="dft_cnn")

"""The deep emotion recognition network (DERN), Table I of arXiv:1908.03904."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras import Input, Model, layers

from skaffect.nets._dense_softmax import dense_softmax
from skaffect.nets._seeds import LayerSeeds

# Neighbours, of frames and of bands, that a pooling looks at.
POOL = 3


def build_dern(
    window_shape: tuple[int, int],
    n_classes: int,
    *,
    filters: Sequence[int] = (32, 64, 128),
    dense_units: int = 256,
    dropout: float = 0.5,
    seed: int = 0,
    dtype: str | None = None,
) -> Any:
    """Build Table I: convolution and pooling three times, one dense layer, softmax.

    Every convolution is 5x5 with ReLU, every pooling 3x3 with stride 2. Both pad their
    input ("same"): without padding, 15 frames do not survive three such stages. A
    40x15 image ends as 5x2 with 128 channels, 586,759 parameters at seven classes.

    Parameters
    ----------
    window_shape : tuple of int
        ``(n_bands, context)`` of one spectral image.
    n_classes : int
        Number of emotions.
    filters : sequence of int, default=(32, 64, 128)
        Channels of the convolutions; the defaults are the paper's.
    dense_units : int, default=256
        Width of the fully connected layer; the default is the paper's.
    dropout : float in [0, 1), default=0.5
        Share of its outputs dropped in training. The paper gives no value.
    seed : int, default=0
        Seed of every initial weight and of the dropout.
    dtype : str or None, default=None
        Keras dtype policy of the arithmetic, such as ``"mixed_bfloat16"``; the answer is
        float32 under any. None means Keras's global one.

    Returns
    -------
    network : keras.Model
        Uncompiled; input ``(batch, n_bands, context)``, output class probabilities.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019, Table I.

    Examples
    --------
    >>> from skaffect import build_dern
    >>> build_dern((40, 15), n_classes=7).count_params()
    586759
    """
    seeds = LayerSeeds(seed)
    image = Input((*window_shape,), name="mfsc")
    x = layers.Reshape((*window_shape, 1), dtype=dtype, name="image")(image)
    for i, n_filters in enumerate(filters, start=1):
        x = layers.Conv2D(
            n_filters,
            5,
            padding="same",
            activation="relu",
            kernel_initializer=seeds.glorot(),
            dtype=dtype,
            name=f"conv{i}",
        )(x)
        x = layers.MaxPooling2D(POOL, strides=2, padding="same", dtype=dtype, name=f"pool{i}")(x)
    emotion = dense_softmax(
        x,
        n_classes,
        dense_units=dense_units,
        dropout=dropout,
        seeds=seeds,
        dtype=dtype,
        name="emotion",
    )
    return Model(image, emotion, name="dern")

"""The fully connected layers at the end of the classification networks."""

from __future__ import annotations

from typing import Any

from keras import layers

from skaffect.nets._seeds import LayerSeeds


def dense_softmax(
    features: Any,
    n_classes: int,
    *,
    dense_units: int,
    dropout: float,
    seeds: LayerSeeds,
    dtype: str | None,
    name: str,
) -> Any:
    """Add a dense layer with ReLU, its dropout, and a softmax over the classes.

    Parameters
    ----------
    features : keras tensor of shape (batch, ...)
        What the network knows; it is flattened.
    n_classes : int
        Number of classes.
    dense_units : int
        Width of the first dense layer.
    dropout : float in [0, 1)
        Share of its outputs dropped in training.
    seeds : LayerSeeds
        Where the seeds of the layers come from.
    dtype : str or None
        Keras dtype policy of the arithmetic; None means Keras's global one.
    name : str
        Name of the last layer, which answers in float32 under any policy.

    Returns
    -------
    probabilities : keras tensor of shape (batch, n_classes)
        Probabilities of the classes.
    """
    x = layers.Flatten(dtype=dtype, name="flatten")(features)
    x = layers.Dense(
        dense_units,
        activation="relu",
        kernel_initializer=seeds.glorot(),
        dtype=dtype,
        name="dense",
    )(x)
    x = layers.Dropout(dropout, seed=seeds.draw(), dtype=dtype, name="dropout")(x)
    return layers.Dense(
        n_classes,
        activation="softmax",
        kernel_initializer=seeds.glorot(),
        dtype="float32",
        name=name,
    )(x)

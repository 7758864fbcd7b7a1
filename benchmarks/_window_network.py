"""Table II of arXiv:1908.03904 as printed, on one window at a time: what DSRN must equal."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers
from numpy.typing import NDArray

FILTERS, KERNELS, POOLS = (32, 64, 128, 128), (5, 5, 5, 3), (3, 3, 2, 2)
DENSE_UNITS, DROPOUT = (1024, 500), 0.5


def window_network(network: keras.Model) -> keras.Model:
    """Build Table II with the weights and the units of what `build_dsrn` built by default.

    Uncompiled; input windows ``(batch, n_bands, context)``, output ``(batch, output_context,
    n_outputs)``.
    """
    n_bands, context = network.input["rows"].shape[-1], network.get_layer("windows").context
    lags, n_outputs = network.output.shape[2:]
    window = keras.Input((n_bands, context))
    x = layers.Reshape((n_bands, context, 1))(window)
    for i, (n_filters, kernel, pool) in enumerate(
        zip(FILTERS, KERNELS, POOLS, strict=True), start=1
    ):
        x = layers.Conv2D(
            n_filters, (kernel, 1), padding="same", activation="relu", name=f"conv{i}"
        )(x)
        x = layers.MaxPooling2D((pool, 1), strides=(2, 1), padding="same")(x)
    n_places = x.shape[1]
    x = layers.Flatten()(x)
    for i, n_units in enumerate(DENSE_UNITS, start=1):
        x = layers.Dense(n_units, activation="relu", name=f"dense{i}")(x)
        x = layers.Dropout(DROPOUT)(x)
    x = layers.Dense(lags * n_outputs, name="shape")(x)
    x = layers.Reshape((lags, n_outputs))(x)
    for units in (layer for layer in network.layers if layer.name == "units"):
        x = layers.Rescaling(units.scale, units.offset)(x)
    windows = keras.Model(window, x)
    for layer in windows.layers:
        if layer.weights:
            kernel, bias = network.get_layer(layer.name).get_weights()
            if layer.name == "dense1":
                kernel = _places_first(kernel, context, n_places)
            layer.set_weights([kernel, bias])
    return windows


def _places_first(kernel: NDArray[Any], n_frames: int, n_places: int) -> NDArray[Any]:
    """Reorder the rows of a kernel from (frame, place, channel) to (place, frame, channel)."""
    parts = kernel.reshape(n_frames, n_places, -1, kernel.shape[-1])
    return parts.swapaxes(0, 1).reshape(kernel.shape)

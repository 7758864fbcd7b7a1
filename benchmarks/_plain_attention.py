"""Table 1's networks out of Keras's own layers, for utterances of one length."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def plain_network(network: keras.Model) -> keras.Model:
    """Build what `build_dual_attention` or `build_single_attention` built, with its weights.

    By their defaults but for the units. Four LSTM layers of Keras in DA-CNN, two in SA-CNN, and
    no masks: padding is heard, and of the inputs only the frames are read. Uncompiled.
    """
    frames = keras.Input(network.input["frames"].shape[1:], name="frames")
    lengths = keras.Input((), dtype="int32", name="lengths")
    x = layers.Reshape((-1, frames.shape[-1], 1))(frames)
    for i in (1, 2, 3):
        n_filters = network.get_layer(f"conv{i}").filters
        x = layers.Conv2D(n_filters, 3, padding="same", activation="relu", name=f"conv{i}")(x)
        x = layers.MaxPooling2D(network.get_layer(f"pool{i}").pool_size, padding="same")(x)
    n_bands, n_channels = x.shape[2:]
    steps = layers.Reshape((-1, n_bands * n_channels))(x)
    scale = network.get_layer("frame_weights").scale
    pairs = network.get_layer("attention_lstms").pairs
    scores = {
        name: _scores(frames, name, [lstm.recurrent_kernel.shape[0] for lstm in pair])
        for name, pair in pairs.items()
    }
    weights = layers.Softmax(axis=1)(layers.Rescaling(scale)(scores["attention1"]))
    x = layers.Dot(axes=1)([weights, steps])
    x = layers.Reshape((n_bands, n_channels))(x)
    if "attention2" in scores:
        weights = layers.Rescaling(scale)(layers.GlobalAveragePooling1D()(scores["attention2"]))
        weights = layers.Reshape((n_bands, 1))(layers.Softmax()(weights))
        x = layers.Multiply()([x, layers.Rescaling(float(n_bands))(weights)])
    else:
        x = layers.AveragePooling1D(network.get_layer("average").pool_size, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(network.get_layer("dense").units, activation="relu", name="dense")(x)
    x = layers.Dense(network.get_layer("device").units, activation="softmax", name="device")(x)
    plain = keras.Model({"frames": frames, "lengths": lengths}, x)
    for name in ("conv1", "conv2", "conv3", "dense", "device"):
        plain.get_layer(name).set_weights(network.get_layer(name).get_weights())
    weights = network.get_layer("attention_lstms").get_weights()
    for i, name in enumerate(f"{name}_lstm{k}" for name in pairs for k in (1, 2)):
        plain.get_layer(name).set_weights(weights[3 * i : 3 * i + 3])
    return plain


def _scores(frames: Any, name: str, units: list[int]) -> Any:
    """Return what two LSTM layers answer to the frames, the maximum of every four."""
    x = frames
    for k, n_units in enumerate(units, start=1):
        x = layers.LSTM(n_units, return_sequences=True, name=f"{name}_lstm{k}")(x)
    return layers.MaxPooling1D(4, padding="same")(x)

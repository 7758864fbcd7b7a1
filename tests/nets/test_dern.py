"""The network of Table I, layer by layer."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from skaffect.nets import build_dern

# Table I on a 40x15 image with "same" padding. Parameters by hand: a 5x5 kernel for each
# pair of input and output channels and one bias for each output.
TABLE_I = {
    "conv1": ((40, 15, 32), 5 * 5 * 1 * 32 + 32),
    "pool1": ((20, 8, 32), 0),
    "conv2": ((20, 8, 64), 5 * 5 * 32 * 64 + 64),
    "pool2": ((10, 4, 64), 0),
    "conv3": ((10, 4, 128), 5 * 5 * 64 * 128 + 128),
    "pool3": ((5, 2, 128), 0),
    "flatten": ((5 * 2 * 128,), 0),
    "dense": ((256,), 5 * 2 * 128 * 256 + 256),
    "dropout": ((256,), 0),
    "emotion": ((7,), 256 * 7 + 7),
}


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return build_dern((40, 15), 7)


@pytest.mark.parametrize("name", TABLE_I)
def test_layer(network: keras.Model, name: str) -> None:
    shape, n_parameters = TABLE_I[name]
    layer = network.get_layer(name)
    assert layer.output.shape == (None, *shape)
    assert layer.count_params() == n_parameters


def test_no_other_layer_has_parameters(network: keras.Model) -> None:
    assert network.count_params() == 586_759
    assert network.count_params() == sum(count for _, count in TABLE_I.values())
    others = [layer for layer in network.layers if layer.name not in TABLE_I]
    assert [layer.name for layer in others] == ["mfsc", "image"]


@pytest.mark.parametrize("i", [1, 2, 3])
def test_stage(network: keras.Model, i: int) -> None:
    convolution, pooling = network.get_layer(f"conv{i}"), network.get_layer(f"pool{i}")
    assert isinstance(convolution, layers.Conv2D)
    assert convolution.kernel_size == (5, 5)
    assert convolution.strides == (1, 1)
    assert convolution.padding == "same"
    assert convolution.activation is keras.activations.relu
    assert isinstance(pooling, layers.MaxPooling2D)
    assert pooling.pool_size == (3, 3)
    assert pooling.strides == (2, 2)
    assert pooling.padding == "same"


def test_top(network: keras.Model) -> None:
    assert network.get_layer("dense").activation is keras.activations.relu
    assert network.get_layer("dropout").rate == 0.5
    assert network.get_layer("emotion").activation is keras.activations.softmax
    assert network.input.shape == (None, 40, 15)
    assert not network.compiled


def test_answers_are_probabilities(network: keras.Model) -> None:
    windows = np.random.default_rng(0).normal(size=(3, 40, 15)).astype(np.float32)
    answers = np.asarray(network(windows))
    assert answers.shape == (3, 7)
    assert (answers > 0).all()
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


def test_bands_are_rows_of_the_image(network: keras.Model) -> None:
    # A window that is constant over time and one constant over bands are different images.
    values = np.linspace(-1, 1, 15, dtype=np.float32)
    over_time = np.broadcast_to(values, (1, 40, 15))
    image = np.asarray(network.get_layer("image")(over_time))
    np.testing.assert_array_equal(image[0, :, :, 0], over_time[0])


def test_other_sizes() -> None:
    network = build_dern((3, 1), 2, filters=(2, 5), dense_units=4, dropout=0.0)
    assert network.get_layer("pool2").output.shape == (None, 1, 1, 5)
    assert network.get_layer("dense").units == 4
    assert network.get_layer("dropout").rate == 0.0
    assert network.output.shape == (None, 2)


def test_same_seed_same_weights_other_seed_others() -> None:
    def weights(seed: int) -> list[np.ndarray]:
        network = build_dern((6, 3), 2, filters=(2, 3), dense_units=4, seed=seed)
        return [np.asarray(layer.kernel) for layer in network.layers if hasattr(layer, "kernel")]

    for one, same, other in zip(weights(1), weights(1), weights(2), strict=True):
        np.testing.assert_array_equal(one, same)
        assert not np.isclose(one, other).any()


def test_equal_layers_start_differently() -> None:
    network = build_dern((8, 8), 2, filters=(4, 4, 4), dense_units=4)
    second, third = (np.asarray(network.get_layer(name).kernel) for name in ("conv2", "conv3"))
    assert second.shape == third.shape
    assert not np.isclose(second, third).any()

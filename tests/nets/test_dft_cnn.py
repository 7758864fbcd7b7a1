"""The baseline's network against the table in its docstring."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from keras import layers

from skaffect import build_dft_cnn

# A kernel of 9 for each pair of channels and a bias for each output.
TABLE = {
    "conv1": ((4001, 16), 9 * 1 * 16 + 16),
    "pool1": ((1001, 16), 0),
    "conv2": ((1001, 32), 9 * 16 * 32 + 32),
    "pool2": ((251, 32), 0),
    "conv3": ((251, 64), 9 * 32 * 64 + 64),
    "pool3": ((63, 64), 0),
    "flatten": ((63 * 64,), 0),
    "dense": ((128,), 63 * 64 * 128 + 128),
    "dropout": ((128,), 0),
    "device": ((21,), 128 * 21 + 21),
}


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return build_dft_cnn(4001, 21)


@pytest.mark.parametrize("name", TABLE)
def test_layer(network: keras.Model, name: str) -> None:
    shape, n_parameters = TABLE[name]
    layer = network.get_layer(name)
    assert layer.output.shape == (None, *shape)
    assert layer.count_params() == n_parameters


def test_no_other_layer_has_parameters(network: keras.Model) -> None:
    assert network.count_params() == sum(count for _, count in TABLE.values()) == 542_229


def test_docstring_has_the_table() -> None:
    text = build_dft_cnn.__doc__
    for name, number in (("conv1", 160), ("conv2", 4640), ("conv3", 18_496), ("dense", 516_224)):
        line = next(line for line in text.splitlines() if line.strip().startswith(name))
        assert int(line.split()[-1].replace(",", "")) == TABLE[name][1] == number
    for i in (1, 2, 3):
        n_bins, n_channels = TABLE[f"pool{i}"][0]
        assert f"{n_bins} x {n_channels}" in text


@pytest.mark.parametrize("i", [1, 2, 3])
def test_stage(network: keras.Model, i: int) -> None:
    convolution, pooling = network.get_layer(f"conv{i}"), network.get_layer(f"pool{i}")
    assert isinstance(convolution, layers.Conv1D)
    assert convolution.kernel_size == (9,)
    assert convolution.padding == pooling.padding == "same"
    assert convolution.activation is keras.activations.relu
    assert isinstance(pooling, layers.MaxPooling1D)
    assert pooling.pool_size == pooling.strides == (4,)


def test_answers_are_probabilities(network: keras.Model) -> None:
    spectra = np.random.default_rng(0).random((3, 4001), np.float32)
    answers = np.asarray(network(spectra))
    assert answers.shape == (3, 21)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


def test_same_seed_same_weights_other_seed_others() -> None:
    def kernels(seed: int) -> list[np.ndarray]:
        network = build_dft_cnn(20, 2, filters=(2, 3), dense_units=4, seed=seed)
        return [np.asarray(layer.kernel) for layer in network.layers if hasattr(layer, "kernel")]

    for one, same, other in zip(kernels(1), kernels(1), kernels(2), strict=True):
        np.testing.assert_array_equal(one, same)
        assert not np.isclose(one, other).any()


def test_few_bins() -> None:
    network = build_dft_cnn(2, 3, filters=(2, 2, 2), dense_units=4)
    assert network.output.shape == (None, 3)

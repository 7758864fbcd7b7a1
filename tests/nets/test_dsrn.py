"""The network of Table II, layer by layer, and beside the window formulation."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from benchmarks._window_network import window_network
from skaffect import Windows
from skaffect.nets import build_dsrn
from skaffect.nets._dsrn import fast_dsrn
from skaffect.nets._run_dense import RunDense, n_halvings

# Table II on windows of 40 bands and 15 frames with "same" padding, 18 x 5 outputs. Shapes
# are (bands, rows, channels) and (windows, features); parameters by hand.
TABLE_II = {
    "conv1": ((40, None, 32), 5 * 1 * 32 + 32),
    "pool1": ((20, None, 32), 0),
    "conv2": ((20, None, 64), 5 * 32 * 64 + 64),
    "pool2": ((10, None, 64), 0),
    "conv3": ((10, None, 128), 5 * 64 * 128 + 128),
    "pool3": ((5, None, 128), 0),
    "conv4": ((5, None, 128), 3 * 128 * 128 + 128),
    "pool4": ((3, None, 128), 0),
    "windows": ((None, 3 * 15 * 128), 0),
    "dense1": ((None, 1024), 3 * 15 * 128 * 1024 + 1024),
    "dropout1": ((None, 1024), 0),
    "dense2": ((None, 500), 1024 * 500 + 500),
    "dropout2": ((None, 500), 0),
    "shape": ((None, 18 * 5), 500 * 90 + 90),
}


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return build_dsrn(40, 15, 18)


@pytest.mark.parametrize("name", TABLE_II)
def test_layer(network: keras.Model, name: str) -> None:
    shape, n_parameters = TABLE_II[name]
    layer = network.get_layer(name)
    assert layer.output.shape == (None, *shape)
    assert layer.count_params() == n_parameters


def test_no_other_layer_has_parameters(network: keras.Model) -> None:
    assert network.count_params() == 6_557_718
    assert network.count_params() == sum(count for _, count in TABLE_II.values())


def test_dropout_is_half_in_both_dense_layers(network: keras.Model) -> None:
    assert [network.get_layer(f"dropout{i}").rate for i in (1, 2)] == [0.5, 0.5]
    assert network.get_layer("shape").activation is keras.activations.linear


def test_equals_the_window_formulation(network: keras.Model) -> None:
    windows = Windows(np.random.default_rng(0).normal(size=(37, 40)), context=15)
    oracle = window_network(network).predict_on_batch(np.asarray(windows))
    rows = np.pad(windows.frames, ((7, 7), (0, 0)), mode="edge")
    first = np.arange(37, dtype=np.int32)
    ours = network.predict_on_batch({"rows": rows[None], "first": first[None]})[0]
    assert np.abs(ours - oracle).max() < 1e-5
    assert np.abs(oracle).max() > 0.01


@pytest.mark.parametrize("n_frames", [1, 2, 4, 36, 37])
def test_fast_network_equals_the_window_formulation(network: keras.Model, n_frames: int) -> None:
    windows = Windows(np.random.default_rng(1).normal(size=(n_frames, 40)), context=15)
    oracle = window_network(network).predict_on_batch(np.asarray(windows))
    rows = np.pad(windows.frames, ((7, 7), (0, 0)), mode="edge")
    ours = fast_dsrn(network, n_frames).predict_on_batch(np.stack([rows, rows[::-1]]))
    assert np.abs(ours[0] - oracle).max() < 1e-5


def test_fast_network_spares_multiplications_where_it_can() -> None:
    # Nine quarters of the taps at a quarter of the frames for all taps at all frames.
    assert [n_halvings(n_frames, 15) for n_frames in (1, 2, 4, 6, 128)] == [0, 1, 2, 1, 2]
    assert [n_halvings(128, n_taps) for n_taps in (1, 3, 4, 7, 8)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("n_frames", "n_taps"), [(8, 15), (12, 8), (5, 3), (6, 5), (128, 16)])
def test_run_dense_is_a_correlation(n_frames: int, n_taps: int) -> None:
    rng = np.random.default_rng(0)
    kernel, bias = rng.normal(size=(n_taps, 3, 2)), rng.normal(size=2)
    features = rng.normal(size=(2, n_frames + n_taps - 1, 3)).astype(np.float32)
    layer = RunDense(kernel.astype(np.float32), bias.astype(np.float32), n_frames)
    expected = [
        np.einsum("bkf,kfo->bo", features[:, t : t + n_taps], kernel) + bias
        for t in range(n_frames)
    ]
    answer = keras.ops.convert_to_numpy(layer(features))
    np.testing.assert_allclose(answer, np.stack(expected, axis=1), atol=1e-4)


def test_scaling_of_the_outputs() -> None:
    plain = build_dsrn(6, 3, 2, filters=(2,), dense_units=(3,), seed=5)
    scaled = build_dsrn(
        6,
        3,
        2,
        filters=(2,),
        dense_units=(3,),
        seed=5,
        output_mean=(1.0, -2.0),
        output_scale=(3.0, 0.5),
    )
    inputs = {
        "rows": np.random.default_rng(0).normal(size=(1, 4, 6)).astype(np.float32),
        "first": np.array([[0, 1]], np.int32),
    }
    expected = plain.predict_on_batch(inputs) * [3.0, 0.5] + [1.0, -2.0]
    np.testing.assert_allclose(scaled.predict_on_batch(inputs), expected, rtol=1e-5)
    assert scaled.count_params() == plain.count_params()


def test_seed_decides_the_weights() -> None:
    def weights(seed: int) -> list[np.ndarray]:
        return build_dsrn(6, 3, 2, filters=(2,), dense_units=(3,), seed=seed).get_weights()

    assert all(map(np.array_equal, weights(1), weights(1)))
    assert not all(map(np.array_equal, weights(1), weights(2)))


def test_context_layer_comes_back_from_its_config(network: keras.Model) -> None:
    layer = network.get_layer("windows")
    assert type(layer).from_config(layer.get_config()).context == 15

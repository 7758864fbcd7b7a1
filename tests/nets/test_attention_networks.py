"""The two networks of Table 1: shapes, parameters by hand, and what padding changes."""

from __future__ import annotations

import random
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from benchmarks._plain_attention import plain_network
from skaffect import build_dual_attention, build_single_attention

N_DEVICES = 21


def conv(n_in: int, n_out: int) -> int:
    """Count a 3x3 convolution's kernels, one for each pair of channels, and biases."""
    return 3 * 3 * n_in * n_out + n_out


def lstm(n_in: int, n_units: int) -> int:
    """Count four gates, each reading the input, the state and a bias."""
    return 4 * (n_in * n_units + n_units * n_units + n_units)


def dense(n_in: int, n_out: int) -> int:
    return n_in * n_out + n_out


# Of 40 frames. None: the shape without the batch, at a time axis that is not fixed.
SINGLE = {
    "conv1": ((40, 24, 20), conv(1, 20)),
    "pool1": ((20, 24, 20), 0),
    "conv2": ((20, 24, 20), conv(20, 20)),
    "pool2": ((20, 12, 20), 0),
    "conv3": ((20, 12, 20), conv(20, 20)),
    "pool3": ((10, 12, 20), 0),
    "attention1_pool": ((10, 1), 0),
    "frame_weights": ((10,), 0),
    "weighted_frames": ((12, 20), 0),
    "average": ((12, 20), 0),
    "dense": ((60,), dense(12 * 20, 60)),
    "device": ((21,), dense(60, 21)),
}
DUAL = {
    "conv1": ((40, 24, 40), conv(1, 40)),
    "pool1": ((20, 24, 40), 0),
    "conv2": ((20, 24, 40), conv(40, 40)),
    "pool2": ((20, 24, 40), 0),
    "conv3": ((20, 24, 40), conv(40, 40)),
    "pool3": ((10, 24, 40), 0),
    "attention1_pool": ((10, 1), 0),
    "frame_weights": ((10,), 0),
    "attention2_pool": ((10, 24), 0),
    "attention2_mean": ((24,), 0),
    "band_weights": ((24,), 0),
    "weighted_frames": ((24, 40), 0),
    "weighted_bands": ((24, 40), 0),
    "dense": ((120,), dense(24 * 40, 120)),
    "device": ((21,), dense(120, 21)),
}
TABLE_1 = {"single": SINGLE, "dual": DUAL}
# Of the second LSTM of each attention, with the parameters of its first.
LSTMS = {
    "single": {"attention1": ((40, 1), lstm(24, 24) + lstm(24, 1))},
    "dual": {
        "attention1": ((40, 1), lstm(24, 24) + lstm(24, 1)),
        "attention2": ((40, 24), lstm(24, 24) + lstm(24, 24)),
    },
}
BUILD = {"single": build_single_attention, "dual": build_dual_attention}
POOLS = {"single": [(2, 1), (1, 2), (2, 1)], "dual": [(2, 1), (1, 1), (2, 1)]}
NETWORKS = {name: build(24, N_DEVICES) for name, build in BUILD.items()}


def _inputs(*lengths: int, longest: int | None = None, seed: int = 0) -> dict[str, np.ndarray]:
    """Make utterances of given lengths; what lies behind their ends is loud."""
    rng = np.random.default_rng(seed)
    frames = rng.normal(size=(len(lengths), longest or max(lengths), 24))
    for row, n in zip(frames, lengths, strict=True):
        row[n:] = rng.normal(0, 100, row[n:].shape)
    return {"frames": frames.astype(np.float32), "lengths": np.array(lengths, np.int32)}


@pytest.mark.parametrize("kind", BUILD)
def test_layers(kind: str) -> None:
    network, table = NETWORKS[kind], TABLE_1[kind]
    outputs = {name: network.get_layer(name).output for name in table}
    answers = keras.Model(network.input, outputs).predict_on_batch(_inputs(40, 33))
    for name, (shape, n_parameters) in table.items():
        assert answers[name].shape == (2, *shape), name
        assert network.get_layer(name).count_params() == n_parameters, name


@pytest.mark.parametrize("kind", BUILD)
def test_lstms(kind: str) -> None:
    layer = NETWORKS[kind].get_layer("attention_lstms")
    answers = layer(_inputs(40, 33)["frames"])
    assert answers.keys() == layer.pairs.keys() == LSTMS[kind].keys()
    for name, (shape, n_parameters) in LSTMS[kind].items():
        assert answers[name].shape == (2, *shape), name
        first, second = layer.pairs[name]
        assert first.recurrent_kernel.shape == (24, 96)
        weights = [*first, *second]
        assert sum(int(np.prod(weight.shape)) for weight in weights) == n_parameters, name


@pytest.mark.parametrize(("kind", "total"), [("single", 27_989), ("dual", 161_357)])
def test_no_other_layer_has_parameters(kind: str, total: int) -> None:
    assert NETWORKS[kind].count_params() == total
    counted = [*TABLE_1[kind].values(), *LSTMS[kind].values()]
    assert sum(count for _, count in counted) == total


@pytest.mark.parametrize("kind", BUILD)
def test_stages(kind: str) -> None:
    network = NETWORKS[kind]
    for i, pool in enumerate(POOLS[kind], start=1):
        convolution, pooling = network.get_layer(f"conv{i}"), network.get_layer(f"pool{i}")
        assert isinstance(convolution, layers.Conv2D)
        assert convolution.kernel_size == (3, 3)
        assert convolution.activation is keras.activations.relu
        assert isinstance(pooling, layers.MaxPooling2D)
        assert pooling.pool_size == pooling.strides == pool
    assert network.get_layer("dense").activation is keras.activations.relu
    assert network.get_layer("device").activation is keras.activations.softmax
    assert network.get_layer("dropout").rate == 0
    assert not network.compiled


def test_equation_2_as_printed_leaves_one_value_a_channel() -> None:
    network = build_dual_attention(24, N_DEVICES, band_pooling="sum")
    assert network.get_layer("weighted_bands").output.shape == (None, 40)
    assert network.get_layer("dense").count_params() == dense(40, 120)


@pytest.mark.parametrize(("averaged", "left"), [(1, 12), (5, 3), (12, 1), (50, 1)])
def test_average_pooling_before_the_dense_layers(averaged: int, left: int) -> None:
    network = build_single_attention(24, N_DEVICES, averaged_bands=averaged)
    average = network.get_layer("average")
    assert average.output.shape == (None, left, 20)
    embeddings = np.random.default_rng(0).normal(size=(1, 12, 20)).astype(np.float32)
    answer = np.asarray(average(embeddings))
    if 12 % averaged == 0:
        expected = embeddings.reshape(1, left, averaged, 20).mean(axis=2)
        np.testing.assert_allclose(answer, expected, atol=1e-6)


@pytest.mark.parametrize("kind", BUILD)
@settings(max_examples=10)
@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    more=st.integers(0, 9),
    seed=st.integers(0, 99),
)
def test_padding_and_company_change_nothing(
    kind: str, lengths: list[int], more: int, seed: int
) -> None:
    network = NETWORKS[kind]
    inputs = _inputs(*lengths, longest=max(lengths) + more, seed=seed)
    together = network.predict_on_batch(inputs)
    for i, n in enumerate(lengths):
        alone = {"frames": inputs["frames"][[i], :n], "lengths": inputs["lengths"][[i]]}
        np.testing.assert_allclose(
            together[[i]], network.predict_on_batch(alone), rtol=0, atol=1e-5
        )


@pytest.mark.parametrize("kind", BUILD)
def test_of_one_length_equals_keras_layers(kind: str) -> None:
    inputs = _inputs(43, 43)
    inputs["frames"] *= 3.0
    expected = plain_network(NETWORKS[kind]).predict(inputs, verbose=0)
    answers = NETWORKS[kind].predict(inputs, verbose=0)
    assert np.abs(answers[0] - answers[1]).max() > 1e-3
    np.testing.assert_allclose(answers, expected, atol=1e-5)


@pytest.mark.parametrize("kind", BUILD)
def test_every_frame_of_the_utterance_counts(kind: str) -> None:
    network, inputs = NETWORKS[kind], _inputs(10)
    answer = network.predict_on_batch(inputs)
    for t in range(10):
        changed = {**inputs, "frames": inputs["frames"].copy()}
        changed["frames"][0, t] += 3
        assert np.abs(network.predict_on_batch(changed) - answer).max() > 1e-5


@pytest.mark.parametrize("kind", BUILD)
def test_weights_can_be_read(kind: str) -> None:
    network = NETWORKS[kind]
    names = ["frame_weights"] + ["band_weights"] * (kind == "dual")
    weights = keras.Model(network.input, {name: network.get_layer(name).output for name in names})
    answers = {
        name: np.asarray(value) for name, value in weights.predict_on_batch(_inputs(9, 40)).items()
    }
    for name in names:
        np.testing.assert_allclose(answers[name].sum(axis=1), 1, rtol=1e-5)
    assert (answers["frame_weights"][0, 3:] == 0).all()  # nine frames are three steps
    assert (answers["frame_weights"][0, :3] > 0).all()


@pytest.mark.parametrize("kind", BUILD)
def test_same_seed_same_weights_other_seed_others(kind: str) -> None:
    def kernels(seed: int) -> list[np.ndarray]:
        network = BUILD[kind](5, 2, filters=(2, 3, 2), lstm_units=3, dense_units=4, seed=seed)
        variables = network.trainable_variables
        # An LSTM of one unit has an orthogonal recurrent kernel of signs alone.
        return [np.asarray(v) for v in variables if "bias" not in v.name and min(v.shape) > 1]

    before = random.getstate()
    for one, same, other in zip(kernels(1), kernels(1), kernels(2), strict=True):
        np.testing.assert_array_equal(one, same)
        assert not np.isclose(one, other).any()
    assert random.getstate() == before


@pytest.mark.parametrize("kind", BUILD)
@pytest.mark.parametrize("n_bands", [1, 2, 7])
def test_other_band_counts(kind: str, n_bands: int) -> None:
    network = BUILD[kind](n_bands, 3, filters=(2, 2, 2), lstm_units=2, dense_units=4)
    inputs: Any = {
        "frames": np.ones((2, 6, n_bands), np.float32),
        "lengths": np.array([6, 1], np.int32),
    }
    answers = np.asarray(network(inputs))
    assert answers.shape == (2, 3)
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)


@pytest.mark.parametrize("kind", BUILD)
def test_answers_are_single_precision_under_any_policy(kind: str) -> None:
    network = BUILD[kind](24, 3, filters=(2, 2, 2), dtype="mixed_bfloat16")
    assert network.get_layer("conv1").compute_dtype == "bfloat16"
    assert network.get_layer("attention_lstms").compute_dtype == "float32"
    answers = np.asarray(network(_inputs(9, 3)))
    assert answers.dtype == np.float32
    np.testing.assert_allclose(answers.sum(axis=1), 1, rtol=1e-5)

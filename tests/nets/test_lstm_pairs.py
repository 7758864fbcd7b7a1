"""Pairs of LSTMs in one loop answer, and learn, as Keras's LSTMs one after the other."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from skaffect.nets._lstm_pairs import LSTMPairs
from skaffect.nets._seeds import LayerSeeds

UNITS = {"one": (3, 1), "two": (2, 4), "three": (1, 1)}
N_BANDS = 5


def built(units: dict[str, tuple[int, int]]) -> LSTMPairs:
    layer = LSTMPairs(units, seeds=LayerSeeds(0))
    layer.build((None, None, N_BANDS))
    return layer


def keras_lstms(layer: LSTMPairs) -> dict[str, list[Any]]:
    """Return Keras's layers with the same weights."""
    lstms = {}
    for name, pair in layer.pairs.items():
        n_inputs, lstms[name] = N_BANDS, []
        for weights in pair:
            n_units = weights.recurrent_kernel.shape[0]
            lstm = keras.layers.LSTM(n_units, return_sequences=True)
            lstm.build((None, None, n_inputs))
            lstm.set_weights([np.asarray(weight) for weight in weights])
            lstms[name].append(lstm)
            n_inputs = n_units
    return lstms


def frames_of(n_frames: int) -> np.ndarray:
    return np.random.default_rng(n_frames).normal(size=(3, n_frames, N_BANDS)).astype(np.float32)


@pytest.mark.parametrize("n_frames", [1, 2, 17])
@pytest.mark.parametrize("names", [["one"], ["one", "two"], ["three", "two", "one"]])
def test_answers_are_keras_s(names: list[str], n_frames: int) -> None:
    layer, frames = built({name: UNITS[name] for name in names}), frames_of(n_frames)
    answers = layer(frames)
    assert list(answers) == names
    for name, (first, second) in keras_lstms(layer).items():
        np.testing.assert_allclose(
            np.asarray(answers[name]), np.asarray(second(first(frames))), atol=1e-6
        )


def test_gradients_are_keras_s() -> None:
    tf = pytest.importorskip("tensorflow", reason="gradients are asked of the backend itself")
    layer, frames = built(UNITS), tf.constant(frames_of(11))
    lstms = keras_lstms(layer)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(frames)
        ours = sum(keras.ops.sum(answer**3) for answer in layer(frames).values())
        theirs = sum(keras.ops.sum(second(first(frames)) ** 3) for first, second in lstms.values())
    of_frames = [tape.gradient(loss, frames) for loss in (ours, theirs)]
    np.testing.assert_allclose(*of_frames, rtol=1e-4, atol=1e-6)
    for name, pair in lstms.items():
        for weights, lstm in zip(layer.pairs[name], pair, strict=True):
            for weight, other in zip(weights, lstm.weights, strict=True):
                slopes = (
                    tape.gradient(ours, weight.value),
                    tape.gradient(theirs, other.value),
                )
                np.testing.assert_allclose(*slopes, rtol=1e-4, atol=1e-6, err_msg=weight.path)


def test_initial_weights_are_keras_s() -> None:
    pair = built({"one": (48, 2)}).pairs["one"]
    lstm = keras.layers.LSTM(48)
    lstm.build((None, None, N_BANDS))
    for ours, theirs in zip(pair[0], lstm.weights, strict=True):
        assert ours.shape == theirs.shape
    np.testing.assert_array_equal(np.asarray(pair[0].bias), np.asarray(lstm.weights[2]))
    recurrent = np.asarray(pair[0].recurrent_kernel)
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(48), atol=1e-5)
    limit = np.sqrt(6 / (N_BANDS + 4 * 48))
    kernel = np.abs(np.asarray(pair[0].kernel))
    assert 0.9 * limit < kernel.max() <= limit


def test_weights_follow_the_seed() -> None:
    one, same = built(UNITS), built(UNITS)
    for ours, theirs in zip(one.weights, same.weights, strict=True):
        np.testing.assert_array_equal(np.asarray(ours), np.asarray(theirs))
    assert len({np.asarray(weight).tobytes() for weight in one.weights}) > len(UNITS) * 2


def test_shapes_are_known_before_any_frame() -> None:
    given = keras.Input((None, N_BANDS))
    answers = LSTMPairs(UNITS, seeds=LayerSeeds(0))(given)
    assert {name: answer.shape for name, answer in answers.items()} == {
        name: (None, None, second) for name, (_, second) in UNITS.items()
    }

"""The recurrence against Keras's own LSTM, and its gradient against finite differences."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skaffect.nets._recurrence import run_lstm


def drawn(n_steps: int, batch: int, n_units: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    projected = rng.normal(size=(n_steps, batch, 4 * n_units))
    recurrent = rng.normal(size=(n_units, 4 * n_units)) / np.sqrt(n_units)
    return projected.astype(np.float32), recurrent.astype(np.float32)


def plain(projected: np.ndarray, recurrent: np.ndarray) -> np.ndarray:
    """Run the same LSTM step by step in NumPy, in double precision."""
    n_units = len(recurrent)
    hidden = cell = np.zeros((projected.shape[1], n_units))
    answers = []
    for added in projected.astype(np.float64):
        gates = added + hidden @ recurrent.astype(np.float64)
        into, forget, out = (
            1 / (1 + np.exp(-gates[:, k * n_units : (k + 1) * n_units])) for k in range(3)
        )
        cell = forget * cell + into * np.tanh(gates[:, 3 * n_units :])
        hidden = out * np.tanh(cell)
        answers.append(hidden)
    return np.array(answers)


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.integers(1, 3), st.integers(1, 5), st.integers(0, 99))
def test_each_step_is_an_lstm_s(n_steps: int, batch: int, n_units: int, seed: int) -> None:
    given_ = drawn(n_steps, batch, n_units, seed)
    answers = np.asarray(run_lstm(*given_))
    assert answers.shape == (n_steps, batch, n_units)
    np.testing.assert_allclose(answers, plain(*given_), atol=2e-6)


@pytest.mark.parametrize("n_steps", [1, 2, 9])
def test_gradient_is_the_slope_of_the_answers(n_steps: int) -> None:
    tf = pytest.importorskip("tensorflow", reason="gradients are asked of the backend itself")
    projected, recurrent = drawn(n_steps, 2, 3, seed=n_steps)
    weights = np.random.default_rng(0).normal(size=(n_steps, 2, 3))
    tensors = [tf.constant(projected), tf.constant(recurrent)]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        loss = keras.ops.sum(run_lstm(*tensors) * weights.astype(np.float32))
    slopes = tape.gradient(loss, tensors)
    rng = np.random.default_rng(1)
    for k, slope in enumerate(slopes):
        for _ in range(5):
            way = rng.normal(size=slope.shape)
            ends = []
            for sign in (1, -1):
                moved = [projected.astype(np.float64), recurrent.astype(np.float64)]
                moved[k] = moved[k] + sign * 1e-5 * way
                ends.append((plain(*moved) * weights).sum())
            expected = (ends[0] - ends[1]) / 2e-5
            assert np.sum(np.asarray(slope) * way) == pytest.approx(expected, rel=1e-4, abs=1e-4)

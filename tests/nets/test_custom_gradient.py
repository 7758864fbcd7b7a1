"""What a custom gradient was traced in goes, and the gradient works as long as it is there."""

from __future__ import annotations

import gc
import weakref

import keras
import numpy as np
import pytest

from skaffect.nets._recurrence import run_lstm

tf = pytest.importorskip("tensorflow", reason="only TensorFlow registers gradients")


def drawn() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [
        rng.normal(size=(4, 2, 12)).astype(np.float32),
        rng.normal(size=(3, 12)).astype(np.float32),
    ]


def loss(projected: object, recurrent: object) -> object:
    return keras.ops.sum(keras.ops.square(run_lstm(projected, recurrent)))


def slopes_of(function: object, arrays: list[np.ndarray]) -> list[np.ndarray]:
    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        value = function(*tensors)
    return [slope.numpy() for slope in tape.gradient(value, tensors)]


def registered() -> set[str]:
    from tensorflow.python.framework import ops

    return {name for name in ops.gradient_registry.list() if name.startswith("CustomGradient")}


def test_graphs_go_with_their_gradients() -> None:
    gc.collect()
    before = registered()
    traced = tf.function(loss)
    slopes_of(traced, drawn())
    graph = weakref.ref(
        traced.get_concrete_function(*(tf.constant(array) for array in drawn())).graph
    )
    assert graph() is not None
    assert registered() - before
    del traced
    gc.collect()
    assert graph() is None
    assert registered() <= before


def test_another_tensorflow_s_names_leave_the_gradient_where_it_is(monkeypatch) -> None:
    from tensorflow.python.framework import ops

    class Renamed:
        registry = ops.gradient_registry

        def __getattr__(self, name: str) -> object:
            if name == "_registry":
                raise AttributeError(name)
            return getattr(self.registry, name)

    expected = slopes_of(tf.function(loss), drawn())
    before = registered()
    monkeypatch.setattr(ops, "gradient_registry", Renamed())
    traced = tf.function(loss)
    for slope, as_before in zip(slopes_of(traced, drawn()), expected, strict=True):
        np.testing.assert_array_equal(slope, as_before)
    assert registered() - before


def test_a_traced_gradient_is_the_eager_one() -> None:
    # Of a traced function under a tape, TensorFlow asks what is registered.
    for eager, traced in zip(
        slopes_of(loss, drawn()), slopes_of(tf.function(loss), drawn()), strict=True
    ):
        np.testing.assert_allclose(traced, eager, rtol=1e-5, atol=1e-6)


def test_a_gradient_traced_within_a_trace_is_the_eager_one() -> None:
    def train_step(*tensors: object) -> object:
        with tf.GradientTape() as tape:
            tape.watch(tensors)
            value = loss(*tensors)
        return tape.gradient(value, tensors)

    traced = tf.function(train_step)(*map(tf.constant, drawn()))
    for eager, slope in zip(slopes_of(loss, drawn()), traced, strict=True):
        np.testing.assert_allclose(slope.numpy(), eager, rtol=1e-5, atol=1e-6)

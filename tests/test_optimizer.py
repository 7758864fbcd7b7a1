"""What a fit leaves behind."""

from __future__ import annotations

import gc
import weakref
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from skaffect import DERNClassifier, DSRNRegressor, Windows
from skaffect._optimizer import Adam


class _Watched(DERNClassifier):
    """Keeps an eye on what it draws its batches from."""

    def _training_batches(self, training: Any) -> Any:
        batches = super()._training_batches(training)
        self.drawn = weakref.ref(batches)
        return batches


def _fit() -> DERNClassifier:
    frames = np.random.default_rng(0).normal(size=(2, 20, 6)).astype(np.float32)
    model = _Watched(filters=(2, 2), dense_units=2, epochs=1, augmentation=0.0, random_state=0)
    return model.fit([Windows(each, 5) for each in frames], ["happy", "sad"])


def _training_steps() -> int:
    func_graph = pytest.importorskip("tensorflow.python.framework.func_graph")
    gc.collect()
    return sum(
        issubclass(type(each), func_graph.FuncGraph) and "one_step" in each.name
        for each in gc.get_objects()
    )


def test_a_network_that_goes_takes_its_training_step_along() -> None:
    before = _training_steps()
    model = _fit()
    during = _training_steps()
    del model
    assert during > before == _training_steps()


def test_the_sound_goes_when_the_fit_ends() -> None:
    model = _fit()
    gc.collect()
    assert model.drawn() is None


def test_steps_are_those_of_keras() -> None:
    weights = []
    for kind in (Adam, keras.optimizers.Adam):
        network = keras.Sequential(
            [keras.Input((3,)), keras.layers.Dense(2, kernel_initializer="ones")]
        )
        network.compile(kind(0.1, weight_decay=0.01), loss="mse")
        network.fit(np.eye(3), np.ones((3, 2)), epochs=3, shuffle=False, verbose=0)
        weights.append(network.get_weights())
    for ours, theirs in zip(*weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(("n_replicas", "expected"), [(1, "gradients"), (2, "sums")])
def test_several_replicas_sum_their_gradients(
    monkeypatch: pytest.MonkeyPatch, n_replicas: int, expected: str
) -> None:
    monkeypatch.setattr(
        keras.optimizers.Adam, "_all_reduce_sum_gradients", lambda self, given: "sums"
    )
    optimizer = Adam()
    optimizer._distribution_strategy = SimpleNamespace(num_replicas_in_sync=n_replicas)
    assert optimizer._all_reduce_sum_gradients("gradients") == expected


def test_a_large_network_goes_when_the_next_is_built() -> None:
    frames = np.random.default_rng(0).normal(size=(2, 20, 40)).astype(np.float32)
    X, y = [Windows(each, 5) for each in frames], [each[:, :2] for each in frames]

    def fit() -> weakref.ref[keras.Model]:
        model = DSRNRegressor(filters=(8,), dense_units=(1024, 512), epochs=1, random_state=0)
        return weakref.ref(model.fit(X, y).model_)

    gc.collect()
    gc.disable()
    try:
        earlier = fit()
        assert earlier().count_params() > 1_000_000
        fit()
        assert earlier() is None
    finally:
        gc.enable()

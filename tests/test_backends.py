"""Keras's other backends: from the same weights the same answers and the same training.

Run as a program under another backend, this file does there what the test does here.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import pytest
from sklearn.base import clone

from skaffect import (
    DERNClassifier,
    DFTCNNBaseline,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    EmotionConditionedRegressor,
    SingleAttentionDeviceClassifier,
    Windows,
    load_model,
    save_model,
)

LABELS = ["sad", "happy"] * 4
# Each backend would drop other units.
PLAIN = {"dropout": 0.0, "random_state": 0, "learning_rate": 0.01}


class Task(NamedTuple):
    """An estimator, and what it is to learn."""

    estimator: Any
    X: list[Any]
    y: list[Any]
    emotion: list[str] | None = None

    def fit(self, model: Any) -> Any:
        """Return a model of this kind, fitted, or fitted on if it asks for a warm start."""
        more = {} if self.emotion is None else {"emotion": self.emotion}
        return model.fit(self.X, self.y, **more)

    def answers(self, model: Any) -> np.ndarray:
        """Return what it answers to all utterances."""
        answer = getattr(model, "predict_proba", model.predict)
        return np.concatenate(list(answer(self.X)))


def make_tasks() -> dict[str, Task]:
    """Return a small task for each estimator with a network.

    The utterances are of two padded lengths, for each of which a network may be compiled.
    """
    rng = np.random.default_rng(0)
    frames, faces, sounds = [], [], []
    for n, label in zip((17, 24, 20, 21, 19, 23, 18, 22), LABELS, strict=True):
        sign = 1 if label == "happy" else -1
        loudness = rng.normal(size=(n, 1))
        frames.append(rng.normal(size=(n, 24)) + loudness + sign * np.linspace(-1, 1, 24))
        faces.append(loudness * [1.0, -2.0, 3.0])
        sounds.append(np.convolve(rng.normal(0, 0.1, 100 * n), [1, sign]))
    windows = [Windows(entry[:, :8], context=5) for entry in frames]
    dern = DERNClassifier((3, 4), 8, frame_stride=1, augmentation=0.2, batch_size=32, **PLAIN)
    dsrn = DSRNRegressor((3, 4), (8,), frame_stride=1, batch_size=16, **PLAIN)
    drops = {"dropout": 0.1, "epochs": 8}
    cascade = EmotionConditionedRegressor(
        clone(dern).set_params(**drops), clone(dsrn).set_params(**drops)
    )
    attention = {"lstm_units": 3, "dense_units": 8, "batch_size": 4, **PLAIN}
    dft = DFTCNNBaseline((2, 3), 4, piece_seconds=0.05, batch_size=8, **PLAIN)
    single = SingleAttentionDeviceClassifier((2, 3, 2), **attention)
    dual = DualAttentionDeviceClassifier((2, 3, 2), **attention)
    for estimator in (dern, dsrn, single, dual, dft):
        estimator.set_params(epochs=4)
    return {
        "DERN": Task(dern, windows, LABELS),
        "DSRN": Task(dsrn, windows, faces),
        "cascade": Task(cascade, windows, faces, LABELS),
        "single attention": Task(single, frames, LABELS),
        "dual attention": Task(dual, frames, LABELS),
        "DFT": Task(dft, sounds, LABELS),
    }


def losses(model: Any) -> list[list[float]]:
    """Return the learning curve of each network."""
    if isinstance(model, EmotionConditionedRegressor):
        parts = [model.classifier_, *model.regressors_.values()]
        return [part.history_["loss"] for part in parts]
    return [model.history_["loss"]]


def answer_and_train(folder: Path) -> dict[str, np.ndarray]:
    """Return what the models in `folder` answer, and what they do once they have gone on.

    A cascade does not go on, so another one is fitted, with dropout.
    """
    found = {"backend": np.array(keras.backend.backend())}
    for name, task in make_tasks().items():
        model = load_model(folder / f"{name}.safetensors")
        found[f"{name}, loaded"] = task.answers(model)
        if name == "cascade":
            model = task.estimator
        else:
            model.set_params(warm_start=True)
        task.fit(model)
        found[f"{name}, trained"] = task.answers(model)
        found[f"{name}, losses"] = np.array(losses(model))
    return found


@pytest.mark.slow  # trains every network here, and in a new process under another backend
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_another_backend_answers_and_learns_alike(backend: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    for name, task in make_tasks().items():
        save_model(task.fit(task.estimator), tmp_path / f"{name}.safetensors")
    subprocess.run(
        [sys.executable, __file__, os.fspath(tmp_path)],
        env={**os.environ, "KERAS_BACKEND": backend},
        timeout=1200,
        check=True,
    )
    expected, found = answer_and_train(tmp_path), np.load(tmp_path / "found.npz")
    assert str(expected["backend"]) != str(found["backend"]) == backend
    for name in make_tasks():
        loaded, trained, curves = (f"{name}, {what}" for what in ("loaded", "trained", "losses"))
        assert np.ptp(expected[loaded], axis=0).min() > 0.01, name  # not one answer to all
        np.testing.assert_allclose(found[loaded], expected[loaded], atol=1e-4, rtol=0)
        assert (found[curves][:, -1] < 0.95 * found[curves][:, 0]).all(), name
        assert found[trained].shape == expected[trained].shape
        assert np.isfinite(found[trained]).all(), name
        if name != "cascade":
            assert np.abs(expected[trained] - expected[loaded]).max() > 0.01, name
            np.testing.assert_allclose(found[curves], expected[curves], rtol=1e-3)
            np.testing.assert_allclose(found[trained], expected[trained], atol=1e-3, rtol=0)


if __name__ == "__main__":
    np.savez(Path(sys.argv[1]) / "found.npz", **answer_and_train(Path(sys.argv[1])))

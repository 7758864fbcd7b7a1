"""Tiny attention networks, trained once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skaffect import DualAttentionDeviceClassifier, SingleAttentionDeviceClassifier

N_BANDS = 6
LABELS = np.array(["phone", "recorder"] * 8)


@pytest.fixture(scope="session")
def utterances() -> list[np.ndarray]:
    """Return frames, twice of all lengths from 9 to 16, whose loud bands tell the device."""
    rng = np.random.default_rng(0)
    frames = [rng.normal(size=(n, N_BANDS)).astype(np.float32) for n in [*range(9, 17)] * 2]
    for entry, label in zip(frames, LABELS, strict=True):
        entry[:, slice(0, 3) if label == "phone" else slice(3, 6)] += 1.5
    return frames


def _fitted(kind: Any, X: list[np.ndarray]) -> Any:
    model = kind(
        filters=(4, 4, 4),
        lstm_units=3,
        dense_units=8,
        dropout=0.0,
        epochs=4,
        batch_size=4,
        learning_rate=0.02,
        random_state=0,
    )
    return model.fit(X, LABELS)


@pytest.fixture(scope="session")
def single(utterances: list[np.ndarray]) -> Any:
    return _fitted(SingleAttentionDeviceClassifier, utterances)


@pytest.fixture(scope="session")
def dual(utterances: list[np.ndarray]) -> Any:
    return _fitted(DualAttentionDeviceClassifier, utterances)

"""Small fitted models, each trained once, and files that were tampered with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    DFTCNNBaseline,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    EmotionConditionedRegressor,
    LogFilterbank,
    MFSCWindower,
    ProcrustesPCAShape,
    ShapeTargetRegressor,
    SingleAttentionDeviceClassifier,
    save_model,
)
from skaffect.persistence._container import read_container, write_container

TRAINING = {"epochs": 1, "random_state": 0}
LABELS = ["sad", "happy", "sad", "happy"]


@pytest.fixture(scope="session")
def waveforms():
    rng = np.random.default_rng(0)
    return [(0.1 * rng.normal(size=n)).astype(np.float32) for n in (4000, 5000, 4500, 6000)]


@pytest.fixture(scope="session")
def emotion(waveforms):
    dern = DERNClassifier(filters=(2, 3), dense_units=4, **TRAINING)
    windower = MFSCWindower(n_mels=8, context=3, normalize="corpus")
    return make_pipeline(AudioReader(), windower, dern).fit(waveforms, LABELS)


@pytest.fixture(scope="session")
def single_attention(waveforms):
    classifier = SingleAttentionDeviceClassifier((2, 3, 2), 2, 4, 5, **TRAINING)
    return make_pipeline(LogFilterbank(normalize="corpus"), classifier).fit(waveforms, LABELS)


@pytest.fixture(scope="session")
def dual_attention(waveforms):
    classifier = DualAttentionDeviceClassifier((2, 3, 2), 2, 4, **TRAINING)
    return make_pipeline(LogFilterbank(normalize="corpus"), classifier).fit(
        waveforms, [3, 1, 3, 1]
    )


@pytest.fixture(scope="session")
def dft(waveforms):
    return DFTCNNBaseline((2, 3), 4, piece_seconds=0.05, **TRAINING).fit(waveforms, LABELS)


@pytest.fixture(scope="session")
def windows(waveforms):
    return MFSCWindower(n_mels=8, context=3).fit_transform(waveforms)


@pytest.fixture(scope="session")
def tracks(windows):
    rng = np.random.default_rng(1)
    return [100 * rng.random((len(entry), 6, 2)) for entry in windows]


@pytest.fixture(scope="session")
def face(windows, tracks):
    dsrn = DSRNRegressor((2, 3), (4, 3), **TRAINING)
    return ShapeTargetRegressor(dsrn, ProcrustesPCAShape(3)).fit(windows, tracks)


@pytest.fixture(scope="session")
def cascade(windows, tracks):
    regressor = EmotionConditionedRegressor(
        DERNClassifier((2,), 4, **TRAINING), DSRNRegressor((2,), (4,), **TRAINING)
    )
    model = ShapeTargetRegressor(regressor, ProcrustesPCAShape(3))
    return model.fit(windows, tracks, emotion=LABELS)


@pytest.fixture
def tampered(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that saves a model and lets another change the file's content."""

    def tamper(model: Any, change: Callable[[Any, Any], None]) -> Path:
        path = tmp_path / "tampered.safetensors"
        save_model(model, path)
        document, arrays = read_container(str(path))
        del document["sha256"], document["format"]
        change(document["model"]["estimator"], arrays)
        write_container(str(path), document, arrays)
        return path

    return tamper

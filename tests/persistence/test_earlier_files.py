"""Model files that are kept here go on being read, and answer as they did.

``python -m tests.persistence.test_earlier_files`` adds those of a new release and leaves others.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

import skaffect
from skaffect import (
    DERNClassifier,
    DSRNRegressor,
    DualAttentionDeviceClassifier,
    EmotionConditionedRegressor,
    LogFilterbank,
    MFSCWindower,
    load_model,
    read_model_card,
    save_model,
)

FOLDER = Path(__file__).with_name("files")
FILES = sorted(path.name for path in FOLDER.glob("*.safetensors"))
SMALL = {"epochs": 1, "random_state": 0}


def sounds(n: int) -> list[Any]:
    """Return noises of a quarter of a second and more, the same ones everywhere."""
    rng = np.random.RandomState(0)  # its bits are promised
    return [rng.uniform(-0.5, 0.5, 4000 + 800 * i).astype(np.float32) for i in range(n)]


def models() -> dict[str, Any]:
    """Return a small fitted model of each job."""
    X, labels = sounds(4), ["a", "b"] * 2
    windows = MFSCWindower(normalize="corpus", skip_silence=False)
    shapes = [entry.frames[:, :3] for entry in windows.fit_transform(X)]
    dern = DERNClassifier(filters=(2, 2), dense_units=4, **SMALL)
    dsrn = DSRNRegressor(filters=(2, 2), dense_units=(4,), **SMALL)
    cascade = EmotionConditionedRegressor(dern, dsrn)
    cascade.fit(windows.transform(X), shapes, emotion=labels)
    bands = LogFilterbank(normalize="corpus")
    attention = DualAttentionDeviceClassifier(filters=(2, 2, 2), lstm_units=2, **SMALL)
    return {
        "emotion": make_pipeline(windows, dern).fit(X, labels),
        "face": make_pipeline(windows, cascade),
        "device": make_pipeline(bands, attention).fit(X, labels),
    }


def answers(model: Any) -> list[Any]:
    """Return what a model says of three noises that it has not seen, as numbers."""
    said = getattr(model, "predict_proba", model.predict)(sounds(7)[4:])
    return [np.asarray(entry, np.float64).round(6).tolist() for entry in said]


def test_every_job_has_a_file() -> None:
    kinds = {name for file in FILES for name in read_model_card(FOLDER / file)["estimators"]}
    assert kinds >= {
        "DERNClassifier",
        "DSRNRegressor",
        "DualAttentionDeviceClassifier",
        "EmotionConditionedRegressor",
    }


@pytest.mark.parametrize("file", FILES)
def test_an_earlier_file_answers_as_it_did(file: str) -> None:
    expected = read_model_card(FOLDER / file)["card"]["answers"]
    for ours, before in zip(answers(load_model(FOLDER / file)), expected, strict=True):
        np.testing.assert_allclose(ours, before, rtol=0, atol=1e-4)


if __name__ == "__main__":
    for name, model in models().items():
        path = FOLDER / f"{name}-{skaffect.__version__}.safetensors"
        if not path.exists():
            save_model(model, path, card={"data": "noise", "answers": answers(model)})

"""Real speech, and small models that can answer it live."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    DSRNRegressor,
    EmotionConditionedRegressor,
    MFSCWindower,
    ProcrustesPCAShape,
    ShapeTargetRegressor,
)

LABELS = ["angry", "happy", "sad"] * 2


def live_windower(**changes: Any) -> MFSCWindower:
    return MFSCWindower(normalize="corpus", floor_db=None, skip_silence=False, **changes)


def small_dsrn(**changes: Any) -> DSRNRegressor:
    defaults = {"filters": (4, 8), "dense_units": (16, 8), "epochs": 2, "random_state": 0}
    return DSRNRegressor(**defaults | changes)


@pytest.fixture(scope="session")
def speech(data_root: Path) -> list[np.ndarray]:
    """Six spoken sentences of RAVDESS."""
    files = sorted(data_root.glob("ravdess/Actor_0[1-3]/03-01-0[56]-01-01-01-*.flac"))
    assert len(files) == 6
    return list(AudioReader().transform(files))


@pytest.fixture(scope="session")
def windower(speech: list[np.ndarray]) -> MFSCWindower:
    return live_windower().fit(speech)


@pytest.fixture(scope="session")
def emotion_model(speech: list[np.ndarray]) -> Any:
    dern = DERNClassifier(filters=(4, 4), dense_units=8, epochs=4, random_state=0)
    return make_pipeline(AudioReader(), live_windower(), dern).fit(speech, LABELS)


@pytest.fixture(scope="session")
def shapes(windower: MFSCWindower, speech: list[np.ndarray]) -> list[np.ndarray]:
    """Shape parameters that follow the sound."""
    return [20 * entry.frames[:, [3, 9, 20]] for entry in windower.transform(speech)]


@pytest.fixture(scope="session")
def face_model(windower: MFSCWindower, speech: Any, shapes: list[np.ndarray]) -> Any:
    return make_pipeline(windower, small_dsrn().fit(windower.transform(speech), shapes))


@pytest.fixture(scope="session")
def landmark_cascade(windower: MFSCWindower, speech: Any, shapes: list[np.ndarray]) -> Any:
    """Landmarks, by emotion."""
    face = np.random.default_rng(0).normal(0, 40, (3, 8, 2))
    tracks = [100 + face.mean(axis=0) + 0.02 * np.tensordot(y, face, 1) for y in shapes]
    cascade = EmotionConditionedRegressor(
        DERNClassifier(filters=(4, 4), dense_units=8, epochs=4, random_state=0), small_dsrn()
    )
    model = ShapeTargetRegressor(cascade, ProcrustesPCAShape(3))
    model.fit(windower.transform(speech), tracks, emotion=LABELS)
    return make_pipeline(windower, model)


@pytest.fixture(scope="session")
def play() -> Callable[..., Any]:
    """Return a function that feeds a waveform in pieces of given lengths and joins the answers."""

    def play(stream: Any, waveform: np.ndarray, lengths: Iterable[int]) -> Any:
        answers, start = [], 0
        for length in lengths:
            answers.append(stream.feed(waveform[start : start + length]))
            start += length
        answers += [stream.feed(waveform[start:]), stream.finish()]
        return type(answers[0])(*map(np.concatenate, zip(*answers, strict=True)))

    return play

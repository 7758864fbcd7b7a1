"""A user's folder: generated recordings with faces, and a small model of each job."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from sklearn.pipeline import make_pipeline

from skaffect import (
    AudioReader,
    DERNClassifier,
    DFTCNNBaseline,
    DSRNRegressor,
    MFSCWindower,
    ShapeTargetRegressor,
    make_affective_speech,
    resample_track,
    save_model,
    save_track,
)
from skaffect.cli import main

SMALL = {
    "DERNClassifier": {"filters": (2, 2), "dense_units": 4},
    "DSRNRegressor": {"filters": (2, 2), "dense_units": (4,)},
    "DualAttentionDeviceClassifier": {"filters": (2, 2, 2), "lstm_units": 2, "dense_units": 4},
}


@pytest.fixture(scope="session")
def user_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write recordings, their tracks and three model files, once."""
    folder = tmp_path_factory.mktemp("user")
    speech = make_affective_speech(2, 2, emotions=("angry", "sad"), landmarks=True, random_state=0)
    for i, (sound, track) in enumerate(zip(speech.data, speech.landmarks, strict=True)):
        stem = folder / "recordings" / str(speech.speaker[i]) / f"{speech.target[i]}_{i:02d}"
        stem.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(stem.with_suffix(".wav"), sound, speech.sr)
        save_track(stem.with_suffix(".npz"), track, fps=speech.fps)
    shutil.copy(stem.with_suffix(".wav"), folder / "talk.wav")
    shutil.copy(stem.with_suffix(".wav"), folder / "call.wav")
    for name, model in _models(speech).items():
        save_model(model, folder / f"{name}.safetensors")
    return folder


def _models(speech: Any) -> dict[str, Any]:
    training = {"epochs": 1, "random_state": 0}
    reader, windower = AudioReader(), MFSCWindower()
    windows = windower.fit_transform(speech.data)
    dern = DERNClassifier(**SMALL["DERNClassifier"], **training)
    face = ShapeTargetRegressor(DSRNRegressor(**SMALL["DSRNRegressor"], **training))
    tracks = [
        resample_track(track, len(entry))[0]
        for track, entry in zip(speech.landmarks, windows, strict=True)
    ]
    device = make_pipeline(AudioReader(), DFTCNNBaseline(filters=(2, 2), **training))
    return {
        "emotion": make_pipeline(reader, windower, dern.fit(windows, speech.target)),
        "face": make_pipeline(reader, windower, face.fit(windows, tracks)),
        "device": device.fit(speech.data, np.resize(["phone", "recorder"], len(speech.data))),
    }


@pytest.fixture
def here(user_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a fresh copy of the user's folder."""
    folder = tmp_path / "here"
    shutil.copytree(user_folder, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def small_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the default pipelines' networks small."""
    from skaffect.cli import _pipelines

    for name, size in SMALL.items():
        monkeypatch.setattr(_pipelines, name, partial(getattr(_pipelines, name), **size))


@pytest.fixture
def as_json(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return a function that runs a command with --json and reads all that it prints."""

    def run(*words: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert main([*words, "--json"]) == code
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def complaint(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a function that runs a wrong command and returns its one line of complaint."""

    def run(*words: str) -> str:
        capsys.readouterr()
        assert main([*words]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        lines = err.splitlines()
        assert len(lines) == 1, err
        assert lines[0].startswith(f"skaffect {words[0]}: ")
        return lines[0]

    return run

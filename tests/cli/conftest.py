"""A user's folder: generated recordings with faces, and a small model of each job."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.utils import Bunch

from skaffect import (
    AudioReader,
    DERNClassifier,
    DFTCNNBaseline,
    DSRNRegressor,
    MFSCWindower,
    ShapeTargetRegressor,
    resample_track,
    save_model,
)
from skaffect.cli import main


@pytest.fixture(scope="session")
def user_folder(
    recordings: Path,
    speech: Bunch,
    small_sizes: dict[str, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Write recordings, their tracks and three model files, once."""
    folder = tmp_path_factory.mktemp("user")
    shutil.copytree(recordings, folder / "recordings")
    last = max((folder / "recordings" / "speaker02").glob("sad*.wav"))
    shutil.copy(last, folder / "talk.wav")
    shutil.copy(last, folder / "call.wav")
    for name, model in _models(speech, small_sizes).items():
        save_model(model, folder / f"{name}.safetensors")
    return folder


def _models(speech: Bunch, sizes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    training = {"epochs": 1, "random_state": 0}
    reader, windower = AudioReader(), MFSCWindower()
    windows = windower.fit_transform(speech.data)
    dern = DERNClassifier(**sizes["DERNClassifier"], **training)
    face = ShapeTargetRegressor(DSRNRegressor(**sizes["DSRNRegressor"], **training))
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
def small_networks(
    shrink_networks: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Make the default pipelines' networks small."""
    shrink_networks(monkeypatch)


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

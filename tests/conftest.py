"""Fixtures that every test may use."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sklearn.utils import Bunch

import skaffect  # noqa: F401 - before Keras: it chooses TensorFlow's kernels

# A busy machine must not fail a test: how long an example takes is no property of the code.
settings.register_profile("skaffect", deadline=None)
settings.load_profile("skaffect")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module", autouse=True)
def environment() -> Iterator[None]:
    """Take back what commands set for the processes that they start, as other tests do too."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Folder of real recordings: SKAFFECT_DATA, or ../shared/data beside the repository."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("SKAFFECT_DATA") or default)
    if folder.is_dir():
        return folder
    reason = f"no real recordings at {folder}: set SKAFFECT_DATA to their folder"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def speech() -> Bunch:
    """Two generated speakers' sentences in two emotions, with their faces."""
    from skaffect import make_affective_speech

    return make_affective_speech(2, 2, emotions=("angry", "sad"), landmarks=True, random_state=0)


@pytest.fixture(scope="session")
def recordings(speech: Bunch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of that speech as ``speaker/emotion_number.wav``, a track beside each; to be read."""
    import soundfile

    from skaffect import save_track

    folder = tmp_path_factory.mktemp("recordings")
    for i, (sound, track) in enumerate(zip(speech.data, speech.landmarks, strict=True)):
        stem = folder / str(speech.speaker[i]) / f"{speech.target[i]}_{i:02d}"
        stem.parent.mkdir(exist_ok=True)
        soundfile.write(stem.with_suffix(".wav"), sound, speech.sr)
        save_track(stem.with_suffix(".npz"), track, fps=speech.fps)
    return folder


@pytest.fixture(scope="session")
def small_sizes() -> dict[str, dict[str, Any]]:
    """What makes networks of next to no size, by class."""
    return {
        "DERNClassifier": {"filters": (2, 2), "dense_units": 4},
        "DSRNRegressor": {"filters": (2, 2), "dense_units": (4,)},
        "DualAttentionDeviceClassifier": {
            "filters": (2, 2, 2),
            "lstm_units": 2,
            "dense_units": 4,
        },
    }


@pytest.fixture(scope="session")
def shrink_networks(small_sizes: dict[str, dict[str, Any]]) -> Callable[[Any], None]:
    """Return a function that makes the networks of the commands small, by a MonkeyPatch."""

    def shrink(patch: pytest.MonkeyPatch) -> None:
        from skaffect.cli import _pipelines

        for name, size in small_sizes.items():
            patch.setattr(_pipelines, name, partial(getattr(_pipelines, name), **size))

    return shrink


@pytest.fixture
def make_tree(tmp_path: Path) -> Callable[[Iterable[str]], Path]:
    """Return a function that fills a fresh folder with empty files of these relative paths."""

    def make(names: Iterable[str], folder: str = "corpus") -> Path:
        root = tmp_path / folder
        root.mkdir()
        for name in names:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        return root

    return make

"""Tracks of real videos, and from them to a film of a face: GRID's first talker."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from skaffect import LOWER_FACE, train_landmark_predictor
from skaffect.cli import main

EXAMPLE = ["talk.mpg", "stump.mpg", "more.mpg"]


@pytest.fixture(scope="module")
def grid(data_root) -> Path:
    return data_root / "grid_s1"


@pytest.fixture(scope="module")
def predictor(grid, tmp_path_factory) -> str:
    pytest.importorskip("dlib", reason="dlib comes with the extra skaffect[face]")
    pytest.importorskip("av", reason="PyAV comes with the extra skaffect[face]")
    videos = sorted((grid / "video").glob("*.mpg"))[:3]
    with np.load(grid / "landmarks68.npz") as file:
        tracks = [file[video.stem] for video in videos]
    path = tmp_path_factory.mktemp("predictor") / "points68.dat"
    return train_landmark_predictor(videos, tracks, path, random_state=0)


@pytest.fixture
def videos(grid, predictor, tmp_path, monkeypatch) -> list[Path]:
    """Work where videos that the predictor does not know lie beside it."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(predictor, "points68.dat")
    return sorted((grid / "video").glob("*.mpg"))[3:6]


def test_example_in_help(videos, capsys):
    with pytest.raises(SystemExit, match="^0$"):
        main(["landmarks", "--help"])
    _, *words = capsys.readouterr().out.rstrip().splitlines()[-1].split()
    shutil.copy(videos[0], "talk.mp4")
    assert main(words) == 0
    with np.load("tracks/talk.npz") as file:
        assert file["track"].shape == (75, len(LOWER_FACE), 2)
        assert (float(file["fps"]), float(file["start_seconds"])) == (25.0, 0.0)


def test_one_bad_video_does_not_lose_the_others(videos, capsys):
    shutil.copy(videos[0], "talk.mpg")
    raw = videos[1].read_bytes()
    Path("stump.mpg").write_bytes(raw[: len(raw) // 2])
    shutil.copy(videos[2], "more.mpg")
    words = ["--predictor", "points68.dat", "--output", "tracks"]
    assert main(["landmarks", *EXAMPLE, *words]) == 2
    out, err = capsys.readouterr()
    assert out == "talk.mpg: tracks/talk.npz\nmore.mpg: tracks/more.npz\n"
    assert sorted(path.name for path in Path("tracks").iterdir()) == ["more.npz", "talk.npz"]
    last = err.splitlines()[-1]
    assert last.startswith("skaffect landmarks: file 2 is 'stump.mpg', which is cut short or")


def test_bad_input_is_one_line_and_no_folder(videos, complaint):
    video, ends = str(videos[0]), ["--output", "tracks"]
    message = complaint("landmarks", "gone.mpg", "--predictor", "points68.dat", *ends)
    assert "file 1 is 'gone.mpg', which does not exist" in message
    message = complaint("landmarks", video, "--predictor", "gone.dat", *ends)
    assert "predictor is 'gone.dat', which does not exist" in message
    message = complaint("landmarks", video, "--predictor", video, *ends)
    assert "which is no dlib shape predictor" in message
    assert not Path("tracks").exists()


@pytest.mark.slow  # films to tracks to a network to a film, as a user would
def test_from_films_to_a_film(grid, videos, predictor, as_json):
    words = ["--predictor", "points68.dat", "--output", "s1", "--jobs", "2"]
    assert main(["landmarks", *map(str, videos), *words]) == 0
    for video in videos:
        shutil.copy(grid / "audio" / f"{video.stem}.flac", "s1")
    words = ["--corpus", "grid", "--epochs", "2", "--output", "face.safetensors"]
    result = as_json("train", "animation", "s1", *words)
    assert (result["recordings"], result["speakers"], result["classes"]) == (3, 1, {})
    sound = f"s1/{videos[0].stem}.flac"
    assert main(["animate", "face.safetensors", sound, "--output", "face.mp4"]) == 0
    assert Path("face.mp4").stat().st_size > 10_000

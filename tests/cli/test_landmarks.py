"""Tracks of real videos, and from them to a film of a face: GRID's first talker."""

from __future__ import annotations

import itertools
import shutil
from inspect import signature
from pathlib import Path

import numpy as np
import pytest

from skaffect import LOWER_FACE, LandmarkExtractor, train_landmark_predictor
from skaffect.cli import main
from skaffect.cli._main import build_parser

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


def test_the_longest_gap_is_an_option(videos, capsys, monkeypatch):
    dlib = pytest.importorskip("dlib", reason="dlib comes with the extra skaffect[face]")
    looked = itertools.count()

    def find(detector, image):
        return [] if 10 <= next(looked) % 75 < 20 else [dlib.rectangle(100, 80, 250, 230)]

    monkeypatch.setattr("skaffect.shape._landmarks.find_faces", find)
    words = ["landmarks", str(videos[0]), "--predictor", "points68.dat", "--output", "tracks"]
    assert main(words) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert "shows no face from 0.40 to 0.80 s, longer than --max-gap=0.2; cut that" in last
    assert last.endswith("out, or allow a larger --max-gap.")
    assert main([*words, "--max-gap", "0.5"]) == 0
    with np.load(f"tracks/{videos[0].stem}.npz") as file:
        assert np.isfinite(file["track"]).all()


def test_the_longest_gap_is_the_extractors_unless_it_is_said(capsys):
    words = ["landmarks", "a.mpg", "--predictor", "p.dat", "--output", "tracks"]
    default = signature(LandmarkExtractor).parameters["max_gap_seconds"].default
    assert build_parser().parse_args(words).max_gap == default
    with pytest.raises(SystemExit, match="^0$"):
        main(["landmarks", "--help"])
    assert f"(default: {default:g})" in " ".join(capsys.readouterr().out.split())
    for wrong in ("-1", "nan", "inf", "long"):
        with pytest.raises(SystemExit, match="^2$"):
            main([*words, "--max-gap", wrong])
        assert "--max-gap: must be a number of seconds, 0 or more" in capsys.readouterr().err


def test_bad_input_is_one_line_and_no_folder(videos, complaint):
    video, ends = str(videos[0]), ["--output", "tracks"]
    message = complaint("landmarks", "gone.mpg", "--predictor", "points68.dat", *ends)
    assert "file 1 is 'gone.mpg', which does not exist" in message
    message = complaint("landmarks", video, "--predictor", "gone.dat", *ends)
    assert "predictor is 'gone.dat', which does not exist" in message
    message = complaint("landmarks", video, "--predictor", video, *ends)
    assert "which is no dlib shape predictor" in message
    assert not Path("tracks").exists()


def test_a_predictor_of_too_few_points_is_told_with_the_one_that_is_wanted(
    grid, videos, complaint
):
    with np.load(grid / "landmarks68.npz") as file:
        lower_face = file[videos[0].stem][:, LOWER_FACE]
    train_landmark_predictor(videos[:1], [lower_face], "points36.dat", every=25, random_state=0)
    words = ["--predictor", "points36.dat", "--output", "tracks"]
    message = complaint("landmarks", str(videos[0]), *words)
    assert "--predictor: 'points36.dat' places 36 points where 68 are needed; name" in message
    assert "shape_predictor_68_face_landmarks.dat, or" in message
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

"""Exports: every format gives back the numbers, the names and the times."""

from __future__ import annotations

import csv
import json
import os

import numpy as np
import pytest

from skaffect import BLENDSHAPES, LOWER_FACE, save_track


@pytest.fixture
def track() -> np.ndarray:
    """One utterance's landmarks at 100 frames in a second."""
    return (300 * np.random.RandomState(0).rand(30, 36, 2)).astype(np.float32)


def read_csv(path: str) -> tuple[list[str], np.ndarray]:
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    return header, np.array([[float(cell or "nan") for cell in row] for row in rows])


def test_csv(track, tmp_path):
    path = save_track(tmp_path / "t.csv", track, fps=100, start_seconds=0.0125)
    header, rows = read_csv(path)
    assert header[:5] == ["seconds", "jaw_3_x", "jaw_3_y", "jaw_4_x", "jaw_4_y"]
    assert header[-1] == "lips_67_y"
    assert header[1 + 2 * LOWER_FACE.index(31)] == "nose_31_x"
    np.testing.assert_array_equal(rows[:, 0], 0.0125 + np.arange(30) / 100)
    np.testing.assert_array_equal(rows[:, 1:].astype(np.float32), track.reshape(30, 72))


def test_json(track, tmp_path):
    path = save_track(tmp_path / "t.json", track, fps=100, start_seconds=0.0125)
    with open(path, encoding="utf-8") as file:
        read = json.load(file)
    assert (read["fps"], read["start_seconds"]) == (100, 0.0125)
    assert read["names"][:2] == ["jaw_3_x", "jaw_3_y"]
    np.testing.assert_array_equal(read["seconds"], 0.0125 + np.arange(30) / 100)
    np.testing.assert_array_equal(np.float32(read["frames"]), track.reshape(30, 72))


def test_npz(track, tmp_path):
    path = save_track(tmp_path / "t.NPZ", track, fps=25)
    with np.load(path) as read:
        np.testing.assert_array_equal(read["track"], track)
        assert read["track"].dtype == np.float32
        np.testing.assert_array_equal(read["seconds"], np.arange(30) / 25)
        assert read["names"][0] == "jaw_3_x"
        assert read["fps"] == 25
    assert os.listdir(tmp_path) == ["t.NPZ"]


@pytest.mark.parametrize("fps", [24000 / 1001, 30000 / 1001, 3e6])
def test_frames_are_found_again_by_their_times(tmp_path, fps):
    """In a rate that no decimal number gives, and in one of more than a million a second."""
    path = save_track(tmp_path / "t.csv", np.zeros((5000, 1)), fps=fps, start_seconds=0.1)
    seconds = read_csv(path)[1][:, 0]
    np.testing.assert_array_equal(seconds, 0.1 + np.arange(5000) / fps)
    np.testing.assert_array_equal(np.rint((seconds - 0.1) * fps), np.arange(5000))


def test_blendshapes_have_their_own_names(tmp_path):
    curves = np.random.RandomState(0).rand(5, len(BLENDSHAPES))
    path = save_track(tmp_path / "t.csv", curves, fps=100, names=BLENDSHAPES)
    header, rows = read_csv(path)
    assert header == ["seconds", *BLENDSHAPES]
    np.testing.assert_array_equal(rows[:, 1:], curves)


def test_shape_parameters_are_numbered(tmp_path):
    header, _ = read_csv(save_track(tmp_path / "t.csv", np.zeros((2, 3)), fps=100))
    assert header == ["seconds", "component_0", "component_1", "component_2"]


@pytest.mark.parametrize("suffix", [".csv", ".json", ".npz"])
def test_frames_that_are_not_observed_stay_missing(track, tmp_path, suffix):
    track[1] = np.nan
    path = save_track(tmp_path / f"t{suffix}", track, fps=100)
    if suffix == ".csv":
        values = read_csv(path)[1][:, 1:]
    elif suffix == ".json":
        with open(path, encoding="utf-8") as file:
            values = np.array(json.load(file)["frames"], dtype=float)
    else:
        values = np.load(path)["track"].reshape(30, 72)
    assert np.isnan(values[1]).all()
    assert np.isfinite(values[[0, 2]]).all()


def test_smoothing_keeps_lines_and_calms_noise(tmp_path):
    line = np.linspace(0, 50, 200)[:, np.newaxis]
    noisy = line + np.random.RandomState(0).randn(200, 1)
    path = save_track(tmp_path / "t.npz", noisy, fps=100, smooth_seconds=0.05)
    calm = np.load(path)["track"]
    assert np.abs(calm - line)[20:-20].max() < 1
    assert np.std(np.diff(calm, axis=0)) < 0.2 * np.std(np.diff(noisy, axis=0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"path": "t.txt"}, "path must end in .csv or .json or .npz"),
        ({"track": np.zeros((2, 68, 2))}, "track has 68 points, but points names 36"),
        ({"track": np.zeros(3)}, "track must have shape"),
        ({"track": np.full((2, 3), np.inf)}, "track contains infinity"),
        ({"track": np.full((2, 3), np.nan), "smooth_seconds": 0.1}, "smoothing would spread it"),
        ({"names": ["a"]}, "names must be 72 different names"),
        ({"track": np.zeros((2, 2)), "names": ["a", "a"]}, "names must be 2 different names"),
        ({"track": np.zeros((2, 1)), "names": ["seconds"]}, "none of them 'seconds'"),
        ({"fps": 0}, "fps must be above 0"),
    ],
)
def test_what_cannot_be_right_is_refused(track, tmp_path, changes, message):
    arguments = {"path": "t.csv", "track": track, "fps": 100} | changes
    arguments["path"] = tmp_path / arguments["path"]
    with pytest.raises(ValueError, match=message):
        save_track(**arguments)
    assert os.listdir(tmp_path) == []


def test_a_missing_folder_is_named(track, tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        save_track(tmp_path / "nowhere" / "t.csv", track, fps=100)

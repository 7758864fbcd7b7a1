"""Predictor files from videos with known landmarks: of the same seed, and whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from skaffect import LandmarkExtractor, train_landmark_predictor

pytestmark = pytest.mark.usefixtures("predictor")  # skips without dlib


@pytest.fixture
def example(face) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """One drawn face in motion, with one point at the left eye and one at the mouth."""
    centres = np.array([60.0, 70.0, 80.0, 90.0])
    track = np.stack([[(cx - 16, 50.0), (cx, 88.0)] for cx in centres])
    return [np.stack([face(cx) for cx in centres])], [track]


def test_same_seed_same_file(example, tmp_path):
    def train(name: str, seed: int, n_jobs: int | None = None) -> bytes:
        path = train_landmark_predictor(
            *example, tmp_path / name, every=1, random_state=seed, n_jobs=n_jobs
        )
        return Path(path).read_bytes()

    first = train("a.dat", seed=0)
    assert train("b.dat", seed=0) == first
    assert train("c.dat", seed=1) != first
    assert train("d.dat", seed=0, n_jobs=2) == train("e.dat", seed=0, n_jobs=2)


def test_videos_and_frames_teach_the_same(film, truth, tmp_path):
    """Of a film at another rate, the landmarks are those of its frames' own times."""
    video = film(30, seconds=2.0)
    track = truth(np.arange(50) / 25)
    path = train_landmark_predictor([video], [track], tmp_path / "film.dat", random_state=0)
    (found,) = LandmarkExtractor(path, points=None).transform([video])
    errors = np.hypot(*np.moveaxis(found - truth(np.arange(len(found)) / 25), -1, 0))
    assert errors.mean() < 2.0  # learnt from 10 frames


def test_every_is_counted_in_frames(example, tmp_path):
    """Two of four frames: the same file as from those two alone."""
    (frames,), (track,) = example
    two = train_landmark_predictor(
        [frames[::2]], [track[::2]], tmp_path / "two.dat", every=1, random_state=0
    )
    half = train_landmark_predictor(
        [frames], [track], tmp_path / "half.dat", every=2, random_state=0
    )
    assert Path(half).read_bytes() == Path(two).read_bytes()


def test_faces_elsewhere_are_left_out(example, tmp_path):
    (frames,), (track,) = example
    with pytest.raises(ValueError, match="No frame in videos shows a face around its landmarks"):
        train_landmark_predictor([frames], [track + 500.0], tmp_path / "a.dat", every=1)
    with pytest.raises(ValueError, match="No frame in videos shows a face"):
        train_landmark_predictor([np.zeros_like(frames)], [track], tmp_path / "a.dat")
    assert list(tmp_path.iterdir()) == []


def test_what_does_not_match_is_named(example, film, truth, tmp_path):
    (frames,), (track,) = example
    target = tmp_path / "a.dat"
    with pytest.raises(ValueError, match="There are 2 videos but 1 tracks"):
        train_landmark_predictor([frames, frames], [track], target)
    with pytest.raises(ValueError, match=r"tracks\[0\] has 3 frames, but videos\[0\] has 4"):
        train_landmark_predictor([frames], [track[:3]], target)
    with pytest.raises(ValueError, match=r"tracks\[1\] has 1 points, but tracks\[0\] has 2"):
        train_landmark_predictor([frames, frames], [track, track[:, :1]], target)
    with pytest.raises(ValueError, match=r"tracks\[0\] contains NaN"):
        train_landmark_predictor([frames], [track * np.nan], target)
    with pytest.raises(ValueError, match=r"tracks\[0\] must have shape"):
        train_landmark_predictor([frames], [track[0]], target)
    with pytest.raises(ValueError, match=r"videos\[0\] must be grey frames .* got float64"):
        train_landmark_predictor([frames * 1.0], [track], target)
    with pytest.raises(TypeError, match=r"videos\[0\] must be the path of a video file"):
        train_landmark_predictor([3], [track], target)
    for one in ("talk.mp4", tmp_path / "talk.mp4"):
        with pytest.raises(TypeError, match=r"sequence of videos, got .*Wrap it in a list\."):
            train_landmark_predictor(one, [track], target)
    message = r"tracks\[0\] lasts 2.00 s \(50 frames at fps=25\) but .*talk.mp4' 1.00 s; .* 0.1 s"
    with pytest.raises(ValueError, match=message):
        train_landmark_predictor([film(seconds=1.0)], [truth(np.arange(50) / 25)], target)


def test_paths_are_checked_first(example, tmp_path):
    with pytest.raises(FileNotFoundError, match="but there is no folder"):
        train_landmark_predictor(*example, tmp_path / "none" / "a.dat")
    with pytest.raises(FileNotFoundError, match=r"videos\[0\] is .*none.mp4', which does not"):
        train_landmark_predictor([tmp_path / "none.mp4"], example[1], tmp_path / "a.dat")
    missing = [tmp_path / "a.mp4", *example[0], tmp_path / "b.mp4"]
    with pytest.raises(FileNotFoundError, match=r"videos\[0\] is .*a.mp4'.* 1 other .*b.mp4'\."):
        train_landmark_predictor(missing, example[1] * 3, tmp_path / "a.dat")
    text = tmp_path / "text.mp4"
    text.write_text("no film")
    with pytest.raises(ValueError, match=r"videos\[0\] is .*text.mp4', which PyAV cannot read"):
        train_landmark_predictor([text], example[1], tmp_path / "a.dat")


def test_bad_parameters(example, tmp_path):
    with pytest.raises(ValueError, match="every must be at least 1, got 0"):
        train_landmark_predictor(*example, tmp_path / "a.dat", every=0)
    with pytest.raises(ValueError, match="fps must be above 0"):
        train_landmark_predictor(*example, tmp_path / "a.dat", fps=-25)

"""From real videos to landmarks, with a predictor trained here on others of the same talker."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from skaffect import LOWER_FACE, LandmarkExtractor, train_landmark_predictor


@pytest.fixture(scope="module")
def clips(data_root) -> tuple[list[str], list[np.ndarray]]:
    """The 20 videos of GRID's talker s1 and their tracks of 68 points."""
    videos = sorted(str(path) for path in (data_root / "grid_s1" / "video").glob("*.mpg"))
    with np.load(data_root / "grid_s1" / "landmarks68.npz") as tracks:
        return videos, [tracks[Path(video).stem] for video in videos]


@pytest.fixture(scope="module")
def trained(clips, tmp_path_factory) -> str:
    pytest.importorskip("dlib", reason="dlib comes with the extra skaffect[face]")
    videos, tracks = clips
    path = tmp_path_factory.mktemp("grid") / "s1.dat"
    return train_landmark_predictor(videos[:12], tracks[:12], path, random_state=0)


def test_unseen_clips_within_one_and_a_half_pixels(clips, trained, record_testsuite_property):
    videos, tracks = (part[12:15] for part in clips)
    extractor = LandmarkExtractor(trained)
    start = time.perf_counter()
    found = extractor.transform(videos)
    seconds = time.perf_counter() - start
    expected = [track[:, LOWER_FACE] for track in tracks]
    assert [track.shape for track in found] == [track.shape for track in expected]
    errors = np.concatenate(
        [np.hypot(*(f - e).transpose(2, 0, 1)) for f, e in zip(found, expected, strict=True)]
    )
    record_testsuite_property("landmark_error_px", round(float(errors.mean()), 3))
    record_testsuite_property("frames_per_second", round(len(errors) / seconds, 1))
    assert errors.mean() < 1.5
    # The mouth moves with the given tracks', it is not only near them.
    lips = LOWER_FACE.index(62), LOWER_FACE.index(66)
    gaps = [
        np.concatenate([track[:, lips[1], 1] - track[:, lips[0], 1] for track in side])
        for side in (found, expected)
    ]
    assert np.corrcoef(gaps)[0, 1] > 0.7


def test_clip_cut_in_the_middle_is_refused(clips, trained, tmp_path):
    raw = Path(clips[0][12]).read_bytes()
    stump = tmp_path / "stump.mpg"
    stump.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ValueError, match=r"X\[0\] is .*stump.mpg', which is cut short or damaged"):
        LandmarkExtractor(trained).transform([stump])

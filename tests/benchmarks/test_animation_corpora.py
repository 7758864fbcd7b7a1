"""The animation benchmark's corpora: which frames of a track count, and when they are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils import Bunch

from benchmarks._animation_corpora import FPS, failed_frames, prepared, targets
from skaffect import MFSCWindower, Windows, make_affective_speech

N_AUDIO = 100


@pytest.fixture
def line() -> np.ndarray:
    """Two points that move by 4 pixels from video frame to video frame, for a second."""
    return np.arange(26.0)[:, np.newaxis, np.newaxis] * 4 + np.arange(4.0).reshape(2, 2)


@pytest.fixture
def entry() -> Windows:
    """The sound beside it."""
    return Windows(np.zeros((N_AUDIO, 2)), context=1)


# The middle of each audio frame, in video frames: 0.3125, 0.5625 and so on, never a whole one.
AT = (np.arange(N_AUDIO) * 0.01 + 0.0125) * FPS
INSIDE = AT <= 25


def unknown(moved: np.ndarray) -> np.ndarray:
    """Tell the frames that are NaN, which they must be throughout."""
    missing = np.isnan(moved).reshape(len(moved), -1)
    assert (missing.any(axis=1) == missing.all(axis=1)).all()
    return missing[:, 0]


def lost(*frames: int) -> np.ndarray:
    return np.isin(np.arange(26), frames)


def test_targets_are_the_track_at_the_audio_frames(line, entry):
    (moved,) = targets([line], [entry])
    np.testing.assert_array_equal(unknown(moved), ~INSIDE)
    assert INSIDE.sum() == N_AUDIO - 1
    expected = 4 * AT[:, np.newaxis, np.newaxis] + line[0]
    np.testing.assert_allclose(moved[INSIDE], expected[INSIDE], atol=1e-9)
    (same,) = targets([line], [entry], [lost()])
    np.testing.assert_array_equal(same, moved)


@pytest.mark.parametrize("frames", [(9,), (9, 10), (3, 11), (0,), (25,), (0, 1, 24, 25)])
def test_targets_beside_a_lost_frame_are_unknown(line, entry, frames):
    (moved,) = targets([line], [entry], [lost(*frames)])
    beside = np.any([np.abs(AT - frame) < 1 for frame in frames], axis=0)
    np.testing.assert_array_equal(unknown(moved), beside | ~INSIDE)


def test_what_was_found_in_a_lost_frame_does_not_count(line, entry):
    answers = []
    for found in (0.0, 1e6):
        track = line.copy()
        track[[9, 10, 25]] = found
        answers += targets([track], [entry], [lost(9, 10, 25)])
    np.testing.assert_array_equal(*answers)
    # In their place stands the nearest face, which the spline through all bends towards.
    known = ~unknown(answers[0])
    expected = 4 * AT[:, np.newaxis, np.newaxis] + line[0]
    assert np.abs(answers[0] - expected)[known].max() < 1


def test_each_track_has_its_own_lost_frames(line, entry):
    first, second = targets([line, line], [entry, entry], [lost(5), lost(15)])
    assert unknown(first).sum() == unknown(second).sum() > 1
    assert not np.array_equal(unknown(first), unknown(second))


def test_frames_without_a_face_have_failed():
    rng = np.random.default_rng(0)
    face = 30 * rng.normal(size=(36, 2))
    tracks = [face + rng.normal(size=(n, 36, 2)) for n in (120, 80)]
    for frame in (17, 18):
        tracks[0][frame] = 30 * rng.normal(size=(36, 2))
    # Elsewhere in the picture, nearer and turned it is a face as before.
    tracks[1][40] = 3 * tracks[1][40][:, ::-1] * [1, -1] + 500
    failed = failed_frames(tracks)
    assert [np.flatnonzero(frames).tolist() for frames in failed] == [[17, 18], []]
    assert [frames.shape for frames in failed] == [(120,), (80,)]


def test_a_track_without_a_face_is_named(line: np.ndarray, entry: Windows) -> None:
    with pytest.raises(ValueError, match=r"tracks\[1\] shows no face"):
        targets([line, line], [entry, entry], [lost(), np.ones(26, bool)])


def test_every_audio_frame_has_a_face_or_none() -> None:
    tracks = make_affective_speech(1, 1, landmarks=True, random_state=0)
    failed = [np.zeros(len(track), bool) for track in tracks.landmarks]
    failed[0][3] = True
    corpus = Bunch(
        data=tracks.data,
        tracks=tracks.landmarks,
        failed=failed,
        emotion=tracks.target,
        group=tracks.speaker,
    )
    columns = prepared(corpus)
    assert set(columns) == {"data", "target", "with_lost", "group", "emotion"}
    lengths = [len(entry) for entry in MFSCWindower().fit_transform(corpus.data)]
    assert [len(entry) for entry in columns.target] == lengths
    missing = [int(np.isnan(entry[:, 0, 0]).sum()) for entry in columns.target]
    with_lost = [int(np.isnan(entry[:, 0, 0]).sum()) for entry in columns.with_lost]
    # The frames between the pictures on both sides of the lost one.
    assert missing[0] == with_lost[0] + 8
    assert missing[1:] == with_lost[1:]

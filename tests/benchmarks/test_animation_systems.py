"""The animation benchmark's linear system, and which frames of its tracks count."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from benchmarks._animation_systems import (
    FPS,
    WindowRidge,
    failed_frames,
    targets,
    thinned,
)
from skaffect import Windows

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


@pytest.mark.parametrize("alpha", [0.1, 1000.0])
def test_ridge_is_that_of_scikit_learn_on_the_windows_themselves(alpha):
    rng = np.random.default_rng(0)
    X = [Windows(2 + rng.normal(size=(n, 4)), context=3) for n in (30, 45, 7)]
    weights = rng.normal(size=(12, 2))
    y = [5 + np.asarray(x).reshape(len(x), -1) @ weights + rng.normal(size=(len(x), 2)) for x in X]
    y[1][10:20] = np.nan
    windows = np.concatenate([np.asarray(x, np.float64).reshape(len(x), -1) for x in X])
    known = ~np.isnan(np.concatenate(y)[:, 0])
    oracle = Ridge(alpha=alpha).fit(windows[known], np.concatenate(y)[known])
    ridge = WindowRidge(alpha=alpha).fit(X, y)
    np.testing.assert_allclose(ridge.weights_[1:].T, oracle.coef_, atol=1e-9)
    np.testing.assert_allclose(ridge.weights_[0], oracle.intercept_, atol=1e-9)
    answers = ridge.predict(X)
    assert [answer.shape for answer in answers] == [(30, 2), (45, 2), (7, 2)]
    np.testing.assert_allclose(np.concatenate(answers), oracle.predict(windows), atol=1e-9)


def test_a_track_without_a_face_is_named(line: np.ndarray, entry: Windows) -> None:
    with pytest.raises(ValueError, match=r"tracks\[1\] shows no face"):
        targets([line, line], [entry, entry], [lost(), np.ones(26, bool)])


def test_as_few_utterances_as_one_emotion_has_and_all_emotions_alike() -> None:
    speaker = np.repeat(["ann", "bob", "cid", "dan"], 6)
    emotion = np.tile(["angry", "happy", "sad"], 8)
    train = np.flatnonzero(speaker != "bob")
    chosen = thinned(train, emotion, speaker)
    assert len(np.unique(chosen)) == len(chosen) == len(train) // 3
    assert np.isin(chosen, train).all()
    for values in (speaker, emotion):
        assert np.unique(values[chosen], return_counts=True)[1].tolist() == [2, 2, 2]


def test_uneven_emotions_are_refused() -> None:
    speaker, emotion = np.array(["ann"] * 3), np.array(["angry", "angry", "sad"])
    with pytest.raises(ValueError, match="ann has not equally many utterances"):
        thinned(np.arange(3), emotion, speaker)

"""Errors of landmarks: right on what can be worked out, blind to what is not the lips."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import LOWER_FACE, landmark_error, lip_opening_correlation, lip_opening_error

LOWER = LOWER_FACE.index(66)


def test_a_block_of_equal_lengths_is_its_utterances(tracks):
    true, predicted = np.stack(tracks([7, 7])), np.stack(tracks([7, 7], seed=1))
    for metric in (landmark_error, lip_opening_error, lip_opening_correlation):
        assert metric(true, predicted) == metric(list(true), list(predicted))


def test_a_block_of_faces_is_utterances_of_one_frame(tracks):
    true, predicted = tracks([7])[0], tracks([7], seed=1)[0]
    true[:, LOWER_FACE.index(54), 0] += np.arange(7)  # each mouth of its own width
    each = [face[np.newaxis] for face in true], [face[np.newaxis] for face in predicted]
    flat = true.reshape(7, 72), predicted.reshape(7, 72)
    for normalize in (None, "mouth_width"):
        error = landmark_error(true, predicted, normalize=normalize)
        assert error == landmark_error(*each, normalize=normalize)
        assert error == landmark_error(*flat, normalize=normalize)
    whole = landmark_error([true], [predicted], normalize="mouth_width")
    assert whole != pytest.approx(error, rel=1e-4)
    assert lip_opening_error(true, predicted) == lip_opening_error([true], [predicted])
    with pytest.raises(ValueError, match="lips move in no utterance"):
        lip_opening_correlation(true, predicted)
    predicted[5, 0, 0] = np.nan
    with pytest.raises(ValueError, match=r"y_pred\[5\] contains NaN"):
        landmark_error(true, predicted)
    with pytest.raises(ValueError, match=r"y_true\[0\] must have shape"):
        landmark_error(flat[0][:, :71], flat[1][:, :71])


def test_frames_that_are_not_observed_are_left_out(tracks):
    true, predicted = tracks([9, 4]), tracks([9, 4], seed=1)
    part = [track[2:] for track in true], [track[2:] for track in predicted]
    hidden = [track.copy() for track in true]
    for track, answer in zip(hidden, predicted, strict=True):
        track[0] = np.nan
        track[1, 5, 0] = np.nan  # one number is enough
        answer[0] = np.nan  # what is not scored may be anything
    for metric in (landmark_error, lip_opening_error, lip_opening_correlation):
        assert metric(hidden, predicted) == metric(*part)


def test_landmark_error_of_a_shift_is_its_length(tracks):
    true = tracks([6, 3])
    moved = [track + np.array([3, 4], np.float32) for track in true]
    assert landmark_error(true, moved) == pytest.approx(5, rel=1e-6)
    assert landmark_error(true, moved, normalize="mouth_width") == pytest.approx(0.1, rel=1e-6)


@given(st.floats(0.1, 10))
def test_mouth_widths_do_not_depend_on_the_face_size(tracks, scale):
    true, predicted = tracks([6, 3]), tracks([6, 3], seed=1)
    larger = [scale * track for track in true], [scale * track for track in predicted]
    error = landmark_error(true, predicted, normalize="mouth_width")
    assert landmark_error(*larger, normalize="mouth_width") == pytest.approx(error, rel=1e-5)


def test_mouth_width_is_the_mean_of_the_utterance():
    """One wide and one narrow frame, moved alike, count alike."""
    true = np.zeros((2, 2, 2))
    true[:, 1, 0] = [30, 50]
    down = np.array([0, 4])
    error = landmark_error([true], [true + down], normalize="mouth_width", points=[48, 54])
    assert error == pytest.approx(4 / 40)


def test_lip_opening_is_blind_to_the_head_but_not_to_the_lips(tracks):
    true = tracks([20])
    turn = np.array([[np.cos(0.3), -np.sin(0.3)], [np.sin(0.3), np.cos(0.3)]])
    turned = [track @ turn + 40 for track in true]
    assert lip_opening_error(true, turned) == pytest.approx(0, abs=1e-4)
    assert lip_opening_correlation(true, turned) == pytest.approx(1)
    opened = [track.copy() for track in true]
    opened[0][:, LOWER, 1] += 6
    assert lip_opening_error(true, opened) == pytest.approx(6, rel=1e-5)
    assert lip_opening_correlation(true, opened) == pytest.approx(1)


def test_correlation_is_averaged_over_utterances(tracks):
    true, other = tracks([30, 9]), tracks([30, 9], seed=1)
    each = [lip_opening_correlation([t], [o]) for t, o in zip(true, other, strict=True)]
    assert lip_opening_correlation(true, other) == pytest.approx(np.mean(each))
    openings = [track[0][:, LOWER, 1] for track in (true, other)]
    assert each[0] == pytest.approx(np.corrcoef(*openings)[0, 1], abs=1e-5)


def test_lips_that_do_not_move(tracks):
    moving, still = tracks([30]), [np.repeat(tracks([1])[0], 30, axis=0)]
    # The head turns, so the still lips' opening differs by rounding from frame to frame.
    angle = np.linspace(0, 1, 30)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    turned = [(still[0] @ turn.transpose(2, 0, 1)).astype(np.float32)]
    assert lip_opening_correlation(moving, turned) == 0
    assert lip_opening_correlation([*moving, *turned], [*moving, *moving]) == pytest.approx(1)
    with pytest.raises(ValueError, match="lips move in no utterance"):
        lip_opening_correlation(turned, moving)


def test_landmarks_that_do_not_fit_are_named(tracks):
    y = tracks([3])
    with pytest.raises(ValueError, match="must have shape .n_frames, n_points, 2., got .3, 36, 3"):
        landmark_error([np.zeros((3, 36, 3))], y)
    with pytest.raises(ValueError, match=r"y_true\[0\] has 36 points, but points names 68"):
        lip_opening_error(y, y, points=range(68))
    with pytest.raises(ValueError, match="normalize must be one of None, 'mouth_width'"):
        landmark_error(y, y, normalize="eyes")
    with pytest.raises(ValueError, match=r"y_true\[0\] has a mouth of no width"):
        landmark_error([0 * y[0]], y, normalize="mouth_width")
    with pytest.raises(ValueError, match="points must each be given once"):
        lip_opening_error(y, y, points=[62] * 36)

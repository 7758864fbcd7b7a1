"""Tracks in time: exact where cubic polynomials are, held outside, refused when too long."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.interpolate import CubicSpline

from skaffect import resample_track
from skaffect.shape._track import fill_gaps, interpolate_track

coefficients = arrays(np.float64, (4, 3, 2), elements=st.floats(-50, 50))
n_video_frames = st.integers(4, 120)


def audio_times(n_frames: int) -> np.ndarray:
    return np.arange(n_frames) * 0.01 + 0.0125


def n_audio_frames(n_video: int) -> int:
    """Frames of a sound as long as a track of 25 frames in a second."""
    return round((n_video / 25 - 0.025) / 0.01) + 1


@given(coefficients, n_video_frames)
def test_cubic_polynomials_are_exact_inside(coefficients, n_video):
    def polynomial(t: np.ndarray) -> np.ndarray:
        return np.einsum("kpc,kt->tpc", coefficients, t ** np.arange(4)[:, np.newaxis])

    n_frames = n_audio_frames(n_video)
    resampled, inside = resample_track(polynomial(np.arange(n_video) / 25), n_frames)
    expected = polynomial(audio_times(n_frames))
    scale = 1 + np.abs(expected).max()
    np.testing.assert_allclose(resampled[inside], expected[inside], atol=1e-9 * scale)


@given(arrays(np.float32, (36, 2), elements=st.floats(0, 2000, width=32)), st.integers(1, 100))
def test_constant_tracks_stay_constant(shape, n_video):
    resampled, _ = resample_track(np.stack([shape] * n_video), n_audio_frames(n_video))
    assert resampled.dtype == np.float32
    np.testing.assert_array_equal(resampled, np.broadcast_to(shape, resampled.shape))


@given(arrays(np.float64, (20, 5), elements=st.floats(-1e3, 1e3)))
def test_equal_times_change_nothing(track):
    """Frames whose windows are centred at i / 25 s: no hop but the video's, window of none."""
    resampled, inside = resample_track(track, 20, hop_seconds=1 / 25, window_seconds=1e-12)
    assert inside.all()
    np.testing.assert_allclose(resampled, track, atol=1e-6)


@pytest.mark.parametrize("n_video", [1, 2, 3, 74, 75])
def test_ends_are_held_and_masked(n_video):
    track = np.random.RandomState(0).rand(n_video, 36, 2).astype(np.float32)
    n_frames = n_audio_frames(n_video)
    resampled, inside = resample_track(track, n_frames)
    assert resampled.shape == (n_frames, 36, 2)
    np.testing.assert_array_equal(inside, audio_times(n_frames) <= (n_video - 1) / 25 + 1e-9)
    np.testing.assert_array_equal(resampled[~inside], np.stack([track[-1]] * (~inside).sum()))


def test_first_frame_is_held_before_it():
    track = np.arange(10.0)
    moved, inside = interpolate_track(track, np.arange(10) / 25 + 1.0, np.array([0.5, 1.0, 1.02]))
    np.testing.assert_allclose(moved, [0.0, 0.0, 0.5])
    np.testing.assert_array_equal(inside, [False, True, True])


def test_real_track_as_scipy_interpolates_it(data_root):
    track = np.load(data_root / "grid_s1" / "landmarks68.npz")["bbaf2n"]
    resampled, inside = resample_track(track, 298)
    spline = CubicSpline(np.arange(75) / 25, track.astype(np.float64))
    np.testing.assert_allclose(resampled[inside], spline(audio_times(298)[inside]), atol=1e-4)
    assert inside.sum() == 295


@pytest.mark.parametrize(
    ("n_frames", "fits"), [(288, True), (287, False), (309, True), (310, False)]
)
def test_lengths_must_agree_within_the_tolerance(n_frames, fits):
    track = np.zeros((75, 36, 2))  # 3 s; 288 frames of sound last 2.895 s
    if fits:
        assert len(resample_track(track, n_frames, tolerance_seconds=0.11)[0]) == n_frames
        return
    sound = (n_frames - 1) * 0.01 + 0.025
    message = (
        rf"The track lasts 3.000 s \(75 frames at fps=25\) but its sound {sound:.3f} s "
        rf"\({n_frames} frames\); they may differ by at most tolerance_seconds=0.11"
    )
    with pytest.raises(ValueError, match=message):
        resample_track(track, n_frames, tolerance_seconds=0.11)


def test_bad_input():
    track = np.zeros((75, 2))
    track[7, 1] = np.nan
    with pytest.raises(ValueError, match="track contains NaN or infinity, first in frame 7"):
        resample_track(track, 298)
    with pytest.raises(ValueError, match="track is empty"):
        resample_track([], 298)
    with pytest.raises(ValueError, match="track must have frames along its first axis"):
        resample_track(3.0, 298)
    with pytest.raises(TypeError, match="n_frames must be an integer"):
        resample_track(np.zeros(75), 298.0)
    with pytest.raises(ValueError, match="fps must be above 0"):
        resample_track(np.zeros(75), 298, fps=0)


def test_integers_are_not_rounded():
    resampled, _ = resample_track(np.arange(75), 298)
    np.testing.assert_allclose(resampled[:3], [0.3125, 0.5625, 0.8125])


@given(arrays(bool, 12), arrays(np.float64, (12, 2), elements=st.floats(-10, 10)))
def test_gaps_are_filled_by_straight_lines(missing, track):
    missing[5] = False
    times = np.cumsum(np.linspace(0.5, 2.0, 12))
    filled = fill_gaps(np.where(missing[:, np.newaxis], np.nan, track), times, missing)
    for column, known in zip(filled.T, track.T, strict=True):
        expected = np.interp(times, times[~missing], known[~missing])
        np.testing.assert_allclose(column, expected, atol=1e-12)

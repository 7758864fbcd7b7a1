"""Tracks in time: from a video's frames to an audio feature's, and over gaps."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from skaffect._parameters import check_integer, check_real
from skaffect._windows import as_numbers

Seconds = NDArray[np.floating[Any]]

# A time computed in two ways may differ by rounding.
_ROUNDING_SECONDS = 1e-9


def resample_track(
    track: ArrayLike,
    n_frames: int,
    *,
    fps: float = 25.0,
    hop_seconds: float = 0.01,
    window_seconds: float = 0.025,
    tolerance_seconds: float = 0.1,
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Move a track from the times of video frames to those of audio frames.

    Video frame ``i`` is at ``i / fps`` seconds; audio frame ``j`` is at its window's
    middle, ``j * hop_seconds + window_seconds / 2``. Between video frames the track is
    interpolated by a cubic spline, which is exact for cubic polynomials (section II-B.2
    of [1]_). Before the first and after the last video frame, that frame is held.

    Parameters
    ----------
    track : array-like of shape (n_video_frames, ...)
        One utterance's landmarks, in pixels, or shape parameters, frames first.
    n_frames : int
        Number of audio frames, at least 1.
    fps : float, default=25.0
        Video frames in a second.
    hop_seconds : float, default=0.01
        Time from one audio frame to the next in seconds.
    window_seconds : float, default=0.025
        Length of an audio frame in seconds.
    tolerance_seconds : float, default=0.1
        By how much the lengths of track and sound may differ, in seconds.

    Returns
    -------
    resampled : ndarray of shape (n_frames, ...)
        The track at the audio frames, float32 or float64 as `track` is.
    inside : ndarray of shape (n_frames,), bool
        Where audio frames lie within the span of the track. The others, held, belong in
        neither training nor scores.

    Raises
    ------
    ValueError
        If the track contains NaN, or if it and the sound differ in length by more than
        `tolerance_seconds`.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    A point that moves by 100 pixels in a second, for a second:

    >>> import numpy as np
    >>> from skaffect import resample_track
    >>> resampled, inside = resample_track(np.arange(26) * 4.0, n_frames=100)
    >>> resampled[:3]
    array([1.25, 2.25, 3.25])
    >>> resampled[-3:], inside[-3:]
    (array([ 98.25,  99.25, 100.  ]), array([ True,  True, False]))
    """
    check_integer("n_frames", n_frames, at_least=1)
    check_real("fps", fps, above=0.0)
    check_real("hop_seconds", hop_seconds, above=0.0)
    check_real("window_seconds", window_seconds, above=0.0)
    check_real("tolerance_seconds", tolerance_seconds, within=(0.0, np.inf))
    values = _checked_track(track)
    track_seconds = len(values) / fps
    sound_seconds = (n_frames - 1) * hop_seconds + window_seconds
    if abs(track_seconds - sound_seconds) > tolerance_seconds + _ROUNDING_SECONDS:
        raise ValueError(
            f"The track lasts {track_seconds:.3f} s ({len(values)} frames at fps={fps:g}) but its "
            f"sound {sound_seconds:.3f} s ({n_frames} frames); they may differ by at most "
            f"tolerance_seconds={tolerance_seconds:g}. See that they belong together and that "
            "fps is right."
        )
    return interpolate_track(
        values,
        np.arange(len(values)) / fps,
        np.arange(n_frames) * hop_seconds + window_seconds / 2,
    )


def interpolate_track(
    track: NDArray[Any], times: Seconds, at: Seconds
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Move a track from increasing `times` to others, ends held; tell which are inside."""
    first, last = times[0], times[-1]
    inside = (at >= first - _ROUNDING_SECONDS) & (at <= last + _ROUNDING_SECONDS)
    if len(times) == 1:
        return np.repeat(track, len(at), axis=0), inside
    moved = CubicSpline(times, track, axis=0)(np.clip(at, first, last))
    return moved.astype(track.dtype), inside


def fill_gaps(track: NDArray[Any], times: Seconds, missing: NDArray[np.bool_]) -> NDArray[Any]:
    """Return a track whose missing frames lie on straight lines between their neighbours.

    At an end the nearest frame is held. On real faces a cubic line errs less over one or
    two frames, but overshoots by a mouth's width over longer gaps.
    """
    known = np.flatnonzero(~missing)
    right = np.clip(np.searchsorted(known, np.flatnonzero(missing)), 0, len(known) - 1)
    left = np.clip(np.searchsorted(known, np.flatnonzero(missing)) - 1, 0, len(known) - 1)
    before, after = known[left], known[right]
    span = np.maximum(times[after] - times[before], _ROUNDING_SECONDS)
    weight = (np.clip(times[missing], times[before], times[after]) - times[before]) / span
    weight = weight.reshape(-1, *[1] * (track.ndim - 1))
    filled = track.copy()
    filled[missing] = (1 - weight) * track[before] + weight * track[after]
    return filled


def _checked_track(track: ArrayLike) -> NDArray[Any]:
    values = as_numbers(track, "track")
    if values.ndim == 0:
        raise ValueError("track must have frames along its first axis, got a single number.")
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    finite = np.isfinite(values).reshape(len(values), -1).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"track contains NaN or infinity, first in frame {finite.argmin()}; repair it or "
            "leave it out."
        )
    return values

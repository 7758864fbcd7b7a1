"""The data contract: one sample is one utterance.

Everything that looks inside ``X`` to learn what an entry is lives here: the checks of
waveforms, windows, frames and landmarks.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import check_entries, count_axes, list_entries, numeric_block, refuse_pair
from skaffect._entries import object_array as object_array
from skaffect._full_scale import check_peak, peak_of, warn_of_loud, warn_of_silent
from skaffect._stored_frames import StoredFrames
from skaffect._windows import Frames as Frames
from skaffect._windows import Windows as Windows
from skaffect._windows import as_float32, as_numbers
from skaffect._windows import check_context as check_context


class Utterances(NamedTuple):
    """Checked entries, and whether they came as one numeric array."""

    entries: list[Any]
    stacked: bool


def check_waveforms(
    estimator: Any,
    X: Any,
    *,
    reset: bool,
    check_path: Callable[[str, int], str] | None = None,
    stacklevel: int = 4,
) -> Utterances:
    """Return waveforms as 1-D float32 arrays, naming the first entry that is not one.

    A numeric 2-D array follows scikit-learn's rules (its rows' length is remembered as
    ``n_features_in_`` and compared); a sequence of waveforms may hold any lengths.

    Samples must lie in [-1, 1], so PCM integers are refused, also as floats. Only a 2-D array of
    wider integers than 16 bit is taken at face value, as scikit-learn's transformers take it.
    A warning, at `stacklevel`, tells of what is beyond and may be meant.

    Entries of a sequence may also be paths, if there is a `check_path`, which is called with
    each one and its index and returns it.
    """
    if (block := numeric_block(X)) is None:
        entries = list_entries(X)
        _forget_columns(estimator, reset=reset)
        check = partial(_check_recording, check_path=check_path)
        entries = check_entries(entries, check)
        _check_samples(entries, stacklevel=stacklevel)
        return Utterances(entries, stacked=False)
    if count_axes(block) > 2:
        raise ValueError(
            f"Expected waveforms, got an array of {count_axes(block)} dimensions. Give a list of "
            "1-D arrays, or a 2-D array whose rows are waveforms."
        )
    if getattr(block, "dtype", None) in (np.int16, np.uint8):
        _refuse_integers("X", block.dtype)
    rows = _validated_rows(estimator, block, reset=reset)
    _check_samples(list(rows), stacklevel=stacklevel)
    return Utterances(list(rows), stacked=True)


def check_windows(estimator: Any, X: Any, *, reset: bool) -> Utterances:
    """Return windows of one shape, the shape that `estimator` was fitted on.

    Entries may be :class:`Windows`, arrays ``(n_frames, n_bands, context)`` or plain
    frames ``(n_frames, n_bands)``, which are windows of one frame.
    """
    block = numeric_block(X)
    if block is not None and count_axes(block) <= 2:
        rows = _validated_rows(estimator, block, reset=reset)
        for i, row in enumerate(rows):
            _check_finite(row, i)
        entries: list[Any] = [Windows(row[None], context=1) for row in rows]
    else:
        given = list_entries(X if block is None else np.asarray(block))
        _forget_columns(estimator, reset=reset)
        entries = [_check_window_entry(entry, i) for i, entry in enumerate(given)]
    _check_one_shape(estimator, [entry.shape[1:] for entry in entries], reset=reset)
    return Utterances(entries, stacked=block is not None)


def check_frames(estimator: Any, X: Any, *, reset: bool) -> Utterances:
    """Return frames ``(n_frames, n_bands)`` of one band count, naming the first that differs.

    A numeric 2-D array holds one-frame utterances, a 3-D array utterances of equal length.
    The band count is remembered as ``n_features_in_``.
    """
    block = numeric_block(X)
    if block is not None and count_axes(block) <= 2:
        entries = list(_validated_rows(estimator, block, reset=reset)[:, np.newaxis])
    else:
        given = list_entries(X if block is None else np.asarray(block))
        _forget_columns(estimator, reset=reset)
        entries = [_check_frames_entry(entry, i) for i, entry in enumerate(given)]
    for i, entry in enumerate(entries):
        if not isinstance(entry, StoredFrames):
            _check_finite(entry, i)
    _check_band_counts(estimator, [entry.shape[1] for entry in entries], reset=reset)
    return Utterances(entries, stacked=block is not None)


def check_landmarks(estimator: Any, X: Any, *, reset: bool) -> Utterances:
    """Return tracks ``(n_frames, n_points, 2)`` of one point count, naming the first that is not.

    A numeric array holds one-frame tracks, ``(n, n_points, 2)`` or ``(n, 2 * n_points)``, or
    tracks of equal length, 4-D. Twice the point count is remembered as ``n_features_in_``.
    """
    if (block := numeric_block(X)) is None:
        entries = [_check_track(entry, i) for i, entry in enumerate(list_entries(X))]
    else:
        entries = list(_landmark_block(estimator, block, reset=reset))
    if reset and (block is None or count_axes(block) > 2):
        _forget_columns(estimator, reset=True)
        estimator.n_features_in_ = 2 * entries[0].shape[1]
    _check_point_counts(estimator, [entry.shape[1] for entry in entries], reset=reset)
    return Utterances(entries, stacked=block is not None)


def check_one_each(n_utterances: int, **values: Any) -> None:
    """Raise unless everything that is given, None apart, has one entry for each utterance."""
    # Imported late: the views alone must not cost scikit-learn's import time.
    from sklearn.utils.validation import _num_samples

    for name, given in values.items():
        if given is not None and (n := _num_samples(given)) != n_utterances:
            raise ValueError(
                f"X holds {n_utterances} utterances, but {name} has {n} entries; give one for "
                "each utterance."
            )


def _validated_rows(estimator: Any, block: Any, *, reset: bool) -> Frames:
    # Imported late: the view alone must not cost scikit-learn's import time.
    from sklearn.utils.validation import validate_data

    with np.errstate(over="ignore"):  # what float32 cannot hold is found, and named, later
        rows: Frames = validate_data(
            estimator, block, reset=reset, dtype=np.float32, ensure_all_finite=False
        )
    return rows


def _forget_columns(estimator: Any, *, reset: bool) -> None:
    """Drop what an earlier fit on one numeric array left."""
    if reset:
        for name in ("n_features_in_", "feature_names_in_"):
            estimator.__dict__.pop(name, None)


def _check_recording(
    entry: Any, i: int, check_path: Callable[[str, int], str] | None
) -> str | Frames:
    if check_path is not None and isinstance(entry, str | os.PathLike):
        return check_path(os.fsdecode(entry), i)
    refuse_pair(entry, i)
    return _check_waveform(entry, i)


def _check_waveform(entry: Any, i: int) -> Frames:
    if isinstance(entry, str | bytes | os.PathLike):
        raise TypeError(
            f"X[{i}] is a path, {entry!r}; put an AudioReader before this step to read files."
        )
    samples = as_numbers(entry, f"X[{i}]")
    if samples.ndim != 1:
        raise ValueError(
            f"X[{i}] must be a mono waveform of shape (n_times,), got shape {samples.shape}. "
            "AudioReader averages channels."
        )
    if samples.dtype.kind != "f":
        _refuse_integers(f"X[{i}]", samples.dtype)
    return as_float32(samples, f"X[{i}]")


def _check_window_entry(entry: Any, i: int) -> Windows | Frames:
    if isinstance(entry, Windows):
        # Those on disk were checked before they were written, and stay there.
        if not isinstance(entry.frames, StoredFrames):
            _check_finite(entry.frames, i)
        return entry
    if isinstance(entry, str | bytes | os.PathLike):
        raise TypeError(
            f"X[{i}] is a path, {entry!r}; put an AudioReader and an MFSCWindower before this "
            "step."
        )
    array = as_float32(entry, f"X[{i}]")
    if array.ndim not in (2, 3):
        raise ValueError(
            f"X[{i}] must hold frames (n_frames, n_bands) or windows (n_frames, n_bands, "
            f"context), got shape {array.shape}. If it is a waveform, put an MFSCWindower "
            "before this step."
        )
    _check_finite(array, i)
    return array if array.ndim == 3 else Windows(array, context=1)


def _check_frames_entry(entry: Any, i: int) -> Frames | StoredFrames:
    if isinstance(entry, StoredFrames):
        return entry
    if isinstance(entry, str | bytes | os.PathLike):
        raise TypeError(
            f"X[{i}] is a path, {entry!r}; put an AudioReader and a LogFilterbank before this "
            "step."
        )
    if isinstance(entry, Windows):
        raise TypeError(
            f"X[{i}] is Windows, which the emotion networks take; put a LogFilterbank, not an "
            "MFSCWindower, before this step."
        )
    frames = as_float32(entry, f"X[{i}]")
    if frames.ndim != 2:
        raise ValueError(
            f"X[{i}] must hold frames of shape (n_frames, n_bands), got shape {frames.shape}. If "
            "it is a waveform, put a LogFilterbank before this step."
        )
    return frames


def _refuse_integers(name: str, dtype: Any) -> None:
    raise ValueError(
        f"{name} holds {dtype} samples, and features take floating-point ones in [-1, 1]. Put an "
        "AudioReader before this step, which scales PCM."
    )


def _check_samples(entries: list[str | Frames], *, stacklevel: int) -> None:
    """Check that waveforms, paths left out, are finite and in [-1, 1], or nearly."""
    peaks = {}
    for i, entry in enumerate(entries):
        if not isinstance(entry, str):
            peaks[f"X[{i}]"] = peak = peak_of(entry)
            if not math.isfinite(peak):
                _check_finite(entry, i)
            check_peak(peak, f"X[{i}]")
    warn_of_loud(peaks, stacklevel=stacklevel + 1)
    warn_of_silent(peaks, stacklevel=stacklevel + 1)


def _check_finite(array: NDArray[Any], i: int) -> None:
    finite = np.isfinite(array)
    if not finite.all():
        where = np.unravel_index(np.argmin(finite), array.shape)
        position = int(where[0]) if len(where) == 1 else tuple(map(int, where))
        raise ValueError(
            f"X[{i}] contains NaN or infinity, first at position {position} ({array[where]}); "
            "repair or remove it."
        )


def _landmark_block(estimator: Any, block: Any, *, reset: bool) -> NDArray[Any]:
    """Return a numeric array as tracks, ``(n, n_frames, n_points, 2)``."""
    # Imported late: the views alone must not cost scikit-learn's import time.
    from sklearn.utils.validation import check_array, validate_data

    checks = {"dtype": (np.float64, np.float32), "ensure_all_finite": False}
    if count_axes(block) == 2:
        rows = validate_data(estimator, block, reset=reset, **checks)
        if rows.shape[1] % 2:
            raise ValueError(
                f"X has an odd number of columns (n_features = {rows.shape[1]}), and flattened "
                "landmarks have an even one: x and y of each point in turn, x0, y0, x1, y1 and so "
                "on."
            )
        tracks = rows.reshape(len(rows), 1, -1, 2)
    else:
        tracks = check_array(block, allow_nd=True, input_name="X", **checks)
        if tracks.ndim == 3:
            tracks = tracks[:, np.newaxis]
        if tracks.ndim != 4 or tracks.shape[-1] != 2 or tracks.size == 0:
            raise ValueError(
                "Expected landmarks, an array of shape (n, n_points, 2), (n, 2 * n_points) or "
                f"(n, n_frames, n_points, 2), got shape {np.shape(block)}."
            )
    if not np.isfinite(tracks).all():
        for i, track in enumerate(tracks):
            _check_finite(track, i)
    return tracks


def _check_track(entry: Any, i: int) -> NDArray[Any]:
    if isinstance(entry, str | bytes | os.PathLike):
        raise TypeError(
            f"X[{i}] is a path, {entry!r}; put a LandmarkExtractor before this step to read "
            "videos."
        )
    track = as_numbers(entry, f"X[{i}]")
    if track.ndim != 3 or track.shape[-1] != 2:
        raise ValueError(
            f"X[{i}] must be a track of landmarks of shape (n_frames, n_points, 2), "
            f"got shape {track.shape}."
        )
    if track.dtype.kind != "f":
        track = track.astype(np.float64)
    _check_finite(track, i)
    return track


def _check_point_counts(estimator: Any, counts: list[int], *, reset: bool) -> None:
    """Compare every track's point count with the first's, or with fit's."""
    expected = estimator.n_features_in_ // 2
    for i, count in enumerate(counts):
        if count != expected:
            raise ValueError(
                f"X[{i}] has {count} points in a frame, but {type(estimator).__name__} "
                f"{'was given' if reset else 'was fitted on'} {expected}"
                f"{' before it' if reset else ''}; choose the same points everywhere."
            )


def _check_band_counts(estimator: Any, counts: list[int], *, reset: bool) -> None:
    """Compare every utterance's band count with the first's, or with fit's."""
    expected = counts[0] if reset else estimator.n_features_in_
    for i, count in enumerate(counts):
        if count != expected:
            raise ValueError(
                f"X[{i}] has {count} bands, but {type(estimator).__name__} "
                f"{'was given' if reset else 'was fitted on'} {expected}"
                f"{' before it' if reset else ''}; use one filter bank everywhere."
            )
    estimator.n_features_in_ = expected


def _check_one_shape(estimator: Any, shapes: list[tuple[int, ...]], *, reset: bool) -> None:
    """Compare every window's (n_bands, context) with the first's, or with fit's."""
    expected = shapes[0] if reset else estimator.window_shape_in_
    for i, shape in enumerate(shapes):
        if shape != expected:
            raise ValueError(
                f"X[{i}] has windows of shape (n_bands, context) = {tuple(shape)}, but "
                f"{type(estimator).__name__} {'was given' if reset else 'was fitted on'} "
                f"{tuple(expected)}{' before it' if reset else ''}."
            )
    if reset:
        estimator.window_shape_in_ = tuple(expected)
        estimator.n_features_in_ = int(expected[0])

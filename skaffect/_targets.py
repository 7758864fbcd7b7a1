"""What each frame of an utterance is to be answered with, and answers made of windows of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import count_axes, numeric_block, object_array
from skaffect._windows import Frames, as_numbers


class FrameTargets(NamedTuple):
    """One array ``(n_frames, n_outputs)`` for each utterance, and whether it was given flat."""

    entries: list[Frames]
    flat: bool


def check_frame_targets(y: Any, entries: Sequence[Any]) -> FrameTargets:
    """Return a target for every frame of the utterances `entries`, or raise, naming the first bad.

    A frame that is NaN throughout is not observed. For utterances of one frame each, `y` may
    be a plain array, ``(n,)`` or ``(n, n_outputs)``.
    """
    block = _target_block(y)
    if block is not None and count_axes(block) <= 2:
        return _check_rows(block, entries)
    targets = [
        _check_entry(target, f"y[{i}]", len(entry))
        for i, (target, entry) in enumerate(zip(y, entries, strict=True))
    ]
    for i, target in enumerate(targets):
        if target.shape[1] != targets[0].shape[1]:
            raise ValueError(
                f"y[{i}] has {target.shape[1]} columns, but y[0] has {targets[0].shape[1]}; give "
                "every utterance the same shape parameters."
            )
    return FrameTargets(targets, flat=False)


def is_observed(target: Frames) -> NDArray[np.bool_]:
    """Tell which frames of a checked target are known."""
    observed: NDArray[np.bool_] = ~np.isnan(target[:, 0])
    return observed


def overlap_average(estimates: NDArray[Any]) -> NDArray[Any]:
    """Average what neighbouring windows say of each frame, equation 6 of arXiv:1908.03904.

    ``estimates[i, k]`` is window i's answer for frame ``i + k - n_lags // 2``; the answers for
    frames outside the utterance are dropped, so that its ends average over fewer.
    """
    n_frames, n_lags = estimates.shape[:2]
    total = np.zeros((n_frames, *estimates.shape[2:]), estimates.dtype)
    count = np.zeros(n_frames, estimates.dtype)
    for k in range(n_lags):
        lag = k - n_lags // 2
        frames = slice(max(lag, 0), max(n_frames + min(lag, 0), 0))
        windows = slice(max(-lag, 0), max(n_frames - max(lag, 0), 0))
        total[frames] += estimates[windows, k]
        count[frames] += 1
    return total / count.reshape(-1, *[1] * (total.ndim - 1))


def collect_frames(answers: Sequence[Frames], X: Any, *, flat: bool) -> NDArray[Any]:
    """Return answers in the form of `X`: rows for rows, a block for a block, else entries."""
    block = numeric_block(X)
    if block is None:
        return object_array(answers)
    stacked = np.stack(answers)
    if count_axes(block) > 2:
        return stacked
    # As scikit-learn's regressors answer.
    rows = stacked[:, 0].astype(np.float64)
    return rows[:, 0] if flat else rows


def as_entries(answers: Any) -> list[Frames]:
    """Return answers of any form as one array ``(n_frames, n_outputs)`` for each utterance."""
    if isinstance(answers, list | tuple) or answers.dtype == object or answers.ndim > 2:
        return list(answers)
    return list(answers.reshape(len(answers), 1, -1))


class ObservedTracks(NamedTuple):
    """The frames of each track that are known, and which they are."""

    shown: list[NDArray[Any]]
    known: list[NDArray[np.bool_]]


def observed_tracks(y: Any) -> ObservedTracks | None:
    """Leave out the frames of landmark tracks that are NaN; None for arrays of single frames."""
    block = numeric_block(y)
    if block is not None and count_axes(block) < 4:
        return None
    shown: list[NDArray[Any]] = []
    known: list[NDArray[np.bool_]] = []
    for i, entry in enumerate(y):
        track = as_numbers(entry, f"y[{i}]")
        if track.ndim != 3 or track.shape[-1] != 2:
            raise ValueError(
                f"y[{i}] must be a track of landmarks of shape (n_frames, n_points, 2), got "
                f"{track.shape}."
            )
        if shown and track.shape[1] != shown[0].shape[1]:
            raise ValueError(
                f"y[{i}] has {track.shape[1]} points in a frame, but y[0] has "
                f"{shown[0].shape[1]}; choose the same points everywhere."
            )
        missing = np.isnan(track)
        observed = ~missing.all(axis=(1, 2))
        part = missing.any(axis=(1, 2)) & observed
        if part.any() or np.isinf(track).any():
            bad = part | np.isinf(track).any(axis=(1, 2))
            raise ValueError(
                f"y[{i}] contains infinity, or NaN in a part of a frame, first in frame "
                f"{int(bad.argmax())}; a frame that is not observed is NaN throughout."
            )
        if not observed.any():
            raise ValueError(f"y[{i}] has no observed frame, all are NaN; remove that utterance.")
        equal = (track == track[:, :1]).all(axis=(1, 2))
        if equal.any():
            raise ValueError(
                f"y[{i}] at frame {int(equal.argmax())} is degenerate: all its points are equal, "
                "so it has no shape; set that frame to NaN or remove it."
            )
        shown.append(track[observed])
        known.append(observed)
    return ObservedTracks(shown, known)


def _target_block(y: Any) -> Any:
    """Return `y` when it is one array of numbers, of which a flat one is legal here."""
    if isinstance(y, list | tuple) or (hasattr(y, "__array__") and count_axes(y) == 1):
        given = y if isinstance(y, list | tuple) else np.asarray(y)
        if len(given) and np.ndim(given[0]) == 0:
            return np.asarray(given)
    return numeric_block(y)


def _check_rows(block: Any, entries: Sequence[Any]) -> FrameTargets:
    # Imported late: the view alone must not cost scikit-learn's import time.
    from sklearn.utils import check_array

    rows = check_array(block, ensure_2d=False, dtype=np.float32, input_name="y")
    for i, entry in enumerate(entries):
        if len(entry) != 1:
            raise ValueError(
                f"y has one row for each utterance, but X[{i}] has {len(entry)} frames; give an "
                "array (n_frames, n_outputs) for each utterance."
            )
    flat = rows.ndim == 1
    return FrameTargets(list(rows.reshape(len(rows), 1, -1)), flat)


def _check_entry(target: Any, name: str, n_frames: int) -> Frames:
    array = as_numbers(target, name)
    if array.ndim != 2:
        raise ValueError(
            f"{name} must have shape (n_frames, n_outputs), got {array.shape}. Landmarks are "
            "turned into shape parameters by ProcrustesPCAShape, or by ShapeTargetRegressor."
        )
    if len(array) != n_frames:
        raise ValueError(
            f"{name} has {len(array)} frames, but X{name.lstrip('y')} has {n_frames}, and they "
            "must be equal (tolerance 0); resample_track moves a video's track to audio frames."
        )
    target = array.astype(np.float32, copy=False)
    unknown = np.isnan(target)
    if np.isinf(target).any() or (unknown.any(axis=1) != unknown.all(axis=1)).any():
        bad = np.isinf(target).any(axis=1) | (unknown.any(axis=1) & ~unknown.all(axis=1))
        raise ValueError(
            f"{name} contains infinity, or NaN in a part of a frame, first in frame "
            f"{int(bad.argmax())}; a frame that is not observed is NaN throughout."
        )
    if unknown.all():
        raise ValueError(f"{name} has no observed frame, all are NaN; remove that utterance.")
    return target

"""True and predicted frames of utterances, side by side, without what was not observed."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import list_entries, numeric_block
from skaffect._windows import as_numbers

Floats = NDArray[np.float64]


class Pair(NamedTuple):
    """One utterance's observed frames."""

    true: Floats
    predicted: Floats
    i: int


def observed_frames(y_true: Any, y_pred: Any, *, ndim: int) -> list[Pair]:
    """Return the observed frames of each utterance that has any, checked."""
    true, predicted = _entries(y_true, "y_true", ndim), _entries(y_pred, "y_pred", ndim)
    if len(true) != len(predicted):
        raise ValueError(f"y_true has {len(true)} utterances but y_pred has {len(predicted)}.")
    pairs = []
    for i, (t, p) in enumerate(zip(true, predicted, strict=True)):
        _check_shapes(i, t, p, true[0].shape[1:])
        observed = _check_finite(i, t, p)
        if observed.any():
            pairs.append(Pair(t[observed], p[observed], i))
    if not pairs:
        raise ValueError("y_true has NaN in every frame: none is observed, so none can be scored.")
    return pairs


def _entries(y: Any, name: str, ndim: int) -> list[Floats]:
    """Return each utterance's frames; the rows of an array of `ndim` axes are one-frame ones."""
    block = numeric_block(y)
    if block is None:
        return [_entry(entry, f"{name}[{i}]", ndim) for i, entry in enumerate(list_entries(y))]
    numbers = as_numbers(block, name)
    if ndim == 3 and numbers.ndim == 2 and numbers.shape[1] % 2 == 0:  # flattened landmarks
        numbers = numbers.reshape(len(numbers), -1, 2)
    if numbers.ndim == ndim:
        numbers = numbers[:, np.newaxis]
    return [_entry(entry, f"{name}[{i}]", ndim) for i, entry in enumerate(numbers)]


def _entry(entry: Any, name: str, ndim: int) -> Floats:
    frames = as_numbers(entry, name).astype(np.float64)
    if frames.ndim != ndim or (ndim == 3 and frames.shape[-1] != 2):
        expected = "(n_frames, n_components)" if ndim == 2 else "(n_frames, n_points, 2)"
        raise ValueError(f"{name} must have shape {expected}, got {frames.shape}.")
    return frames


def _check_shapes(i: int, true: Floats, predicted: Floats, first: tuple[int, ...]) -> None:
    if len(true) != len(predicted):
        raise ValueError(
            f"y_true[{i}] has {len(true)} frames but y_pred[{i}] has {len(predicted)}; "
            "resample_track moves a track to the times of audio frames."
        )
    for name, frames in (("y_true", true), ("y_pred", predicted)):
        if frames.shape[1:] != first:
            raise ValueError(
                f"{name}[{i}] has frames of shape {frames.shape[1:]}, but y_true[0] {first}."
            )


def _check_finite(i: int, true: Floats, predicted: Floats) -> NDArray[np.bool_]:
    """Return which frames are observed, if what is needed of them is finite."""
    if np.isinf(true).any():
        raise ValueError(
            f"y_true[{i}] contains infinity; repair it, or write NaN where it is not observed."
        )
    observed = _are_finite(true)
    bad = observed & ~_are_finite(predicted)
    if bad.any():
        raise ValueError(
            f"y_pred[{i}] contains NaN or infinity, first in frame {bad.argmax()}, where y_true "
            "is observed."
        )
    return observed


def _are_finite(frames: Floats) -> NDArray[np.bool_]:
    return np.asarray(np.isfinite(frames).reshape(len(frames), -1).all(axis=1))

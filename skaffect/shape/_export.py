"""Tracks to files that other software reads."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._parameters import check_real
from skaffect._whole_files import check_target, whole_file
from skaffect._windows import as_numbers
from skaffect.shape._landmarks import LOWER_FACE
from skaffect.shape._points import checked_point_count
from skaffect.shape._smoothing import smoothed

# Where the parts of the face begin among dlib's 68 points.
_PARTS = ((48, "lips"), (36, "eye"), (27, "nose"), (17, "brow"), (0, "jaw"))


def save_track(
    path: str | os.PathLike[str],
    track: ArrayLike,
    *,
    fps: float,
    start_seconds: float = 0.0,
    names: Sequence[str] | None = None,
    points: Sequence[int] = LOWER_FACE,
    smooth_seconds: float = 0.0,
) -> str:
    """Write landmarks, blendshapes or shape parameters with the time of every frame.

    - ``.csv``: a header line, ``seconds`` and the columns' names, then one line for each
      frame. Missing values are empty.
    - ``.json``: an object with ``fps``, ``start_seconds``, ``names``, the list ``seconds``,
      and ``frames``, a list of values for each of them. Missing values are ``null``.
    - ``.npz``: NumPy arrays ``track``, in its own shape and type, ``seconds``, ``names``,
      ``fps`` and ``start_seconds``.

    Numbers are written with as many digits as give the same floating-point value again.

    Parameters
    ----------
    path : str or os.PathLike
        File to write; its suffix, ``.csv``, ``.json`` or ``.npz``, says how. It appears when
        it is whole.
    track : array-like of shape (n_frames, n_points, 2) or (n_frames, n_columns)
        One utterance's landmarks in pixels, or other values. NaN is a missing value.
    fps : float
        Frames in a second: 100 for what is predicted from audio frames.
    start_seconds : float, default=0.0
        Time of the first frame in the sound, in seconds: 0.0125, the middle of the first
        audio frame, for what is predicted from audio frames.
    names : sequence of str or None, default=None
        Names of the columns, such as ``BLENDSHAPES``. None names landmarks by `points`
        (``jaw_3_x``, ``jaw_3_y``, ``jaw_4_x`` and so on) and other columns by their number
        (``component_0`` and so on).
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points landmarks are; not used for other values.
    smooth_seconds : float, default=0.0
        Standard deviation in seconds of a Gaussian that smooths the track in time; 0 leaves
        it as it is.

    Returns
    -------
    path : str
        The file written.

    Raises
    ------
    ValueError
        If the suffix is unknown, if `track` is empty or infinite, if names or points are not
        one for each column, or if a track with missing values is to be smoothed.
    OSError
        If the folder of `path` is missing or cannot be written to.

    See Also
    --------
    blendshapes : Coefficients that animation software takes.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect import save_track
    >>> track = [[[10.0, 20.0], [30.0, 40.5]], [[11.0, 20.0], [31.0, 40.25]]]
    >>> with TemporaryDirectory() as folder:
    ...     path = save_track(f"{folder}/lips.csv", track, fps=25, points=[62, 66])
    ...     print(Path(path).read_text())
    seconds,lips_62_x,lips_62_y,lips_66_x,lips_66_y
    0.0,10.0,20.0,30.0,40.5
    0.04,11.0,20.0,31.0,40.25
    """
    path, suffix = check_target(path, (".csv", ".json", ".npz"))
    check_real("fps", fps, above=0.0)
    check_real("start_seconds", start_seconds, within=(0.0, np.inf))
    check_real("smooth_seconds", smooth_seconds, within=(0.0, np.inf))
    values = _checked_track(track, smooth_seconds)
    columns = _checked_names(names, values, points)
    values = smoothed(values, smooth_seconds, fps)
    seconds = start_seconds + np.arange(len(values)) / fps
    facts: dict[str, Any] = {
        "fps": float(fps),
        "start_seconds": float(start_seconds),
        "names": columns,
    }
    with whole_file(path) as draft:
        if suffix == ".csv":
            _write_csv(draft, columns, seconds, values)
        elif suffix == ".json":
            _write_json(draft, facts, seconds, values)
        else:
            with open(draft, "wb") as file:  # a name without .npz would get one more suffix
                np.savez_compressed(file, track=values, seconds=seconds, **facts)
    return path


def _checked_track(track: ArrayLike, smooth_seconds: float) -> NDArray[Any]:
    values = as_numbers(track, "track")
    if values.ndim not in (2, 3) or (values.ndim == 3 and values.shape[2] != 2):
        raise ValueError(
            "track must have shape (n_frames, n_points, 2) or (n_frames, n_columns), one "
            f"utterance's; got {values.shape}."
        )
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    if np.isinf(values).any():
        raise ValueError("track contains infinity; repair it, or write NaN where it is unknown.")
    if smooth_seconds > 0 and np.isnan(values).any():
        raise ValueError(
            "track contains NaN, and smoothing would spread it; set smooth_seconds=0 or fill it."
        )
    return values


def _checked_names(
    names: Sequence[str] | None, values: NDArray[Any], points: Sequence[int]
) -> list[str]:
    n_columns = values[0].size
    if names is None:
        if values.ndim == 2:
            return [f"component_{i}" for i in range(n_columns)]
        numbers = checked_point_count(points, values.shape[1], "track")
        return [f"{_part(number)}_{number}_{axis}" for number in numbers for axis in "xy"]
    given = [str(name) for name in names]
    if len(given) != n_columns or len({*given, "seconds"}) != n_columns + 1:
        raise ValueError(
            f"names must be {n_columns} different names, one for each column of track, none of "
            f"them 'seconds'; got {len(given)}: {given[:5]} and so on."
        )
    return given


def _part(number: int) -> str:
    return next((name for first, name in _PARTS if number >= first), "point")


def _write_csv(path: str, names: list[str], seconds: NDArray[Any], values: NDArray[Any]) -> None:
    rows = values.reshape(len(values), -1)
    texts = np.where(np.isnan(rows), "", rows.astype(str))
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["seconds", *names])
        writer.writerows(
            [repr(at), *row] for at, row in zip(seconds.tolist(), texts.tolist(), strict=True)
        )


def _write_json(
    path: str, facts: dict[str, Any], seconds: NDArray[Any], values: NDArray[Any]
) -> None:
    frames = [
        [None if np.isnan(value) else float(str(value)) for value in row]
        for row in values.reshape(len(values), -1)
    ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**facts, "seconds": seconds.tolist(), "frames": frames}, file, allow_nan=False)

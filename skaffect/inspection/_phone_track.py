"""Phone tracks from label files."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Audacity writes the frequencies of a spectral selection on a line of their own.
_FREQUENCIES = "\\"


class _Label(NamedTuple):
    phone: str
    start: float
    end: float


def load_phone_track(path: str | os.PathLike[str]) -> NDArray[np.void]:
    r"""Read a phone track from a labels file.

    Each line holds a phone's start and end in seconds and its name, between tabs or
    spaces: the format in which Audacity exports labels.

    Parameters
    ----------
    path : str or os.PathLike
        The file, UTF-8. Empty lines, and lines of frequencies, which begin with a
        backslash, are passed over.

    Returns
    -------
    track : ndarray of shape (n_phones,)
        A structured array with the fields ``phone``, ``start`` and ``end`` (seconds), as
        :func:`make_affective_speech` gives it.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not text, holds no label, or has a line that is not one, is a point in
        time, or begins before the one above it ends; the message names file and line.

    See Also
    --------
    phone_classes : Voiced, unvoiced and silent frames from such tracks.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from skaffect import load_phone_track
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels.txt")
    ...     _ = path.write_text("0.0\t0.12\tsil\n0.12\t0.2\tm\n0.2\t0.35\taa\n")
    ...     track = load_phone_track(path)
    >>> track["phone"].tolist(), float(track["end"][-1])
    (['sil', 'm', 'aa'], 0.35)
    """
    name = os.fspath(path)
    labels: list[_Label] = []
    for number, line in enumerate(_lines(name), start=1):
        if line.strip() and not line.startswith(_FREQUENCIES):
            label = _label(line, f"{name!r}, line {number},")
            if labels and label.start < labels[-1].end:
                raise ValueError(
                    f"{name!r}, line {number}, begins at {label.start:g} s, before the phone "
                    f"above it ends at {labels[-1].end:g} s; phones must follow each other."
                )
            labels.append(label)
    if not labels:
        raise ValueError(f"{name!r} holds no label; export the labels again, or leave it out.")
    longest = max(len(label.phone) for label in labels)
    return np.array(labels, dtype=[("phone", f"U{longest}"), ("start", "f8"), ("end", "f8")])


def _lines(name: str) -> list[str]:
    try:
        return Path(name).read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{name!r} is not a text file in UTF-8: {error}.") from error


def _label(line: str, where: str) -> _Label:
    columns = line.split(maxsplit=2)
    if len(columns) < 3:
        raise ValueError(
            f"{where} is {line!r}; a line has three columns, start, end and phone. Name the "
            "phone, 'sil' for silence."
        )
    start, end = _seconds(columns[0], where), _seconds(columns[1], where)
    if end <= start:
        raise ValueError(
            f"{where} goes from {start:g} to {end:g} s; a phone must end after it begins, a point "
            "in time is none."
        )
    return _Label(columns[2].strip(), start, end)


def _seconds(text: Any, where: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(
            f"{where} has {text!r} for a time; write seconds with a point, as in 0.25."
        ) from None
    if not math.isfinite(seconds) or seconds < 0:
        raise ValueError(f"{where} has {text!r} for a time; it must be finite and at least 0.")
    return seconds

"""What can spoil recordings from which devices are to be learnt."""

from __future__ import annotations

import os
import warnings
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

from skaffect._entries import check_entries
from skaffect._sound_files import pyav_installed
from skaffect.audio import AudioReader
from skaffect.datasets._twins import check_twins


def check_device_recordings(X: Any, devices: ArrayLike, speakers: ArrayLike | None = None) -> None:
    """Check recordings from which devices are to be learnt.

    Parameters
    ----------
    X : sequence of paths or arrays, or array of shape (n_recordings, n_times)
        The recordings, as :class:`AudioReader` takes them. No file is decoded: of files,
        headers and bytes are read; the rates of arrays are not known.
    devices : array-like of shape (n_recordings,)
        Which device made each recording.
    speakers : array-like of shape (n_recordings,), default=None
        Who speaks in each. Give them when folds are over speakers.

    Raises
    ------
    TypeError, OSError, ImportError
        If `X` is not recordings, or a file cannot be read.
    ValueError
        If there are fewer than two devices; if a device has recordings of one speaker only;
        if two recordings are identical to the bit though their devices differ; or if the
        lengths of the parameters differ.

    Warns
    -----
    UserWarning
        If files of different devices differ in their own sampling rates.

    See Also
    --------
    load_mobiphone, load_wspire, load_corpus : Readers of recorded corpora.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import check_device_recordings
    >>> rng = np.random.default_rng(0)
    >>> X = list(rng.uniform(-1, 1, (4, 16000)))
    >>> check_device_recordings(X, ["phone", "tablet"] * 2, ["anna", "anna", "ben", "ben"])
    >>> X[3] = X[0]
    >>> check_device_recordings(X, ["phone", "tablet"] * 2)
    Traceback (most recent call last):
        ...
    ValueError: X[0] (device 'phone') and X[3] (device 'tablet') are identical to the bit, ...
    """
    AudioReader().fit(X)  # names those that are missing or empty
    sources = list(X)
    labels = _labels("devices", devices, len(sources))
    _check_two(labels)
    if speakers is not None:
        _check_speakers(labels, _labels("speakers", speakers, len(sources)))
    _check_rates(sources, labels)
    check_twins(sources, labels, "device")


def _labels(name: str, given: ArrayLike, n: int) -> NDArray[Any]:
    labels = np.asarray(given)
    if labels.shape != (n,):
        raise ValueError(
            f"{name} must hold one label for each of the {n} recordings in X, got shape "
            f"{labels.shape}."
        )
    for i, label in enumerate(labels.tolist()):
        if label is None or label != label:
            raise ValueError(f"{name}[{i}] is {label!r}; every recording needs a label.")
    return labels


def _check_two(devices: NDArray[Any]) -> None:
    found = np.unique(devices).tolist()
    if len(found) < 2:
        raise ValueError(
            f"devices must name at least two devices to tell apart, got {found} only; add the "
            "recordings of another."
        )


def _check_speakers(devices: NDArray[Any], speakers: NDArray[Any]) -> None:
    for device in np.unique(devices).tolist():
        heard = np.unique(speakers[devices == device]).tolist()
        if len(heard) < 2:
            raise ValueError(
                f"All recordings of the device {device!r} are of the speaker {heard[0]!r}, so "
                "no fold over speakers can both learn and test it; add another speaker's "
                "recordings, or leave the device out."
            )


def _check_rates(sources: Sequence[Any], devices: NDArray[Any]) -> None:
    rates: dict[Any, set[int]] = defaultdict(set)
    own = check_entries(sources, _rate)
    for rate, device in zip(own, devices.tolist(), strict=True):
        if rate is not None:
            rates[device].add(rate)
    if len({frozenset(found) for found in rates.values()}) > 1:
        listed = ", ".join(f"{device!r} {sorted(found)}" for device, found in rates.items())
        warnings.warn(
            f"Files of different devices have different sampling rates in Hz: {listed}. The "
            "rate alone, which shows in where the spectrum ends, may be what is learnt; read "
            "all at the lowest one, AudioReader(sr="
            f"{min(rate for found in rates.values() for rate in found)}).",
            UserWarning,
            stacklevel=3,
        )


def _rate(source: Any, i: int) -> int | None:
    """Return a file's own sampling rate from its header, or None for an array."""
    if not isinstance(source, str | os.PathLike):
        return None
    path = os.fsdecode(source)
    try:
        return int(soundfile.info(path).samplerate)
    except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: headerless, as .raw
        if not pyav_installed():
            raise ValueError(
                f"X[{i}] is {path!r}, which soundfile cannot read: it is no sound file, remove it."
            ) from error
    import av

    try:
        with av.open(f"file:{path}", metadata_errors="ignore") as container:
            return int(container.streams.audio[0].rate)
    except (av.FFmpegError, IndexError) as error:
        raise ValueError(
            f"X[{i}] is {path!r}, which is no sound that soundfile or PyAV can read; remove it."
        ) from error

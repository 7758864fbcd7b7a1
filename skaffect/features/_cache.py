"""Log mel frames on disk: every recording's computed once, and read by position."""

from __future__ import annotations

import hashlib
import json
import os
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed

from skaffect._full_scale import peak_of
from skaffect._stored_frames import StoredFrames
from skaffect._utterances import Frames
from skaffect._whole_files import whole_file
from skaffect.audio import read_waveform
from skaffect.features._recipe import LogMel, LogMelRecipe
from skaffect.features._statistics import BandStatistics

# In every key: another number has all files computed anew.
_FORMAT = 2

Recording = str | Frames


class StoredUtterance(NamedTuple):
    """What is kept of one recording."""

    log_mel: LogMel
    recorded_hz: int
    n_times: int
    peak: float


def stored_utterances(
    recordings: list[Recording], folder: str, recipe: LogMelRecipe, *, n_jobs: int | None
) -> list[StoredUtterance]:
    """Compute the frames of those recordings that `folder` does not hold, and look up all.

    Parameters
    ----------
    recordings : list of str or ndarray of shape (n_times,)
        Paths of sound files, or waveforms.
    folder : str
        The cache, which is made if need be.
    recipe : LogMelRecipe
        How to compute the frames.
    n_jobs : int or None
        Recordings computed at a time, joblib's number.

    Returns
    -------
    utterances : list of StoredUtterance
        One for each recording.

    Raises
    ------
    ValueError, OSError
        If a file cannot be read, or the cache is damaged or cannot be written to. What was
        computed before that is kept.
    """
    paths = [_path_in(folder, recording, recipe) for recording in recordings]
    found = [_look_up(path) for path in paths]
    missing = {path: i for i, path in enumerate(paths) if found[i] is None}
    # Threads: audio is not copied, and decoding and transforms let each other run.
    Parallel(n_jobs=n_jobs, prefer="threads")(
        delayed(_compute)(recordings[i], i, path, recipe) for path, i in missing.items()
    )
    for i, path in enumerate(paths):
        found[i] = found[i] or _look_up(path)
        if found[i] is None:
            raise FileNotFoundError(
                f"X[{i}] was computed, but its frames are not in cache={folder!r}: workers on "
                "other machines need a folder that all machines share."
            )
    return found  # type: ignore[return-value]  # none is None


def _path_in(folder: str, recording: Recording, recipe: LogMelRecipe) -> str:
    """Return where a recording's frames are kept, a name made of it and of the recipe.

    A file is known by its path, size and time of change, a waveform by its samples.
    """
    if isinstance(recording, str):
        status = os.stat(recording)
        identity = [os.path.realpath(recording), status.st_size, status.st_mtime_ns]
    else:
        identity = [hashlib.sha256(recording.tobytes()).hexdigest()]
    named = json.dumps([_FORMAT, identity, recipe])
    key = hashlib.sha256(named.encode()).hexdigest()
    # In 256 folders: some file systems are slow with a hundred thousand files in one.
    return os.path.join(folder, key[:2], f"{key[2:40]}.npy")


def _compute(recording: Recording, i: int, path: str, recipe: LogMelRecipe) -> None:
    """Compute one recording's frames and write them, all or nothing.

    The file is five arrays in NumPy's format, one after the other, the frames last;
    `numpy.load` reads them in turn from the open file.
    """
    if isinstance(recording, str):
        waveform, recorded_hz = read_waveform(recording, i, recipe.sr)
    else:
        waveform, recorded_hz = recording, recipe.sr
    frames, active, _ = computed = recipe.compute(waveform)
    n_active, mean, variance = computed.statistics()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with whole_file(path) as draft, open(draft, "wb") as file:
        facts = np.array([recorded_hz, len(waveform), n_active, peak_of(waveform)])
        for array in (facts, active, mean, variance, frames):
            np.save(file, array, allow_pickle=False)


def _look_up(path: str) -> StoredUtterance | None:
    """Return what `_compute` wrote there, None if there is nothing."""
    try:
        with open(path, "rb") as file:
            facts, active, mean, variance = (np.load(file, allow_pickle=False) for _ in range(4))
            np.lib.format.read_magic(file)
            (n_frames, n_bands), _, dtype = np.lib.format.read_array_header_1_0(file)
            offset, size = file.tell(), os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return None
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path!r} in the cache is damaged; remove it. {error}") from error
    if size != offset + dtype.itemsize * n_frames * n_bands:
        raise ValueError(f"{path!r} in the cache is damaged, its size is wrong; remove it.")
    recorded_hz, n_times, n_active = facts[:3].astype(int).tolist()
    log_mel = LogMel(
        StoredFrames(path, offset, (n_frames, n_bands)),
        active,
        BandStatistics(n_active, mean, variance),
    )
    return StoredUtterance(log_mel, recorded_hz, n_times, float(facts[3]))

"""The same recording under two names, told by its samples."""

from __future__ import annotations

import hashlib
import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skaffect._sound_files import read_channels, to_mono
from skaffect.audio import AudioReader


def recording_hashes(X: Any) -> NDArray[np.str_]:
    """Hash the sound of each item, so that copies of one recording are alike.

    What counts are the decoded samples, not the file: a copy under another name, with other
    tags or as FLAC instead of WAV has the same hash. Samples are taken at the file's own
    rate and with all its channels, as they are before :class:`AudioReader` changes either.

    Parameters
    ----------
    X : sequence of paths or arrays, or array of shape (n, n_times)
        The items, as :class:`AudioReader` takes them.

    Returns
    -------
    hashes : ndarray of shape (n,), str
        SHA-256 of each item's samples, 64 hexadecimal digits.

    Raises
    ------
    TypeError, ValueError, OSError, ImportError
        As :class:`AudioReader`.

    See Also
    --------
    find_duplicates : Which items are alike.
    LeakageGuard : Refuses splits with one recording on both sides.

    Notes
    -----
    Samples are compared as float32, to which 16-bit and 24-bit PCM convert without loss, so
    an array that was read from a file is like the file. Its rate is no part of the hash, for
    arrays have none.

    Only what is equal to the bit is alike: not the same recording cut, resampled, made
    louder or coded with loss. Of what PyAV alone can decode, channels are averaged.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import GroupTable, recording_hashes
    >>> X = [np.array([0.5, -0.5]), np.zeros(3), np.array([16384, -16384], dtype=np.int16)]
    >>> hashes = recording_hashes(X)
    >>> bool(hashes[0] == hashes[2]), bool(hashes[0] == hashes[1])
    (True, False)
    >>> GroupTable(speaker=["ann", "ann", "bob"], recording=hashes)
    GroupTable(3 items: speaker, recording)
    """
    AudioReader().fit(X)  # raises for what is no sound before any file is decoded
    return np.array([_hash(_samples(item, i)) for i, item in enumerate(X)])


def find_duplicates(X: Any) -> list[NDArray[np.intp]]:
    """Find items with the same sound, whatever their names.

    Parameters
    ----------
    X : sequence of paths or arrays, or array of shape (n, n_times)
        The items, as :class:`AudioReader` takes them.

    Returns
    -------
    duplicates : list of ndarray of int
        Indices of items that are alike, ascending, for each recording that is there more
        than once. Empty if all are different.

    Raises
    ------
    TypeError, ValueError, OSError, ImportError
        As :class:`AudioReader`.

    See Also
    --------
    recording_hashes : What they are told by, and what counts as alike.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import find_duplicates
    >>> find_duplicates([np.ones(3), np.zeros(3), np.ones(3), np.zeros(4)])
    [array([0, 2])]
    """
    _, codes, counts = np.unique(recording_hashes(X), return_inverse=True, return_counts=True)
    found = [np.flatnonzero(codes == code) for code in np.flatnonzero(counts > 1)]
    return sorted(found, key=lambda items: int(items[0]))


def _samples(item: Any, i: int) -> NDArray[np.float32]:
    """Return an item's samples, (n_times,) or (n_times, n_channels)."""
    if not isinstance(item, str | os.PathLike):
        samples = np.asarray(item)
        return to_mono(samples.ravel()).reshape(samples.shape)
    path = os.fsdecode(item)
    try:
        samples, _ = read_channels(path)
    except ValueError as error:
        raise ValueError(f"X[{i}] is {path!r}, which {error}") from error
    return samples


def _hash(samples: NDArray[np.float32]) -> str:
    if samples.ndim == 2 and samples.shape[1] == 1:
        samples = samples[:, 0]
    exact = (samples + np.float32(0)).astype("<f4")  # adding makes -0 a 0
    return hashlib.sha256(repr(exact.shape).encode() + exact.tobytes()).hexdigest()

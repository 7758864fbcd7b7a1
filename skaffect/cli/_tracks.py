"""Landmark tracks beside sounds, moved to the times of audio frames."""

from __future__ import annotations

import os
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect.shape import LOWER_FACE, resample_track

_SUFFIX = ".npz"
_HOW = "`skaffect landmarks` makes them of videos"


class Track(NamedTuple):
    """Landmarks of the lower face, from the start of a sound.

    Parameters
    ----------
    path : str
        The file.
    points : ndarray of shape (n_frames, 36, 2)
        Pixels.
    fps : float
        Frames in a second.
    """

    path: str
    points: NDArray[Any]
    fps: float


def find_tracks(sounds: Sequence[str], folder: str, tracks_folder: str) -> dict[int, Track]:
    """Read the tracks of sounds.

    The track of ``folder/anna/happy.wav`` is ``tracks_folder/anna/happy.npz``.

    Parameters
    ----------
    sounds : sequence of str
        Files below `folder`.
    folder, tracks_folder : str
        The folders, which may be the same.

    Returns
    -------
    tracks : dict of int to Track
        By the numbers of their sounds.

    Raises
    ------
    ValueError
        If no sound has a track, or a file is none.

    Warns
    -----
    UserWarning
        If some sounds have none.
    """
    root, tracks_root = Path(folder).expanduser(), Path(tracks_folder).expanduser()
    paths = [
        str((tracks_root / os.path.relpath(sound, root)).with_suffix(_SUFFIX)) for sound in sounds
    ]
    there = [i for i, path in enumerate(paths) if os.path.exists(path)]
    missing = sorted(set(range(len(paths))) - set(there))
    if not there:
        raise ValueError(
            f"no sound has a landmark track: {sounds[0]!r} would have {paths[0]!r}. {_HOW}; "
            "--tracks names another folder."
        )
    if missing:
        warnings.warn(
            f"Left out {len(missing)} of {len(sounds)} sounds for want of a landmark track, for "
            f"example {sounds[missing[0]]!r}.",
            UserWarning,
            stacklevel=2,
        )
    return {i: _read(paths[i]) for i in there}


def faces_of(tracks: Sequence[Track], windows: Any, windower: Any) -> list[NDArray[Any]]:
    """Return what a network of faces learns: a face for each frame of each sound."""
    return [
        at_audio_frames(track, len(entry), windower)
        for track, entry in zip(tracks, windows, strict=True)
    ]


def at_audio_frames(track: Track, n_frames: int, windower: Any) -> NDArray[Any]:
    """Return a track at the times of a sound's frames, NaN where it has ended."""
    try:
        moved, inside = resample_track(
            track.points,
            n_frames,
            fps=track.fps,
            hop_seconds=windower.hop_seconds,
            window_seconds=windower.window_seconds,
        )
    except ValueError as error:
        raise ValueError(f"{track.path!r}: {error}") from error
    moved[~inside] = np.nan
    return moved


def _read(path: str) -> Track:
    """Read what `save_track` has written."""
    try:
        # Given a path, NumPy would leave the file of a bad archive open.
        with open(path, "rb") as stream, np.load(stream) as file:
            points, fps, start = file["track"], float(file["fps"]), float(file["start_seconds"])
    except (EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(
            f"{path!r} is no landmark track, or damaged ({error}). {_HOW}, and so does save_track."
        ) from error
    if points.shape[1:] != (len(LOWER_FACE), 2):
        raise ValueError(
            f"{path!r} must hold the {len(LOWER_FACE)} landmarks of the lower face, of shape "
            f"(n_frames, {len(LOWER_FACE)}, 2); got {points.shape}. {_HOW}."
        )
    if start != 0:
        raise ValueError(
            f"{path!r} starts at {start:g} s of its sound and not at 0, as a video's track does."
        )
    return Track(path, points, fps)

"""Films of talking faces, with their sound."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import soxr
from numpy.typing import ArrayLike, NDArray

from skaffect._parameters import check_integer, check_option, check_real
from skaffect._whole_files import check_target, whole_file
from skaffect._windows import as_numbers
from skaffect._words import counted
from skaffect.plotting._drawing import draw_panels
from skaffect.plotting._films import check_writer, write_gif, write_mp4
from skaffect.shape import LOWER_FACE
from skaffect.shape._points import LOWER_FACE_NAME, checked_point_count, columns_of
from skaffect.shape._smoothing import smoothed
from skaffect.shape._track import interpolate_track

# Every browser and player takes it, and a coded block of it (1024 samples) is shorter than a
# video frame, so sound can end where the picture does.
SOUND_SR = 48000
_GIF_FPS = 50  # players slow down what is faster


def animate(
    path: str | os.PathLike[str],
    tracks: Any,
    waveform: ArrayLike | None = None,
    sr: int = 16000,
    *,
    fps: float = 100.0,
    start_seconds: float = 0.0125,
    film_fps: int = 25,
    smooth_seconds: float = 0.0,
    tolerance_seconds: float = 0.1,
    points: Sequence[int] = LOWER_FACE,
    panel_px: int = 480,
    stacked: bool = False,
) -> str:
    """Draw a talking face as a film with its sound, or several side by side.

    Lips, jaw and nose are drawn from the landmarks of the lower face, as in the clips that
    listeners rated in section III-B of [1]_. The film lasts as long as the sound, up to
    half a film frame, and the face at each time is interpolated from the track's frames
    around it. All faces are drawn at one scale, each in the middle of its panel.

    MP4 is written as H.264 and AAC, which browsers play, and needs PyAV (the extra
    ``skaffect[face]``). GIF is silent.

    Parameters
    ----------
    path : str or os.PathLike
        File to write; its suffix, ``.mp4`` or ``.gif``, says what. It appears when it is
        whole: nothing is left of a film that failed, nor is an older one touched.
    tracks : array of shape (n_frames, n_points, 2), or dict of str to such arrays
        Landmarks in pixels, x right and y down. Those of a dict are drawn from left to
        right, or from top to bottom, under their names, and have equally many frames.
    waveform : array-like of shape (n_times,) or None, default=None
        The sound, in [-1, 1]; None makes a silent film as long as the tracks.
    sr : int, default=16000
        Sampling rate of `waveform` in Hz.
    fps : float, default=100.0
        Frames of the tracks in a second: 100 for what is predicted from audio frames, 25
        for what :class:`LandmarkExtractor` answers.
    start_seconds : float, default=0.0125
        Time of the tracks' first frame in the sound, in seconds: the middle of the first
        audio frame, or 0 for landmarks from a video.
    film_fps : int, default=25
        Frames of the film in a second; at most 50 for GIF.
    smooth_seconds : float, default=0.0
        Standard deviation in seconds of a Gaussian that smooths the tracks in time before
        they are drawn; 0 draws them as they are. 0.02 calms a trembling prediction.
    tolerance_seconds : float, default=0.1
        By how much the lengths of tracks and sound may differ, in seconds. Where tracks end
        early, their last frame stays.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the tracks hold, in their order. Jaw (3-13), nose base
        (31-35) and lips (48-67) are drawn, and must be there.
    panel_px : int, default=480
        Width of each face's panel in pixels, at least 64.
    stacked : bool, default=False
        Whether several faces are drawn one above the other, as fits a telephone, instead of
        side by side.

    Returns
    -------
    path : str
        The file written.

    Raises
    ------
    TypeError
        If `waveform` is a path.
    ValueError
        If the suffix is unknown, if tracks are empty, contain NaN or a face without any
        width, have other points than `points` or differ in length, if two have one name, or
        if tracks and sound differ in length by more than `tolerance_seconds`.
    OSError
        If the folder of `path` is missing or cannot be written to.
    ImportError
        If what writes the film is not installed.

    See Also
    --------
    save_track : The numbers themselves.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    A face that opens its mouth twice in half a second, with a hum as loud as the mouth is
    open:

    >>> import numpy as np
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect import animate
    >>> angle = np.linspace(np.pi, 0, 11)
    >>> jaw = np.stack([100 + 60 * np.cos(angle), 80 + 70 * np.sin(angle)], axis=1)
    >>> nose = np.stack([np.linspace(88, 112, 5), [80, 82, 83, 82, 80]], axis=1)
    >>> around = np.pi + np.arange(12) * np.pi / 6
    >>> outer = np.stack([100 + 24 * np.cos(around), 110 + 9 * np.sin(around)], axis=1)
    >>> around = np.pi + np.arange(8) * np.pi / 4
    >>> inner = np.stack([100 + 20 * np.cos(around), 110 + 2 * np.sin(around)], axis=1)
    >>> face = np.concatenate([jaw, nose, outer, inner])
    >>> opening = np.sin(4 * np.pi * np.arange(50) / 100) ** 2
    >>> track = np.tile(face, (50, 1, 1))
    >>> track[:, [*range(23, 27), *range(33, 36)], 1] += 12 * opening[:, np.newaxis]
    >>> hum = np.sin(2 * np.pi * 150 * np.arange(8000) / 16000) * opening.repeat(160)
    >>> with TemporaryDirectory() as folder:
    ...     path = animate(f"{folder}/ah.mp4", {"drawn": track}, hum, panel_px=160)
    ...     Path(path).stat().st_size > 1000
    True
    """
    path, suffix = check_target(path, (".mp4", ".gif"))
    check_real("fps", fps, above=0.0)
    check_real("start_seconds", start_seconds, within=(0.0, np.inf))
    check_integer("film_fps", film_fps, at_least=1)
    check_real("smooth_seconds", smooth_seconds, within=(0.0, np.inf))
    check_real("tolerance_seconds", tolerance_seconds, within=(0.0, np.inf))
    check_integer("panel_px", panel_px, at_least=64)
    check_option("stacked", stacked, (True, False))
    if suffix == ".gif" and film_fps > _GIF_FPS:
        raise ValueError(f"film_fps must be at most {_GIF_FPS} for GIF, got {film_fps}.")
    named = _named_tracks(tracks, points)
    track_seconds = start_seconds + len(next(iter(named.values()))) / fps
    sound = None if waveform is None else _sound(waveform, sr)
    seconds = track_seconds if sound is None else len(sound) / SOUND_SR
    _check_lengths(track_seconds, seconds, fps, tolerance_seconds)
    check_writer(suffix)
    moving = {
        name: _filmed(smoothed(track, smooth_seconds, fps), fps, start_seconds, seconds, film_fps)
        for name, track in named.items()
    }
    pictures = draw_panels(moving, panel_px, stacked=stacked)
    with whole_file(path) as draft:
        if suffix == ".gif":
            write_gif(draft, pictures, film_fps)
        else:
            write_mp4(draft, pictures, film_fps, sound, SOUND_SR)
    return path


def _named_tracks(tracks: Any, points: Sequence[int]) -> dict[str, NDArray[Any]]:
    """Return the lower faces of tracks by name, checked; a single one has none."""
    columns = columns_of(points, LOWER_FACE, LOWER_FACE_NAME)
    if not isinstance(tracks, Mapping):
        return {"": _lower_face(tracks, "tracks", points, columns)}
    if not tracks:
        raise ValueError("tracks is an empty dict; give at least one track.")
    names = [str(name) for name in tracks]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ValueError(
                f"tracks has two keys that read {name!r}, {list(tracks)[names.index(name)]!r} and "
                f"{list(tracks)[i]!r}; give each track a name of its own."
            )
    named = {
        str(name): _lower_face(track, f"tracks[{name!r}]", points, columns)
        for name, track in tracks.items()
    }
    first = next(iter(named))
    for name, track in named.items():
        if len(track) != len(named[first]):
            raise ValueError(
                f"tracks[{name!r}] has {len(track)} frames but tracks[{first!r}] "
                f"{len(named[first])}; resample_track moves a track to the times of another."
            )
    return named


def _lower_face(track: Any, name: str, points: Sequence[int], columns: list[int]) -> NDArray[Any]:
    """Return the points that are drawn, or raise unless they are a face in every frame."""
    _refuse_several(track, name)
    numbers = as_numbers(track, name).astype(np.float64)
    if numbers.ndim != 3 or numbers.shape[-1] != 2:
        raise ValueError(
            f"{name} must have shape (n_frames, n_points, 2), one utterance's landmarks; got "
            f"{numbers.shape}."
        )
    checked_point_count(points, numbers.shape[1], name)
    finite = np.isfinite(numbers).reshape(len(numbers), -1).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"{name} contains NaN or infinity, first in frame {finite.argmin()}; a face cannot be "
            "drawn there. Repair it, or cut it out with its sound."
        )
    drawn = numbers[:, columns]
    flat = np.ptp(drawn[..., 0], axis=1) == 0
    if flat.any():
        raise ValueError(
            f"{name} is degenerate, first in frame {flat.argmax()}: the points of its face lie "
            "over each other, without any width to draw. Repair it, or cut it out with its sound."
        )
    return drawn


def _refuse_several(track: Any, name: str) -> None:
    """Raise if these are the tracks of several utterances, as `predict` answers, or of one."""
    tracks = track if isinstance(track, list | tuple) else np.atleast_1d(track)
    if len(tracks) > 0 and getattr(tracks[0], "ndim", 0) == 3:
        raise ValueError(
            f"{name} must be one utterance's landmarks, of shape (n_frames, n_points, 2); got "
            f"those of {counted(len(tracks), 'utterance')}, as predict answers: give one of them, "
            "as in predict(X)[0]."
        )


def _sound(waveform: ArrayLike, sr: int) -> NDArray[np.float32]:
    """Return the sound at the film's rate."""
    check_integer("sr", sr, at_least=1)
    if isinstance(waveform, str | os.PathLike):
        raise TypeError(
            f"waveform must be samples, got the path {os.fspath(waveform)!r}; "
            f"AudioReader(sr={sr}).transform([path])[0] reads them."
        )
    samples = as_numbers(waveform, "waveform")
    if samples.ndim != 1 or samples.dtype.kind != "f":
        raise ValueError(
            "waveform must be floating-point samples in [-1, 1] of shape (n_times,), got "
            f"{samples.dtype} of shape {samples.shape}; AudioReader makes such of files."
        )
    if not np.isfinite(samples).all():
        raise ValueError("waveform contains NaN or infinity; repair it.")
    resampled = soxr.resample(samples.astype(np.float32), sr, SOUND_SR)
    clipped: NDArray[np.float32] = np.clip(resampled, -1, 1)
    return clipped


def _check_lengths(
    track_seconds: float, sound_seconds: float, fps: float, tolerance_seconds: float
) -> None:
    if abs(track_seconds - sound_seconds) > tolerance_seconds + 1e-9:
        raise ValueError(
            f"The tracks last {track_seconds:.3f} s at fps={fps:g} but the sound "
            f"{sound_seconds:.3f} s; they may differ by at most tolerance_seconds="
            f"{tolerance_seconds:g}. See that they belong together and that fps and sr are right."
        )


def _filmed(
    track: NDArray[Any], fps: float, start_seconds: float, seconds: float, film_fps: int
) -> NDArray[Any]:
    """Return a track at the times of the film's frames, the ends held."""
    at = np.arange(max(1, round(seconds * film_fps))) / film_fps
    return interpolate_track(track, start_seconds + np.arange(len(track)) / fps, at)[0]

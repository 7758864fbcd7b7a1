"""Predictor files for LandmarkExtractor, from videos with known landmarks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from skaffect._entries import check_entries, list_entries
from skaffect._parameters import check_integer, check_real
from skaffect._windows import as_numbers
from skaffect.shape._faces import check_dlib, face_detector, find_faces
from skaffect.shape._track import interpolate_track
from skaffect.shape._video import Image, check_video_path, list_videos, read_frames

if TYPE_CHECKING:
    from collections.abc import Iterator

    import dlib

# Chosen on twelve sentences of one GRID talker, by the error on eight others: moving the
# face's rectangle about halves it, and more or deeper trees only make the file larger.
_OPTIONS = {
    "oversampling_amount": 10,
    "oversampling_translation_jitter": 0.1,
    "num_trees_per_cascade_level": 100,
}
_TOLERANCE_SECONDS = 0.1


def train_landmark_predictor(
    videos: Any,
    tracks: Any,
    path: str | os.PathLike[str],
    *,
    fps: float = 25.0,
    every: int = 5,
    random_state: int | np.random.RandomState | None = None,
    n_jobs: int | None = None,
) -> str:
    """Make a predictor file from videos whose landmarks are known.

    Every `every`-th frame, the face that dlib's detector finds there and the landmarks
    train an ensemble of regression trees [1]_. Frames where no face is found around the
    landmarks are left out.

    Parameters
    ----------
    videos : sequence of str, os.PathLike or ndarray of uint8
        Paths of video files, or their frames as grey images of shape
        (n_frames, height, width).
    tracks : sequence of arrays of shape (n_frames, n_points, 2)
        The landmarks of each video in pixels; frame ``i`` is at ``i / fps`` seconds of a
        file, or frame ``i`` of an array. dlib rounds them to whole pixels.
    path : str or os.PathLike
        The file to write.
    fps : float, default=25.0
        Frames of a track in a second.
    every : int, default=5
        Of how many frames one is used, the first among them.
    random_state : int, RandomState or None, default=None
        Seed of the trees.
    n_jobs : int or None, default=None
        Number of threads; None means one, -1 all processors. Another number rounds
        sums in another order, so the same seed then gives a slightly different file.

    Returns
    -------
    path : str
        The file written, for :class:`LandmarkExtractor`.

    Raises
    ------
    TypeError
        If `videos` is a single path, or a video is neither a path nor frames.
    ValueError
        If videos and tracks do not match in number, length or point count, if a track
        contains NaN, if a video cannot be read or if no frame shows a face.
    OSError
        If a video or the folder of `path` is missing.
    ImportError
        If dlib or PyAV is not installed.

    See Also
    --------
    LandmarkExtractor : Landmarks from other videos, with the file.

    References
    ----------
    .. [1] Kazemi, Sullivan, "One millisecond face alignment with an ensemble of regression
       trees", CVPR 2014, doi:10.1109/CVPR.2014.241.

    Examples
    --------
    Five drawn faces, each further right than the one before, with two points at the eyes:

    >>> import numpy as np
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skaffect import train_landmark_predictor
    >>> y, x = np.mgrid[:120, :120]
    >>> def spot(cx, cy, width, height):
    ...     return np.clip(2.5 - 2 * np.hypot((x - cx) / width, (y - cy) / height), 0, 1)
    >>> def face(cx):
    ...     eyes = spot(cx - 16, 50, 10, 6) + spot(cx + 16, 50, 10, 6)
    ...     brows = spot(cx - 16, 40, 12, 4) + spot(cx + 16, 40, 12, 4)
    ...     mouth = spot(cx, 88, 16, 6)
    ...     return 60 + 130 * spot(cx, 65, 38, 48) - 80 * eyes - 60 * brows - 70 * mouth
    >>> frames = np.stack([face(50 + 5 * i) for i in range(5)]).astype(np.uint8)
    >>> track = np.stack([[[34 + 5 * i, 50], [66 + 5 * i, 50]] for i in range(5)])
    >>> with TemporaryDirectory() as folder:
    ...     path = train_landmark_predictor(
    ...         [frames], [track], f"{folder}/eyes.dat", every=1, random_state=0
    ...     )
    ...     Path(path).stat().st_size > 0
    True
    """
    check_real("fps", fps, above=0.0)
    check_integer("every", every, at_least=1)
    path = _checked_target(path)
    check_dlib()
    sources = check_entries(list_videos(videos), _checked_source)
    landmarks = _checked_tracks(tracks, sources)
    import dlib

    options = dlib.shape_predictor_training_options()
    for name, value in _OPTIONS.items():
        setattr(options, name, value)
    options.num_threads = effective_n_jobs(n_jobs)
    options.random_seed = str(check_random_state(random_state).randint(2**31 - 1))
    images, labels = _examples(sources, landmarks, fps, every)
    dlib.train_shape_predictor(images, labels, options).save(path)
    return path


def _examples(
    sources: list[str | Image], landmarks: list[NDArray[Any]], fps: float, every: int
) -> tuple[list[Image], list[list[dlib.full_object_detection]]]:
    """Return the frames to learn from, and in each the face with its points."""
    import dlib

    detector = face_detector()
    images, labels = [], []
    for i, (source, track) in enumerate(zip(sources, landmarks, strict=True)):
        for image, points in _labelled(source, track, i, fps, every):
            face = _face_around(points, find_faces(detector, image))
            if face is not None:
                parts = [dlib.point(*point) for point in np.rint(points).astype(int).tolist()]
                images.append(image)
                labels.append([dlib.full_object_detection(face, parts)])
    if not images:
        raise ValueError(
            "No frame in videos shows a face around its landmarks; see that the tracks belong to "
            "the videos and are in pixels."
        )
    return images, labels


def _labelled(
    source: str | Image, track: NDArray[Any], i: int, fps: float, every: int
) -> Iterator[tuple[Image, NDArray[Any]]]:
    """Yield every `every`-th image with its landmarks."""
    if not isinstance(source, str):
        for image, points in zip(source[::every], track[::every], strict=True):
            yield np.ascontiguousarray(image), points
        return
    times = np.arange(len(track)) / fps
    seconds = 0.0
    try:
        for n, (seconds, image) in enumerate(read_frames(source, fps)):
            if n % every == 0:
                points, inside = interpolate_track(track, times, np.array([seconds]))
                if inside[0]:
                    yield image, points[0]
    except ValueError as error:
        raise ValueError(f"videos[{i}] is {source!r}, which {error}") from error
    video_seconds, track_seconds = seconds + 1 / fps, len(track) / fps
    if abs(video_seconds - track_seconds) > _TOLERANCE_SECONDS:
        raise ValueError(
            f"tracks[{i}] lasts {track_seconds:.2f} s ({len(track)} frames at fps={fps:g}) but "
            f"{source!r} {video_seconds:.2f} s; they may differ by at most {_TOLERANCE_SECONDS} s."
        )


def _face_around(points: NDArray[Any], faces: list[dlib.rectangle]) -> dlib.rectangle | None:
    """Return the largest face that holds the points' centre."""
    import dlib

    centre = dlib.dpoint(*points.mean(axis=0).tolist())
    around = [face for face in faces if face.contains(centre)]
    return max(around, key=lambda face: face.area(), default=None)


def _checked_target(path: Any) -> str:
    path = os.fsdecode(path)
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise FileNotFoundError(f"path is {path!r}, but there is no folder {folder!r}; make it.")
    return path


def _checked_source(video: Any, i: int) -> str | Image:
    if not isinstance(video, np.ndarray):
        return check_video_path(video, f"videos[{i}]")
    if video.dtype != np.uint8 or video.ndim != 3:
        raise ValueError(
            f"videos[{i}] must be grey frames of shape (n_frames, height, width), uint8; got "
            f"{video.dtype} of shape {video.shape}."
        )
    return video


def _checked_tracks(tracks: Any, sources: list[str | Image]) -> list[NDArray[Any]]:
    checked = [_checked_track(track, i) for i, track in enumerate(list_entries(tracks))]
    if len(checked) != len(sources):
        raise ValueError(f"There are {len(sources)} videos but {len(checked)} tracks.")
    for i, (track, source) in enumerate(zip(checked, sources, strict=True)):
        if track.shape[1] != checked[0].shape[1]:
            raise ValueError(
                f"tracks[{i}] has {track.shape[1]} points, but tracks[0] has "
                f"{checked[0].shape[1]}."
            )
        if not isinstance(source, str) and len(source) != len(track):
            raise ValueError(
                f"tracks[{i}] has {len(track)} frames, but videos[{i}] has {len(source)}."
            )
    return checked


def _checked_track(entry: Any, i: int) -> NDArray[Any]:
    track = as_numbers(entry, f"tracks[{i}]").astype(np.float64)
    if track.ndim != 3 or track.shape[-1] != 2:
        raise ValueError(
            f"tracks[{i}] must have shape (n_frames, n_points, 2), got {track.shape}."
        )
    if not np.isfinite(track).all():
        raise ValueError(f"tracks[{i}] contains NaN or infinity; repair or remove it.")
    return track

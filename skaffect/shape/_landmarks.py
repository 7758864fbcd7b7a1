"""Video files to landmarks."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from skaffect._entries import check_entries, object_array
from skaffect._parameters import check_real
from skaffect._words import counted
from skaffect.shape._faces import (
    count_points,
    face_detector,
    find_faces,
    load_predictor,
    place_points,
)
from skaffect.shape._track import Seconds, fill_gaps, interpolate_track
from skaffect.shape._video import check_video_path, list_videos, read_frames

if TYPE_CHECKING:
    import dlib

# Jaw, nose base and lips among dlib's 68 points, counted from 0.
LOWER_FACE = (*range(3, 14), *range(31, 36), *range(48, 68))
_ROUNDING_FRAMES = 0.05


class LandmarkExtractor(TransformerMixin, BaseEstimator):
    """Read videos as landmark tracks of the lower face.

    Section II-B.2 of [1]_: videos, of any frame rate, are resampled in time to `fps`, and
    in every frame dlib's frontal face detector [2]_ and shape predictor [3]_ place the
    landmarks. A frame where no face is found is looked at again at twice its scale. If
    there is still none, its landmarks are drawn from the frames around it, provided that
    such gaps are short. Of several faces in a frame, the largest is taken.

    Frame ``i`` of a track is ``i / fps`` seconds after the start of the file's sound, or
    after the first frame if the file has none. Of the video's frames those nearest to these
    times are looked at; where they are not exactly there, the landmarks are moved in time
    by cubic interpolation.

    Extracting needs no fitting: `fit` only checks its input. dlib and PyAV come with the
    extra ``skaffect[face]``.

    Parameters
    ----------
    predictor : str or os.PathLike
        Path of a dlib shape predictor file: a published one for 68 points, or one made by
        :func:`train_landmark_predictor`.
    points : sequence of int or None, default=LOWER_FACE
        Which of the predictor's points to keep, counted from 0. The default is the 36 of
        the lower face among 68: jaw 3-13, nose base 31-35 and lips 48-67. None keeps all.
    fps : float, default=25.0
        Frames of a track in a second.
    max_gap_seconds : float, default=0.2
        Longest time without a face that is filled in, in seconds: by straight lines in the
        middle of a video, by the nearest frame at its ends. A longer one is an error.
    verbose : bool, default=False
        Whether to report every video on the standard error stream.

    See Also
    --------
    train_landmark_predictor : Make a predictor file.
    ProcrustesPCAShape : Landmarks to shape parameters.
    resample_track : A track at the times of audio frames.

    Notes
    -----
    Only the predictor's path is kept, so extractors can be cloned, pickled and sent to
    other processes. Videos are read as grey images, one frame at a time.

    MPEG program streams (``.mpg``) state no length: a stump that ends between two frames
    cannot be told from a short video.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.
    .. [2] King, "Dlib-ml: a machine learning toolkit", Journal of Machine Learning
       Research 10, 2009.
    .. [3] Kazemi, Sullivan, "One millisecond face alignment with an ensemble of regression
       trees", CVPR 2014, doi:10.1109/CVPR.2014.241.

    Examples
    --------
    >>> from skaffect import LandmarkExtractor
    >>> extractor = LandmarkExtractor("68_points.dat", max_gap_seconds=0.1)
    >>> len(extractor.points)
    36
    >>> tracks = extractor.transform(["talk.mp4"])  # doctest: +SKIP
    >>> tracks[0].shape  # doctest: +SKIP
    (75, 36, 2)
    """

    def __init__(
        self,
        predictor: str | os.PathLike[str],
        *,
        points: Sequence[int] | None = LOWER_FACE,
        fps: float = 25.0,
        max_gap_seconds: float = 0.2,
        verbose: bool = False,
    ) -> None:
        self.predictor = predictor
        self.points = points
        self.fps = fps
        self.max_gap_seconds = max_gap_seconds
        self.verbose = verbose

    def fit(self, X: Any, y: Any = None) -> LandmarkExtractor:
        """Check that `X` and the predictor can be read; no video is decoded.

        Parameters
        ----------
        X : sequence of str or os.PathLike
            Paths of video files.
        y : None
            Ignored.

        Returns
        -------
        self : LandmarkExtractor
            The extractor itself.

        Raises
        ------
        TypeError, ValueError, OSError, ImportError
            As `transform`, except for what only decoding can tell.
        """
        self._check(X)
        return self

    def transform(self, X: Any) -> NDArray[Any]:
        """Extract the landmarks of every video.

        Parameters
        ----------
        X : sequence of str or os.PathLike
            Paths of video files.

        Returns
        -------
        tracks : ndarray of shape (n_videos,), object
            One float32 array of shape (n_frames, n_points, 2) for each video, in pixels
            from the top left corner of its upright frames, x before y.

        Raises
        ------
        TypeError
            If `X` is a single path, or an entry or `predictor` is not a path.
        ValueError
            If a video is empty, without frames, cut short or damaged, or shows no face for
            longer than `max_gap_seconds`; if `predictor` is not a shape predictor, or has
            no such `points`.
        OSError
            If a file is missing (FileNotFoundError) or a folder (IsADirectoryError).
        ImportError
            If dlib or PyAV is not installed.
        """
        paths, predictor, points = self._check(X)
        detector = face_detector()
        tracks = []
        for i, path in enumerate(paths):
            try:
                times, shapes = self._look(path, detector, predictor)
                track = self._in_time(times, shapes[:, points])
            except ValueError as error:
                raise ValueError(f"X[{i}] is {path!r}, which {error}") from error
            tracks.append(track)
            if self.verbose:
                found = int(np.isfinite(shapes[:, 0, 0]).sum())
                sys.stderr.write(
                    f"[LandmarkExtractor] {i + 1} of {len(paths)}: {path}, "
                    f"{counted(len(track), 'frame')}, a face in {found} of {len(times)} "
                    "looked at\n"
                )
        return object_array(tracks)

    def _check(self, X: Any) -> tuple[list[str], dlib.shape_predictor, list[int]]:
        check_real("fps", self.fps, above=0.0)
        check_real("max_gap_seconds", self.max_gap_seconds, within=(0.0, np.inf))
        paths = check_entries(list_videos(X), lambda path, i: check_video_path(path, f"X[{i}]"))
        predictor = load_predictor(self.predictor)
        return paths, predictor, _checked_points(self.points, count_points(predictor))

    def _look(
        self, path: str, detector: dlib.fhog_object_detector, predictor: dlib.shape_predictor
    ) -> tuple[Seconds, NDArray[np.float32]]:
        """Return the times of frames and their points, NaN where there is no face."""
        none = np.full((count_points(predictor), 2), np.nan, dtype=np.float32)
        times, shapes = [], []
        for seconds, image in read_frames(path, self.fps):
            faces = find_faces(detector, image)
            times.append(seconds)
            shapes.append(
                place_points(predictor, image, max(faces, key=lambda face: face.area()))
                if faces
                else none
            )
        return np.array(times), np.stack(shapes)

    def _in_time(self, times: Seconds, shapes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the points at every ``i / fps`` s, short gaps filled."""
        missing = np.isnan(shapes[:, 0, 0])
        self._check_gaps(times, missing)
        # Containers round their times, to a millisecond at worst.
        n_frames = 1 + max(0, int(times[-1] * self.fps + _ROUNDING_FRAMES))
        at = np.arange(n_frames) / self.fps
        return interpolate_track(fill_gaps(shapes, times, missing), times, at)[0]

    def _check_gaps(self, times: Seconds, missing: NDArray[np.bool_]) -> None:
        if missing.all():
            raise ValueError(
                "shows no face in any frame; dlib finds frontal, upright faces of 40 pixels or "
                "more. Remove it, or make the face larger."
            )
        ends = np.append(times[1:], times[-1] + 1 / self.fps)
        changes = np.diff(np.concatenate([[False], missing, [False]]).astype(int))
        for start, stop in zip(
            times[changes[:-1] == 1], ends[np.flatnonzero(changes == -1) - 1], strict=True
        ):
            if stop - start > self.max_gap_seconds + 1e-9:
                raise ValueError(
                    f"shows no face from {start:.2f} to {stop:.2f} s, longer than "
                    f"max_gap_seconds={self.max_gap_seconds:g}; cut that out, or allow a larger "
                    "max_gap_seconds."
                )

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags


def _checked_points(points: Any, n_points: int) -> list[int]:
    if points is None:
        return list(range(n_points))
    chosen = list(points)
    if not chosen or not all(isinstance(point, Integral) for point in chosen):
        raise ValueError(f"points must be integers, at least one, or None; got {points!r}.")
    if min(chosen) < 0 or max(chosen) >= n_points:
        raise ValueError(
            f"points must lie in 0 to {n_points - 1}, for the predictor places {n_points} points; "
            f"got up to {max(chosen)} and down to {min(chosen)}. points=None keeps all."
        )
    return [int(point) for point in chosen]

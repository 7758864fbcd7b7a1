"""Video files to grey images in time, through PyAV.

Every problem is a ``ValueError`` whose message continues "X[3] is 'a.mp4', which ...";
the caller knows the index and the path.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skaffect._entries import list_entries
from skaffect._sound_files import (
    INSTALL_PYAV,
    _check_riff_length,
    _stated_seconds,
    pyav_installed,
)

if TYPE_CHECKING:
    import av

Image = NDArray[np.uint8]

_AGAIN = "copy or download it again"
# What a container rounds its length to, and a few frames that an encoder holds back.
_SLACK_SECONDS = 0.2


def list_videos(videos: Any) -> list[Any]:
    """Return the entries of a sequence of videos, at least one."""
    if isinstance(videos, str | bytes | os.PathLike):
        raise TypeError(f"Expected a sequence of videos, got {videos!r}. Wrap it in a list.")
    return list_entries(videos)


def check_video_path(path: Any, name: str) -> str:
    """Return the path of a file that may be a video, else raise an error that names it."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(
            f"{name} must be the path of a video file (str or os.PathLike), "
            f"got {type(path).__name__}."
        )
    path = os.fsdecode(path)
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"{name} is {path!r}, a folder; give the paths of the videos in it."
        )
    if not os.path.exists(path):
        raise FileNotFoundError(
            f"{name} is {path!r}, which does not exist; relative paths start from {os.getcwd()!r}."
        )
    if os.path.getsize(path) == 0:
        raise ValueError(f"{name} is {path!r}, an empty file (0 bytes); {_AGAIN}, or remove it.")
    if not pyav_installed():
        raise ImportError(f"{name} is {path!r}, a video; {INSTALL_PYAV}.")
    return path


def read_frames(path: str, fps: float) -> Iterator[tuple[float, Image]]:
    """Yield the frame nearest to each ``i / fps`` s, as its own time and its upright grey image.

    Time zero is where the sound starts, or the first frame if there is none. Where a video
    has fewer frames than `fps`, all are yielded, and where it has as many, at their times.
    """
    import av

    _check_riff_length(path)
    try:
        # "file:" keeps a colon in a name from being read as a protocol.
        with av.open(f"file:{path}", metadata_errors="ignore") as container:
            if not container.streams.video:
                raise ValueError("holds no video; leave it out.")
            stream = container.streams.video[0]
            # Threads would only contend with the callers' own processes.
            stream.thread_type = "NONE"
            promised = _stated_seconds(container.format.name, stream)
            timed = _whole(_timed(container, stream), promised, _frame_seconds(stream))
            for seconds, frame in _nearest(timed, fps):
                yield seconds, _upright_grey(frame)
    except av.FFmpegError as error:
        raise ValueError(
            f"PyAV cannot read: it is no video, or cut short or damaged ({error.strerror}); "
            f"{_AGAIN}, or remove it."
        ) from error


def _timed(
    container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[tuple[float, av.VideoFrame]]:
    zero = None
    if container.streams.audio:
        zero = _start_seconds(container.streams.audio[0])
    latest = -np.inf
    for n, frame in enumerate(container.decode(stream)):
        seconds = frame.time
        if seconds is None:  # raw streams have no times
            seconds = n * _frame_seconds(stream)
        zero = seconds if zero is None else zero
        if frame.is_corrupt:
            raise ValueError(f"is cut short or damaged at {seconds - zero:.2f} s; {_AGAIN}.")
        if seconds > latest:  # a frame shown twice, or out of order, adds nothing
            latest = seconds
            yield seconds - zero, frame


def _whole(
    timed: Iterable[tuple[float, av.VideoFrame]], promised: float, frame_seconds: float
) -> Iterator[tuple[float, av.VideoFrame]]:
    """Pass frames on, then compare how long they last with what the header promises."""
    first = last = None
    for seconds, frame in timed:
        first, last = seconds if first is None else first, seconds
        yield seconds, frame
    if first is None or last is None:
        raise ValueError(f"holds no frames; {_AGAIN}, or remove it.")
    found = last - first + frame_seconds
    if promised - found > _SLACK_SECONDS:
        raise ValueError(
            f"is cut short: its header promises {promised:.2f} s of video but only {found:.2f} "
            f"are there; {_AGAIN}."
        )


def _frame_seconds(stream: av.VideoStream) -> float:
    return float(1 / (stream.average_rate or stream.guessed_rate or 25))


def _start_seconds(stream: av.AudioStream) -> float | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return float(stream.start_time * stream.time_base)


def _nearest(
    timed: Iterable[tuple[float, av.VideoFrame]], fps: float
) -> Iterator[tuple[float, av.VideoFrame]]:
    """Keep, of the frames around each multiple of ``1 / fps`` seconds, the nearest one."""
    kept: tuple[float, av.VideoFrame] | None = None
    for seconds, frame in timed:
        if kept is not None:
            same = round(seconds * fps) == round(kept[0] * fps)
            if same and _distance(seconds, fps) >= _distance(kept[0], fps):
                continue
            if not same:
                yield kept
        kept = (seconds, frame)
    if kept is not None:
        yield kept


def _distance(seconds: float, fps: float) -> float:
    return abs(seconds * fps - round(seconds * fps))


def _upright_grey(frame: av.VideoFrame) -> Image:
    image = frame.to_ndarray(format="gray")
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is not None:  # a telephone held upright says so here
        cosine, sine = np.frombuffer(matrix, np.int32)[:2]
        image = np.rot90(image, -round(np.arctan2(sine, cosine) / (np.pi / 2)))
    # dlib takes the rows of an array to be adjacent, whatever its strides say.
    grey: Image = np.ascontiguousarray(image)
    return grey

"""Pictures in time and sound, to files."""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from skaffect.plotting._drawing import Pictures, drawing_colors

if TYPE_CHECKING:
    import av

# Visually lossless for flat colours, and quick; the index stands first, for the web.
_H264 = {"crf": "18", "preset": "veryfast"}
_CONTAINER = {"movflags": "+faststart"}


def check_writer(suffix: str) -> None:
    """Raise unless what draws and writes such a film can be imported."""
    if importlib.util.find_spec("matplotlib") is None:
        raise ImportError(
            'Faces are drawn by Matplotlib, which is missing; pip install "skaffect[plot]".'
        )
    if suffix == ".mp4" and importlib.util.find_spec("av") is None:
        raise ImportError(
            'MP4 is written by PyAV, which is missing; pip install "skaffect[face]". GIF needs '
            "only Matplotlib."
        )


def write_mp4(
    path: str, pictures: Pictures, fps: int, sound: NDArray[np.float32] | None, sr: int
) -> None:
    """Write H.264, and AAC if there is sound."""
    import av

    first = next(pictures)
    with av.open(path, "w", format="mp4", options=_CONTAINER) as container:
        film = container.add_stream("libx264", rate=fps, options=_H264)
        film.height, film.width = first.shape[:2]
        film.pix_fmt = "yuv420p"
        voice = None if sound is None else container.add_stream("aac", rate=sr, layout="mono")
        if voice is not None:
            voice.bit_rate = 128_000
            container.mux([*voice.encode(_audio_frame(sound, sr)), *voice.encode(None)])
        for i, picture in enumerate(chain([first], pictures)):
            frame = av.VideoFrame.from_ndarray(picture, format="rgba")
            frame.pts, frame.time_base = i, Fraction(1, fps)
            container.mux(film.encode(frame))
        container.mux(film.encode(None))


def _audio_frame(sound: Any, sr: int) -> av.AudioFrame:
    import av

    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(sound[np.newaxis]), format="fltp", layout="mono"
    )
    frame.sample_rate, frame.pts, frame.time_base = sr, 0, Fraction(1, sr)
    return frame


def write_gif(path: str, pictures: Pictures, fps: int) -> None:
    """Write a GIF that starts again when it ends, all in the colours that faces are drawn with."""
    from PIL import Image

    palette = Image.new("P", (1, 1))
    palette.putpalette(drawing_colors().tobytes())
    frames = [
        Image.fromarray(picture[:, :, :3]).quantize(palette=palette, dither=Image.Dither.NONE)
        for picture in pictures
    ]
    ends = np.rint(100 * np.arange(len(frames) + 1) / fps)  # a GIF counts hundredths of a second
    milliseconds = (10 * np.diff(ends)).astype(int).tolist()
    frames[0].save(
        path,
        format="GIF",
        save_all=True,
        append_images=frames[1:],
        duration=milliseconds,
        loop=0,
    )

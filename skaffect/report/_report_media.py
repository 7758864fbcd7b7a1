"""Pictures, films and sounds as data URIs, which need no file beside the page."""

from __future__ import annotations

import io
import re
from importlib.util import find_spec
from itertools import islice
from typing import Any

import numpy as np
import soundfile
from numpy.typing import ArrayLike

from skaffect._parameters import check_integer
from skaffect._windows import as_numbers
from skaffect.report._listening_clips import read_clip
from skaffect.report._report_items import Clip, Film, Picture, Sound
from skaffect.report._report_tables import data_uri

_PNG_DPI = 200  # twice what most screens show
_POINTS_PER_PX = 0.75
# Lines stay sharp at any size: worth some bytes, but not a picture of a million of them.
_SHARPNESS = 3.0
_SMALL = 100_000


def picture(figure: Any, alt: str, caption: str) -> Picture:
    """Return a Matplotlib figure, or that of an Axes, as SVG or, if much smaller, as PNG."""
    figure = _whole_figure(figure)
    svg = _saved(figure, "svg")
    width_points = re.search(rb'<svg[^>]*?\swidth="([\d.]+)pt"', svg)
    if width_points is None:
        raise ValueError("figure has no width in its SVG; this Matplotlib is not known.")
    width_px = round(float(width_points[1]) / _POINTS_PER_PX)
    if len(svg) < _SMALL or len(svg) <= _SHARPNESS * len(png := _saved(figure, "png")):
        return Picture(data_uri(svg, "image/svg+xml"), width_px, alt, caption)
    return Picture(data_uri(png, "image/png"), width_px, alt, caption)


def film(path: Any, narrow: Any, caption: str) -> Film:
    """Return MP4 files that browsers play, `narrow` being None or for narrow windows."""
    return Film(_clip(path, "film"), None if narrow is None else _clip(narrow, "narrow"), caption)


def sound(waveform: ArrayLike, sr: int, caption: str) -> Sound:
    """Return a waveform as 16-bit WAV."""
    check_integer("sr", sr, at_least=1)
    values = as_numbers(waveform, "waveform")
    if values.ndim != 1 or not len(values):
        raise ValueError(
            f"waveform must have shape (n_times,) and not be empty, got {values.shape}."
        )
    if not np.isfinite(values).all() or np.abs(values).max() > 1:
        raise ValueError(
            "waveform must lie in [-1, 1] and have no NaN; AudioReader reads files so."
        )
    buffer = io.BytesIO()
    soundfile.write(buffer, values, int(sr), format="WAV", subtype="PCM_16")
    return Sound(data_uri(buffer.getvalue(), "audio/wav"), caption)


def _whole_figure(figure: Any) -> Any:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    if isinstance(figure, Axes):
        figure = figure.get_figure()
    if not isinstance(figure, Figure):
        raise TypeError(
            "figure must be a matplotlib Figure or Axes, as skaffect's plots return; got "
            f"{type(figure).__name__}."
        )
    return figure


def _saved(figure: Any, kind: str) -> bytes:
    import matplotlib as mpl

    buffer = io.BytesIO()
    # Letters as outlines look the same everywhere; a fixed salt makes the same bytes every time.
    with mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "skaffect"}):
        figure.savefig(
            buffer,
            format=kind,
            dpi=_PNG_DPI,
            bbox_inches="tight",
            metadata={"Date": None, "Creator": None} if kind == "svg" else {"Software": None},
        )
    return buffer.getvalue()


def _clip(path: Any, name: str) -> Clip:
    content = read_clip(path, name)
    uri = data_uri(content, "video/mp4")
    return Clip(uri, *(_middle_frame(content) if find_spec("av") is not None else (None, None)))


def _middle_frame(content: bytes) -> tuple[str, tuple[int, int]]:
    """Return a film's middle frame as PNG, and its width and height."""
    import av

    with av.open(io.BytesIO(content)) as container:
        middle = container.streams.video[0].frames // 2
        frame = next(islice(container.decode(video=0), middle, None))
        buffer = io.BytesIO()
        frame.to_image().save(buffer, format="PNG", optimize=True)
    return data_uri(buffer.getvalue(), "image/png"), (frame.width, frame.height)

"""A face drawn from the landmarks of its lower part, and panels of faces side by side.

The drawing is made of filled curves through the landmarks. A figure is laid out once; for
every frame its background is put back and only the curves are drawn again, which takes
milliseconds where drawing a figure anew takes a tenth of a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from skaffect.plotting._names import literal

Floats = NDArray[np.float64]
Pictures = Iterator[NDArray[np.uint8]]

_BACKGROUND, _PANEL, _TITLE = "#ffffff", "#e9edf1", "#2b3138"
_SKIN, _NECK, _LINE = "#f0d2bc", "#dcb69c", "#b98c73"
_UPPER_LIP, _LOWER_LIP, _LIP_LINE, _MOUTH = "#b4585b", "#c66e6e", "#8d3d42", "#43181d"
# Between these, smooth edges blend.
_TOUCHING = (
    (_BACKGROUND, _PANEL),
    (_BACKGROUND, _TITLE),
    (_PANEL, _LINE),
    (_PANEL, _NECK),
    (_NECK, _LINE),
    (_SKIN, _LINE),
    (_SKIN, _UPPER_LIP),
    (_SKIN, _LOWER_LIP),
    (_UPPER_LIP, _LIP_LINE),
    (_LOWER_LIP, _LIP_LINE),
    (_LIP_LINE, _MOUTH),
)

# In widths of the widest face: what a panel shows, and the room for a title over it.
_VIEW_WIDTH, _VIEW_HEIGHT = 1.36, 1.12
_MARGIN, _TITLE_HEIGHT = 0.03, 0.085
_CORNER = 0.045
_DPI = 100


class Curve(NamedTuple):
    """A curve through landmarks in every frame: Bézier points, what they mean, and its look."""

    vertices: Floats  # (n_frames, n_vertices, 2), pixels
    codes: NDArray[np.uint8]
    look: dict[str, Any]


def face_curves(track: NDArray[Any], line_px: float) -> list[Curve]:
    """Return the curves that make up a face, of the points LOWER_FACE, from back to front."""
    numbers = track.astype(np.float64)
    jaw, nose, lips = numbers[:, :11], numbers[:, 11:16], numbers[:, 16:]
    upper, lower = lips[:, :7], lips[:, [6, 7, 8, 9, 10, 11, 0]]
    inner_upper, inner_lower = lips[:, 12:17], lips[:, [16, 17, 18, 19, 12]]
    contour = _contour(jaw)
    return [
        _closed([_neck(jaw)], _filled(_NECK)),
        _closed([contour], _filled(_SKIN)),
        _curve(contour, _stroke(_LINE, 1.4 * line_px)),
        _curve(_smooth(nose), _stroke(_LINE, 1.4 * line_px)),
        _closed([_smooth(inner_upper), _smooth(inner_lower)], _filled(_MOUTH)),
        _closed([_smooth(upper), _smooth(inner_upper[:, ::-1])], _filled(_UPPER_LIP)),
        _closed([_smooth(lower), _smooth(inner_lower[:, ::-1])], _filled(_LOWER_LIP)),
        _curve(_smooth(inner_upper), _stroke(_LIP_LINE, line_px)),
        _curve(_smooth(inner_lower), _stroke(_LIP_LINE, line_px)),
    ]


def draw_panels(
    tracks: Mapping[str, NDArray[Any]], panel_px: int, *, stacked: bool = False
) -> Pictures:
    """Yield every frame of tracks of equal length, RGBA of shape ``(height, width, 4)``.

    The tracks hold the points LOWER_FACE. All faces have one scale, each in the middle of a
    panel, under its name if it has one. Panels stand side by side, or one above the other.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.path import Path

    size = _sizes(len(tracks), panel_px, titled=any(tracks), stacked=stacked)
    # Matplotlib cuts inches times dots per inch down to whole pixels, wherever rounding led.
    inches = ((size.width + 0.25) / _DPI, (size.height + 0.25) / _DPI)
    figure = Figure(inches, dpi=_DPI, facecolor=_BACKGROUND)
    canvas = FigureCanvasAgg(figure)
    widest = max(float(np.median(np.ptp(track[..., 0], axis=1))) for track in tracks.values())
    moving = []
    for n, (name, track) in enumerate(tracks.items()):
        axes, plate = _panel(figure, size, n, name)
        _aim(axes, track, widest, aspect=size.panel_height / panel_px)
        moving += _patches(axes, plate, face_curves(track, line_px=panel_px / 280))
    canvas.draw()
    background = canvas.copy_from_bbox(figure.bbox)
    for i in range(len(track)):
        canvas.restore_region(background)
        for patch, curve in moving:
            patch.set_path(Path(curve.vertices[i], curve.codes))
            patch.axes.draw_artist(patch)
        yield np.array(canvas.buffer_rgba())


def drawing_colors() -> NDArray[np.uint8]:
    """Return the colours of a drawing, its edges included, ``(n_colors, 3)``."""
    from matplotlib.colors import to_rgb

    share = np.linspace(0, 1, 17)[:, np.newaxis]
    blends = [(1 - share) * to_rgb(a) + share * to_rgb(b) for a, b in _TOUCHING]
    colors: NDArray[np.uint8] = np.rint(255 * np.concatenate(blends)).astype(np.uint8)
    return np.unique(colors, axis=0)


class _Sizes(NamedTuple):
    """Pixels of a picture, and of what it consists of."""

    width: int
    height: int
    panel_width: int
    panel_height: int
    margin: int
    rows: int
    row_height: int  # of a panel, its title and one margin


def _sizes(n_panels: int, panel_px: int, *, titled: bool, stacked: bool) -> _Sizes:
    """Return sizes of which width and height are even, as H.264 asks."""
    margin = round(_MARGIN * panel_px)
    panel_height = round(panel_px * _VIEW_HEIGHT / _VIEW_WIDTH)
    title = round(_TITLE_HEIGHT * panel_px) if titled else 0
    row_height = panel_height + margin + title
    columns, rows = (1, n_panels) if stacked else (n_panels, 1)
    width, height = columns * (panel_px + margin) + margin, rows * row_height + margin
    return _Sizes(
        width + width % 2, height + height % 2, panel_px, panel_height, margin, rows, row_height
    )


def _panel(figure: Any, size: _Sizes, n: int, name: str) -> tuple[Any, Any]:
    """Add the axes of one panel, a plate with round corners in them, and a name above."""
    from matplotlib.patches import FancyBboxPatch

    column, row = (0, n) if size.rows > 1 else (n, 0)
    left = size.margin + column * (size.panel_width + size.margin)
    bottom = size.margin + (size.rows - 1 - row) * size.row_height
    axes = figure.add_axes(
        (
            left / size.width,
            bottom / size.height,
            size.panel_width / size.width,
            size.panel_height / size.height,
        )
    )
    axes.set_axis_off()
    plate = FancyBboxPatch(
        (_CORNER, _CORNER),
        1 - 2 * _CORNER,
        1 - 2 * _CORNER,
        boxstyle=f"round,pad={_CORNER}",
        transform=axes.transAxes,
        facecolor=_PANEL,
        edgecolor="none",
    )
    axes.add_artist(plate)
    if name:
        points_of_pixel = size.panel_width * 72 / _DPI
        axes.set_title(
            literal(name),
            color=_TITLE,
            fontsize=0.05 * points_of_pixel,
            pad=0.022 * points_of_pixel,
        )
    return axes, plate


def _patches(axes: Any, plate: Any, curves: list[Curve]) -> list[tuple[Any, Curve]]:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    patches = []
    for curve in curves:
        patch = PathPatch(Path(curve.vertices[0], curve.codes), animated=True, **curve.look)
        axes.add_artist(patch)
        patch.set_clip_path(plate)
        patches.append((patch, curve))
    return patches


def _aim(axes: Any, track: NDArray[Any], widest: float, aspect: float) -> None:
    """Show a track and what is around it, y down, at the scale of the widest face."""
    low, high = track.min(axis=(0, 1)).astype(float), track.max(axis=(0, 1)).astype(float)
    x, y = (low + high) / 2
    half = widest * _VIEW_WIDTH / 2
    axes.set(xlim=(x - half, x + half), ylim=(y + half * aspect, y - half * aspect))


def _filled(color: str) -> dict[str, Any]:
    return {"facecolor": color, "edgecolor": "none"}


def _stroke(color: str, width_px: float) -> dict[str, Any]:
    return {
        "facecolor": "none",
        "edgecolor": color,
        "linewidth": width_px * 72 / _DPI,
        "capstyle": "round",
        "joinstyle": "round",
    }


def _smooth(points: Floats) -> Floats:
    """Return the Bézier points of curves through ``(n_frames, n_points, 2)``, smooth at each.

    The tangent in a point is parallel to the line between its neighbours (Catmull and Rom).
    """
    return _bezier(points, np.gradient(points, axis=1) / 3)


def _straight(points: Floats) -> Floats:
    """Return the Bézier points of lines through ``(n_frames, n_points, 2)``."""
    return _bezier(points, np.zeros_like(points))


def _bezier(points: Floats, tangents: Floats) -> Floats:
    ends = points[:, 1:]
    pieces = np.stack([points[:, :-1] + tangents[:, :-1], ends - tangents[:, 1:], ends], axis=2)
    return np.concatenate([points[:, :1], pieces.reshape(len(points), -1, 2)], axis=1)


def _closed(chains: list[Floats], look: dict[str, Any]) -> Curve:
    """Join curves, by lines where one does not start where the other ends."""
    joined = [chains[0]]
    for chain in [*chains[1:], chains[0][:, :1]]:
        gap = np.stack([joined[-1][:, -1], chain[:, 0]], axis=1)
        joined += [_straight(gap)[:, 1:], chain[:, 1:]]
    return _curve(np.concatenate(joined, axis=1), look)


def _curve(vertices: Floats, look: dict[str, Any]) -> Curve:
    from matplotlib.path import Path

    codes = np.full(vertices.shape[1], Path.CURVE4, np.uint8)
    codes[0] = Path.MOVETO
    return Curve(vertices, codes, look)


def _contour(jaw: Floats) -> Floats:
    """Return the jaw, continued straight at both ends to above the panel."""
    up = _up(jaw)
    points = np.concatenate([jaw[:, :1] + 0.3 * up, jaw, jaw[:, -1:] + 0.3 * up], axis=1)
    tangents = np.gradient(points, axis=1) / 3
    tangents[:, :1], tangents[:, -1:] = -up / 10, up / 10
    right, left = (
        _straight(np.concatenate([p, p + 4 * up], axis=1)) for p in (points[:, :1], points[:, -1:])
    )
    return np.concatenate([right[:, ::-1], _bezier(points, tangents)[:, 1:], left[:, 1:]], axis=1)


def _neck(jaw: Floats) -> Floats:
    """Return the neck: from under both sides of the jaw to below the panel."""
    chin, up = jaw[:, 5:6], _up(jaw)
    right, left = (0.9 * side + 0.1 * chin for side in (jaw[:, 1:2], jaw[:, 9:10]))
    return _straight(np.concatenate([right, right - 4 * up, left - 4 * up, left], axis=1))


def _up(jaw: Floats) -> Floats:
    """Return the way from the chin to the middle between the jaw's ends."""
    return (jaw[:, :1] + jaw[:, -1:]) / 2 - jaw[:, 5:6]

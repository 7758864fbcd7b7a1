"""Landmarks over a video frame, and the shapes that a shape model knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from skaffect._parameters import check_integer
from skaffect._windows import as_numbers
from skaffect.shape import LOWER_FACE, ProcrustesPCAShape
from skaffect.shape._points import checked_points

# Lines along dlib's 68 points: from a first to a last one, and whether they close.
_LINES = (
    (0, 16, False),  # jaw
    (17, 21, False),  # brows
    (22, 26, False),
    (27, 30, False),  # nose
    (31, 35, False),
    (36, 41, True),  # eyes
    (42, 47, True),
    (48, 59, True),  # lips
    (60, 67, True),
)
_DEVIATIONS = 2
_MEAN, _LESS, _MORE = "0.25", "#2171b5", "#cb181d"


def plot_landmarks(
    track_frame: ArrayLike,
    image: ArrayLike | None = None,
    *,
    points: Sequence[int] = LOWER_FACE,
    title: str = "",
    ax: Any = None,
) -> Any:
    """Plot one frame's landmarks, over its image if there is one.

    As in Figure 3 of [1]_.

    Parameters
    ----------
    track_frame : array-like of shape (n_points, 2)
        Landmarks in pixels, x right and y down.
    image : array-like of shape (height, width) or (height, width, 3), or None, default=None
        The video's frame, grey or RGB, in integers from 0 to 255 or in floats from 0 to 1.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the landmarks are. Those that follow each other along the
        jaw, the nose or the lips are joined by lines.
    title : str, default=""
        Title of the plot.
    ax : matplotlib.axes.Axes or None, default=None
        Where to draw; None makes a figure.

    Returns
    -------
    ax : matplotlib.axes.Axes
        The plot.

    Raises
    ------
    ValueError
        If the landmarks are not one for each of `points` or contain NaN, or if `image` has
        another shape.

    References
    ----------
    .. [1] Sadiq, Asadiabadi, Erzin, "Emotion Dependent Facial Animation from Affective
       Speech", arXiv:1908.03904, 2019.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from skaffect import plot_landmarks
    >>> corners = [[60.0, 80.0], [100.0, 82.0]]
    >>> ax = plot_landmarks(corners, np.full((144, 176), 90, np.uint8), points=[48, 54])
    >>> len(ax.images)
    1
    """
    from matplotlib import pyplot as plt

    landmarks = _checked_landmarks(track_frame, points)
    picture = None if image is None else _checked_image(image)
    if ax is None:
        _, ax = plt.subplots(figsize=(6.4, 5.2), layout="constrained")
    if picture is not None:
        ax.imshow(picture, cmap="gray", vmin=0, vmax=255 if picture.dtype.kind in "iu" else 1)
    _draw_face(ax, landmarks, points, color="#ffd54a" if image is not None else _MEAN)
    ax.set(title=title, aspect="equal")
    if picture is not None:
        ax.set(xlim=(-0.5, picture.shape[1] - 0.5), ylim=(picture.shape[0] - 0.5, -0.5))
        ax.set_axis_off()
    else:
        ax.set(xlabel="x (pixels)", ylabel="y (pixels)")
        ax.yaxis.set_inverted(True)
    return ax


def plot_shape_modes(
    shape_model: ProcrustesPCAShape,
    n_modes: int = 3,
    *,
    points: Sequence[int] = LOWER_FACE,
) -> NDArray[Any]:
    """Plot the mean shape, and how the first modes change it by two standard deviations.

    Parameters
    ----------
    shape_model : ProcrustesPCAShape
        A fitted shape model.
    n_modes : int, default=3
        How many of its components to show, at least 1.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points its landmarks are.

    Returns
    -------
    axes : ndarray of shape (n_modes,), object
        The plots, a matplotlib.axes.Axes for each mode.

    Raises
    ------
    NotFittedError
        If the model is not fitted.
    ValueError
        If it has fewer components than `n_modes`, or if `points` are not its own.

    Examples
    --------
    >>> import matplotlib
    >>> matplotlib.use("Agg")
    >>> import numpy as np
    >>> from skaffect import ProcrustesPCAShape, plot_shape_modes
    >>> rng = np.random.RandomState(0)
    >>> lips = np.array([[0, 0], [50, 0], [25, -3], [25, 3]]) + rng.randn(40, 4, 2)
    >>> model = ProcrustesPCAShape(n_components=3).fit([lips])
    >>> axes = plot_shape_modes(model, n_modes=2, points=[60, 64, 62, 66])
    >>> len(axes)
    2
    """
    from matplotlib import pyplot as plt

    check_is_fitted(shape_model)
    check_integer("n_modes", n_modes, at_least=1)
    if n_modes > shape_model.n_components_:
        raise ValueError(
            f"n_modes must be at most {shape_model.n_components_}, the components that the model "
            f"has; got {n_modes}."
        )
    mean = _checked_landmarks(shape_model.mean_shape_, points)
    figure, axes = plt.subplots(
        1,
        n_modes,
        figsize=(3.6 * n_modes, 2.9),
        layout="constrained",
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for k, ax in enumerate(axes[0]):
        sd = np.sqrt(shape_model.explained_variance_[k])
        step = _DEVIATIONS * sd * shape_model.components_[k].reshape(mean.shape)
        _draw_face(ax, mean, points, color="0.7", label="mean")
        _draw_face(ax, mean - step, points, color=_LESS, label=f"−{_DEVIATIONS} sd")
        _draw_face(ax, mean + step, points, color=_MORE, label=f"+{_DEVIATIONS} sd")
        share = shape_model.explained_variance_ratio_[k]
        ax.set(title=f"mode {k + 1}: {share:.0%} of the variance", aspect="equal")
        ax.set_axis_off()
    axes[0, 0].yaxis.set_inverted(True)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return axes[0]


def _draw_face(
    ax: Any, landmarks: NDArray[Any], points: Sequence[int], *, color: str, label: str = ""
) -> None:
    """Draw points, and lines between those that follow each other along one of the lines."""
    place = dict(zip(checked_points(points), landmarks, strict=True))
    ax.plot(*landmarks.T, linestyle="none", marker="o", markersize=2.6, color=color)
    if label:
        ax.plot([], [], color=color, label=label)
    for first, last, closes in _LINES:
        ends = [(number, number + 1) for number in range(first, last)]
        for a, b in [*ends, (last, first)] if closes else ends:
            if a in place and b in place:
                x, y = np.transpose([place[a], place[b]])
                ax.plot(x, y, color=color, linewidth=1.1, solid_capstyle="round")


def _checked_landmarks(given: ArrayLike, points: Sequence[int]) -> NDArray[Any]:
    landmarks = as_numbers(given, "track_frame")
    n_points = len(checked_points(points))
    if landmarks.shape != (n_points, 2):
        raise ValueError(
            f"track_frame must have shape ({n_points}, 2), one frame's landmarks, one for each "
            f"that points names; got {landmarks.shape}."
        )
    if not np.isfinite(landmarks).all():
        raise ValueError("track_frame contains NaN or infinity; choose a frame with a face.")
    return landmarks


def _checked_image(image: ArrayLike) -> NDArray[Any]:
    picture = as_numbers(image, "image")
    if picture.ndim != 2 and (picture.ndim != 3 or picture.shape[-1] != 3):
        raise ValueError(
            "image must be grey, of shape (height, width), or RGB, (height, width, 3); got "
            f"{picture.shape}."
        )
    return picture

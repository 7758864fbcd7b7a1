"""Landmarks to the blendshape curves that animation software takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from skaffect._windows import as_numbers
from skaffect.shape._landmarks import LOWER_FACE
from skaffect.shape._points import LOWER_FACE_NAME, checked_points, columns_of
from skaffect.shape._procrustes import Complex, Floats, as_complex, transforms_to

BLENDSHAPES = (
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthStretchLeft",
    "mouthStretchRight",
)

# What counts as 1, in widths of the mouth at rest.
_JAW, _OPEN, _NARROW, _CORNER = 0.5, 0.25, 0.3, 0.2
# The share of the lips' opening by which the corners go down with it: the median slope within
# the 700 sentences of GRID's talker s1 is 0.36 at the one corner and 0.41 at the other.
_DRAGGED = 0.38
# The share of frames, those with the least open lips, that are taken for a closed mouth.
_CLOSED = 0.2
_DEGENERATE = "the ends of its jaw (3, 13) or the corners of its mouth (48, 54) are in one place"


def blendshapes(
    track: ArrayLike, *, rest: ArrayLike | None = None, points: Sequence[int] = LOWER_FACE
) -> NDArray[np.float32]:
    """Approximate ARKit's blendshape coefficients of the mouth and jaw from landmarks.

    ARKit [1]_ names how far a face has moved from rest towards certain poses, from 0 to 1.
    Its own fits see depth, the tongue and the cheeks; these are measured on 36 points in a
    plane, and approximate.

    Parameters
    ----------
    track : array-like of shape (n_frames, n_points, 2)
        One utterance's landmarks in pixels, x right and y down, not mirrored.
    rest : array-like of shape (n_points, 2) or None, default=None
        The same person's face at rest, lips closed, in any pose. None takes it from the
        track: the mean of the fifth of its frames in which the lips are least open.
        Someone who smiles throughout is then at rest smiling: give a neutral face instead.
    points : sequence of int, default=LOWER_FACE
        Which of dlib's 68 points the columns are; the 36 of the lower face must be there.

    Returns
    -------
    coefficients : ndarray of shape (n_frames, 10), float32
        The coefficients named by ``BLENDSHAPES``, in its order, in [0, 1].

    Raises
    ------
    ValueError
        If the track or `rest` has another shape, contains NaN (frames that are not observed
        must be left out), or is degenerate: the ends of a jaw, or the corners of a mouth,
        are in one place.

    See Also
    --------
    save_track : Write them to a file, with their names and times.

    Notes
    -----
    Left and right are the person's own, as in ARKit: the left corner of the mouth is point
    54, on the right of an image that is not mirrored.

    Every frame is first laid over `rest` by the rotation, size and shift that fit what
    does not talk, the ends of the jaw (3 and 13) and the base of the nose (31 to 35). So
    where the head is, how near, and how it is tilted in the image does not matter; turning
    and nodding out of the image's plane are not undone. Then, with x along the jaw's ends
    at rest and the mouth's width at rest W as unit, each difference from rest is divided by
    what counts as 1, and clipped to [0, 1]:

    - ``jawOpen``: how far the chin (8) went down, by W / 2.
    - ``mouthClose``: ``jawOpen`` less how much the inner lips (62, 66) parted, by W / 2;
      above 0 where the jaw is open and the lips are closed over it.
    - ``mouthFunnel``, ``mouthPucker``: how much the mouth (48, 54) narrowed, by 0.3 W.
      This is shared out: the funnel's part is how much the inner lips parted, by W / 4, at
      most all; the pucker has the rest.
    - ``mouthSmile``, ``mouthFrown``: how far the corner (54 left, 48 right) went up, or
      down, by W / 5. It is measured from a point between the middles of the inner lips, 38 %
      of the way down, for so far an opening mouth pulls its corners along.
    - ``mouthStretch``: how far the corner went outwards from the nose, by W / 5.

    References
    ----------
    .. [1] Apple, "ARFaceAnchor.BlendShapeLocation", ARKit documentation.

    Examples
    --------
    >>> import numpy as np
    >>> from skaffect import BLENDSHAPES, LOWER_FACE, blendshapes
    >>> angle = np.linspace(np.pi, 0, 11)
    >>> jaw = np.stack([100 + 60 * np.cos(angle), 80 + 70 * np.sin(angle)], axis=1)
    >>> nose = np.stack([np.linspace(88, 112, 5), [80, 82, 83, 82, 80]], axis=1)
    >>> around = np.pi + np.arange(12) * np.pi / 6
    >>> outer = np.stack([100 + 24 * np.cos(around), 110 + 9 * np.sin(around)], axis=1)
    >>> around = np.pi + np.arange(8) * np.pi / 4
    >>> inner = np.stack([100 + 20 * np.cos(around), 110 + 2 * np.sin(around)], axis=1)
    >>> face = np.concatenate([jaw, nose, outer, inner])

    The left corner of the mouth goes up by a tenth of the mouth's width:

    >>> smile = face.copy()
    >>> smile[LOWER_FACE.index(54), 1] -= 4.8
    >>> coefficients = blendshapes([smile], rest=face)
    >>> dict(zip(BLENDSHAPES, coefficients[0].round(2).tolist()))["mouthSmileLeft"]
    0.5
    """
    columns = columns_of(points, LOWER_FACE, LOWER_FACE_NAME)
    faces = _checked(track, "track", points, (None, len(checked_points(points)), 2))[:, columns]
    shapes = as_complex(faces)
    degenerate = _are_degenerate(shapes)
    if degenerate.any():
        raise ValueError(
            f"track is degenerate in frame {degenerate.argmax()}: {_DEGENERATE}; repair it, or "
            "leave it out."
        )
    if rest is None:
        resting = _closed_mouth(shapes)
    else:
        resting = as_complex(_checked(rest, "rest", points, (len(checked_points(points)), 2)))
        resting = resting[columns]
    if _are_degenerate(resting):
        raise ValueError(
            f"The face at rest is degenerate: {_DEGENERATE}; see that points names the right "
            "columns."
        )
    return _coefficients(shapes, resting)


def _checked(
    given: ArrayLike, name: str, points: Sequence[int], shape: tuple[int | None, ...]
) -> Floats:
    numbers = as_numbers(given, name).astype(np.float64)
    fits = numbers.ndim == len(shape) and all(
        wanted in (None, got) for wanted, got in zip(shape, numbers.shape, strict=True)
    )
    if not fits:
        expected = ", ".join("n_frames" if size is None else str(size) for size in shape)
        raise ValueError(
            f"{name} must have shape ({expected}), one point for each that points names; got "
            f"{numbers.shape}."
        )
    if not np.isfinite(numbers).all():
        raise ValueError(f"{name} contains NaN or infinity; repair it, or leave the frames out.")
    return numbers


def _are_degenerate(shapes: Complex) -> Any:
    """Tell faces without a direction or a size to measure by."""
    return (_point(shapes, 3) == _point(shapes, 13)) | (_point(shapes, 48) == _point(shapes, 54))


def _coefficients(shapes: Complex, rest: Complex) -> NDArray[np.float32]:
    upright = np.conj(_point(rest, 13) - _point(rest, 3))
    unit = upright / abs(upright) / abs(_point(rest, 54) - _point(rest, 48))
    now, then = _measures(_laid_over(shapes, rest) * unit), _measures(rest[np.newaxis] * unit)
    change = {name: now[name] - then[name] for name in now}
    jaw = _clipped(change["chin"] / _JAW)
    narrow = _clipped(-change["width"] / _NARROW)
    parted = _clipped(change["opening"] / _OPEN)
    columns = {
        "jawOpen": jaw,
        "mouthClose": _clipped(jaw - change["opening"] / _JAW),
        "mouthFunnel": narrow * parted,
        "mouthPucker": narrow * (1 - parted),
    }
    for side in ("Left", "Right"):
        columns[f"mouthSmile{side}"] = _clipped(change[f"raised{side}"] / _CORNER)
        columns[f"mouthFrown{side}"] = _clipped(-change[f"raised{side}"] / _CORNER)
        columns[f"mouthStretch{side}"] = _clipped(change[f"out{side}"] / _CORNER)
    return np.stack([columns[name] for name in BLENDSHAPES], axis=1).astype(np.float32)


def _measures(shapes: Complex) -> dict[str, Floats]:
    """Measure upright faces; y is down."""
    nose = shapes[:, 11:16].mean(axis=1)
    upper, lower = _point(shapes, 62), _point(shapes, 66)
    right, left = _point(shapes, 48), _point(shapes, 54)
    between = (1 - _DRAGGED) * upper + _DRAGGED * lower
    return {
        "chin": (_point(shapes, 8) - nose).imag,
        "opening": np.abs(lower - upper),
        "width": np.abs(left - right),
        "raisedLeft": (between - left).imag,
        "raisedRight": (between - right).imag,
        "outLeft": (left - nose).real,
        "outRight": (nose - right).real,
    }


def _laid_over(shapes: Complex, rest: Complex) -> Complex:
    """Return faces in the pose of `rest`, by the points that do not talk."""
    still = [LOWER_FACE.index(point) for point in (3, 13, *range(31, 36))]
    centres = shapes[:, still].mean(axis=1, keepdims=True)
    goal = rest[still].mean()
    factors = transforms_to(rest[still] - goal, shapes[:, still] - centres)
    return (shapes - centres) * factors + goal


def _closed_mouth(shapes: Complex) -> Complex:
    """Return the mean of the faces whose lips are least open, in the pose of one of them."""
    sizes = np.abs(_point(shapes, 13) - _point(shapes, 3))
    opening = np.abs(_point(shapes, 66) - _point(shapes, 62)) / sizes
    closed = shapes[np.argsort(opening, kind="stable")[: max(1, round(_CLOSED * len(shapes)))]]
    mean: Complex = _laid_over(closed, closed[len(closed) // 2]).mean(axis=0)
    return mean


def _point(shapes: Complex, number: int) -> Any:
    """Return one of dlib's points of a face or of faces."""
    return shapes[..., LOWER_FACE.index(number)]


def _clipped(values: Any) -> Floats:
    return np.clip(values, 0.0, 1.0)

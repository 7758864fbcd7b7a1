"""A lower face of 36 points that talks: what its parts are and how movements place them.

Coordinates are pixels, x right and y down, from the middle of the closed lips; a face is about
150 px wide. The points are those of `skaffect.shape.LOWER_FACE`, in its order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from skaffect.datasets._phones import Floats

# The jaw is an arc from ear to ear, its 11 points at equal angles about the middle.
_JAW_ANGLES = np.radians(np.arange(-90.0, 91.0, 18.0))
_JAW_TOP = -20.0
_JAW_POINTEDNESS = 1.6
# The nose base from wing to wing, as shares of its half width and of its depth.
_NOSE_ACROSS = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
_NOSE_DOWN = np.array([0.0, 0.7, 1.0, 0.7, 0.0])
_NOSE_DEPTH = 3.0
# The lips, clockwise from the left corner, the outer contour first: how far across the mouth a
# point lies, as a share of its half width, and how far up or down, in thicknesses of that lip.
_OUTER_ACROSS = (-1.0, -0.63, -0.22, 0.0, 0.22, 0.63, 1.0, 0.62, 0.3, 0.0, -0.3, -0.62)
_OUTER_RISE = (0.0, 0.66, 1.0, 0.88, 1.0, 0.66, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
_OUTER_FALL = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.68, 0.95, 1.0, 0.95, 0.68)
_INNER_CORNER = 0.9
_INNER_ACROSS = (-_INNER_CORNER, -0.33, 0.0, 0.33, _INNER_CORNER, 0.33, 0.0, -0.33)
_ACROSS = np.array(_OUTER_ACROSS + _INNER_ACROSS)
_RISE = np.array(_OUTER_RISE + 8 * (0.0,))
_FALL = np.array(_OUTER_FALL + 8 * (0.0,))
_IS_LOWER = np.array([False] * 7 + [True] * 5 + [False] * 5 + [True] * 3)
# How far from the middle (0) to where the lips meet at the side (1) each point lies.
_ASIDE = np.abs(_ACROSS) / np.repeat([1.0, _INNER_CORNER], [12, 8])

# What one unit of each movement does, pixels.
_JAW_PX = 15.0
_OPENING_PX = 20.0
_SPREAD_PX = 3.2
_ROUNDING_PX = 3.2
_CORNER_PX = 5.0
_SNEER_PX = 5.0
# An opening mouth lowers its lower lip more than it raises its upper lip; the corners follow.
_UPPER_SHARE = 0.35
_LOWER_SHARE = 1 - _UPPER_SHARE
_CORNER_SHARE = 0.15
_LIPS_FOLLOW_JAW = 0.2
_JAW_NARROWS = 0.025
_ROUNDING_THICKENS = 0.25
_PRESSING_THINS = 0.3
_WEAK_SIDE = 0.5  # of a sneer, which is stronger on the left of the picture


class Face(NamedTuple):
    """The shape of a speaker's face at rest, in pixels."""

    jaw_half_width: float
    jaw_length: float  # from the lips to the chin
    mouth_half_width: float
    upper_lip: float  # thickness
    lower_lip: float
    nose_half_width: float
    nose_height: float  # from the lips to the wings


class Movement(NamedTuple):
    """What a face does, each an array of shape ``(n_times,)``; all zero is rest.

    The ranges are those of a plain speaker. Only `opening` and `rounding` keep to 0: what an
    expression adds to the others (`draw_expression`) strays to both sides, so jaw, pressing
    and sneer may be below 0, and all of them beyond 1.
    """

    jaw: Floats  # 0 to 1, lowered as far as for an open vowel; below 0 it is raised
    opening: Floats  # of the lips, at least 0; 1 is an open vowel's
    spread: Floats  # of the mouth, -1 narrow to 1 wide
    rounding: Floats  # and protrusion, 0 to 1
    corners: Floats  # of the mouth, -1 down to 1 up
    pressing: Floats  # of the lips against each other, 0 to 1, thins them; below 0 it thickens
    sneer: Floats  # upper lip and wings of the nose, 0 to 1 raised, below 0 lowered


_MEAN_FACE = Face(75.0, 54.0, 28.0, 9.5, 12.5, 14.5, 33.0)
# Standard deviations between speakers, as shares of the means.
_SPREAD = np.array([0.027, 0.038, 0.05, 0.085, 0.085, 0.04, 0.027])


def draw_face(rng: np.random.Generator) -> Face:
    """Return a random speaker's face."""
    z = np.clip(rng.standard_normal(len(_MEAN_FACE)), -2, 2)
    return Face(*(np.array(_MEAN_FACE) * np.exp(_SPREAD * z)).tolist())


def place_points(face: Face, movement: Movement) -> Floats:
    """Return where a moving face's points are, ``(n_times, 36, 2)``, the head kept still."""
    moves = Movement(*(np.asarray(course, float)[:, np.newaxis] for course in movement))
    parts = [_jaw(face, moves), _nose(face, moves), _lips(face, moves)]
    return np.concatenate([np.stack(np.broadcast_arrays(x, y), axis=-1) for x, y in parts], axis=1)


def _jaw(face: Face, moves: Movement) -> tuple[Floats, Floats]:
    """Return x and y of points 3 to 13, of which the chin moves most."""
    arc = np.cos(_JAW_ANGLES).clip(0)
    x = face.jaw_half_width * np.sin(_JAW_ANGLES) * (1 - _JAW_NARROWS * moves.jaw)
    y = _JAW_TOP + (face.jaw_length - _JAW_TOP) * arc**_JAW_POINTEDNESS
    return x, y + _JAW_PX * moves.jaw * arc


def _nose(face: Face, moves: Movement) -> tuple[Floats, Floats]:
    """Return x and y of points 31 to 35."""
    x = face.nose_half_width * _NOSE_ACROSS * (1 + 0.08 * moves.sneer)
    y = -face.nose_height + _NOSE_DEPTH * _NOSE_DOWN
    return x, y - 0.5 * _SNEER_PX * moves.sneer * _side(_NOSE_ACROSS) * np.abs(_NOSE_ACROSS)


def _lips(face: Face, moves: Movement) -> tuple[Floats, Floats]:
    """Return x and y of points 48 to 67."""
    half_width = face.mouth_half_width + _SPREAD_PX * moves.spread - _ROUNDING_PX * moves.rounding
    aside = _ASIDE**2
    share = np.where(_IS_LOWER, _LOWER_SHARE, -_UPPER_SHARE)
    opening = _OPENING_PX * moves.opening * (share * (1 - aside) + _CORNER_SHARE * aside)
    thickness = (1 + _ROUNDING_THICKENS * moves.rounding) * np.exp(
        -_PRESSING_THINS * moves.pressing
    )
    line = _LIPS_FOLLOW_JAW * _JAW_PX * moves.jaw - _CORNER_PX * moves.corners * aside
    # A sneer takes both lips along where they meet, and bares some more of the upper one.
    lift = _SNEER_PX * moves.sneer * _side(_ACROSS) * (1 - 0.7 * aside)
    contour = thickness * (face.lower_lip * _FALL - face.upper_lip * _RISE) - lift * _RISE
    return half_width * _ACROSS, line + opening + contour - 0.5 * lift


def _side(across: Floats) -> Floats:
    """Return how strongly a one-sided movement acts, 1 on the left to `_WEAK_SIDE` right."""
    return 1 - (1 - _WEAK_SIDE) * (1 + across) / 2

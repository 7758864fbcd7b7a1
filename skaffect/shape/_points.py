"""Which column of a track holds which of dlib's 68 points."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Integral
from typing import Any

# Pairs of points, counted from 0, and what a message calls them.
MOUTH_CORNERS = (48, 54)
INNER_LIPS = (62, 66)
CORNERS_NAME = "the corners of the mouth, 48 and 54"
LIPS_NAME = "the middles of the inner lips, 62 and 66"
LOWER_FACE_NAME = "the lower face: jaw 3-13, nose base 31-35 and lips 48-67"


def checked_points(points: Any) -> list[int]:
    """Return `points` as integers, or raise unless each is one, given once."""
    numbers = list(points) if isinstance(points, Iterable) else []
    if not numbers or not all(isinstance(point, Integral) for point in numbers):
        raise ValueError(f"points must be integers, at least one; got {points!r}.")
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"points must each be given once; got {points!r}.")
    return [int(point) for point in numbers]


def checked_point_count(points: Any, n_points: int, name: str) -> list[int]:
    """Return `points` as integers, or raise unless they are one for each of a track's points.

    Messages call the track `name`.
    """
    numbers = checked_points(points)
    if len(numbers) != n_points:
        raise ValueError(
            f"{name} has {n_points} points, but points names {len(numbers)}; give the dlib "
            "numbers of the track's points in their order."
        )
    return numbers


def columns_of(points: Any, wanted: Sequence[int], what: str) -> list[int]:
    """Return the columns of `wanted` points, or raise an error that says `what` they are."""
    numbers = checked_points(points)
    missing = [point for point in wanted if point not in numbers]
    if missing:
        raise ValueError(
            f"points must contain {what}; {missing} {'is' if len(missing) == 1 else 'are'} not "
            f"among its {len(numbers)}. It names the dlib points that the columns of a track are, "
            "in their order."
        )
    return [numbers.index(point) for point in wanted]

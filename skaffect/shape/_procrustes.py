"""Generalized Procrustes Analysis of plane shapes, in closed form through complex numbers.

A point (x, y) is the number x + iy, a shape a vector of them, and a similarity transform
z -> az + b with complex a and b: its scale is abs(a), its rotation the angle of a. A
reflection cannot be written so, and is therefore never used.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Complex = NDArray[np.complex128]
Floats = NDArray[np.float64]

_EPS = np.finfo(np.float64).eps


def as_complex(points: NDArray[Any]) -> Complex:
    """Return points ``(..., 2)`` as complex numbers ``(...)``."""
    contiguous: Floats = np.ascontiguousarray(points, dtype=np.float64)
    return contiguous.view(np.complex128)[..., 0]


def as_points(numbers: Complex) -> Floats:
    """Return complex numbers ``(...)`` as points ``(..., 2)``."""
    return np.ascontiguousarray(numbers)[..., np.newaxis].view(np.float64)


def centred(shapes: NDArray[Any]) -> tuple[Complex, Complex]:
    """Return shapes ``(n, n_points, 2)`` around their centroids, and the centroids ``(n, 1)``."""
    numbers = as_complex(shapes)
    centroids = numbers.mean(axis=1, keepdims=True)
    return numbers - centroids, centroids


def centroid_sizes(shapes: Complex) -> Floats:
    """Return each centred shape's size: the root of its summed squared distances."""
    parts = as_points(shapes).reshape(len(shapes), -1)
    return np.sqrt(np.einsum("np,np->n", parts, parts))


def are_degenerate(shapes: Complex, centroids: Complex) -> NDArray[np.bool_]:
    """Tell which centred shapes are one point, up to the rounding of its mean."""
    distances = np.abs(centroids[:, 0]) * np.sqrt(shapes.shape[1])
    degenerate: NDArray[np.bool_] = centroid_sizes(shapes) <= 8 * _EPS * distances
    return degenerate


def procrustes_mean(shapes: Complex) -> Complex:
    """Return the mean of centred shapes, upright as they are on average and of their mean size.

    Of all shapes of unit size, it has the least summed squared distance to the given ones,
    each at unit size under its best rotation and scale.
    """
    sizes = centroid_sizes(shapes)
    unit = shapes / sizes[:, np.newaxis]
    mean: Complex = np.linalg.eigh(unit.T @ unit.conj())[1][:, -1]
    rotation = np.sum(unit @ mean.conj())
    if rotation != 0:
        mean = mean * (rotation / abs(rotation))
    return mean * sizes.mean()


def transforms_to(reference: Complex, shapes: Complex) -> Complex:
    """Return the factor ``(n, 1)`` that brings each centred shape to the reference.

    The rotation is the least-squares one; the scale is such that what remains is orthogonal
    to the reference, so aligned shapes form a linear space and aligning again changes nothing.
    """
    overlap = shapes @ reference.conj()
    # Shapes that share nothing with the reference have no best rotation; keep their own.
    none = np.abs(overlap) <= _EPS * centroid_sizes(shapes) * np.linalg.norm(reference)
    overlap[none] = np.vdot(reference, reference)
    return (np.vdot(reference, reference) / overlap)[:, np.newaxis]

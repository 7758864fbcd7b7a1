"""Procrustes analysis beside its definition, and beside the iteration that it replaces."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from skaffect.shape._procrustes import (
    are_degenerate,
    as_complex,
    as_points,
    centred,
    procrustes_mean,
    transforms_to,
)


def noisy_shapes(seed: int, n: int = 30, n_points: int = 8, spread: float = 0.2) -> np.ndarray:
    rng = np.random.RandomState(seed)
    base = rng.randn(n_points, 2)
    base /= np.linalg.norm(base - base.mean(axis=0)) / np.sqrt(n_points)
    shapes = base + spread * rng.randn(n, n_points, 2)
    angles, sizes = rng.uniform(-0.5, 0.5, n), rng.uniform(50, 150, n)
    return moved(shapes, angles, sizes, rng.uniform(0, 300, (n, 2)))


def moved(
    shapes: np.ndarray, angles: np.ndarray, sizes: np.ndarray, shifts: np.ndarray
) -> np.ndarray:
    """Turn, multiply and shift shapes, by rotation matrices."""
    turn = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
    turned = np.einsum("ijn,npj->npi", turn, shapes)
    return turned * np.reshape(sizes, (-1, 1, 1)) + np.reshape(shifts, (-1, 1, 2))


def iterated_mean(shapes: np.ndarray, n_iterations: int = 200) -> np.ndarray:
    """Goodall's iteration with 2 x 2 singular value decompositions, shapes at unit size."""
    shapes = shapes - shapes.mean(axis=1, keepdims=True)
    shapes = shapes / np.linalg.norm(shapes, axis=(1, 2), keepdims=True)
    mean = shapes[0]
    for _ in range(n_iterations):
        aligned = []
        for shape in shapes:
            left, values, right = np.linalg.svd(shape.T @ mean)
            flip = np.diag([1.0, np.sign(np.linalg.det(left @ right))])
            aligned.append(shape @ left @ flip @ right * np.trace(np.diag(values) @ flip))
        mean = np.mean(aligned, axis=0)
        mean /= np.linalg.norm(mean)
    return mean


def up_to_rotation(a: np.ndarray, b: np.ndarray) -> float:
    """Distance of two unit shapes under the best rotation."""
    overlap = abs(np.vdot(as_complex(a), as_complex(b)))
    return float(np.sqrt(max(0.0, 2 - 2 * overlap)))


@pytest.mark.parametrize("seed", range(3))
def test_mean_is_what_the_iteration_converges_to(seed):
    shapes = noisy_shapes(seed)
    mean = procrustes_mean(centred(shapes)[0])
    assert up_to_rotation(as_points(mean / np.linalg.norm(mean)), iterated_mean(shapes)) < 1e-6


def test_mean_has_the_mean_size_and_the_mean_direction():
    shapes = noisy_shapes(0)
    centred_shapes, _ = centred(shapes)
    mean = procrustes_mean(centred_shapes)
    sizes = np.linalg.norm(shapes - shapes.mean(axis=1, keepdims=True), axis=(1, 2))
    assert np.linalg.norm(mean) == pytest.approx(sizes.mean())
    assert abs(np.angle(np.sum(centred_shapes.conj() @ mean / sizes))) < 1e-9


@given(st.integers(0, 1000), st.floats(-3.1, 3.1), st.floats(1e-3, 1e3))
def test_alignment_undoes_any_similarity(seed, angle, size):
    shapes = noisy_shapes(seed, n=2)
    reference = centred(shapes[:1])[0][0]
    other = moved(shapes[1:], np.array([angle]), np.array([size]), np.array([[1e3, -1e3]]))
    for_one, for_other = (centred(s)[0] for s in (shapes[1:], other))
    np.testing.assert_allclose(
        for_one * transforms_to(reference, for_one),
        for_other * transforms_to(reference, for_other),
        atol=1e-6,
    )


def test_rotation_is_the_least_squares_one():
    shapes, _ = centred(noisy_shapes(1, n=2))
    reference, shape = shapes

    def distance(angle: float) -> float:
        return float(np.sum(np.abs(reference - np.exp(1j * angle[0]) * shape) ** 2))

    found = np.angle(transforms_to(reference, shape[np.newaxis])[0, 0])
    assert found == pytest.approx(minimize(distance, [found + 0.3]).x[0], abs=1e-4)


def test_what_remains_is_orthogonal_to_the_reference():
    shapes, _ = centred(noisy_shapes(2))
    reference = procrustes_mean(shapes)
    rest = shapes * transforms_to(reference, shapes) - reference
    assert np.abs(rest @ reference.conj()).max() < 1e-9 * np.vdot(reference, reference).real


def test_mirror_images_are_not_flipped():
    shape = noisy_shapes(0, n=1, spread=0.0)
    both, _ = centred(np.concatenate([shape, shape * [-1, 1]]))
    mirrored = both[1:] * transforms_to(both[0], both[1:])
    assert np.abs(mirrored - both[0]).max() > 10.0


@pytest.mark.parametrize("place", [0.0, 1.0, 1e6, -0.1])
def test_equal_points_are_degenerate(place):
    shapes = np.full((2, 36, 2), place)
    shapes[1, 0] += 1e-3
    assert are_degenerate(*centred(shapes)).tolist() == [True, False]


def test_shape_without_a_best_rotation_is_left_finite():
    reference = as_complex(np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    other = as_complex(np.array([[[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [-1.0, 0.0]]]))
    assert transforms_to(reference, other).tolist() == [[1.0]]

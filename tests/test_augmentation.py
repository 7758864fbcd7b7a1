"""Random changes to training windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect._augmentation import (
    _mask,
    _smooth_response,
    _warp_bands,
    augment_windows,
    mix_windows,
)


def _windows(n: int = 6, n_bands: int = 8, context: int = 5, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(1, 2, (n, n_bands, context)).astype(np.float32)


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def _pairs(n: int = 6) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    targets = np.eye(3, dtype=np.float32)[np.arange(n) % 3]
    weights = np.linspace(0.5, 2, n).astype(np.float32)
    return _windows(n), targets, weights


def test_strength_zero_changes_nothing() -> None:
    windows = _windows()
    np.testing.assert_array_equal(augment_windows(windows, 0.0, _rng()), windows)


@given(
    n=st.integers(1, 4),
    n_bands=st.integers(1, 6),
    context=st.sampled_from([1, 3, 5]),
    strength=st.floats(0, 2),
    seed=st.integers(0, 99),
)
def test_any_shape_and_strength(
    n: int, n_bands: int, context: int, strength: float, seed: int
) -> None:
    windows = _windows(n, n_bands, context)
    given_windows = windows.copy()
    changed = augment_windows(windows, strength, _rng(seed))
    assert changed.shape == windows.shape
    assert changed.dtype == np.float32
    assert np.isfinite(changed).all()
    np.testing.assert_array_equal(windows, given_windows)


def test_a_function_of_the_generator() -> None:
    windows = _windows()
    one, same, other = (augment_windows(windows, 1.0, _rng(seed)) for seed in (5, 5, 6))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_stronger_changes_more() -> None:
    windows = _windows(200)
    size = [
        np.abs(augment_windows(windows, strength, _rng()) - windows).mean()
        for strength in (0.1, 0.5, 1.0)
    ]
    assert size[0] < size[1] < size[2]


def test_warping_a_constant_spectrum_keeps_it() -> None:
    windows = np.full((50, 8, 3), 1.5, np.float32)
    np.testing.assert_allclose(_warp_bands(windows, 0.3, _rng()), 1.5, rtol=1e-6)


def test_warping_a_ramp_stretches_it() -> None:
    ramp = np.broadcast_to(np.arange(20, dtype=np.float32)[:, None], (50, 20, 3))
    warped = _warp_bands(ramp, 0.2, _rng())
    factor = warped[:, 1, 0]
    assert factor.min() < 0.9
    assert factor.max() > 1.1
    expected = np.minimum(np.arange(20) * factor[:, None], 19)
    np.testing.assert_allclose(warped[:, :, 0], expected, rtol=1e-5)
    np.testing.assert_array_equal(warped[:, :, 0], warped[:, :, 2])


def test_responses_are_smooth_and_centred() -> None:
    responses = _smooth_response(4000, 16, 0.5, _rng())[:, :, 0]
    assert np.abs(responses.mean(axis=0)).max() < 0.05
    steps, size = np.abs(np.diff(responses, axis=1)).mean(), np.abs(responses).mean()
    assert steps < 0.5 * size


@pytest.mark.parametrize("axis", [1, 2])
def test_a_mask_is_one_run_of_zeros(axis: int) -> None:
    windows = np.ones((300, 12, 9), np.float32)
    _mask(windows, axis, 0.5, _rng())
    hidden = (windows == 0).all(axis=3 - axis)
    # Whole bands or whole frames, never parts of them.
    np.testing.assert_array_equal(hidden, (windows == 0).any(axis=3 - axis))
    widths = hidden.sum(axis=1)
    starts = np.diff(np.pad(hidden.astype(int), ((0, 0), (1, 0))), axis=1) == 1
    np.testing.assert_array_equal(starts.sum(axis=1), widths > 0)
    length = windows.shape[axis]
    assert set(widths) == set(range(length // 2 + 1))
    assert hidden[:, 0].any()
    assert hidden[:, -1].any()


def test_mixed_targets_sum_to_one() -> None:
    windows, targets, weights = _pairs()
    mixed, mixed_targets, mixed_weights = mix_windows(windows, targets, weights, 1.0, _rng())
    assert mixed.shape == windows.shape
    assert mixed.dtype == mixed_targets.dtype == mixed_weights.dtype == np.float32
    np.testing.assert_allclose(mixed_targets.sum(axis=1), 1, rtol=1e-6)
    assert weights.min() <= mixed_weights.min()
    assert mixed_weights.max() <= weights.max()


@given(strength=st.floats(1e-3, 2), seed=st.integers(0, 99))
def test_the_own_window_keeps_the_larger_share(strength: float, seed: int) -> None:
    windows, targets, weights = _pairs(4)
    targets = np.eye(4, dtype=np.float32)
    mixed, mixed_targets, mixed_weights = mix_windows(
        windows, targets, weights, strength, _rng(seed)
    )
    # With one class a window, the mixed targets are the shares themselves.
    assert (np.diag(mixed_targets) >= 0.5 - 1e-6).all()
    expected = np.einsum("ij,jbk->ibk", mixed_targets, windows)
    np.testing.assert_allclose(mixed, expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(mixed_weights, mixed_targets @ weights, rtol=1e-5)


def test_mixing_leaves_its_input_alone() -> None:
    given_arrays = _pairs()
    copies = [array.copy() for array in given_arrays]
    mix_windows(*given_arrays, 1.0, _rng())
    for array, copy in zip(given_arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)

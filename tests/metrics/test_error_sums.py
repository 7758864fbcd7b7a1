"""Sums of errors make the metrics, of all utterances or of some."""

from __future__ import annotations

import numpy as np
import pytest

from skaffect import mean_face_ratio, shape_mse
from skaffect.metrics._error_sums import error_ratio, error_sums, squared_error


@pytest.fixture
def faces() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Three utterances of true and predicted shape parameters, some frames unobserved."""
    rng = np.random.default_rng(0)
    true = [rng.normal(size=(n, 4)) for n in (5, 9, 2)]
    predicted = [entry + 0.3 * rng.normal(size=entry.shape) for entry in true]
    true[1][3:6] = np.nan
    return true, predicted


@pytest.mark.parametrize("chosen", [[0, 1, 2], [1], [2, 0]])
def test_sums_make_the_metrics(faces: tuple, chosen: list[int]) -> None:
    true, predicted = faces
    sums = error_sums(true, predicted)
    assert sums.shape == (3, 3)
    some = [[entries[i] for i in chosen] for entries in (true, predicted)]
    np.testing.assert_allclose(squared_error(None, sums[chosen]), shape_mse(*some), rtol=1e-6)
    ratio = mean_face_ratio(*some, np.zeros(4))
    np.testing.assert_allclose(error_ratio(None, sums[chosen]), ratio, rtol=1e-6)


def test_the_mean_face_is_beside_itself(faces: tuple) -> None:
    true, _ = faces
    assert error_ratio(None, error_sums(true, [np.zeros_like(entry) for entry in true])) == 1

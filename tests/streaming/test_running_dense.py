"""A dense layer asked after every row answers as one on the whole window."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect.streaming._running_dense import RunningDense


def windows(rows: np.ndarray, context: int) -> np.ndarray:
    return np.stack([rows[i : i + context].ravel() for i in range(len(rows) - context + 1)])


@given(
    context=st.sampled_from([1, 3, 5, 15]),
    n_features=st.integers(1, 5),
    n_units=st.sampled_from([1, 7, 64, 65]),
    n_more=st.integers(0, 40),
    cuts=st.lists(st.integers(0, 50), max_size=4),
)
def test_equals_the_dense_layer(
    context: int, n_features: int, n_units: int, n_more: int, cuts: list[int]
) -> None:
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(context, n_features, n_units)).astype(np.float32)
    bias = rng.normal(size=n_units).astype(np.float32)
    rows = rng.normal(size=(context + n_more, n_features)).astype(np.float32)
    dense = RunningDense(kernel, bias)
    # Pieces of 16 rows and more go another way.
    answers = np.concatenate([*map(dense.push, np.split(rows, sorted(cuts)))])[context - 1 :]
    expected = windows(rows, context) @ kernel.reshape(-1, n_units) + bias
    np.testing.assert_allclose(answers, expected, atol=1e-4)
    dense.restart(np.zeros((context - 1, n_features), np.float32))
    again = np.concatenate([dense.push(row[np.newaxis]) for row in rows])[context - 1 :]
    np.testing.assert_allclose(again, expected, atol=1e-4)


@pytest.mark.parametrize("n_units", [1024, 1000])
def test_equals_the_dense_layer_of_table_ii(n_units: int) -> None:
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(15, 384, n_units)).astype(np.float32) / 76
    rows = rng.normal(size=(50, 384)).astype(np.float32)
    dense = RunningDense(kernel, np.zeros(n_units, np.float32))
    pieces = np.split(rows, [*range(1, 25), 42])
    answers = np.concatenate([*map(dense.push, pieces)])[14:]
    expected = windows(rows, 15).astype(float) @ kernel.reshape(-1, n_units)
    np.testing.assert_allclose(answers, expected, atol=1e-5)

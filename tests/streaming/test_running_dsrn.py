"""DSRN in NumPy, row by row, answers as the estimator does."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import DSRNRegressor, Windows
from skaffect._targets import overlap_average
from skaffect.streaming._running_dsrn import RunningAverage, RunningDSRN


def fitted(n_bands: int, context: int, **parameters: Any) -> DSRNRegressor:
    rng = np.random.default_rng(0)
    X = [Windows(rng.normal(size=(30, n_bands)), context) for _ in range(2)]
    y = [5 + 100 * rng.normal(size=(30, 2)) for _ in X]
    return DSRNRegressor(epochs=1, random_state=0, **parameters).fit(X, y)


def answers(running: RunningDSRN, rows: np.ndarray, cuts: list[int]) -> np.ndarray:
    return np.concatenate([*map(running.push, np.split(rows, cuts)), running.finish()])


@pytest.mark.parametrize(
    ("n_bands", "context", "parameters"),
    [
        (40, 15, {}),
        (24, 5, {"filters": (3,), "dense_units": (8,), "output_context": 3}),
        (13, 3, {"filters": (3, 4, 5), "dense_units": (8, 7, 6), "output_context": 1}),
        (5, 1, {"filters": (3, 4, 5, 6), "dense_units": (8, 7), "output_context": 7}),
    ],
)
def test_equals_the_estimator(n_bands: int, context: int, parameters: dict[str, Any]) -> None:
    dsrn = fitted(n_bands, context, **parameters)
    running = RunningDSRN(dsrn)
    for n_frames in (40, 1, 2, 3, 9):
        frames = np.random.default_rng(n_frames).normal(size=(n_frames, n_bands))
        utterance = Windows(frames, context)
        reach = context // 2
        rows = np.pad(utterance.frames, ((reach, reach), (0, 0)), mode="edge")
        running.restart(rows[: context - 1])
        live = answers(running, rows[context - 1 :], [1, 2, 20])
        np.testing.assert_allclose(
            live, dsrn.predict([utterance])[0], atol=1e-5 * dsrn.target_scale_.max()
        )


@given(n_windows=st.integers(0, 9), n_lags=st.sampled_from([1, 3, 5]), cut=st.integers(0, 9))
def test_average_equals_that_of_all_estimates(n_windows: int, n_lags: int, cut: int) -> None:
    estimates = np.random.default_rng(0).normal(size=(n_windows, n_lags, 2)).astype(np.float32)
    running = RunningAverage(n_lags, 2)
    parts = [running.push(estimates[:cut]), running.push(estimates[cut:]), running.finish()]
    np.testing.assert_allclose(np.concatenate(parts), overlap_average(estimates), atol=1e-6)

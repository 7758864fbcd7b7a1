"""Networks that come and go, frame by frame, answer as if all had run throughout."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skaffect import DSRNRegressor, Windows
from skaffect.streaming._mixture import RunningMixture

N_BANDS, CONTEXT, LAGS = 6, 5, 3
WEIGHTS = st.sampled_from([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.6, 0.4, 0.0), (0.0, 0.3, 0.7)])


@pytest.fixture(scope="module")
def regressors() -> list[DSRNRegressor]:
    rng = np.random.default_rng(0)
    X = [Windows(rng.normal(size=(30, N_BANDS)), CONTEXT) for _ in range(2)]
    y = [rng.normal(size=(30, 2)) for _ in X]
    return [
        DSRNRegressor((3,), (4,), output_context=LAGS, epochs=1, random_state=seed).fit(X, y)
        for seed in range(3)
    ]


@given(weights=st.lists(WEIGHTS, min_size=1, max_size=20), cuts=st.lists(st.integers(0, 24)))
def test_equals_the_weighted_sum(
    regressors: list[DSRNRegressor], weights: list[tuple[float, ...]], cuts: list[int]
) -> None:
    n_frames, n_later = len(weights), LAGS // 2
    utterance = Windows(np.random.default_rng(1).normal(size=(n_frames, N_BANDS)), CONTEXT)
    alone = np.stack([each.predict([utterance])[0] for each in regressors], axis=1)
    expected = np.einsum("jr,jro->jo", weights, alone)
    rows = np.pad(utterance.frames, ((CONTEXT // 2, CONTEXT // 2), (0, 0)), mode="edge")
    mixture, answered, pushed = RunningMixture(regressors), [], 0
    for piece in np.split(rows, sorted(min(cut, len(rows)) for cut in cuts)):
        pushed += len(piece)
        start = sum(map(len, answered))
        stop = max(start, pushed - (CONTEXT - 1) - n_later)
        answered.append(mixture.push(piece, np.reshape(weights[start:stop], (-1, 3))))
    last = max(0, n_frames - n_later)
    answered.append(mixture.finish(np.array(weights[last:])))
    np.testing.assert_allclose(np.concatenate(answered), expected, atol=1e-5)


def test_networks_that_weigh_nothing_do_not_run(
    regressors: list[DSRNRegressor], monkeypatch: pytest.MonkeyPatch
) -> None:
    mixture = RunningMixture(regressors)
    monkeypatch.setattr(mixture._networks[2], "push", lambda rows: pytest.fail("ran"))
    rows = np.zeros((10, N_BANDS), np.float32)
    weights = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])
    assert mixture.push(rows, weights).shape == (3, 2)

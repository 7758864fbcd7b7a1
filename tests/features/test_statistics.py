"""Statistics of bands, of one utterance and of many."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from skaffect.features._statistics import band_statistics, pooled


@given(
    lengths=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    offset=st.sampled_from([0.0, -36.0, 1e3]),
    seed=st.integers(0, 99),
)
def test_pooled_is_of_all_frames(lengths: list[int], offset: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [rng.normal(offset, 2, size=(n, 3)).astype(np.float32) for n in lengths]
    together = np.concatenate(parts).astype(np.float64)
    answer = pooled(band_statistics(part) for part in parts)
    assert answer.n_frames == len(together)
    np.testing.assert_allclose(answer.mean, together.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(answer.variance, together.var(axis=0), atol=1e-7)


def test_bands_that_do_not_vary_are_not_scaled_up() -> None:
    frames = np.array([[1, 5], [3, 5]], np.float32)
    mean, scale = band_statistics(frames).as_float32()
    assert mean.dtype == scale.dtype == np.float32
    assert (mean.tolist(), scale.tolist()) == ([2, 5], [1, 1])
    assert band_statistics(np.repeat(frames[:1], 5000, axis=0)).as_float32()[1].tolist() == [1, 1]
